//! How many people have how many records.

use std::collections::BTreeMap;

use super::draw::{Anchor, Figure, Scale, WIDTH};
use super::text::grouped;

const ROW: f64 = 24.0;

/// Sizes that have a bar of their own; larger ones share bars.
const OWN_MAX: u64 = 8;

/// One bar for each number of records.
pub(super) fn sizes(people: &[u32]) -> String {
    let mut bars: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for size in counts(people) {
        let own = if size > OWN_MAX { 1 << size.ilog2() } else { size };
        let from = if size > OWN_MAX { own.max(OWN_MAX + 1) } else { own };
        let bar = bars.entry(from).or_insert((0, 0));
        *bar = (bar.0.max(size), bar.1 + 1);
    }
    let most = bars.values().map(|bar| bar.1).max().unwrap_or(1);
    let x = Scale { values: (0.0, most as f64), places: (124.0, WIDTH - 80.0) };
    let mut figure = Figure::default();
    let mut y = 4.0;
    for (from, (to, people)) in bars {
        let words = match (from, to) {
            (1, _) => "1 record".to_owned(),
            _ if from == to => format!("{} records", grouped(from)),
            _ => format!("{} to {}", grouped(from), grouped(to)),
        };
        figure.text("soft", (110.0, y + 12.0), Anchor::End, &words);
        let end = x.at(people as f64);
        let class = if from == 1 { "against" } else { "for" };
        figure.bar(class, (124.0, y + 1.0), ((end - 124.0).max(1.5), 14.0), "");
        figure.text("", (end.max(125.5) + 8.0, y + 12.0), Anchor::Start, &grouped(people));
        y += ROW;
    }
    figure.within_a_page(y + 2.0, "How many people have how many records")
}

/// The size of each person.
fn counts(people: &[u32]) -> Vec<u64> {
    let mut people = people.to_vec();
    people.sort_unstable();
    people.chunk_by(|one, other| one == other).map(|of| of.len() as u64).collect()
}
