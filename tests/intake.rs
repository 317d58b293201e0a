//! Taking in: backpressure, imports with progress, and what should not be so.
#![cfg(feature = "testkit")]

mod common;

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use common::{crowd, hub, keys, now, request, tenant};
use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound};
use omnichannel::engine::{LEASE, Pause, Requeued, View, claim};
use omnichannel::hub::{Counts, FixedClock, Reception, SeededEntropy};
use omnichannel::model::{
    Anomaly, Channel, ChannelId, ChannelKind, Configuration, DeliveryClass, Intent, LawfulBasis,
    Namespace, Policy, Purpose, PurposeRules, Timestamp,
};
use omnichannel::storage::{MemoryStore, Store as _};
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::Yielding;
use omnichannel::{ErrorKind, Hub, Retry};

fn later(seconds: u64) -> Timestamp {
    now().plus(Duration::from_secs(seconds))
}

fn visit(id: &str) -> RawInbound {
    let body = format!(
        r#"{{"id":"{id}","act":"visited","sender":{{"namespace":"email","value":"z@b.fr"}}}}"#
    );
    request("web", &body)
}

#[test]
fn a_hub_with_its_hands_full_says_when_to_come_again() {
    let hub = hub(Yielding(MemoryStore::new())).in_hand_max(100);
    let mut first = Box::pin(hub.receive(visit("1")));
    assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let refused = block_on(hub.receive(visit("2"))).expect_err("too much at once");
    assert_eq!(refused.kind(), ErrorKind::RateLimited);
    assert_eq!(refused.retry_advice(), Retry::After(Duration::from_secs(1)));
    assert!(refused.to_string().contains("receive again later"), "{refused}");
    block_on(first).expect("received");
    block_on(hub.receive(visit("2"))).expect("its hands are free again");
    let alone = hub.in_hand_max(1);
    block_on(alone.receive(visit("3"))).expect("a call alone may bring anything");
}

#[test]
fn a_call_that_is_dropped_gives_back_what_it_had_in_hand() {
    let hub = hub(Yielding(MemoryStore::new())).in_hand_max(100);
    for n in 0..10 {
        let mut call = Box::pin(hub.receive(visit(&n.to_string())));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    block_on(hub.receive(visit("last"))).expect("its hands are free");
}

#[test]
fn an_import_tells_its_progress_and_takes_what_many_calls_would() {
    let (whole, single) = (hub(MemoryStore::new()), hub(MemoryStore::new()));
    let told = crowd(3, 700);
    let mut heard = Vec::new();
    let progress = |counts: &Counts, receptions: &[Reception]| {
        heard.push((*counts, receptions.len()));
    };
    let counts = block_on(whole.receive_all(told.clone(), progress)).expect("received");
    assert!(heard.len() > 1, "{} requests in one batch", told.len());
    assert_eq!(heard.last().map(|(counts, _)| *counts), Some(counts));
    assert_eq!(heard.iter().map(|(_, requests)| requests).sum::<usize>(), told.len());
    assert_eq!(counts.requests, told.len() as u64);
    for request in told {
        block_on(single.receive(request)).expect("received");
    }
    let digest = |hub: &Hub| block_on(hub.digest(tenant())).expect("read");
    assert_eq!(digest(&whole), digest(&single));
    assert_eq!(single.counts().since(&counts).accepted, 0);
}

#[test]
fn a_receipt_about_an_unknown_message_is_an_anomaly_until_the_message_is_known() {
    let hub = hub(MemoryStore::new());
    let receipt = r#"{"id":"r","receipt":{"of":"m-1","status":"delivered"}}"#;
    let taken = block_on(hub.receive(request("mail", receipt))).expect("received").taken;
    let anomalies = || block_on(hub.anomalies(tenant())).expect("read");
    let found = anomalies();
    assert_eq!(found.len(), 1);
    assert!(matches!(found[0],
        Anomaly::UnknownMessage { receipt, .. } if receipt == taken[0].touchpoint));
    let message = r#"{"id":"m-1","message":{"direction":"outbound","text":"Bonjour"},
        "sender":{"namespace":"email","value":"z@b.fr"}}"#;
    block_on(hub.receive(request("mail", message))).expect("received");
    assert_eq!(anomalies(), []);
}

#[test]
fn one_id_with_two_contents_is_an_anomaly() {
    let hub = hub(MemoryStore::new());
    for act in ["visited", "purchased"] {
        let body = format!(r#"{{"id":"1","act":"{act}"}}"#);
        block_on(hub.receive(request("web", &body))).expect("received");
    }
    let found = block_on(hub.anomalies(tenant())).expect("read");
    assert!(matches!(found[..], [Anomaly::ConflictingDuplicate { copies: 2, .. }]), "{found:?}");
}

#[test]
fn a_clock_that_jumped_a_year_is_found_and_its_claim_taken_back_by_word() {
    let store = Arc::new(MemoryStore::new());
    let mail = Channel::new("mail", ChannelKind::Email).expect("a channel");
    let rules = PurposeRules {
        basis: LawfulBasis::Contract,
        respects_quiet_hours: false,
        once_within_hours: 0,
        delivery: DeliveryClass::default(),
    };
    let policy = Policy {
        purposes: [(Purpose::new("order"), rules)].into(),
        quiet_hours: None,
        ..Policy::default()
    };
    let channel = Arc::new(MemoryChannel::new(mail, Namespace::Email));
    let hub = Hub::new(Arc::clone(&store), keys(), FixedClock::new(now()), SeededEntropy::new(1))
        .configured(Configuration { policy, ..Configuration::default() })
        .expect("a fine policy")
        .channel(tenant(), Arc::clone(&channel), KeyRing::default());
    let body = r#"{"id":"1","act":"visited","sender":{"namespace":"email","value":"z@b.fr"}}"#;
    let taken = block_on(hub.receive(request("mail", body))).expect("received").taken;
    let intent = Intent {
        occasion: "1".to_owned(),
        ..Intent::new(
            "k".to_owned(),
            taken[0].record.expect("somebody"),
            Purpose::new("order"),
            ChannelId::new("mail").expect("a name"),
            "Bonjour".to_owned(),
        )
    };
    let id = block_on(hub.decide(tenant(), &intent)).expect("decided").id;
    // Claimed by a clock that is a year ahead, and never settled.
    let year = later(365 * 86_400);
    let context = hub.context(tenant());
    let mut view = View::default();
    let changeset = loop {
        match claim(&context, &view, id, year) {
            Ok((_, changeset)) => break changeset,
            Err(Pause::Need(need)) => {
                let keys: Vec<_> = need.keys.into_iter().collect();
                let rows = block_on(store.load(&keys)).expect("read");
                view.add_rows(keys.into_iter().zip(rows));
                for range in need.ranges {
                    let page = block_on(store.scan(&[range])).expect("read").remove(0);
                    view.add_page(range, page);
                }
            }
            Err(_) => panic!("nobody else writes"),
        }
    };
    block_on(store.commit(changeset)).expect("claimed");
    let until = year.plus(LEASE);
    let found = block_on(hub.anomalies(tenant())).expect("read");
    assert_eq!(found, [Anomaly::LeaseAhead { decision: id, until }]);
    assert_eq!(block_on(hub.requeue(tenant(), id)).expect("asked"), Requeued::Again);
    let done = block_on(hub.dispatch_due(now())).expect("dispatched");
    assert_eq!(done.sent, [id]);
    let entry = block_on(hub.outbox(tenant(), id)).expect("read").expect("kept");
    assert!(entry.possible_duplicate, "the other hub may have sent it");
}
