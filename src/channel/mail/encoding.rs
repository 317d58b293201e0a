//! Bytes back from transfer encodings and charsets, as a careful person would.
//!
//! Total: what is not encoded as it says stays as it stands.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;

use super::header::{line_end, trim_line};

/// Undoes a transfer encoding (RFC 2045, section 6), named in lower case.
pub(super) fn transferred<'a>(body: &'a [u8], encoding: Option<&str>) -> Cow<'a, [u8]> {
    match encoding {
        Some("base64") => Cow::Owned(base64(body)),
        Some("quoted-printable") => Cow::Owned(quoted_printable(body)),
        _ => Cow::Borrowed(body),
    }
}

/// How many bytes [`transferred`] gives.
pub(super) fn transferred_len(body: &[u8], encoding: Option<&str>) -> usize {
    match encoding {
        Some("base64") => base64_len(body),
        encoding => transferred(body, encoding).len(),
    }
}

/// Base 64 up to the first line that is none: list software appends plain footers.
fn base64(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    let rest = each_base64_line(body, |line, _| {
        for byte in line {
            let Some(six) = sextet(*byte) else {
                held = if *byte == b'=' { 0 } else { held };
                continue;
            };
            (bits, held) = ((bits << 6 | six) & 0xff_ffff, held + 6);
            if held >= 8 {
                held -= 8;
                plain.push(u8::try_from(bits >> held & 0xff).unwrap_or(0));
            }
        }
    });
    plain.extend_from_slice(rest);
    plain
}

/// How many bytes [`base64`] gives.
fn base64_len(body: &[u8]) -> usize {
    let (mut bytes, mut held) = (0, 0);
    let rest = each_base64_line(body, |line, sextets| {
        let bits = held + 6 * sextets;
        (bytes, held) = (bytes + bits / 8, if line.ends_with(b"=") { 0 } else { bits % 8 });
    });
    bytes + rest.len()
}

/// Hands over each line of base 64 with the count of its sextets; gives what is left once a line is
/// none.
fn each_base64_line(body: &[u8], mut found: impl FnMut(&[u8], usize)) -> &[u8] {
    let mut at = 0;
    while at < body.len() {
        let end = line_end(body, at);
        let Some((line, sextets)) = base64_line(body[at..end].trim_ascii()) else {
            return &body[at..];
        };
        found(line, sextets);
        at = end;
    }
    &[]
}

/// What of a line is base 64, up to its padding, with little noise in it, and how many sextets are
/// there; `None` where it is words.
fn base64_line(line: &[u8]) -> Option<(&[u8], usize)> {
    let padded = memchr::memchr(b'=', line);
    let line = padded.map_or(line, |at| &line[..=at]);
    let sextets = line.iter().filter(|b| sextet(**b).is_some()).count();
    let noise = line.len() - sextets - usize::from(padded.is_some());
    (noise * 8 <= line.len() && !line.contains(&b' ')).then_some((line, sextets))
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Quoted-printable; an `=` that begins no escape stays.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let rest = &body[at + 1..];
        let hex = |at: usize| rest.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (body[at], hex(0), hex(1)) {
            (b'=', Some(high), Some(low)) => {
                plain.push(u8::try_from(high * 16 + low).unwrap_or(0));
                at += 3;
            }
            (b'=', ..) => {
                let blank = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
                let soft = rest.get(blank).is_none_or(|b| *b == b'\n');
                if !soft {
                    plain.push(b'=');
                }
                at += if soft { blank + 2 } else { 1 };
            }
            _ => {
                let end = memchr::memchr(b'=', &body[at..]).map_or(body.len(), |n| at + n);
                plain.extend_from_slice(&body[at..end]);
                at = end;
            }
        }
    }
    plain
}

