//! What a till gets wrong, and what it is told.

use omnichannel::channel::{SignatureScheme, Webhook};
use omnichannel::model::{Code, DecisionId, Outbound, Purpose};

use super::*;

#[test]
fn each_mistake_is_named_by_its_place() {
    for (body, code, place) in [
        (r#"{"id": "1"}"#, Code::MissingField, "`type`"),
        (r#"{"type": "sale", "total": "89,00 €"}"#, Code::WrongType, "`total`"),
        (r#"{"type": "sale", "total": 89}"#, Code::WrongType, "`total`"),
        (
            r#"{"type": "sale", "lines": [{"quantity": 1}]}"#,
            Code::MissingField,
            "`lines[0].product`",
        ),
        (
            r#"{"type": "sale", "lines": [{"product": "a"}, {"product": "b", "amount": "1 XXQ"}]}"#,
            Code::WrongType,
            "`lines[1].amount`",
        ),
        (
            r#"{"type": "sale", "lines": [{"product": "a", "quantity": -1}]}"#,
            Code::WrongType,
            "`lines[0].quantity`",
        ),
        (r#"{"type": "visit", "at": "asdf"}"#, Code::BadTime, "`at`"),
        (r#"{"type": "visit", "customer": "Zoé"}"#, Code::WrongType, "`customer`"),
        (
            r#"{"type": "visit", "customer": {"phone": {}}}"#,
            Code::MissingField,
            "`customer.phone.value`",
        ),
        (r#"{"type": "call", "status": "ended"}"#, Code::MissingField, "`call`"),
        (r#"{"type": "call", "call": "1", "status": "lost"}"#, Code::Unsupported, "`status`"),
        (r#"{"type": "keyed", "call": "1"}"#, Code::MissingField, "`key`"),
        (r#"{"type": "enquiry", "text": " "}"#, Code::MissingField, "`text`"),
        (r#"{"type": "note"}"#, Code::MissingField, "`text`"),
        (r#"{"type": "feedback"}"#, Code::MissingField, "`score`"),
        (r#"{"type": "feedback", "score": 11, "of_most": 10}"#, Code::WrongType, "`score`"),
        (r#"{"type": "consent"}"#, Code::MissingField, "`consents`"),
        (r#"{"type": "shown"}"#, Code::MissingField, "`of`"),
        ("", Code::Syntax, "empty"),
    ] {
        let decoded = decode(body);
        assert_eq!((decoded.events.len(), decoded.rejected.len()), (0, 1), "{body}");
        let refused = &decoded.rejected[0];
        assert_eq!(refused.code, code, "{body}: {refused}");
        assert!(refused.reason.contains(place), "{body}: {refused}");
        assert!(!refused.reason.contains("89,00") && !refused.reason.contains("Zoé"));
    }
    let lines = vec![r#"{"product": "a"}"#; 1_001].join(",");
    let decoded = decode(format!(r#"{{"type": "sale", "lines": [{lines}]}}"#));
    assert_eq!(decoded.rejected[0].code, Code::TooMany);
}

#[test]
fn a_till_proves_itself_with_a_time() {
    let request = RawInbound::new(TenantId::named("t"), channel().id, SALE);
    let keys = KeyRing::new([SECRET]);
    let refused = verify(&codec().scheme(), &keys, request, time(RECEIVED)).unwrap_err();
    assert_eq!(refused.code, Code::Unsigned);
    // Another hub signs as a till does.
    let till = Webhook::new(channel()).sending_to(Namespace::LoyaltyCard, "/", SECRET).unwrap();
    let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
    let said = Outbound::new((decision, channel().id), (Namespace::LoyaltyCard, "4"), "hm");
    let said = Outbound { at: time(RECEIVED), purpose: Purpose::new("service"), ..said };
    let call = till.plan(&said).unwrap().remove(0);
    let signed = |body: &[u8]| {
        let raw = RawInbound::new(TenantId::named("t"), channel().id, body.to_vec());
        call.headers.iter().fold(raw, |raw, (name, value)| raw.header(name, value))
    };
    let seen = |now: &str| verify(&codec().scheme(), &keys, signed(&call.body), time(now));
    assert!(seen("2026-11-22T12:04:59Z").is_ok());
    assert_eq!(seen("2026-11-22T12:06:00Z").unwrap_err().code, Code::Stale);
    let other = signed(b"{}");
    let refused = verify(&codec().scheme(), &keys, other, time(RECEIVED)).unwrap_err();
    assert_eq!(refused.code, Code::BadSignature);
    let own = InStore::new(channel()).signed_with(SignatureScheme::Attested);
    assert_eq!(own.scheme(), SignatureScheme::Attested);
}
