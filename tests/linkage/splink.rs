//! Splink's models: the same m and u, the same weight; the rest is refused.

use omnichannel::identity::linkage::{
    Comparison, Condition, Imported, Linker, Meaning, SplinkError, Table,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const COLUMNS: [(&str, Meaning); 2] =
    [("first_name", Meaning::FirstName), ("surname", Meaning::Surname)];

/// 100 records: `ann` in 40 of them, `anne` in 20, others once or twice.
fn table() -> Table {
    let mut table = Table::new(COLUMNS);
    for at in 0..100 {
        let own = format!("nora{}", at / 2);
        let first = if at < 40 {
            "ann"
        } else if at < 60 {
            "anne"
        } else {
            &own
        };
        let last = if at % 10 == 0 { String::new() } else { format!("wells{}", at % 7) };
        table.push([first, last.as_str()].into_iter()).expect("two values");
    }
    table
}

fn settings(share: f64, first: [(f64, f64); 3], last: [(f64, f64); 3]) -> Value {
    let level = |sql: &str, (m, u): (f64, f64)| {
        json!({ "sql_condition": sql, "label_for_charts": sql, "m_probability": m,
            "u_probability": u, "fix_m_probability": false, "fix_u_probability": false })
    };
    let missing = |column: &str| {
        json!({ "sql_condition": format!("\"{column}_l\" IS NULL OR \"{column}_r\" IS NULL"),
            "label_for_charts": format!("{column} is NULL"), "is_null_level": true })
    };
    let mut exact = level("\"first_name_l\" = \"first_name_r\"", first[0]);
    exact["tf_adjustment_column"] = json!("first_name");
    exact["tf_adjustment_weight"] = json!(1.0);
    json!({
        "link_type": "dedupe_only",
        "probability_two_random_records_match": share,
        "retain_matching_columns": true,
        "max_iterations": 25,
        "em_convergence": 0.0001,
        "unique_id_column_name": "unique_id",
        "sql_dialect": "duckdb",
        "blocking_rules_to_generate_predictions": [
            { "blocking_rule": "l.\"surname\" = r.\"surname\"", "sql_dialect": "duckdb" },
        ],
        "comparisons": [
            { "output_column_name": "first_name", "comparison_levels": [
                missing("first_name"), exact,
                level(
                    "jaro_winkler_similarity(\"first_name_l\", \"first_name_r\") >= 0.92",
                    first[1],
                ),
                level("ELSE", first[2]),
            ]},
            { "output_column_name": "surname", "comparison_levels": [
                missing("surname"),
                level("\"surname_l\" = \"surname_r\"", last[0]),
                level("levenshtein(\"surname_l\", \"surname_r\") <= 1", last[1]),
                level("ELSE", last[2]),
            ]},
        ],
    })
}

fn import(settings: &Value) -> Result<Imported, SplinkError> {
    Linker::from_splink(table(), &settings.to_string())
}

fn plain() -> Value {
    settings(0.001, [(0.6, 0.01), (0.3, 0.02), (0.1, 0.97)], [(0.7, 0.1), (0.2, 0.5), (0.1, 0.4)])
}

fn share() -> impl Strategy<Value = f64> {
    prop_oneof![1e-9..1e-6, 1e-6..1e-2, 0.01..1.0]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// M = log2(p / (1 - p)) + sum of log2(m / u) + log2(u exact) - log2(larger term frequency).
    #[test]
    fn the_same_m_and_u_give_the_same_weight(
        prior in 1e-8..0.5,
        first in prop::array::uniform3((share(), share())),
        last in prop::array::uniform3((share(), share())),
    ) {
        let imported = import(&settings(prior, first, last)).expect("known");
        let Imported { linker, model, notes } = imported;
        prop_assert_eq!(notes, Vec::<String>::new());
        let bits = |(m, u): (f64, f64)| m.log2() - u.log2();
        for (compared, shares) in model.comparisons.iter().zip([first, last]) {
            for (level, share) in shares.into_iter().enumerate() {
                let apart = compared.bits(level).expect("a level") - bits(share);
                prop_assert!(apart.abs() < 1e-9, "{} bits apart", apart);
            }
        }
        let odds = (prior / (1.0 - prior)).log2();
        let rare = |count: f64, (_, u): (f64, f64)| u.log2() - (count / 100.0_f64).log2();
        for ((a, b), expected) in [
            // ann, wells1 twice: equal and common; equal.
            ((1, 8), odds + bits(first[0]) + rare(40.0, first[0]) + bits(last[0])),
            // anne, wells6 and wells0: equal; one sign.
            ((41, 42), odds + bits(first[0]) + rare(20.0, first[0]) + bits(last[1])),
            // ann and anne: alike; a surname is missing.
            ((0, 41), odds + bits(first[1])),
            // ann and nora31: different.
            ((2, 63), odds + bits(first[2]) + bits(if 2 == 63 % 7 { last[0] } else { last[1] })),
            // nora40 twice: as rare as what two share.
            ((80, 81), odds + bits(first[0]) + rare(2.0, first[0])),
        ] {
            let weight = linker.weigh(&model, a, b) as f64 / 1_000.0;
            prop_assert!((weight - expected).abs() < 0.0031, "{weight} instead of {expected}");
        }
    }
}

#[test]
fn parts_that_have_no_equal_are_listed_and_refused() {
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 14] = [
        (|of| of["link_type"] = json!("link_only"), "link_type is not `dedupe_only`"),
        (|of| of["probability_two_random_records_match"] = json!(2), "probability_two_random"),
        (|of| of["colour"] = json!(1), "setting `colour` is not known"),
        (|of| of["comparisons"][0]["colour"] = json!(1), "`first_name`: `colour` is not known"),
        (
            |of| of["comparisons"][0]["comparison_levels"][2]["sql_condition"] = json!("1 = 1"),
            "`first_name`, level 3: its `sql_condition` is of no known form",
        ),
        (
            |of| {
                of["comparisons"][0]["comparison_levels"][2]["sql_condition"] =
                    json!("dob_l = dob_r");
            },
            "another column",
        ),
        (
            |of| of["comparisons"][0]["comparison_levels"][1]["tf_adjustment_weight"] = json!(0.5),
            "`tf_adjustment_weight` has a value that is not held here",
        ),
        (
            |of| of["comparisons"][0]["comparison_levels"][1]["tf_minimum_u_value"] = json!(0.1),
            "`tf_minimum_u_value` has",
        ),
        (
            |of| {
                of["comparisons"][0]["comparison_levels"][2]["tf_adjustment_column"] =
                    json!("first_name");
            },
            "term frequencies adjust the first level",
        ),
        (
            |of| drop(of["comparisons"][1]["comparison_levels"][1]["m_probability"].take()),
            "`m_probability` is not between 0 and 1",
        ),
        (
            |of| {
                let level = of["comparisons"][1]["comparison_levels"][1].as_object_mut();
                level.expect("a level").remove("u_probability");
            },
            "the model is not trained",
        ),
        (
            |of| drop(of["comparisons"][1]["comparison_levels"].as_array_mut().map(Vec::pop)),
            "`surname`: the last level, and no other, must be ELSE",
        ),
        (
            |of| of["comparisons"][1]["comparison_levels"][0]["is_null_level"] = json!(false),
            "`is_null_level` and its `sql_condition` differ",
        ),
        (|of| of["comparisons"] = json!(1), "`comparisons` is missing"),
    ];
    let mut all = plain();
    for (change, part) in changes {
        let mut settings = plain();
        change(&mut settings);
        let said = import(&settings).expect_err(part).to_string();
        assert!(said.contains(part), "`{part}` is not in `{said}`");
        if part != "`comparisons` is missing" {
            change(&mut all);
        }
    }
    let Err(SplinkError::NotMapped { parts }) = import(&all) else { panic!("all are refused") };
    assert!(parts.len() >= 8, "all are listed, not the first: {parts:?}");
}

