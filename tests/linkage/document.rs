//! A model's document: read as it was written, or refused with why.

use omnichannel::identity::linkage::{
    BlockingRule, Facet, Linker, Meaning, Model, ModelError, Table,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::town::{COLUMNS, town};

/// A table of so many people, with its columns in an order.
fn table(rows: &[[String; 6]], order: &[usize]) -> Table {
    let columns = order.iter().map(|at| (COLUMNS[*at], Meaning::guess(COLUMNS[*at])));
    let mut table = Table::new(columns);
    for row in rows {
        let values: Vec<&str> = order.iter().map(|at| row[*at].as_str()).collect();
        table.push(values.into_iter()).expect("as many values as columns");
    }
    table
}

fn learnt() -> (Vec<[String; 6]>, Linker, Model) {
    let (rows, _) = town(800, 250);
    let linker = Linker::of(table(&rows, &[0, 1, 2, 3, 4, 5]));
    let model = linker.learn();
    (rows, linker, model)
}

fn read(value: &Value) -> Result<Model, ModelError> {
    Model::from_json(&value.to_string())
}

#[test]
fn a_model_is_read_as_it_was_written() {
    let (_, _, model) = learnt();
    let json = model.to_json().expect("names differ");
    assert_eq!(Model::from_json(&json), Ok(model.clone()));
    assert_eq!(Model::from_json(&json).and_then(|model| model.to_json()), Ok(json));
    let embedded = serde_json::to_value(&model).expect("it is JSON");
    assert_eq!(serde_json::from_value::<Model>(embedded).expect("it is a model"), model);
}

#[test]
fn a_stored_model_links_as_the_learnt_one_did() {
    let (rows, linker, model) = learnt();
    let stored = Model::from_json(&model.to_json().expect("names differ")).expect("it reads");
    let linked = linker.link(&model, 0);
    let again = Linker::with(table(&rows, &[0, 1, 2, 3, 4, 5]), &stored).expect("all columns");
    assert_eq!(again.link(&stored, 0).links, linked.links);
    assert_eq!(again.link(&stored, 0).people, linked.people);
    let turned = Linker::with(table(&rows, &[5, 3, 1, 4, 2, 0]), &stored).expect("all columns");
    assert_eq!(turned.link(&stored, 0).links, linked.links, "columns are found by name");
}

#[test]
fn two_records_weigh_the_same_in_any_table() {
    let (rows, linker, model) = learnt();
    for pair in (0..120).map(|at| [at, at + 1]) {
        let few: Vec<[String; 6]> = pair.iter().map(|at| rows[*at].clone()).collect();
        let alone = Linker::with(table(&few, &[4, 3, 2, 1, 0, 5]), &model).expect("all columns");
        let weight = linker.weigh(&model, pair[0] as u32, pair[1] as u32);
        assert_eq!(alone.weigh(&model, 0, 1), weight);
        // A table whose own frequencies differ takes the model's.
        let other = Linker::of(table(&few, &[0, 1, 2, 3, 4, 5]));
        assert_eq!(other.weigh(&model, 0, 1), weight);
    }
}

#[test]
fn columns_without_names_are_known_by_their_values() {
    let (rows, _) = town(800, 250);
    let mut named = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
    // Names are not guessed; the postal code of the generator begins with 0 in one of nine.
    let bare = ["first_name", "surname", "c3", "c4", "c5", "c6"];
    let mut unnamed = Table::new(bare.map(|name| (name, Meaning::guess(name))));
    for row in &rows {
        named.push(row.iter().map(String::as_str)).expect("six values");
        unnamed.push(row.iter().map(String::as_str)).expect("six values");
    }
    let (named, unnamed) = (Linker::of(named), Linker::of(unnamed));
    let (model, other) = (named.learn(), unnamed.learn());
    let meanings = |model: &Model| model.columns.iter().map(|of| of.meaning).collect::<Vec<_>>();
    assert_eq!(meanings(&other), meanings(&model));
    assert_eq!(unnamed.link(&other, 0).links, named.link(&model, 0).links);
}

#[test]
fn a_model_names_no_customer() {
    let (rows, _, model) = learnt();
    let json = model.to_json().expect("names differ");
    assert!(json.contains("\"values\": [\n"), "some values are counted");
    let shown = format!("{json}{model:?}");
    for value in rows.iter().flatten().filter(|value| value.len() > 3) {
        assert!(!shown.contains(&format!("\"{value}\"")), "`{value}` stands in the model");
    }
}

#[test]
fn a_column_that_the_table_lacks_is_named() {
    let (rows, _, model) = learnt();
    let refused = Linker::with(table(&rows, &[0, 1, 2]), &model).expect_err("three are missing");
    assert_eq!(
        refused.to_string(),
        "the table lacks `postcode`, `email`, `phone`: name its columns as the model does, or \
         learn a model from it"
    );
    let twice = Linker::with(table(&rows, &[0, 0, 1, 2, 3, 4, 5]), &model).expect_err("two of it");
    assert_eq!(twice, ModelError::AmbiguousColumn { column: "first_name".to_owned() });
    // Without refusing: what is missing says nothing.
    let poorer = Linker::of(table(&rows, &[4, 0, 1, 2]));
    assert!(!poorer.link(&model, 0).links.is_empty());
}

type Change = fn(&mut Value);

#[test]
fn what_is_not_understood_is_refused() {
    let (_, _, model) = learnt();
    let good = serde_json::to_value(&model).expect("it is JSON");
    let said = |change: Change| {
        let mut value = good.clone();
        change(&mut value);
        read(&value).expect_err("it is refused").to_string()
    };
    for (change, part) in wrong() {
        let said = said(change);
        assert!(said.contains(part), "`{part}` is not in `{said}`");
    }
    let newer = said(|value| {
        value["version"] = json!(3);
        value["of a later time"] = json!(true);
    });
    assert_eq!(newer, "the model has version 3, this crate reads up to 2: update the crate");
    for text in ["", "[]", "{}", "\u{0}", "{\"format\":\"omnichannel linkage model\"}"] {
        assert_eq!(Model::from_json(text), Err(ModelError::Foreign), "{text}");
    }
}

/// What is done to a good document, and a part of what is said of it then.
fn wrong() -> Vec<(Change, &'static str)> {
    vec![
        (|value| value["version"] = json!(0), "no such version"),
        (|value| value["format"] = json!("other"), "no linkage model"),
        (|value| value["cleaning"] = json!(2), "cleaned by way 2, this crate knows 1: learn again"),
        (|value| value["nicknames"] = json!("klingon"), "no table of nicknames `klingon`"),
        (|value| value["nicknames"] = json!(7), "does not read"),
        (|value| value["blocking"][0] = json!([]), "blocking rule 1: it has not 1 to 8 parts"),
        (|value| value["blocking"][2][0]["column"] = json!("x"), "column `x`: it is not among"),
        (
            |value| value["blocking"][0] = json!([{ "column": "email", "facet": "element" }]),
            "blocking rule 1: elements are of a column that means `list`",
        ),
        (
            |value| value["blocking"][0] = json!([{ "column": "email", "facet": "year" }]),
            "blocking rule 1: a year and a day are of a column that means `birth_date`",
        ),
        (
            |value| value["blocking"][0] = json!([{ "column": "email", "facet": { "first": 0 } }]),
            "blocking rule 1: first letters are 1 to 64",
        ),
        (
            |value| value["blocking"][0] = json!([{ "column": "email", "facet": "colour" }]),
            "unknown variant `colour`",
        ),
        (
            |value| value["blocking"] = json!(vec![json!([{ "column": "email" }]); 33]),
            "blocking rules: there are more than 32",
        ),
        (|value| value["colour"] = json!(1), "unknown field `colour`"),
        (|value| value["prior"]["same"] = json!("2"), "between 0 and 1"),
        (|value| value["prior"]["same"] = json!(0.5), "expected a string"),
        (|value| value["prior"]["weight_same"] = json!(1), "prior: a weight is outside"),
        (|value| value["fingerprint"] = json!("x"), "fingerprint"),
        (|value| drop(value["columns"][1].take()), "does not read"),
        (|value| value["columns"][1]["name"] = json!("dob"), "column `dob`: there are two"),
        (|value| value["comparisons"][0]["column"] = json!("x"), "column `x`: it is not among"),
        (
            |value| value["comparisons"][0]["levels"][0]["weight"] = json!(40_001),
            "comparison of `first_name`: a weight is outside",
        ),
        (
            |value| drop(value["comparisons"][2]["levels"].as_array_mut().map(Vec::pop)),
            "comparison of `dob`: 6 levels, but 7 are expected",
        ),
        (|value| value["comparisons"][2]["levels"][0]["when"] = json!("same"), "conditions belong"),
        (|value| value["comparisons"][2]["field"] = json!("custom"), "conditions belong"),
        (|value| value["frequencies"][0]["rare"] = json!(0), "a count is 0"),
        (|value| value["frequencies"][0]["values"][0] = json!("zz"), "hexadecimal"),
        (
            |value| value["frequencies"][0]["values"].as_array_mut().expect("a list").reverse(),
            "not in order",
        ),
        (|value| value["frequencies"][1] = value["frequencies"][0].clone(), "counted twice"),
    ]
}

#[test]
fn a_model_of_version_1_is_read_for_ever() {
    let json = include_str!("model-1.json");
    let model = Model::from_json(json).expect("it reads");
    let mut table = Table::new([("born", Meaning::BirthDate), ("name", Meaning::FirstName)]);
    for row in [["1980-02-01", "ann"], ["1980-02-01", "ann"], ["1980-01-02", "anne"]] {
        table.push(row.into_iter()).expect("two values");
    }
    let linker = Linker::with(table, &model).expect("both columns");
    let weights = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| linker.weigh(&model, a, b));
    assert_eq!(weights, [-525, 5_211, 5_211]);
}

