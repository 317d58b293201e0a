//! Decides an intent: the first channel that no rule blocks, at its earliest instant.
//!
//! Every rule is asked in order; each sees the instant to which the ones before it wait. Where that
//! instant moved, all are asked again at it, until no rule waits any more: so the instant decided
//! on is one at which every rule passes, whatever their order, and a message whose wait outlasts
//! its validity is blocked. A block found on the way stays.
//!
//! # Why
//!
//! - On a channel with several endpoints the first without a block counts: consent given before
//!   nothing said before withdrawn, then the smallest id. Where none is free, the first with the
//!   least against it is reported.
//! - What is held is judged again where it is held to: a hold may carry a message past what would
//!   have skipped it.
//! - Channels after the one decided on are not judged: they would say nothing about the outcome.
//! - Cost: O(channels x endpoints x rules x rounds x ledger); two rounds at most with our rules.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::{
    ChannelEvidence, ChannelId, ConfigurationVersion, ConsentState, ContactView, CustomerId,
    Decision, DecisionId, Digest, FactHistory, FactId, Finding, Happening, IdentifierId, Intent,
    LedgerEntry, Outcome, Policy, Progress, Reach, Ruled, Timestamp, UtcOffset,
};

use super::change::{SENDABLE_FROM, UNBLOCKED_FROM};
use super::rule::{Case, ENDPOINTS, Judgement, Rule, stands_against};
use super::rules::{STANDARD, in_order};

/// Most rounds in which rules may go on moving the instant of sending, before that is a block.
const ROUNDS_MAX: usize = 8;

/// Decides what becomes of an intent under the standard rules.
///
/// `configuration` is the version of the configuration that holds `policy`; `id` is the intent's
/// key, minted. The outcome is `Send`, with a later `at` where something waits, or `Suppress`; the
/// findings hold every rule's verdict on every channel up to the one decided on.
///
/// ```
/// use std::collections::BTreeMap;
/// use omnichannel::consistency::{decide, explain};
/// use omnichannel::model::*;
///
/// let marketing = Purpose::new("marketing");
/// let rules = PurposeRules {
///     basis: LawfulBasis::Consent,
///     respects_quiet_hours: true,
///     once_within_hours: 24,
///     delivery: DeliveryClass::default(),
/// };
/// let purposes = BTreeMap::from([(marketing.clone(), rules)]);
/// let policy = Policy { purposes, ..Policy::default() };
/// let configuration = Configuration { policy, ..Configuration::default() };
/// let subject: RecordId = "8f14e45f-ceea-867a-9a36-dedd4bea2543".parse()?;
/// let email = ChannelId::new("email")?;
/// let text = "The dress in your wish list is 20% off.";
/// let intent = Intent {
///     occasion: "spring-sale".to_owned(),
///     ..Intent::new("spring-sale/camille", subject, marketing, email.clone(), text)
/// };
/// let endpoint = "1f0e3dad-9990-8345-b743-9f8ffabdffc4".parse()?;
/// let view = ContactView {
///     reach: vec![Reach::new(email, endpoint, Namespace::Email)],
///     ..ContactView::new(subject.into())
/// };
/// let id = "98f13708-2101-84c4-b56e-0e4f6a0e5f8d".parse()?;
/// let now = "2026-03-20T10:00:00Z".parse()?;
///
/// let version = configuration.version();
/// let decision = decide(&configuration.policy, version, id, &view, &intent, now);
/// assert_eq!(decision.outcome, Outcome::Suppress);
/// assert_eq!(
///     explain(&decision).would_change[0].to_string(),
///     "it could be sent by `email` if consent for `marketing` were given at [email]"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decide(
    policy: &Policy,
    configuration: ConfigurationVersion,
    id: DecisionId,
    view: &ContactView,
    intent: &Intent,
    now: Timestamp,
) -> Decision {
    decide_with(&STANDARD, policy, configuration, id, view, intent, now)
}

/// As [`decide`], under the rules given, in their order.
pub fn decide_with(
    rules: &[&dyn Rule],
    policy: &Policy,
    configuration: ConfigurationVersion,
    id: DecisionId,
    view: &ContactView,
    intent: &Intent,
    now: Timestamp,
) -> Decision {
    let Conclusion { outcome, findings } =
        conclude_with(rules, policy, &Candidate { id, intent, view }, &[], now);
    let intent = intent.clone();
    Decision { id, intent, outcome, findings, view: digest(view), configuration, at: now }
}

