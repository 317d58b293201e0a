//! One click: a mailbox's provider posts that somebody wants no more (RFC 8058).
//!
//! # Why
//!
//! The request carries no signature and no cookie; the signed word in its URL is the proof. A `GET`
//! is no click: programs that look at links send those (section 3.1).

use super::complaint::withdrawal;
use super::sender::MailSender;
use crate::channel::{RawInbound, form};
use crate::model::{Code, Event, Occurred, Rejection};

/// Longest body of such a request.
const BODY_BYTES_MAX: usize = 4_096;

/// What a click says.
const FIELD: (&[u8], &[u8]) = (b"List-Unsubscribe", b"One-Click");

/// Reads a click; `None` where the request is none, but a mail.
pub(super) fn read(
    request: &RawInbound,
    sender: Option<&MailSender>,
) -> Option<Result<Event, Rejection>> {
    let mut fields = form::fields(&request.body);
    let is_click = request.method.eq_ignore_ascii_case("POST")
        && request.body.len() <= BODY_BYTES_MAX
        && (fields.any(|(name, value)| (&*name, &*value) == (FIELD.0, FIELD.1))
            || is_in_parts(&request.body));
    let url = request.url.as_deref().filter(|_| is_click)?;
    let Some((address, purpose)) = sender.and_then(|sender| sender.unsubscribed(url)) else {
        let reason = "the URL of an unsubscription holds no word that this mailbox signed";
        return Some(Err(Rejection::whole(Code::BadSignature, reason)));
    };
    let mut event = withdrawal(address, Some(purpose), Occurred::stated(None, request.received_at));
    event.consents[0].evidence = Some("unsubscription by one click (RFC 8058)".to_owned());
    Some(Ok(event))
}

/// Whether it is said in `multipart/form-data`, the other form that providers may choose.
fn is_in_parts(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let mut parts = text.split("\r\n\r\n");
    let named = parts
        .next()
        .is_some_and(|head| head.starts_with("--") && head.contains("name=\"List-Unsubscribe\""));
    named && parts.next().is_some_and(|value| value.starts_with("One-Click\r\n--"))
}
