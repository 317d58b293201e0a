//! Precision, recall and F1 by threshold.

use super::super::curve::{Curve, Point};
use super::super::model::Millibits;
use super::draw::{Anchor, Figure, Scale, WIDTH, weight_axis};
use super::text::percent;

const TOP: f64 = 26.0;
const FOOT: f64 = 246.0;
const HEIGHT: f64 = 290.0;

/// By how much thresholds around the run's own are shown.
const AROUND: Millibits = 25_000;

/// How wide the words at the best point are.
const WORDS: f64 = 96.0;

type Measure = fn(&Point) -> f64;

/// Each curve with its class and the class of its name.
const MEASURES: [(&str, &str, &str, Measure); 3] = [
    ("precision", "thin", "soft", |point| point.pairs.precision()),
    ("recall", "other", "soft", |point| point.pairs.recall()),
    ("F1", "curve", "said", |point| point.pairs.f1()),
];

/// Three curves, each named where it ends.
pub(super) fn thresholds(curve: &Curve, threshold: Millibits) -> String {
    let near = |point: &&Point| point.threshold.abs_diff(threshold) <= AROUND.unsigned_abs();
    let points: Vec<&Point> = curve.points().iter().filter(near).collect();
    let (Some(last), Some(first)) = (points.first(), points.last()) else {
        return String::new();
    };
    let bits = |weight: Millibits| weight as f64 / 1_000.0;
    let x = Scale {
        values: (bits(first.threshold), bits(last.threshold)),
        places: (62.0, WIDTH - 78.0),
    };
    let lowest = points.iter().flat_map(|point| MEASURES.map(|(.., measure)| measure(point)));
    // A closer look where all is well; the axis says so.
    let low = (lowest.fold(1.0, f64::min) * 10.0 - 0.2).floor().clamp(0.0, 9.0) / 10.0;
    let y = Scale { values: (low, 1.0), places: (FOOT, TOP) };
    let mut figure = Figure::default();
    for share in y.ticks(5.0) {
        figure.line("grid", (62.0, y.at(share)), (x.places.1, y.at(share)));
        let words = format!("{:.0} %", share * 100.0);
        figure.text("soft", (54.0, y.at(share) + 4.0), Anchor::End, &words);
    }
    for (_, class, _, measure) in MEASURES {
        figure.curve(class, points.iter().map(|p| (x.at(bits(p.threshold)), y.at(measure(p)))));
    }
    names(&mut figure, x.places.1 + 8.0, y, last);
    weight_axis(&mut figure, x, (TOP, FOOT), bits(threshold));
    if let Some(best) = curve.best().filter(|best| near(&best)) {
        let at = (x.at(bits(best.threshold)), y.at(best.pairs.f1()));
        figure.dot("point", at, 5.0);
        // Below all curves, as far as the words reach.
        let under = points.iter().filter(|p| (x.at(bits(p.threshold)) - at.0).abs() < WORDS);
        let lines = under.flat_map(|p| MEASURES.map(|(.., measure)| y.at(measure(p))));
        let below = lines.fold(at.1, f64::max).min(FOOT - 24.0);
        let words = format!("best F1 {}", percent(best.pairs.f1()));
        figure.line("mark", (at.0, at.1 + 7.0), (at.0, below + 8.0));
        figure.text("said", (at.0, below + 20.0), Anchor::Middle, &words);
    }
    figure.within_a_page(HEIGHT, "Precision, recall and F1 by threshold")
}

/// The curves' names at their ends, none upon another.
fn names(figure: &mut Figure, x: f64, y: Scale, last: &Point) {
    let mut ends =
        MEASURES.map(|(name, _, class, measure)| (y.at(measure(last)) + 4.0, name, class));
    ends.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut free, mut below) = (TOP, 2.0);
    for (at, name, class) in ends {
        let at = at.max(free).min(FOOT - 4.0 - 15.0 * below);
        (free, below) = (at + 15.0, below - 1.0);
        figure.text(class, (x, at), Anchor::Start, name);
    }
}
