//! Twilio's forms as JSON objects of texts.

use std::collections::BTreeMap;

use crate::channel::form;
use crate::channel::json::Json;
use crate::model::{Code, Rejection};

/// Most fields of a form that are read.
const FIELDS_MAX: usize = 512;

/// Fields of which every form of Twilio's has one.
const TWILIOS: [&str; 5] = ["AccountSid", "CallSid", "MessageSid", "SmsMessageSid", "SmsSid"];

/// A form as a JSON object; a field that comes twice has its last value.
pub(super) fn as_json(body: &[u8], bytes_max: usize) -> Result<Vec<u8>, Rejection> {
    if body.len() > bytes_max {
        let reason = format!("the form is larger than {bytes_max} bytes");
        return Err(Rejection::whole(Code::TooLarge, reason));
    }
    let mut fields = BTreeMap::new();
    for (at, (name, value)) in form::fields(body).enumerate() {
        if at == FIELDS_MAX {
            let reason = format!("the form has more than {FIELDS_MAX} fields");
            return Err(Rejection::whole(Code::TooMany, reason));
        }
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned);
        let (Ok(name), Ok(value)) = (text(&name), text(&value)) else {
            return Err(Rejection::whole(Code::Encoding, "a field of the form is not UTF-8"));
        };
        fields.insert(name, value);
    }
    if !TWILIOS.iter().any(|name| fields.contains_key(*name)) {
        let reason =
            "this is no form of Twilio's: it names neither an account, a message nor a call";
        return Err(Rejection::whole(Code::Syntax, reason));
    }
    serde_json::to_vec(&fields)
        .map_err(|_| Rejection::whole(Code::Encoding, "the form cannot be read as text"))
}

/// Whether a field was sent without a value.
pub(super) fn is_empty(value: &Json<'_>) -> bool {
    matches!(value, Json::Text(text) if text.is_empty())
}