/// Text of bytes in `charset`, as declared.
///
/// Undeclared, unknown or said to be ASCII, it is UTF-8 where it reads as such. What cannot be read
/// is U+FFFD.
pub(super) fn decoded(bytes: &[u8], charset: Option<&str>) -> String {
    let ascii = charset.is_some_and(|name| name.eq_ignore_ascii_case("us-ascii"));
    match (std::str::from_utf8(bytes), charset.and_then(|name| charset_decoder(name.as_bytes()))) {
        (Ok(text), None) => text.to_owned(),
        (Ok(text), Some(_)) if ascii => text.to_owned(),
        (_, Some(decode)) => decode(bytes),
        (Err(_), None) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The words of HTML, block elements on lines of their own.
pub(super) fn words_of_html(html: &str) -> String {
    const BLOCKS: &[&str] = &[
        "address",
        "blockquote",
        "div",
        "dd",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "pre",
        "table",
        "title",
        "tr",
    ];
    let mut spaced = String::with_capacity(html.len() + html.len() / 8);
    for (n, piece) in html.split("</").enumerate() {
        if n > 0 {
            spaced.push_str("</");
        }
        let name_end = piece.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(piece.len());
        let block = BLOCKS.iter().any(|name| name.eq_ignore_ascii_case(&piece[..name_end]));
        match piece.split_once('>') {
            Some((tag, rest)) if n > 0 && block => {
                spaced.push_str(tag);
                spaced.push_str("><br>");
                spaced.push_str(rest);
            }
            _ => spaced.push_str(piece),
        }
    }
    let text = html_to_text(&spaced).replace('\u{a0}', " ");
    let mut words = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        if !(line.is_empty() && words.ends_with("\n\n")) {
            words.push_str(line);
            words.push('\n');
        }
    }
    words
}

/// Text as it is kept: lines end in a line feed, no NUL, nothing blank before and after.
pub(super) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(at) = memchr::memchr2(b'\r', b'\0', rest.as_bytes()) {
        tidied.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let is_end = rest.as_bytes()[at] == b'\r';
        tidied.push(if is_end { '\n' } else { '\u{fffd}' });
        rest = if is_end { after.strip_prefix('\n').unwrap_or(after) } else { after };
    }
    tidied.push_str(rest);
    tidied
}

/// A file in the midst of text: its name, and its size once decoded.
pub(super) struct Uuencoded {
    pub(super) name: String,
    pub(super) bytes: u64,
}

/// Takes uuencoded files out of text (POSIX `uuencode`), as mailers before MIME attached them.
pub(super) fn without_uuencoded(text: &str) -> (Cow<'_, str>, Vec<Uuencoded>) {
    if !text.contains("begin ") {
        return (Cow::Borrowed(text), Vec::new());
    }
    let (mut kept, mut files, mut at) = (String::new(), Vec::new(), 0);
    while at < text.len() {
        let end = line_end(text.as_bytes(), at);
        // A `begin` is no line of data, so no line is looked at more than twice.
        let name = uuencode_begin(&text[at..end]);
        if let Some((name, (bytes, after))) =
            name.and_then(|name| Some((name, uuencode_block(text, end)?)))
        {
            files.push(Uuencoded { name: name.to_owned(), bytes });
            at = after;
        } else {
            kept.push_str(&text[at..end]);
            at = end;
        }
    }
    (Cow::Owned(kept), files)
}

fn uuencode_begin(line: &str) -> Option<&str> {
    let (mode, name) = line.strip_prefix("begin ")?.split_once(' ')?;
    let fine = (3..=4).contains(&mode.len()) && mode.bytes().all(|b| (b'0'..b'8').contains(&b));
    Some(name.trim()).filter(|name| fine && !name.is_empty())
}

/// The size of the file whose lines begin at `from`, and where the text goes on after its `end`.
fn uuencode_block(text: &str, from: usize) -> Option<(u64, usize)> {
    let (mut bytes, mut at) = (0, from);
    while at < text.len() {
        let end = line_end(text.as_bytes(), at);
        let line = trim_line(&text.as_bytes()[at..end]);
        if line == b"end" {
            return Some((bytes, end));
        }
        let length = line.first().map_or(0, |b| u64::from(b.wrapping_sub(32) & 63));
        let data = u64::try_from(line.len().saturating_sub(1)).ok()?;
        // Trailing spaces, which stand for zeros, get lost on the way; a checksum may follow.
        if data > length.div_ceil(3) * 4 + 1 || line.iter().any(|b| !(32..=96).contains(b)) {
            return None;
        }
        (bytes, at) = (bytes + length, end);
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_size_is_that_of_the_bytes(body in "[A-Za-z0-9+/=\r\n !]{0,200}") {
            for encoding in [None, Some("base64"), Some("quoted-printable")] {
                let bytes = transferred(body.as_bytes(), encoding);
                prop_assert_eq!(transferred_len(body.as_bytes(), encoding), bytes.len());
            }
        }

        #[test]
        fn tidying_is_as_replacing(text in "[a\r\n\0é ]{0,40}") {
            let plain = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
            prop_assert_eq!(tidy(&text), plain.trim());
        }
    }
}
