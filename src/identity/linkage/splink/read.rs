//! Reads a trained model of Splink; its term frequencies are counted in a table.

use serde_json::{Map, Value};

use super::sql::{Form, read};
use super::{SplinkError, rules};
use crate::identity::linkage::compare::{Comparison, LEVELS_MAX};
use crate::identity::linkage::condition::Condition;
use crate::identity::linkage::linker::Linker;
use crate::identity::linkage::model::{Model, Weighed, prior, weights};
use crate::identity::linkage::share::Share;
use crate::identity::linkage::table::{Column, Table};
use crate::identity::linkage::unsound::ModelError;

/// A model of Splink, and a table ready to be linked by it.
#[derive(Debug)]
pub struct Imported {
    /// The records.
    pub linker: Linker,
    /// The model, with term frequencies counted in the records.
    pub model: Model,
    /// What was not taken over because no weight rests on it: blocking rules that have no equal.
    pub notes: Vec<String>,
}

/// Settings that change no weight.
const IGNORED: [&str; 13] = [
    "retain_matching_columns",
    "retain_intermediate_calculation_columns",
    "additional_columns_to_retain",
    "sql_dialect",
    "linker_uid",
    "em_convergence",
    "max_iterations",
    "bayes_factor_column_prefix",
    "match_weight_column_prefix",
    "term_frequency_adjustment_column_prefix",
    "comparison_vector_value_column_prefix",
    "unique_id_column_name",
    "source_dataset_column_name",
];

/// What Splink says in the place of a probability of which it saw nothing, and what it takes.
const NOT_OBSERVED: f64 = 1e-6;

/// A comparison as it was read, by its column's name.
struct Read {
    column: String,
    conditions: Vec<Condition>,
    m: Vec<f64>,
    u: Vec<f64>,
    rarity: bool,
    /// How many levels of missing values it has.
    missing: usize,
}

impl Linker {
    /// Makes a table ready to be linked by a model that Splink trained and saved.
    ///
    /// Its weights are taken as they are. As Splink does, term frequencies are counted in the
    /// table; they then belong to the model. Values are compared in the forms of this crate
    /// (capitals, accents and spaces do not count). Pairs are found by those of its blocking rules
    /// that are equal columns, or equal beginnings of columns; where there is none, by those that
    /// the columns call for.
    ///
    /// # Errors
    ///
    /// [`SplinkError`] with every part that cannot be taken over: train without these parts, or
    /// learn a model with [`Linker::learn`].
    pub fn from_splink(table: Table, json: &str) -> Result<Imported, SplinkError> {
        let unreadable = |what: &str| SplinkError::Unreadable { what: what.to_owned() };
        let settings: Map<String, Value> =
            serde_json::from_str(json).map_err(|_| unreadable("they are no JSON object"))?;
        let compared = settings.get("comparisons").and_then(Value::as_array);
        let compared = compared.ok_or_else(|| unreadable("`comparisons` is missing"))?;
        let (mut wrong, mut notes) = (Vec::new(), Vec::new());
        let share = settings.get("probability_two_random_records_match").and_then(Value::as_f64);
        let share = share.filter(|share| *share > 0.0 && *share < 1.0).unwrap_or_else(|| {
            wrong.push("probability_two_random_records_match is not between 0 and 1".to_owned());
            0.5
        });
        if compared.len() > Comparison::MAX {
            wrong.push(format!("{} comparisons, but at most 32 are held", compared.len()));
        }
        check_settings(&settings, &mut wrong);
        let read: Vec<Read> = compared
            .iter()
            .take(Comparison::MAX)
            .enumerate()
            .filter_map(|(at, of)| comparison(at, of, &mut wrong))
            .collect();
        if !wrong.is_empty() {
            return Err(SplinkError::NotMapped { parts: wrong });
        }
        let comparisons = placed(&read, table.columns())?;
        let rules = settings.get("blocking_rules_to_generate_predictions");
        let rules = rules.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let rules = rules::read(rules, table.columns(), &mut notes);
        let mut linker = Linker::comparing(table, comparisons)?;
        if !rules.is_empty() {
            linker = linker.blocking(rules)?;
        }
        let model = model(&linker, &read, share);
        Ok(Imported { linker, model, notes })
    }
}

fn check_settings(settings: &Map<String, Value>, wrong: &mut Vec<String>) {
    for (key, value) in settings {
        match key.as_str() {
            "comparisons" | "probability_two_random_records_match" => {}
            "link_type" if value == "dedupe_only" => {}
            "link_type" => wrong.push(
                "link_type is not `dedupe_only`: all records of a table are linked here".to_owned(),
            ),
            "blocking_rules_to_generate_predictions" if value.is_array() => {}
            key if IGNORED.contains(&key) => {}
            key => wrong.push(format!("setting `{key}` is not known")),
        }
    }
}

