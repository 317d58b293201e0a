//! What messages depend on, through a hub: purchases, session windows, doubts, messages before.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::sync::Arc;
use std::time::Duration;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound, TouchpointJson};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::*;
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

const RULES: &str = r#"{"policy": {
    "purposes": {"news": {"basis": "contract", "respects_quiet_hours": false,
                          "once_within_hours": 0}},
    "certainty": {"purposes": "all", "in_doubt": "ask", "shared_endpoints": true}}}"#;

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOON: &str = "2026-03-10T12:00:00Z";

fn mail() -> ChannelId {
    ChannelId::new("mail").unwrap()
}

struct World {
    hub: Hub,
    clock: Arc<FixedClock>,
    zoe: RecordId,
}

impl World {
    /// A customer with a mailbox, on a channel as declared.
    fn new(declare: impl FnOnce(Capabilities) -> Capabilities) -> Self {
        let codec = TouchpointJson::new(Channel::new("mail", ChannelKind::Email).unwrap());
        let declared = declare(Capabilities::INBOUND.sending_to(Namespace::Email));
        let channel = Arc::new(MemoryChannel::speaking(codec.with_capabilities(declared)));
        let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
        let clock = Arc::new(FixedClock::new(at(NOON)));
        let hub = Hub::new(MemoryStore::new(), keys, Arc::clone(&clock), SeededEntropy::new(1))
            .configured(serde_json::from_str(RULES).unwrap())
            .unwrap()
            .channel(shop(), channel, KeyRing::default());
        let zoe = tell(&hub, "0", "visited", "2026-03-01T10:00:00Z", "");
        Self { hub, clock, zoe }
    }

    fn intent(&self, key: &str) -> Intent {
        Intent::new(key, self.zoe, Purpose::new("news"), mail(), "Bonjour")
    }

    fn decide(&self, intent: &Intent) -> Decision {
        block_on(self.hub.decide(shop(), intent)).unwrap()
    }

    fn dispatch(&self, when: &str) -> OutboxCounts {
        self.clock.set(at(when));
        let done = block_on(self.hub.dispatch_due(at(when))).unwrap();
        (done.sent.len(), done.refused.len())
    }

    fn state(&self, of: &Decision) -> OutboxState {
        block_on(self.hub.outbox(shop(), of.id)).unwrap().unwrap().state
    }
}

type OutboxCounts = (usize, usize);

fn tell(hub: &Hub, id: &str, act: &str, when: &str, more: &str) -> RecordId {
    let body = format!(
        r#"{{"id": "{id}", "act": "{act}", "occurred_at": "{when}"{more},
            "sender": {{"namespace": "email", "value": "zoe@example.org"}}}}"#
    );
    let raw = RawInbound::new(shop(), mail(), body.as_str()).attested("a test");
    block_on(hub.receive(raw)).unwrap().taken[0].record.unwrap()
}

#[test]
fn a_purchase_ends_the_reminder_before_it_is_decided_and_while_it_waits() {
    let world = World::new(|mail| mail);
    let cart = ObjectRef::new("cart", "7");
    let ends = EndedBy { act: Act::Purchased, about: Some(cart), since: at(NOON) };
    let remind = |key: &str, wait: &str| Intent {
        ended_by: vec![ends.clone()],
        not_before: Some(at(wait)),
        ..world.intent(key)
    };
    let first = world.decide(&remind("first", "2026-03-10T14:00:00Z"));
    assert!(matches!(first.outcome, Outcome::Send { .. }));
    let bought = r#", "objects": [{"kind": "cart", "id": "7"}]"#;
    tell(&world.hub, "1", "purchased", "2026-03-10T13:00:00Z", bought);
    assert_eq!(world.dispatch("2026-03-10T14:00:00Z"), (0, 1));
    assert_eq!(world.state(&first), OutboxState::Refused(Refusal::Ended));
    let second = world.decide(&remind("second", "2026-03-10T15:00:00Z"));
    assert_eq!(second.outcome, Outcome::Suppress);
    let told = block_on(world.hub.explain(shop(), second.id)).unwrap().unwrap().to_string();
    assert!(told.contains("the customer has purchased at 2026-03-10T13:00:00Z"), "{told}");
}

