//! Learning from labels, and what a model says is weak about itself.

use omnichannel::identity::linkage::{Label, LabelError, Linker, Meaning, Model, Table, Weakness};

use crate::town::{COLUMNS, town};

fn linker(rows: &[[String; 6]]) -> Linker {
    let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
    for row in rows {
        table.push(row.iter().map(String::as_str)).expect("six values");
    }
    Linker::of(table)
}

/// How often the records of one person have the same telephone number.
fn phones(model: &Model) -> f64 {
    let phone =
        model.comparisons.iter().find(|of| model.columns[of.comparison.column].name == "phone");
    phone.expect("a comparison").m[0].get()
}

/// Pairs of neighbours that are one person.
fn labels(truth: &[usize]) -> Vec<Label> {
    let pairs = truth.windows(2).zip(0_u32..);
    let same = pairs.filter(|(pair, _)| pair[0] == pair[1]);
    same.map(|(_, a)| Label { a: a + 1, b: a, same: true }).collect()
}

#[test]
fn labelled_pairs_teach_how_one_persons_records_differ() {
    let (mut rows, truth) = town(600, 200);
    let labels = labels(&truth);
    let before = phones(&linker(&rows).learn());
    // From now on most people's second record has another number, far from the first.
    for (at, label) in labels.iter().enumerate().filter(|(at, _)| at % 4 != 0) {
        rows[label.a as usize][5] = format!("0800{:06}", at * 997);
    }
    let linker = linker(&rows);
    let (without, with) = (linker.learn(), linker.learn_from(&labels).expect("sound labels"));
    assert!(before > 0.9, "{before}");
    let told = phones(&with);
    let (own, unlabelled) = ((told - 0.25).abs(), (phones(&without) - 0.25).abs());
    assert!(own <= unlabelled + 0.02 && own < 0.1, "{told} with labels");
    let mut turned = labels.clone();
    turned.reverse();
    turned.extend_from_slice(&labels[..5]);
    assert_eq!(linker.learn_from(&turned), Ok(with), "order and repetition teach nothing");
    assert_eq!(linker.learn_from(&[]), Ok(without));
}

#[test]
fn labels_that_cannot_be_right_are_named() {
    let linker = linker(&town(10, 2).0);
    let one = Label { a: 0, b: 1, same: true };
    for (labels, error) in [
        (
            vec![one, Label { a: 1, b: 0, same: false }],
            LabelError::Contradiction { label: 2, a: 0, b: 1 },
        ),
        (vec![Label { b: 0, ..one }], LabelError::Itself { label: 1, record: 0 }),
        (vec![Label { b: 12, ..one }], LabelError::NoRecord { label: 1, record: 12, records: 12 }),
    ] {
        assert_eq!(linker.learn_from(&labels), Err(error));
    }
}

#[test]
fn a_model_says_what_is_weak_about_it() {
    let weak = |rows: &[[String; 6]]| linker(rows).learn().diagnose();
    let (rows, _) = town(3_000, 900);
    let said = weak(&rows);
    assert!(said.iter().all(|of| of.weakness == Weakness::Unobserved), "{said:#?}");

    let none = weak(&town(1_000, 0).0);
    assert!(none.iter().any(|of| of.weakness == Weakness::NoPairs), "{none:#?}");
    let few = weak(&town(1_000, 20).0);
    let is_few = |weakness| matches!(weakness, Weakness::FewPairs { pairs: 5..50 });
    assert!(few.iter().any(|of| is_few(of.weakness)), "{few:#?}");
    let sentence = few.iter().find(|of| is_few(of.weakness)).expect("one").to_string();
    assert!(sentence.starts_with('`') && sentence.contains("label pairs"), "{sentence}");
}

#[test]
fn a_column_that_changes_between_a_persons_records_is_named() {
    let json = include_str!("model-1.json");
    // The best level is met by strangers sooner, and a lower one speaks more.
    let plain = json.replacen("\"rarity\": true", "\"rarity\": false", 1);
    let worse = plain.replace("\"m\": \"0.8\", \"u\": \"0.01\"", "\"m\": \"0.1\", \"u\": \"0.8\"");
    let said = Model::from_json(&worse).expect("it reads").diagnose();
    let of = |weakness| said.iter().filter(|of| of.weakness == weakness).count();
    assert_eq!(of(Weakness::BestLevelBelowStrangers), 1, "{said:#?}");
    assert_eq!(of(Weakness::NotInOrder { better: 0 }), 1, "{said:#?}");
    let households = json
        .replace(
            "\"m_related\": \"0.1\", \"weight\": -322",
            "\"m_related\": \"0.79\", \"weight\": -322",
        )
        .replace(
            "\"u\": \"0.0001\", \"m_related\": \"0.0001\", \"pairs\": 30",
            "\"u\": \"0.0001\", \"m_related\": \"0.88\", \"pairs\": 30",
        );
    let said = Model::from_json(&households).expect("it reads").diagnose();
    assert!(said.iter().any(|of| of.weakness == Weakness::RelatedLikeSame), "{said:#?}");
    let plain = Model::from_json(json).expect("it reads").diagnose();
    assert!(plain.iter().all(|of| of.weakness != Weakness::RelatedLikeSame), "{plain:#?}");
}
