//! By which channel a customer is written to first, and why.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound, TouchpointJson};
use omnichannel::consistency::explain;
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::*;
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use proptest::prelude::*;

const RULES: &str = r#"{"policy": {"purposes": {"service": {"basis": "contract",
    "respects_quiet_hours": false, "once_within_hours": 0}}}}"#;

const NOON: &str = "2026-03-10T12:00:00Z";

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

struct World {
    hub: Hub,
    told: usize,
}

impl World {
    /// A shop that writes by mail, by text message and in a chat.
    fn new() -> Self {
        let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
        let clock = Arc::new(FixedClock::new(NOON.parse().unwrap()));
        let mut hub = Hub::new(MemoryStore::new(), keys, clock, SeededEntropy::new(1))
            .configured(serde_json::from_str(RULES).unwrap())
            .unwrap();
        for (name, kind) in
            [("mail", ChannelKind::Email), ("sms", ChannelKind::Sms), ("chat", ChannelKind::Social)]
        {
            let codec = TouchpointJson::new(Channel::new(name, kind).unwrap());
            let declared = Capabilities::INBOUND.sending_to(Namespace::Email);
            let plugged = Arc::new(MemoryChannel::speaking(codec.with_capabilities(declared)));
            hub = hub.channel(shop(), plugged, KeyRing::default());
        }
        Self { hub, told: 0 }
    }

    /// Something that happened on a channel.
    fn tell(&mut self, on: &str, when: &str, more: &str) -> RecordId {
        self.told += 1;
        let body = format!(
            r#"{{"id": "{}", "act": "wrote", "occurred_at": "{when}"{more},
                "sender": {{"namespace": "email", "value": "zoe@example.org"}}}}"#,
            self.told
        );
        let raw = RawInbound::new(shop(), channel(on), body.as_str()).attested("a test");
        block_on(self.hub.receive(raw)).unwrap().taken[0].record.unwrap()
    }

    fn writes(&mut self, on: &str, when: &str) -> RecordId {
        let said = r#", "message": {"direction": "inbound", "author": "customer", "text": "Hi"}"#;
        self.tell(on, when, said)
    }

    fn is_written_to(&mut self, on: &str, when: &str) -> RecordId {
        let said = r#", "message": {"direction": "outbound", "author": "agent", "text": "Yes"}"#;
        self.tell(on, when, said)
    }

    /// The channel that is chosen, and why.
    fn chosen(&self, zoe: RecordId) -> (String, String) {
        let intent = Intent {
            channels: ["mail", "sms", "chat"].map(channel).into(),
            by_preference: true,
            ..Intent::new("k", zoe, Purpose::new("service"), channel("mail"), "Hello")
        };
        let decision = block_on(self.hub.decide(shop(), &intent)).unwrap();
        let Outcome::Send { channel, .. } = &decision.outcome else { panic!("{decision:?}") };
        let told = explain(&decision).to_string();
        let why = told.lines().find(|line| line.contains("preference")).unwrap_or_default();
        (channel.to_string(), why.trim().to_owned())
    }
}

#[test]
fn without_evidence_the_applications_order_stands() {
    let mut world = World::new();
    let zoe = world.tell("mail", "2026-03-01T10:00:00Z", "");
    let (channel, why) = world.chosen(zoe);
    assert_eq!(channel, "mail");
    assert!(why.contains("the place that the application gave it"), "{why}");
}

#[test]
fn one_who_answers_by_text_message_is_written_to_there_and_the_reason_counts() {
    let mut world = World::new();
    let mut zoe = world.tell("mail", "2026-01-01T10:00:00Z", "");
    for day in 10..20 {
        world.is_written_to("mail", &format!("2026-01-{day}T10:00:00Z"));
        zoe = world.is_written_to("sms", &format!("2026-01-{day}T11:00:00Z"));
        if day < 18 {
            zoe = world.writes("sms", &format!("2026-01-{day}T12:00:00Z"));
        }
    }
    let (channel, why) = world.chosen(zoe);
    assert_eq!(channel, "sms");
    let counted = "the customer answered 8 of 10 messages by it: with 95% confidence at least";
    assert!(why.contains(counted), "{why}");
    assert!(why.contains("49.01%"), "{why}");
}

#[test]
fn what_the_customer_stated_outranks_how_it_answers_and_an_open_conversation_both() {
    let mut world = World::new();
    world.is_written_to("sms", "2026-01-10T10:00:00Z");
    world.writes("sms", "2026-01-10T11:00:00Z");
    let stated = r#", "attributes": {"preferred_channel": "chat"}"#;
    let zoe = world.tell("mail", "2026-01-11T10:00:00Z", stated);
    let (channel, why) = world.chosen(zoe);
    assert_eq!((&*channel, why.contains("the customer prefers it")), ("chat", true), "{why}");

    let mut world = World::new();
    world.tell("chat", "2026-01-11T10:00:00Z", stated);
    // The reply window of 72 hours ends with the hour.
    let zoe = world.writes("sms", "2026-03-07T12:00:01Z");
    let (channel, why) = world.chosen(zoe);
    assert_eq!(channel, "sms");
    assert!(why.contains("wrote by it at 2026-03-07T12:00:01Z"), "{why}");
    let mut world = World::new();
    world.tell("chat", "2026-01-11T10:00:00Z", stated);
    let zoe = world.writes("sms", "2026-03-07T12:00:00Z");
    assert_eq!(world.chosen(zoe).0, "chat", "the conversation is over");
}

#[test]
fn the_interval_is_wilsons() {
    // Computed with the formula in exact arithmetic to four digits.
    let known = [(0, 10, 0), (1, 1, 2_065), (8, 10, 4_901), (80, 100, 7_111), (10, 10, 7_224)];
    for (answered, sent, at_least) in known {
        let evidence = ChannelEvidence { sent, answered, ..ChannelEvidence::new(channel("sms")) };
        assert_eq!(evidence.answers_at_least(), at_least, "{answered} of {sent}");
    }
}

proptest! {
    #[test]
    fn more_answers_never_speak_less_for_a_channel(sent in 0..u32::MAX, answered in 0..u32::MAX) {
        let of = |answered, sent| {
            let none = ChannelEvidence::new(channel("sms"));
            ChannelEvidence { sent, answered, ..none }.answers_at_least()
        };
        let answered = answered.min(sent);
        prop_assert!(of(answered, sent) <= 10_000);
        if answered > 0 {
            prop_assert!(of(answered - 1, sent) <= of(answered, sent));
        }
        prop_assert!(of(answered, sent.saturating_add(1)) <= of(answered, sent));
        let share = u64::from(answered) * 10_000;
        prop_assert!(u64::from(of(answered, sent)) * u64::from(sent) <= share);
    }
}
