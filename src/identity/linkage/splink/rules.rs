//! Blocking rules as SQL: conjunctions of equal columns, or of equal parts of these.

use serde_json::{Value, json};

use super::sql::{Word, words};
use crate::identity::linkage::meaning::Meaning::{self, BirthDate, FirstName, Surname};
use crate::identity::linkage::model::Named;
use crate::identity::linkage::rule::{BlockingRule, Facet};
use crate::identity::linkage::table::Column;

/// What both sides do to their column, as it is written here.
fn facet_sql(facet: Facet, x: &str) -> Option<String> {
    Some(match facet {
        Facet::Whole => x.to_owned(),
        Facet::First(letters) => format!("substr({x}, 1, {letters})"),
        Facet::Area => format!("substr({x}, 1, greatest(length({x}) - 3, 2))"),
        // What is no date has neither.
        Facet::Year => format!("nullif(regexp_extract({x}, '^([0-9]{{4}})[0-9]{{4}}$', 1), '')"),
        Facet::Day => format!("nullif(regexp_extract({x}, '^[0-9]{{4}}([0-9]{{4}})$', 1), '')"),
        Facet::User => format!("nullif(split_part({x}, '@', 1), '')"),
        Facet::Element => format!("string_split({x}, ';')"),
        Facet::Gram(letters) => {
            let count = format!("least(greatest(length({x}) - {}, 1), 64)", letters - 1);
            format!("[substr({x}, i, {letters}) for i in generate_series(1, {count})]")
        }
        Facet::Sound => return None,
    })
}

/// A rule in DuckDB's SQL; `None` where that has nothing for a part.
pub(super) fn write(rule: &BlockingRule, columns: &[Named]) -> Option<Value> {
    let part = |(at, facet): &(usize, Facet)| {
        let name = columns.get(*at)?.name.replace('"', "\"\"");
        let side = |side: char| facet_sql(*facet, &format!("{side}.\"{name}\""));
        let (l, r) = (side('l')?, side('r')?);
        Some(match facet.is_several() {
            true => format!("len(list_intersect({l}, {r})) >= 1"),
            false => format!("{l} = {r}"),
        })
    };
    let parts: Option<Vec<String>> = rule.parts().iter().map(part).collect();
    Some(json!({ "blocking_rule": parts?.join(" AND "), "sql_dialect": "duckdb" }))
}

/// Whether a rule finds names in each other's place, which one conjunction of SQL does not.
pub(super) fn swaps(rule: &BlockingRule, columns: &[Named]) -> bool {
    let of = |meaning: Meaning| {
        let mut parts = rule.parts().iter();
        parts.find(|(at, _)| columns.get(*at).is_some_and(|own| own.meaning == meaning))
    };
    matches!((of(FirstName), of(Surname)), (Some((_, one)), Some((_, other))) if one == other)
}

/// The rules of settings that have an equal here; of each other rule a note.
pub(super) fn read(
    rules: &[Value],
    columns: &[Column],
    notes: &mut Vec<String>,
) -> Vec<BlockingRule> {
    let mut all = Vec::new();
    for (rule, at) in rules.iter().zip(1..) {
        let read = one(rule, columns).filter(|_| all.len() < BlockingRule::MAX);
        let Some(read) = read else {
            let sql = sql_of(rule).filter(|sql| sql.len() <= SHOWN_MAX).unwrap_or("...");
            notes.push(format!("blocking rule {at} has no equal here and is not used: {sql}"));
            continue;
        };
        all.push(read);
    }
    if all.is_empty() && !rules.is_empty() {
        notes.push("pairs are found by this crate's blocking rules".to_owned());
    }
    all
}

/// Longest rule that is shown, in bytes.
const SHOWN_MAX: usize = 200;

fn sql_of(rule: &Value) -> Option<&str> {
    rule.as_str().or_else(|| rule.get("blocking_rule")?.as_str())
}

