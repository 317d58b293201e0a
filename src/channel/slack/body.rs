//! Tells Slack's bodies apart: JSON, JSON in a form, a command's form, a ping.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::channel::form;
use crate::model::{Code, Rejection};

/// Most fields of a form that are read.
const FIELDS_MAX: usize = 64;

/// What a body turns out to be.
pub(super) enum Body<'b> {
    /// An event or an interaction.
    Json(Cow<'b, [u8]>),
    /// A slash command, its form's fields written as JSON.
    Command(Vec<u8>),
    /// A check of the server's certificate.
    Ping,
    /// A form that holds no text.
    Unreadable(Rejection),
}

/// Tells what a body is. What is no form of Slack's is left to the reader of JSON to refuse.
pub(super) fn read(body: &[u8], bytes_max: usize) -> Body<'_> {
    let first = body.trim_ascii_start().first();
    if body.len() > bytes_max || !first.is_some_and(u8::is_ascii_lowercase) {
        return Body::Json(body.into());
    }
    let fields = || form::fields(body).take(FIELDS_MAX);
    if let Some((_, payload)) = fields().find(|(name, _)| **name == *b"payload") {
        return Body::Json(payload);
    }
    if fields().any(|(name, _)| *name == *b"ssl_check") {
        return Body::Ping;
    }
    if !fields().any(|(name, _)| *name == *b"command") {
        return Body::Json(body.into());
    }
    let text = |bytes: Cow<'_, [u8]>| String::from_utf8(bytes.into_owned());
    let form: Result<BTreeMap<String, String>, _> =
        fields().map(|(name, value)| Ok((text(name)?, text(value)?))).collect();
    let form: Result<_, std::string::FromUtf8Error> = form;
    match form.map(|form| serde_json::to_vec(&form)) {
        Ok(Ok(json)) => Body::Command(json),
        _ => {
            let reason = "a field of the form is not UTF-8";
            Body::Unreadable(Rejection::whole(Code::Encoding, reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        assert!(matches!(read(b"payload=%7B%7D&x=1", 99), Body::Json(json) if *json == *b"{}"));
        let command = br#"{"command":"/a","text":""}"#;
        assert!(matches!(read(b"command=%2Fa&text", 99), Body::Command(json) if json == *command));
        assert!(matches!(read(b"ssl_check=1&token=x", 99), Body::Ping));
        assert!(matches!(read(b"command=%ff", 99), Body::Unreadable(_)));
        for body in ["", "{}", "nothing", "payload=%7B%7D", "x=1"] {
            assert!(
                matches!(read(body.as_bytes(), 5), Body::Json(json) if *json == *body.as_bytes())
            );
        }
    }
}
