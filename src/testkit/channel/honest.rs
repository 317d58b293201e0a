//! The clauses of sending and of what is declared: limits, outcomes, receipts, sources.

use super::ChannelFixture;
use crate::ErrorKind;
use crate::channel::TransportAnswer;
use crate::model::{DecisionId, DeliveryStatus, Namespace, Outbound, SendOutcome, TenantId};
use crate::model::{TextLimit, Timestamp};

/// The verbs whose statuses are HTTP's.
const HTTP: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Statuses of HTTP by which a provider says nothing about the message: it may be sent later.
const TRANSIENT: [u16; 5] = [408, 500, 502, 503, 504];

/// Most of a text that is tried, in units of its limit.
const TEXT_MAX: u32 = 200_000;

fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_354_200).unwrap_or(Timestamp::MIN)
}

pub(super) fn message(
    fixture: &ChannelFixture,
    (namespace, address): (Namespace, &str),
    text: &str,
) -> Outbound {
    let decision = DecisionId::from_uuid(TenantId::named("contract").as_uuid());
    let channel = fixture.codec.channel().id.clone();
    Outbound { at: now(), ..Outbound::new((decision, channel), (namespace, address), text) }
}

/// Clause 8: what is declared is done, and nothing else.
///
/// A codec that declares to what it sends plans calls for a text, the same ones each time; another
/// kind of address, and any address where nothing is declared, is refused as
/// [`ErrorKind::Unsupported`].
pub fn sending_is_as_declared(fixture: &ChannelFixture) {
    let sends_to = fixture.codec.capabilities().sends_to.clone();
    let other = [Namespace::Device, Namespace::LoyaltyCard];
    for namespace in other.into_iter().filter(|other| Some(other) != sends_to.as_ref()) {
        let refused = fixture.codec.plan(&message(fixture, (namespace, "1"), "Hello"));
        let kind = refused.err().map(|error| error.kind());
        assert_eq!(
            kind,
            Some(ErrorKind::Unsupported),
            "sending_is_as_declared: another kind of address is refused as unsupported"
        );
    }
    let Some((namespace, address)) = sends_to.zip(fixture.address.as_deref()) else { return };
    let message = message(fixture, (namespace, address), "Hello");
    let calls = fixture.codec.plan(&message).ok();
    assert!(
        calls.as_ref().is_some_and(|calls| !calls.is_empty()),
        "sending_is_as_declared: it declares to send, and plans no call"
    );
    assert!(
        fixture.codec.plan(&message).ok() == calls,
        "sending_is_as_declared: the same message, other calls"
    );
}

/// Clause 9: a text as long as the declared limit is planned; one that is longer, or that has no
/// words, is refused.
pub fn texts_keep_their_limit(fixture: &ChannelFixture) {
    let can = fixture.codec.capabilities();
    let sends = can.sends_to.clone().zip(fixture.address.as_deref());
    let Some((namespace, address)) = sends else { return };
    let plan = |text: &str| {
        fixture.codec.plan(&message(fixture, (namespace.clone(), address), text)).is_ok()
    };
    assert!(!plan(" \n"), "texts_keep_their_limit: a message without words was planned");
    let Some(limit) = can.text.filter(|limit| limit.max <= TEXT_MAX) else { return };
    for unit in ["a", "é", "🎁"] {
        let most = longest(unit, limit);
        assert!(plan(&most), "texts_keep_their_limit: a text of the declared length was refused");
        let more = format!("{most}{unit}");
        assert!(!plan(&more), "texts_keep_their_limit: a text over the limit was planned");
    }
}

/// The longest text of one repeated character that fits.
fn longest(unit: &str, limit: TextLimit) -> String {
    let (mut fits, mut over) = (0, limit.max as usize + 1);
    while over - fits > 1 {
        let middle = fits + (over - fits) / 2;
        match limit.fits(&unit.repeat(middle)) {
            true => fits = middle,
            false => over = middle,
        }
    }
    unit.repeat(fits)
}

/// Clause 10: what says nothing about the message is no refusal of it.
///
/// Nothing left: deferred. Nobody answered: unknown, or a replay where the provider keeps keys. Too
/// many calls: deferred to a later time, with and without advice. A provider's own fault: never
/// rejected. Any bytes as an answer give an outcome, and none is shown.
pub fn a_transient_fault_rejects_nothing(fixture: &ChannelFixture) {
    let sends_to = fixture.codec.capabilities().sends_to.clone();
    let Some((namespace, address)) = sends_to.zip(fixture.address.as_deref()) else { return };
    let heard = |answer: &TransportAnswer| fixture.codec.interpret(answer, now());
    let is_later = |outcome: &SendOutcome| match outcome {
        SendOutcome::Deferred { retry_at } => *retry_at > now(),
        _ => false,
    };
    let named = "a_transient_fault_rejects_nothing";
    assert!(is_later(&heard(&TransportAnswer::NotSent)), "{named}: nothing left, yet not deferred");
    let silence = heard(&TransportAnswer::NoAnswer);
    assert_eq!(silence, SendOutcome::Unknown, "{named}: nobody answered, yet not unknown");
    let plan = fixture.codec.plan(&message(fixture, (namespace, address), "Hello"));
    let is_http = plan
        .is_ok_and(|calls| calls.first().is_some_and(|call| HTTP.contains(&call.method.as_str())));
    if !is_http {
        return;
    }
    let answered = |status: u16, advice: Option<&str>, body: &[u8]| {
        let headers = advice.map(|advice| ("Retry-After".to_owned(), advice.to_owned()));
        let headers = headers.into_iter().collect();
        heard(&TransportAnswer::Answered { status, headers, body: body.to_vec() })
    };
    for advice in [None, Some("7"), Some("no number"), Some("99999999999999999999")] {
        let outcome = answered(429, advice, b"{}");
        assert!(is_later(&outcome), "{named}: too many calls, yet not deferred");
    }
    for (status, body) in TRANSIENT.into_iter().flat_map(|status| [(status, "{}"), (status, "")]) {
        let outcome = answered(status, None, body.as_bytes());
        let is_refused = matches!(outcome, SendOutcome::Rejected { .. });
        assert!(!is_refused, "{named}: status {status} says nothing about the message");
    }
    fixture.for_each_body(|body| {
        let (ok, bad) = (answered(200, None, body), answered(400, None, body));
        for outcome in [ok, bad] {
            if let SendOutcome::Rejected { reason } = outcome {
                let shown = fixture.secrets.iter().any(|secret| reason.contains(secret.as_str()));
                assert!(!shown, "{named}: a reason shows a value of the answer");
            }
        }
    });
}

/// Clause 11: no sample tells a receipt that the profile says is never sent; one that declares none
/// is asked for nothing.
pub fn receipts_are_declared(fixture: &ChannelFixture) {
    let profile = fixture.codec.profile();
    for (at, sample) in fixture.samples.iter().enumerate() {
        let told = fixture.decode(sample).events.into_iter().filter_map(|event| event.receipt);
        for receipt in told {
            let status: DeliveryStatus = receipt.status;
            assert!(
                profile.reports(status) != Some(false),
                "receipts_are_declared: sample {at} reports `{status}`, declared never to come"
            );
        }
    }
}

/// Clause 12: every value of the profile names its source.
pub fn sources_are_named(fixture: &ChannelFixture) {
    for (source, as_of, _) in fixture.codec.profile().sources() {
        assert!(
            !source.trim().is_empty(),
            "sources_are_named: a value as of {as_of} has no source"
        );
    }
}
