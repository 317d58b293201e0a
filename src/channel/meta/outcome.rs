//! What an answer of the Graph API means for the message that was sent.
//!
//! | answer | outcome |
//! |---|---|
//! | 2xx with an id | accepted |
//! | 2xx with `success`, or with a receiver and no id: a sign of typing | accepted, under no id |
//! | 429, a code of a limit, a code of a service that says it is down | deferred |
//! | 503 that says when to come back | deferred until then |
//! | another 4xx, a code that refuses | rejected, with a reason of ours |
//! | 2xx without an id, another 5xx, codes 1, 2 and -1, no answer | unknown |
//!
//! # Why
//!
//! Meta documents of the codes -1 and 2 that the message may have been sent, so nothing is sent
//! again after them. The provider's own words are never passed on: they can name the receiver.

use serde::Deserialize;
use std::time::Duration;

use crate::channel::TransportAnswer;
use crate::model::{SendOutcome, Timestamp};

/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Longest id that is kept, in bytes.
const ID_BYTES_MAX: usize = 1_024;

/// After how many seconds to try again where nobody says it.
const RETRY_SECONDS: u64 = 60;

/// Longest wait that a provider is granted, in seconds.
const RETRY_SECONDS_MAX: u64 = 86_400;

/// Codes of limits and of services that are down, with the seconds to wait.
///
/// The pair limit is one message in 6 seconds; hourly budgets are looked at again after minutes;
/// limits of quality (spam, marketing per person) last a day.
const DEFERRED: [(i64, u64); 12] = [
    (4, 300),
    (17, 300),
    (32, 300),
    (613, 300),
    (1_200, 60),
    (80_007, 300),
    (130_429, 10),
    (131_016, 60),
    (131_048, 86_400),
    (131_049, 86_400),
    (131_056, 6),
    (133_004, 60),
];

/// Codes that leave open whether the message was sent.
const OPEN: [i64; 4] = [-1, 1, 2, 131_000];

/// Codes that refuse, and why, without the provider's own words.
const REJECTED: [(i64, &str); 24] = [
    (0, "the access token is not valid"),
    (3, "the application may not send"),
    (10, "the application may not send, or the time to answer in is over"),
    (100, "a field of the call is not valid"),
    (190, "the access token has expired or was revoked"),
    (200, "the application may not send to this party"),
    (368, "the account is blocked for breaking a policy"),
    (551, "the party cannot be reached at present"),
    (130_472, "the number takes part in an experiment of the provider"),
    (130_497, "the account may not send to this country"),
    (131_005, "the access token lacks a permission"),
    (131_008, "a field of the call is missing"),
    (131_009, "a field of the call is not valid"),
    (131_021, "sender and receiver are one number"),
    (131_026, "the receiver cannot take the message"),
    (131_030, "the receiver is not on the list of a test number"),
    (131_031, "the account is locked"),
    (131_042, "the account has no valid payment method"),
    (131_045, "the sending number is not registered"),
    (131_047, "the 24 hours to answer in are over: only a template may be sent"),
    (131_050, "the receiver has stopped marketing messages"),
    (131_051, "the provider does not know this type of message"),
    (131_062, "this type of message needs a telephone number"),
    (133_010, "the sending number is not registered"),
];

#[derive(Deserialize, Default)]
struct Reply {
    #[serde(default)]
    messages: Vec<Sent>,
    message_id: Option<String>,
    recipient_id: Option<String>,
    #[serde(default)]
    success: bool,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Sent {
    id: String,
}

#[derive(Deserialize)]
struct Fault {
    code: Option<i64>,
    error_subcode: Option<i64>,
}

/// Reads what the Graph API answered to a message.
pub(in crate::channel) fn interpret(answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
    let later = |seconds: u64| {
        let seconds = seconds.clamp(1, RETRY_SECONDS_MAX);
        SendOutcome::Deferred { retry_at: now.plus(Duration::from_secs(seconds)) }
    };
    let (status, headers, body) = match answer {
        TransportAnswer::Answered { status, headers, body } => (*status, headers, body),
        TransportAnswer::NotSent => return later(RETRY_SECONDS),
        TransportAnswer::NoAnswer => return SendOutcome::Unknown,
    };
    let advice = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    let advice = advice.and_then(|(_, seconds)| seconds.trim().parse::<u64>().ok());
    let reply = match body.len() <= ANSWER_BYTES_MAX {
        true => serde_json::from_slice::<Reply>(body).unwrap_or_default(),
        false => Reply::default(),
    };
    let code = reply.error.as_ref().and_then(|fault| fault.code);
    let deferred = DEFERRED.iter().find(|(known, _)| Some(*known) == code);
    match (status, code) {
        (200..=299, None) => accepted(reply),
        (_, Some(code)) if OPEN.contains(&code) => SendOutcome::Unknown,
        _ if deferred.is_some() || status == 429 => {
            let usual = deferred.map_or(RETRY_SECONDS, |(_, seconds)| *seconds);
            later(advice.unwrap_or(usual))
        }
        (503, None) if advice.is_some() => later(advice.unwrap_or(RETRY_SECONDS)),
        (408 | 500..=599, code) if refused(code).is_none() => SendOutcome::Unknown,
        (_, None) => {
            let reason = format!("the provider answered with status {status} and no code");
            SendOutcome::Rejected { reason }
        }
        (_, Some(code)) => rejected(code, reply.error.and_then(|fault| fault.error_subcode)),
    }
}

fn accepted(reply: Reply) -> SendOutcome {
    let is_sign = reply.success || reply.recipient_id.is_some();
    if is_sign && reply.messages.is_empty() && reply.message_id.is_none() {
        return SendOutcome::Accepted { provider_id: String::new() };
    }
    let id = reply.messages.into_iter().next().map(|sent| sent.id).or(reply.message_id);
    let id = id.filter(|id| !id.trim().is_empty() && id.len() <= ID_BYTES_MAX);
    id.map_or(SendOutcome::Unknown, |provider_id| SendOutcome::Accepted { provider_id })
}

/// Why a code refuses, where it is known to.
fn refused(code: Option<i64>) -> Option<&'static str> {
    REJECTED.iter().find(|(known, _)| Some(*known) == code).map(|(_, why)| *why)
}

fn rejected(code: i64, subcode: Option<i64>) -> SendOutcome {
    let why = match (code, subcode) {
        // Messenger's own subcodes, where the code alone says less.
        (10, Some(2_018_278)) => "the 24 hours to answer in are over",
        (100, Some(2_018_001)) => "the receiver is not known to this page",
        _ => refused(Some(code)).unwrap_or("the provider refused it"),
    };
    let subcode = subcode.map(|subcode| format!(", {subcode}")).unwrap_or_default();
    SendOutcome::Rejected { reason: format!("{why} (code {code}{subcode})") }
}
