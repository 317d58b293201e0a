//! Explanations are data: JSON that is read back, names nobody, in any order.

use omnichannel::Hub;
use omnichannel::engine::{Facts, Moved, verdict};
use omnichannel::identity::Health;
use omnichannel::model::{Disclosure, Explanation, IdentityRules, RecordId, Ruling, Weight};
use omnichannel::testkit::block_on;
use serde_json::Value;

use crate::common::{Dice, tenant};
use crate::told::{Told, explain, rule, seen, tell, tell_all, under, visit};

/// What names a person in this file's town.
const PERSONAL: [&str; 7] =
    ["ana@example.org", "612345678", "L-1", "L-2", "Ana Martin", "looked her up", "tablet-7"];

fn town() -> Vec<Told> {
    let at = |hour: usize| format!("2026-03-01T{hour:02}:00:00Z");
    let mail = seen("email", "ana@example.org");
    let phone = seen("phone", "+33612345678");
    let tablet = seen("device", "tablet-7");
    vec![
        visit("1", &at(1), &[seen("account", "ana"), mail.clone()]),
        visit("2", &at(2), &[seen("cookie", "c-1"), mail.clone()]),
        visit("3", &at(3), &[seen("loyalty_card", "L-1"), mail.clone()]),
        visit("4", &at(4), &[seen("loyalty_card", "L-2"), mail]),
        visit("5", &at(5), &[seen("account", "bob"), phone.clone(), tablet.clone()]),
        visit("6", &at(6), &[seen("account", "zoe"), phone.clone(), tablet]),
        visit("7", &at(7), &[seen("cookie", "c-2"), phone]),
        visit("8", &at(8), &[seen("cookie", "c-3"), seen("email", "info@example.org")]),
        visit("9", &at(9), &[seen("messaging_id", "m-1"), seen("cookie", "c-2")]),
        visit("10", &at(10), &[seen("social_handle", "@s"), seen("messaging_id", "m-1")]),
    ]
}

fn rulings(hub: &Hub, records: &[RecordId]) {
    let ana = |pair: (usize, usize), ruling, at: &str| {
        let pair = (records[pair.0], records[pair.1]);
        let at = at.parse().expect("a time");
        let by = ("Ana Martin", "looked her up");
        let verdict = verdict(&hub.context(tenant()), pair, ruling, at, by.0, by.1);
        block_on(hub.record_verdict(tenant(), verdict)).expect("ruled");
    };
    ana((6, 7), Ruling::Same, "2026-03-02T10:00:00Z");
    ana((1, 4), Ruling::Different, "2026-03-02T11:00:00Z");
    ana((1, 6), Ruling::Same, "2026-03-02T12:00:00Z");
    ana((4, 6), Ruling::Same, "2026-03-02T13:00:00Z");
}

/// Every explanation of every pair and record.
fn all(hub: &Hub, records: &[RecordId]) -> Vec<Explanation> {
    let mut all = Vec::new();
    for a in records {
        all.push(block_on(hub.how(tenant(), *a)).expect("read").expect("known"));
        all.extend(records.iter().map(|b| explain(hub, *a, *b)));
    }
    all
}

fn filled(told: &[Told], records: &[RecordId]) -> Hub {
    let hub = under(IdentityRules::default());
    told.iter().for_each(|told| {
        tell(&hub, told);
    });
    rulings(&hub, records);
    hub
}

fn world() -> (Hub, Vec<RecordId>) {
    let hub = under(IdentityRules::default());
    let records = tell_all(&hub, &town());
    rulings(&hub, &records);
    (hub, records)
}

#[test]
fn every_explanation_is_json_that_is_read_back() {
    let (hub, records) = world();
    let mut rules: Vec<String> = Vec::new();
    for explanation in all(&hub, &records) {
        let text = serde_json::to_string(&explanation).expect("JSON");
        let again: Explanation = serde_json::from_str(&text).expect("read back");
        assert_eq!(again, explanation);
        assert_eq!(again.text(Disclosure::Full), explanation.text(Disclosure::Full));
        let json: Value = serde_json::from_str(&text).expect("JSON");
        for reason in json["reasons"].as_array().expect("reasons") {
            assert!(matches!(reason["weight"].as_str(), Some("for" | "against" | "note")));
            rules.extend(reason["rule"].as_str().map(str::to_owned));
        }
    }
    rules.sort_unstable();
    rules.dedup();
    let expected = [
        "blocked_value",
        "health",
        "identifier",
        "no_evidence",
        "refused_join",
        "verdict",
        "weakest_join",
    ];
    assert_eq!(rules, expected, "every kind of reason was met");
}

