//! Sends a text, and reads what the Bot API answered.
//!
//! | answer | outcome |
//! |---|---|
//! | `ok`, with the message | accepted, under the id that updates give it |
//! | 429 | deferred by `retry_after` |
//! | 401, 403, another 4xx | rejected, with a reason of ours |
//! | `ok` without a message, 5xx, no answer | unknown |
//!
//! # Why
//!
//! A server that failed may have sent before it did, and Telegram takes no idempotency key. Its own
//! words are never passed on: they can hold what was sent.

use serde_json::{Value, json};

use crate::channel::calls::{Answer, later, post, rejected};
use crate::channel::{RawOutbound, TransportAnswer};
use crate::model::{Outbound, SendOutcome, Timestamp};

/// Writes a text as one call.
pub(super) fn plan(message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
    let Ok(chat_id) = message.address.expose().trim().parse::<i64>() else {
        let why = "the address is no id of a Telegram user or chat, which is a whole number";
        return Err(crate::Error::new(crate::ErrorKind::Invalid, why).during("channel.plan"));
    };
    let mut body = json!({ "chat_id": chat_id, "text": message.text.expose() });
    if let Some(id) = message.answers.as_deref().and_then(|answered| within(answered, chat_id)) {
        // Where the message is gone meanwhile, the answer is said without it.
        body["reply_parameters"] = json!({ "message_id": id, "allow_sending_without_reply": true });
    }
    Ok(vec![post("/sendMessage", &body)])
}

/// The number of a message in the chat that is written to; `None` where it is another's.
fn within(answered: &str, chat: i64) -> Option<i64> {
    let (of, id) = answered.rsplit_once(':').unwrap_or(("", answered));
    (of.is_empty() || of.parse() == Ok(chat)).then(|| id.parse().ok())?
}

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
    let (id, chat) = (&message["message_id"], &message["chat"]);
    let id = match (id.as_i64(), chat["type"].as_str(), chat["id"].as_i64()) {
        (Some(id), Some("private" | "group"), _) | (Some(id), _, None) => id.to_string(),
        (Some(id), _, Some(chat)) => format!("{chat}:{id}"),
        (None, ..) => return SendOutcome::Unknown,
    };
    SendOutcome::Accepted { provider_id: id }
}
