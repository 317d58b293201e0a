//! Sends a text, and reads what Twilio answered.
//!
//! | answer | outcome |
//! |---|---|
//! | 2xx with a `sid` | accepted, under it |
//! | 429, or the code 20429 | deferred |
//! | another code of Twilio's, another 4xx | rejected, with the code |
//! | 408, 5xx, 2xx without a `sid`, no answer | unknown |

use serde_json::Value;

use super::Sends;
use super::status::OPTED_OUT;
use crate::channel::calls::{Answer, later, rejected};
use crate::channel::{RawOutbound, TransportAnswer, form};
use crate::model::{Namespace, Outbound, SendOutcome, Timestamp};

/// Longest address, in bytes.
const ADDRESS_BYTES_MAX: usize = 160;

/// Writes a text as one call.
pub(super) fn plan(sends: &Sends, message: &Outbound) -> crate::Result<RawOutbound> {
    let refuse = |why: &'static str| {
        Err(crate::Error::new(crate::ErrorKind::Invalid, why).during("channel.plan"))
    };
    let is_sid = |sid: &str| !sid.is_empty() && sid.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_sid(&sends.account) {
        return refuse("the account's id is none of Twilio's, such as AC0123");
    }
    let address = message.address.expose().trim();
    let digits = address.trim_start_matches('+');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || address.len() > ADDRESS_BYTES_MAX {
        return refuse("the address is no telephone number in digits");
    }
    let on_whatsapp = message.namespace == Namespace::WhatsApp;
    let addressed = |number: &str| match on_whatsapp {
        true => format!("whatsapp:+{}", number.trim_start_matches('+')),
        false => number.to_owned(),
    };
    let (from, from_field) = match sends.from.starts_with("MG") {
        true => (sends.from.clone(), "MessagingServiceSid"),
        false => (addressed(&sends.from), "From"),
    };
    let to = addressed(address);
    let fields = [("To", &*to), (from_field, &*from), ("Body", message.text.expose())];
    Ok(RawOutbound {
        method: "POST".to_owned(),
        path: format!("/2010-04-01/Accounts/{}/Messages.json", sends.account),
        headers: vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        body: form::write(fields).into_bytes(),
    })
}

/// Reads what became of the call.
pub(super) fn interpret(answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
    let answer = match Answer::of(answer, now) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let sid = answer.body["sid"].as_str().filter(|sid| !sid.is_empty());
    let code = answer.body["code"].as_u64().or(answer.body["error_code"].as_u64());
    match (answer.status, sid, code) {
        (429, ..) | (_, _, Some(20_429)) => later(answer.retry_after, now),
        (200..=299, Some(sid), _) => refused_later(&answer.body)
            .unwrap_or_else(|| SendOutcome::Accepted { provider_id: sid.to_owned() }),
        (200..=299, None, _) | (408 | 500..=599, ..) => SendOutcome::Unknown,
        (401 | 403, ..) => rejected("Twilio does not take our credentials"),
        (_, _, Some(code)) => rejected(said(code)),
        (status, ..) => rejected(format!("Twilio answered with status {status}")),
    }
}

/// A message that Twilio keeps and does not send.
fn refused_later(body: &Value) -> Option<SendOutcome> {
    let failed = matches!(body["status"].as_str(), Some("failed" | "undelivered" | "canceled"));
    let code = body["error_code"].as_u64().filter(|_| failed)?;
    Some(rejected(said(code)))
}

/// What a code of Twilio's says, where a person can do something about it.
fn said(code: u64) -> String {
    let what = match code {
        21_211 | 21_614 => "the number cannot be written to",
        _ if code.to_string() == OPTED_OUT => "the recipient wrote STOP",
        21_617 => "the text is too long",
        63_016 => "the window is closed: only a template may be sent",
        _ => return format!("Twilio refused it: {code}"),
    };
    format!("Twilio refused it: {code}, {what}")
}
