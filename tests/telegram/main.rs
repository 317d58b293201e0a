//! Telegram: published updates, each kind of update, what is broken, and sending.

#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

#[cfg(feature = "testkit")]
mod contract;
mod done;
mod published;
mod said;
mod sent;

use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, Telegram, verify};
use omnichannel::model::{Channel, ChannelKind, Decoded, Event, TenantId, Timestamp};

const RECEIVED: &str = "2026-11-22T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn codec() -> Telegram {
    Telegram::new(Channel::new("telegram", ChannelKind::Messaging).unwrap())
}

fn decode_at(body: impl Into<Vec<u8>>, received_at: Option<&str>) -> Decoded {
    let codec = codec();
    let tenant = TenantId::named("maison-lune");
    let mut request = RawInbound::new(tenant, codec.channel().id.clone(), body);
    request.received_at = received_at.map(time);
    let request = request.header("x-telegram-bot-api-secret-token", "s3cret");
    let keys = KeyRing::new(["s3cret"]);
    codec.decode(&verify(&codec.scheme(), &keys, request, time(RECEIVED)).unwrap())
}

fn decode(body: impl Into<Vec<u8>>) -> Decoded {
    decode_at(body, Some(RECEIVED))
}

/// The one event of an update, written as `kind` and its object.
fn update(kind: &str, of: &str) -> Event {
    let body = format!(r#"{{"update_id": 71, "{kind}": {of}}}"#);
    let mut decoded = decode(body);
    assert_eq!((&decoded.rejected, &decoded.ignored), (&vec![], &vec![]));
    assert_eq!(decoded.events.len(), 1);
    decoded.events.remove(0)
}

/// A message of Noé's to the bot, with these fields added.
fn private(kind: &str, fields: &str) -> Event {
    update(kind, &format!("{{{PRIVATE}, {fields}}}"))
}

/// The same in a supergroup.
fn in_group(kind: &str, fields: &str) -> Event {
    update(kind, &format!("{{{GROUP}, {fields}}}"))
}

const NOE: &str = r#"{"id": 5123456789012, "is_bot": false, "first_name": "Noé",
    "last_name": "Arnaud", "username": "noe_a", "language_code": "fr"}"#;

const PRIVATE: &str = r#""message_id": 9, "date": 1763819100,
    "from": {"id": 5123456789012, "is_bot": false, "first_name": "Noé", "last_name": "Arnaud",
        "username": "noe_a", "language_code": "fr"},
    "chat": {"id": 5123456789012, "type": "private", "first_name": "Noé", "username": "noe_a"}"#;

const GROUP: &str = r#""message_id": 9, "date": 1763819100,
    "from": {"id": 5123456789012, "is_bot": false, "first_name": "Noé"},
    "chat": {"id": -1002000000001, "type": "supergroup", "title": "Fans"}"#;

fn sender(event: &Event) -> Option<&str> {
    event.sender.as_ref().map(|sender| sender.value.expose().as_str())
}

fn at(event: &Event) -> Option<String> {
    event.occurred.at.map(|at| at.to_string())
}

fn text(event: &Event) -> Option<String> {
    event.message.as_ref().map(|message| message.text().into_exposed())
}

fn details(event: &Event) -> Vec<(&str, &str)> {
    let details = event.details.iter();
    details.map(|(path, value)| (path.as_str(), value.expose().as_str())).collect()
}

fn objects(event: &Event) -> Vec<(&str, &str)> {
    event.objects.iter().map(|of| (of.kind.as_str(), of.id.as_str())).collect()
}

/// An event as the table of published updates writes it.
fn row(event: &Event) -> String {
    let seconds = event.occurred.at.map(|at| (at.micros() / 1_000_000).to_string());
    let words = text(event).map(|text| text.chars().count().to_string());
    let told = [sender(event).map(str::to_owned), event.external_id.clone(), seconds, words];
    let told = told.map(|value| value.unwrap_or_else(|| "-".to_owned()));
    format!("{} {}", event.kind, told.join(" "))
}