#[test]
fn a_model_of_version_1_has_the_rules_and_nicknames_of_its_time() {
    let model = Model::from_json(include_str!("model-1.json")).expect("it reads");
    let rules = [vec![(0, Facet::Whole), (1, Facet::Whole)]].map(BlockingRule::of);
    assert_eq!(model.blocking(), rules);
    let now: Value = serde_json::to_value(&model).expect("it is JSON");
    assert_eq!(now["version"], json!(2));
    assert_eq!((&now["cleaning"], &now["nicknames"]), (&json!(1), &json!("english_french_1")));
    assert_eq!(now["blocking"], json!([[{ "column": "name" }, { "column": "born" }]]));
}

#[test]
fn a_model_of_version_2_is_read_for_ever() {
    let json = include_str!("model-2.json");
    let model = Model::from_json(json).expect("it reads");
    assert_eq!(serde_json::to_value(&model).ok(), serde_json::from_str(json).ok());
    let rules = [
        vec![(0, Facet::First(1)), (1, Facet::Year)],
        vec![(0, Facet::Sound), (1, Facet::Day)],
        vec![(0, Facet::Gram(3)), (1, Facet::Whole)],
        vec![(3, Facet::Element)],
    ];
    assert_eq!(model.blocking(), rules.map(BlockingRule::of));
    let columns =
        [("mails", Meaning::Emails), ("born", Meaning::BirthDate), ("name", Meaning::FirstName)];
    let mut table = Table::new(columns);
    for row in [
        ["", "1980-02-01", "Giuseppe"],
        ["", "1981-02-01", "Peppino"],
        ["", "1980-03-01", "Giovanna"],
        ["b@x.org; a@x.org", "", "Ann"],
        ["a@x.org", "", "Nora"],
    ] {
        table.push(row.into_iter()).expect("three values");
    }
    let linker = Linker::with(table, &model).expect("the columns that it needs");
    let links = linker.link(&model, i64::MIN).links;
    let found: Vec<(u32, u32)> = links.iter().map(|link| (link.a, link.b)).collect();
    assert_eq!(found, [(0, 2), (3, 4)]);
    let by_name = Linker::comparing(linker.table().clone(), vec![]).expect("nothing");
    assert_eq!(by_name.weigh(&model, 0, 1) - by_name.weigh(&model, 0, 2), 2_907 + 4_278);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_document_is_refused_or_weighs(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let json = include_str!("model-1.json");
        let mut bytes = json.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let Ok(model) = Model::from_json(&String::from_utf8_lossy(&bytes)) else { return Ok(()) };
        let mut table = Table::new([("born", Meaning::BirthDate), ("name", Meaning::FirstName)]);
        for row in [["1980-02-01", "ann"], ["1980-01-02", "anne"]] {
            table.push(row.into_iter()).expect("two values");
        }
        prop_assert!(Linker::of(table).weigh(&model, 0, 1).abs() < 10_000_000);
    }
}
