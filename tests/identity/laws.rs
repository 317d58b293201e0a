//! The laws, over arbitrary histories.

use std::collections::{BTreeMap, BTreeSet};

use omnichannel::Hub;
use omnichannel::engine::{Facts, Portrait, verdict};
use omnichannel::model::{CustomerId, Digest, Endpoint, Judge, Namespace, RecordId, Ruling};
use omnichannel::testkit::block_on;
use proptest::prelude::*;

use crate::common::{receive_batches, request, tenant};
use crate::history::{Told, fresh, history, record, ruled, rules, tell, touchpoint};

fn digest(hub: &Hub) -> Digest {
    block_on(hub.digest(tenant())).expect("views")
}

fn portraits(hub: &Hub) -> Vec<Portrait> {
    block_on(hub.portraits(tenant())).expect("views")
}

fn told(steps: &[Told]) -> Hub {
    let hub = fresh();
    steps.iter().for_each(|step| tell(&hub, step));
    hub
}

/// Every explanation, over every pair of records.
fn explanations(hub: &Hub) -> Vec<String> {
    let all: Vec<RecordId> = portraits(hub)
        .iter()
        .flat_map(|portrait| portrait.customer.records.iter().map(|record| record.id))
        .collect();
    let mut said = Vec::new();
    for a in &all {
        said.extend(block_on(hub.how(tenant(), *a)).expect("views").map(|how| how.to_string()));
        for b in all.iter().filter(|b| a < *b) {
            said.push(
                block_on(hub.why(tenant(), *a, *b)).expect("views").expect("known").to_string(),
            );
        }
    }
    said.sort();
    said
}