#[test]
fn a_comparison_without_a_level_of_missing_values_is_refused() {
    let mut settings = plain();
    let levels = settings["comparisons"][1]["comparison_levels"].as_array_mut().expect("levels");
    levels.remove(0);
    let said = import(&settings).expect_err("missing values would weigh").to_string();
    assert!(said.contains("`surname`: one level of missing values (`is_null_level`)"), "{said}");
}

#[test]
fn what_are_no_settings_is_refused() {
    for text in ["", "[]", "1", "{"] {
        let said = Linker::from_splink(table(), text).expect_err("no settings").to_string();
        assert!(said.contains("no JSON object"), "{said}");
    }
}

#[test]
fn a_column_that_the_table_lacks_is_named() {
    let mut table = Table::new([COLUMNS[0]]);
    table.push(["ann"].into_iter()).expect("one value");
    let said = Linker::from_splink(table, &plain().to_string()).expect_err("no surname");
    assert!(said.to_string().starts_with("the table lacks `surname`"), "{said}");
}

#[test]
fn a_level_that_was_never_observed_is_one_in_a_million() {
    let mut settings = plain();
    settings["comparisons"][1]["comparison_levels"][2]["m_probability"] =
        json!("level not observed in training dataset");
    let imported = import(&settings).expect("known");
    assert_eq!(imported.model.comparisons[1].m[1].to_string(), "0.000001");
}

#[test]
fn what_is_written_for_splink_is_read_from_it() {
    let imported = import(&plain()).expect("known");
    let exported = imported.model.to_splink();
    let again = Linker::from_splink(table(), &exported.json).expect("we wrote it");
    assert_eq!(again.model, imported.model);

    let own = [
        Comparison::custom(0, [Condition::Same, Condition::Damerau(2), Condition::Levenshtein(3)]),
        Comparison::custom(1, [Condition::Same, Condition::JaroWinkler(885_000)]),
    ];
    let linker = Linker::comparing(table(), own.to_vec()).expect("two columns");
    let model = linker.learn();
    let again = Linker::from_splink(table(), &model.to_splink().json).expect("we wrote it");
    let same = |model: &omnichannel::identity::linkage::Model| -> Vec<(Vec<i64>, Comparison)> {
        let parts = model.comparisons.iter();
        parts.map(|of| (of.same.clone(), of.comparison.clone())).collect()
    };
    assert_eq!(same(&again.model), same(&model));
}

#[test]
fn every_level_of_the_known_fields_has_sql_or_is_said_to_have_none() {
    let columns = ["first_name", "surname", "dob", "postcode", "city", "email", "phone", "ssn"];
    let mut table = Table::new(columns.map(|name| (name, Meaning::guess(name))));
    let row = ["ann", "o\"hara", "1980-01-02", "x1 1aa", "bath", "a@example.org", "07", "1"];
    for _ in 0..4 {
        table.push(row.into_iter()).expect("eight values");
    }
    let model = Linker::of(table).learn();
    let exported = model.to_splink();
    let settings: Value = serde_json::from_str(&exported.json).expect("JSON");
    let levels: usize = settings["comparisons"]
        .as_array()
        .expect("comparisons")
        .iter()
        .map(|of| of["comparison_levels"].as_array().expect("levels").len() - 1)
        .sum();
    let own: usize = model.comparisons.iter().map(|of| of.m.len()).sum();
    let left_out = exported.notes.iter().filter(|note| note.ends_with("is left out")).count();
    assert_eq!((levels + left_out, left_out), (own, 1), "only nicknames: {:?}", exported.notes);
}
