//! A header block: fields as they stand, and their values as mail-parser reads them.
//!
//! # Why
//!
//! Finding the fields is ours, reading a value is mail-parser's (addresses, encoded words, dates,
//! parameters). Its own search for fields drops white space inside names, so that `Sub ject`
//! smuggles a subject past others who read the same mail.
//!
//! # Law
//!
//! 1. Linear in the block, but for values, which are cut at [`VALUE_BYTES_MAX`]; encoded words
//!    cost its square (`tests/mail/bounds.rs`).

use std::ops::Range;

use chrono::{NaiveDate, TimeDelta};
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, ContentType, HeaderValue, decoders::charsets::map::charset_decoder};

use crate::model::Timestamp;

/// Most fields of one block that are kept.
const FIELDS_MAX: usize = 4_096;

/// Longest value that is read; the rest of it is not.
const VALUE_BYTES_MAX: usize = 16 * 1_024;

/// Longest parameters of a content type that are read.
const PARAMETERS_BYTES_MAX: usize = 2 * 1_024;

/// Longest list of message ids that is read; the last ones are the nearest.
const IDS_BYTES_MAX: usize = 64 * 1_024;

/// Longest message id, which is one line (RFC 5322, section 2.1.1).
const ID_BYTES_MAX: usize = 998;

/// Fields that only a mail has; one of them makes bytes a mail.
const OF_A_MAIL: &[&str] = &[
    "bcc",
    "cc",
    "content-transfer-encoding",
    "content-type",
    "date",
    "delivered-to",
    "from",
    "in-reply-to",
    "list-id",
    "message-id",
    "mime-version",
    "received",
    "references",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
];

/// A mailbox: an address and the name that someone gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) name: Option<String>,
    pub(super) address: String,
}

/// A value with its parameters.
pub(super) struct Parameters {
    /// Type and subtype in lower case, as far as they are there: `text`, `plain`; `attachment`.
    pub(super) kind: (String, Option<String>),
    values: Vec<(String, String)>,
}

impl Parameters {
    fn of(value: &ContentType<'_>) -> Self {
        let kind = (value.ctype().to_lowercase(), value.subtype().map(str::to_lowercase));
        let values = value.attributes().unwrap_or_default().iter();
        let values = values.map(|a| (a.name.to_lowercase(), a.value.trim().to_owned())).collect();
        Self { kind, values }
    }

    /// The value of a parameter, named in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The fields of one block, in order.
pub(super) struct Header<'a> {
    bytes: &'a [u8],
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    name: &'a [u8],
    /// The value, folded, by its place in the bytes.
    value: Range<usize>,
}

impl<'a> Header<'a> {
    /// Takes the header block off `bytes`, and gives what follows it.
    ///
    /// A line that is no field is passed over; where no empty line ends the block, such a line
    /// begins the body.
    pub(super) fn split(bytes: &'a [u8]) -> (Self, &'a [u8]) {
        let mut fields: Vec<Field<'a>> = Vec::new();
        let (mut at, mut stray) = (0, None);
        while at < bytes.len() {
            let end = line_end(bytes, at);
            let line = trim_line(&bytes[at..end]);
            if line.is_empty() {
                return (Self { bytes, fields }, &bytes[end..]);
            }
            let folded = line[0] == b' ' || line[0] == b'\t';
            let from = at + line.len() - line.trim_ascii_start().len();
            let line = line.trim_ascii_start();
            match (fields.last_mut().filter(|_| folded), colon_of(line)) {
                (Some(field), _) => field.value.end = end,
                (None, Some(colon)) => {
                    let name = line[..colon].trim_ascii_end();
                    fields.push(Field { name, value: from + colon + 1..end });
                    fields.truncate(FIELDS_MAX);
                }
                (None, None) => stray = stray.or(Some((at, fields.len()))),
            }
            at = end;
        }
        match stray {
            Some((body, known)) if known > 0 => {
                fields.truncate(known);
                (Self { bytes, fields }, &bytes[body..])
            }
            _ => (Self { bytes, fields }, &[]),
        }
    }

    /// Whether any field is one that mails have, white space in its name or not.
    pub(super) fn is_of_a_mail(&self) -> bool {
        self.fields.iter().any(|field| {
            let name = field.name.iter().copied().filter(|b| !b.is_ascii_whitespace());
            let name: Vec<u8> = name.collect();
            OF_A_MAIL.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        })
    }

