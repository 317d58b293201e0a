//! People found among records, without labels.

use std::collections::{BTreeMap, BTreeSet};

use omnichannel::identity::linkage::{Linked, Linker, Meaning, Model, Table, Truth, link};
use proptest::prelude::*;

use crate::town::{COLUMNS, Dice, town};

fn linked(rows: &[[String; 6]]) -> Linked {
    learnt(rows).1
}

fn learnt(rows: &[[String; 6]]) -> (Model, Linked) {
    link(table(rows), 0)
}

fn table(rows: &[[String; 6]]) -> Table {
    let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
    for row in rows {
        table.push(row.iter().map(String::as_str)).expect("six values");
    }
    table
}

/// Precision and recall over pairs of records.
fn pairwise<T: Ord>(people: &[u32], truth: &[T]) -> (f64, f64) {
    let pairs =
        |counts: BTreeMap<_, u64>| counts.into_values().map(|n| n * (n - 1) / 2).sum::<u64>();
    let (mut found, mut real, mut right) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (person, truth) in people.iter().zip(truth) {
        *found.entry((person, None)).or_insert(0) += 1;
        *real.entry((&0, Some(truth))).or_insert(0) += 1;
        *right.entry((person, Some(truth))).or_insert(0) += 1;
    }
    let (found, real, right) = (pairs(found), pairs(real), pairs(right));
    (right as f64 / found.max(1) as f64, right as f64 / real.max(1) as f64)
}

#[test]
fn records_with_slips_find_their_people() {
    let (rows, truth) = town(3_000, 800);
    let (precision, recall) = pairwise(&linked(&rows).people, &truth);
    assert!(precision >= 0.995 && recall >= 0.98, "precision {precision}, recall {recall}");
}

#[test]
fn joins_span_each_person_and_nobody_else() {
    let (rows, _) = town(3_000, 800);
    let linker = Linker::of(table(&rows));
    let model = linker.learn();
    for threshold in [0, 9_000] {
        let linked = linker.link(&model, threshold);
        let joins = linker.joins(&model, &linked);
        let people: BTreeSet<u32> = linked.people.iter().copied().collect();
        assert!(joins.len() > 500 && joins.len() == rows.len() - people.len());
        let mut holders: Vec<u32> = (0..3_800).collect();
        for join in &joins {
            assert!(join.weight >= threshold && join.a < join.b);
            assert_eq!(join.weight, linker.weigh(&model, join.a, join.b));
            let [a, b] = [join.a, join.b].map(|at| holders[at as usize]);
            assert_ne!(a, b, "no join says what others say");
            holders.iter_mut().filter(|of| **of == a.max(b)).for_each(|of| *of = a.min(b));
        }
        assert_eq!(holders, linked.people);
    }
}

#[test]
fn where_nobody_has_two_records_hardly_any_are_linked() {
    let (rows, _) = town(4_000, 0);
    let links = linked(&rows).links;
    assert!(links.len() <= 4, "{} links", links.len());
}

#[test]
fn records_without_a_value_are_people_of_their_own() {
    let empty = || std::array::from_fn(|_| String::new());
    let rows: Vec<[String; 6]> = (0..40).map(|_| empty()).collect();
    assert_eq!(linked(&rows).people, (0..40).collect::<Vec<_>>());
    assert!(linked(&[]).people.is_empty());
    let same: [String; 6] = ["a", "b", "1980-01-01", "1", "x@example.org", "0"].map(str::to_owned);
    assert_eq!(linked(&vec![same; 2_000]).people.len(), 2_000, "a column of one value");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_records_changes_nothing(seed in any::<u64>()) {
        let (rows, _) = town(500, 200);
        let (model, plain) = learnt(&rows);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let mut dice = Dice(seed);
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        let shuffled: Vec<[String; 6]> = order.iter().map(|at| rows[*at].clone()).collect();
        let (again, other) = learnt(&shuffled);
        prop_assert_eq!(again, model);
        prop_assert_eq!(other.candidates, plain.candidates);
        for (one, a) in order.iter().enumerate() {
            for (two, b) in order.iter().enumerate().skip(one + 1) {
                let together = other.people[one] == other.people[two];
                prop_assert_eq!(together, plain.people[*a] == plain.people[*b]);
            }
        }
    }
}

