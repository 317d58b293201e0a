//! Handshakes, signatures, calls and what their answers mean.

use std::time::Duration;

use omnichannel::channel::{SignatureScheme, TransportAnswer};
use omnichannel::model::{Code, DecisionId, Outbound, SendOutcome};
use serde_json::{Value, json};

use super::*;

#[test]
fn a_handshake_is_answered_to_whoever_knows_the_token() {
    let ask = |codec: &WhatsApp, query: &str| {
        let channel = codec.channel().id.clone();
        let request = RawInbound::new(TenantId::named("t"), channel, query);
        codec.challenge(&request, &KeyRing::default()).map(|it| (it.status, it.body))
    };
    let right = "hub.mode=subscribe&hub.challenge=1158201444&\
                 hub.verify_token=a+word%20between+us+%26+Meta";
    let (codec, no) = (codec(), Some((403, Vec::new())));
    assert_eq!(ask(&codec, right), Some((200, b"1158201444".to_vec())));
    assert_eq!(ask(&codec, &format!("?{right}")), Some((200, b"1158201444".to_vec())));
    assert_eq!(ask(&codec, &right.replace("word", "wort")), no);
    assert_eq!(ask(&codec, &right.replace("1158201444", "%3Cscript%3E")), no);
    assert_eq!(ask(&codec, "hub.mode=subscribe&hub.challenge=1"), no);
    let called = RawInbound::new(TenantId::named("t"), codec.channel().id.clone(), "")
        .method("GET")
        .url(format!("https://shop.example/hooks?{right}"));
    let answer = codec.challenge(&called, &KeyRing::default()).unwrap();
    assert_eq!((answer.status, answer.body), (200, b"1158201444".to_vec()));
    for other in ["", "{}", "hub.mode=unsubscribe", "xhub.mode=subscribe"] {
        assert_eq!(ask(&codec, other), None, "{other}");
    }
    let without = WhatsApp::new(codec.channel().clone());
    assert_eq!(ask(&without, "hub.mode=subscribe&hub.challenge=1&hub.verify_token="), no);
    assert!(!format!("{codec:?}").contains("word"));
}

#[test]
fn a_body_is_proven_by_its_signature() {
    // The construction is that of GitHub, which publishes this vector.
    let header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let ask = |body: &str| {
        let codec = codec();
        let request = RawInbound::new(TenantId::named("t"), codec.channel().id.clone(), body)
            .header("x-hub-signature-256", header);
        let keys = KeyRing::new(["It's a Secret to Everybody"]);
        verify(&codec.scheme(), &keys, request, time(RECEIVED)).map_err(|refused| refused.code)
    };
    assert_eq!(codec().scheme(), SignatureScheme::meta());
    assert!(ask("Hello, World!").is_ok());
    assert_eq!(ask("Hello, World?").err(), Some(Code::BadSignature));
}

fn outbound(address: &str, text: &str) -> Outbound {
    let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
    let channel = codec().channel().id.clone();
    Outbound::new((decision, channel), (Namespace::WhatsApp, address), text)
}

#[test]
fn a_number_and_an_id_are_written_to_differently() {
    for (address, field, written) in [
        ("33612345678", "to", "+33612345678"),
        ("+33612345678", "to", "+33612345678"),
        ("FR.13491208655302741918", "recipient", "FR.13491208655302741918"),
    ] {
        let message = outbound(address, "Bonjour \u{1f319}");
        let calls = codec().plan(&message).unwrap();
        assert_eq!((calls.len(), calls[0].method.as_str()), (1, "POST"));
        assert_eq!(calls[0].path, "/5550001/messages");
        let body: Value = serde_json::from_slice(&calls[0].body).unwrap();
        let mut expected = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "type": "text",
            "text": {"body": "Bonjour \u{1f319}", "preview_url": false},
            "biz_opaque_callback_data": message.decision.to_string(),
        });
        expected[field] = written.into();
        assert_eq!(body, expected);
    }
}

