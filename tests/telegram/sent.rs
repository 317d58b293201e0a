//! Sending: the call that is planned, and what each answer means.

use omnichannel::channel::TransportAnswer;
use omnichannel::model::{ChannelId, Code, DecisionId, Namespace, Outbound, SendOutcome};
use omnichannel::{ErrorKind, Result};

use super::*;

fn plan(namespace: Namespace, address: &str, text: &str) -> Result<Vec<(String, String, String)>> {
    let calls = codec().plan(&Outbound::new(
        (
            DecisionId::from_uuid(TenantId::named("t").as_uuid()),
            ChannelId::new("telegram").unwrap(),
        ),
        (namespace, address),
        text,
    ))?;
    let told = calls.into_iter();
    Ok(told.map(|call| (call.method, call.path, String::from_utf8(call.body).unwrap())).collect())
}

fn answer(status: u16, body: &str) -> SendOutcome {
    let answer =
        TransportAnswer::Answered { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
    codec().interpret(&answer, time(RECEIVED))
}

#[test]
fn a_text_is_one_call() {
    let calls = plan(Namespace::MessagingId, "5123456789012", "C'est \"prêt\"\n& <b>").unwrap();
    let [(method, path, body)] = calls.as_slice() else { panic!("one call") };
    assert_eq!((method.as_str(), path.as_str()), ("POST", "/sendMessage"));
    assert_eq!(body, r#"{"chat_id":5123456789012,"text":"C'est \"prêt\"\n& <b>"}"#);
}

#[test]
fn what_no_call_can_carry_is_refused() {
    let refused = |namespace, address: &str, text: &str| {
        let error = plan(namespace, address, text).unwrap_err();
        assert!(!error.to_string().contains("noe_a"));
        error.kind()
    };
    assert_eq!(refused(Namespace::Phone, "42", "hi"), ErrorKind::Unsupported);
    assert_eq!(refused(Namespace::MessagingId, "@noe_a", "hi"), ErrorKind::Invalid);
    assert_eq!(refused(Namespace::MessagingId, "42", " \n"), ErrorKind::Invalid);
    assert_eq!(refused(Namespace::MessagingId, "42", &"x".repeat(4_097)), ErrorKind::Invalid);
    assert_eq!(refused(Namespace::MessagingId, "42", &"🙂".repeat(2_049)), ErrorKind::Invalid);
    assert!(plan(Namespace::MessagingId, "-100", &"é".repeat(4_096)).is_ok());
}

#[test]
fn a_sent_message_has_the_id_that_updates_give_it() {
    let sent = |chat: &str| {
        let body =
            format!(r#"{{"ok": true, "result": {{"message_id": 12, "date": 1, "chat": {chat}}}}}"#);
        answer(200, &body).provider_id().map(str::to_owned)
    };
    assert_eq!(sent(r#"{"id": 42, "type": "private"}"#).as_deref(), Some("12"));
    assert_eq!(sent(r#"{"id": -1003, "type": "supergroup"}"#).as_deref(), Some("-1003:12"));
    let reply = private("message", r#""text": "yes", "reply_to_message": {"message_id": 12}"#);
    assert_eq!(reply.message.unwrap().references, ["12"]);
}

#[test]
fn answers_mean_what_the_contract_demands() {
    let failed = |code: u16, more: &str| {
        answer(
            code,
            &format!(r#"{{"ok": false, "error_code": {code}, "description": "secret"{more}}}"#),
        )
    };
    let deferred = |at: &str| SendOutcome::Deferred { retry_at: time(at) };
    let wait = r#", "parameters": {"retry_after": 35}"#;
    assert_eq!(failed(429, wait), deferred("2026-11-22T12:00:35Z"));
    assert_eq!(failed(429, ""), deferred("2026-11-22T12:00:30Z"));
    for code in [400, 401, 403, 404, 409] {
        let SendOutcome::Rejected { reason } = failed(code, "") else { panic!("{code}") };
        assert!(!reason.is_empty() && !reason.contains("secret"), "{code}: {reason}");
    }
    let moved = failed(400, r#", "parameters": {"migrate_to_chat_id": -1004}"#);
    assert!(matches!(&moved, SendOutcome::Rejected { reason } if reason.contains("another id")));
    for code in [500, 502, 504] {
        assert_eq!(failed(code, ""), SendOutcome::Unknown, "{code}");
    }
    for body in ["", "<html>", r#"{"ok": true}"#, r#"{"ok": true, "result": {}}"#] {
        assert_eq!(answer(200, body), SendOutcome::Unknown, "{body}");
    }
    assert_eq!(answer(502, "<html>"), SendOutcome::Unknown);
    let now = time(RECEIVED);
    assert_eq!(codec().interpret(&TransportAnswer::NoAnswer, now), SendOutcome::Unknown);
    let not_sent = codec().interpret(&TransportAnswer::NotSent, now);
    assert_eq!(not_sent, deferred("2026-11-22T12:00:30Z"));
}

#[test]
fn the_secret_of_the_web_hook_is_demanded() {
    let codec = codec();
    let request = || {
        let id = codec.channel().id.clone();
        RawInbound::new(TenantId::named("maison-lune"), id, "{}")
    };
    let check = |request| {
        let keys = KeyRing::new(["s3cret"]);
        verify(&codec.scheme(), &keys, request, time(RECEIVED)).map(|_| ()).map_err(|no| no.code)
    };
    let header = "X-Telegram-Bot-Api-Secret-Token";
    assert_eq!(check(request().header(header, "s3cret")), Ok(()));
    assert_eq!(check(request().header(header, "s3cres")), Err(Code::BadSignature));
    assert_eq!(check(request()), Err(Code::Unsigned));
}

#[test]
fn an_answer_names_the_message_that_it_answers_where_that_is_of_the_same_chat() {
    let replying = |answers: &str| {
        let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
        let channel = ChannelId::new("telegram").unwrap();
        let message =
            Outbound::new((decision, channel), (Namespace::MessagingId, "-100123"), "Oui");
        let calls = codec().plan(&Outbound { answers: Some(answers.to_owned()), ..message });
        let body: serde_json::Value = serde_json::from_slice(&calls.unwrap()[0].body).unwrap();
        body["reply_parameters"]["message_id"].as_i64()
    };
    assert_eq!(replying("7"), Some(7));
    assert_eq!(replying("-100123:8"), Some(8));
    for other in ["-100999:8", "connection-1:8", "", "update:9", "7:"] {
        assert_eq!(replying(other), None, "{other}");
    }
}
