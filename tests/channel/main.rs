//! The channel contract for each codec of the crate, the verifier, JSON's limits.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod dishonest;
mod profiles;
mod touchpoints;
mod verifier;

use omnichannel::channel::{
    ChannelAdapter as _, ChannelCodec, Encoding, KeyRing, MemoryChannel, Proof, RawInbound,
    Segment, SignatureScheme, TouchpointJson, verify,
};
use omnichannel::channel_contract;
use omnichannel::model::{
    Act, ArrivalMode, Assurance, Author, Capabilities, Channel, ChannelKind, Code, ConsentState,
    Decoded, DeliveryStatus, Direction, EventKind, Namespace, Rejection, TenantId, TimeOrigin,
    Timestamp,
};
use omnichannel::testkit::channel::ChannelFixture;

const NOW: Timestamp = Timestamp::MIN;

fn channel(name: &str, kind: ChannelKind) -> Channel {
    Channel::new(name, kind).unwrap()
}

fn request(body: impl Into<Vec<u8>>) -> RawInbound {
    let channel = channel("store-1", ChannelKind::Store);
    RawInbound::new(TenantId::named("maison-lune"), channel.id, body)
}

fn decode(body: &str) -> Decoded {
    let codec = TouchpointJson::new(channel("store-1", ChannelKind::Store));
    let request = request(body).attested("a test");
    codec.decode(&verify(&codec.scheme(), &KeyRing::default(), request, NOW).unwrap())
}

// --- the contract ---

const TOUCHPOINT: &str = r#"{"id": "t-1", "act": "purchased", "occurred_at": "2026-11-22T13:45:00Z",
    "sender": {"namespace": "email", "value": "camille.secret@example.org", "verified": true},
    "message": {"text": "the words are secret", "references": ["t-0"]},
    "consents": [{"endpoint": {"namespace": "email", "value": "camille.secret@example.org"},
                  "state": "given", "purpose": "marketing"}],
    "attributes": {"name": "Camille Secret"}, "details": {"note": "a secret note"}}"#;

const TOUCHPOINTS_MIXED: &str = r#"{"touchpoints": [{"act": "visited"}, {"act": 7},
    {"act": "visited", "occurred_at": "camille.secret@example.org"}, {}, {"act": "viewed"}]}"#;

fn touchpoint_fixture(codec: impl ChannelCodec) -> ChannelFixture {
    ChannelFixture::new(codec)
        .sample(TOUCHPOINT)
        .sample(format!("[{TOUCHPOINT},{{\"act\":\"visited\"}}]"))
        .sample("{\"act\":\"visited\",\"id\":1}\n{\"act\":\"viewed\",\"id\":2}\n")
        .mixed(TOUCHPOINTS_MIXED, 2, &[1, 2, 3])
        .mixed("{\"act\":\"visited\"}\n{\"act\":\n{\"act\":\"viewed\"}\n", 2, &[1])
        .secret("camille.secret@example.org")
        .secret("the words are secret")
        .secret("Camille Secret")
        .secret("a secret note")
}

fn touchpoint_json() -> ChannelFixture {
    touchpoint_fixture(TouchpointJson::new(channel("store-1", ChannelKind::Store)))
}

/// A memory channel's codec, which is reached through the adapter.
fn memory() -> ChannelFixture {
    #[derive(Debug)]
    struct Spoken(MemoryChannel);
    impl ChannelCodec for Spoken {
        fn channel(&self) -> &Channel {
            self.0.codec().channel()
        }
        fn capabilities(&self) -> &Capabilities {
            self.0.codec().capabilities()
        }
        fn scheme(&self) -> SignatureScheme {
            self.0.codec().scheme()
        }
        fn decode(&self, request: &omnichannel::channel::Verified<RawInbound>) -> Decoded {
            self.0.codec().decode(request)
        }
    }
    let channel = channel("sms", ChannelKind::Sms);
    touchpoint_fixture(Spoken(MemoryChannel::new(channel, Namespace::Phone)))
}

const IDENTIFY: &str = r#"{"type": "identify", "userId": "user-secret-1", "messageId": "m-1",
    "timestamp": "2026-11-22T13:45:00Z", "sentAt": "2026-11-22T13:45:01Z",
    "traits": {"email": "camille.secret@example.org", "name": "Camille Secret"},
    "context": {"ip": "203.0.113.77", "device": {"id": "device-secret"}}}"#;

fn segment() -> ChannelFixture {
    let bad = r#"{"type": "track", "userId": "user-secret-1"}"#;
    let worse = r#"{"type": "identify", "userId": {"a": 1}, "traits": "Camille Secret"}"#;
    ChannelFixture::new(Segment::new(channel("web", ChannelKind::Web)))
        .sample(IDENTIFY)
        .sample(
            r#"{"event": "Live Chat Message Sent", "properties": {"message_body": "a b c d e"}}"#,
        )
        .mixed(format!("{{\"batch\": [{IDENTIFY}, {bad}, {IDENTIFY}, {worse}]}}"), 2, &[1, 3])
        .mixed(format!("[{bad}, {IDENTIFY}]"), 1, &[0])
        .secret("user-secret-1")
        .secret("camille.secret@example.org")
        .secret("Camille Secret")
        .secret("203.0.113.77")
        .secret("device-secret")
        .secret("a b c d e")
}

channel_contract!(touchpoint_json_keeps_the_contract, crate::touchpoint_json());
channel_contract!(memory_keeps_the_contract, crate::memory());
channel_contract!(segment_keeps_the_contract, crate::segment());