#[test]
fn one_may_write_freely_for_a_day_after_the_customer_did_and_not_a_second_longer() {
    let day = SessionWindow {
        lasts: Duration::from_secs(86_400),
        opened_by: SessionWindow::BY_MESSAGE.into(),
        outside: Outside::Nothing,
    };
    let world = World::new(|mail| mail.with_window(day));
    assert_eq!(world.decide(&world.intent("never")).outcome, Outcome::Suppress);
    let says = r#", "message": {"direction": "inbound", "author": "customer",
                   "text": "Do you have it in blue?"}"#;
    tell(&world.hub, "1", "asked", "2026-03-10T11:00:00Z", says);
    let open = world.decide(&world.intent("open"));
    assert!(matches!(open.outcome, Outcome::Send { .. }), "{open:?}");
    let late = Intent { not_before: Some(at("2026-03-11T11:00:00Z")), ..world.intent("late") };
    assert_eq!(world.decide(&late).outcome, Outcome::Suppress);
    let just = Intent { not_before: Some(at("2026-03-11T10:59:59Z")), ..world.intent("just") };
    let just = world.decide(&just);
    assert!(matches!(just.outcome, Outcome::Send { .. }));
    // Nobody dispatched in time.
    assert_eq!(world.dispatch("2026-03-11T11:00:00Z"), (0, 2));
    assert_eq!(world.state(&just), OutboxState::Refused(Refusal::WindowClosed));
}

#[test]
fn a_message_leaves_after_the_one_that_it_follows_and_not_without_it() {
    let world = World::new(|mail| mail);
    let first = Intent { not_before: Some(at("2026-03-10T13:00:00Z")), ..world.intent("first") };
    let first = world.decide(&first);
    let after = |of: &Decision, key: &str| Intent {
        after: vec![Reached { message: of.id, milestone: Milestone::Accepted }],
        ..world.intent(key)
    };
    let second = world.decide(&after(&first, "second"));
    assert_eq!(world.dispatch("2026-03-10T12:00:00Z"), (0, 0), "it waits for the first");
    assert_eq!(world.dispatch("2026-03-10T13:00:00Z"), (1, 0));
    assert_eq!(world.dispatch("2026-03-10T13:05:00Z"), (1, 0));
    assert!(matches!(world.state(&second), OutboxState::Done(_)));
    // What was never to be sent gets nowhere.
    let never = Intent { not_after: Some(at(NOON)), ..world.intent("never") };
    let never = world.decide(&never);
    assert_eq!(never.outcome, Outcome::Suppress);
    assert_eq!(world.decide(&after(&never, "third")).outcome, Outcome::Suppress);
}

#[test]
fn a_link_in_doubt_asks_a_person_whose_yes_sends() {
    let world = World::new(|mail| mail);
    let body = r#"{"id": "9", "act": "visited", "occurred_at": "2026-03-02T10:00:00Z",
                   "sender": {"namespace": "email", "value": "zoe.b@example.org"}}"#;
    let raw = RawInbound::new(shop(), mail(), body).attested("a test");
    let other = block_on(world.hub.receive(raw)).unwrap().taken[0].record.unwrap();
    // Too little to join the two, and too much to forget.
    let links = [(world.zoe, other, -1)];
    block_on(world.hub.link(shop(), "model 1", at(NOON), links)).unwrap();
    let asked = world.decide(&world.intent("asked"));
    assert_eq!(asked.outcome, Outcome::NeedsHuman);
    let approved = Intent { approved_by: Some("agent-1".to_owned()), ..world.intent("approved") };
    assert!(matches!(world.decide(&approved).outcome, Outcome::Send { .. }));
    assert_eq!(world.dispatch("2026-03-10T12:00:00Z"), (1, 0));
}

#[test]
fn whose_data_are_restricted_gets_nothing_that_already_waited() {
    let world = World::new(|mail| mail);
    let queued = Intent { not_before: Some(at("2026-03-10T13:00:00Z")), ..world.intent("queued") };
    let queued = world.decide(&queued);
    let stop = r#", "attributes": {"processing": "restricted"}"#;
    tell(&world.hub, "1", "identified", "2026-03-10T12:30:00Z", stop);
    assert_eq!(world.dispatch("2026-03-10T13:00:00Z"), (0, 1));
    assert_eq!(world.state(&queued), OutboxState::Refused(Refusal::Restricted));
    assert_eq!(world.decide(&world.intent("later")).outcome, Outcome::Suppress);
}
