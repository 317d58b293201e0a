//! Webhooks both ways: what is sent is read back, what is forged is refused.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use omnichannel::channel::{
    ChannelCodec as _, KeyRing, RawInbound, RawOutbound, TransportAnswer, Webhook, verify,
};
use omnichannel::channel_contract;
use omnichannel::model::{
    Act, BlobRef, Channel, ChannelKind, Code, DecisionId, Decoded, DeliveryStatus, Direction,
    EventKind, Form, Namespace, Outbound, Pii, Purpose, Rejection, SendIdempotency, SendOutcome,
    TenantId, Timestamp,
};
use omnichannel::testkit::channel::ChannelFixture;
use proptest::prelude::*;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: &str = "2026-11-22T13:45:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn listening() -> Webhook {
    Webhook::new(Channel::new("desk", ChannelKind::Messaging).unwrap())
}

fn codec() -> Webhook {
    listening().sending_to(Namespace::Email, "/hooks/a-secret", SECRET).unwrap()
}

fn outbound(text: &str) -> Outbound {
    let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
    let channel = codec().channel().id.clone();
    let message = Outbound::new((decision, channel), (Namespace::Email, "zoe@example.org"), text);
    Outbound { at: now(), purpose: Purpose::new("order"), ..message }
}

fn request(body: impl Into<Vec<u8>>) -> RawInbound {
    RawInbound::new(TenantId::named("t"), codec().channel().id.clone(), body)
}

/// What the receiver of a call reads, who has these keys, at a time.
fn received(call: RawOutbound, keys: &KeyRing, at: Timestamp) -> Result<Decoded, Rejection> {
    let request = RawInbound { headers: call.headers, ..request(call.body) };
    Ok(codec().decode(&verify(&codec().scheme(), keys, request, at)?))
}

fn decode(body: &str) -> Decoded {
    let request = request(body).header("webhook-id", "msg_1").attested("a test");
    codec().decode(&verify(&codec().scheme(), &KeyRing::default(), request, now()).unwrap())
}

#[test]
fn what_is_sent_is_read_back_by_another_hub() {
    let message = Outbound {
        title: Some(Pii::new("Votre commande".to_owned())),
        answers: Some("q-1".to_owned()),
        ..outbound("Elle est prête 🎁")
    };
    let call = codec().plan(&message).unwrap().remove(0);
    assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/hooks/a-secret"));
    let decoded = received(call, &KeyRing::new([SECRET]), now()).unwrap();
    assert_eq!((decoded.events.len(), &*decoded.rejected), (1, &[][..]));
    let event = &decoded.events[0];
    assert_eq!(event.external_id, Some(message.decision.to_string()));
    assert_eq!((event.kind, &event.act), (EventKind::Message, &Act::Sent));
    assert_eq!(event.occurred.at, Some(now()));
    assert_eq!(event.sender.as_ref().unwrap().value.expose(), "zoe@example.org");
    assert_eq!(event.details["purpose"].expose(), "order");
    let said = event.message.as_ref().unwrap();
    assert_eq!(said.direction, Direction::Outbound);
    assert_eq!(said.subject.as_ref().unwrap().expose(), "Votre commande");
    assert_eq!(
        (said.text().expose().as_str(), &*said.references),
        ("Elle est prête 🎁", &["q-1".to_owned()][..])
    );
}

#[test]
fn another_key_another_time_or_another_body_is_refused() {
    let call = || codec().plan(&outbound("Hi")).unwrap().remove(0);
    let keys = KeyRing::new([SECRET]);
    let code = |call, keys: &KeyRing, at| received(call, keys, at).unwrap_err().code;
    let other = KeyRing::new(["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]);
    assert_eq!(code(call(), &other, now()), Code::BadSignature);
    let later: Timestamp = "2026-11-22T13:50:01Z".parse().unwrap();
    assert_eq!(code(call(), &keys, later), Code::Stale);
    let changed = RawOutbound { body: call().body.to_ascii_uppercase(), ..call() };
    assert_eq!(code(changed, &keys, now()), Code::BadSignature);
    let bare = RawOutbound { headers: Vec::new(), ..call() };
    assert_eq!(code(bare, &keys, now()), Code::Unsigned);
}

#[test]
fn touchpoints_and_receipts_come_in_and_the_rest_is_kept() {
    let told = decode(
        r#"[{"type": "visit", "timestamp": "2026-11-22T10:00:00Z",
             "data": {"act": "visited", "sender": {"namespace": "email", "value": "z@b.fr"}}},
            {"type": "message.delivered", "data": {"id": "r-1", "receipt":
                {"of": "m-1", "status": "delivered"}, "occurred_at": "2026-11-22T11:00:00Z"}},
            {"type": "invoice.paid", "timestamp": "2026-11-22T12:00:00Z",
             "data": {"total": 12345678901234567890.10}}]"#,
    );
    let [visit, receipt, invoice] = told.events.as_slice() else { panic!("{told:?}") };
    assert_eq!((visit.external_id.as_deref(), &visit.act), (Some("msg_1"), &Act::Visited));
    assert_eq!(visit.occurred.at, Some("2026-11-22T10:00:00Z".parse().unwrap()));
    assert_eq!(receipt.receipt.as_ref().unwrap().status, DeliveryStatus::Delivered);
    assert_eq!(receipt.external_id.as_deref(), Some("r-1"));
    assert_eq!(
        (invoice.kind, invoice.external_id.as_deref()),
        (EventKind::Unknown, Some("msg_1#3"))
    );
    assert_eq!(invoice.act, Act::Custom("invoice.paid".to_owned()));
    assert_eq!(invoice.details["data.total"].expose(), "12345678901234567890.10");
}