#[test]
fn an_explanation_names_nobody_unless_it_is_asked_to() {
    let (hub, records) = world();
    let mut named = [false; PERSONAL.len()];
    for explanation in all(&hub, &records) {
        let redacted = [explanation.to_string(), format!("{explanation:?}")];
        let full = explanation.text(Disclosure::Full);
        for (at, personal) in PERSONAL.iter().enumerate() {
            assert!(redacted.iter().all(|text| !text.contains(personal)), "{redacted:?}");
            named[at] |= full.contains(personal);
        }
    }
    assert_eq!(named, [true, true, false, false, true, true, true], "in full it names them");
}

#[test]
fn a_redacted_explanation_is_json_that_names_nobody() {
    let (hub, records) = world();
    for explanation in all(&hub, &records) {
        let redacted = explanation.redacted();
        let text = serde_json::to_string(&redacted).expect("JSON");
        assert!(PERSONAL.iter().all(|personal| !text.contains(personal)), "{text}");
        assert_eq!(redacted.text(Disclosure::Full), explanation.text(Disclosure::Redacted));
        assert_eq!(redacted.redacted(), redacted);
    }
}

#[test]
fn what_if_is_json_that_names_nobody() {
    let (hub, records) = world();
    let at = "2026-03-03T10:00:00Z".parse().expect("a time");
    let context = hub.context(tenant());
    let pair = (records[5], records[7]);
    let ruled = verdict(&context, pair, Ruling::Same, at, "Ana Martin", "looked her up");
    let facts = Facts { verdicts: vec![ruled], ..Facts::default() };
    let moved = block_on(hub.what_if(tenant(), &facts)).expect("previewed");
    assert!(!moved.is_empty());
    let text = serde_json::to_string(&moved).expect("JSON");
    assert_eq!(serde_json::from_str::<Vec<Moved>>(&text).expect("read back"), moved);
    assert!(PERSONAL.iter().all(|personal| !text.contains(personal)), "{text}");
    let health = block_on(hub.health(tenant(), records[0])).expect("read").expect("known");
    let text = serde_json::to_string(&health).expect("JSON");
    assert_eq!(serde_json::from_str::<Health>(&text).expect("read back"), health);
}

#[test]
fn explanations_and_previews_are_equal_for_any_order_and_repetition() {
    let (hub, records) = world();
    let said = |hub: &Hub| serde_json::to_string(&all(hub, &records)).expect("JSON");
    let foretold = |hub: &Hub| {
        let at = "2026-03-03T10:00:00Z".parse().expect("a time");
        let pairs = [(5, 7), (0, 3), (2, 6)];
        let ruled = pairs.map(|(a, b)| {
            let pair = (records[a], records[b]);
            verdict(&hub.context(tenant()), pair, Ruling::Same, at, "Ana Martin", "x")
        });
        let facts = Facts { verdicts: ruled.into(), ..Facts::default() };
        block_on(hub.what_if(tenant(), &facts)).expect("previewed")
    };
    let (expected, moves) = (said(&hub), foretold(&hub));
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let mut told = town();
        for _ in 0..dice.below(6) {
            told.push(told[dice.below(told.len())].clone());
        }
        dice.shuffle(&mut told);
        let other = filled(&told, &records);
        assert_eq!(said(&other), expected, "seed {seed}");
        assert_eq!(foretold(&other), moves, "seed {seed}");
    }
}

/// Each "what would change it" is true when tried.
#[test]
fn what_would_change_an_answer_changes_it() {
    let (hub, records) = world();
    let pairs = |hub: &Hub| {
        let mut pairs = Vec::new();
        for (at, a) in records.iter().enumerate() {
            pairs.extend(records[at + 1..].iter().map(|b| (*a, *b, explain(hub, *a, *b))));
        }
        pairs
    };
    let (mut parted, mut joined, mut undone) = (0, 0, 0);
    for (a, b, explanation) in pairs(&hub) {
        for change in &explanation.would_change {
            let hub = filled(&town(), &records);
            let text = change.to_string();
            let (ruling, together) = match text.as_str() {
                "A verdict that the two records are different parties would part them." => {
                    parted += 1;
                    (Ruling::Different, false)
                }
                "Seeing one linking identifier on both, or a verdict, would join them." => {
                    joined += 1;
                    (Ruling::Same, true)
                }
                "Taking the verdict back would let the evidence decide." => {
                    undone += 1;
                    rule(&hub, (a, b), Ruling::Undecided, "2026-03-04T10:00:00Z");
                    let now = explain(&hub, a, b);
                    let by_verdict =
                        |rule: &str, weight| rule == "verdict" && weight == Weight::Against;
                    assert!(!now.reasons.iter().any(|r| by_verdict(&r.rule, r.weight)), "{now}");
                    continue;
                }
                other => panic!("an unknown change: {other}"),
            };
            rule(&hub, (a, b), ruling, "2026-03-04T10:00:00Z");
            assert_eq!(crate::told::same(&hub, a, b), together, "{explanation}");
        }
    }
    assert!(parted > 0 && joined > 0 && undone > 0, "{parted}, {joined}, {undone}");
}
