//! Counterfactuals: what alone would let a message go by a channel.
//!
//! # Law
//!
//! 1. Each change is true when tried: applied to the inputs, deciding again sends by that channel.
//! 2. A change is listed only where it alone suffices; where several blocks stand,
//!    [`super::explain`] names them all instead.
//! 3. A change that frees several channels is listed for the first of them, by which it would go.

use serde::{Deserialize, Serialize};

use crate::model::{ChannelId, Decision, Finding, IdentifierId, Purpose, Sentence, Timestamp};

use super::rule::{Rule, stands_against, typed};
use super::rules::STANDARD;

/// The fact that `decide` adds to blocks that pass with time alone.
pub(super) const SENDABLE_FROM: &str = "sendable_from";

/// The fact that says from when such a channel would be decided on, to wait there.
pub(super) const UNBLOCKED_FROM: &str = "unblocked_from";

/// One change that alone would let the message go by a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The channel by which it would go.
    pub channel: ChannelId,
    /// What would have to change.
    pub lift: Lift,
}

/// What would have to change.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lift {
    /// Time: asked again at this instant, and not before, it may be sent at once.
    Time(Timestamp),
    /// The policy declares the purpose, with rules that allow it; nothing else stands against it.
    DeclaredPurpose(Purpose),
    /// The party gives consent for the purpose at any of these endpoints.
    Consent {
        /// For what.
        purpose: Purpose,
        /// Where: the endpoints on the channel that no preferred one has too.
        endpoints: Vec<IdentifierId>,
        /// What kind of endpoint the first is.
        namespace: String,
    },
    /// An endpoint on the channel becomes known.
    Endpoint {
        /// Consent that must be in force there, where the purpose rests on consent.
        consent: Option<Purpose>,
    },
    /// The intent stays valid beyond this instant.
    ValidBeyond(Timestamp),
    /// The customer writes by the channel, so that one may write freely there for a while.
    Heard,
    /// Somebody says yes to it: `Intent::approved_by`.
    Approval,
    /// What a rule of the application says, in words that follow "if".
    Other(String),
}

impl Lift {
    /// The change as the end of a sentence.
    fn end(&self, sentence: Sentence) -> Sentence {
        match self {
            Self::Time(at) => sentence.then(format!(" from {at}")),
            Self::DeclaredPurpose(purpose) => sentence.then(format!(
                " if the policy declared the purpose `{purpose}` with rules that allow it"
            )),
            Self::Consent { purpose, endpoints, namespace } => {
                let start = format!(" if consent for `{purpose}` were given at ");
                let label = namespace.replace('_', " ");
                let mut told = sentence.then(start);
                for (place, endpoint) in endpoints.iter().enumerate() {
                    told = if place > 0 { told.then(" or ") } else { told };
                    told = told.personal(&label, endpoint.to_string());
                }
                told
            }
            Self::Endpoint { consent: None } => {
                sentence.then(" if an endpoint of the customer on it were known")
            }
            Self::Endpoint { consent: Some(purpose) } => sentence.then(format!(
                " if an endpoint of the customer on it were known, with consent for `{purpose}`"
            )),
            Self::ValidBeyond(at) => sentence.then(format!(" if it stayed valid beyond {at}")),
            Self::Heard => sentence.then(" if the customer had written there lately"),
            Self::Approval => sentence.then(" if somebody said yes to it"),
            Self::Other(words) => sentence.then(format!(" if {words}")),
        }
    }

    /// What of this change is not `earlier` too, or brings it about; `None` where nothing is left.
    fn beyond(self, earlier: &Self) -> Option<Self> {
        match (self, earlier) {
            (Self::Time(this), Self::Time(earlier))
            | (Self::ValidBeyond(this), Self::ValidBeyond(earlier))
                if earlier <= &this =>
            {
                None
            }
            (
                Self::Consent { purpose, mut endpoints, namespace },
                Self::Consent { endpoints: earlier, .. },
            ) => {
                endpoints.retain(|endpoint| !earlier.contains(endpoint));
                let left = !endpoints.is_empty();
                left.then_some(Self::Consent { purpose, endpoints, namespace })
            }
            (this @ Self::Endpoint { .. }, _) => Some(this),
            (this, earlier) => (this != *earlier).then_some(this),
        }
    }
}

