//! Writes a model as Splink's settings, with conditions in DuckDB's SQL.

use serde_json::{Value, json};

use super::rules;
use super::sides::{DAMERAU, Sides, area, birth_date, custom};
use crate::identity::linkage::compare::{ALIKE, Field, MUCH_ALIKE, SAME_TOWN};
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
            "DuckDB counts the edits of letters beyond ASCII by their bytes, and of neighbours \
             that changed places also those with an edit between them"
                .to_owned(),
        ];
        if self.prior_related.is_some() {
            notes.push("the class of related people has no place in Splink".to_owned());
        }
        let compared = self.comparisons.iter();
        let comparisons: Vec<Value> =
            compared.map(|weighed| self.comparison(weighed, &mut notes)).collect();
        let blocks = self.blocks(&mut notes);
        let settings = json!({
            "link_type": "dedupe_only",
            "probability_two_random_records_match": self.share_same.get().max(LEAST),
            "retain_matching_columns": false,
            "retain_intermediate_calculation_columns": false,
            "sql_dialect": "duckdb",
            "unique_id_column_name": "unique_id",
            "blocking_rules_to_generate_predictions": blocks,
            "comparisons": comparisons,
        });
        Exported { json: format!("{settings:#}"), notes }
    }

    fn name(&self, at: usize) -> &str {
        self.columns.get(at).map_or("", |column| column.name.as_str())
    }

    fn blocks(&self, notes: &mut Vec<String>) -> Vec<Value> {
        if self.blocking.iter().any(|rule| rules::swaps(rule, &self.columns)) {
            notes.push("blocking rules find no names in each other's place in Splink".to_owned());
        }
        let mut all = Vec::new();
        for (rule, at) in self.blocking.iter().zip(1..) {
            match rules::write(rule, &self.columns) {
                Some(written) => all.push(written),
                None => {
                    notes.push(format!("blocking rule {at} is left out: DuckDB has no Soundex"));
                }
            }
        }
        all
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
                (Field::Custom, Some(condition)) => custom(*condition, &own, beside.as_ref()),
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

/// Whether names stand in each other's place.
fn swapped(own: &Sides, other: &Sides) -> String {
    let alike =
        |one: &str, two: &str| format!("jaro_winkler_similarity({one}, {two}) >= {MUCH_ALIKE}");
    format!("{} AND {}", alike(&own.l, &other.r), alike(&other.l, &own.r))
}

fn missing(field: Field, own: &Sides, beside: Option<&Sides>) -> String {
    match (field, beside) {
        (Field::Place, Some(town)) => format!("({}) AND ({})", own.missing(), town.missing()),
        (Field::Custom, Some(other)) => format!("{} OR {}", own.missing(), other.missing()),
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
        (Field::Place, 2) => beside.map(|town| format!("{} AND {}", town.equal(), area(own))),
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
