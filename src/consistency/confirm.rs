//! Confirms a decision at dispatch: the only maker of `Authorized`.
//!
//! # Law
//!
//! 1. The only file that calls `Authorized::grant` (`tests/architecture.rs`).
//! 2. What is final is named before what passes with time: [`Refusal::TooEarly`] alone means that
//!    the same decision may be confirmed later.

use crate::model::{
    Authorized, Decision, LedgerState, Obstacle, Outbound, Outcome, Refusal, Standing, Timestamp,
};

use super::permission::Permission;

/// Authorises what was decided, if all it rests on still stands.
///
/// ```
/// # use omnichannel::model::*;
/// use omnichannel::consistency::confirm;
/// # let email = ChannelId::new("email")?;
/// # let now: Timestamp = "2026-03-20T10:00:00Z".parse()?;
/// # let decision = Decision {
/// #     id: "98f13708-2101-84c4-b56e-0e4f6a0e5f8d".parse()?,
/// #     intent: Intent::new(
/// #         "k",
/// #         "8f14e45f-ceea-867a-9a36-dedd4bea2543".parse()?,
/// #         Purpose::new("marketing"),
/// #         email.clone(),
/// #         "Hello",
/// #     ),
/// #     outcome: Outcome::Send {
/// #         channel: email,
/// #         endpoint: "1f0e3dad-9990-8345-b743-9f8ffabdffc4".parse()?,
/// #         at: now,
/// #     },
/// #     findings: vec![],
/// #     view: Digest::of("view"),
/// #     configuration: Configuration::default().version(),
/// #     at: now,
/// # };
/// let mut standing = Standing {
///     address: Some((Namespace::Email, Pii::new("camille@example.org".to_owned()))),
///     consent: Some(ConsentState::Given),
///     reservation: Some(LedgerState::Reserved),
///     rules: Some(PurposeRules {
///         basis: LawfulBasis::Consent,
///         respects_quiet_hours: true,
///         once_within_hours: 24,
///         delivery: DeliveryClass::default(),
///     }),
///     quiet_until: None,
///     capped_until: None,
///     obstacle: None,
///     attempts: 0,
/// };
/// let authorized = confirm(&decision, &standing, now);
/// assert!(authorized.is_ok_and(|it| it.content().attempt == 1));
///
/// standing.consent = Some(ConsentState::Withdrawn);
/// assert_eq!(confirm(&decision, &standing, now), Err(Refusal::ConsentLost));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The [`Refusal`]: return the reservation, except for [`Refusal::TooEarly`], which asks to try
/// again at the decision's time or when it is no longer quiet.
pub fn confirm(
    decision: &Decision,
    standing: &Standing,
    now: Timestamp,
) -> Result<Authorized<Outbound>, Refusal> {
    let Outcome::Send { channel, at, .. } = &decision.outcome else {
        return Err(Refusal::NotToSend);
    };
    if standing.reservation == Some(LedgerState::Replaced) {
        return Err(Refusal::Superseded);
    }
    if standing.reservation != Some(LedgerState::Reserved) {
        return Err(Refusal::ReservationLost);
    }
    if decision.intent.not_after.is_some_and(|end| now >= end) {
        return Err(Refusal::Expired);
    }
    let rules = standing.rules.as_ref().ok_or(Refusal::PurposeGone)?;
    let (namespace, address) = standing.address.clone().ok_or(Refusal::EndpointLost)?;
    let permitted = Permission::of(rules.basis, standing.consent).holds();
    if !permitted && !bug!("consent_not_rechecked") {
        return Err(Refusal::ConsentLost);
    }
    if let Some(Obstacle::Lost(refusal)) = standing.obstacle {
        return Err(refusal);
    }
    let awaited = match standing.obstacle {
        Some(Obstacle::Until(later)) => Some(later),
        _ => None,
    };
    let held = standing.quiet_until.max(standing.capped_until).max(awaited);
    if now < *at || held.is_some_and(|end| now < end) {
        return Err(Refusal::TooEarly);
    }
    let outbound = Outbound {
        decision: decision.id,
        channel: channel.clone(),
        namespace,
        address,
        text: decision.intent.text.clone(),
        title: decision.intent.title.clone(),
        answers: decision.intent.answers.as_ref().and_then(|answered| {
            (answered.channel == *channel).then(|| answered.external_id.clone())
        }),
        form: decision.intent.form.clone(),
        purpose: decision.intent.purpose.clone(),
        at: now,
        attempt: standing.attempts.saturating_add(1),
    };
    Ok(Authorized::grant(outbound, now))
}
