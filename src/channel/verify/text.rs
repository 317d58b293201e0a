//! Bytes as text: hexadecimal digits and base 64, written and read strictly.
//!
//! # Law
//!
//! What is read has one meaning, and but for the case of hexadecimal digits (and the padding of
//! keys) one way to be written: no bit of a signature can be changed unseen.

use super::scheme::Encoding;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Writes bytes: lower case, padded.
pub(super) fn write(bytes: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Encoding::Base64 => to_base64(bytes),
    }
}

/// Base 64 with padding (RFC 4648, section 4).
fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let octet = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { digit as char } else { '=' });
        }
    }
    text
}

/// Reads hexadecimal digits of either case, two a byte; `None` where anything else stands.
pub(super) fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_chunks::<2>();
    let bytes =
        pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok());
    bytes.collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty())
}

/// Reads base 64 (RFC 4648, section 4), padded or not; `None` where anything else stands or a bit
/// is left over.
pub(super) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let digits = match text {
        [digits @ .., b'=', b'='] if text.len().is_multiple_of(4) => digits,
        [digits @ .., b'='] if text.len().is_multiple_of(4) => digits,
        digits => digits,
    };
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for byte in group {
            bits = bits << 6 | value_of(*byte)?;
        }
        bits <<= 6 * (4 - group.len());
        let [_, octets @ ..] = bits.to_be_bytes();
        // Six bits a digit: two give one byte, three give two, four give three; one gives none.
        let (whole, over) = octets.split_at(group.len() - 1);
        if whole.is_empty() || over.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(whole);
    }
    Some(bytes)
}

fn value_of(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        let vectors =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (plain, written) in vectors {
            assert_eq!(to_base64(plain.as_bytes()), written);
            assert_eq!(from_base64(written.as_bytes()).as_deref(), Some(plain.as_bytes()));
            let bare = written.trim_end_matches('=');
            assert_eq!(from_base64(bare.as_bytes()).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(to_base64(&[0xfb, 0xff, 0xfe]), "+//+");
        assert_eq!(from_base64(b"+//+"), Some(vec![0xfb, 0xff, 0xfe]));
    }

    #[test]
    fn what_is_no_base64_is_not_read() {
        // Left-over bits, one digit, other alphabets, padding too little, too much or inside.
        for text in ["Zh==", "Zm9=", "Z", "Zm9vY", "-__-", "Zm 9", "Zg=", "Zm9v=", "Zg==Zg==", "="]
        {
            assert_eq!(from_base64(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn hexadecimal_digits_come_in_pairs_and_either_case() {
        assert_eq!(from_hex(b"00fFa1"), Some(vec![0, 255, 161]));
        assert_eq!(write(&[0, 255, 161], Encoding::Hex), "00ffa1");
        for text in ["0", "0g", "+1", " 1"] {
            assert_eq!(from_hex(text.as_bytes()), None, "{text}");
        }
    }
}
