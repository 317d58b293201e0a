//! Sends a text, and reads what the Web API answered.
//!
//! | answer | outcome |
//! |---|---|
//! | `ok`, with channel and `ts` | accepted, under the id that events give it |
//! | 429, `ratelimited` | deferred by `Retry-After` |
//! | another `error`, another 4xx | rejected, with Slack's own word for it |
//! | `fatal_error` and its like, 5xx, `ok` without `ts`, no answer | unknown |
//!
//! # Why
//!
//! Slack says of `fatal_error` that a part of the call may have succeeded before it. The text goes
//! out without markup, and with `&`, `<` and `>` escaped: `<!channel>` in a customer's name calls
//! nobody.

use serde_json::json;

use crate::channel::calls::{Answer, later, post, rejected};
use crate::channel::{RawOutbound, TransportAnswer};
use crate::model::{Outbound, SendOutcome, Timestamp};

/// Errors that leave open whether the message was sent.
const OPEN: [&str; 4] = ["fatal_error", "internal_error", "request_timeout", "service_unavailable"];

/// Longest word of an error that is passed on, in bytes.
const ERROR_BYTES_MAX: usize = 64;

/// Longest address, in bytes.
const ADDRESS_BYTES_MAX: usize = 64;

/// Writes a text as one call.
pub(super) fn plan(message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
    let address = message.address.expose().trim();
    let is_id = address.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if address.is_empty() || address.len() > ADDRESS_BYTES_MAX || !is_id {
        let why = "the address is no id of a Slack user or channel, such as U0123ABCD";
        return Err(crate::Error::new(crate::ErrorKind::Invalid, why).during("channel.plan"));
    }
    let text = message.text.expose();
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut body = json!({ "channel": address, "mrkdwn": false, "text": text });
    // An answer belongs to the thread of its message, where that stands in the same channel.
    if let Some((channel, ts)) = message.answers.as_deref().and_then(|id| id.split_once(':'))
        && channel == address
    {
        body["thread_ts"] = ts.into();
    }
    Ok(vec![post("/chat.postMessage", &body)])
}

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
        (429, ..) | (_, Some("ratelimited" | "rate_limited"), _) => later(answer.retry_after, now),
        (408 | 500..=599, ..) => SendOutcome::Unknown,
        (_, Some(error), _) if OPEN.contains(&error) => SendOutcome::Unknown,
        (_, Some(error), _) => rejected(format!("Slack refused it: {error}")),
        (200..=299, None, _) if body["ok"] == json!(false) => rejected("Slack refused it"),
        (200..=299, ..) => SendOutcome::Unknown,
        _ => rejected(format!("Slack answered with status {status}")),
    }
}
