//! A batch gives the customers of a hub.

use std::collections::{BTreeMap, BTreeSet};

use omnichannel::identity::{Batch, Observation, Partition, identify};
use omnichannel::model::{CustomerId, IdentifierId, RecordId, Verdict};
use omnichannel::testkit::block_on;
use proptest::prelude::*;

use crate::common::{keys, tenant};
use crate::history::{Told, fresh, history, ruled, rules, tell};

type Customers = BTreeMap<CustomerId, Vec<RecordId>>;

/// What a hub holds after a history, the customers that it tells, and the shared identifiers.
fn told(steps: &[Told]) -> (Vec<Observation>, Vec<Verdict>, Customers, BTreeSet<IdentifierId>) {
    let (hub, rules) = (fresh(), rules());
    steps.iter().for_each(|step| tell(&hub, step));
    let portraits = block_on(hub.portraits(tenant())).expect("views");
    let facts = portraits.iter().flat_map(|portrait| &portrait.timeline);
    let observe = |touchpoint: &omnichannel::model::Touchpoint| Observation {
        record: touchpoint.record.expect("a timeline is of records"),
        source: touchpoint.source.clone(),
        occurred: touchpoint.occurred,
        identifiers: touchpoint
            .identifiers
            .iter()
            .map(|seen| identify(&rules, &keys().id_key, tenant(), seen))
            .collect(),
    };
    let observations = facts.map(|fact| observe(&fact.touchpoint)).collect();
    let verdicts = steps.iter().filter_map(|step| ruled(&hub, step));
    let verdicts = verdicts.flat_map(|facts| facts.verdicts).collect();
    let held = portraits.iter().flat_map(|portrait| &portrait.customer.endpoints);
    let shared = held.filter(|held| !held.linking).map(|held| held.id).collect();
    let customers = portraits.into_iter().map(|portrait| {
        let records = portrait.customer.records.iter().map(|record| record.id);
        (portrait.customer.id, records.collect())
    });
    (observations, verdicts, customers.collect(), shared)
}

fn customers(partitions: &[Partition]) -> Customers {
    let clusters = partitions.iter().flat_map(|partition| partition.clusters.iter().cloned());
    clusters.map(|cluster| (cluster.customer, cluster.records)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_gives_the_customers_of_a_hub(steps in history(), seed in any::<u64>()) {
        let (mut observations, verdicts, expected, expected_shared) = told(&steps);
        let rules = rules();
        let resolve = |observations: &[Observation]| {
            let mut batch = Batch::new(&rules);
            let half = verdicts.len() / 2;
            verdicts[half..].iter().for_each(|verdict| batch.rule(verdict));
            observations.iter().for_each(|seen| batch.observe(seen));
            verdicts[..half].iter().for_each(|verdict| batch.rule(verdict));
            let resolved = batch.resolve();
            let shared: BTreeSet<IdentifierId> = resolved.shared().collect();
            (shared, resolved.sizes(), resolved.collect::<Vec<Partition>>())
        };
        let (shared, sizes, partitions) = resolve(&observations);
        let components: usize = sizes.values().sum();
        prop_assert_eq!(components, partitions.len());
        prop_assert_eq!(customers(&partitions), expected);
        prop_assert_eq!(&shared, &expected_shared);

        let mut dice = crate::common::Dice::new(seed);
        for _ in 0..dice.below(observations.len() + 1) {
            observations.push(observations[dice.below(observations.len())].clone());
        }
        dice.shuffle(&mut observations);
        prop_assert_eq!(resolve(&observations), (shared, sizes, partitions));
    }
}
