//! Numbers, names and documents at their ends: no panic, no bias, nothing kept behind.

use omnichannel::identity::linkage::{
    Column, Comparison, Condition, Linked, Linker, LiveIndex, Meaning, Model, ModelError, Report,
    Table, Truth, link,
};
use serde_json::{Value, json};

use crate::town::{COLUMNS, Dice, town};

fn table(rows: &[[String; 6]]) -> Table {
    let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
    for row in rows {
        table.push(row.iter().map(String::as_str)).expect("six values");
    }
    table
}

fn learnt() -> (Linker, Model) {
    let linker = Linker::of(table(&town(200, 60).0));
    let model = linker.learn();
    (linker, model)
}

fn document(model: &Model) -> Value {
    serde_json::from_str(&model.to_json().expect("it writes")).expect("JSON")
}

#[test]
fn thresholds_at_the_ends_of_their_range_are_drawn() {
    let (linker, model) = learnt();
    let linked: Linked = linker.link(&model, 0);
    let truth = Truth::of(&(0..linked.people.len()).map(|at| at % 90).collect::<Vec<_>>());
    for threshold in [i64::MIN, i64::MIN + 1, i64::MAX] {
        let found = linker.link(&model, threshold);
        assert!(linker.joins(&model, &found).len() <= found.links.len());
        let page = Report::of(&linker, &model, &linked, threshold).against(&truth).html();
        assert!(page.ends_with("</html>\n") || page.contains("</html>"));
    }
}

#[test]
fn a_document_of_endless_counts_is_diagnosed() {
    let mut endless = document(&learnt().1);
    for compared in endless["comparisons"].as_array_mut().expect("a list") {
        for level in compared["levels"].as_array_mut().expect("a list") {
            level["pairs"] = json!(u64::MAX);
        }
    }
    let model = Model::from_json(&endless.to_string()).expect("it reads");
    assert!(!model.diagnose().iter().any(|found| found.to_string().contains("few")));
}

#[test]
fn foreign_and_later_documents_are_told_apart_however_they_are_read() {
    let mut foreign = document(&learnt().1);
    foreign["format"] = json!("something else");
    assert_eq!(Model::from_json(&foreign.to_string()), Err(ModelError::Foreign));
    assert!(serde_json::from_value::<Model>(foreign).is_err());
    let mut newer = document(&learnt().1);
    newer["version"] = json!(5_000_000_000_u64);
    let newer = Model::from_json(&newer.to_string());
    assert_eq!(newer, Err(ModelError::Newer { found: 5_000_000_000 }));
}

#[test]
fn conditions_that_could_not_be_read_again_are_refused_at_once() {
    let words = |conditions: Vec<Condition>| {
        let table = table(&town(20, 0).0);
        let comparing = Linker::comparing(table, vec![Comparison::custom(0, conditions)]);
        comparing.expect_err("it can never be met").to_string()
    };
    let never = words(vec![Condition::JaroWinkler(2_000_000)]);
    assert!(never.contains("comparison 1: a condition can never be met"), "{never}");
    let mut own = Comparison::custom(0, [Condition::Levenshtein(1)]);
    own.rarity = true;
    let refused = Linker::comparing(table(&town(20, 0).0), vec![own.clone()]).expect_err("rare");
    assert!(refused.to_string().contains("rarity counts for equal values only"));
    own.rarity = false;
    own.conditions.pop();
    own.conditions.push(Condition::Same);
    let refused = Linker::comparing(table(&town(20, 0).0), vec![own]).expect_err("no end");
    assert!(refused.to_string().contains("must be `otherwise`"), "{refused}");
}

#[test]
fn letters_that_grow_leave_nothing_behind() {
    // The capital dotted i takes two bytes, and three as a small letter.
    let long = format!("{}@example.org", "\u{130}".repeat(480));
    let columns = [("email", Meaning::Email), ("phone", Meaning::Phone)];
    let mut taught = Table::new(columns);
    for at in 0..20 {
        let (email, phone) = (format!("u{at}@example.org"), format!("0770041{:04}", at * 379));
        taught.push([&*email, &*phone].into_iter()).expect("two values");
    }
    let model = Linker::of(taught).learn();
    let mut index = LiveIndex::new(&model);
    index.insert(1, &[&long, ""]).expect("two values");
    let mut both = Table::new(columns);
    (0..2).for_each(|_| both.push([&*long, ""].into_iter()).expect("two values"));
    let batch = Linker::with(both, &model).expect("its columns").link(&model, i64::MIN);
    let live = index.find(&[&long, ""], i64::MIN).expect("two values");
    assert_eq!(live.candidates as u64, batch.candidates);
    index.insert(1, &["other@example.org", ""]).expect("two values");
    assert_eq!(index.find(&[&long, ""], i64::MIN).expect("two values").candidates, 0);
}

#[test]
fn of_two_sources_any_order_teaches_the_same() {
    let rows = town(1_200, 0).0;
    let model = |turned: bool| {
        let mut told: Vec<(u16, &[String; 6])> =
            rows.iter().flat_map(|row| [(0, row), (1, row)]).collect();
        if turned {
            let mut dice = Dice(3);
            (1..told.len()).rev().for_each(|at| told.swap(at, dice.below(at + 1)));
        }
        let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
        for (source, row) in told {
            table.push_from(source, row.iter().map(String::as_str)).expect("six values");
        }
        Linker::of(table).learn().to_json().expect("it writes")
    };
    assert!(model(false) == model(true), "other bytes");
}

#[test]
fn no_column_name_turns_the_page() {
    let name = "e\u{202e}mail</title><script>";
    let mut table = Table::new([(name, Meaning::Email), ("phone", Meaning::Phone)]);
    for at in 0..60 {
        let (email, phone) = (format!("u{}@example.org", at / 2), format!("0770041{:04}", at * 79));
        table.push([&*email, &*phone].into_iter()).expect("two values");
    }
    let linker = Linker::of(table);
    let model = linker.learn();
    let linked = linker.link(&model, 0);
    let page = Report::of(&linker, &model, &linked, 0).titled("a\u{202e}b<script>").html();
    assert!(!page.contains('\u{202e}') && !page.contains("<script>"));
}

#[test]
fn endless_names_are_compared_by_their_beginning() {
    let mut table = Table::new([("first_name", Meaning::FirstName), ("surname", Meaning::Surname)]);
    let mut dice = Dice(5);
    for at in 0..250 {
        let name = |dice: &mut Dice| dice.name(400).chars().take(1_000).collect::<String>();
        let (first, last) = (name(&mut dice), name(&mut dice));
        let twin = format!("{}{}", &first[..500], "x");
        let first = if at % 5 == 0 { twin } else { first };
        table.push([&*first, &*last].into_iter()).expect("two values");
    }
    let (_, linked) = link(table, 0);
    assert_eq!(linked.people.len(), 250);
}

#[test]
fn a_value_that_is_too_long_is_missing_and_counted() {
    let mut table = Table::new([("name", Meaning::Other), ("notes", Meaning::Other)]);
    let (fits, long) = ("é".repeat(512), "é".repeat(512) + "e");
    for notes in [fits.as_str(), long.as_str(), "", &format!("  {fits}  "), long.as_str()] {
        table.push(["Noé", notes].into_iter()).expect("it fits the table");
    }
    let counted: Vec<u64> = table.columns().iter().map(Column::too_long).collect();
    assert_eq!(counted, [0, 2]);
}