/// An intent with its id and all that is known of its subject.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Names the decision: the intent's key, minted.
    pub id: DecisionId,
    /// What is wanted.
    pub intent: &'a Intent,
    /// Everything known of the subject; the choices are those for the intent's purpose.
    pub view: &'a ContactView,
}

/// What becomes of a candidate, and every rule's verdict on it; without what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Every rule's verdict on every channel up to the one decided on.
    pub findings: Vec<Finding>,
}

/// What becomes of a candidate under the rules given: [`decide_with`] without the digest of the
/// view, which costs more than the rules. `reserved` is what others decided on before it, at the
/// same time, have reserved.
pub fn conclude_with(
    rules: &[&dyn Rule],
    policy: &Policy,
    candidate: &Candidate<'_>,
    reserved: &[LedgerEntry],
    now: Timestamp,
) -> Conclusion {
    conclude(rules, policy, candidate, (reserved, now), true)
}

/// As [`conclude_with`]; without looking ahead it does not say when blocks end.
pub(super) fn conclude(
    rules: &[&dyn Rule],
    policy: &Policy,
    candidate: &Candidate<'_>,
    (reserved, now): (&[LedgerEntry], Timestamp),
    looks_ahead: bool,
) -> Conclusion {
    let Candidate { id, intent, view } = *candidate;
    let case = Case {
        policy,
        rules: policy.purposes.get(&intent.purpose),
        decision: id,
        intent,
        view,
        reserved,
        channel: None,
        reach: None,
        now,
        at: now,
    };
    let (outcome, findings) = choose(rules, &case, looks_ahead);
    Conclusion { outcome, findings }
}

/// Tries the channels in order. Where a channel is blocked, looks ahead for when time alone would
/// free it, if that is asked for.
fn choose(rules: &[&dyn Rule], case: &Case<'_>, looks_ahead: bool) -> (Outcome, Vec<Finding>) {
    let (mut findings, mut left) = (Vec::with_capacity(rules.len()), Instead::Nothing);
    let channels = in_order(case.intent, case.view);
    for (place, &channel) in channels.iter().enumerate() {
        if place == 1 {
            findings.reserve_exact(rules.len() * (channels.len() - place));
        }
        let case = Case { channel: Some(channel), ..*case };
        let judged = judge_channel(rules, &case);
        let (free, reach, at) = (judged.is_free(), judged.reach, judged.at);
        let looked = if free || !looks_ahead { None } else { ends(rules, &case, &judged) };
        left = left.or_over(judged.instead());
        findings.extend(judged.findings(rules, Some(channel), looked));
        if let (true, Some(reach)) = (free, reach) {
            let (channel, endpoint) = (channel.clone(), reach.endpoint);
            return (Outcome::Send { channel, endpoint, at }, findings);
        }
    }
    if case.intent.channels.is_empty() {
        findings.extend(judge(rules, *case).findings(rules, None, None));
    }
    (left.outcome(), findings)
}

/// What is left where a message goes by no channel: the most that any of them lets one do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Instead {
    Nothing,
    Digest,
    Human,
}

impl Instead {
    fn or_over(self, other: Self) -> Self {
        self.max(other)
    }

    fn outcome(self) -> Outcome {
        match self {
            Self::Nothing => Outcome::Suppress,
            Self::Digest => Outcome::Digest,
            Self::Human => Outcome::NeedsHuman,
        }
    }
}

/// What the rules say of one endpoint.
struct Judged<'a> {
    judgements: Vec<Judgement>,
    reach: Option<&'a Reach>,
    at: Timestamp,
    settled: bool,
}

