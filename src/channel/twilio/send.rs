//! Sends a message, and reads what Twilio answered.
//!
//! | answer | outcome |
//! |---|---|
//! | 2xx with a `sid` | accepted, under it |
//! | 429, or the code 20429 | deferred |
//! | another code of Twilio's, another 4xx | rejected, with the code |
//! | 408, 5xx, 2xx without a `sid`, no answer | unknown |

use serde_json::{Map, Value};

use super::Sends;
use super::status::OPTED_OUT;
use crate::ErrorKind::Invalid;
use crate::channel::ask::get;
use crate::channel::calls::{Answer, later, refuse, rejected, url_of};
use crate::channel::{Call, RawOutbound, TransportAnswer, form};
use crate::model::{Element, Form, Namespace, Outbound, SendOutcome, Timestamp};

/// What can be sent as a text message beside words. A picture would make it an MMS, which hardly a
/// country outside North America has.
pub(super) const ELEMENTS_SMS: [Element; 1] = [Element::Template];

/// What can be sent on WhatsApp beside words.
pub(super) const ELEMENTS_WHATSAPP: [Element; 5] =
    [Element::Template, Element::Image, Element::Video, Element::Audio, Element::File];

/// Longest address, in bytes.
const ADDRESS_BYTES_MAX: usize = 160;

/// Writes a text as one call.
pub(super) fn plan(sends: &Sends, message: &Outbound) -> crate::Result<RawOutbound> {
    let refuse = |why: &'static str| refuse(Invalid, why);
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
    let said = said(message)?;
    let said = said.iter().map(|(name, value)| (*name, value.as_str()));
    let fields = [("To", &*to), (from_field, &*from)].into_iter().chain(said);
    Ok(RawOutbound {
        method: "POST".to_owned(),
        path: format!("/2010-04-01/Accounts/{}/Messages.json", sends.account),
        headers: vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        body: form::write(fields).into_bytes(),
    })
}

/// The call that asks for the account.
pub(super) fn account(sends: &Sends) -> Option<Call> {
    let sid = Some(&sends.account).filter(|sid| is_sid(sid))?;
    get(format!("/2010-04-01/Accounts/{sid}.json"))
}

fn is_sid(sid: &str) -> bool {
    !sid.is_empty() && sid.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The fields of what is said.
fn said(message: &Outbound) -> crate::Result<Vec<(&'static str, String)>> {
    let text = message.text.expose().clone();
    Ok(match &message.form {
        Form::Template { name, values, .. } => {
            if !(name.starts_with("HX") && is_sid(name)) {
                return refuse(Invalid, "a template's name is Twilio's id of it, such as HX0123");
            }
            // Its places are counted from 1.
            let values = values.iter().map(|value| value.expose().as_str().into());
            let values: Map<String, Value> =
                values.enumerate().map(|(n, value)| ((n + 1).to_string(), value)).collect();
            let values = Value::from(values).to_string();
            vec![("ContentSid", name.clone()), ("ContentVariables", values)]
        }
        Form::File(file) => {
            let words = (!text.trim().is_empty()).then_some(("Body", text));
            words.into_iter().chain([("MediaUrl", url_of(file)?.to_owned())]).collect()
        }
        _ => vec![("Body", text)],
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
        (_, _, Some(code)) => rejected(reason_of(code)),
        (status, ..) => rejected(format!("Twilio answered with status {status}")),
    }
}

/// A message that Twilio keeps and does not send.
fn refused_later(body: &Value) -> Option<SendOutcome> {
    let failed = matches!(body["status"].as_str(), Some("failed" | "undelivered" | "canceled"));
    let code = body["error_code"].as_u64().filter(|_| failed)?;
    Some(rejected(reason_of(code)))
}

/// What a code of Twilio's says, where a person can do something about it.
fn reason_of(code: u64) -> String {
    let what = match code {
        21_211 | 21_614 => "the number cannot be written to",
        _ if code.to_string() == OPTED_OUT => "the recipient wrote STOP",
        21_617 => "the text is too long",
        63_016 => "the window is closed: only a template may be sent",
        _ => return format!("Twilio refused it: {code}"),
    };
    format!("Twilio refused it: {code}, {what}")
}
