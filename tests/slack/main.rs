//! Slack: published bodies, each kind of event, what is broken, and sending.

#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

#[cfg(feature = "testkit")]
mod contract;
mod done;
mod published;
mod said;
mod sent;

use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, Slack, verify};
use omnichannel::model::{Channel, ChannelKind, Decoded, Event, TenantId, Timestamp};

const RECEIVED: &str = "2026-11-22T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn codec() -> Slack {
    Slack::new(Channel::new("slack", ChannelKind::Messaging).unwrap())
}

fn request(body: impl Into<Vec<u8>>) -> RawInbound {
    RawInbound::new(TenantId::named("maison-lune"), codec().channel().id.clone(), body)
}

fn decode_at(body: impl Into<Vec<u8>>, received_at: Option<&str>) -> Decoded {
    let codec = codec();
    let mut request = request(body).attested("a test");
    request.received_at = received_at.map(time);
    codec.decode(&verify(&codec.scheme(), &KeyRing::default(), request, time(RECEIVED)).unwrap())
}

fn decode(body: impl Into<Vec<u8>>) -> Decoded {
    decode_at(body, Some(RECEIVED))
}

/// The one event of a body.
fn event(body: impl Into<Vec<u8>>) -> Event {
    let mut decoded = decode(body);
    assert_eq!((&decoded.rejected, &decoded.ignored), (&vec![], &vec![]));
    assert_eq!(decoded.events.len(), 1);
    decoded.events.remove(0)
}

/// An envelope around an event of Slack's.
fn delivered(event: &str) -> String {
    format!(
        r#"{{"token": "credential", "type": "event_callback", "team_id": "T1", "api_app_id": "A1",
            "event_id": "Ev1", "event_time": 1763819101, "event_context": "ctx",
            "authorizations": [{{"team_id": "T1", "user_id": "U0BOT", "is_bot": true}}],
            "event": {{{event}}}}}"#
    )
}

/// A message in the channel `D1` at half past a second, with these fields added.
fn message(fields: &str) -> String {
    delivered(&format!(
        r#""type": "message", "channel": "D1", "channel_type": "im", "user": "U1",
            "ts": "1763819100.500000", "event_ts": "1763819100.500000", {fields}"#
    ))
}

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

/// An event as the table of published bodies writes it.
fn row(event: &Event) -> String {
    let team = event.sender.as_ref().and_then(|sender| sender.scope.as_deref());
    let from = sender(event).zip(team).map(|(user, team)| format!("{user}/{team}"));
    let micros = event.occurred.at.map(Timestamp::micros);
    let when = micros.map(|micros| match (micros / 1_000_000, micros % 1_000_000) {
        (seconds, 0) => seconds.to_string(),
        (seconds, micros) => format!("{seconds}.{micros:06}"),
    });
    let id = event.external_id.as_deref().unwrap_or_default();
    let when = when.map(|when| match id.strip_suffix(&when) {
        Some(channel) if channel.ends_with(':') => "=".to_owned(),
        _ => when,
    });
    let words = text(event).map(|text| text.chars().count().to_string());
    let told = [from, event.external_id.clone(), when, words];
    let told = told.map(|value| value.unwrap_or_else(|| "-".to_owned()));
    format!("{} {}", event.kind, told.join(" "))
}
