//! A run as one page of pictures, with nothing to fetch and no scripts.
//!
//! # Law
//!
//! 1. What records say is not in a report unless asked for ([`Report::exposing`]); the names of
//!    columns are.
//! 2. Everything that is not this crate's own text is escaped, and cannot turn the direction of
//!    what stands around it.

mod alone;
mod draw;
mod levels;
mod rules;
mod sizes;
mod steps;
mod text;
mod thresholds;
mod weights;

use super::curve::Curve;
use super::evaluate::{Errors, Truth, b_cubed, errors, pairwise};
use super::link::{Link, Linked, THRESHOLD_MAX};
use super::linker::Linker;
use super::model::{Millibits, Model};
use super::survey::Survey;
use text::{bits, escaped, foreign, grouped, percent};

/// How many waterfalls of a kind are shown.
const SHOWN_MAX: usize = 6;

/// How records are called where what they say is shown.
type Names<'r> = &'r dyn Fn(u32) -> String;

/// What is known of a run.
///
/// ```
/// use omnichannel::identity::linkage::{Linker, Meaning, Report, Table};
/// let mut table = Table::new([("surname", Meaning::Surname), ("email", Meaning::Email)]);
/// for values in [["ashcombe", "a@example.org"], ["ashcomb", "a@example.org"]] {
///     table.push(values.into_iter())?;
/// }
/// let linker = Linker::of(table);
/// let model = linker.learn();
/// let linked = linker.link(&model, 0);
/// let page = Report::of(&linker, &model, &linked, 0).titled("people.csv").html();
/// assert!(page.contains("people.csv") && !page.contains("ashcomb"));
/// # Ok::<(), omnichannel::identity::linkage::TableError>(())
/// ```
pub struct Report<'r> {
    linker: &'r Linker,
    model: &'r Model,
    linked: &'r Linked,
    threshold: Millibits,
    title: &'r str,
    truth: Option<&'r Truth>,
    names: Option<Names<'r>>,
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report").field("threshold", &self.threshold).finish_non_exhaustive()
    }
}

impl<'r> Report<'r> {
    /// A report of what a linker found by a model and a threshold.
    pub fn of(
        linker: &'r Linker,
        model: &'r Model,
        linked: &'r Linked,
        threshold: Millibits,
    ) -> Self {
        let threshold = threshold.clamp(-THRESHOLD_MAX, THRESHOLD_MAX);
        Self { linker, model, linked, threshold, title: "Records", truth: None, names: None }
    }

    /// Gives it a title: a file's name.
    #[must_use]
    pub fn titled(self, title: &'r str) -> Self {
        Self { title, ..self }
    }

    /// Measures the run against a truth, and shows where they part.
    #[must_use]
    pub fn against(self, truth: &'r Truth) -> Self {
        Self { truth: Some(truth), ..self }
    }

    /// Shows what records say, and calls them by these names: personal data.
    #[must_use]
    pub fn exposing(self, names: &'r dyn Fn(u32) -> String) -> Self {
        Self { names: Some(names), ..self }
    }