/// Public data with its truth in the ids.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test finds public data by the environment")]
fn the_febrl_records_are_told_apart_without_configuration() {
    let folder = std::env::var("OMNICHANNEL_PEOPLE").unwrap_or("../shared/people".to_owned());
    let Ok(text) = std::fs::read_to_string(format!("{folder}/febrl3.csv")) else {
        println!("skipped: no febrl3.csv in {folder}");
        return;
    };
    let mut lines = text.lines().map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let mut table = Table::new(header[1..].iter().map(|name| (*name, Meaning::guess(name))));
    let mut truth = Vec::new();
    for row in lines {
        truth.push(row[0].split('-').nth(1).expect("a number").to_owned());
        table.push(row[1..].iter().copied()).expect("as many values as columns");
    }
    let (precision, recall) = pairwise(&link(table, 0).1.people, &truth);
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!("FEBRL3: precision {precision:.5}, recall {recall:.5}, F1 {f1:.5}");
    assert!(f1 >= 0.9995, "{f1}");
}

#[test]
fn wide_tables_and_endless_values_are_bounded() {
    let names: Vec<String> = (0..40).map(|n| format!("column {n}")).collect();
    let known = ["email", "first_name", "surname"];
    let columns = names.iter().map(String::as_str).chain(known);
    let mut table = Table::new(columns.map(|name| (name, Meaning::guess(name))));
    for person in 0..300 {
        let mut dice = Dice(person / 2);
        let mut values: Vec<String> = (0..40).map(|_| dice.name(2)).collect();
        values.extend([format!("{}@example.org", dice.name(4)), dice.name(2), dice.name(3)]);
        table.push(values.iter().map(String::as_str)).expect("43 values");
    }
    let (model, found) = link(table, 0);
    assert_eq!(model.comparisons.len(), 32);
    let wrong = (0..300).filter(|at| found.people[*at as usize] != at / 2 * 2).count();
    assert_eq!(wrong, 0);

    let endless = "x".repeat(10 << 20);
    let mut table = Table::new([("surname", Meaning::Surname), ("email", Meaning::Email)]);
    for _ in 0..3 {
        table.push([endless.as_str(), "x@example.org"].into_iter()).expect("two values");
    }
    let refused = table.push(["x"].into_iter()).expect_err("one value");
    assert_eq!(refused.to_string(), "record 4 has 1 values, but there are 2 columns");
    assert_eq!(link(table, i64::MAX).1.links, []);
}

#[test]
fn of_two_sources_only_pairs_between_them_are_found() {
    let (rows, truth) = town(1_500, 600);
    let columns = || COLUMNS.map(|name| (name, Meaning::guess(name)));
    // The first record of whoever has two in one source, the rest in the other, each twice.
    let first: Vec<bool> = truth.iter().zip(&truth[1..]).map(|(own, next)| own == next).collect();
    let source = |at: usize| u16::from(!first.get(at).copied().unwrap_or(false));
    let (mut table, mut sources, mut people) = (Table::new(columns()), Vec::new(), Vec::new());
    for at in (0..rows.len()).chain(0..40) {
        let values = rows[at].iter().map(String::as_str);
        table.push_from(source(at), values).expect("six values");
        sources.push(source(at));
        people.push(truth[at]);
    }
    assert_eq!((table.source(0), table.len()), (sources[0], rows.len() + 40));
    let (_, found) = link(table, 0);
    assert!(!found.links.is_empty());
    for pair in &found.links {
        assert_ne!(sources[pair.a as usize], sources[pair.b as usize], "{pair:?}");
    }
    let truth = Truth::of(&people).across(&sources);
    let pairs = omnichannel::identity::linkage::pairwise(&found.people, &truth);
    assert!(pairs.precision() >= 0.995 && pairs.recall() >= 0.98, "{pairs:?}");
}
