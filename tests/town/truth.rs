//! The truth is true, and a partition is judged by it.

use std::collections::{BTreeMap, BTreeSet};

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, TouchpointJson};
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::identity::normalise;
use omnichannel::model::{CustomerId, IdentityRules, Namespace, RecordId};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::testkit::town::{Evaluation, Knobs, Pairs, Town, Truth};

use super::common::{keys, now, tenant};
use super::{key, town};

fn hub(town: &Town) -> Hub {
    let hub = Hub::new(MemoryStore::new(), keys(), FixedClock::new(now()), SeededEntropy::new(1));
    town.channels().fold(hub, |hub, channel| {
        hub.channel(tenant(), Listening::new(TouchpointJson::new(channel)), KeyRing::default())
    })
}

#[test]
fn the_truth_is_that_of_the_sightings() {
    let town = town(Knobs::default().people(1_000).seed(11));
    let hub = hub(&town);
    let context = hub.context(tenant());
    let truth = town.truth(&context);
    // What the hub says of its own records.
    let mut whose: BTreeMap<RecordId, BTreeSet<u32>> = BTreeMap::new();
    let mut told = Vec::new();
    for sighting in town.sightings() {
        let reception = block_on(hub.receive(sighting.request(tenant()))).expect("received");
        let touchpoint = reception.taken[0].told().clone();
        if let Some(record) = reception.taken[0].record {
            whose.entry(record).or_default().insert(sighting.person);
        }
        told.push((sighting.person, touchpoint));
    }
    told.reverse();
    assert_eq!(Truth::of(&context, told), truth, "neither order nor copies matter");
    assert_eq!(truth.records().collect::<Vec<_>>(), whose.keys().copied().collect::<Vec<_>>());
    let mixed = whose.values().filter(|people| people.len() > 1).count();
    assert!(mixed > 0 && mixed * 50 < whose.len(), "{mixed} of {} are mixed", whose.len());
    for (record, people) in &whose {
        let only = people.first().copied().filter(|_| people.len() == 1);
        assert_eq!(truth.person_of(*record), only);
        assert_eq!(truth.chain_of(*record).is_some(), only.is_some());
    }
}

/// Chains by the definition's words: from each record by own identifiers, until nothing is new.
fn naive_chains(hub: &Hub, town: &Town) -> BTreeMap<RecordId, BTreeSet<RecordId>> {
    let mut people: BTreeMap<RecordId, BTreeSet<u32>> = BTreeMap::new();
    let mut on: BTreeMap<_, BTreeSet<RecordId>> = BTreeMap::new();
    for sighting in town.sightings() {
        let reception = block_on(hub.receive(sighting.request(tenant()))).expect("received");
        let Some(record) = reception.taken[0].record else { continue };
        people.entry(record).or_default().insert(sighting.person);
        for key in sighting.identifiers.iter().filter_map(key) {
            on.entry(key).or_default().insert(record);
        }
    }
    let own = |records: &&BTreeSet<RecordId>| {
        records.iter().flat_map(|record| &people[record]).collect::<BTreeSet<_>>().len() == 1
    };
    let own: Vec<&BTreeSet<RecordId>> = on.values().filter(own).collect();
    let unmixed = people.iter().filter(|(_, people)| people.len() == 1);
    let chain = |record: RecordId| {
        let mut chain = BTreeSet::from([record]);
        loop {
            let before = chain.len();
            for records in &own {
                if !records.is_disjoint(&chain) {
                    chain.extend(records.iter().copied());
                }
            }
            if chain.len() == before {
                return chain;
            }
        }
    };
    unmixed.map(|(record, _)| (*record, chain(*record))).collect()
}

#[test]
fn chains_are_what_the_definition_says() {
    let town = town(Knobs::default().people(120).seed(2).sharing(300).reassigned(100));
    let hub = hub(&town);
    let truth = town.truth(&hub.context(tenant()));
    let chains = naive_chains(&hub, &town);
    assert!(chains.values().any(|chain| chain.len() > 2));
    for (record, chain) in &chains {
        let same = chains.keys().filter(|other| truth.chain_of(**other) == truth.chain_of(*record));
        assert_eq!(same.copied().collect::<BTreeSet<_>>(), *chain);
    }
}

/// Counts pair by pair.
fn recount(truth: &Truth, customer_of: impl Fn(RecordId) -> CustomerId) -> (Pairs, Pairs) {
    let records: Vec<RecordId> =
        truth.records().filter(|record| truth.person_of(*record).is_some()).collect();
    let mut sizes: BTreeMap<Option<u32>, usize> = BTreeMap::new();
    for record in &records {
        *sizes.entry(truth.chain_of(*record)).or_default() += 1;
    }
    let (mut overall, mut unambiguous) = (Pairs::default(), Pairs::default());
    for (at, a) in records.iter().enumerate() {
        for b in &records[at + 1..] {
            let found = customer_of(*a) == customer_of(*b);
            let person = truth.person_of(*a) == truth.person_of(*b);
            let chain = truth.chain_of(*a) == truth.chain_of(*b);
            let alone = [a, b].iter().any(|of| sizes[&truth.chain_of(**of)] == 1);
            for (pairs, wanted, counts) in [
                (&mut overall, person, true),
                (&mut unambiguous, chain, !alone && (chain || !person)),
            ] {
                pairs.wanted += u64::from(counts && wanted);
                pairs.found += u64::from(counts && found);
                pairs.correct += u64::from(counts && found && wanted);
            }
        }
    }
    (overall, unambiguous)
}

