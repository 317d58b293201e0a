//! The golden record: the best-known value of each field, with provenance.
//!
//! Survivorship: the most recent statement wins; one of unknown time counts as the oldest; ties go
//! to the smaller touchpoint id. Values that lose are kept beside the one that survives.

use std::collections::BTreeMap;

use crate::model::{GoldenRecord, Provenance, RecordId, Touchpoint};

/// Most losing values kept per field.
const LOST_MAX: usize = 16;

/// Derives the golden record from what touchpoints state; their order does not matter.
pub fn golden<'a>(touchpoints: impl IntoIterator<Item = &'a Touchpoint>) -> GoldenRecord {
    let mut stated: BTreeMap<&str, Vec<(&Touchpoint, RecordId)>> = BTreeMap::new();
    for touchpoint in touchpoints {
        let Some(record) = touchpoint.record else { continue };
        for field in touchpoint.attributes.keys() {
            stated.entry(field).or_default().push((touchpoint, record));
        }
    }
    stated
        .into_iter()
        .filter_map(|(field, by)| Some((field.to_owned(), survive(field, by)?)))
        .collect()
}

fn survive(field: &str, mut by: Vec<(&Touchpoint, RecordId)>) -> Option<Provenance> {
    by.sort_by_key(|(touchpoint, _)| {
        let at = touchpoint.occurred.at.map_or(i64::MIN, |at| at.micros());
        (std::cmp::Reverse(at), touchpoint.id)
    });
    let (best, record) = *by.first()?;
    let value = best.attributes.get(field)?.clone();
    let mut lost = Vec::new();
    for (touchpoint, _) in &by[1..] {
        if let Some(other) = touchpoint.attributes.get(field)
            && *other != value
            && !lost.contains(other)
            && lost.len() < LOST_MAX
        {
            lost.push(other.clone());
        }
    }
    let (touchpoint, channel, stated) = (best.id, best.channel.clone(), best.occurred);
    Some(Provenance { value, record, touchpoint, channel, stated, lost })
}
