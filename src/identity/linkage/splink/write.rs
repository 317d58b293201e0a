//! Writes a model as Splink's settings, with conditions in DuckDB's SQL.

use serde_json::{Value, json};

use crate::identity::linkage::compare::{ALIKE, Field, MUCH_ALIKE, SAME_TOWN};
use crate::identity::linkage::condition::{Condition, decimal};
use crate::identity::linkage::meaning::Meaning::{
    self, BirthDate, Email, FirstName, NationalId, Phone, PostalCode, Surname,
};
use crate::identity::linkage::model::{Model, Weighed};

/// A model as Splink's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The settings, for `Linker(table, "model.json", ...)` with DuckDB.
    pub json: String,
    /// What Splink cannot be told, or reads in another way.
    pub notes: Vec<String>,
}

/// Where no pair of one person was seen: Splink takes no prior of 0.
const LEAST: f64 = 1e-12;

/// The simplest of this crate's blocking rules: those of whole values.
const BLOCKS: [&[Meaning]; 8] = [
    &[Email],
    &[Phone],
    &[NationalId],
    &[FirstName, BirthDate],
    &[Surname, BirthDate],
    &[FirstName, Surname],
    &[BirthDate, PostalCode],
    &[FirstName, PostalCode],
];

impl Model {
    /// Writes the model as settings of Splink 4 and 5, with SQL of DuckDB.
    ///
    /// Splink knows two classes, so what tells a household from a person is left out. Its table
    /// should hold values as they are compared here ([`Table::cleaned`](super::super::Table)):
    /// small letters, dates as `YYYYMMDD`, missing values as NULL.
    pub fn to_splink(&self) -> Exported {
        let mut notes = vec![
            "values are to be written as they are compared here: dates as YYYYMMDD, missing NULL"
                .to_owned(),
        ];
        if self.prior_related.is_some() {
            notes.push("the class of related people has no place in Splink".to_owned());
        }
        let compared = self.comparisons.iter();
        let comparisons: Vec<Value> =
            compared.map(|weighed| self.comparison(weighed, &mut notes)).collect();
        let settings = json!({
            "link_type": "dedupe_only",
            "probability_two_random_records_match": self.share_same.get().max(LEAST),
            "retain_matching_columns": false,
            "retain_intermediate_calculation_columns": false,
            "sql_dialect": "duckdb",
            "unique_id_column_name": "unique_id",
            "blocking_rules_to_generate_predictions": self.blocks(),
            "comparisons": comparisons,
        });
        Exported { json: format!("{settings:#}"), notes }
    }

    fn name(&self, at: usize) -> &str {
        self.columns.get(at).map_or("", |column| column.name.as_str())
    }

    fn blocks(&self) -> Vec<Value> {
        let find = |meaning: &Meaning| {
            self.columns.iter().find(|column| column.meaning == *meaning).map(|own| &own.name)
        };
        let rule = |meanings: &&[Meaning]| {
            let parts: Option<Vec<String>> = meanings
                .iter()
                .map(|meaning| {
                    let name = find(meaning)?.replace('"', "\"\"");
                    Some(format!("l.\"{name}\" = r.\"{name}\""))
                })
                .collect();
            Some(json!({ "blocking_rule": parts?.join(" AND "), "sql_dialect": "duckdb" }))
        };
        BLOCKS.iter().filter_map(rule).collect()
    }

    fn comparison(&self, weighed: &Weighed, notes: &mut Vec<String>) -> Value {
        let comparison = &weighed.comparison;
        let name = self.name(comparison.column);
        let own = Sides::of(name);
        let beside = comparison.beside.map(|at| Sides::of(self.name(at)));
        let mut levels = vec![json!({
            "sql_condition": missing(comparison.field, &own, beside.as_ref()),
            "label_for_charts": "missing",
            "is_null_level": true,
        })];
        let words = comparison.levels();
        for (level, words) in words.iter().enumerate() {
            let sql = match (comparison.field, comparison.conditions.get(level)) {
                _ if level + 1 == comparison.level_count() => Some("ELSE".to_owned()),
                (Field::Custom, Some(condition)) => custom(*condition, &own),
                (field, _) => known(field, level, &own, beside.as_ref()),
            };
            let Some(sql) = sql else {
                notes.push(format!("`{name}`: the level \"{words}\" is left out"));
                continue;
            };
            let probability = |shares: &[super::super::Share]| shares.get(level).map(|of| of.get());
            let mut value = json!({
                "sql_condition": sql,
                "label_for_charts": words,
                "m_probability": probability(&weighed.m),
                "u_probability": probability(&weighed.u),
            });
            if comparison.counts_rarity(u8::try_from(level).unwrap_or(u8::MAX)) {
                let town = comparison.beside.filter(|_| level == 3);
                let column = town.unwrap_or(comparison.column);
                value["tf_adjustment_column"] = json!(self.name(column));
                value["tf_adjustment_weight"] = json!(1.0);
            }
            levels.push(value);
        }
        json!({
            "output_column_name": name,
            "comparison_description": format!("{:?}", comparison.field),
            "comparison_levels": levels,
        })
    }
}

/// A column's value on both sides, quoted.
struct Sides {
    l: String,
    r: String,
}

impl Sides {
    fn of(name: &str) -> Self {
        let name = name.replace('"', "\"\"");
        Self { l: format!("\"{name}_l\""), r: format!("\"{name}_r\"") }
    }

    fn equal(&self) -> String {
        format!("{} = {}", self.l, self.r)
    }

    fn alike(&self, least: f64) -> String {
        format!("jaro_winkler_similarity({}, {}) >= {least}", self.l, self.r)
    }