/// Reads a comparison; what cannot be taken over is added to `wrong`.
fn comparison(at: usize, of: &Value, wrong: &mut Vec<String>) -> Option<Read> {
    let name = of.get("output_column_name").and_then(Value::as_str);
    let name = name.map_or(format!("comparison {}", at + 1), |name| format!("`{name}`"));
    let before = wrong.len();
    let known = ["output_column_name", "comparison_levels", "comparison_description"];
    for key in of.as_object().into_iter().flatten().map(|(key, _)| key) {
        if !known.contains(&key.as_str()) {
            wrong.push(format!("{name}: `{key}` is not known"));
        }
    }
    let Some(levels) = of.get("comparison_levels").and_then(Value::as_array) else {
        wrong.push(format!("{name}: `comparison_levels` is missing"));
        return None;
    };
    let mut read = Read {
        column: String::new(),
        conditions: Vec::new(),
        m: Vec::new(),
        u: Vec::new(),
        rarity: false,
        missing: 0,
    };
    for (at, one) in levels.iter().enumerate() {
        if let Err(why) = level(one, &mut read) {
            wrong.push(format!("{name}, level {}: {why}", at + 1));
        }
    }
    let ends = read.conditions.iter().filter(|condition| **condition == Condition::Otherwise);
    if ends.count() != 1 || read.conditions.last() != Some(&Condition::Otherwise) {
        wrong.push(format!("{name}: the last level, and no other, must be ELSE"));
    }
    // Without one, Splink's ELSE weighs a missing value as a difference; here it weighs nothing.
    if read.missing != 1 {
        wrong.push(format!("{name}: one level of missing values (`is_null_level`) is needed"));
    }
    if !(2..=LEVELS_MAX).contains(&read.conditions.len()) {
        wrong.push(format!("{name}: besides that of missing values, 2 to 8 levels are held"));
    }
    (wrong.len() == before).then_some(read)
}

/// Adds a level.
fn level(of: &Value, read: &mut Read) -> Result<(), String> {
    let sql =
        of.get("sql_condition").and_then(Value::as_str).ok_or("`sql_condition` is missing")?;
    let is_null = of.get("is_null_level").and_then(Value::as_bool).unwrap_or(false);
    for (key, value) in of.as_object().into_iter().flatten() {
        let plain = match key.as_str() {
            "sql_condition" | "label_for_charts" | "m_probability" | "u_probability" => true,
            "is_null_level" | "fix_m_probability" | "fix_u_probability" => value.is_boolean(),
            "tf_adjustment_column" => value.is_string() || value.is_null(),
            "tf_adjustment_weight" => value.as_f64() == Some(1.0),
            "tf_minimum_u_value" => value.as_f64() == Some(0.0),
            "disable_tf_exact_match_detection" => value == &Value::Bool(false),
            _ => return Err(format!("`{key}` is not known")),
        };
        if !plain {
            return Err(format!("`{key}` has a value that is not held here"));
        }
    }
    let form = if sql.trim().eq_ignore_ascii_case("else") {
        Form::Alike(Condition::Otherwise)
    } else {
        let (column, form) = self::read(sql).ok_or("its `sql_condition` is of no known form")?;
        if !read.column.is_empty() && read.column != column {
            return Err("it is about another column than the levels before".to_owned());
        }
        read.column = column;
        form
    };
    let condition = match (form, is_null) {
        (Form::Missing, true) => {
            read.missing += 1;
            return Ok(());
        }
        (Form::Alike(condition), false) => condition,
        _ => return Err("`is_null_level` and its `sql_condition` differ".to_owned()),
    };
    if let Some(column) = of.get("tf_adjustment_column").and_then(Value::as_str) {
        let first = read.conditions.is_empty() && condition == Condition::Same;
        if !first || column != read.column {
            return Err("term frequencies adjust the first level, of equal values, only".to_owned());
        }
        read.rarity = true;
    }
    let share = |key: &str| match of.get(key) {
        Some(Value::String(said)) if said.starts_with("level not observed") => Ok(NOT_OBSERVED),
        Some(value) => value
            .as_f64()
            .filter(|share| (0.0..=1.0).contains(share))
            .ok_or(format!("`{key}` is not between 0 and 1")),
        None => Err(format!("`{key}` is missing: the model is not trained")),
    };
    read.m.push(share("m_probability")?);
    read.u.push(share("u_probability")?);
    read.conditions.push(condition);
    Ok(())
}

/// The comparisons over the columns of a table.
fn placed(read: &[Read], columns: &[Column]) -> Result<Vec<Comparison>, ModelError> {
    let (mut all, mut missing) = (Vec::new(), Vec::new());
    for of in read {
        let mut named = columns.iter().zip(0..).filter(|(column, _)| column.name() == of.column);
        match (named.next(), named.next()) {
            (Some(_), Some(_)) => {
                return Err(ModelError::AmbiguousColumn { column: of.column.clone() });
            }
            (Some((_, at)), None) => {
                let own = Comparison::custom(at, of.conditions.iter().copied());
                all.push(Comparison { rarity: of.rarity, ..own });
            }
            (None, _) => missing.push(format!("`{}`", of.column)),
        }
    }
    if missing.is_empty() { Ok(all) } else { Err(ModelError::MissingColumns { columns: missing }) }
}

/// The least probability that Splink reckons with.
const LEAST: f64 = 1e-10;

fn model(linker: &Linker, read: &[Read], share: f64) -> Model {
    let weighed = read.iter().zip(&linker.comparisons).map(|(of, comparison)| {
        let at_least = |shares: &[f64]| shares.iter().map(|share| share.max(LEAST)).collect();
        let (m, u): (Vec<f64>, Vec<f64>) = (at_least(&of.m), at_least(&of.u));
        let shares = |of: &[f64]| of.iter().map(|share| Share::of(*share)).collect();
        Weighed {
            comparison: comparison.clone(),
            same: weights(comparison, &m, &u),
            related: vec![0; m.len()],
            related_by_rarity: false,
            m: shares(&m),
            u: shares(&u),
            m_related: shares(&u),
            pairs: Vec::new(),
        }
    });
    Model {
        comparisons: weighed.collect(),
        prior_same: prior(share),
        prior_related: None,
        prior_strangers: prior(1.0 - share),
        share_same: Share::of(share),
        share_related: Share::of(0.0),
        ..linker.untaught()
    }
}
