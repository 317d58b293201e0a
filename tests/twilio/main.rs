//! Twilio: published forms, messages, receipts, calls, and sending.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod came;
mod published;
mod sent;

use omnichannel::channel::{ChannelCodec as _, KeyRing, RawInbound, Twilio, form, verify};
use omnichannel::channel_contract;
use omnichannel::model::{
    Channel, ChannelKind, Decoded, Event, Form, Namespace, Pii, Purpose, TenantId, Timestamp,
};
use omnichannel::testkit::channel::ChannelFixture;

const RECEIVED: &str = "2026-11-22T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn channel() -> Channel {
    Channel::new("sms-fr", ChannelKind::Sms).unwrap()
}

fn sms() -> Twilio {
    Twilio::new(channel()).sending_sms("AC0123", "+33700000000").start_means(Purpose::new("news"))
}

fn whatsapp() -> Twilio {
    Twilio::new(channel()).sending_whatsapp("AC0123", "+33700000000")
}

fn request(body: impl Into<Vec<u8>>) -> RawInbound {
    RawInbound::new(TenantId::named("t"), channel().id, body).received_at(time(RECEIVED))
}

fn decode(body: impl Into<Vec<u8>>) -> Decoded {
    let request = request(body).attested("a test");
    let request = verify(&sms().scheme(), &KeyRing::default(), request, time(RECEIVED));
    sms().decode(&request.unwrap())
}

/// A form of these fields, with the account's.
fn written(fields: &[(&str, &str)]) -> String {
    form::write([("AccountSid", "AC0123")].into_iter().chain(fields.iter().copied()))
}

/// The one event of a form.
#[track_caller]
fn event(fields: &[(&str, &str)]) -> Event {
    let mut decoded = decode(written(fields));
    assert_eq!((decoded.events.len(), &*decoded.rejected), (1, &[][..]));
    decoded.events.remove(0)
}

fn fixture() -> ChannelFixture {
    let said = [
        ("MessageSid", "SM1"),
        ("SmsStatus", "received"),
        ("From", "+33612345678"),
        ("Body", "the words are secret"),
        ("NumMedia", "1"),
        ("MediaUrl0", "https://secret.example/1"),
        ("ProfileName", "Camille Secret"),
    ];
    let status = [("MessageSid", "SM2"), ("MessageStatus", "delivered"), ("To", "+33612345678")];
    let call = [("CallSid", "CA1"), ("CallStatus", "ringing"), ("From", "+33612345678")];
    ChannelFixture::new(sms())
        .address("+33612345678")
        .form(Form::Template {
            name: "HX0123".to_owned(),
            language: "fr".to_owned(),
            values: vec![Pii::new("1007".to_owned())],
        })
        .sample(written(&said))
        .sample(written(&status))
        .sample(written(&[("MessageSid", "SM3"), ("MessageStatus", "queued"), ("To", "+336")]))
        .sample(written(&call))
        .secret("the words are secret")
        .secret("https://secret.example/1")
        .secret("Camille Secret")
        .secret("33612345678")
}

channel_contract!(twilio_keeps_the_contract, crate::fixture());
