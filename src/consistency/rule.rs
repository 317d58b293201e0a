//! What a rule is: one question about one channel, answered without side effects.

use std::borrow::Cow;
use std::fmt;

use crate::model::{
    ChannelId, ContactView, DecisionId, Finding, Intent, LedgerEntry, LedgerState, Policy,
    PurposeRules, Reach, Ruled, Sentence, Timestamp,
};

use super::change::Lift;

/// One rule. Object-safe; a stranger's is as good as ours.
///
/// ```
/// use omnichannel::consistency::{Case, Judgement, Rule};
///
/// /// Nothing is said on the first of April.
/// #[derive(Debug)]
/// struct NoJokes;
///
/// impl Rule for NoJokes {
///     fn name(&self) -> &'static str {
///         "no_jokes"
///     }
///
///     fn judge(&self, case: &Case<'_>) -> Judgement {
///         if case.at.to_string().contains("-04-01T") {
///             Judgement::block("first_of_april")
///         } else {
///             Judgement::pass("any_other_day")
///         }
///     }
/// }
/// let rules: Vec<&dyn Rule> = omnichannel::consistency::STANDARD
///     .into_iter()
///     .chain([&NoJokes as &dyn Rule])
///     .collect();
/// assert_eq!(rules.len(), 15);
/// ```
///
/// # Contract
///
/// 1. `judge` is a function of the case: no clock, no state, no panic.
/// 2. An answer may wait or block at a later [`Case::at`] and not at an earlier one: every rule is
///    asked again at the instant to which another waits, until none waits any more.
/// 3. Facts hold no personal data.
pub trait Rule: fmt::Debug + Send + Sync {
    /// Its name in findings: lower case, unique among the rules it is used with.
    fn name(&self) -> &'static str;

    /// What it finds.
    fn judge(&self, case: &Case<'_>) -> Judgement;

    /// The sentence of one of its findings; by default its code and its facts.
    fn say(&self, finding: &Finding) -> Sentence {
        plain(finding)
    }

    /// What alone would lift one of its blocks; `None` where it cannot tell.
    fn lift(&self, finding: &Finding) -> Option<Lift> {
        let _ = finding;
        None
    }
}

/// What a rule judges: one intent on one channel, at one instant.
#[non_exhaustive]
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// What it holds for the intent's purpose; `None` where the purpose is not declared.
    pub rules: Option<&'a PurposeRules>,
    /// The decision being made.
    pub decision: DecisionId,
    /// What is wanted.
    pub intent: &'a Intent,
    /// Everything known of the subject.
    pub view: &'a ContactView,
    /// What candidates that were decided on before it, at the same time, have reserved.
    pub reserved: &'a [LedgerEntry],
    /// The channel; `None` only where the intent names none.
    pub channel: Option<&'a ChannelId>,
    /// The endpoint on the channel; `None` where none is known.
    pub reach: Option<&'a Reach>,
    /// When the decision is made.
    pub now: Timestamp,
    /// The earliest instant of sending, as far as rules asked before allow it.
    pub at: Timestamp,
}

impl<'a> Case<'a> {
    /// What was said to the customer, or is about to be; without what the intent replaces.
    pub fn ledger(&self) -> impl Iterator<Item = &'a LedgerEntry> + Clone + use<'a> {
        let intent = self.intent;
        let is_replaced = move |entry: &&LedgerEntry| {
            intent.replaces
                && entry.state == LedgerState::Reserved
                && (&entry.purpose, &entry.occasion) == (&intent.purpose, &intent.occasion)
        };
        self.view.ledger.iter().filter(move |entry| !is_replaced(entry)).chain(self.reserved)
    }
}

/// The fact that names the endpoints at which a block may be lifted.
pub(super) const ENDPOINTS: &str = "endpoints";

/// A rule's answer: what it rules, a code, and what its sentence names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub(super) ruled: Ruled,
    pub(super) why: &'static str,
    pub(super) until: Option<Timestamp>,
    pub(super) facts: Vec<(Cow<'static, str>, String)>,
    /// Whether what lifts it may be done at any endpoint of the channel that it alone blocks.
    pub(super) is_of_endpoint: bool,
}

