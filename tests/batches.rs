//! A batch of n reads as n singles.
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use omnichannel::channel::{
    ChannelCodec, InStore, KeyRing, Messenger, RawInbound, Segment, Telegram, TouchpointJson,
    Webhook, WhatsApp, verify,
};
use omnichannel::model::{Channel, ChannelKind, Event, TenantId, Timestamp};
use proptest::prelude::*;

/// An event that says a number.
type Write = fn(u32) -> String;

/// What stands around the events of a body.
type Wrap = fn(&[String]) -> String;

fn channel() -> Channel {
    Channel::new("one", ChannelKind::Messaging).unwrap()
}

fn decode(codec: &dyn ChannelCodec, body: &str) -> Vec<Event> {
    let request = RawInbound::new(TenantId::named("t"), channel().id, body).attested("a test");
    let request = request.received_at("2026-11-22T12:00:00Z".parse().unwrap());
    let request = verify(&codec.scheme(), &KeyRing::default(), request, Timestamp::MIN);
    let decoded = codec.decode(&request.unwrap());
    assert_eq!(decoded.rejected, []);
    decoded.events.into_iter().map(|event| Event { index: 0, ..event }).collect()
}

fn list(of: &[String]) -> String {
    format!("[{}]", of.join(","))
}

fn entries(object: &str, of: &[String]) -> String {
    format!(r#"{{"object": "{object}", "entry": {}}}"#, list(of))
}

/// A codec, one of its events that says a number, and what stands around several.
fn codecs() -> Vec<(Box<dyn ChannelCodec>, Write, Wrap)> {
    vec![
        (
            Box::new(TouchpointJson::new(channel())),
            |n| format!(r#"{{"id": "{n}", "act": "visited", "details": {{"n": {n}}}}}"#),
            list,
        ),
        (
            Box::new(Webhook::new(channel())),
            |n| format!(r#"{{"type": "a", "timestamp": 1795354200, "data": {{"n": {n}}}}}"#),
            |of| of.join("\n"),
        ),
        (
            Box::new(InStore::new(channel())),
            |n| format!(r#"{{"type": "note", "id": "{n}", "text": "number {n}"}}"#),
            |of| format!(r#"{{"events": {}}}"#, list(of)),
        ),
        (
            Box::new(Segment::new(channel())),
            |n| {
                format!(r#"{{"type": "track", "event": "e", "userId": "{n}", "messageId": "{n}"}}"#)
            },
            |of| format!(r#"{{"batch": {}}}"#, list(of)),
        ),
        (
            Box::new(WhatsApp::new(channel())),
            |n| {
                format!(
                    r#"{{"id": "7", "changes": [{{"field": "messages", "value": {{"messages": [
                    {{"from": "336{n}", "id": "wamid.{n}", "timestamp": "1795354200",
                    "type": "text", "text": {{"body": "number {n}"}}}}]}}}}]}}"#
                )
            },
            |of| entries("whatsapp_business_account", of),
        ),
        (
            Box::new(Messenger::page(channel())),
            |n| {
                format!(
                    r#"{{"id": "7", "time": 1795354200000, "messaging": [{{
                    "sender": {{"id": "{n}"}}, "recipient": {{"id": "7"}},
                    "timestamp": 1795354200000,
                    "message": {{"mid": "m.{n}", "text": "number {n}"}}}}]}}"#
                )
            },
            |of| entries("page", of),
        ),
        (
            Box::new(Telegram::new(channel())),
            |n| {
                format!(
                    r#"{{"update_id": {n}, "message": {{"message_id": {n}, "date": 1795354200,
                    "chat": {{"id": 42, "type": "private"}}, "from": {{"id": 42}},
                    "text": "number {n}"}}}}"#
                )
            },
            |of| format!(r#"{{"ok": true, "result": {}}}"#, list(of)),
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_batch_reads_as_its_singles(numbers in proptest::collection::vec(1_u32..1_000, 1..12)) {
        for (codec, event, wrap) in codecs() {
            let all: Vec<String> = numbers.iter().map(|n| event(*n)).collect();
            let batch = decode(&*codec, &wrap(&all));
            let single = |one| decode(&*codec, &wrap(std::slice::from_ref(one)));
            let singles: Vec<Event> = all.iter().flat_map(single).collect();
            prop_assert_eq!(singles.len(), numbers.len(), "{:?}", codec);
            prop_assert_eq!(&batch, &singles, "{:?}", codec);
            prop_assert_eq!(decode(&*codec, &wrap(&all)), batch);
        }
    }
}
