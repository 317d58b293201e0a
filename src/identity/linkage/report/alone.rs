//! Records that say too little to be linked with anybody.

use super::super::model::Millibits;
use super::super::survey::Survey;
use super::draw::{Anchor, Figure, Scale, WIDTH, weight_axis};
use super::text::percent;

const TOP: f64 = 26.0;
const FOOT: f64 = 176.0;
const HEIGHT: f64 = 220.0;

/// The share of records whose weight with themselves is below each threshold.
pub(super) fn unlinkable(survey: &Survey, threshold: Millibits) -> String {
    let ends = survey.alone.keys().next().zip(survey.alone.keys().next_back());
    let Some((low, high)) = ends else { return String::new() };
    let all: u64 = survey.alone.values().sum();
    let bits = |weight: Millibits| weight as f64 / 1_000.0;
    let (low, high) = (bits((*low).min(threshold) - 2_000), bits((*high).max(threshold) + 2_000));
    let x = Scale { values: (low, high), places: (62.0, WIDTH) };
    let y = Scale { values: (0.0, 1.0), places: (FOOT, TOP) };
    let mut figure = Figure::default();
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        figure.line("grid", (62.0, y.at(share)), (WIDTH, y.at(share)));
        let words = format!("{:.0} %", share * 100.0);
        figure.text("soft", (54.0, y.at(share) + 4.0), Anchor::End, &words);
    }
    figure.text("soft", (0.0, TOP - 14.0), Anchor::Start, "records");
    let (mut below, mut points) = (0, vec![(x.places.0, FOOT)]);
    for (weight, records) in &survey.alone {
        let at = x.at(bits(*weight));
        points.push((at, y.at(below as f64 / all as f64)));
        below += records;
        points.push((at, y.at(below as f64 / all as f64)));
    }
    points.push((x.places.1, TOP));
    figure.curve("curve", points);
    weight_axis(&mut figure, x, (TOP, FOOT), bits(threshold));
    let share = survey.unlinkable(threshold) as f64 / all.max(1) as f64;
    let at = (x.at(bits(threshold)), y.at(share));
    figure.dot("point", at, 5.0);
    figure.text(
        "said",
        (at.0 + 10.0, at.1 - 8.0),
        Anchor::Start,
        &format!("{} below", percent(share)),
    );
    figure.within_a_page(HEIGHT, "The share of records that cannot be linked, by threshold")
}
