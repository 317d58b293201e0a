//! A waterfall as a picture: steps from nothing to the weight.

use super::super::model::Millibits;
use super::super::waterfall::{Cause, Term, Waterfall};
use super::draw::{Anchor, Figure, Scale, WIDTH};
use super::text::{bits, foreign};

const ROW: f64 = 22.0;

impl Waterfall {
    /// Draws it as an SVG of its own, for light and dark; no scripts, nothing to fetch.
    pub fn svg(&self) -> String {
        let (figure, height) = draw(self);
        figure.alone(height, &says(self))
    }
}

/// Draws it for a page.
pub(super) fn within_a_page(waterfall: &Waterfall) -> String {
    let (figure, height) = draw(waterfall);
    figure.within_a_page(height, &says(waterfall))
}

fn says(waterfall: &Waterfall) -> String {
    format!("A match weight of {} bits, term by term", bits(waterfall.weight))
}

/// A term in words: what it is about, and how it stands.
fn words(term: &Term) -> (String, &str) {
    match &term.cause {
        Cause::Prior => ("before comparing".to_owned(), ""),
        Cause::Level { columns, words, .. } => (columns.join(", "), words),
        Cause::Rarity { .. } => (String::new(), "how rare that is"),
        Cause::Related => ("or related people".to_owned(), ""),
    }
}

/// Where the parts of a row stand: how alike the records are, what they say, the bars.
struct Row {
    how: f64,
    said: Option<f64>,
    bars: f64,
}

const PLAIN: Row = Row { how: 146.0, said: None, bars: 330.0 };
const EXPOSING: Row = Row { how: 120.0, said: Some(312.0), bars: 556.0 };

fn draw(waterfall: &Waterfall) -> (Figure, f64) {
    let exposes = waterfall.terms.iter().any(|term| term.values.is_some());
    let row = if exposes { EXPOSING } else { PLAIN };
    let (shown, missing): (Vec<&Term>, Vec<&Term>) =
        waterfall.terms.iter().partition(|term| !is_missing(term));
    let (mut sum, mut low, mut high): (Millibits, Millibits, Millibits) = (0, 0, 0);
    for term in &shown {
        sum += term.weight;
        (low, high) = (low.min(sum), high.max(sum));
    }
    let in_bits = |weight: Millibits| weight as f64 / 1_000.0;
    let x = Scale { values: (in_bits(low), in_bits(high)), places: (row.bars, WIDTH - 58.0) };
    let mut figure = Figure::default();
    let foot = ROW * (shown.len() + 1) as f64 + 2.0;
    figure.line("grid", (x.at(0.0), 0.0), (x.at(0.0), foot));
    let (mut y, mut sum) = (2.0, 0);
    for term in shown {
        step(&mut figure, &row, y, term);
        let (from, to) = (x.at(in_bits(sum)), x.at(in_bits(sum + term.weight)));
        let class = if term.weight < 0 { "against" } else { "for" };
        figure.bar(class, (from, y + 2.0), (to - from, 14.0), &bits(term.weight));
        figure.line("join", (to, y + 2.0), (to, y + ROW + 16.0));
        sum += term.weight;
        y += ROW;
    }
    let (zero, end) = (x.at(0.0), x.at(in_bits(waterfall.weight)));
    figure.text("strong", (0.0, y + 13.0), Anchor::Start, "match weight");
    let width = end - zero;
    let seen = if width.abs() < 2.0 { 2.0 } else { width };
    figure.bar("total", (zero, y + 2.0), (seen, 14.0), &bits(waterfall.weight));
    figure.text("strong", (WIDTH, y + 13.0), Anchor::End, &bits(waterfall.weight));
    if missing.is_empty() {
        return (figure, foot);
    }
    let names: Vec<String> = missing.iter().map(|term| words(term).0).collect();
    let words = format!("Said by one or neither: {}", foreign(&names.join("; "), 44.0));
    figure.text("soft", (0.0, y + ROW + 15.0), Anchor::Start, &words);
    (figure, foot + ROW)
}

fn is_missing(term: &Term) -> bool {
    matches!(term.cause, Cause::Level { level: None, .. })
}

/// The words of one row, and its number.
fn step(figure: &mut Figure, row: &Row, y: f64, term: &Term) {
    let (about, how) = words(term);
    figure.text("", (0.0, y + 13.0), Anchor::Start, &foreign(&about, (row.how - 8.0) / 12.0));
    let room = (row.said.unwrap_or(row.bars) - row.how) / 12.0 + 2.0;
    figure.text("soft", (row.how, y + 13.0), Anchor::Start, &foreign(how, room));
    figure.text("", (WIDTH, y + 13.0), Anchor::End, &bits(term.weight));
    if let (Some([one, other]), Some(at)) = (&term.values, row.said) {
        let both = if one == other {
            foreign(one, 18.0)
        } else {
            format!("{} \u{2192} {}", foreign(one, 8.4), foreign(other, 8.4))
        };
        figure.text("", (at, y + 13.0), Anchor::Start, &both);
    }
}