impl Judged<'_> {
    fn is_free(&self) -> bool {
        self.settled
            && self.reach.is_some()
            && !self.judgements.iter().any(Judgement::stands_against)
    }

    /// How much stands against it: how many verdicts, the weightiest of them, and whether none of
    /// them can be lifted at the endpoint; such a change may free other channels, too.
    fn against(&self) -> (usize, u8, bool) {
        let against = self.judgements.iter().filter(|judgement| judgement.stands_against());
        let weightiest = against.clone().map(Judgement::weight).max().unwrap_or_default();
        let elsewhere = !against.clone().any(|judgement| judgement.is_of_endpoint);
        (against.count(), weightiest, elsewhere)
    }

    /// The one rule that stands against it, by its place; `None` where several do.
    fn sole(&self) -> Option<usize> {
        let mut against =
            (0..self.judgements.len()).filter(|at| self.judgements[*at].stands_against());
        against.next().filter(|_| against.next().is_none())
    }

    /// Names the endpoints that the same rule alone blocks, where they may lift it, too.
    fn add_alike(&mut self, others: &[Self]) {
        let Some(sole) = self.sole() else { return };
        let judgement = &mut self.judgements[sole];
        if !judgement.is_of_endpoint {
            return;
        }
        let alike = others.iter().filter(|other| other.sole() == Some(sole));
        let alike: BTreeSet<IdentifierId> =
            alike.filter_map(|other| other.reach.map(|reach| reach.endpoint)).collect();
        if let Some((_, named)) = judgement.facts.iter_mut().find(|(name, _)| *name == ENDPOINTS) {
            alike.iter().for_each(|id| named.push_str(&format!(" {id}")));
        }
    }

    /// What is left to do with the message: a block leaves nothing, and what a person must decide
    /// is not gathered unasked.
    fn instead(&self) -> Instead {
        let ruled = self.judgements.iter().map(|judgement| &judgement.ruled);
        let instead = ruled.filter(|ruled| stands_against(ruled)).map(|ruled| match ruled {
            Ruled::Human => Instead::Human,
            Ruled::Digest => Instead::Digest,
            _ => Instead::Nothing,
        });
        // The outcomes are in the order of what they let one do, the verdicts in the other.
        let least = |it: &Instead| match it {
            Instead::Nothing => 0,
            Instead::Human => 1,
            Instead::Digest => 2,
        };
        match instead.min_by_key(least) {
            Some(instead) if self.settled && self.reach.is_some() => instead,
            _ => Instead::Nothing,
        }
    }

    /// When asking again may help: the end of the last block, if time ends them all.
    fn blocked_until(&self) -> Option<Timestamp> {
        let mut blocks =
            self.judgements.iter().filter(|judgement| judgement.stands_against()).peekable();
        blocks.peek()?;
        blocks.try_fold(Timestamp::MIN, |last, block| block.until.map(|until| until.max(last)))
    }

    /// As findings, under the rules' names.
    fn findings(
        self,
        rules: &[&dyn Rule],
        channel: Option<&ChannelId>,
        ends: Option<Ends>,
    ) -> Vec<Finding> {
        let unsettled = (!self.settled).then(|| ("decide", Judgement::block("unsettled")));
        let named = rules.iter().map(|rule| rule.name()).zip(self.judgements);
        let finding = |(rule, judgement): (&'static str, Judgement)| {
            let ends = ends.filter(|_| judgement.stands_against());
            let told = ends.map(|ends| (SENDABLE_FROM, ends.sendable));
            let held = ends.filter(|ends| ends.unblocked < ends.sendable);
            let held = held.map(|ends| (UNBLOCKED_FROM, ends.unblocked));
            let mut facts = judgement.facts;
            let ends = told.into_iter().chain(held);
            facts.extend(ends.map(|(name, at)| (name.into(), at.to_string())));
            Finding {
                rule: rule.into(),
                channel: channel.cloned(),
                ruled: judgement.ruled,
                why: judgement.why.into(),
                facts,
            }
        };
        named.chain(unsettled).map(finding).collect()
    }
}

/// Judges a channel: its first free endpoint, else the first with the least against it, else none.
fn judge_channel<'a>(rules: &[&dyn Rule], case: &Case<'a>) -> Judged<'a> {
    let mut blocked: Vec<Judged<'a>> = Vec::new();
    for reach in endpoints(case) {
        let judged = judge(rules, Case { reach: Some(reach), ..*case });
        if judged.is_free() {
            return judged;
        }
        blocked.push(judged);
    }
    let least = (0..blocked.len()).min_by_key(|place| (blocked[*place].against(), *place));
    let Some(least) = least else { return judge(rules, *case) };
    let mut least = blocked.swap_remove(least);
    least.add_alike(&blocked);
    least
}

/// The endpoints on the case's channel, the most welcome first; of copies the least welcome counts.
fn endpoints<'a>(case: &Case<'a>) -> Vec<&'a Reach> {
    let on = |reach: &&Reach| Some(&reach.channel) == case.channel;
    let mut endpoints: Vec<&Reach> = case.view.reach.iter().filter(on).collect();
    endpoints.sort_by_key(|&reach| (reach.endpoint, Reverse(order(reach))));
    endpoints.dedup_by_key(|reach| reach.endpoint);
    endpoints.sort_by_key(|&reach| (welcome(reach), reach.endpoint));
    endpoints
}

