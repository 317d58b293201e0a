//! How right the people are, where the truth is known.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Precision, recall and F1 over pairs of records.
pub(crate) fn pairwise(people: &[u32], truth: &[String]) -> Value {
    let pairs = |count: u64| count * (count - 1) / 2;
    let (mut found, mut real, mut right) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (person, truth) in people.iter().zip(truth) {
        *found.entry(person).or_insert(0) += 1;
        *real.entry(truth).or_insert(0) += 1;
        *right.entry((person, truth)).or_insert(0) += 1;
    }
    let found: u64 = found.into_values().map(pairs).sum();
    let real: u64 = real.into_values().map(pairs).sum();
    let right: u64 = right.into_values().map(pairs).sum();
    let share = |of: u64| if of == 0 { 1.0 } else { right as f64 / of as f64 };
    let (p, r) = (share(found), share(real));
    let f1 = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
    json!({ "p": p, "r": r, "f1": f1 })
}