    fn apart(&self, function: &str, most: u32) -> String {
        format!("{function}({}, {}) <= {most}", self.l, self.r)
    }

    /// The same expression of both sides.
    fn both(&self, expression: impl Fn(&str) -> String) -> String {
        format!("{} = {}", expression(&self.l), expression(&self.r))
    }

    fn missing(&self) -> String {
        format!("{} IS NULL OR {} IS NULL", self.l, self.r)
    }
}

const DAMERAU: &str = "damerau_levenshtein";

/// Whether names stand in each other's place.
fn swapped(own: &Sides, other: &Sides) -> String {
    let alike =
        |one: &str, two: &str| format!("jaro_winkler_similarity({one}, {two}) >= {MUCH_ALIKE}");
    format!("{} AND {}", alike(&own.l, &other.r), alike(&other.l, &own.r))
}

fn missing(field: Field, own: &Sides, beside: Option<&Sides>) -> String {
    match (field, beside) {
        (Field::Place, Some(town)) => format!("({}) AND ({})", own.missing(), town.missing()),
        (Field::Surname, Some(first)) => {
            let swapped = swapped(own, first);
            format!("{} OR ({} <> {} AND {swapped})", own.missing(), own.l, own.r)
        }
        _ => own.missing(),
    }
}

/// A level of a known field but the last; `None` where SQL has nothing for it.
fn known(field: Field, level: usize, own: &Sides, beside: Option<&Sides>) -> Option<String> {
    match (field, level) {
        (_, 0) => Some(own.equal()),
        (Field::FirstName, 1) => beside.map(|surname| swapped(own, surname)),
        (Field::FirstName, 3) => {
            let initial = |one: &str, other: &str| {
                format!("(length({one}) = 1 AND starts_with({other}, {one}))")
            };
            Some(format!("{} OR {}", initial(&own.l, &own.r), initial(&own.r, &own.l)))
        }
        (Field::FirstName, 4) | (Field::Surname, 2) => Some(own.apart(DAMERAU, 1)),
        (Field::FirstName, 5) | (Field::Surname, 3) => Some(own.alike(MUCH_ALIKE)),
        (Field::FirstName, 6) => Some(own.alike(ALIKE)),
        (Field::Surname, 1) => {
            let (l, r) = (&own.l, &own.r);
            let part = |one, other| format!("list_contains(string_split({one}, ' '), {other})");
            let first = own.both(|side| format!("split_part({side}, ' ', 1)"));
            let long = format!("length(split_part({l}, ' ', 1)) > 3");
            Some(format!("{} OR {} OR ({first} AND {long})", part(l, r), part(r, l)))
        }
        (Field::BirthDate, level) => birth_date(level, own),
        (Field::Place, 1) => Some(own.apart(DAMERAU, 1)),
        (Field::Place, 2) => beside.map(|town| {
            let area = own.both(|s| format!("substr({s}, 1, greatest(length({s}) - 3, 2))"));
            format!("{} AND {area}", town.equal())
        }),
        (Field::Place, 3) => beside.map(Sides::equal),
        (Field::Place, 4) => beside.map(|town| town.alike(SAME_TOWN)),
        (Field::Email | Field::Phone, 1) => Some(own.apart(DAMERAU, 1)),
        (Field::Text, 1) => {
            let long = format!("least(length({}), length({})) > 2", own.l, own.r);
            Some(format!("{long} AND {}", own.apart(DAMERAU, 2)))
        }
        _ => None,
    }
}

fn birth_date(level: usize, own: &Sides) -> Option<String> {
    let part = |from: u32, count: u32| own.both(|s| format!("substr({s}, {from}, {count})"));
    let year = part(1, 4);
    Some(match level {
        1 => {
            let (l, r) = (&own.l, &own.r);
            let turned = format!("substr({l}, 5, 2) = substr({r}, 7, 2)");
            format!("{year} AND {turned} AND substr({l}, 7, 2) = substr({r}, 5, 2)")
        }
        2 => part(1, 6),
        3 => part(5, 4),
        4 => {
            let first = |side: &str| format!("substr({side}, 5, 4) = '0101'");
            format!("{year} AND ({} OR {})", first(&own.l), first(&own.r))
        }
        5 => year,
        _ => return None,
    })
}

fn custom(condition: Condition, own: &Sides) -> Option<String> {
    let words = |side: &str| format!("string_split({side}, ' ')");
    let lists = (words(&own.l), words(&own.r));
    let shared = format!("len(list_intersect({}, {}))", lists.0, lists.1);
    Some(match condition {
        Condition::Same => own.equal(),
        Condition::JaroWinkler(least) => {
            format!("jaro_winkler_similarity({}, {}) >= {}", own.l, own.r, decimal(least))
        }
        Condition::Levenshtein(most) => own.apart("levenshtein", most),
        Condition::Damerau(most) | Condition::Osa(most @ 0..=1) => own.apart(DAMERAU, most),
        Condition::Jaccard(least) => {
            let all = format!("len(list_distinct(list_concat({}, {})))", lists.0, lists.1);
            format!("{shared} >= {} * {all}", decimal(least))
        }
        Condition::WordsInCommon(least) => format!("{shared} >= {least}"),
        Condition::Beginning(count) => {
            let long = format!("least(length({}), length({})) >= {count}", own.l, own.r);
            format!("{} AND {long}", own.both(|side| format!("substr({side}, 1, {count})")))
        }
        Condition::Otherwise => "ELSE".to_owned(),
        Condition::Osa(_) | Condition::SoundsAlike => return None,
    })
}
