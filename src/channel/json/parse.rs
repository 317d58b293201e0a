//! Reads JSON (RFC 8259) within bounds, keeping every number's digits.
//!
//! # Law
//!
//! 1. `serde_json` judges the whole text first, without recursion; what follows only takes apart
//!    what is known to be JSON.
//! 2. What is nested deeper than [`DEPTH_MAX`] stands as [`Json::TooDeep`]: it costs the event that
//!    holds it and no other.
//!
//! # Why
//!
//! Not `serde_json::Value`: it rounds numbers through `f64`, and its feature that does not would
//! change the numbers of everybody who shares the build; its depth limit refuses the whole batch;
//! it refuses half a surrogate pair.
//!
//! Cost: O(bytes) time, two passes; memory at most about 30 times the body.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;

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
    let IgnoredAny = serde_json::from_str(text)?;
    Reader { text, at: 0, items: Vec::new(), fields: Vec::new() }.value(1)
}

/// No byte of JSON.
const NOTHING: u8 = 0;

/// Takes apart a text that is known to be JSON: a byte tells what begins there, or that all ends.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Of the lists that are open, what was read, the innermost last.
    items: Vec<Json<'a>>,
    /// Of the objects that are open, likewise.
    fields: Vec<Field<'a>>,
}

impl<'a> Reader<'a> {
    /// Reads the next value; a list or object is the `depth`th.
    fn value(&mut self, depth: usize) -> serde_json::Result<Json<'a>> {
        Ok(match self.peek() {
            b'[' | b'{' if depth > DEPTH_MAX => {
                self.step_over();
                Json::TooDeep
            }
            b'[' => {
                let first = self.items.len();
                self.at += 1;
                while self.goes_on() {
                    let item = self.value(depth + 1)?;
                    self.items.push(item);
                }
                Json::List(self.items.split_off(first))
            }
            b'{' => {
                let first = self.fields.len();
                self.at += 1;
                while self.goes_on() {
                    let field = (self.quoted()?, self.value(depth + 1)?);
                    self.fields.push(field);
                }
                Json::Object(self.fields.split_off(first))
            }
            b'"' => Json::Text(self.quoted()?),
            _ => match self.word() {
                "null" => Json::Null,
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                digits => Json::Number(digits),
            },
        })
    }

    /// Whether a list or object goes on; steps over the bracket that ends it.
    fn goes_on(&mut self) -> bool {
        let ends = matches!(self.peek(), b']' | b'}' | NOTHING);
        self.at += usize::from(ends);
        !ends
    }

    /// Goes to the next byte that tells something: spaces, commas and colons only part.
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' => self.at += 1,
                byte => return *byte,
            }
        }
        NOTHING
    }

    /// Reads a number, or the name of a constant.
    fn word(&mut self) -> &'a str {
        let is_over = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b']' | b'}');
        let rest = self.text.get(self.at..).unwrap_or_default();
        let word = rest.as_bytes().iter().position(is_over).map_or(rest, |end| &rest[..end]);
        self.at += word.len();
        word
    }

    /// Reads the text between two quotes.
    fn quoted(&mut self) -> serde_json::Result<Cow<'a, str>> {
        let begins = self.at;
        let is_plain = self.close_quote();
        let quoted = self.text.get(begins..self.at).unwrap_or_default();
        match quoted.get(1..quoted.len() - 1) {
            Some(text) if is_plain => Ok(Cow::Borrowed(text)),
            _ => unescaped(quoted).map(Cow::Owned),
        }
    }

    /// Steps over a text; `false` where it holds escapes.
    fn close_quote(&mut self) -> bool {
        let (bytes, mut is_plain) = (self.text.as_bytes(), true);
        self.at += 1;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => (self.at, is_plain) = (self.at + 2, false),
                _ => self.at += 1,
            }
        }
        self.at += 1;
        is_plain
    }

    /// Steps over a list or object, whatever its depth.
    fn step_over(&mut self) {
        let mut open = 0_usize;
        loop {
            match self.peek() {
                b'"' => _ = self.close_quote(),
                b'[' | b'{' => (self.at, open) = (self.at + 1, open + 1),
                b']' | b'}' => (self.at, open) = (self.at + 1, open - 1),
                NOTHING => return,
                _ => _ = self.word(),
            }
            if open == 0 {
                return;
            }
        }
    }
}

/// Reads a text with its quotes, escapes and all.
///
/// Asked for bytes, `serde_json` keeps half a surrogate pair (as WTF-8), where for a `String` it
/// refuses the text. Programs that cut a text between two halves are common.
fn unescaped(quoted: &str) -> serde_json::Result<String> {
    #[derive(Deserialize)]
    struct Bytes<'a>(#[serde(borrow)] Cow<'a, [u8]>);

    let Bytes(bytes) = serde_json::from_str(quoted)?;
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        // The first of the three bytes of a half; the others are chunks of their own.
        text.extend(chunk.invalid().starts_with(b"\xed").then_some('\u{fffd}'));
    }
    Ok(text)
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
