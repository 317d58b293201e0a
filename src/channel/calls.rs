//! What codecs of chat services share when they send: checks, JSON calls, waiting.

use std::time::Duration;

use serde_json::Value;

use super::{ChannelCodec, RawOutbound, TransportAnswer};
use crate::model::{BlobRef, Form, Outbound, SendOutcome, TextLimit, TextPlace, Timestamp};

/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// After how many seconds to try again where the provider does not say it.
const RETRY_SECONDS: u64 = 30;

/// Longest wait that a provider is granted, in seconds.
const RETRY_SECONDS_MAX: u64 = 86_400;

/// Refuses what no call could carry: another kind of address, a form that is not declared, no words
/// where words are needed, too many words.
pub(super) fn check(message: &Outbound, codec: &dyn ChannelCodec) -> crate::Result<()> {
    use crate::ErrorKind::{Invalid, Unsupported};
    let can = codec.capabilities();
    let (text, form) = (message.text.expose(), &message.form);
    match &can.sends_to {
        None => refuse(Unsupported, "this channel only listens: say from where it sends"),
        Some(namespace) if *namespace != message.namespace => {
            refuse(Unsupported, "this channel sends to another kind of address")
        }
        _ if !can.can_send(form) => {
            refuse(Unsupported, "this channel does not send in that form: see its elements")
        }
        _ if text.trim().is_empty() && form.needs_words() => {
            refuse(Invalid, "the message has no words")
        }
        _ if !limit(codec, form).is_none_or(|limit| limit.fits(text)) => {
            refuse(Invalid, "the message is longer than this channel takes: split it")
        }
        _ => Ok(()),
    }
}

/// The longest text of a form.
fn limit(codec: &dyn ChannelCodec, form: &Form) -> Option<TextLimit> {
    let of = |place| codec.profile().longest(place);
    match form {
        Form::Template { .. } => of(TextPlace::Template),
        Form::File(_) => of(TextPlace::Caption).or(codec.capabilities().text),
        _ => codec.capabilities().text,
    }
}

/// Refuses a message, saying why.
pub(super) fn refuse<T>(kind: crate::ErrorKind, why: &'static str) -> crate::Result<T> {
    Err(crate::Error::new(kind, why).during("channel.plan"))
}

/// Where a provider can fetch a file.
///
/// # Errors
///
/// [`crate::ErrorKind::Invalid`] where that is no `https` URL: providers take no other.
pub(super) fn url_of(file: &BlobRef) -> crate::Result<&str> {
    let url = file.location.expose();
    let is_url = url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
        && url.bytes().all(|byte| byte.is_ascii_graphic());
    match is_url {
        true => Ok(url),
        false => refuse(crate::ErrorKind::Invalid, "the file's location is no `https` URL"),
    }
}

/// A call with a JSON body.
pub(super) fn post(path: &str, body: &Value) -> RawOutbound {
    let media_type = "application/json; charset=utf-8";
    RawOutbound {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: vec![("Content-Type".to_owned(), media_type.to_owned())],
        body: body.to_string().into_bytes(),
    }
}

/// What a provider answered: its status, when to come back, and the JSON, where it is some.
pub(super) struct Answer {
    pub(super) status: u16,
    /// The header `Retry-After`, in seconds.
    pub(super) retry_after: Option<u64>,
    pub(super) body: Value,
}

impl Answer {
    /// Takes an answer apart; where there is none, what that means for the message.
    pub(super) fn of(answer: &TransportAnswer, now: Timestamp) -> Result<Self, SendOutcome> {
        let (status, headers, body) = match answer {
            TransportAnswer::Answered { status, headers, body } => (*status, headers, body),
            TransportAnswer::NotSent => return Err(later(None, now)),
            TransportAnswer::NoAnswer => return Err(SendOutcome::Unknown),
        };
        let advice = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
        let retry_after = advice.and_then(|(_, seconds)| seconds.trim().parse().ok());
        let body = match body.len() <= ANSWER_BYTES_MAX {
            true => serde_json::from_slice(body).unwrap_or_default(),
            false => Value::Null,
        };
        Ok(Self { status, retry_after, body })
    }
}

/// Nothing was sent: try again after the advised seconds.
pub(super) fn later(seconds: Option<u64>, now: Timestamp) -> SendOutcome {
    let seconds = seconds.unwrap_or(RETRY_SECONDS).clamp(1, RETRY_SECONDS_MAX);
    SendOutcome::Deferred { retry_at: now.plus(Duration::from_secs(seconds)) }
}

/// Nothing was sent, and trying again is pointless.
pub(super) fn rejected(reason: impl Into<String>) -> SendOutcome {
    SendOutcome::Rejected { reason: reason.into() }
}
