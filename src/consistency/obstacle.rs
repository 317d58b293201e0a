//! What stands in a decided message's way at dispatch, asked again.
//!
//! Consent, reservation, quiet hours and caps are [`super::confirm`]'s own; here are those that the
//! policy or the intent asks for, so that a claim of any other message reads nothing more.

use std::time::Duration;

use crate::model::{ContactView, Decision, Obstacle, Outcome, Policy, Refusal, Ruled, Timestamp};

use super::rule::{Case, Rule};
use super::rules::{Conversion, FactConsistency, Identity, Restriction, Sequence, SessionOpen};

/// How long a message that waits for another waits before it is looked at again.
pub const AWAIT: Duration = Duration::from_secs(300);

/// The rules that are asked again, and what their refusal is called.
const AGAIN: [(&dyn Rule, Refusal); 6] = [
    (&Identity, Refusal::Uncertain),
    (&Restriction, Refusal::Restricted),
    (&Conversion, Refusal::Ended),
    (&FactConsistency, Refusal::Outdated),
    (&SessionOpen, Refusal::WindowClosed),
    (&Sequence, Refusal::Unmet),
];

/// What stands in the way of a decided message at `now`; `None` where nothing does.
///
/// What is in vain is told before what waits.
pub fn obstacle(
    policy: &Policy,
    decision: &Decision,
    view: &ContactView,
    now: Timestamp,
) -> Option<Obstacle> {
    let Outcome::Send { channel, endpoint, .. } = &decision.outcome else { return None };
    let on = view.reach.iter().filter(|reach| reach.channel == *channel);
    let case = Case {
        policy,
        rules: policy.purposes.get(&decision.intent.purpose),
        decision: decision.id,
        intent: &decision.intent,
        view,
        reserved: &[],
        channel: Some(channel),
        reach: on.clone().find(|reach| reach.endpoint == *endpoint),
        now,
        at: now,
    };
    let mut waits = false;
    for (rule, refusal) in AGAIN {
        let judgement = rule.judge(&case).approved(decision.intent.approved_by.as_deref());
        waits |= judgement.why == "awaited";
        if judgement.stands_against() || matches!(judgement.ruled, Ruled::Wait(_)) {
            let needless = judgement.why == "needless";
            return Some(Obstacle::Lost(if needless { Refusal::Needless } else { refusal }));
        }
    }
    waits.then(|| Obstacle::Until(now.plus(AWAIT)))
}
