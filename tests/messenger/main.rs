//! Messenger and Instagram: published bodies, our own, calls and their answers.

#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod done;
mod published;
mod said;
mod sending;
mod wall;

use omnichannel::channel::{ChannelCodec, KeyRing, Messenger, RawInbound, verify};
use omnichannel::channel_contract;
use omnichannel::model::{
    BlobRef, Channel, ChannelKind, Decoded, Event, Form, Namespace, Purpose, TenantId, Timestamp,
};
use omnichannel::testkit::channel::ChannelFixture;

const RECEIVED: &str = "2026-11-22T14:00:00Z";
const AT: &str = "2026-11-22T13:30:00Z";
const TOKEN: &str = "a word between us & Meta";
const PAGE: &str = "700";
const PARTY: &str = "100200300";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn codec() -> Messenger {
    Messenger::page(Channel::new("messenger-fr", ChannelKind::Messaging).unwrap())
        .verify_token(TOKEN)
        .of_app("42")
        .marketing_is(Purpose::new("news"))
}

fn decode_by(codec: &Messenger, body: impl Into<Vec<u8>>, received_at: Option<&str>) -> Decoded {
    let channel = codec.channel().id.clone();
    let mut request = RawInbound::new(TenantId::named("maison-lune"), channel, body);
    request.received_at = received_at.map(time);
    let request = request.attested("a test");
    codec.decode(&verify(&codec.scheme(), &KeyRing::default(), request, time(RECEIVED)).unwrap())
}

/// A body with one entry of the page; `lists` are its lists.
fn body_of(lists: &str) -> String {
    format!(r#"{{"object":"page","entry":[{{"id":{PAGE},"time":1795354200000,{lists}}}]}}"#)
}

fn decode(lists: &str) -> Decoded {
    decode_by(&codec(), body_of(lists), Some(RECEIVED))
}

#[track_caller]
fn one(mut decoded: Decoded) -> Event {
    assert_eq!((&*decoded.rejected, &*decoded.ignored), (&[][..], &[][..]));
    assert_eq!(decoded.events.len(), 1);
    decoded.events.remove(0)
}

/// What a party did: the fields beside both ids and the time.
fn item(rest: &str) -> String {
    format!(
        r#""messaging":[{{"sender":{{"id":{PARTY}}},"recipient":{{"id":"{PAGE}"}},
            "timestamp":1795354200000,{rest}}}]"#
    )
}

/// The one event of what a party did.
#[track_caller]
fn event(rest: &str) -> Event {
    one(decode(&item(rest)))
}

/// The one event of a change.
#[track_caller]
fn change(field: &str, value: &str) -> Event {
    one(decode(&format!(r#""changes":[{{"field":"{field}","value":{value}}}]"#)))
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
    let said = r#""message":{"mid":"m.1","text":"Is the lamp there?",
        "attachments":[{"type":"image","payload":{"url":"https://x.org/a"}}]}"#;
    let read = r#""delivery":{"mids":["m.1","m.2"],"watermark":1795354200000}"#;
    let comment = r#""changes":[{"field":"feed","value":{"item":"comment","verb":"add",
        "comment_id":"1_2","post_id":"1","message":"the lamp!","created_time":1795354200,
        "from":{"id":"100200300","name":"Camille Etienne"}}}]"#;
    let broken = r#""messaging":[7,{"sender":{"id":"1"},"message":{"mid":"m.3","text":"yes"}},
        {"message":{"text":"no"}},{"timestamp":"Camille","message":{"mid":"m.4"}},
        {"sender":"Camille","message":{"mid":"m.5"}}],"changes":"none""#;
    ChannelFixture::new(codec())
        .address(PARTY)
        .form(Form::File(BlobRef::new("https://shop.example/1.png", "image/png")))
        .form(Form::File(BlobRef::new("https://shop.example/1.mp4", "video/mp4")))
        .form(Form::File(BlobRef::new("https://shop.example/1.ogg", "audio/ogg")))
        .form(Form::File(BlobRef::new("https://shop.example/1.pdf", "application/pdf")))
        .form(Form::Typing { to: None })
        .sample(body_of(&item(said)))
        .sample(body_of(&item(read)))
        .sample(body_of(comment))
        .mixed(body_of(broken), 1, &[0, 2, 3, 4, 5])
        .secret(PARTY)
        .secret("Camille")
        .secret("the lamp")
        .secret("a word between")
}

channel_contract!(messenger, super::fixture());