/// Every change that alone would let the message go by a channel preferred to the one decided on.
///
/// The order is that of the channels. Where nothing alone suffices, the channel is left out.
pub fn changes(decision: &Decision) -> Vec<Change> {
    changes_with(&STANDARD, decision)
}

/// As [`changes`], for a decision of [`super::decide_with`] under the same rules.
pub fn changes_with(rules: &[&dyn Rule], decision: &Decision) -> Vec<Change> {
    weighed(rules, decision).into_iter().filter_map(|(_, change)| change).collect()
}

/// What would change the outcome, as sentences: one per blocked channel that a change frees first.
pub(super) fn sentences(rules: &[&dyn Rule], decision: &Decision) -> Vec<Sentence> {
    let weighed = weighed(rules, decision);
    weighed.iter().map(|(findings, change)| sentence(findings, change.as_ref())).collect()
}

/// The findings of each blocked channel and the one change that would free it, if there is one;
/// without what would free a preferred channel too.
fn weighed<'a>(
    rules: &[&dyn Rule],
    decision: &'a Decision,
) -> Vec<(&'a [Finding], Option<Change>)> {
    let mut weighed: Vec<(&[Finding], Option<Change>)> = Vec::new();
    let mut taken_from: Option<Timestamp> = None;
    let channels = decision.findings.chunk_by(|a, b| a.channel == b.channel);
    for findings in channels.filter(|findings| blocks(findings).next().is_some()) {
        let change = change(rules, findings);
        let left = change.clone().and_then(|change| {
            let mut known = weighed.iter().filter_map(|(_, earlier)| earlier.as_ref());
            let lift = known.try_fold(change.lift, |lift, earlier| lift.beyond(&earlier.lift))?;
            // From then on a preferred channel is decided on, if only to wait there.
            let is_taken = matches!(lift, Lift::Time(at) if taken_from.is_some_and(|it| it <= at));
            (!is_taken).then_some(Change { lift, ..change })
        });
        let unblocked = blocks(findings).find_map(|finding| typed(finding, UNBLOCKED_FROM));
        taken_from = taken_from.into_iter().chain(unblocked).min();
        if left.is_some() || change.is_none() {
            weighed.push((findings, left));
        }
    }
    weighed
}

/// What stands against a channel among its findings.
fn blocks(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(|finding| stands_against(&finding.ruled))
}

/// The one change that would free a channel, if there is one.
fn change(rules: &[&dyn Rule], findings: &[Finding]) -> Option<Change> {
    let mut standing = blocks(findings);
    let first = standing.next()?;
    let channel = first.channel.clone()?;
    let time = typed(first, SENDABLE_FROM).map(Lift::Time);
    let lift = match (time, standing.next()) {
        (Some(time), _) => time,
        (None, Some(_)) => return None,
        (None, None) => rules.iter().find(|rule| rule.name() == first.rule)?.lift(first)?,
    };
    Some(Change { channel, lift })
}

/// What would change the outcome on a channel, as a sentence.
fn sentence(findings: &[Finding], change: Option<&Change>) -> Sentence {
    let by = findings.first().and_then(|finding| finding.channel.as_ref());
    let could = match by {
        Some(channel) => Sentence::new(format!("it could be sent by `{channel}`")),
        None => Sentence::new("it could be sent"),
    };
    if let Some(change) = change {
        return change.lift.end(could);
    }
    let names: Vec<_> = blocks(findings).map(|finding| format!("`{}`", finding.rule)).collect();
    match names.as_slice() {
        [name] => could.then(format!(" if {name} did not stand against it")),
        _ => could.then(format!(" only if all of these went: {}", names.join(", "))),
    }
}
