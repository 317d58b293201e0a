//! Erasing while others write: what was on its way is not kept.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use omnichannel::Hub;
use omnichannel::channel::{ChannelAdapter, ChannelCodec, KeyRing, MemoryChannel};
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::model::{
    Authorized, Channel, ChannelKind, ConversationId, Namespace, Outbound, OutboxState, RecordId,
    SendOutcome, Timestamp, TouchpointId,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;

use crate::common::{keys, tenant};
use crate::crash::Failing;
use crate::world::{at, digest, erasure_key, portraits, shop};

/// A channel on which somebody is erased while a message is on its way.
#[derive(Debug)]
struct ErasedMeanwhile {
    inner: MemoryChannel,
    hub: Hub,
    subject: Mutex<Option<RecordId>>,
    completes: bool,
}

#[async_trait]
impl ChannelAdapter for ErasedMeanwhile {
    fn codec(&self) -> &dyn ChannelCodec {
        self.inner.codec()
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        let subject = self.subject.lock().expect("a lock").take();
        if let Some(subject) = subject {
            let erased = self.hub.erase(tenant(), subject, "r").await;
            assert_eq!(erased.is_ok(), self.completes, "{erased:?}");
        }
        self.inner.send(message, now).await
    }
}

fn sent_while_erased(failing: bool) {
    let store = Arc::new(Failing::new(true));
    let world = shop(Arc::clone(&store));
    let body = world.choice("1", "zoe", "zoe@b.fr", "01T10", "given");
    let zoe = world.tell(&body).expect("new").expect("Zoé");
    let intent = world.intent("k", zoe, "marketing");
    block_on(world.hub.decide(tenant(), &intent)).expect("decided");

    let channel = Channel::new("mail", ChannelKind::Email).expect("a channel");
    let clock = || Arc::new(FixedClock::new(at("2026-03-14T10:00:00Z")));
    let eraser = Hub::new(Arc::clone(&store), keys(), clock(), SeededEntropy::new(2))
        .erasure_keys(erasure_key(1), []);
    // The eraser's first call checks the profile; its first commit is that of the first step.
    block_on(eraser.customer(tenant(), zoe)).expect("read");
    let adapter = Arc::new(ErasedMeanwhile {
        inner: MemoryChannel::new(channel, Namespace::Email),
        hub: eraser,
        subject: Mutex::new(Some(zoe)),
        completes: !failing,
    });
    let sender = Hub::new(Arc::clone(&store), keys(), clock(), SeededEntropy::new(3))
        .configured(omnichannel::model::Configuration::clone(&world.hub.configuration()))
        .expect("fine")
        .erasure_keys(erasure_key(1), [])
        .channel(tenant(), Arc::clone(&adapter), KeyRing::default());
    if failing {
        // The claim is the first commit, the first step of the erasure the second.
        store.fail_at(1);
    }
    let done = block_on(sender.dispatch_due(at("2026-03-14T10:00:05Z")));
    assert_eq!(adapter.inner.sent().len(), 1, "it had left: {done:?}");
    assert!(portraits(&world.hub).is_empty(), "the sending does not begin a new person");
    block_on(world.hub.erase(tenant(), zoe, "r")).expect("finished");
    assert_eq!(digest(&world.hub), digest(&shop(MemoryStore::new()).hub));
    let rows = block_on(store.load(&[omnichannel::model::Key::outbox(
        tenant(),
        world.hub.context(tenant()).id_key.decision(tenant(), &intent),
    )]));
    assert_eq!(rows.expect("read"), [None]);
}

#[test]
fn a_message_that_left_while_its_receiver_was_erased_is_not_kept() {
    sent_while_erased(false);
}

#[test]
fn nor_while_the_erasure_stands_still() {
    sent_while_erased(true);
}

/// An erasure that stands still after its first step, of Zoé's fact `1`.
fn standing_still() -> (crate::world::Shop, RecordId) {
    let store = Arc::new(Failing::new(true));
    let world = shop(Arc::clone(&store));
    let zoe = world.tell(&world.visit("1", "zoe", "zoe@b.fr", "01T10")).expect("new");
    let zoe = zoe.expect("Zoé");
    store.fail_at(0);
    block_on(world.hub.erase(tenant(), zoe, "r")).expect_err("stopped");
    (world, zoe)
}

fn revised(body: &str) -> String {
    body.replacen("\"id\"", "\"revision\":1,\"id\"", 1)
}

#[test]
fn a_copy_of_a_fact_that_is_being_erased_is_refused() {
    let (world, _) = standing_still();
    let later = revised(&world.visit("1", "zoe", "zoe@b.fr", "20T10"));
    assert_eq!(world.tell(&later), Err("erased"));
}

#[test]
fn who_comes_back_while_being_erased_does_not_get_the_past_back() {
    let (world, zoe) = standing_still();
    let later = world.visit("2", "zoe", "new@b.fr", "20T10");
    assert_eq!(world.tell(&later), Ok(Some(zoe)));
    // A correction lays the record out again, from all facts that still stand on it.
    assert_eq!(world.tell(&revised(&later)), Ok(Some(zoe)));
    block_on(world.hub.erase(tenant(), zoe, "r")).expect("finished");
    let never = shop(MemoryStore::new());
    never.tell(&later).expect("new");
    never.tell(&revised(&later)).expect("new");
    assert_eq!(portraits(&world.hub), portraits(&never.hub));
    assert_eq!(digest(&world.hub), digest(&never.hub));
}

#[test]
fn who_waited_behind_a_message_of_the_erased_goes_on() {
    let shop = shop(MemoryStore::new());
    let zoe = shop.tell(&shop.choice("1", "zoe", "z@b.fr", "01T10", "given"));
    let noel = shop.tell(&shop.choice("2", "noel", "n@b.fr", "01T10", "given"));
    let (zoe, noel) = (zoe.expect("new").expect("Zoé"), noel.expect("new").expect("Noël"));
    let conversation = ConversationId::from_uuid(TouchpointId::from_uuid(zoe.as_uuid()).as_uuid());
    let decide = |key: &str, subject: RecordId, later: Option<&str>| {
        let mut intent = shop.intent(key, subject, "marketing");
        intent.conversation = Some(conversation);
        intent.not_before = later.map(at);
        block_on(shop.hub.decide(tenant(), &intent)).expect("decided").id
    };
    decide("first", zoe, Some("2026-03-14T12:00:00Z"));
    shop.clock.set(at("2026-03-14T10:00:01Z"));
    let second = decide("second", noel, None);
    let done = block_on(shop.hub.dispatch_due(at("2026-03-14T10:00:02Z"))).expect("dispatched");
    assert!(done.sent.is_empty());
    let entry = block_on(shop.hub.outbox(tenant(), second)).expect("read").expect("kept");
    assert!(matches!(entry.state, OutboxState::Waiting { .. }), "{entry:?}");
    block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    let done = block_on(shop.hub.dispatch_due(at("2026-03-14T10:00:03Z"))).expect("dispatched");
    assert_eq!(done.sent, [second]);
}
