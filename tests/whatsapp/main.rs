//! WhatsApp Cloud: published bodies, our own, calls and their answers.

#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod notices;
mod published;
mod said;
mod sending;

use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, WhatsApp, verify};
use omnichannel::channel_contract;
use omnichannel::model::{
    BlobRef, Channel, ChannelKind, Decoded, Event, Form, Namespace, Pii, Purpose, TenantId,
    Timestamp,
};
use omnichannel::testkit::channel::ChannelFixture;

const RECEIVED: &str = "2026-11-22T14:00:00Z";
const TOKEN: &str = "a word between us & Meta";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn codec() -> WhatsApp {
    WhatsApp::new(Channel::new("whatsapp-fr", ChannelKind::Messaging).unwrap())
        .sending_from("5550001")
        .verify_token(TOKEN)
        .marketing_is(Purpose::new("news"))
}

fn decode_at(body: impl Into<Vec<u8>>, received_at: Option<&str>) -> Decoded {
    let codec = codec();
    let channel = codec.channel().id.clone();
    let mut request = RawInbound::new(TenantId::named("maison-lune"), channel, body);
    request.received_at = received_at.map(time);
    let request = request.attested("a test");
    codec.decode(&verify(&codec.scheme(), &KeyRing::default(), request, time(RECEIVED)).unwrap())
}

/// A body with one change of the account 900.
fn body_of(field: &str, value: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"900","time":1795354200,
            "changes":[{{"field":"{field}","value":{value}}}]}}]}}"#
    )
}

/// What is read of one change.
fn decode(field: &str, value: &str) -> Decoded {
    decode_at(body_of(field, value), Some(RECEIVED))
}

/// The one event of a change.
#[track_caller]
fn event(field: &str, value: &str) -> Event {
    let mut decoded = decode(field, value);
    assert_eq!((&*decoded.rejected, &*decoded.ignored), (&[][..], &[][..]));
    assert_eq!(decoded.events.len(), 1);
    decoded.events.remove(0)
}

/// The one event of a message; `rest` are its fields beside id, sender and time.
#[track_caller]
fn message(rest: &str) -> Event {
    let value = format!(
        r#"{{"messaging_product":"whatsapp",
            "metadata":{{"display_phone_number":"33100000000","phone_number_id":"5550001"}},
            "contacts":[{{"wa_id":"33612345678","profile":{{"name":"Camille"}}}}],
            "messages":[{{"id":"wamid.A","from":"33612345678","timestamp":"1795354200",{rest}}}]}}"#
    );
    event("messages", &value)
}

fn text(event: &Event) -> String {
    event.message.as_ref().map(|it| it.text().into_exposed()).unwrap_or_default()
}

fn sender(event: &Event) -> Option<&str> {
    event.sender.as_ref().map(|sender| sender.value.expose().as_str())
}

/// Namespace, scope and value of every identifier.
fn seen(event: &Event) -> Vec<(&str, Option<&str>, &str)> {
    let seen = event.identifiers.iter();
    seen.map(|it| (it.namespace.name(), it.scope.as_deref(), it.value.expose().as_str())).collect()
}

fn details(event: &Event) -> Vec<(&str, &str)> {
    let details = event.details.iter();
    details.map(|(path, value)| (path.as_str(), value.expose().as_str())).collect()
}

fn objects(event: &Event) -> Vec<(&str, &str)> {
    event.objects.iter().map(|it| (it.kind.as_str(), it.id.as_str())).collect()
}

fn at(event: &Event) -> Option<String> {
    event.occurred.at.map(|at| at.to_string())
}

fn fixture() -> ChannelFixture {
    let two = r#"{"contacts":[{"wa_id":"33612345678","profile":{"name":"Camille Etienne"}}],
        "messages":[{"id":"wamid.1","from":"33612345678","timestamp":"1795354200","type":"text",
            "text":{"body":"Is the lamp there?"}},
          {"id":"wamid.2","from":"33612345678","timestamp":"1795354260","type":"image",
            "image":{"id":"77","mime_type":"image/jpeg","caption":"This one"},
            "context":{"id":"wamid.0"}}]}"#;
    let read = r#"{"statuses":[{"id":"wamid.0","status":"read","timestamp":"1795354300",
        "recipient_id":"33612345678"}]}"#;
    let chosen = r#"{"user_preferences":[{"wa_id":"33612345678","value":"stop",
        "category":"marketing_messages","timestamp":1795354300}]}"#;
    let broken = r#"{"messages":[7,{"id":"wamid.3","timestamp":"1795354300","type":"text",
        "from":"33612345678","text":{"body":"yes"}},{"from":"33612345678","type":"text"},
        {"id":"wamid.4","timestamp":"Camille","type":"text","text":{"body":"no"}}],
        "statuses":"none"}"#;
    ChannelFixture::new(codec())
        .address("+33612345678")
        .form(Form::Template {
            name: "order_ready".to_owned(),
            language: "fr".to_owned(),
            values: vec![Pii::new("1007".to_owned())],
        })
        .form(Form::File(BlobRef::new("https://shop.example/1.png", "image/png")))
        .form(Form::File(BlobRef::new("https://shop.example/1.mp4", "video/mp4")))
        .form(Form::File(BlobRef::new("1093", "audio/ogg")))
        .form(Form::File(BlobRef::new("https://shop.example/1.pdf", "application/pdf")))
        .form(Form::Reaction { to: "wamid.1".to_owned(), sign: "❤".to_owned() })
        .form(Form::Typing { to: Some("wamid.1".to_owned()) })
        .sample(body_of("messages", two))
        .sample(body_of("messages", read))
        .sample(body_of("user_preferences", chosen))
        .mixed(body_of("messages", broken), 1, &[0, 2, 3, 4])
        .secret("33612345678")
        .secret("Camille")
        .secret("the lamp")
        .secret(TOKEN)
        .secret("a word between")
}

channel_contract!(whatsapp, super::fixture());
