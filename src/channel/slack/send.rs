//! Writes a message as a call to the Web API.
//!
//! # Why
//!
//! The text goes out without markup, and with `&`, `<` and `>` escaped: `<!channel>` in a
//! customer's name calls nobody. A picture is shown by its URL; other files would have to be
//! uploaded.

use serde_json::json;

use crate::ErrorKind::Invalid;
use crate::channel::RawOutbound;
use crate::channel::calls::{post, refuse, url_of};
use crate::model::{Element, Form, Outbound};

/// What can be sent beside words.
pub(super) const ELEMENTS: [Element; 4] =
    [Element::Image, Element::Edit, Element::Delete, Element::Reaction];

/// Longest address, and longest name of an emoji, in bytes.
const WORD_BYTES_MAX: usize = 64;

/// Writes a message as one call.
pub(super) fn plan(message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
    let address = message.address.expose().trim();
    let is_id = address.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if address.is_empty() || address.len() > WORD_BYTES_MAX || !is_id {
        return refuse(
            Invalid,
            "the address is no id of a Slack user or channel, such as U0123ABCD",
        );
    }
    let text = escaped(message.text.expose());
    let (method, mut body) = match &message.form {
        Form::Edit { of } => {
            ("/chat.update", json!({ "ts": known(of, address)?, "mrkdwn": false, "text": text }))
        }
        Form::Delete { of } => ("/chat.delete", json!({ "ts": known(of, address)? })),
        Form::Reaction { to, sign } => {
            let at = known(to, address)?;
            ("/reactions.add", json!({ "timestamp": at, "name": emoji(sign)? }))
        }
        Form::File(file) => {
            let picture = json!({ "type": "image", "image_url": url_of(file)?, "alt_text": text });
            let words = json!({ "type": "plain_text", "text": text });
            let words = json!({ "type": "section", "text": words });
            let blocks =
                if text.trim().is_empty() { json!([picture]) } else { json!([words, picture]) };
            ("/chat.postMessage", json!({ "mrkdwn": false, "text": text, "blocks": blocks }))
        }
        _ => ("/chat.postMessage", json!({ "mrkdwn": false, "text": text })),
    };
    body["channel"] = address.into();
    // An answer belongs to the thread of its message, where that stands in the same channel.
    if let Some(ts) = message.answers.as_deref().and_then(|answered| within(answered, address))
        && method == "/chat.postMessage"
    {
        body["thread_ts"] = ts.into();
    }
    Ok(vec![post(method, &body)])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The `ts` of a message that has to be in the channel.
fn known<'m>(message: &'m str, channel: &str) -> crate::Result<&'m str> {
    match within(message, channel) {
        Some(ts) => Ok(ts),
        None => refuse(Invalid, "the message is not one of this channel"),
    }
}

/// The `ts` of a message in the channel that is written to; `None` where it is another's.
fn within<'m>(message: &'m str, channel: &str) -> Option<&'m str> {
    message.split_once(':').filter(|(of, _)| *of == channel).map(|(_, ts)| ts)
}

/// Slack's name of an emoji, with or without its colons.
fn emoji(sign: &str) -> crate::Result<&str> {
    let name = sign.trim_matches(':');
    let is_name =
        name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_+-".contains(&b));
    match is_name && (1..=WORD_BYTES_MAX).contains(&name.len()) {
        true => Ok(name),
        false => refuse(Invalid, "the sign is none of Slack's names of emoji, such as `thumbsup`"),
    }
}
