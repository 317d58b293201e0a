//! What each blocking rule adds to those before it.

use super::super::survey::Survey;
use super::draw::{Anchor, Figure, Scale, WIDTH};
use super::text::{foreign, grouped, percent};

const ROW: f64 = 24.0;
const LEFT: f64 = 306.0;

/// Bars one after another, each from where the last one ended; rules that add nothing share a line.
pub(super) fn rules(survey: &Survey) -> String {
    let all: u64 = survey.rules.iter().map(|rule| rule.pairs).sum();
    let x = Scale { values: (0.0, all.max(1) as f64), places: (LEFT + 14.0, WIDTH - 118.0) };
    let mut figure = Figure::default();
    let (mut y, mut before, mut idle, mut right) = (4.0, 0, 0, 0);
    let knows_truth = survey.real > 0;
    figure.text(
        "soft",
        (WIDTH, y + 10.0),
        Anchor::End,
        if knows_truth { "real pairs found so far" } else { "pairs so far" },
    );
    y += ROW;
    for rule in &survey.rules {
        if rule.pairs == 0 {
            idle += 1;
            continue;
        }
        let name = foreign(&rule.parts.join(" + "), 25.0);
        figure.text("", (LEFT, y + 12.0), Anchor::End, &name);
        let (from, to) = (x.at(before as f64), x.at((before + rule.pairs) as f64));
        let says = format!("{} adds {} pairs", rule.parts.join(" + "), grouped(rule.pairs));
        figure.line("grid", (x.places.0, y + 8.0), (from, y + 8.0));
        figure.bar("for", (from, y + 1.0), ((to - from).max(1.5), 14.0), &says);
        // To the right of the bar, or to its left where there is no room.
        let words = format!("+{}", grouped(rule.pairs));
        let fits = to + 8.0 * words.len() as f64 <= x.places.1 + 10.0;
        let (at, anchor) = if fits { (to + 6.0, Anchor::Start) } else { (from - 6.0, Anchor::End) };
        figure.text("", (at, y + 12.0), anchor, &words);
        before += rule.pairs;
        right += rule.right;
        let so_far =
            if knows_truth { percent(right as f64 / survey.real as f64) } else { grouped(before) };
        figure.text("soft", (WIDTH, y + 12.0), Anchor::End, &so_far);
        y += ROW;
    }
    if idle > 0 {
        let words = match idle {
            1 => "one further rule finds nothing new".to_owned(),
            _ => format!("{idle} further rules find nothing new"),
        };
        figure.text("soft", (LEFT, y + 12.0), Anchor::End, &words);
        y += ROW;
    }
    figure.within_a_page(y + 4.0, "The pairs that each blocking rule adds")
}
