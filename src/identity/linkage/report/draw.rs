//! The strokes of which figures are made, as SVG.

use std::fmt::Write as _;

use super::text::escaped;

/// How wide every figure is; the page scales it.
pub(super) const WIDTH: f64 = 760.0;

/// Where a text stands by its point.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A figure while it is drawn. A class is a name of `figure.css`.
#[derive(Debug, Default)]
pub(super) struct Figure {
    marks: String,
}

impl Figure {
    pub(super) fn line(&mut self, class: &str, (x, y): (f64, f64), (to_x, to_y): (f64, f64)) {
        let _ = write!(
            self.marks,
            r#"<line class="{class}" x1="{x:.1}" y1="{y:.1}" x2="{to_x:.1}" y2="{to_y:.1}"/>"#
        );
    }

    /// A bar, and what it says to whoever points at it.
    pub(super) fn bar(&mut self, class: &str, (x, y): (f64, f64), (w, h): (f64, f64), says: &str) {
        let (x, w) = if w < 0.0 { (x + w, -w) } else { (x, w) };
        let round = (w / 2.0).min(h / 2.0).min(1.5);
        let _ =
            write!(self.marks, r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" rx="{round:.1}" "#);
        let _ = write!(self.marks, r#"width="{w:.1}" height="{h:.1}">"#);
        if !says.is_empty() {
            let _ = write!(self.marks, "<title>{}</title>", escaped(says));
        }
        self.marks.push_str("</rect>");
    }

    pub(super) fn dot(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let _ =
            write!(self.marks, r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{radius}"/>"#);
    }

    /// A line through points.
    pub(super) fn curve(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>) {
        let _ = write!(self.marks, r#"<polyline class="{class}" points=""#);
        for (x, y) in points {
            let _ = write!(self.marks, "{x:.1},{y:.1} ");
        }
        self.marks.push_str("\"/>");
    }

    pub(super) fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.marks,
            r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{}</text>"#,
            escaped(text)
        );
    }

    /// The drawing within a page that has the style; `says` is for those who do not see it.
    pub(super) fn within_a_page(self, height: f64, says: &str) -> String {
        let (says, marks) = (escaped(says), self.marks);
        let view = format!(r#"viewBox="0 0 {WIDTH} {height:.0}""#);
        format!(r#"<svg class="figure" {view} role="img" aria-label="{says}">{marks}</svg>"#)
    }

    /// The drawing as a file of its own.
    pub(super) fn alone(self, height: f64, says: &str) -> String {
        let (says, marks, style) = (escaped(says), self.marks, STYLE);
        let (wide, high) = (WIDTH + 32.0, height + 32.0);
        let size = format!(r#"width="{wide}" height="{high:.0}""#);
        let view = format!(r#"viewBox="-16 -16 {wide} {high:.0}" {size}"#);
        let head = format!(r#"class="figure" {view} role="img" aria-label="{says}""#);
        let ground = format!(r#"<rect class="paper" x="-16" y="-16" {size}/>"#);
        let space = "http://www.w3.org/2000/svg";
        format!(r#"<svg xmlns="{space}" {head}><style>{style}</style>{ground}{marks}</svg>"#)
    }
}

/// How figures look.
pub(super) const STYLE: &str = include_str!("figure.css");

/// From values to places along one direction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) values: (f64, f64),
    pub(super) places: (f64, f64),
}

impl Scale {
    pub(super) fn at(&self, value: f64) -> f64 {
        let (low, high) = self.values;
        let part = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 };
        self.places.0 + part * (self.places.1 - self.places.0)
    }

    /// About so many round values, apart by 1, 2 or 5 times a power of ten.
    pub(super) fn ticks(&self, about: f64) -> Vec<f64> {
        let (low, high) = self.values;
        let raw = (high - low) / about;
        if !(raw.is_finite() && raw > 0.0) {
            return vec![low];
        }
        let ten = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|by| by * ten).into_iter().find(|step| *step >= raw);
        let step = step.unwrap_or(10.0 * ten);
        let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        (first..=last).take(100).map(|at| at as f64 * step).collect()
    }
}

/// A round value as words: no needless digits, a true minus.
pub(super) fn tick(value: f64) -> String {
    let words = format!("{:.1}", value.abs());
    let words = words.strip_suffix(".0").unwrap_or(&words);
    if value < 0.0 { format!("\u{2212}{words}") } else { words.to_owned() }
}

/// The axis of weights below a plot, in bits, with the threshold where it lies within.
pub(super) fn weight_axis(figure: &mut Figure, x: Scale, (top, foot): (f64, f64), threshold: f64) {
    figure.line("axis", (x.places.0, foot), (x.places.1, foot));
    for value in x.ticks(9.0) {
        figure.text("soft", (x.at(value), foot + 18.0), Anchor::Middle, &tick(value));
    }
    let title = "match weight in bits: each doubles the odds";
    figure.text("soft", (x.places.1, foot + 38.0), Anchor::End, title);
    if (x.values.0..=x.values.1).contains(&threshold) {
        let at = x.at(threshold);
        figure.line("mark", (at, top - 12.0), (at, foot));
        let words = format!("threshold {}", tick(threshold));
        let end = at + 90.0 > x.places.1;
        let (at, anchor) = if end { (at - 6.0, Anchor::End) } else { (at + 6.0, Anchor::Start) };
        figure.text("strong", (at, top - 4.0), anchor, &words);
    }
}
