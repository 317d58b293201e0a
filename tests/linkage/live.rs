//! One record at a time: a live index says what a batch says.

use std::collections::BTreeMap;

use omnichannel::identity::linkage::{Answer, Linker, LiveIndex, Meaning, Model, Table};
use proptest::prelude::*;

use crate::town::{COLUMNS, town};

type Rows = Vec<[String; 6]>;

fn table(rows: &[[String; 6]]) -> Table {
    let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
    for row in rows {
        table.push(row.iter().map(String::as_str)).expect("six values");
    }
    table
}

fn words(row: &[String; 6]) -> Vec<&str> {
    row.iter().map(String::as_str).collect()
}

fn index(model: &Model, rows: &[[String; 6]]) -> LiveIndex<u32> {
    let mut index = LiveIndex::new(model);
    for (row, at) in rows.iter().zip(0..) {
        index.insert(at, &words(row)).expect("six values");
    }
    index
}

/// A model of a town, and other people of whom some share what hot blocks are made of.
fn world(people: usize, crowd: usize) -> (Model, Rows) {
    let (mut rows, _) = town(people, people / 3);
    let model = Linker::of(table(&rows)).learn();
    for row in rows.iter_mut().take(crowd) {
        row[1] = "Martin".to_owned();
        row[3] = "75011".to_owned();
    }
    (model, rows)
}

type Pairs = BTreeMap<(u32, u32), i64>;

fn batch(model: &Model, rows: &[[String; 6]], least: i64) -> (Pairs, u64) {
    let linker = Linker::with(table(rows), model).expect("the same columns");
    let linked = linker.link(model, least);
    let pairs = linked.links.iter().map(|link| ((link.a, link.b), link.weight));
    (pairs.collect(), linked.candidates)
}

fn live(index: &LiveIndex<u32>, least: i64) -> (Pairs, u64) {
    let (mut pairs, mut candidates) = (Pairs::new(), 0);
    for id in 0..u32::MAX {
        let Some(answer) = index.find_known(&id, least) else { break };
        candidates += answer.candidates as u64;
        for found in answer.matches {
            let both = (id.min(found.id), id.max(found.id));
            let known = pairs.entry(both).or_insert(found.weight);
            assert_eq!(*known, found.weight, "either asks");
        }
    }
    (pairs, candidates / 2)
}

#[test]
fn asking_for_each_record_finds_what_a_batch_finds_and_weighs_it_the_same() {
    for (people, crowd) in [(1_200, 0), (900, 420), (700, 300), (700, 299)] {
        let (model, rows) = world(people, crowd);
        let index = index(&model, &rows);
        for least in [0, -20_000] {
            assert_eq!(live(&index, least), batch(&model, &rows, least), "{crowd} of a name");
        }
    }
}

#[test]
fn a_block_that_the_asked_record_makes_too_large_is_not_compared() {
    let (model, rows) = world(700, 300);
    // Of the crowded block, one is outside: with it there are as many as may be, then one more.
    let outside = index(&model, &rows[1..]);
    let full = index(&model, &rows);
    let asked = words(&rows[0]);
    let crowded = |answer: Answer<u32>| answer.crowded;
    let few = crowded(outside.find(&asked, 0).expect("six values"));
    let many = crowded(full.find(&asked, 0).expect("six values"));
    assert_eq!((few, many > few), (0, true));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn records_that_came_and_left_leave_the_index_of_those_that_stayed(
        steps in prop::collection::vec((0..60_u32, 0..160_usize, any::<bool>()), 1..200),
    ) {
        let (model, rows) = world(120, 0);
        let (mut grown, mut stayed) = (LiveIndex::new(&model), BTreeMap::new());
        for (id, at, comes) in steps {
            if comes {
                let row = &rows[at % rows.len()];
                grown.insert(id, &words(row)).expect("six values");
                stayed.insert(id, row);
            } else {
                prop_assert_eq!(grown.remove(&id), stayed.remove(&id).is_some());
            }
        }
        let mut built = LiveIndex::new(&model);
        for (id, row) in stayed.iter().rev() {
            built.insert(*id, &words(row)).expect("six values");
        }
        prop_assert_eq!((grown.len(), built.len()), (stayed.len(), stayed.len()));
        for row in rows.iter().take(40) {
            let asked = words(row);
            prop_assert_eq!(grown.find(&asked, i64::MIN), built.find(&asked, i64::MIN));
        }
        for id in 0..60 {
            prop_assert_eq!(grown.find_known(&id, i64::MIN), built.find_known(&id, i64::MIN));
        }
    }
}

#[test]
fn an_answer_is_explained_by_terms_that_sum_to_its_weight() {
    let (model, rows) = world(600, 0);
    let index = index(&model, &rows);
    let mut explained = 0;
    for row in rows.iter().take(200) {
        let mut asked = row.clone();
        asked[0].push('x');
        let asked = words(&asked);
        for found in index.find(&asked, 0).expect("six values").matches {
            let waterfall = index.explain(&asked, &found.id).expect("six values").expect("known");
            assert_eq!(waterfall.weight, found.weight);
            let sum: i64 = waterfall.terms.iter().map(|term| term.weight).sum();
            assert_eq!(sum, found.weight);
            explained += 1;
        }
    }
    assert!(explained >= 200, "{explained}");
    assert_eq!(index.explain(&words(&rows[0]), &9_999), Ok(None));
}

#[test]
fn wrong_input_changes_nothing_and_says_what_is_wrong() {
    let (model, rows) = world(60, 0);
    let mut index = index(&model, &rows);
    let before = index.find(&words(&rows[0]), 0).expect("six values");
    let refused = index.insert(0, &["x"]).expect_err("one value").to_string();
    assert_eq!(refused, "record 1 has 1 values, but there are 6 columns");
    assert!(index.find(&["x"], 0).is_err() && index.find_known(&9_999, 0).is_none());
    assert!(!index.remove(&9_999));
    assert_eq!(index.find(&words(&rows[0]), 0), Ok(before));
    // Nothing said is nobody; nothing personal shows.
    let nothing = index.find(&[""; 6], i64::MIN).expect("six values");
    assert_eq!((nothing.candidates, nothing.matches.len()), (0, 0));
    assert_eq!(format!("{index:?}"), format!("LiveIndex({} records)", rows.len()));
}
