//! Forms through a hub: by which channel, and what the timeline shows.

use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound, TouchpointJson};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{
    BlobRef, Capabilities, Channel, ChannelId, ChannelKind, Configuration, Element, Form, IdKey,
    Intent, Namespace, Outcome, Part, Purpose, RecordId, TenantId, Timestamp, Touchpoint,
};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

const RULES: &str = r#"{"policy": {"purposes": {"order":
    {"basis": "contract", "respects_quiet_hours": false, "once_within_hours": 0}}}}"#;

const ELEMENTS: &[Element] =
    &[Element::Template, Element::Image, Element::Edit, Element::Delete, Element::Typing];

struct World {
    hub: Hub,
    chat: Arc<MemoryChannel>,
    zoe: RecordId,
}

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_354_200).unwrap()
}

/// A hub with a chat that can send these elements.
fn world(elements: &'static [Element]) -> World {
    let can = Capabilities::INBOUND.sending_to(Namespace::MessagingId).with_elements(elements);
    let codec = TouchpointJson::new(Channel::new("chat", ChannelKind::Messaging).unwrap());
    let chat = Arc::new(MemoryChannel::speaking(codec.with_capabilities(can)));
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
    let configuration: Configuration = serde_json::from_str(RULES).unwrap();
    let hub = Hub::new(MemoryStore::new(), keys, FixedClock::new(now()), SeededEntropy::new(1))
        .configured(configuration)
        .unwrap()
        .channel(shop(), Arc::clone(&chat), KeyRing::default());
    let body = r#"{"id":"1","occurred_at":"2026-11-21T10:00:00Z","act":"purchased",
        "sender":{"namespace":"messaging_id","value":"42"}}"#;
    let raw = RawInbound::new(shop(), ChannelId::new("chat").unwrap(), body).attested("a test");
    let zoe = block_on(hub.receive(raw)).unwrap().taken[0].record.unwrap();
    World { hub, chat, zoe }
}

impl World {
    fn intent(&self, key: &str, text: &str, form: Form) -> Intent {
        let (purpose, chat) = (Purpose::new("order"), ChannelId::new("chat").unwrap());
        Intent { form, ..Intent::new(key, self.zoe, purpose, chat, text) }
    }

    /// Says something at once; the provider's id of it.
    fn say(&self, key: &str, text: &str, form: Form) -> String {
        let intent = self.intent(key, text, form);
        let decision = block_on(self.hub.decide(shop(), &intent)).unwrap();
        let done = block_on(self.hub.dispatch_due(now())).unwrap();
        assert_eq!(done.sent, [decision.id], "{}", omnichannel::consistency::explain(&decision));
        format!("memory-{}-1", decision.id)
    }

    fn timeline(&self) -> Vec<Touchpoint> {
        let page = block_on(self.hub.timeline(shop(), self.zoe, None, 10));
        page.unwrap().unwrap().touchpoints
    }

    fn shown(&self) -> Vec<String> {
        let of = |it: &Touchpoint| {
            let text = it.message.as_ref().map(|message| message.text().into_exposed());
            format!("{} {}", it.act, text.unwrap_or_default())
        };
        self.timeline().iter().map(of).collect()
    }
}

#[test]
fn a_channel_that_cannot_send_a_form_is_passed_over() {
    let template = || {
        let (name, language) = ("ready".to_owned(), "fr".to_owned());
        Form::Template { name, language, values: Vec::new() }
    };
    for (elements, is_sent) in [(&[][..], false), (ELEMENTS, true)] {
        let world = world(elements);
        let intent = world.intent("1", "It is ready", template());
        let decision = block_on(world.hub.decide(shop(), &intent)).unwrap();
        assert_eq!(matches!(decision.outcome, Outcome::Send { .. }), is_sent);
        let told = omnichannel::consistency::explain(&decision).to_string();
        assert_eq!(told.contains("the channel cannot send in that form"), !is_sent, "{told}");
    }
}

#[test]
fn what_is_about_one_message_names_one_channel() {
    let world = world(ELEMENTS);
    let channels = ["chat", "mail"].map(|name| ChannelId::new(name).unwrap()).to_vec();
    for form in [
        Form::Delete { of: "m-1".to_owned() },
        Form::Edit { of: "m-1".to_owned() },
        Form::Reaction { to: "m-1".to_owned(), sign: "❤".to_owned() },
    ] {
        let intent = Intent { channels: channels.clone(), ..world.intent("d", "hm", form) };
        let error = block_on(world.hub.decide(shop(), &intent)).unwrap_err();
        assert!(error.message().contains("names one channel"), "{error}");
    }
}

#[test]
fn the_timeline_shows_what_stands_after_an_edit_and_a_deletion() {
    let world = world(ELEMENTS);
    let first = world.say("1", "It is 89 euros", Form::Words);
    world.say("2", "", Form::Typing { to: None });
    assert_eq!(world.shown(), ["purchased ", "sent It is 89 euros"], "typing says nothing");
    world.say("3", "It is 79 euros", Form::Edit { of: first.clone() });
    assert_eq!(world.shown(), ["purchased ", "sent It is 79 euros"]);
    world.say("4", "", Form::Delete { of: first });
    assert_eq!(world.shown(), ["purchased ", "deleted "]);
    assert_eq!(world.chat.sent().len(), 4);
}

#[test]
fn a_file_that_was_sent_stands_in_the_timeline() {
    let world = world(ELEMENTS);
    let picture = || Form::File(BlobRef::new("https://m.example/a.png", "image/png"));
    world.say("1", "The dress", picture());
    world.say("2", "", picture());
    let parts: Vec<usize> = world.timeline()[1..]
        .iter()
        .map(|it| {
            let parts = &it.message.as_ref().unwrap().parts;
            assert!(matches!(parts.last(), Some(Part::Media(_))));
            parts.len()
        })
        .collect();
    assert_eq!(parts, [2, 1]);
}