/// The people's verdicts in force on pairs of records: the latest, at one hour the larger id.
fn in_force(steps: &[Told]) -> BTreeMap<(RecordId, RecordId), Ruling> {
    let hub = fresh();
    let mut latest = BTreeMap::new();
    for facts in steps.iter().filter_map(|step| ruled(&hub, step)) {
        let verdict = &facts.verdicts[0];
        if verdict.ruling.judge() == Judge::Model {
            continue;
        }
        let slot = latest.entry((verdict.a, verdict.b)).or_insert((
            verdict.at,
            verdict.id,
            verdict.ruling,
        ));
        *slot = (*slot).max((verdict.at, verdict.id, verdict.ruling));
    }
    latest.into_iter().map(|(pair, (.., ruling))| (pair, ruling)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_order_batching_and_duplication_gives_the_same_customers_and_explanations(
        steps in history(),
        seed in any::<u64>(),
    ) {
        let plain = told(&steps);
        let mut other = steps.clone();
        let mut dice = crate::common::Dice::new(seed);
        for _ in 0..dice.below(4) {
            other.push(steps[dice.below(steps.len())].clone());
        }
        dice.shuffle(&mut other);
        let again = told(&other);
        prop_assert_eq!(digest(&again), digest(&plain));
        prop_assert_eq!(explanations(&again), explanations(&plain));
        // In batches: all touchpoints at once, then the verdicts.
        let batched = fresh();
        let requests: Vec<_> = other.iter().filter_map(touchpoint).collect();
        let requests: Vec<_> = requests.iter().map(|(at, body)| request(at, body)).collect();
        block_on(receive_batches(&batched, &requests, 1 + dice.below(30)));
        let rulings = other.iter().filter(|step| matches!(step, Told::Ruled { .. }));
        rulings.for_each(|step| tell(&batched, step));
        prop_assert_eq!(digest(&batched), digest(&plain));
    }

    #[test]
    fn no_customer_breaks_a_constraint_that_no_person_broke(steps in history()) {
        let hub = told(&steps);
        let rules = rules();
        let rulings = in_force(&steps);
        let mut held: BTreeSet<RecordId> = BTreeSet::new();
        for portrait in portraits(&hub) {
            let customer = &portrait.customer;
            let records: BTreeSet<RecordId> = customer.records.iter().map(|r| r.id).collect();
            for record in &records {
                prop_assert!(held.insert(*record), "each record in exactly one customer");
            }
            let both = |pair: &(RecordId, RecordId)| {
                records.contains(&pair.0) && records.contains(&pair.1)
            };
            let parted = |(pair, ruling): (&(RecordId, RecordId), &Ruling)| {
                both(pair) && *ruling == Ruling::Different
            };
            prop_assert!(!rulings.iter().any(parted), "a cannot-link is kept");
            // Joined by a person, perhaps by way of a record that was never seen.
            let joined = |((a, b), ruling): (&(RecordId, RecordId), &Ruling)| {
                *ruling == Ruling::Same && (records.contains(a) || records.contains(b))
            };
            if rulings.iter().any(joined) {
                continue;
            }
            prop_assert!(records.len() <= rules.records_max as usize);
            let stores = customer.records.iter().filter(|r| r.source.as_str() == "store").count();
            prop_assert!(stores <= 1, "the store knows each customer once");
            // What one record shows by itself is a fact; no join adds to it.
            for namespace in [Namespace::Account, Namespace::LoyaltyCard] {
                let strong = |endpoint: &&Endpoint| {
                    endpoint.namespace == namespace && endpoint.linking
                };
                let all = customer.endpoints.iter().filter(strong).count();
                let alone = customer.records.iter().map(|record| {
                    let shown = portrait.timeline.iter().map(|fact| &fact.touchpoint);
                    let shown = shown.filter(|touchpoint| touchpoint.record == Some(record.id));
                    let values = shown.flat_map(|touchpoint| &touchpoint.identifiers);
                    let values = values.filter(|seen| seen.namespace == namespace);
                    values.map(|seen| seen.value.expose()).collect::<BTreeSet<_>>().len()
                });
                prop_assert!(all <= alone.max().unwrap_or(0).max(1), "{customer:?}");
            }
        }
    }

    #[test]
    fn whoever_a_person_joins_is_joined_unless_a_person_forbids_it(steps in history()) {
        let hub = told(&steps);
        let rulings = in_force(&steps);
        for ((a, b), ruling) in &rulings {
            let holder = |id| block_on(hub.customer(tenant(), id)).expect("views").map(|c| c.id);
            let (Some(one), Some(other)) = (holder(*a), holder(*b)) else { continue };
            if *ruling == Ruling::Same && one != other {
                let why = block_on(hub.why(tenant(), *a, *b)).expect("views").expect("known");
                prop_assert!(why.to_string().contains("two parties"), "{why}");
            }
        }
    }

    #[test]
    fn a_merge_that_is_taken_back_leaves_views_as_they_were(
        steps in history(), one in 0..3usize, other in 0..3usize, values in (0..4u8, 0..4u8),
    ) {
        let hub = told(&steps);
        let before = portraits(&hub);
        let sender = |channel, value| record(&(channel, ("account", value, false)));
        let (a, b) = (sender(one, values.0), sender(other, values.1));
        prop_assume!(a != b);
        // Later than any other verdict of the history.
        let context = hub.context(tenant());
        for (hour, ruling) in [("24", Ruling::Same), ("25", Ruling::Undecided)] {
            let time = format!("2026-03-{hour}T00:00:00Z").parse().expect("a time");
            let ruled = verdict(&context, (a, b), ruling, time, "Ana", "no");
            let facts = Facts { verdicts: vec![ruled.clone()], ..Facts::default() };
            let foretold = block_on(hub.what_if(tenant(), &facts)).expect("previewed");
            let holders = holders(&hub);
            block_on(hub.record_verdict(tenant(), ruled)).expect("ruled");
            let moved: BTreeSet<RecordId> = foretold.iter().map(|moved| moved.record).collect();
            let after = self::holders(&hub);
            let truly = after.iter().filter(|(record, to)| holders.get(*record) != Some(*to));
            let truly: BTreeSet<RecordId> = truly.map(|(record, _)| *record).collect();
            prop_assert_eq!(moved, truly, "the preview comes true");
        }
        let pair = (a.min(b), a.max(b));
        if in_force(&steps).get(&pair).is_none_or(|ruling| *ruling == Ruling::Undecided) {
            prop_assert_eq!(portraits(&hub), before);
        }
    }
}

fn holders(hub: &Hub) -> BTreeMap<RecordId, CustomerId> {
    let all = portraits(hub);
    let each = all.iter().flat_map(|portrait| {
        portrait.customer.records.iter().map(|record| (record.id, portrait.customer.id))
    });
    each.collect()
}
