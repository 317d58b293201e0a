//! Decides candidates of one customer together, the most important first.
//!
//! Each is decided on beside what those before it reserved, so that caps and occasions hold among
//! them, too. The order is total and not that of the list: the policy's precedence of purposes, the
//! priority, the value, the earlier end, the id.
//!
//! # Law
//!
//! 1. The order of the candidates is nothing (`tests/consistency.rs`).
//! 2. A candidate that only a candidate before it keeps from being said is
//!    [`Outcome::Superseded`] by that one.
//!
//! # Why
//!
//! Greedy and not optimal: a candidate never waits for one that is less important, and why it lost
//! can be said in one sentence. Suppressing one may let another go, so that what holds for one
//! candidate (an opt-out never helps) holds for a set only as a whole.
//!
//! Cost: that of deciding on each, with a ledger that grows by what was reserved.

use std::cmp::Reverse;

use crate::model::{DecisionId, Finding, LedgerEntry, LedgerState, Outcome, Policy, Timestamp};

use super::decide::{Candidate, Conclusion, conclude};
use super::rule::{Rule, stands_against};
use super::rules::STANDARD;

/// Decides on candidates of one customer together, under the standard rules. The conclusions are in
/// the order of the candidates.
///
/// ```
/// use omnichannel::consistency::{Candidate, arbitrate};
/// use omnichannel::model::*;
///
/// let policy: Policy = serde_json::from_str(r#"{
///     "purposes": {
///         "orders": {"basis": "contract", "respects_quiet_hours": false, "once_within_hours": 0},
///         "sales": {"basis": "legitimate_interests", "respects_quiet_hours": true,
///                   "once_within_hours": 24}
///     },
///     "quiet_hours": null,
///     "caps": [{"name": "one a day", "max": 1, "within": {"rolling_hours": 24}, "holds": "all",
///               "counts": "all", "channels": "all", "action": "skip"}],
///     "precedence": ["orders", "sales"]
/// }"#)?;
/// let subject: RecordId = "8f14e45f-ceea-867a-9a36-dedd4bea2543".parse()?;
/// let [mail, endpoint] = ["mail", "1f0e3dad-9990-8345-b743-9f8ffabdffc4"];
/// let mail = ChannelId::new(mail)?;
/// let view = ContactView {
///     reach: vec![Reach::new(mail.clone(), endpoint.parse()?, Namespace::Email)],
///     ..ContactView::new(subject.into())
/// };
/// let intent = |key: &str, purpose: &str| {
///     Intent::new(key, subject, Purpose::new(purpose), mail.clone(), "...")
/// };
/// let (sale, order) = (intent("spring/7", "sales"), intent("order/12", "orders"));
/// let one = "98f13708-2101-84c4-b56e-0e4f6a0e5f8d";
/// let two = "6f4922f4-5568-861a-8cdf-4ad2299f6d23";
/// let candidates = [
///     Candidate { id: one.parse()?, intent: &sale, view: &view },
///     Candidate { id: two.parse()?, intent: &order, view: &view },
/// ];
/// let concluded = arbitrate(&policy, &candidates, "2026-03-20T10:00:00Z".parse()?);
/// assert_eq!(concluded[0].outcome, Outcome::Superseded { by: two.parse()? });
/// assert!(matches!(concluded[1].outcome, Outcome::Send { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn arbitrate(policy: &Policy, candidates: &[Candidate<'_>], now: Timestamp) -> Vec<Conclusion> {
    arbitrate_with(&STANDARD, policy, candidates, now)
}

/// As [`arbitrate`], under the rules given, in their order.
pub fn arbitrate_with(
    rules: &[&dyn Rule],
    policy: &Policy,
    candidates: &[Candidate<'_>],
    now: Timestamp,
) -> Vec<Conclusion> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|place| rank(policy, &candidates[*place]));
    let mut reserved: Vec<LedgerEntry> = Vec::new();
    let mut concluded: Vec<Option<Conclusion>> = vec![None; candidates.len()];
    for place in order {
        let candidate = &candidates[place];
        let conclude = |reserved: &[LedgerEntry], looks_ahead| {
            conclude(rules, policy, candidate, (reserved, now), looks_ahead)
        };
        // When the blocks of one that gives way would end is nothing that anybody waits for.
        let mut conclusion = conclude(&reserved, reserved.is_empty());
        match &conclusion.outcome {
            Outcome::Send { channel, at, .. } => {
                let state = LedgerState::Reserved;
                reserved.push(LedgerEntry {
                    decision: candidate.id,
                    purpose: candidate.intent.purpose.clone(),
                    occasion: candidate.intent.occasion.clone(),
                    channel: channel.clone(),
                    at: *at,
                    state,
                    step_of: candidate.intent.step_of,
                    told: Vec::new(),
                });
            }
            Outcome::Suppress if !reserved.is_empty() => {
                let alone = conclude(&[], false).outcome;
                match (alone, rival(&conclusion.findings, &reserved)) {
                    (Outcome::Send { .. }, Some(by)) => {
                        conclusion.outcome = Outcome::Superseded { by };
                    }
                    _ => conclusion = conclude(&reserved, true),
                }
            }
            _ if !reserved.is_empty() => conclusion = conclude(&reserved, true),
            _ => {}
        }
        concluded[place] = Some(conclusion);
    }
    concluded.into_iter().flatten().collect()
}

/// The place of a candidate: the least is decided on first.
fn rank(policy: &Policy, candidate: &Candidate<'_>) -> impl Ord + use<> {
    let Candidate { id, intent, .. } = candidate;
    let precedence = policy.precedence.iter().position(|purpose| *purpose == intent.purpose);
    (
        precedence.unwrap_or(usize::MAX),
        Reverse((intent.priority, intent.value)),
        intent.not_after.unwrap_or(Timestamp::MAX),
        *id,
    )
}

/// The candidate in whose favour one is not said: the one that it repeats, else the most important.
fn rival(findings: &[Finding], reserved: &[LedgerEntry]) -> Option<DecisionId> {
    let against = findings.iter().filter(|finding| stands_against(&finding.ruled));
    let mut repeated = against.filter_map(|it| it.fact("decision")?.parse::<DecisionId>().ok());
    let repeated = repeated.find(|id| reserved.iter().any(|entry| entry.decision == *id));
    repeated.or_else(|| reserved.first().map(|entry| entry.decision))
}