impl Judgement {
    fn new(ruled: Ruled, why: &'static str) -> Self {
        Self { ruled, why, until: None, facts: Vec::new(), is_of_endpoint: false }
    }

    /// Nothing against it.
    pub fn pass(why: &'static str) -> Self {
        Self::new(Ruled::Pass, why)
    }

    /// Not before `until`.
    pub fn wait(why: &'static str, until: Timestamp) -> Self {
        Self::new(Ruled::Wait(until), why)
    }

    /// No.
    pub fn block(why: &'static str) -> Self {
        Self::new(Ruled::Block, why)
    }

    /// No, and only asking again at `until` or later can change that.
    pub fn block_until(why: &'static str, until: Timestamp) -> Self {
        Self { until: Some(until), ..Self::new(Ruled::Block, why) }
    }

    /// Not alone: it may be gathered with others. Asked again at `until`, it may go alone.
    pub fn digest(why: &'static str, until: Timestamp) -> Self {
        Self { until: Some(until), ..Self::new(Ruled::Digest, why) }
    }

    /// Not unasked: a person decides. Passes where somebody did: [`Intent::approved_by`].
    pub fn human(why: &'static str) -> Self {
        Self::new(Ruled::Human, why)
    }

    /// Adds what the sentence names; never personal data.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.facts.push((name.into(), value.to_string()));
        self
    }

    /// Says that what lifts it may be done at any endpoint of the channel that it alone blocks; the
    /// fact `endpoints` names them, this one first.
    pub(super) fn liftable_at_any(self, endpoint: &Reach) -> Self {
        let judgement = Self { is_of_endpoint: true, ..self };
        judgement.with(ENDPOINTS, endpoint.endpoint)
    }

    /// Whether an answer of an earlier round stays beside a later one of the same rule: what stands
    /// against stays, unless something weightier does; a wait gives way only to more.
    pub(super) fn weighs_more(&self, later: &Self) -> bool {
        self.weight() > later.weight()
    }

    /// How much it stands against a message.
    pub(super) fn weight(&self) -> u8 {
        match self.ruled {
            Ruled::Pass => 0,
            Ruled::Wait(_) => 1,
            Ruled::Digest => 2,
            Ruled::Human => 3,
            Ruled::Block => 4,
        }
    }

    /// Whether it keeps the message from leaving by itself.
    pub(super) fn stands_against(&self) -> bool {
        stands_against(&self.ruled)
    }

    /// The same, where somebody said yes to the message.
    pub(super) fn approved(self, by: Option<&str>) -> Self {
        match by {
            Some(by) if self.ruled == Ruled::Human => {
                Self { ruled: Ruled::Pass, ..self }.with("approved_by", by)
            }
            _ => self,
        }
    }
}

/// Whether a verdict keeps a message from leaving by itself.
pub(super) fn stands_against(ruled: &Ruled) -> bool {
    matches!(ruled, Ruled::Block | Ruled::Human | Ruled::Digest)
}

/// A finding in the words of its code and facts.
pub(super) fn plain(finding: &Finding) -> Sentence {
    let mut words = finding.why.replace('_', " ");
    for (at, (name, value)) in finding.facts.iter().enumerate() {
        words.push_str(if at == 0 { " (" } else { ", " });
        words.push_str(&format!("{}: {value}", name.replace('_', " ")));
    }
    if !finding.facts.is_empty() {
        words.push(')');
    }
    Sentence::new(words)
}

/// A fact to print; a finding of an older build may lack it.
pub(super) fn fact<'a>(finding: &'a Finding, name: &str) -> &'a str {
    finding.fact(name).unwrap_or("unknown")
}

/// A fact as a typed value.
pub(super) fn typed<T: std::str::FromStr>(finding: &Finding, name: &str) -> Option<T> {
    finding.fact(name).and_then(|text| text.parse().ok())
}

/// Ends a sentence with the endpoint: what it is, or its id where personal data may show.
pub(super) fn endpoint(sentence: Sentence, finding: &Finding) -> Sentence {
    let label = fact(finding, "namespace").replace('_', " ");
    sentence.personal(label, fact(finding, "endpoint"))
}
