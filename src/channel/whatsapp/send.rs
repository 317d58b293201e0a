//! Writes a text message as a call to the Cloud API.
//!
//! Numbers go into `to`, with a plus: without it Meta may add the sender's own country. A
//! business-scoped id goes into `recipient`; in `to` it would be dropped without a word. The
//! decision's id goes along and comes back with every status.

use serde_json::json;

use crate::channel::{RawOutbound, calls};
use crate::model::Outbound;

/// Longest address that is written, in bytes: a country, a dot and 128 letters, and some more.
const ADDRESS_BYTES_MAX: usize = 160;

/// The call that sends a message.
pub(super) fn plan(message: &Outbound, from: &str) -> crate::Result<Vec<RawOutbound>> {
    let refuse = |why: &'static str| {
        Err(crate::Error::new(crate::ErrorKind::Invalid, why).during("channel.plan"))
    };
    if from.is_empty() || !from.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse("the id of the sending number is no number");
    }
    let address = message.address.expose().trim();
    let digits = address.strip_prefix('+').unwrap_or(address);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = address.starts_with(|c: char| c.is_ascii_alphabetic())
        && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if address.len() > ADDRESS_BYTES_MAX || !(is_number || is_id) {
        return refuse("the address is neither a number nor a business-scoped id");
    }
    if digits.starts_with('0') {
        return refuse("the number has no country");
    }
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "text",
        "text": { "preview_url": false, "body": message.text.expose() },
        "biz_opaque_callback_data": message.decision.to_string(),
    });
    if let Some(answered) = &message.answers {
        body["context"] = json!({ "message_id": answered });
    }
    if is_number {
        body["to"] = format!("+{digits}").into();
    } else {
        body["recipient"] = address.into();
    }
    Ok(vec![calls::post(&format!("/{from}/messages"), &body)])
}
