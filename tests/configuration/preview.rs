//! What a configuration would change is told beforehand, and then so it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::model::{Configuration, CustomerId, RecordId, Refusal};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::{crowd, receive_batches, tenant};
use crate::world::{blocking, decide, digest, export, melting, open, policy};

fn holders(hub: &Hub) -> BTreeMap<RecordId, CustomerId> {
    let portraits = block_on(hub.portraits(tenant())).expect("views");
    let held = portraits.iter().flat_map(|portrait| {
        let customer = &portrait.customer;
        customer.records.iter().map(|record| (record.id, customer.id))
    });
    held.collect()
}

/// For each value on the one side, the values that it meets on the other.
fn met(pairs: impl Iterator<Item = (CustomerId, CustomerId)>) -> Vec<BTreeSet<CustomerId>> {
    let mut met: BTreeMap<CustomerId, BTreeSet<CustomerId>> = BTreeMap::new();
    for (one, other) in pairs {
        met.entry(one).or_default().insert(other);
    }
    met.into_values().collect()
}

#[test]
fn a_preview_of_identity_rules_comes_true() {
    let steps = [
        melting(&["tablet of the family"]),
        blocking(&["account-3", "p5@example.org", "tablet of the family"]),
        melting(&["p5@example.org"]),
        Configuration::default(),
        melting(&["account-3"]),
        melting(&[]),
    ];
    let (mut splits, mut joins) = (0, 0);
    for seed in 0..10 {
        let store = Arc::new(MemoryStore::new());
        block_on(receive_batches(&open(&store), &crowd(seed, 40), 100));
        for next in &steps {
            let hub = open(&store);
            let (before, written) = (holders(&hub), export(&hub));
            let preview = block_on(hub.preview(next)).expect("previewed");
            assert_eq!(export(&hub), written, "nothing was written");
            assert_eq!(holders(&hub), before);
            block_on(hub.configure(next.clone())).expect("configured");
            let after = holders(&hub);
            let forth = met(before.iter().map(|(record, held)| (*held, after[record])));
            let back = met(after.iter().map(|(record, held)| (*held, before[record])));
            let split = forth.iter().filter(|meets| meets.len() > 1).count();
            let joined: BTreeSet<CustomerId> =
                back.iter().filter(|meets| meets.len() > 1).flatten().copied().collect();
            assert_eq!(preview.splits as usize, split, "seed {seed}");
            let told: BTreeSet<CustomerId> = preview.joined.iter().map(|(_, id)| *id).collect();
            assert_eq!(told, joined, "seed {seed}");
            assert_eq!((preview.joins as usize, preview.is_partial), (joined.len(), false));
            splits += preview.splits;
            joins += preview.joins;
        }
    }
    println!("{splits} splits and {joins} joins foretold");
    assert!(splits > 10 && joins > 100);
}

#[test]
fn a_preview_of_a_policy_names_the_messages_that_would_be_refused() {
    let store = Arc::new(MemoryStore::new());
    let hub = open(&store);
    block_on(hub.configure(Configuration { policy: policy(), ..Configuration::default() }))
        .expect("configured");
    let decided: Vec<_> =
        (0..5).map(|n| decide(&hub, &format!("k{n}")).expect("decided").id).collect();
    let nothing = block_on(hub.preview(&hub.configuration())).expect("previewed");
    assert_eq!(nothing, omnichannel::hub::Preview::default());
    let (views, written) = (digest(&hub), export(&hub));
    let preview = block_on(hub.preview(&Configuration::default())).expect("previewed");
    assert_eq!(preview.refusals, 5);
    let named: BTreeSet<_> = preview.refused.iter().map(|(_, id, _)| *id).collect();
    assert_eq!(named, decided.into_iter().collect());
    assert!(preview.refused.iter().all(|(_, _, why)| *why == Refusal::PurposeGone));
    assert_eq!((digest(&hub), export(&hub)), (views, written), "nothing was written");
}
