//! Writes a message as a call to the Bot API.

use serde_json::{Value, json};

use crate::ErrorKind::Invalid;
use crate::channel::RawOutbound;
use crate::channel::calls::{post, refuse};
use crate::model::{BlobRef, Element, Form, Outbound};

/// What can be sent beside words.
pub(super) const ELEMENTS: [Element; 8] = [
    Element::Image,
    Element::Video,
    Element::Audio,
    Element::File,
    Element::Edit,
    Element::Delete,
    Element::Reaction,
    Element::Typing,
];

/// Writes a message as one call.
pub(super) fn plan(message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
    let Ok(chat) = message.address.expose().trim().parse::<i64>() else {
        let why = "the address is no id of a Telegram user or chat, which is a whole number";
        return refuse(Invalid, why);
    };
    let text = message.text.expose();
    let (method, mut body) = match &message.form {
        Form::File(file) => sent(file, text)?,
        Form::Edit { of } => {
            ("/editMessageText", json!({ "message_id": known(of, chat)?, "text": text }))
        }
        Form::Delete { of } => ("/deleteMessage", json!({ "message_id": known(of, chat)? })),
        Form::Reaction { to, sign } => {
            let reaction = json!([{ "type": "emoji", "emoji": sign }]);
            ("/setMessageReaction", json!({ "message_id": known(to, chat)?, "reaction": reaction }))
        }
        Form::Typing { .. } => ("/sendChatAction", json!({ "action": "typing" })),
        _ => ("/sendMessage", json!({ "text": text })),
    };
    body["chat_id"] = chat.into();
    let answers = message.answers.as_deref().filter(|_| method.starts_with("/send"));
    if let Some(id) = answers.and_then(|answered| within(answered, chat)) {
        // Where the message is gone meanwhile, the answer is said without it.
        body["reply_parameters"] = json!({ "message_id": id, "allow_sending_without_reply": true });
    }
    Ok(vec![post(method, &body)])
}

/// A file by its URL, or by the `file_id` under which Telegram keeps it.
fn sent(file: &BlobRef, caption: &str) -> crate::Result<(&'static str, Value)> {
    let location = file.location.expose();
    if location.is_empty() || !location.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse(Invalid, "the file's location is neither a URL nor a `file_id`");
    }
    let (method, field) = match Form::File(file.clone()).element() {
        Some(Element::Image) => ("/sendPhoto", "photo"),
        Some(Element::Video) => ("/sendVideo", "video"),
        Some(Element::Audio) => ("/sendAudio", "audio"),
        _ => ("/sendDocument", "document"),
    };
    let mut body = json!({ field: location });
    if !caption.trim().is_empty() {
        body["caption"] = caption.into();
    }
    Ok((method, body))
}

/// The number of a message that has to be in the chat.
fn known(message: &str, chat: i64) -> crate::Result<i64> {
    match within(message, chat) {
        Some(id) => Ok(id),
        None => refuse(Invalid, "the message is not one of this chat"),
    }
}

/// The number of a message in the chat that is written to; `None` where it is another's.
fn within(answered: &str, chat: i64) -> Option<i64> {
    let (of, id) = answered.rsplit_once(':').unwrap_or(("", answered));
    (of.is_empty() || of.parse() == Ok(chat)).then(|| id.parse().ok())?
}
