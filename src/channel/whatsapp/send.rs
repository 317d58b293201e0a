//! Writes a message as a call to the Cloud API.
//!
//! Numbers go into `to`, with a plus: without it Meta may add the sender's own country. A
//! business-scoped id goes into `recipient`; in `to` it would be dropped without a word. The
//! decision's id goes along and comes back with every status.

use serde_json::{Value, json};

use crate::ErrorKind::Invalid;
use crate::channel::RawOutbound;
use crate::channel::calls::{post, refuse, url_of};
use crate::model::{BlobRef, Element, Form, Outbound, Pii};

/// What can be sent beside words.
pub(super) const ELEMENTS: [Element; 7] = [
    Element::Template,
    Element::Image,
    Element::Video,
    Element::Audio,
    Element::File,
    Element::Reaction,
    Element::Typing,
];

/// Longest address that is written, in bytes: a country, a dot and 128 letters, and some more.
const ADDRESS_BYTES_MAX: usize = 160;

/// The call that sends a message.
pub(super) fn plan(message: &Outbound, from: &str) -> crate::Result<Vec<RawOutbound>> {
    if from.is_empty() || !from.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse(Invalid, "the id of the sending number is no number");
    }
    let path = format!("/{from}/messages");
    if let Form::Typing { to } = &message.form {
        return Ok(vec![post(&path, &typing(to.as_deref())?)]);
    }
    let mut body = said(message)?;
    body["messaging_product"] = "whatsapp".into();
    body["recipient_type"] = "individual".into();
    body["biz_opaque_callback_data"] = message.decision.to_string().into();
    if let Some(answered) = &message.answers {
        body["context"] = json!({ "message_id": answered });
    }
    let (field, whom) = receiver(message.address.expose().trim())?;
    body[field] = whom.into();
    Ok(vec![post(&path, &body)])
}

/// To whom, and in which field that stands.
fn receiver(address: &str) -> crate::Result<(&'static str, String)> {
    let digits = address.strip_prefix('+').unwrap_or(address);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = address.starts_with(|c: char| c.is_ascii_alphabetic())
        && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if address.len() > ADDRESS_BYTES_MAX || !(is_number || is_id) {
        return refuse(Invalid, "the address is neither a number nor a business-scoped id");
    }
    if digits.starts_with('0') {
        return refuse(Invalid, "the number has no country");
    }
    Ok(match is_number {
        true => ("to", format!("+{digits}")),
        false => ("recipient", address.to_owned()),
    })
}

/// The message by its type.
fn said(message: &Outbound) -> crate::Result<Value> {
    let text = message.text.expose();
    Ok(match &message.form {
        Form::Template { name, language, values } => {
            let value = |value: &Pii<String>| json!({ "type": "text", "text": value.expose() });
            let values: Vec<Value> = values.iter().map(value).collect();
            let mut template = json!({ "name": name, "language": { "code": language } });
            if !values.is_empty() {
                template["components"] = json!([{ "type": "body", "parameters": values }]);
            }
            json!({ "type": "template", "template": template })
        }
        Form::File(file) => of_file(file, text)?,
        Form::Reaction { to, sign } => {
            json!({ "type": "reaction", "reaction": { "message_id": to, "emoji": sign } })
        }
        _ => json!({ "type": "text", "text": { "preview_url": false, "body": text } }),
    })
}

/// A file by its URL, or by the id under which Meta keeps it.
fn of_file(file: &BlobRef, caption: &str) -> crate::Result<Value> {
    let kind = match Form::File(file.clone()).element() {
        Some(Element::Image) => "image",
        Some(Element::Video) => "video",
        Some(Element::Audio) => "audio",
        _ => "document",
    };
    let location = file.location.expose();
    let is_id = !location.is_empty() && location.bytes().all(|byte| byte.is_ascii_digit());
    let mut content = match is_id {
        true => json!({ "id": location }),
        false => json!({ "link": url_of(file)? }),
    };
    match caption.trim().is_empty() {
        true => {}
        false if kind == "audio" => {
            return refuse(Invalid, "a recording has no caption on WhatsApp");
        }
        false => content["caption"] = caption.into(),
    }
    if let (Some(name), "document") = (&file.file_name, kind) {
        content["filename"] = name.expose().as_str().into();
    }
    Ok(json!({ "type": kind, kind: content }))
}

/// The sign that somebody writes, which also tells that the message was read.
fn typing(to: Option<&str>) -> crate::Result<Value> {
    let Some(to) = to else {
        return refuse(Invalid, "WhatsApp shows that somebody writes as an answer only: name it");
    };
    Ok(json!({
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": to,
        "typing_indicator": { "type": "text" },
    }))
}