    /// Draws the page. Weighs every candidate pair once more.
    pub fn html(&self) -> String {
        let survey = self.linker.survey(self.model, self.threshold, self.truth);
        let (title, page) = (escaped(&foreign(self.title, 200.0)), include_str!("page.css"));
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\" class=\"report\">\n<head>\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{title}: record linkage</title>\n<style>\n{}{page}</style>\n</head>\n<body>\n",
            draw::STYLE
        );
        html.push_str(&self.summary(&title));
        html.push_str(&self.pictures(&survey));
        html.push_str(&self.examples(&survey));
        html.push_str("</body>\n</html>\n");
        html
    }

    fn summary(&self, title: &str) -> String {
        let people = count(&self.linked.people);
        let mut facts = vec![
            ("records", grouped(self.linked.people.len() as u64)),
            ("people", grouped(people)),
            ("links", grouped(self.linked.links.len() as u64)),
            ("candidate pairs", grouped(self.linked.candidates)),
        ];
        if self.linked.lost > 0 {
            facts.push(("pairs in blocks too large", grouped(self.linked.lost)));
        }
        let mut html = format!(
            "<header>\n<h1>{title}</h1>\n<p class=\"soft\">{}</p>\n{}",
            self.sentence(people),
            list("", &facts)
        );
        if let Some(truth) = self.truth {
            let pairs = pairwise(&self.linked.people, truth);
            let facts = [
                ("pairwise F1", percent(pairs.f1())),
                ("precision", percent(pairs.precision())),
                ("recall", percent(pairs.recall())),
                ("B-cubed F1", percent(b_cubed(&self.linked.people, truth).f1())),
            ];
            html.push_str(&list("first", &facts));
        }
        html.push_str("</header>\n");
        html
    }

    fn sentence(&self, people: u64) -> String {
        let records = self.linked.people.len() as u64;
        let related = match self.model.prior_related {
            Some(_) => "People of one household are told apart from one person.",
            None => "No households were found that would have to be told apart.",
        };
        format!(
            "{} of {} records are further records of somebody known. Two records link from a match \
             weight of {} bits. {related}",
            grouped(records - people),
            grouped(records),
            bits(self.threshold)
        )
    }

    fn pictures(&self, survey: &Survey) -> String {
        let curve = if self.truth.is_some() { survey.curve() } else { Curve::default() };
        let outline = "Coloured pairs link; the outline counts those that are truly one \
                       person\u{2019}s. The scale is of powers of ten.";
        let plain = "Coloured pairs link. The scale is of powers of ten: strangers are many.";
        let knows_truth = self.truth.is_some();
        [
            section(
                "Weights of pairs",
                if knows_truth { outline } else { plain },
                &weights::histogram(survey, self.threshold, knows_truth),
            ),
            section(
                "What each threshold would give",
                "Counted over candidate pairs. Pairs that no blocking rule finds are missed at any \
                 threshold.",
                &thresholds::thresholds(&curve, self.threshold),
            ),
            section(
                "What speaks for one person",
                "Bits that each level adds. Of equal values the bar is for one of middling rarity, \
                 the line for the common to the rare. A ring is what it speaks for related people.",
                &levels::levels(self.linker, self.model),
            ),
            section(
                "Where pairs come from",
                "Each rule compares records that agree in all of these. It adds the pairs that the \
                 rules above it do not find.",
                &rules::rules(survey),
            ),
            section(
                "Records that say too little",
                "The share of records whose weight would stay below a threshold even with a copy \
                 of themselves.",
                &alone::unlinkable(survey, self.threshold),
            ),
            section(
                "Records of one person",
                "How many people have how many records.",
                &sizes::sizes(&self.linked.people),
            ),
        ]
        .concat()
    }

    fn examples(&self, survey: &Survey) -> String {
        let mut html = section(
            "The most doubtful pairs",
            "Next to the threshold, on either side of it: here a person should look.",
            &self.waterfalls(apart(&survey.doubtful)),
        );
        if let Some(truth) = self.truth {
            let Errors { joined, parted } = errors(&self.linked.people, truth);
            let (wrongly, missed) = (joined.len() as u64, parted.len() as u64);
            let say =
                |count: u64, what: &str| format!("{} {what}; the strongest ones.", grouped(count));
            html.push_str(&section(
                "Joined, but two people",
                &say(wrongly, "seams in people that hold records of several"),
                &self.waterfalls(self.strongest(joined)),
            ));
            html.push_str(&section(
                "One person, but not joined",
                &say(missed, "gaps between the parts of one person"),
                &self.waterfalls(self.strongest(parted)),
            ));
        }
        html
    }

    fn strongest(&self, pairs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
        let placed = self.linker.placed(self.model);
        let weigh = |(a, b): (u32, u32)| (-placed.weigh(a, b), (a, b));
        let mut weighed: Vec<(Millibits, (u32, u32))> = pairs.into_iter().map(weigh).collect();
        weighed.sort_unstable();
        weighed.into_iter().take(SHOWN_MAX).map(|(_, pair)| pair).collect()
    }

    fn waterfalls(&self, pairs: Vec<(u32, u32)>) -> String {
        let mut html = String::new();
        for (a, b) in pairs {
            let mut waterfall = self.linker.waterfall(self.model, a, b);
            let name = |place: u32| match self.names {
                Some(names) => foreign(&names(place), 16.0),
                None => format!("record {}", grouped(u64::from(place) + 1)),
            };
            if self.names.is_some() {
                waterfall = waterfall.exposing(self.linker.table());
            }
            let linked = waterfall.weight >= self.threshold;
            let people = &self.linked.people;
            let joined = people.get(a as usize) == people.get(b as usize);
            html.push_str(&format!(
                "<figure>\n<figcaption>{} and {} <span>{}{}</span></figcaption>\n{}\n</figure>\n",
                escaped(&name(a)),
                escaped(&name(b)),
                if linked { "linked" } else { "not linked" },
                match (linked, joined) {
                    (true, false) => ", but of two people on the whole",
                    (false, true) => ", but one person through others",
                    _ => "",
                },
                steps::within_a_page(&waterfall)
            ));
        }
        html
    }
}

/// A few pairs of which no two have a record in common.
fn apart(links: &[Link]) -> Vec<(u32, u32)> {
    let (mut seen, mut chosen) = (Vec::new(), Vec::new());
    for link in links {
        if chosen.len() < SHOWN_MAX && !seen.contains(&link.a) && !seen.contains(&link.b) {
            seen.extend([link.a, link.b]);
            chosen.push((link.a, link.b));
        }
    }
    chosen
}

/// How many people there are.
fn count(people: &[u32]) -> u64 {
    let mut people = people.to_vec();
    people.sort_unstable();
    people.dedup();
    people.len() as u64
}

fn list(class: &str, facts: &[(&str, String)]) -> String {
    let facts =
        facts.iter().map(|(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>"));
    format!("<dl class=\"{class}\">{}</dl>\n", facts.collect::<String>())
}

/// A section around its pictures; nothing where there are none.
fn section(title: &str, says: &str, pictures: &str) -> String {
    if pictures.is_empty() {
        return String::new();
    }
    let pictures = if pictures.starts_with("<svg") {
        format!("<figure>\n{pictures}\n</figure>\n")
    } else {
        pictures.to_owned()
    };
    format!("<section>\n<h2>{title}</h2>\n<p class=\"soft\">{says}</p>\n{pictures}</section>\n")
}
