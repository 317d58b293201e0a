//! Writes a message as calls to the Send API.
//!
//! An attachment has no caption there: the words follow in a call of their own.

use serde_json::{Value, json};

use super::MARK;
use crate::ErrorKind::Invalid;
use crate::channel::RawOutbound;
use crate::channel::calls::{post, refuse, url_of};
use crate::model::{Element, Form, Outbound};

/// What can be sent beside words.
pub(super) const ELEMENTS: [Element; 5] =
    [Element::Image, Element::Video, Element::Audio, Element::File, Element::Typing];

/// Longest address that is written, in bytes.
const ADDRESS_BYTES_MAX: usize = 64;

/// The calls that send a message.
pub(super) fn plan(message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
    let address = message.address.expose().trim();
    let is_id = (1..=ADDRESS_BYTES_MAX).contains(&address.len())
        && address.bytes().all(|byte| byte.is_ascii_digit());
    if !is_id {
        return refuse(Invalid, "the address is no id of a party: these are digits");
    }
    let recipient = json!({ "id": address });
    if let Form::Typing { .. } = message.form {
        let sign = json!({ "recipient": recipient, "sender_action": "typing_on" });
        return Ok(vec![post("/me/messages", &sign)]);
    }
    let said = said(message)?;
    let call = |mut said: Value| {
        said["metadata"] = format!("{MARK}{}", message.decision).into();
        let (kind, to) = ("RESPONSE", &recipient);
        let body = json!({ "messaging_type": kind, "recipient": to, "message": said });
        post("/me/messages", &body)
    };
    Ok(said.into_iter().map(call).collect())
}

/// What is said, message by message.
fn said(message: &Outbound) -> crate::Result<Vec<Value>> {
    let text = message.text.expose();
    let words = (!text.trim().is_empty()).then(|| json!({ "text": text }));
    let Form::File(file) = &message.form else { return Ok(words.into_iter().collect()) };
    let kind = match message.form.element() {
        Some(Element::Image) => "image",
        Some(Element::Video) => "video",
        Some(Element::Audio) => "audio",
        _ => "file",
    };
    let attachment = json!({ "type": kind, "payload": { "url": url_of(file)? } });
    Ok([json!({ "attachment": attachment })].into_iter().chain(words).collect())
}