    /// Whether a field is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The first value of a field as it stands, still folded.
    fn raw(&self, name: &str) -> Option<&'a [u8]> {
        let mut fields = self.fields.iter();
        let field = fields.find(|field| field.name.eq_ignore_ascii_case(name.as_bytes()))?;
        self.bytes.get(field.value.clone())
    }

    /// A value for mail-parser, which wants its end of line.
    fn line(&self, name: &str, bytes_max: usize) -> Option<Vec<u8>> {
        let value = self.raw(name)?;
        let mut line = legible(&value[..value.len().min(bytes_max)]);
        line.extend_from_slice(b" \n");
        Some(line)
    }

    /// A value in plain words: unfolded, decoded, without control characters; `None` where empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let line = self.line(name, VALUE_BYTES_MAX)?;
        match MessageStream::new(&line).parse_unstructured() {
            HeaderValue::Text(text) => clean(&text),
            _ => None,
        }
    }

    /// The first word of a value in lower case, without comments and parameters: `auto-replied`.
    pub(super) fn word(&self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        let word = text.split([';', '(', ',', ' ']).find(|word| !word.is_empty())?;
        Some(word.to_lowercase())
    }

    /// The mailboxes of a field that have an address, in order, groups opened.
    pub(super) fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        let Some(line) = self.line(name, VALUE_BYTES_MAX) else { return Vec::new() };
        match MessageStream::new(&line).parse_address() {
            HeaderValue::Address(address) => address.iter().filter_map(mailbox).collect(),
            _ => Vec::new(),
        }
    }

    /// The message ids of a field, without angle brackets, in order.
    pub(super) fn ids(&self, name: &str) -> Vec<String> {
        let Some(value) = self.raw(name) else { return Vec::new() };
        let value = &value[value.len().saturating_sub(IDS_BYTES_MAX)..];
        ids(&String::from_utf8_lossy(value))
    }

    /// The instant of a date field (RFC 5322, sections 3.3 and 4.3); an unknown zone is UTC.
    pub(super) fn date(&self, name: &str) -> Option<Timestamp> {
        let line = self.line(name, PARAMETERS_BYTES_MAX)?;
        let HeaderValue::DateTime(date) = MessageStream::new(&line).parse_date() else {
            return None;
        };
        let (month, day) = (u32::from(date.month), u32::from(date.day));
        let day = NaiveDate::from_ymd_opt(i32::from(date.year), month, day)?;
        let (hour, minute) = (u32::from(date.hour), u32::from(date.minute));
        let local = day.and_hms_opt(hour, minute, u32::from(date.second).min(59))?;
        let east = i64::from(date.tz_hour) * 60 + i64::from(date.tz_minute);
        let east = TimeDelta::minutes(if date.tz_before_gmt { -east } else { east });
        Timestamp::from_seconds(local.checked_sub_signed(east)?.and_utc().timestamp())
    }

    /// A value with parameters, such as `text/plain; charset=utf-8`.
    pub(super) fn parameters(&self, name: &str) -> Option<Parameters> {
        let line = self.line(name, PARAMETERS_BYTES_MAX)?;
        match MessageStream::new(&line).parse_content_type() {
            HeaderValue::ContentType(value) => Some(Parameters::of(&value)),
            _ => None,
        }
    }
}

/// Where the line that begins at `at` ends, its line feed included.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1)
}

/// A line without its end.
pub(super) fn trim_line(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Where the colon stands in a line that is a field.
fn colon_of(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|b| *b == b':')?;
    let fine = line.first().is_some_and(u8::is_ascii_alphabetic)
        && line[..colon].iter().all(|b| b.is_ascii_graphic() || *b == b' ' || *b == b'\t');
    fine.then_some(colon)
}

/// Bytes beyond ASCII that are no UTF-8 are Western, as the mailers that wrote them so were.
fn legible(value: &[u8]) -> Vec<u8> {
    let encoded = value.windows(2).any(|pair| pair == b"=?");
    match charset_decoder(b"windows-1252") {
        Some(decode) if !encoded && std::str::from_utf8(value).is_err() => {
            decode(value).into_bytes()
        }
        _ => value.to_vec(),
    }
}

fn mailbox(address: &Addr<'_>) -> Option<Mailbox> {
    let value = address.address.as_deref()?.trim();
    let (local, domain) = value.rsplit_once('@')?;
    let fine = !local.is_empty()
        && !domain.is_empty()
        && value.len() <= ID_BYTES_MAX
        && !value.chars().any(|c| c.is_whitespace() || c.is_control() || c == '<' || c == '>');
    let name = address.name.as_deref().and_then(clean);
    let name = name.filter(|name| !name.eq_ignore_ascii_case(value));
    fine.then(|| Mailbox { name, address: value.to_owned() })
}

/// Message ids between angle brackets; without any, words with an `@`, or the only word.
fn ids(value: &str) -> Vec<String> {
    let bracketed = |piece: &str| {
        let (id, _) = piece.split_once('>')?;
        Some(id.split_whitespace().collect::<String>())
    };
    let found: Vec<String> = if value.contains('<') {
        value.split('<').skip(1).filter_map(bracketed).collect()
    } else {
        let words: Vec<&str> = value.split([' ', '\t', '\r', '\n', ',']).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let only = words.len() == 1;
        words.into_iter().filter(|word| only || word.contains('@')).map(str::to_owned).collect()
    };
    let fine = |id: &String| {
        (1..=ID_BYTES_MAX).contains(&id.len())
            && !id.chars().any(|c| c.is_control() || c == '\u{fffd}')
    };
    found.into_iter().filter(fine).collect()
}

/// One line of words, single spaces between them, without control characters.
pub(super) fn clean(text: &str) -> Option<String> {
    let seen: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