fn welcome(reach: &Reach) -> u8 {
    match reach.consent {
        Some((ConsentState::Given, _)) => 0,
        None => 1,
        Some((ConsentState::Withdrawn, _)) => 2,
    }
}

/// A total order of the reaches of one endpoint.
fn order(reach: &Reach) -> (u8, impl Ord) {
    // Of copies the one that bears less counts: shared before one's own, closed before open.
    let own = (!reach.shared, Reverse(reach.window.is_some()), reach.window);
    (welcome(reach), (Reverse(own), reach.consent.map(|(_, proof)| proof), &reach.namespace))
}

/// Asks every rule, and again until none moves the instant of sending.
fn judge<'a>(rules: &[&dyn Rule], mut case: Case<'a>) -> Judged<'a> {
    let mut judgements: Vec<Judgement> = Vec::with_capacity(rules.len());
    let mut settled = false;
    for _ in 0..ROUNDS_MAX {
        let before = case.at;
        for (place, rule) in rules.iter().enumerate() {
            let judgement = rule.judge(&case).approved(case.intent.approved_by.as_deref());
            if let Ruled::Wait(until) = judgement.ruled {
                case.at = case.at.max(until);
            }
            match judgements.get_mut(place) {
                None => judgements.push(judgement),
                Some(known) if known.weighs_more(&judgement) => {}
                Some(known) => *known = judgement,
            }
        }
        if case.at == before {
            settled = true;
            break;
        }
    }
    Judged { judgements, reach: case.reach, at: case.at, settled }
}

/// When time alone ends the blocks of a channel.
#[derive(Clone, Copy)]
struct Ends {
    /// The first instant at which, asked again, nothing would block.
    unblocked: Timestamp,
    /// The first at which nothing would wait, either.
    sendable: Timestamp,
}

/// When time alone ends the blocks of a channel; `None` where it does not get there.
fn ends(rules: &[&dyn Rule], case: &Case<'_>, judged: &Judged<'_>) -> Option<Ends> {
    let (mut then, mut unblocked) = (judged.blocked_until()?, None);
    for _ in 0..ROUNDS_MAX {
        let judged = judge_channel(rules, &Case { now: then, at: then, ..*case });
        let next = if judged.is_free() { judged.at } else { judged.blocked_until()?.max(then) };
        if judged.is_free() {
            let unblocked = *unblocked.get_or_insert(then);
            if next == then {
                return Some(Ends { unblocked, sendable: then });
            }
        }
        if next == then {
            return None;
        }
        then = next;
    }
    None
}

/// The view in one order, without copies.
#[derive(Serialize)]
struct Canonical<'a> {
    customer: CustomerId,
    reach: Vec<&'a Reach>,
    ledger: Vec<&'a LedgerEntry>,
    utc_offset: Option<UtcOffset>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    formless: BTreeSet<&'a ChannelId>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    past: BTreeSet<&'a Happening>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    progress: BTreeSet<&'a Progress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doubts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restricted: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<FactId, &'a FactHistory>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    preference: BTreeSet<&'a ChannelEvidence>,
}

/// The digest of a view as a set of facts: the order of its lists does not count.
pub fn digest(view: &ContactView) -> Digest {
    let mut reach: Vec<&Reach> = view.reach.iter().collect();
    reach.sort_by_key(|&reach| (&reach.channel, reach.endpoint, order(reach)));
    reach.dedup();
    let mut ledger: Vec<&LedgerEntry> = view.ledger.iter().collect();
    ledger.sort_by_key(|&e| (e.at, e.decision, &e.channel, &e.purpose, &e.occasion, e.state));
    ledger.dedup();
    let (customer, utc_offset) = (view.customer, view.utc_offset);
    let formless = view.formless.iter().collect();
    Digest::of(&Canonical {
        customer,
        reach,
        ledger,
        utc_offset,
        formless,
        past: view.past.iter().collect(),
        progress: view.progress.iter().collect(),
        doubts: Some(view.doubts).filter(|doubts| *doubts > 0),
        restricted: view.restricted.then_some(true),
        facts: view.facts.iter().map(|(id, known)| (*id, known)).collect(),
        preference: view.preference.iter().collect(),
    })
}