fn one(rule: &Value, columns: &[Column]) -> Option<BlockingRule> {
    // Salts change how a rule is worked off, not what it finds.
    let known = ["blocking_rule", "sql_dialect", "salting_partitions", "arrays_to_explode"];
    let mut keys = rule.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    keys.all(|key| known.contains(&key)).then_some(())?;
    let lists = rule.get("arrays_to_explode").and_then(Value::as_array);
    let lists: Vec<&str> = lists.into_iter().flatten().filter_map(Value::as_str).collect();
    let words = words(sql_of(rule)?)?;
    let is_and = |word: &Word| *word == Word::Name("and".to_owned());
    let parts = within_brackets(&words).split(is_and).map(|words| {
        let (name, shape) = equal(within_brackets(words))?;
        let mut named = columns.iter().zip(0..).filter(|(column, _)| column.name() == name);
        let (column, at) = named.next().filter(|_| named.next().is_none())?;
        let is_list = lists.contains(&name.as_str());
        Some((at, facet(&shape, column.meaning(), is_list)?))
    });
    let rule = BlockingRule::of(parts.collect::<Option<Vec<_>>>()?);
    let meanings: Vec<Meaning> = columns.iter().map(Column::meaning).collect();
    BlockingRule::ordered([rule], &meanings).ok()?.pop()
}

/// The same without brackets around all of it.
fn within_brackets(words: &[Word]) -> &[Word] {
    let [Word::Sign("("), inner @ .., Word::Sign(")")] = words else { return words };
    let mut depth = 0_i32;
    let stays_inside = inner.iter().all(|word| {
        depth += match word {
            Word::Sign("(") => 1,
            Word::Sign(")") => -1,
            _ => 0,
        };
        depth >= 0
    });
    if stays_inside { within_brackets(inner) } else { words }
}

/// The column of which the same is done on both sides, and what is done.
fn equal(words: &[Word]) -> Option<(String, Vec<String>)> {
    let mut sides = words.split(|word| *word == Word::Sign("="));
    let (one, other) = (side(sides.next()?)?, side(sides.next()?)?);
    let is_both = (one.0 != other.0) && (&one.1, &one.2) == (&other.1, &other.2);
    (is_both && sides.next().is_none()).then_some((one.1, one.2))
}

/// On which side a column stands, which it is, and what is done to it, with `x` in its place.
fn side(words: &[Word]) -> Option<(char, String, Vec<String>)> {
    let (mut found, mut shape) = (None, Vec::new());
    let mut words = within_brackets(words).iter();
    while let Some(word) = words.next() {
        let own = match word {
            Word::Name(name) => match name.split_once('.') {
                Some((side @ ("l" | "r"), "")) => match words.next()? {
                    Word::Name(quoted) => Some((side, quoted.as_str())),
                    _ => return None,
                },
                Some((side @ ("l" | "r"), name)) => Some((side, name)),
                _ => None,
            },
            _ => None,
        };
        let Some((side, name)) = own else {
            shape.push(match word {
                Word::Name(word) | Word::Number(word) => word.clone(),
                Word::Text(text) => format!("'{text}'"),
                Word::Sign(sign) => (*sign).to_owned(),
            });
            continue;
        };
        let own = (side.chars().next()?, name.to_owned());
        if found.as_ref().is_some_and(|known| *known != own) {
            return None;
        }
        found = Some(own);
        shape.push("x".to_owned());
    }
    found.map(|(side, name)| (side, name, shape))
}

