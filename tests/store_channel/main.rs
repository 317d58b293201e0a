//! The store: sales, returns, words at the counter, calls, and messages shown there.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod broken;
mod journey;
mod told;

use omnichannel::channel::{ChannelCodec as _, InStore, KeyRing, RawInbound, verify};
use omnichannel::channel_contract;
use omnichannel::model::{
    BlobRef, Channel, ChannelKind, DecisionId, Decoded, Event, Form, Namespace, Outbound, TenantId,
    Timestamp,
};
use omnichannel::testkit::channel::ChannelFixture;

const RECEIVED: &str = "2026-11-22T12:00:00Z";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SALE: &str = r#"{"type": "sale", "id": "till-3/123", "at": "2026-11-22T12:45:00+01:00",
    "store": "lyon-2", "till": 3, "clerk": "c-17", "order": "A-17", "codes": ["SPRING"],
    "customer": {"email": "zoe@example.org", "loyalty_card": {"value": "4-711", "verified": true},
        "name": "Zoé Étienne"},
    "lines": [{"product": "dress", "quantity": 1, "amount": "89.00 EUR"},
              {"product": "belt", "quantity": 2, "amount": "39.80 EUR"}],
    "total": "128.80 EUR", "payments": [{"by": "card", "amount": "128.80 EUR"}]}"#;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn channel() -> Channel {
    Channel::new("store-lyon", ChannelKind::Store).unwrap()
}

fn codec() -> InStore {
    let shown = InStore::new(channel()).showing_to(Namespace::LoyaltyCard, "/show", SECRET);
    shown.unwrap()
}

fn decode(body: impl Into<Vec<u8>>) -> Decoded {
    let request = RawInbound::new(TenantId::named("t"), channel().id, body)
        .received_at(time(RECEIVED))
        .attested("a test");
    let request = verify(&codec().scheme(), &KeyRing::default(), request, time(RECEIVED));
    codec().decode(&request.unwrap())
}

/// The one event of a body.
fn event(body: impl Into<Vec<u8>>) -> Event {
    let mut decoded = decode(body);
    assert_eq!(decoded.rejected, []);
    assert_eq!(decoded.events.len(), 1);
    decoded.events.remove(0)
}

fn fixture() -> ChannelFixture {
    let call = r#"{"type": "voicemail", "id": "v-1", "call": "C1", "text": "secret words",
        "customer": {"phone": "+33612345678"},
        "recording": {"location": "https://pbx.example/secret.wav", "media_type": "audio/wav"}}"#;
    let mixed = r#"[{"type": "visit"}, {"type": 7}, {"type": "call"}, {"type": "visit", "at": 1}]"#;
    ChannelFixture::new(codec())
        .sample(SALE)
        .sample(call)
        .sample(r#"{"type": "feedback", "score": 9, "of_most": 10, "text": "secret words"}"#)
        .reads(SALE, &["track purchased till-3/123 loyalty_card:4-711 2026-11-22T11:45:00Z -"])
        .reads(
            call,
            &[r#"message said v-1 phone:+33612345678 2026-11-22T13:30:00Z "secret words""#],
        )
        .writes(
            Outbound::new(
                (DecisionId::from_uuid(uuid::Uuid::nil()), channel().id),
                (Namespace::Phone, "+33"),
                "hm",
            ),
            &["refused: this channel sends to another kind of address"],
        )
        .mixed(mixed, 1, &[1, 2, 3])
        .secret("secret words")
        .secret("zoe@example.org")
        .secret("33612345678")
        .secret("MfKQ9r8G")
        .address("4-711")
        .form(Form::File(BlobRef::new("https://shop.example/1.png", "image/png")))
        .form(Form::File(BlobRef::new("https://shop.example/1.mp4", "video/mp4")))
        .form(Form::File(BlobRef::new("https://shop.example/1.ogg", "audio/ogg")))
        .form(Form::File(BlobRef::new("https://shop.example/1.pdf", "application/pdf")))
}

channel_contract!(the_store_keeps_the_contract, crate::fixture());
