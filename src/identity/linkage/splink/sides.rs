//! Conditions of two values in DuckDB's SQL.

use crate::identity::linkage::condition::{Condition, decimal, exact};

/// A column's value on both sides, quoted.
pub(super) struct Sides {
    pub(super) l: String,
    pub(super) r: String,
}

impl Sides {
    pub(super) fn of(name: &str) -> Self {
        let name = name.replace('"', "\"\"");
        Self { l: format!("\"{name}_l\""), r: format!("\"{name}_r\"") }
    }

    pub(super) fn equal(&self) -> String {
        format!("{} = {}", self.l, self.r)
    }

    pub(super) fn alike(&self, least: f64) -> String {
        format!("jaro_winkler_similarity({}, {}) >= {least}", self.l, self.r)
    }

    pub(super) fn apart(&self, function: &str, most: u32) -> String {
        format!("{function}({}, {}) <= {most}", self.l, self.r)
    }

    /// The same expression of both sides.
    pub(super) fn both(&self, expression: impl Fn(&str) -> String) -> String {
        format!("{} = {}", expression(&self.l), expression(&self.r))
    }

    pub(super) fn missing(&self) -> String {
        format!("{} IS NULL OR {} IS NULL", self.l, self.r)
    }
}

pub(super) const DAMERAU: &str = "damerau_levenshtein";

/// Whether postal codes are of one area.
pub(super) fn area(own: &Sides) -> String {
    own.both(|side| format!("substr({side}, 1, greatest(length({side}) - 3, 2))"))
}

/// A level of births; `None` for the last. What is no date is at none of these.
pub(super) fn birth_date(level: usize, own: &Sides) -> Option<String> {
    let part = |from: u32, count: u32| own.both(|s| format!("substr({s}, {from}, {count})"));
    let (l, r, year) = (&own.l, &own.r, part(1, 4));
    let alike = match level {
        1 => {
            let turned = format!("substr({l}, 5, 2) = substr({r}, 7, 2)");
            format!("{year} AND {turned} AND substr({l}, 7, 2) = substr({r}, 5, 2)")
        }
        2 => part(1, 6),
        3 => part(5, 4),
        4 => {
            let first = |side: &str| format!("substr({side}, 5, 4) = '0101'");
            format!("{year} AND ({} OR {})", first(l), first(r))
        }
        5 => year,
        _ => return None,
    };
    Some(format!("length({l}) = 8 AND length({r}) = 8 AND {alike}"))
}

/// A condition of one's own; `None` where SQL has nothing for it.
pub(super) fn custom(condition: Condition, own: &Sides, beside: Option<&Sides>) -> Option<String> {
    let (l, r) = (&own.l, &own.r);
    let long = |count: u32| format!("least(length({l}), length({r})) >= {count}");
    let shared = |between: char| {
        let list = |side: &str| format!("string_split({side}, '{between}')");
        (format!("len(list_intersect({}, {}))", list(l), list(r)), list(l), list(r))
    };
    Some(match condition {
        Condition::Same => match beside {
            Some(beside) => format!("{} AND {}", own.equal(), beside.equal()),
            None => own.equal(),
        },
        Condition::JaroWinkler(least) => {
            format!("jaro_winkler_similarity({l}, {r}) >= {}", decimal(least))
        }
        Condition::Levenshtein(most) => own.apart("levenshtein", most),
        Condition::Damerau(most) | Condition::Osa(most @ 0..=1) => own.apart(DAMERAU, most),
        Condition::Jaccard(least) => {
            let (both, one, other) = shared(' ');
            let all = format!("len(list_distinct(list_concat({one}, {other})))");
            format!("{both} >= {} * {all}", decimal(least))
        }
        Condition::WordsInCommon(least) => format!("{} >= {least}", shared(' ').0),
        Condition::ElementsInCommon(least) => format!("{} >= {least}", shared(';').0),
        Condition::Beginning(count) => {
            format!("{} AND {}", long(count), own.both(|of| format!("substr({of}, 1, {count})")))
        }
        Condition::Ending(count) => {
            format!("{} AND {}", long(count), own.both(|of| format!("right({of}, {count})")))
        }
        Condition::Days(most) => {
            format!("abs(date_diff('day', {}, {})) <= {most}", date(l), date(r))
        }
        Condition::Months(most) => months(own, most.into()),
        Condition::Years(most) => months(own, u64::from(most) * 12),
        Condition::DayMonthSwapped => birth_date(1, own)?,
        Condition::SameArea => area(own),
        Condition::SameUser => {
            let user = |of: &str| format!("regexp_extract({of}, '^(.+)@', 1)");
            format!("{} AND {} <> ''", own.both(user), user(l))
        }
        Condition::SameMailbox => {
            let user = |of: &str| format!("regexp_extract({of}, '^([^+]+)(\\+.*)?@', 1)");
            let domains = own.both(|of| format!("regexp_extract({of}, '@([^@]*)$', 1)"));
            let users = own.both(|of| format!("replace({}, '.', '')", user(of)));
            format!("{users} AND {domains} AND {} <> ''", user(l))
        }
        Condition::Difference(most) => {
            let number = |of: &str| format!("try_cast({of} AS DECIMAL(28, 12))");
            format!("abs({} - {}) <= {}", number(l), number(r), exact(most.into()))
        }
        Condition::RelativeDifference(most) => {
            let (one, other) = (double(l), double(r));
            let larger = format!("greatest(abs({one}), abs({other}))");
            format!("abs({one} - {other}) <= {} * {larger}", decimal(most))
        }
        Condition::Metres(most) => format!("{} <= {most}", metres(own, beside?)),
        Condition::Otherwise => "ELSE".to_owned(),
        Condition::Osa(_)
        | Condition::SoundsAlike
        | Condition::ReadsAlike
        | Condition::Nickname => return None,
    })
}

fn date(side: &str) -> String {
    format!("try_strptime({side}, '%Y%m%d')")
}

/// As `YYYYMMDD` the earlier date is the smaller text. DuckDB ends a month as this crate does.
fn months(own: &Sides, most: u64) -> String {
    let (l, r) = (&own.l, &own.r);
    // All dates of four digits lie within so many.
    let most = most.min(120_000);
    let (later, earlier) = (format!("greatest({l}, {r})"), format!("least({l}, {r})"));
    format!("{} <= {} + to_months({most})", date(&later), date(&earlier))
}

fn double(side: &str) -> String {
    format!("try_cast({side} AS DOUBLE)")
}

/// The haversine formula; the machine's sines may differ in the last bit from this crate's.
fn metres(north: &Sides, east: &Sides) -> String {
    let half =
        |own: &Sides| format!("pow(sin(radians({} - {}) / 2), 2)", double(&own.l), double(&own.r));
    let cosine = |side: &str| format!("cos(radians({}))", double(side));
    let cosines = format!("{} * {}", cosine(&north.l), cosine(&north.r));
    let square = format!("{} + {cosines} * {}", half(north), half(east));
    format!("2 * 6371008.771 * asin(sqrt(least(1, {square})))")
}
