//! The golden record: the best-known value of each field, with provenance.
//!
//! Survivorship is declared per field ([`Survivorship`]); without a word the most recent statement
//! wins. One of unknown time counts as the oldest; ties go to the more recent, then to the smaller
//! touchpoint id. Values that lose are kept beside the one that survives, with their provenance.
//!
//! # Law
//!
//! 1. A fold over a sorted set of statements: the order of touchpoints changes nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    GoldenRecord, IdentityRules, Provenance, RecordId, Stated, Survivorship, Touchpoint,
};

/// Most losing values kept per field.
const LOST_MAX: usize = 16;

/// Derives the golden record from what touchpoints state; their order does not matter.
pub fn golden<'a>(
    rules: &IdentityRules,
    touchpoints: impl IntoIterator<Item = &'a Touchpoint>,
) -> GoldenRecord {
    golden_by(touchpoints, |field, stated| choose(rules, field, stated))
}

/// The same by a choice of one's own: of a field's statements, the latest first, the place of the
/// one that survives. A place that is none leaves the field out.
///
/// ```
/// use omnichannel::identity::golden_by;
///
/// // The application's own rule: the first statement of anything counts.
/// let golden = golden_by([], |_field, stated| stated.len().saturating_sub(1));
/// assert!(golden.is_empty());
/// ```
pub fn golden_by<'a>(
    touchpoints: impl IntoIterator<Item = &'a Touchpoint>,
    choose: impl Fn(&str, &[&Touchpoint]) -> usize,
) -> GoldenRecord {
    let mut stated: BTreeMap<&str, Vec<&Touchpoint>> = BTreeMap::new();
    for touchpoint in touchpoints {
        if touchpoint.record.is_some() {
            for field in touchpoint.attributes.keys() {
                stated.entry(field).or_default().push(touchpoint);
            }
        }
    }
    let survive = |(field, mut by): (&str, Vec<&Touchpoint>)| {
        by.sort_by_key(|touchpoint| (Reverse(time(touchpoint)), touchpoint.id));
        let best = choose(field, &by);
        Some((field.to_owned(), survive(field, &by, best)?))
    };
    stated.into_iter().filter_map(survive).collect()
}

fn time(touchpoint: &Touchpoint) -> i64 {
    touchpoint.occurred.at.map_or(i64::MIN, |at| at.micros())
}

/// The place of the statement that survives under the rules; `by` is the latest first.
fn choose(rules: &IdentityRules, field: &str, by: &[&Touchpoint]) -> usize {
    // Of equals the first: the most recent.
    let best = |worth: &dyn Fn(&Touchpoint) -> i64| {
        (0..by.len()).max_by_key(|at| (worth(by[*at]), Reverse(*at))).unwrap_or(0)
    };
    match rules.survivorship.get(field).copied().unwrap_or_default() {
        Survivorship::MostRecent => 0,
        Survivorship::Earliest => {
            let known = |touchpoint: &Touchpoint| match touchpoint.occurred.at {
                Some(at) => -at.micros(),
                None => i64::MIN,
            };
            best(&known)
        }
        Survivorship::MostTrusted => {
            best(&|touchpoint| i64::from(rules.source(touchpoint.source.as_str()).trust))
        }
        Survivorship::Longest => best(&|touchpoint| count(value(touchpoint, field).chars())),
        Survivorship::MostFrequent => {
            let mut often: BTreeMap<&str, i64> = BTreeMap::new();
            by.iter()
                .for_each(|touchpoint| *often.entry(value(touchpoint, field)).or_default() += 1);
            best(&|touchpoint| often.get(value(touchpoint, field)).copied().unwrap_or(0))
        }
    }
}

fn value<'a>(touchpoint: &'a Touchpoint, field: &str) -> &'a str {
    touchpoint.attributes.get(field).map_or("", |value| value.expose().as_str())
}

fn count(of: impl Iterator) -> i64 {
    i64::try_from(of.count()).unwrap_or(i64::MAX)
}

fn survive(field: &str, by: &[&Touchpoint], best: usize) -> Option<Provenance> {
    let Stated { value, record, touchpoint, channel, stated } = state(field, by.get(best)?)?;
    let mut known = BTreeSet::from([value.expose().to_owned()]);
    let mut lost = Vec::new();
    for other in by.iter().filter_map(|touchpoint| state(field, touchpoint)) {
        if lost.len() < LOST_MAX && known.insert(other.value.expose().to_owned()) {
            lost.push(other);
        }
    }
    Some(Provenance { value, record, touchpoint, channel, stated, lost })
}

fn state(field: &str, by: &Touchpoint) -> Option<Stated> {
    let record: RecordId = by.record?;
    let value = by.attributes.get(field)?.clone();
    let (touchpoint, channel, stated) = (by.id, by.channel.clone(), by.occurred);
    Some(Stated { value, record, touchpoint, channel, stated })
}
