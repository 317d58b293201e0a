//! Reads what the Bot API answered.
//!
//! | answer | outcome |
//! |---|---|
//! | `ok`, with the message | accepted, under the id that updates give it |
//! | `ok`, with `true`: a deletion, a reaction, a sign of typing | accepted, under no id |
//! | 429 | deferred by `retry_after` |
//! | 401, 403, another 4xx | rejected, with a reason of ours |
//! | `ok` with neither, 5xx, no answer | unknown |
//!
//! # Why
//!
//! A server that failed may have sent before it did, and Telegram takes no idempotency key. Its own
//! words are never passed on: they can hold what was sent.

use serde_json::{Value, json};

use crate::channel::TransportAnswer;
use crate::channel::calls::{Answer, later, rejected};
use crate::model::{SendOutcome, Timestamp};

/// Reads what became of the call.
pub(super) fn interpret(answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
    let answer = match Answer::of(answer, now) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let body = &answer.body;
    let code = body["error_code"].as_u64().unwrap_or_else(|| answer.status.into());
    let parameters = &body["parameters"];
    match code {
        _ if body["ok"] == json!(true) => accepted(&body["result"]),
        200..=299 | 408 | 500..=599 => SendOutcome::Unknown,
        429 => later(parameters["retry_after"].as_u64().or(answer.retry_after), now),
        _ if !parameters["migrate_to_chat_id"].is_null() => {
            rejected("the group has another id now: see its identity change")
        }
        401 | 404 => rejected("the bot's token is not valid"),
        403 => rejected("the person blocked the bot, left, or never wrote to it"),
        400 => rejected("Telegram does not know the chat, or cannot send this text"),
        _ => rejected(format!("Telegram answered with status {code}")),
    }
}

fn accepted(message: &Value) -> SendOutcome {
    if *message == json!(true) {
        return SendOutcome::Accepted { provider_id: String::new() };
    }
    let (id, chat) = (&message["message_id"], &message["chat"]);
    let id = match (id.as_i64(), chat["type"].as_str(), chat["id"].as_i64()) {
        (Some(id), Some("private" | "group"), _) | (Some(id), _, None) => id.to_string(),
        (Some(id), _, Some(chat)) => format!("{chat}:{id}"),
        (None, ..) => return SendOutcome::Unknown,
    };
    SendOutcome::Accepted { provider_id: id }
}