#[test]
fn what_no_call_could_carry_is_refused_before_it_leaves() {
    let refused = |message: &Outbound| {
        let error = codec().plan(message).unwrap_err().to_string();
        assert!(!error.contains("6123"), "{error}");
        error
    };
    for address in ["0612345678", "", "camille@example.org", "a b", "120@g.us", "../x"] {
        refused(&outbound(address, "hm"));
    }
    refused(&outbound("33612345678", " "));
    refused(&outbound("33612345678", &"\u{1f319}".repeat(2_049)));
    assert!(codec().plan(&outbound("33612345678", &"\u{1f319}".repeat(2_048))).is_ok());
    refused(&Outbound { namespace: Namespace::Phone, ..outbound("33612345678", "hm") });
    let listening = WhatsApp::new(codec().channel().clone());
    assert_eq!(listening.capabilities().sends_to, None);
    assert!(listening.plan(&outbound("33612345678", "hm")).is_err());
    let strange = WhatsApp::new(codec().channel().clone()).sending_from("../me");
    assert!(strange.plan(&outbound("33612345678", "hm")).is_err());
}

fn outcome(status: u16, body: &str, headers: &[(&str, &str)]) -> SendOutcome {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let headers = headers.iter().map(own).collect();
    let answer = TransportAnswer::Answered { status, headers, body: body.into() };
    codec().interpret(&answer, time(RECEIVED))
}

fn later(seconds: u64) -> SendOutcome {
    SendOutcome::Deferred { retry_at: time(RECEIVED).plus(Duration::from_secs(seconds)) }
}

#[test]
fn answers_are_accepted_deferred_rejected_or_unknown() {
    let accepted = SendOutcome::Accepted { provider_id: "wamid.9".to_owned() };
    let sent = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+33612345678",
        "wa_id":"33612345678"}],"messages":[{"id":"wamid.9"}]}"#;
    assert_eq!(outcome(200, sent, &[]), accepted);
    for body in ["", "{}", "<html>", r#"{"messages":[]}"#, r#"{"messages":[{"id":" "}]}"#] {
        assert_eq!(outcome(200, body, &[]), SendOutcome::Unknown, "{body}");
    }
    let error = |code: i64| format!(r#"{{"error":{{"code":{code},"message":"to 33612345678"}}}}"#);
    for (status, code, seconds) in [
        (400, 130_429, 10),
        (400, 131_056, 6),
        (400, 80_007, 300),
        (400, 4, 300),
        (500, 131_016, 60),
    ] {
        assert_eq!(outcome(status, &error(code), &[]), later(seconds), "{code}");
    }
    assert_eq!(outcome(429, "", &[]), later(60));
    assert_eq!(outcome(429, "", &[("Retry-After", "7")]), later(7));
    assert_eq!(outcome(429, "", &[("retry-after", "99999999999")]), later(86_400));
    assert_eq!(outcome(503, "", &[("retry-after", "7")]), later(7));
    for (status, body) in [
        (500, String::new()),
        (503, String::new()),
        (408, String::new()),
        (500, error(131_000)),
        (400, error(2)),
    ] {
        assert_eq!(outcome(status, &body, &[]), SendOutcome::Unknown, "{status} {body}");
    }
    for (status, code, word) in [
        (400, 131_047, "24 hours"),
        (400, 131_026, "receiver"),
        (401, 190, "token"),
        (400, 7_777, "refused"),
        (500, 190, "token"),
    ] {
        let SendOutcome::Rejected { reason } = outcome(status, &error(code), &[]) else {
            panic!("{code} is rejected")
        };
        let told = reason.contains(word) && reason.contains(&code.to_string());
        assert!(told && !reason.contains("3361"), "{reason}");
    }
    assert!(matches!(outcome(404, "", &[]), SendOutcome::Rejected { .. }));
    assert_eq!(codec().interpret(&TransportAnswer::NotSent, time(RECEIVED)), later(60));
    let lost = codec().interpret(&TransportAnswer::NoAnswer, time(RECEIVED));
    assert_eq!(lost, SendOutcome::Unknown);
}

#[test]
fn an_answer_names_the_message_that_it_answers() {
    let planned = |answers: Option<&str>| {
        let answers = answers.map(str::to_owned);
        let calls = codec().plan(&Outbound { answers, ..outbound("+33612345678", "Oui") });
        serde_json::from_slice::<Value>(&calls.unwrap()[0].body).unwrap()
    };
    assert_eq!(planned(Some("wamid.A="))["context"]["message_id"], "wamid.A=");
    assert!(planned(None).get("context").is_none());
}