fn customers(hub: &Hub) -> BTreeMap<RecordId, CustomerId> {
    let portraits = block_on(hub.portraits(tenant())).expect("read");
    let customers = portraits.into_iter().map(|portrait| portrait.customer);
    customers.flat_map(|it| it.records.into_iter().map(move |of| (of.id, it.id))).collect()
}

#[test]
fn an_evaluation_is_a_recount_of_every_pair() {
    let town = town(Knobs::default().people(300).seed(6).sharing(300));
    let hub = hub(&town);
    let requests = town.sightings().map(|sighting| sighting.request(tenant()));
    block_on(hub.receive_all(requests, |_, _| {})).expect("received");
    let (truth, held) = (town.truth(&hub.context(tenant())), customers(&hub));
    let evaluation = truth.evaluate(|record| held[&record]);
    assert_eq!((evaluation.overall, evaluation.unambiguous), recount(&truth, |it| held[&it]));
    assert!(evaluation.unambiguous.wanted > 100);

    let alone = truth.evaluate(CustomerId::from);
    assert_eq!((alone.overall.found, alone.overall.wanted), (0, evaluation.overall.wanted));
    let whose = |record| truth.person_of(record);
    let right = truth.evaluate(whose);
    assert_eq!(right.overall.found, right.overall.wanted);
    assert_eq!(right.overall.correct, right.overall.wanted);
    assert_eq!(right.unambiguous.correct, right.unambiguous.wanted);
    // Two chains of one person are rightly together, and no pair that was asked for.
    assert_eq!(right.unambiguous.found, right.unambiguous.wanted);
    assert_eq!((right.mixed_customers, right.unambiguous.recall()), (0, 1.0));
    let one = truth.evaluate(|_| ());
    let pairs = one.records * (one.records - 1) / 2;
    assert_eq!((one.overall.found, one.overall.correct), (pairs, one.overall.wanted));
    assert_eq!(one.mixed_customers, 1);
}

#[expect(clippy::disallowed_methods, reason = "the number of people is the caller's")]
fn asked(name: &str) -> Option<u32> {
    std::env::var(name).ok()?.parse().ok()
}

/// `OMNICHANNEL_TOWN=100000` judges a whole town, in release; the gate a village.
#[test]
fn a_town_goes_through_a_hub_and_is_judged() {
    let people = asked("OMNICHANNEL_TOWN").unwrap_or(2_000);
    let town = town(Knobs::default().people(people).seed(7));
    let hub = hub(&town);
    let requests = town.sightings().map(|sighting| sighting.request(tenant()));
    let counts = block_on(hub.receive_all(requests, |_, _| {})).expect("received");
    assert_eq!((counts.rejected, counts.conflicting), (0, 0));
    let (truth, held) = (town.truth(&hub.context(tenant())), customers(&hub));
    let evaluation: Evaluation = truth.evaluate(|record| held[&record]);
    println!("{people} people: {evaluation}");
    assert!(evaluation.unambiguous.recall() >= 0.98, "{evaluation}");
    assert!(evaluation.overall.precision() >= 0.999, "{evaluation}");
    let merged = merged_accounts(&hub);
    println!("{merged} customers of two accounts that no single record shows together");
    assert_eq!(merged, 0);
}

/// Customers with several accounts or cards that no record shows by itself.
fn merged_accounts(hub: &Hub) -> usize {
    let portraits = block_on(hub.portraits(tenant())).expect("views");
    let merges = portraits.iter().filter(|portrait| {
        [Namespace::Account, Namespace::LoyaltyCard].iter().any(|namespace| {
            let mut shown: BTreeMap<RecordId, BTreeSet<String>> = BTreeMap::new();
            for touchpoint in portrait.timeline.iter().map(|fact| &fact.touchpoint) {
                let values = touchpoint.identifiers.iter();
                let values = values.filter(|seen| seen.namespace == *namespace);
                let values = values.map(|seen| normalise(&IdentityRules::default(), seen));
                let values = values.filter(|seen| seen.blocked.is_none());
                let values = values.map(|seen| seen.value.into_exposed());
                shown.entry(touchpoint.record.expect("a record")).or_default().extend(values);
            }
            let all: BTreeSet<String> = shown.values().flatten().cloned().collect();
            all.len() > 1 && !shown.values().any(|values| *values == all)
        })
    });
    merges.count()
}
