//! One decision that two stores know: one telling stands, in whichever order they come.

use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::KeyRing;
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::model::Decision;
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::{crowd, hub, keys, now, receive_batches, tenant};
use crate::world::{configuration, export, import, intent, letters, open, records, set};

#[test]
fn of_two_tellings_of_a_decision_the_further_stands_in_either_order() {
    let channel = Arc::new(letters());
    let store = Arc::new(MemoryStore::new());
    let from = hub(Arc::clone(&store)).configured(configuration()).expect("a fine policy").channel(
        tenant(),
        Arc::clone(&channel),
        KeyRing::default(),
    );
    block_on(receive_batches(&from, &crowd(5, 10), 50));
    for (key, record) in records(&from).iter().enumerate() {
        block_on(from.decide(tenant(), &intent(*record, key))).expect("decided");
    }
    let early = export(&from);
    block_on(from.dispatch_due(now())).expect("dispatched");
    let late = export(&from);
    assert_ne!(set(&early), set(&late));
    for order in [[&early, &late], [&late, &early]] {
        let to = open(MemoryStore::new());
        for lines in order {
            assert!(import(&to, lines).is_complete());
        }
        assert_eq!(set(&export(&to)), set(&late));
        let nothing = block_on(to.dispatch_due(now())).expect("dispatched");
        assert!(nothing.sent.is_empty(), "what was sent is not sent again");
    }
}

#[test]
fn two_decisions_on_one_key_leave_one_in_either_order() {
    let told = |clock: &str, which: usize| {
        let store = Arc::new(MemoryStore::new());
        let clock = FixedClock::new(clock.parse().expect("a time"));
        let hub = hub(Arc::clone(&store));
        block_on(receive_batches(&hub, &crowd(5, 10), 50));
        let subject = records(&hub)[which];
        let hub = Hub::new(store, keys(), clock, SeededEntropy::new(1))
            .configured(configuration())
            .expect("a fine policy")
            .channel(tenant(), letters(), KeyRing::default());
        let decision = block_on(hub.decide(tenant(), &intent(subject, 1))).expect("decided");
        (decision, export(&hub))
    };
    let (first, one): (Decision, _) = told("2026-04-01T10:00:00Z", 0);
    let (second, other) = told("2026-04-01T11:00:00Z", 4);
    assert_eq!(first.id, second.id);
    let mut exports = Vec::new();
    for order in [[&one, &other], [&other, &one]] {
        let to = open(MemoryStore::new());
        for lines in order {
            import(&to, lines);
        }
        assert_eq!(block_on(to.decision(tenant(), first.id)).expect("read"), Some(first.clone()));
        exports.push(export(&to));
    }
    assert_eq!(set(&exports[0]), set(&exports[1]));
}