#[test]
fn what_is_no_event_is_refused_with_its_reason() {
    for (body, code) in [
        ("", Code::Syntax),
        ("[", Code::Syntax),
        (r#"{"data": {}}"#, Code::MissingField),
        (r#"{"type": 7}"#, Code::WrongType),
        (r#"{"type": "a", "timestamp": "asdf"}"#, Code::BadTime),
        (r#"{"type": "a", "data": {"act": 7}}"#, Code::WrongType),
    ] {
        let decoded = decode(body);
        assert_eq!((decoded.events.len(), decoded.rejected[0].code), (0, code), "{body}");
    }
}

#[test]
fn answers_say_what_became_of_a_message() {
    let heard = |status, headers: &[(&str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let (headers, body) = (headers.collect(), body.as_bytes().to_vec());
        codec().interpret(&TransportAnswer::Answered { status, headers, body }, now())
    };
    let taken = |id: &str| SendOutcome::Accepted { provider_id: id.to_owned() };
    assert_eq!(heard(202, &[], r#"{"id": "m-1"}"#), taken("m-1"));
    assert_eq!(heard(204, &[], ""), taken(""), "the adapter names it by its decision");
    let retry_at = now().plus(std::time::Duration::from_secs(7));
    for status in [429, 503] {
        let outcome = heard(status, &[("Retry-After", "7")], "");
        assert_eq!(outcome, SendOutcome::Deferred { retry_at }, "{status}");
    }
    for status in [408, 500, 502, 503] {
        assert_eq!(heard(status, &[], ""), SendOutcome::Unknown, "{status}");
    }
    for status in [301, 400, 401, 404, 410] {
        assert!(matches!(heard(status, &[], ""), SendOutcome::Rejected { .. }), "{status}");
    }
}

#[test]
fn secrets_are_written_as_specified_and_never_shown() {
    for secret in ["", "whsec_", "whsec_!", "not base 64"] {
        let error = listening().sending_to(Namespace::Email, "/", secret).unwrap_err();
        assert!(error.message().contains("`whsec_` and base 64"), "{error}");
    }
    let shown = format!("{:?} {:?}", codec(), codec().plan(&outbound("Hi")).unwrap());
    assert!(!shown.contains("MfKQ") && !shown.contains("a-secret") && !shown.contains("zoe"));
    assert_eq!(codec().capabilities().send_idempotency, SendIdempotency::None);
    let once = codec().taken_once();
    assert_eq!(once.capabilities().send_idempotency, SendIdempotency::Native);
    assert!(listening().plan(&outbound("Hi")).is_err(), "it only listens");
}

proptest! {
    #[test]
    fn any_words_arrive(words in "\\PC{1,300}") {
        prop_assume!(!words.trim().is_empty());
        let call = codec().plan(&outbound(&words)).unwrap().remove(0);
        let decoded = received(call, &KeyRing::new([SECRET]), now()).unwrap();
        let text = decoded.events[0].message.as_ref().unwrap().text();
        prop_assert_eq!(text.expose(), &words);
    }
}

fn fixture() -> ChannelFixture {
    ChannelFixture::new(codec())
        .address("zoe@example.org")
        .form(Form::File(BlobRef::new("https://shop.example/1.png", "image/png")))
        .form(Form::File(BlobRef::new("https://shop.example/1.mp4", "video/mp4")))
        .form(Form::File(BlobRef::new("https://shop.example/1.ogg", "audio/ogg")))
        .form(Form::File(BlobRef::new("https://shop.example/1.pdf", "application/pdf")))
        .sample(
            r#"{"type": "a", "data": {"act": "visited", "sender":
            {"namespace": "email", "value": "secret@example.org"}}}"#,
        )
        .sample(
            r#"{"type": "b", "timestamp": "2026-11-22T12:00:00Z", "data": {"x": "secret words"}}"#,
        )
        .mixed(r#"[{"type": "a"}, {"type": 7}, {}, {"type": "b"}]"#, 2, &[1, 2])
        .secret("secret@example.org")
        .secret("secret words")
        .secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
}

channel_contract!(webhooks_keep_the_contract, crate::fixture());
