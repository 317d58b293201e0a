//! What a receiver of webhooks answers, and what that means for the message.
//!
//! | answer | outcome |
//! |---|---|
//! | 2xx | accepted, under the `id` of its JSON body, where it has one |
//! | 429, 503 that says when | deferred |
//! | 408, another 5xx, no answer | unknown: it may have been taken |
//! | 410 | rejected: the receiver wants no more |
//! | another | rejected |

use crate::channel::TransportAnswer;
use crate::channel::calls::{Answer, later, rejected};
use crate::model::{SendOutcome, Timestamp};

/// Longest id of a receiver's that is kept, in bytes.
const ID_BYTES_MAX: usize = 256;

/// Reads what became of a call.
pub(super) fn interpret(answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
    let answer = match Answer::of(answer, now) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    match answer.status {
        200..=299 => {
            let id = answer.body["id"].as_str();
            let id = id.filter(|id| (1..=ID_BYTES_MAX).contains(&id.len())).unwrap_or_default();
            SendOutcome::Accepted { provider_id: id.to_owned() }
        }
        429 => later(answer.retry_after, now),
        503 if answer.retry_after.is_some() => later(answer.retry_after, now),
        408 | 500..=599 => SendOutcome::Unknown,
        410 => rejected("the receiver wants no more webhooks"),
        status => rejected(format!("the receiver answered with status {status}")),
    }
}
