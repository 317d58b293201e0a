//! The handshake by which Meta asks whether an address is ours.
//!
//! It is a GET, and a GET has no body: its query string (`hub.mode=subscribe&...`) is handed over
//! as the body of the request.
//!
//! # Why
//!
//! Whoever knows the token could have any text sent back by our server. Only plain letters and
//! digits go back, as plain text: that is what Meta sends, and no script can be written in them.

use super::Token;
use crate::channel::verify::is_same;
use crate::channel::{RawInbound, RawResponse};

/// Longest query that is read, in bytes.
const QUERY_BYTES_MAX: usize = 4_096;

/// Longest challenge that is sent back, in bytes.
const CHALLENGE_BYTES_MAX: usize = 512;

/// Answers a handshake: with its challenge where the token is ours, else with status 403.
pub(in crate::channel) fn challenge(request: &RawInbound, token: &Token) -> Option<RawResponse> {
    let query = request.body.strip_prefix(b"?").unwrap_or(&request.body);
    if query.len() > QUERY_BYTES_MAX || !query.starts_with(b"hub.") {
        return None;
    }
    let mode = value(query, b"hub.mode")?;
    if mode != b"subscribe" {
        return None;
    }
    let stated = value(query, b"hub.verify_token").unwrap_or_default();
    let challenge = value(query, b"hub.challenge").unwrap_or_default();
    let is_plain = (1..=CHALLENGE_BYTES_MAX).contains(&challenge.len())
        && challenge.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    let ours = !token.0.is_empty() && is_same(&token.0, &stated);
    Some(match ours && is_plain {
        true => RawResponse::received().with_body("text/plain", challenge),
        false => RawResponse::status(403),
    })
}

/// The first value of a name, decoded.
fn value(query: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let mut pairs = query.split(|byte| *byte == b'&');
    let pair = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix(b"="))?;
    Some(decoded(pair))
}

/// Decodes `%41` and `+`; what is no escape stands for itself.
fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    let (mut bytes, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(byte) = text.get(at) {
        let escaped = (*byte == b'%').then(|| Some(digit(at + 1)? << 4 | digit(at + 2)?)).flatten();
        match escaped.and_then(|byte| u8::try_from(byte).ok()) {
            Some(escaped) => {
                bytes.push(escaped);
                at += 3;
            }
            None => {
                bytes.push(if *byte == b'+' { b' ' } else { *byte });
                at += 1;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        assert_eq!(decoded(b"a%2Bb+c%e9%"), b"a+b c\xe9%");
        assert_eq!(value(b"hub.mode=a&hub.mode=b", b"hub.mode").as_deref(), Some(&b"a"[..]));
        assert_eq!(value(b"xhub.mode=a", b"hub.mode"), None);
    }
}
