//! Reads JSON (RFC 8259) within bounds, keeping every number's digits.
//!
//! # Law
//!
//! 1. `serde_json` judges the whole text as it reads the outermost level, without recursion; what
//!    follows only takes apart what is known to be JSON.
//! 2. What is nested deeper than [`DEPTH_MAX`] stands as [`Json::TooDeep`]: it costs the event that
//!    holds it and no other.
//!
//! # Why
//!
//! Not `serde_json::Value`: it rounds numbers through `f64`, and its feature that does not would
//! change the numbers of everybody who shares the build; its depth limit refuses the whole batch. A
//! `RawValue` keeps the text of a value as it is, so each level is read from the text of the level
//! above it.
//!
//! Cost: O(bytes x depth) time, at most [`DEPTH_MAX`] passes; memory at most about 30 times the
//! body.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Deepest nesting that is read, the outermost list or object counting as 1.
pub const DEPTH_MAX: usize = 64;

/// A JSON value, borrowed from its text. `Debug` shows its type only: the value may be personal.
#[derive(Clone, PartialEq, Eq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, in its own digits.
    Number(&'a str),
    /// Text; half a surrogate pair reads as U+FFFD.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Json<'a>>),
    /// An object's fields in the order of the text; of equal names the last counts.
    Object(Vec<Field<'a>>),
    /// A list or object nested deeper than [`DEPTH_MAX`], not read.
    TooDeep,
}

/// A field of an object: its name and value.
pub type Field<'a> = (Cow<'a, str>, Json<'a>);

impl Json<'_> {
    /// The name of its type, for people.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::TooDeep => "nested too deep",
        }
    }

    /// Whether it is, or holds, something that was too deep to be read.
    pub fn is_too_deep(&self) -> bool {
        match self {
            Self::TooDeep => true,
            Self::List(items) => items.iter().any(Self::is_too_deep),
            Self::Object(fields) => fields.iter().any(|(_, value)| value.is_too_deep()),
            _ => false,
        }
    }
}

impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({})", self.type_name())
    }
}

/// Reads a text that is one value. Errors name a place and what is wrong, never what stands there.
pub(super) fn parse(text: &str) -> serde_json::Result<Json<'_>> {
    match text.trim_ascii_start().as_bytes().first() {
        Some(b'{' | b'[') => nested(text, 1),
        _ => read(serde_json::from_str(text)?, 1),
    }
}

/// Reads a value that `serde_json` found to be one; a list or object is the `depth`th.
fn read(raw: &RawValue, depth: usize) -> serde_json::Result<Json<'_>> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'{' | b'[') if depth > DEPTH_MAX => Json::TooDeep,
        Some(b'{' | b'[') => return nested(text, depth),
        Some(b'"') => Json::Text(unquoted(raw)?),
        Some(b't') => Json::Bool(true),
        Some(b'f') => Json::Bool(false),
        Some(b'n') => Json::Null,
        _ => Json::Number(text),
    })
}

fn nested(text: &str, depth: usize) -> serde_json::Result<Json<'_>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = reader.deserialize_any(Nested { depth })?;
    reader.end()?;
    Ok(value)
}

/// Reads one level and keeps the order and repeats of its fields, which serde's own maps lose.
struct Nested {
    depth: usize,
}

impl<'de> Visitor<'de> for Nested {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(read(item, self.depth + 1).map_err(A::Error::custom)?);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((name, value)) = map.next_entry()? {
            let name = unquoted(name).map_err(A::Error::custom)?;
            fields.push((name, read(value, self.depth + 1).map_err(A::Error::custom)?));
        }
        Ok(Json::Object(fields))
    }
}

/// The text between two quotes.
///
/// Asked for bytes, `serde_json` keeps half a surrogate pair (as WTF-8), where for a `String` it
/// refuses the text. Programs that cut a text between two halves are common.
fn unquoted(raw: &RawValue) -> serde_json::Result<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Bytes<'a>(#[serde(borrow)] Cow<'a, [u8]>);

    if let Some(text) = raw.get().get(1..raw.get().len() - 1).filter(|text| !text.contains('\\')) {
        return Ok(Cow::Borrowed(text));
    }
    let Bytes(bytes) = serde_json::from_str(raw.get())?;
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        // The first of the three bytes of a half; the others are chunks of their own.
        text.extend(chunk.invalid().starts_with(b"\xed").then_some('\u{fffd}'));
    }
    Ok(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for digits in ["12.10", "340282366920938463463374607431768211457", "-0.0", "1e999", "5E-3"]
        {
            assert_eq!(parse(&format!(" {digits}\n")).unwrap(), Json::Number(digits));
        }
    }

    #[test]
    fn half_a_pair_is_replaced_and_what_follows_is_kept() {
        let text = |text: &'static str| Json::Text(text.into());
        assert_eq!(parse(r#""\ud83dx""#).unwrap(), text("\u{fffd}x"));
        assert_eq!(parse(r#""\ud83d\u0041""#).unwrap(), text("\u{fffd}A"));
        assert_eq!(parse(r#""\ud83d\n""#).unwrap(), text("\u{fffd}\n"));
        assert_eq!(parse(r#""é\ude00\ud83d\ud83d\ude00""#).unwrap(), text("é\u{fffd}\u{fffd}😀"));
        let name = parse(r#"{"\ud83d":[]}"#).unwrap();
        assert_eq!(name, Json::Object(vec![("\u{fffd}".into(), Json::List(Vec::new()))]));
        assert!(parse(r#""\ud83d\u00""#).is_err());
    }

    #[test]
    fn fields_keep_their_order_and_repeats() {
        let Json::Object(fields) = parse(r#"{"b":true,"a":null,"b":false}"#).unwrap() else {
            panic!("an object")
        };
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_ref()).collect();
        assert_eq!(names, ["b", "a", "b"]);
    }

    #[test]
    fn what_is_too_deep_is_stepped_over() {
        let deep = format!("[{}\"]\\\"é\"{},7]", "[".repeat(5_000), "]".repeat(5_000));
        let Json::List(items) = parse(&deep).unwrap() else { panic!("a list") };
        assert!(items[0].is_too_deep() && !items[1].is_too_deep());
        let just = "[".repeat(DEPTH_MAX) + &"]".repeat(DEPTH_MAX);
        assert!(!parse(&just).unwrap().is_too_deep());
        assert!(parse(&format!("[{just}]")).unwrap().is_too_deep());
    }

    #[test]
    fn errors_never_show_the_text() {
        for text in [
            "{\"secret\" 1}",
            "[secret]",
            "{\"a\":\"secret\0\"}",
            "[1] secret",
            "{1:\"secret\"}",
            "\"secret",
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(!error.contains("secret") && error.contains("line 1 column"), "{error}");
        }
    }
}
