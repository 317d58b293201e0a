//! How many candidate pairs have each weight.

use super::super::model::Millibits;
use super::super::survey::Survey;
use super::draw::{Anchor, Figure, Scale, WIDTH, tick, weight_axis};
use super::text::grouped;

const TOP: f64 = 26.0;
const FOOT: f64 = 246.0;
const HEIGHT: f64 = 290.0;

/// Most bars of a histogram.
const BARS_MAX: i64 = 96;

/// The histogram: bars on a scale of powers of ten, those that link in the accent.
pub(super) fn histogram(survey: &Survey, threshold: Millibits, knows_truth: bool) -> String {
    let ends = survey.weights.keys().next().zip(survey.weights.keys().next_back());
    let Some((low, high)) = ends else { return String::new() };
    let span = (high - low).max(1);
    let widths = [250, 500, 1_000, 2_000, 5_000];
    let width = widths.into_iter().find(|width| span / width < BARS_MAX).unwrap_or(10_000);
    let (first, last) = (low.div_euclid(width) * width, high.div_euclid(width) * width + width);
    let bits = |weight: i64| weight as f64 / 1_000.0;
    let x = Scale { values: (bits(first), bits(last)), places: (62.0, WIDTH) };
    let bars = bars(survey, first, last, width);
    let most = bars.iter().map(|bar| bar.1).max().unwrap_or(1).max(1);
    // One pair is a little bar, not none.
    let y = Scale { values: (-0.25, (most as f64).log10().max(1.0)), places: (FOOT, TOP) };
    let height = |count: u64| if count == 0 { FOOT } else { y.at((count as f64).log10()) };
    let mut figure = Figure::default();
    for power in 0..=most.ilog10() {
        let at = height(10_u64.pow(power));
        figure.line("grid", (62.0, at), (WIDTH, at));
        figure.text("soft", (54.0, at + 4.0), Anchor::End, &grouped(10_u64.pow(power)));
    }
    figure.text("soft", (0.0, TOP - 14.0), Anchor::Start, "pairs");
    for (from, pairs, _) in &bars {
        let (left, right) = (x.at(bits(*from)), x.at(bits(from + width)));
        let top = height(*pairs);
        let class = if *from >= threshold { "for" } else { "against" };
        let gap = if right - left > 4.0 { 1.0 } else { 0.3 };
        let says = format!("{} pairs from {} bits", grouped(*pairs), tick(bits(*from)));
        figure.bar(class, (left + gap / 2.0, top), (right - left - gap, FOOT - top), &says);
    }
    if knows_truth {
        let steps = bars.iter().flat_map(|(from, _, right)| {
            let top = height(*right);
            [(x.at(bits(*from)), top), (x.at(bits(from + width)), top)]
        });
        figure.curve("truth", steps);
    }
    weight_axis(&mut figure, x, (TOP, FOOT), bits(threshold));
    figure.within_a_page(HEIGHT, "How many candidate pairs have each match weight")
}

/// From each weight on: the pairs, and those of one person.
fn bars(survey: &Survey, first: i64, last: i64, width: i64) -> Vec<(i64, u64, u64)> {
    let mut bars = Vec::new();
    let mut from = first;
    while from < last {
        let counts = survey.weights.range(from..from + width).map(|(_, counts)| counts);
        let (pairs, right) =
            counts.fold((0, 0), |(pairs, rights), (more, right)| (pairs + more, rights + right));
        bars.push((from, pairs, right));
        from += width;
    }
    bars
}
