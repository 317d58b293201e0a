//! Sending: the call that is planned, and what each answer means.

use omnichannel::channel::TransportAnswer;
use omnichannel::model::{ChannelId, DecisionId, Namespace, Outbound, SendOutcome};
use omnichannel::{ErrorKind, Result};

use super::*;

fn outbound(namespace: Namespace, address: &str, text: &str) -> Outbound {
    let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
    Outbound::new((decision, ChannelId::new("slack").unwrap()), (namespace, address), text)
}

fn plan(namespace: Namespace, address: &str, text: &str) -> Result<Vec<(String, String, String)>> {
    let calls = codec().plan(&outbound(namespace, address, text))?;
    let told = calls.into_iter();
    Ok(told.map(|call| (call.method, call.path, String::from_utf8(call.body).unwrap())).collect())
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> SendOutcome {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let (headers, body) = (headers.collect(), body.as_bytes().to_vec());
    codec().interpret(&TransportAnswer::Answered { status, headers, body }, time(RECEIVED))
}

#[test]
fn a_text_is_one_call_and_calls_nobody() {
    let calls = plan(Namespace::MessagingId, "U1", "R&D: <!channel>\nprêt").unwrap();
    let [(method, path, body)] = calls.as_slice() else { panic!("one call") };
    assert_eq!((method.as_str(), path.as_str()), ("POST", "/chat.postMessage"));
    let expected = r#"{"channel":"U1","mrkdwn":false,"text":"R&amp;D: &lt;!channel&gt;\nprêt"}"#;
    assert_eq!(body, expected);
}

#[test]
fn what_no_call_can_carry_is_refused() {
    let refused =
        |namespace, address: &str, text: &str| plan(namespace, address, text).unwrap_err().kind();
    assert_eq!(refused(Namespace::Email, "U1", "hi"), ErrorKind::Unsupported);
    for address in ["", "#general", "u1", "U 1", &"U".repeat(65)] {
        assert_eq!(refused(Namespace::MessagingId, address, "hi"), ErrorKind::Invalid, "{address}");
    }
    assert_eq!(refused(Namespace::MessagingId, "U1", "\t"), ErrorKind::Invalid);
    assert_eq!(refused(Namespace::MessagingId, "U1", &"x".repeat(4_001)), ErrorKind::Invalid);
    assert!(plan(Namespace::MessagingId, "U1", &"🙂".repeat(4_000)).is_ok());
}

#[test]
fn a_sent_message_has_the_id_that_events_give_it() {
    let sent = answer(200, &[], r#"{"ok": true, "channel": "D1", "ts": "1763819000.000100"}"#);
    assert_eq!(sent.provider_id(), Some("D1:1763819000.000100"));
    let reply = event(message(r#""text": "yes", "thread_ts": "1763819000.000100""#));
    assert_eq!(reply.message.unwrap().references, ["D1:1763819000.000100"]);
}

#[test]
fn answers_mean_what_the_contract_demands() {
    let deferred = |at: &str| SendOutcome::Deferred { retry_at: time(at) };
    let limited = r#"{"ok": false, "error": "ratelimited"}"#;
    assert_eq!(answer(429, &[("Retry-After", "7")], limited), deferred("2026-11-22T12:00:07Z"));
    assert_eq!(answer(429, &[], ""), deferred("2026-11-22T12:00:30Z"));
    assert_eq!(answer(200, &[], limited), deferred("2026-11-22T12:00:30Z"));
    let error = |status, error: &str| {
        answer(status, &[], &format!(r#"{{"ok": false, "error": "{error}"}}"#))
    };
    let why = |outcome| match outcome {
        SendOutcome::Rejected { reason } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(error(200, "channel_not_found")), "Slack refused it: channel_not_found");
    assert_eq!(why(error(200, "Noé is away!")), "Slack refused it", "no words of others");
    assert_eq!(why(answer(403, &[], "")), "Slack answered with status 403");
    for word in ["fatal_error", "internal_error", "service_unavailable", "request_timeout"] {
        assert_eq!(error(200, word), SendOutcome::Unknown, "{word}");
    }
    assert_eq!(error(503, "anything"), SendOutcome::Unknown);
    for body in ["", "<html>", r#"{"ok": true, "channel": "D1"}"#] {
        assert_eq!(answer(200, &[], body), SendOutcome::Unknown, "{body}");
    }
    let now = time(RECEIVED);
    assert_eq!(codec().interpret(&TransportAnswer::NoAnswer, now), SendOutcome::Unknown);
    let not_sent = codec().interpret(&TransportAnswer::NotSent, now);
    assert_eq!(not_sent, deferred("2026-11-22T12:00:30Z"));
}

#[test]
fn an_answer_stays_in_the_thread_of_its_message() {
    let threaded = |answers: &str| {
        let message = outbound(Namespace::MessagingId, "C1", "Oui");
        let calls = codec().plan(&Outbound { answers: Some(answers.to_owned()), ..message });
        let body: serde_json::Value = serde_json::from_slice(&calls.unwrap()[0].body).unwrap();
        body["thread_ts"].as_str().map(str::to_owned)
    };
    assert_eq!(threaded("C1:1763819100.000200").as_deref(), Some("1763819100.000200"));
    assert_eq!(threaded("C2:1763819100.000200"), None, "it stands in another channel");
    assert_eq!(threaded("Ev1"), None);
}