/// What a shape makes of a column of such a meaning; `None` where nothing here does the same.
fn facet(shape: &[String], meaning: Meaning, is_list: bool) -> Option<Facet> {
    let shape: Vec<&str> = shape.iter().map(String::as_str).collect();
    let is_date = meaning == BirthDate;
    match shape.as_slice() {
        ["x"] if is_list => return Some(Facet::Element),
        _ if is_list => return None,
        // Values are in small letters, without spaces around them.
        ["x"] | ["lower" | "upper" | "trim", "(", "x", ")"] => return Some(Facet::Whole),
        ["year", "(", "x", ")"] if is_date => return Some(Facet::Year),
        _ => {}
    }
    let first = match shape.as_slice() {
        ["substr" | "substring", "(", "x", ",", "1", ",", count, ")"]
        | ["left", "(", "x", ",", count, ")"] => count.parse().ok(),
        _ => None,
    };
    match first {
        // Of a date only the year stands where it stands elsewhere.
        Some(4) if is_date => Some(Facet::Year),
        Some(5..) if is_date => None,
        Some(count) => Some(Facet::First(count)),
        None => {
            let known = [Facet::Area, Facet::Year, Facet::Day, Facet::User];
            let joined = shape.concat();
            let is_same = |facet: &Facet| {
                facet_sql(*facet, "x").is_some_and(|sql| sql.replace(' ', "") == joined)
            };
            known.into_iter().find(is_same).or_else(|| {
                let user = joined == "split_part(x,'@',1)";
                user.then_some(Facet::User)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::linkage::table::Table;

    fn table() -> Table {
        Table::new([
            ("first", FirstName),
            ("last", Surname),
            ("dob", BirthDate),
            ("mail", Meaning::Email),
            ("Post Code", Meaning::PostalCode),
            ("tags", Meaning::List),
        ])
    }

    fn found(rule: &Value) -> Option<Vec<(usize, Facet)>> {
        one(rule, table().columns()).map(|rule| rule.parts().to_vec())
    }

    #[test]
    fn simple_rules_are_read_however_they_are_written() {
        for (sql, parts) in [
            ("l.first = r.first", vec![(0, Facet::Whole)]),
            ("(r.\"first\"=l.\"first\")", vec![(0, Facet::Whole)]),
            (
                "l.first = r.first AND substr(l.last, 1, 3) = substr(r.last,1,3)",
                vec![(0, Facet::Whole), (1, Facet::First(3))],
            ),
            (
                "(l.first = r.first) and (SUBSTRING(l.`last`, 1, 1) = SUBSTRING(r.`last`, 1, 1))",
                vec![(0, Facet::Whole), (1, Facet::First(1))],
            ),
            ("LEFT(l.last, 2) = LEFT(r.last, 2)", vec![(1, Facet::First(2))]),
            ("lower(l.first) = lower(r.first)", vec![(0, Facet::Whole)]),
            ("substr(l.dob, 1, 4) = substr(r.dob, 1, 4)", vec![(2, Facet::Year)]),
            ("split_part(l.mail, '@', 1) = split_part(r.mail, '@', 1)", vec![(3, Facet::User)]),
            ("l.\"Post Code\" = r.\"Post Code\"", vec![(4, Facet::Whole)]),
        ] {
            assert_eq!(found(&json!(sql)), Some(parts.clone()), "{sql}");
            let whole = json!({ "blocking_rule": sql, "sql_dialect": "spark" });
            assert_eq!(found(&whole), Some(parts), "{sql}");
        }
        let exploded = json!({ "blocking_rule": "l.tags = r.tags", "arrays_to_explode": ["tags"] });
        assert_eq!(found(&exploded), Some(vec![(5, Facet::Element)]));
    }

    #[test]
    fn other_rules_are_not_guessed_at() {
        for sql in [
            "",
            "1 = 1",
            "l.first = r.last",
            "l.first = l.first",
            "l.first = r.first OR l.last = r.last",
            "l.first = r.first = l.first",
            "l.first = r.first AND",
            "substr(l.first, 1, 3) = substr(r.first, 1, 2)",
            "substr(l.first, 2, 3) = substr(r.first, 2, 3)",
            "substr(l.first, 1, 65) = substr(r.first, 1, 65)",
            "substr(l.dob, 1, 7) = substr(r.dob, 1, 7)",
            "levenshtein(l.first, r.first) <= 1",
            "l.unknown = r.unknown",
            "l.first = r.first AND l.first = r.first",
            "soundex(l.last) = soundex(r.last)",
            &"(".repeat(5_000),
        ] {
            assert_eq!(found(&json!(sql)), None, "{sql}");
        }
        assert_eq!(found(&json!({ "blocking_rule": "l.first = r.first", "colour": 1 })), None);
        let text = json!({ "blocking_rule": "l.first = r.first", "arrays_to_explode": ["first"] });
        assert_eq!(found(&text), None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let columns: Vec<Named> = table().columns().iter().map(Named::of).collect();
        for facet in [Facet::Whole, Facet::First(3), Facet::Area, Facet::User] {
            let rule = BlockingRule::of([(1, Facet::Whole), (3, facet)]);
            assert_eq!(one(&write(&rule, &columns).expect("SQL"), table().columns()), Some(rule));
        }
        for facet in [Facet::Year, Facet::Day] {
            let rule = BlockingRule::of([(2, facet)]);
            assert_eq!(one(&write(&rule, &columns).expect("SQL"), table().columns()), Some(rule));
        }
        assert_eq!(write(&BlockingRule::of([(1, Facet::Sound)]), &columns), None);
    }
}
