//! Reads what the Web API answered.
//!
//! | answer | outcome |
//! |---|---|
//! | `ok`, with channel and `ts` | accepted, under the id that events give it |
//! | `ok` and nothing else: a reaction | accepted, under no id |
//! | 429, `ratelimited` | deferred by `Retry-After` |
//! | another `error`, another 4xx | rejected, with Slack's own word for it |
//! | `fatal_error` and its like, 5xx, `ok` with less, no answer | unknown |
//!
//! # Why
//!
//! Slack says of `fatal_error` that a part of the call may have succeeded before it.

use serde_json::json;

use crate::channel::TransportAnswer;
use crate::channel::calls::{Answer, later, rejected};
use crate::model::{SendOutcome, Timestamp};

/// Errors that leave open whether the message was sent.
const OPEN: [&str; 4] = ["fatal_error", "internal_error", "request_timeout", "service_unavailable"];

/// Longest word of an error that is passed on, in bytes.
const ERROR_BYTES_MAX: usize = 64;

/// Reads what became of the call.
pub(super) fn interpret(answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
    let answer = match Answer::of(answer, now) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let (body, status) = (&answer.body, answer.status);
    let error = body["error"].as_str().filter(|error| {
        let is_word = error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        is_word && error.len() <= ERROR_BYTES_MAX
    });
    let id = body["channel"].as_str().zip(body["ts"].as_str());
    match (status, error, id) {
        (200..=299, _, Some((channel, ts))) if body["ok"] == json!(true) => {
            SendOutcome::Accepted { provider_id: format!("{channel}:{ts}") }
        }
        (200..=299, ..) if *body == json!({ "ok": true }) => {
            SendOutcome::Accepted { provider_id: String::new() }
        }
        (429, ..) | (_, Some("ratelimited" | "rate_limited"), _) => later(answer.retry_after, now),
        (408 | 500..=599, ..) => SendOutcome::Unknown,
        (_, Some(error), _) if OPEN.contains(&error) => SendOutcome::Unknown,
        (_, Some(error), _) => rejected(format!("Slack refused it: {error}")),
        (200..=299, None, _) if body["ok"] == json!(false) => rejected("Slack refused it"),
        (200..=299, ..) => SendOutcome::Unknown,
        _ => rejected(format!("Slack answered with status {status}")),
    }
}
