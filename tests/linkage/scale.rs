//! Many records: any number of threads, watched, stopped, nothing lost in silence.

use std::convert::Infallible;
use std::ops::ControlFlow;

use omnichannel::identity::linkage::{
    Linked, Linker, Meaning, Model, Progress, Stage, Table, link,
};

use super::town::{COLUMNS, town};

fn table(rows: &[[String; 6]]) -> Table {
    let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
    for row in rows {
        table.push(row.iter().map(String::as_str)).expect("six values");
    }
    table
}

fn is_same(one: &(Model, Linked), other: &(Model, Linked)) -> bool {
    let bytes = |model: &Model| serde_json::to_vec(model).expect("JSON");
    bytes(&one.0) == bytes(&other.0)
        && one.1.links == other.1.links
        && one.1.people == other.1.people
        && one.1.rules == other.1.rules
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (rows, _) = town(9_000, 3_000);
    let among = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| link(table(&rows), 0))
    };
    let alone = among(1);
    let (links, candidates) = (alone.1.links.len(), alone.1.candidates);
    assert!(links > 2_000, "{links} links among {candidates} candidates");
    for threads in [2, 3, 7] {
        assert!(is_same(&alone, &among(threads)), "{threads} threads");
    }
}

#[test]
fn whoever_watches_sees_all_pairs_pass_and_changes_nothing() {
    let (rows, _) = town(3_000, 800);
    let linker = Linker::of(table(&rows));
    let mut seen: Vec<Progress> = Vec::new();
    let mut watch = |progress: Progress| {
        seen.push(progress);
        ControlFlow::<Infallible>::Continue(())
    };
    let ControlFlow::Continue(model) = linker.learn_watched(&mut watch);
    let ControlFlow::Continue(linked) = linker.link_watched(&model, 0, &mut watch);
    let plain = link(table(&rows), 0);
    assert!(is_same(&plain, &(model, linked)));
    assert!(seen.is_sorted_by_key(|progress| (progress.stage, progress.done)), "it only grows");
    let last = |stage| seen.iter().rfind(|progress| progress.stage == stage).expect("told");
    let found: u64 = plain.1.rules.iter().map(|rule| rule.found).sum();
    let links = plain.1.links.len() as u64;
    for (stage, all) in [(Stage::Weighing, found), (Stage::Clustering, links)] {
        assert_eq!((last(stage).done, last(stage).total), (all, all));
    }
    assert_eq!(seen.last().expect("told").stage, Stage::Clustering);
}

#[test]
fn each_stage_can_be_stopped() {
    let (rows, _) = town(3_000, 800);
    let linker = Linker::of(table(&rows));
    let model = linker.learn();
    for stage in [Stage::Sampling, Stage::Fitting, Stage::Weighing, Stage::Clustering] {
        let mut stop = |progress: Progress| match progress.stage {
            at if at == stage => ControlFlow::Break("enough"),
            _ => ControlFlow::Continue(()),
        };
        let learnt = linker.learn_watched(&mut stop).is_break();
        let linked = linker.link_watched(&model, 0, &mut stop).is_break();
        let learns = stage <= Stage::Fitting;
        assert_eq!((learnt, linked), (learns, !learns));
    }
}

#[test]
fn each_rule_says_what_it_finds_adds_and_loses() {
    let (mut rows, _) = town(1_500, 400);
    // So many people share a telephone that comparing all of them would find nobody.
    rows.iter_mut().take(500).for_each(|row| row[5] = "0612345678".to_owned());
    let linked = link(table(&rows), 0).1;
    let phone = linked.rules.iter().find(|rule| rule.name == "phone").expect("a rule");
    assert_eq!(phone.lost, 500 * 499 / 2);
    let sum = |of: fn(&omnichannel::identity::linkage::RulePairs) -> u64| {
        linked.rules.iter().map(of).sum::<u64>()
    };
    assert_eq!(linked.lost, sum(|rule| rule.lost));
    assert_eq!(linked.candidates, sum(|rule| rule.new));
    assert!(linked.rules.iter().all(|rule| rule.new <= rule.found));
    let first = &linked.rules[0];
    assert_eq!((first.name.as_str(), first.new), ("email", first.found), "the first finds all new");
    assert!(linked.rules.iter().any(|rule| rule.name == "postcode + surname (3 letters)"));
}

#[test]
fn what_stands_for_none_is_missing() {
    let junk = ["n/a", "unknown", "0000-00-00", "00000", "info@example.org", "0000000000"];
    let fine = ["na", "no", "1980-02-03", "75001", "ann@example.org", "0612345678"];
    let rows = [junk, fine].map(|row| row.map(str::to_owned));
    let linker = Linker::of(table(&rows));
    let model = linker.learn();
    assert_eq!(linker.weigh(&model, 0, 0), model.prior_same - others(&model), "nothing compared");
    assert_ne!(linker.weigh(&model, 1, 1), linker.weigh(&model, 0, 0));
}

fn others(model: &Model) -> i64 {
    assert_eq!(model.prior_related, None);
    model.prior_strangers
}

#[test]
fn nothing_shows_the_values_of_a_table() {
    let rows = [["Ann", "Smith", "1980-02-03", "75001", "ann@example.org", "0612345678"]];
    let table = table(&rows.map(|row| row.map(str::to_owned)));
    let shown = format!("{table:?} {:?}", Linker::of(table.clone()));
    for value in ["Ann", "ann@", "smith", "75001", "0612345678"] {
        assert!(!shown.contains(value), "{value}");
    }
}
