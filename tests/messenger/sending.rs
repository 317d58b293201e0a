//! Handshakes, calls and what their answers mean.

use omnichannel::channel::TransportAnswer;
use omnichannel::model::{DecisionId, Outbound, SendOutcome};
use serde_json::{Value, json};

use super::*;

fn outbound(address: &str, text: &str) -> Outbound {
    let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
    let channel = codec().channel().id.clone();
    Outbound::new((decision, channel), (Namespace::SocialHandle, address), text)
}

#[test]
fn a_text_is_one_call_with_a_mark_for_its_echo() {
    let message = outbound(PARTY, "Bonjour");
    let calls = codec().plan(&message).unwrap();
    assert_eq!((calls.len(), calls[0].method.as_str()), (1, "POST"));
    assert_eq!(calls[0].path, "/me/messages");
    let body: Value = serde_json::from_slice(&calls[0].body).unwrap();
    let mark = format!("omnichannel/{}", message.decision);
    let expected = json!({
        "messaging_type": "RESPONSE",
        "recipient": {"id": PARTY},
        "message": {"text": "Bonjour", "metadata": mark},
    });
    assert_eq!(body, expected);
}

#[test]
fn what_no_call_could_carry_is_refused_before_it_leaves() {
    for address in ["", "camille", "1 2", "@lune"] {
        assert!(codec().plan(&outbound(address, "hm")).is_err(), "{address}");
    }
    let phone = Outbound { namespace: Namespace::Phone, ..outbound(PARTY, "hm") };
    assert!(codec().plan(&phone).is_err());
    assert!(codec().plan(&outbound(PARTY, &"a".repeat(2_000))).is_ok());
    assert!(codec().plan(&outbound(PARTY, &"a".repeat(2_001))).is_err());
    // Instagram counts bytes.
    let instagram = Messenger::instagram(codec().channel().clone());
    assert!(instagram.plan(&outbound(PARTY, &"é".repeat(500))).is_ok());
    assert!(instagram.plan(&outbound(PARTY, &"é".repeat(501))).is_err());
}

#[test]
fn answers_are_read() {
    let outcome = |status: u16, body: &str| {
        let answer = TransportAnswer::Answered { status, headers: Vec::new(), body: body.into() };
        codec().interpret(&answer, time(RECEIVED))
    };
    let accepted = SendOutcome::Accepted { provider_id: "m.9".to_owned() };
    assert_eq!(outcome(200, r#"{"recipient_id":"100200300","message_id":"m.9"}"#), accepted);
    let error = |code: i64, subcode: i64| {
        format!(r#"{{"error":{{"code":{code},"error_subcode":{subcode},"message":"100200300"}}}}"#)
    };
    assert!(matches!(outcome(400, &error(613, 0)), SendOutcome::Deferred { .. }));
    assert_eq!(outcome(500, &error(-1, 0)), SendOutcome::Unknown);
    for (code, subcode, word) in
        [(10, 2_018_278, "24 hours"), (100, 2_018_001, "not known"), (551, 1, "reached")]
    {
        let SendOutcome::Rejected { reason } = outcome(400, &error(code, subcode)) else {
            panic!("{code} is rejected")
        };
        assert!(reason.contains(word) && !reason.contains(PARTY), "{reason}");
    }
}

#[test]
fn a_handshake_is_answered_to_whoever_knows_the_token() {
    let ask = |query: &str| {
        let codec = codec();
        let request = RawInbound::new(TenantId::named("t"), codec.channel().id.clone(), query);
        codec.challenge(&request, &KeyRing::default()).map(|it| it.status)
    };
    let right = "hub.mode=subscribe&hub.verify_token=a+word+between+us+%26+Meta&hub.challenge=7";
    assert_eq!((ask(right), ask(&right.replace("us", "them"))), (Some(200), Some(403)));
    assert_eq!(ask(r#"{"object":"page"}"#), None);
}
