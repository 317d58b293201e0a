//! Blocking rules as data: what they find, once, and what is refused.

use std::collections::{BTreeMap, BTreeSet};

use omnichannel::identity::linkage::{
    BlockingRule, Comparison, Condition, Facet, Linked, Linker, LiveIndex, Meaning, Model,
    ModelError, Table,
};
use proptest::prelude::*;

use crate::town::{COLUMNS, town};

const PLACES: [(&str, Meaning); 4] = [
    ("first", Meaning::FirstName),
    ("last", Meaning::Surname),
    ("born", Meaning::BirthDate),
    ("tags", Meaning::List),
];

fn table<const N: usize>(columns: [(&str, Meaning); N], rows: &[[&str; N]]) -> Table {
    let mut table = Table::new(columns);
    for row in rows {
        table.push(row.iter().copied()).expect("a value for each column");
    }
    table
}

fn linked(linker: &Linker) -> (BTreeSet<(u32, u32)>, Linked) {
    let linked = linker.link(&linker.learn(), i64::MIN);
    let pairs: BTreeSet<(u32, u32)> = linked.links.iter().map(|of| (of.a, of.b)).collect();
    assert_eq!(pairs.len(), linked.links.len(), "a pair comes once");
    assert_eq!(linked.candidates, linked.links.len() as u64);
    (pairs, linked)
}

#[test]
fn each_facet_finds_those_that_agree_in_it() {
    let columns = [
        ("name", Meaning::Surname),
        ("born", Meaning::BirthDate),
        ("code", Meaning::PostalCode),
        ("mail", Meaning::Email),
        ("tags", Meaning::List),
    ];
    let rows = [
        ["Robertson", "1980-02-03", "SW1A 1AA", "ann@example.org", "red; blue"],
        ["Robinson", "1980-11-12", "SW1A 2ZZ", "ann@example.com", "blue; green"],
        ["Rupertson", "1991-02-03", "EC1A 1BB", "bob@example.com", "black"],
        ["", "", "", "", ""],
    ];
    for (part, pairs, words) in [
        ((0, Facet::Whole), vec![], "name"),
        ((0, Facet::First(3)), vec![(0, 1)], "name (3 letters)"),
        ((0, Facet::First(1)), vec![(0, 1), (0, 2), (1, 2)], "name (1 letter)"),
        ((0, Facet::Sound), vec![(0, 2)], "name (sound)"),
        ((0, Facet::Gram(4)), vec![(0, 2)], "name (any 4 letters)"),
        ((0, Facet::Gram(3)), vec![(0, 1), (0, 2), (1, 2)], "name (any 3 letters)"),
        ((1, Facet::Year), vec![(0, 1)], "born (year)"),
        ((1, Facet::Day), vec![(0, 2)], "born (day)"),
        ((2, Facet::Area), vec![(0, 1)], "code (area)"),
        ((3, Facet::User), vec![(0, 1)], "mail (user)"),
        ((4, Facet::Element), vec![(0, 1)], "tags (an element)"),
    ] {
        let linker = Linker::of(table(columns, &rows)).blocking([BlockingRule::of([part])]);
        let (found, linked) = linked(&linker.expect("sound"));
        assert_eq!(found, pairs.into_iter().collect(), "{part:?}");
        assert_eq!(linked.rules[0].name, words);
    }
}

/// Whether two cleaned records agree by a rule, as its words have it; without swapped names.
fn agree(rule: &BlockingRule, a: &[&str; 4], b: &[&str; 4]) -> bool {
    let grams = |value: &str, letters: u8| -> BTreeSet<String> {
        let symbols: Vec<char> = value.chars().collect();
        if value.is_empty() || symbols.len() <= letters.into() {
            return Some(value.to_owned()).filter(|value| !value.is_empty()).into_iter().collect();
        }
        symbols.windows(letters.into()).map(|gram| gram.iter().collect()).collect()
    };
    rule.parts().iter().all(|(at, facet)| {
        let (one, other) = (a[*at], b[*at]);
        let first = |value: &str, count: u8| value.chars().take(count.into()).collect::<String>();
        let both = !one.is_empty() && !other.is_empty();
        both && match facet {
            Facet::Whole => one == other,
            Facet::First(count) => first(one, *count) == first(other, *count),
            Facet::Gram(count) => !grams(one, *count).is_disjoint(&grams(other, *count)),
            Facet::Element => one.split(';').any(|own| other.split(';').any(|of| own == of)),
            _ => unreachable!("not drawn"),
        }
    })
}

