//! Retention: for how long facts are kept, and how far their removal got.
//!
//! GDPR article 5, paragraph 1, point e: no longer than is needed for what they are kept for.
//!
//! # Why
//!
//! A fact may be needed for several things; it is kept for the longest of them. A rule about all
//! facts only holds for those of which no other rule speaks: an order is kept for ten years though
//! a visit is kept for one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::erasure::RowCounts;
use super::id::RecordId;
use super::row::Sort;
use super::time::Timestamp;
use super::touchpoint::{Act, Copies, Touchpoint};

/// Which facts a rule speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retained {
    /// Every fact of which no other rule speaks, and decisions.
    All,
    /// What was said, and decisions on what was to be said.
    Messages,
    /// What happened in this way.
    Act(Act),
    /// What concerns a thing of this kind: `order`, `cart`.
    Object(String),
}

impl Retained {
    fn is(&self, touchpoint: &Touchpoint) -> bool {
        match self {
            Self::All => false,
            Self::Messages => touchpoint.message.is_some(),
            Self::Act(act) => touchpoint.act == *act,
            Self::Object(kind) => touchpoint.objects.iter().any(|object| object.kind == *kind),
        }
    }
}

/// For how long some facts are kept.
///
/// ```
/// use omnichannel::model::{Act, Configuration, Retained, RetentionRule};
///
/// let rules = r#"[{"what": "all", "keep_days": 365},
///     {"what": {"act": "purchased"}, "keep_days": 3650}]"#;
/// let retention: Vec<RetentionRule> = serde_json::from_str(rules)?;
/// assert_eq!(retention[1].what, Retained::Act(Act::Purchased));
/// let configuration = Configuration { retention, ..Configuration::default() };
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RetentionRule {
    /// Which facts.
    pub what: Retained,
    /// For how many days of 24 hours after they happened; where nobody knows when, after they were
    /// recorded.
    pub keep_days: u32,
}

impl RetentionRule {
    /// Before when nothing of any rule is kept for sure; `None` without rules.
    pub fn earliest_due(rules: &[Self], now: Timestamp) -> Option<Timestamp> {
        rules.iter().map(|rule| rule.keep_days).min().map(|days| before(now, days))
    }

    /// Whether the time of a fact is over.
    pub fn is_due(rules: &[Self], copies: &Copies, now: Timestamp) -> bool {
        let (touchpoint, arrival) = (copies.chosen(), &copies.all()[0].arrival);
        let own = rules.iter().filter(|rule| rule.what.is(touchpoint));
        let days = own.map(|rule| rule.keep_days).max().or_else(|| longest(rules, &Retained::All));
        let since = touchpoint.occurred.at.unwrap_or(arrival.recorded_at);
        days.is_some_and(|days| since <= before(now, days))
    }

    /// Up to when decisions are no longer kept; `None` where they are for ever.
    pub fn decisions_due(rules: &[Self], now: Timestamp) -> Option<Timestamp> {
        let days = longest(rules, &Retained::Messages).or_else(|| longest(rules, &Retained::All));
        days.map(|days| before(now, days))
    }
}

fn longest(rules: &[RetentionRule], what: &Retained) -> Option<u32> {
    rules.iter().filter(|rule| rule.what == *what).map(|rule| rule.keep_days).max()
}

fn before(now: Timestamp, days: u32) -> Timestamp {
    now.minus(Duration::from_secs(u64::from(days) * 86_400))
}

/// How far a run over all facts of a tenant got. Store it to go on after a restart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionProgress {
    /// How many rows of each kind were erased so far.
    pub erased: RowCounts,
    pub(crate) stage: RetentionStage,
}

impl RetentionProgress {
    /// Whether every fact was looked at.
    pub fn is_complete(&self) -> bool {
        self.stage == RetentionStage::Done
    }
}

/// Where a run goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RetentionStage {
    /// At the records of a component, then at the components after it.
    Records {
        /// The component.
        after: Option<Sort>,
        /// Its records to be looked at.
        left: Vec<RecordId>,
    },
    /// At facts on which nobody was identified.
    Unattributed {
        /// The last one that was looked at.
        after: Option<Sort>,
    },
    /// At the end.
    Done,
}

impl Default for RetentionStage {
    fn default() -> Self {
        Self::Records { after: None, left: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Arrival, ArrivalMode, Channel, ChannelKind, Copy, Event, EventKind, IdKey, ObjectRef,
        Occurred, TenantId, TouchpointId,
    };

    fn ordered(day: &str) -> Copies {
        let at: Timestamp = format!("{day}T00:00:00Z").parse().unwrap();
        let event = Event::new(0, EventKind::Track, Act::Purchased, Occurred::at(at));
        let channel = Channel::new("web", ChannelKind::Web).unwrap();
        let key = IdKey::new(&[7; 32]).unwrap();
        let source = crate::model::Source::new("web");
        let touchpoint = Touchpoint {
            id: TouchpointId::from_uuid(key.check_value()),
            source,
            external_id: None,
            revision: 0,
            record: None,
            channel: channel.id,
            channel_kind: channel.kind,
            act: event.act,
            occurred: event.occurred,
            objects: vec![ObjectRef::new("order", TenantId::named("o").to_string())],
            identifiers: event.identifiers,
            attributes: event.attributes,
            message: None,
            answers: Vec::new(),
            receipt: None,
            consents: Vec::new(),
            details: event.details,
        };
        Copies::new(Copy::new(touchpoint, Arrival::new(ArrivalMode::Live, event.occurred, at)))
    }

    fn is_due(rules: &[(Retained, u32)]) -> bool {
        let rule = |(what, keep_days): &(Retained, u32)| RetentionRule {
            what: what.clone(),
            keep_days: *keep_days,
        };
        let rules: Vec<RetentionRule> = rules.iter().map(rule).collect();
        let now = "2026-03-31T00:00:00Z".parse().unwrap();
        RetentionRule::is_due(&rules, &ordered("2026-03-01"), now)
    }

    #[test]
    fn the_longest_of_the_rules_that_speak_of_a_fact_counts_else_that_about_all() {
        let (all, act) = (Retained::All, Retained::Act(Act::Purchased));
        let order = Retained::Object("order".to_owned());
        assert!(!is_due(&[]), "without rules for ever");
        assert!(is_due(&[(all.clone(), 30)]) && !is_due(&[(all.clone(), 31)]));
        assert!(!is_due(&[(all.clone(), 1), (act.clone(), 90)]));
        assert!(is_due(&[(all, 90), (act.clone(), 1)]), "the special rule counts");
        assert!(!is_due(&[(act, 1), (order, 90)]), "needed for an order");
        assert!(!is_due(&[(Retained::Messages, 1)]), "no rule speaks of it");
    }
}
