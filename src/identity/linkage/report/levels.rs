//! What each level of each comparison speaks for one person.

use std::borrow::Cow;

use super::super::compare::Comparison;
use super::super::linker::Linker;
use super::super::model::{Millibits, Model, Weighed};
use super::super::placed::Placed;
use super::draw::{Anchor, Figure, Scale, WIDTH};
use super::text::{bits, foreign};

const ROW: f64 = 20.0;
const HEAD: f64 = 30.0;
const LEFT: f64 = 250.0;

/// One level: what it means and weighs, from the commonest value to the rarest.
struct Row {
    words: Cow<'static, str>,
    weight: Millibits,
    range: Option<(Millibits, Millibits)>,
    related: Option<Millibits>,
}

/// The weights of a model as bars for and against.
pub(super) fn levels(linker: &Linker, model: &Model) -> String {
    let placed = linker.placed(model);
    let model = placed.model.as_ref();
    let groups: Vec<(String, Vec<Row>)> = model
        .comparisons
        .iter()
        .map(|weighed| {
            let column = &linker.table.columns()[weighed.comparison.column];
            (foreign(column.name(), 22.0), rows(&placed, weighed))
        })
        .collect();
    let weights = groups.iter().flat_map(|(_, rows)| rows).flat_map(|row| {
        let (low, high) = row.range.unwrap_or((row.weight, row.weight));
        [low, high, row.weight, row.related.unwrap_or(0)]
    });
    let (low, high) =
        weights.fold((-1_000, 1_000), |(low, high), weight| (low.min(weight), high.max(weight)));
    let in_bits = |weight: Millibits| weight as f64 / 1_000.0;
    let x = Scale { values: (in_bits(low), in_bits(high)), places: (LEFT + 40.0, WIDTH - 48.0) };
    let mut figure = Figure::default();
    let mut y = 8.0;
    for (name, rows) in &groups {
        y += HEAD;
        figure.text("strong", (LEFT, y - 12.0), Anchor::End, name);
        let (top, foot) = (y - 4.0, y + ROW * rows.len() as f64 - 4.0);
        figure.line("axis", (x.at(0.0), top), (x.at(0.0), foot));
        for row in rows {
            draw(&mut figure, x, y, row);
            y += ROW;
        }
    }
    figure.within_a_page(y + 8.0, "The match weight of each comparison level, in bits")
}

fn draw(figure: &mut Figure, x: Scale, y: f64, row: &Row) {
    let in_bits = |weight: Millibits| weight as f64 / 1_000.0;
    let middle = y + 6.0;
    figure.text("soft", (LEFT, middle + 4.0), Anchor::End, &foreign(&row.words, 20.0));
    let (zero, end) = (x.at(0.0), x.at(in_bits(row.weight)));
    let class = if row.weight < 0 { "against" } else { "for" };
    let says = format!("{}: {} bits", row.words, bits(row.weight));
    figure.bar(class, (zero, y), (end - zero, 12.0), &says);
    let (mut left, mut right) = (zero.min(end), zero.max(end));
    if let Some((low, high)) = row.range {
        let (low, high) = (x.at(in_bits(low)), x.at(in_bits(high)));
        figure.line("whisker", (low, middle), (high, middle));
        figure.line("whisker", (high, y + 2.0), (high, y + 10.0));
        (left, right) = (left.min(low), right.max(high));
    }
    if let Some(related) = row.related {
        let at = x.at(in_bits(related));
        figure.dot("dot", (at, middle), 3.5);
        (left, right) = (left.min(at - 4.0), right.max(at + 4.0));
    }
    let (at, anchor) =
        if row.weight < 0 { (left - 6.0, Anchor::End) } else { (right + 6.0, Anchor::Start) };
    figure.text("", (at, middle + 4.0), anchor, &bits(row.weight));
}

fn rows(placed: &Placed<'_>, weighed: &Weighed) -> Vec<Row> {
    let comparison = &weighed.comparison;
    let row = |(level, words): (usize, Cow<'static, str>)| {
        let at = |weights: &[Millibits]| weights.get(level).copied().unwrap_or(0);
        let (weight, related) = (at(&weighed.same), at(&weighed.related));
        let related = placed.model.prior_related.map(|_| related);
        let level = u8::try_from(level).unwrap_or(u8::MAX);
        if !comparison.counts_rarity(level) {
            return Row { words, weight, range: None, related };
        }
        let [low, middle, high] = rarities(placed, comparison, level);
        let range = Some((weight + low, weight + high));
        let rare = if weighed.related_by_rarity { middle } else { 0 };
        Row { words, weight: weight + middle, range, related: related.map(|of| of + rare) }
    };
    comparison.levels().into_iter().enumerate().map(row).collect()
}

/// How rare the values are of which one in twenty, half, and nineteen in twenty are commoner.
fn rarities(placed: &Placed<'_>, comparison: &Comparison, level: u8) -> [Millibits; 3] {
    let linker = placed.linker;
    let records = 0..u32::try_from(linker.table.len()).unwrap_or(u32::MAX);
    let rarity = |record| placed.rarity().of(&linker.table, comparison, level, (record, record));
    let mut all: Vec<i32> = records.map(rarity).filter(|rarity| *rarity > 0).collect();
    all.sort_unstable();
    [1, 10, 19].map(|of| all.get(all.len() * of / 20).copied().unwrap_or(0).into())
}