fn facet() -> impl Strategy<Value = Facet> {
    prop_oneof![
        Just(Facet::Whole),
        (1..4_u8).prop_map(Facet::First),
        (2..4_u8).prop_map(Facet::Gram)
    ]
}

fn rule() -> impl Strategy<Value = BlockingRule> {
    // Surnames and other columns only: first names would meet them.
    let part = prop_oneof![(1..3_usize, facet()), Just((3_usize, Facet::Element))];
    let parts = prop::collection::vec(part, 1..3);
    parts.prop_filter_map("one part of which a value has many, none twice", |parts| {
        let many = |facet: &Facet| matches!(facet, Facet::Gram(_) | Facet::Element);
        let few = parts.iter().filter(|(_, facet)| many(facet)).count() < 2;
        let distinct = parts.iter().collect::<BTreeSet<_>>().len() == parts.len();
        (few && distinct).then(|| BlockingRule::of(parts))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn rules_find_each_pair_that_agrees_once_in_a_batch_and_live(
        rules in prop::collection::vec(rule(), 1..5),
        rows in prop::collection::vec(
            ("", "[ab]{0,4}", "", prop::collection::btree_set("[a-d]", 0..4)), 2..12,
        ),
        middles in prop::collection::vec("[abc]{0,5}", 12),
        sources in prop::option::of(prop::collection::vec(0..3_u16, 12)),
    ) {
        let columns = [PLACES[0], PLACES[1], ("town", Meaning::City), PLACES[3]];
        let row = |((none, last, _, tags), town): ((String, _, String, BTreeSet<String>), _)| {
            [none, last, town, tags.into_iter().collect::<Vec<_>>().join(";")]
        };
        let rows: Vec<[String; 4]> = rows.into_iter().zip(middles).map(row).collect();
        let rows: Vec<[&str; 4]> =
            rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
        let mut made = Table::new(columns);
        for (row, at) in rows.iter().zip(0..) {
            let source = sources.as_ref().map_or(0, |of| of[at]);
            made.push_from(source, row.iter().copied()).expect("four values");
        }
        let may = |a: usize, b: usize| sources.as_ref().is_none_or(|of| {
            let all_of_one = of[..rows.len()].iter().all(|source| *source == 0);
            all_of_one || of[a] != of[b]
        });
        let linker = Linker::of(made).blocking(rules.clone()).expect("sound");
        let (found, linked) = linked(&linker);
        let all = (0..rows.len()).flat_map(|a| (a + 1..rows.len()).map(move |b| (a, b)));
        let expected: BTreeSet<(u32, u32)> = all
            .filter(|(a, b)| may(*a, *b))
            .filter(|(a, b)| rules.iter().any(|rule| agree(rule, &rows[*a], &rows[*b])))
            .map(|(a, b)| (a as u32, b as u32))
            .collect();
        prop_assert_eq!(&found, &expected);
        for rule in &linked.rules {
            prop_assert!(rule.new <= rule.found, "{:?}", rule);
        }
        if sources.is_none() {
            let model = linker.learn();
            let mut index = LiveIndex::new(&model);
            for (row, at) in rows.iter().zip(0_u32..) {
                index.insert(at, row).expect("four values");
            }
            let mut live = BTreeSet::new();
            for at in 0..rows.len() as u32 {
                for of in index.find_known(&at, i64::MIN).expect("known").matches {
                    live.insert((at.min(of.id), at.max(of.id)));
                }
            }
            prop_assert_eq!(live, expected);
        }
    }
}

#[test]
fn a_model_keeps_its_rules_in_a_batch_and_live() {
    let (rows, _) = town(600, 200);
    let own = [
        BlockingRule::of([(1, Facet::Gram(5))]),
        BlockingRule::of([(4, Facet::User)]),
        BlockingRule::of([(0, Facet::Sound), (3, Facet::Whole)]),
    ];
    let of_town = || {
        let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
        for row in &rows {
            table.push(row.iter().map(String::as_str)).expect("six values");
        }
        table
    };
    let linker = Linker::of(of_town()).blocking(own.clone()).expect("sound");
    let model = Model::from_json(&linker.learn().to_json().expect("names differ")).expect("reads");
    assert_eq!(model.blocking(), [own[1].clone(), own[2].clone(), own[0].clone()]);
    let linker = Linker::with(of_town(), &model).expect("all columns");
    let linked = linker.link(&model, i64::MIN);
    let names: Vec<&str> = linked.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["email (user)", "first_name (sound) + postcode", "surname (any 5 letters)"]);
    assert!(linked.rules[2].new > 100, "{:?}", linked.rules);
    let mut index = LiveIndex::new(&model);
    for (row, at) in rows.iter().zip(0_u32..) {
        index.insert(at, &row.each_ref().map(String::as_str)).expect("six values");
    }
    let mut live: BTreeMap<(u32, u32), i64> = BTreeMap::new();
    for at in 0..rows.len() as u32 {
        for of in index.find_known(&at, i64::MIN).expect("known").matches {
            live.insert((at.min(of.id), at.max(of.id)), of.weight);
        }
    }
    let batch: BTreeMap<_, _> =
        linked.links.iter().map(|link| ((link.a, link.b), link.weight)).collect();
    assert_eq!(live, batch);
}

#[test]
fn a_crowded_key_loses_its_pairs_and_says_how_many() {
    let tags: Vec<String> =
        (0..302).map(|at| format!("all;own{}", if at < 2 { 0 } else { at })).collect();
    let mut table = Table::new([("tags", Meaning::List)]);
    for tags in &tags {
        table.push([tags.as_str()].into_iter()).expect("one value");
    }
    let rules = [BlockingRule::of([(0, Facet::Element)])];
    let (found, linked) = linked(&Linker::of(table).blocking(rules).expect("sound"));
    assert_eq!(found, BTreeSet::from([(0, 1)]), "by the key that is not crowded");
    assert_eq!((linked.lost, linked.rules[0].found), (302 * 301 / 2, 1));
}

#[test]
fn a_rule_counts_only_what_may_be_a_pair() {
    let mut table = Table::new([("email", Meaning::Email)]);
    for source in [0, 0, 0, 1, 1] {
        table.push_from(source, ["ann@example.org"].into_iter()).expect("one value");
    }
    let (_, linked) = linked(&Linker::of(table));
    assert_eq!((linked.rules[0].found, linked.rules[0].new), (6, 6));
    assert_eq!((linked.rules[1].found, linked.rules[1].new), (6, 0));
    let mut table = Table::new([("email", Meaning::Email)]);
    for at in 0..400 {
        table.push_from(u16::from(at == 0), ["ann@example.org"].into_iter()).expect("one value");
    }
    let linked = crate::blocking::linked(&Linker::of(table)).1;
    assert_eq!((linked.rules[0].lost, linked.candidates), (399, 0));
}

#[test]
fn two_columns_of_one_meaning_are_not_mixed_up() {
    let columns = [("a", Meaning::Other), ("b", Meaning::Other)];
    let rows = [["x", "y"], ["y", "x"], ["x", "y"]];
    let both = [BlockingRule::of([(0, Facet::Whole), (1, Facet::Whole)])];
    let linker = Linker::of(table(columns, &rows)).blocking(both.clone()).expect("sound");
    assert_eq!(linked(&linker).0, BTreeSet::from([(0, 2)]));
    // Names stand in each other's place.
    let names = [("a", Meaning::FirstName), ("b", Meaning::Surname)];
    let linker = Linker::of(table(names, &rows)).blocking(both).expect("sound");
    assert_eq!(linked(&linker).0.len(), 3);
}

#[test]
fn rules_that_can_find_nobody_are_refused() {
    let refused = |rules: Vec<BlockingRule>| {
        let refused = Linker::of(table(PLACES, &[["a", "b", "1980-01-02", "c"]])).blocking(rules);
        match refused {
            Err(ModelError::Unsound { at, what }) => format!("{at}: {what}"),
            other => panic!("{other:?}"),
        }
    };
    let whole = BlockingRule::of([(0, Facet::Whole)]);
    for (parts, says) in [
        (vec![(4, Facet::Whole)], "the table has no such column"),
        (vec![], "it has not 1 to 8 parts"),
        (vec![(0, Facet::Year)], "a year and a day are of a column that means `birth_date`"),
        (vec![(0, Facet::Element)], "elements are of a column that means"),
        (vec![(0, Facet::Gram(1))], "letters in a row are 2 to 8"),
        (vec![(0, Facet::First(65))], "first letters are 1 to 64"),
        (vec![(0, Facet::Whole), (0, Facet::Whole)], "it has a part twice"),
        (vec![(0, Facet::Gram(2)), (3, Facet::Element)], "several parts of which a value has many"),
    ] {
        let said = refused(vec![whole.clone(), BlockingRule::of(parts)]);
        assert!(said.starts_with("blocking rule 2: ") && said.contains(says), "{said}");
    }
    assert_eq!(refused(vec![]), "blocking rules: there are none, so no pair would be found");
    assert_eq!(refused(vec![whole; 33]), "blocking rules: there are more than 32");
}

#[test]
fn a_table_that_lacks_a_column_of_a_rule_is_refused() {
    let rows = [["ann", "lee", "1980-01-02", "x"], ["ann", "lee", "1980-01-02", "x"]];
    let names = vec![Comparison::custom(0, [Condition::Same])];
    let linker = Linker::comparing(table(PLACES, &rows), names).expect("one column");
    let model = linker.blocking([BlockingRule::of([(3, Facet::Element)])]).expect("sound").learn();
    let refused = Linker::with(table([PLACES[0], PLACES[1]], &[["ann", "lee"]]), &model);
    assert_eq!(
        refused.expect_err("no tags"),
        ModelError::MissingColumns { columns: vec!["`tags`".to_owned()] }
    );
}

#[test]
fn no_columns_no_rules_or_no_records_find_nobody() {
    let mut none = Table::new([]);
    (0..3).for_each(|_| none.push([].into_iter()).expect("no value"));
    let unknown = table([("c1", Meaning::Other)], &[["x"], ["x"]]);
    let mut many = Table::new([("c1", Meaning::Other)]);
    (0..5_000).for_each(|_| many.push(["x"].into_iter()).expect("one value"));
    let empty = [Table::new([]), Table::new(PLACES), none, unknown, many];
    for (table, records) in empty.into_iter().zip([0, 0, 3, 2, 5_000]) {
        let columns = table.columns().len();
        let linker = Linker::of(table.clone());
        let model = linker.learn();
        let linked = linker.link(&model, 0);
        assert_eq!((linked.candidates, linked.people.len()), (0, records));
        let survey = linker.survey(&model, 0, None);
        assert_eq!(survey.alone.values().sum::<u64>(), records as u64);
        let model = Model::from_json(&model.to_json().expect("names")).expect("it reads");
        let again = Linker::with(table, &model).expect("its columns");
        assert_eq!(again.link(&model, 0).candidates, 0);
        let mut index = LiveIndex::new(&model);
        index.insert(1, &vec!["x"; columns]).expect("a value for each column");
        let answer = index.find(&vec!["x"; columns], i64::MIN).expect("a value for each column");
        // Of the columns with a meaning two equal names are found.
        assert_eq!(answer.candidates, usize::from(columns == PLACES.len()));
        assert!(index.remove(&1));
    }
    // Rules of several keys alone: there is no row of single keys.
    let of_lists = table([("tags", Meaning::List)], &[["a;b"], ["b;c"], [""]]);
    let rules = [BlockingRule::of([(0, Facet::Element)])];
    assert_eq!(linked(&Linker::of(of_lists).blocking(rules).expect("sound")).0.len(), 1);
}
