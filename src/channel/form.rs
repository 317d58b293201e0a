//! Forms: the fields of `application/x-www-form-urlencoded` bodies and of queries.
//!
//! # Law
//!
//! Reading is total: an escape that is none stands for itself. Cost: one pass; what holds no escape
//! is borrowed.

use std::borrow::Cow;

/// The fields of a form or of a query, decoded, in order; empty ones are left out.
///
/// ```
/// use omnichannel::channel::form;
/// let fields: Vec<_> = form::fields(b"To=%2B1800&Body=two+words&&Flag").collect();
/// let texts: Vec<_> = fields.iter().map(|(name, value)| (&name[..], &value[..])).collect();
/// assert_eq!(texts, [
///     (&b"To"[..], &b"+1800"[..]),
///     (&b"Body"[..], &b"two words"[..]),
///     (&b"Flag"[..], &b""[..]),
/// ]);
/// ```
pub fn fields(form: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> + Clone {
    let fields = form.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
    fields.map(|field| {
        let end = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
        let value = field.get(end + 1..).unwrap_or_default();
        (decode(&field[..end]), decode(value))
    })
}

/// Writes fields as a form (URL Standard, section 5.2): a space is `+`, other bytes are escaped.
///
/// ```
/// use omnichannel::channel::form;
/// assert_eq!(form::write([("To", "+33"), ("Body", "à 2 €")]), "To=%2B33&Body=%C3%A0+2+%E2%82%AC");
/// ```
pub fn write<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    let mut form = String::new();
    for (name, value) in fields {
        if !form.is_empty() {
            form.push('&');
        }
        encode(&mut form, name);
        form.push('=');
        encode(&mut form, value);
    }
    form
}

fn encode(form: &mut String, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b' ' => form.push('+'),
            b'*' | b'-' | b'.' | b'_' => form.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => form.push(byte.into()),
            _ => {
                let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
                form.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
}

/// The query of a URL, without its question mark and the fragment; empty where there is none.
pub fn query(url: &str) -> &str {
    let address = url.split('#').next().unwrap_or_default();
    address.split_once('?').map_or("", |(_, query)| query)
}

/// Decodes `%41` and `+`.
fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    let (mut bytes, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(byte) = text.get(at) {
        let escaped = (*byte == b'%').then(|| Some(digit(at + 1)? << 4 | digit(at + 2)?)).flatten();
        let escaped = escaped.and_then(|byte| u8::try_from(byte).ok());
        bytes.push(escaped.unwrap_or(if *byte == b'+' { b' ' } else { *byte }));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_what_is_none_stands_for_itself() {
        assert_eq!(&*decode(b"a%2Bb+c%e9%"), b"a+b c\xe9%");
        assert_eq!(&*decode(b"%4%zz%%41"), b"%4%zz%A");
        assert_eq!(&*decode(b""), b"");
    }

    #[test]
    fn the_query_ends_where_the_fragment_begins() {
        assert_eq!(query("https://example.org/a?b=1&c=2?d#e?f"), "b=1&c=2?d");
        assert_eq!(query("https://example.org/a#b?c"), "");
        assert_eq!(query("?a"), "a");
    }
}
