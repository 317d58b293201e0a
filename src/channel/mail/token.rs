//! Signed words in addresses and URLs: what they name comes back provably unchanged.
//!
//! | word | names | bound to |
//! |---|---|---|
//! | reply | the decision behind a mail of ours | the one whom it was sent to |
//! | bounce | the decision behind a mail of ours | nobody: mail systems report |
//! | unsubscription | an address and a purpose | that address |
//!
//! # Why
//!
//! Some relays replace a mail's `Message-ID`, so that an answer names a mail nobody knows, and many
//! reports come without the mail. The address that was written to stays.
//!
//! Letters in lower case and digits (base 32, RFC 4648), since the part of an address before its
//! `@` may change case and has room for 64 bytes. Of the keyed hash stand 80 bits: nobody can try
//! more than a server answers.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::channel::verify::is_same;
use crate::model::DecisionId;

const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Bytes of a keyed hash that are written.
const TAG_BYTES: usize = 10;

/// How many characters name a decision: 16 bytes and the keyed hash.
pub(super) const DECISION_CHARS: usize = 42;

/// Longest word that is read.
const WORD_CHARS_MAX: usize = 2_048;

/// What a word says about a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An answer to it comes here.
    Reply,
    /// What became of it is reported here.
    Bounce,
}

impl Kind {
    /// The letter before the word.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Reply => 'r',
            Self::Bounce => 'b',
        }
    }

    fn label(self) -> &'static [u8] {
        match self {
            Self::Reply => b"omnichannel mail reply\0",
            Self::Bounce => b"omnichannel mail bounce\0",
        }
    }
}

/// Names a decision to `whom`: the address, without case; empty for a bounce.
pub(super) fn decision(key: &[u8], kind: Kind, id: DecisionId, whom: &str) -> String {
    let id = id.as_uuid();
    let tag = tag(key, &[kind.label(), id.as_bytes(), whom.to_lowercase().as_bytes()]);
    write(&[id.as_bytes().as_slice(), &tag].concat())
}

/// The decision that a word names, where one of `keys` signed it for `whom`.
pub(super) fn read_decision(
    keys: &[Vec<u8>],
    kind: Kind,
    word: &str,
    whom: &str,
) -> Option<DecisionId> {
    let bytes = read(word)?;
    let (id, stated) = bytes.split_first_chunk::<16>()?;
    let whom = whom.to_lowercase();
    let fits = |key: &Vec<u8>| is_same(&tag(key, &[kind.label(), id, whom.as_bytes()]), stated);
    let known = keys.iter().any(fits);
    known.then(|| DecisionId::from_uuid(uuid::Uuid::from_bytes(*id)))
}

const UNSUBSCRIBE: &[u8] = b"omnichannel mail unsubscribe\0";

/// Names what an address no longer wants.
pub(super) fn unsubscription(key: &[u8], address: &str, purpose: &str) -> String {
    let said = [address.as_bytes(), purpose.as_bytes()].join(&0);
    let tag = tag(key, &[UNSUBSCRIBE, &said]);
    write(&[tag.as_slice(), &said].concat())
}

/// The address and the purpose that a word names, where one of `keys` signed it.
pub(super) fn read_unsubscription(keys: &[Vec<u8>], word: &str) -> Option<(String, String)> {
    let bytes = read(word)?;
    let (stated, said) = bytes.split_first_chunk::<TAG_BYTES>()?;
    if !keys.iter().any(|key| is_same(&tag(key, &[UNSUBSCRIBE, said]), stated)) {
        return None;
    }
    let (address, purpose) = std::str::from_utf8(said).ok()?.split_once('\0')?;
    Some((address.to_owned(), purpose.to_owned()))
}

/// The beginning of HMAC-SHA256. It takes keys of any length; empty cannot be reached.
fn tag(key: &[u8], pieces: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return Vec::new() };
    for piece in pieces {
        mac.update(piece);
    }
    mac.finalize().into_bytes()[..TAG_BYTES].to_vec()
}

/// Writes bytes in base 32, without padding.
fn write(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let mut eight = [0; 8];
        eight[3..3 + group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(eight);
        for at in 0..(group.len() * 8).div_ceil(5) {
            text.push(char::from(DIGITS[(bits >> (35 - 5 * at) & 31) as usize]));
        }
    }
    text
}

/// Reads base 32 of either case; `None` where anything else stands or a bit is left over.
fn read(text: &str) -> Option<Vec<u8>> {
    if text.len() > WORD_CHARS_MAX {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8 + 1);
    for group in text.as_bytes().chunks(8) {
        let mut bits = 0_u64;
        for (at, digit) in group.iter().enumerate() {
            let value = DIGITS.iter().position(|known| known == digit)?;
            bits |= u64::try_from(value).ok()? << (35 - 5 * at);
        }
        let whole = group.len() * 5 / 8;
        let [_, _, _, octets @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(&octets[..whole]);
        if octets[whole..].iter().any(|byte| *byte != 0) || group.len() * 5 % 8 > 4 {
            return None;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &[u8] = b"a key of the shop";

    proptest! {
        #[test]
        fn bytes_are_read_as_written(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let text = write(&bytes);
            prop_assert_eq!(read(&text.to_uppercase()).unwrap(), read(&text).unwrap());
            prop_assert_eq!(read(&text).unwrap(), bytes);
        }

        #[test]
        fn a_changed_letter_is_no_word(at in 0..DECISION_CHARS, by in 1..32_usize) {
            let id = DecisionId::from_uuid(uuid::Uuid::from_u128(7));
            let word = decision(KEY, Kind::Reply, id, "zoe@example.org");
            prop_assert_eq!(word.len(), DECISION_CHARS);
            let mut changed = word.into_bytes();
            let value = DIGITS.iter().position(|digit| *digit == changed[at]).unwrap();
            changed[at] = DIGITS[(value + by) % 32];
            let changed = String::from_utf8(changed).unwrap();
            let keys = [KEY.to_vec()];
            prop_assert_eq!(read_decision(&keys, Kind::Reply, &changed, "zoe@example.org"), None);
        }
    }

    #[test]
    fn base_32_is_that_of_rfc_4648() {
        for (bytes, text) in [("", ""), ("f", "my"), ("fo", "mzxq"), ("foobar", "mzxw6ytboi")] {
            assert_eq!(write(bytes.as_bytes()), text);
        }
        for none in ["m", "mz1", "mzx", "mz", "mzxq==", "möxq"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_word_is_of_one_kind_one_person_and_one_key() {
        let id = DecisionId::from_uuid(uuid::Uuid::from_u128(7));
        let keys = [b"a newer key".to_vec(), KEY.to_vec()];
        let word = decision(KEY, Kind::Reply, id, "Zoe@example.org");
        assert_eq!(read_decision(&keys, Kind::Reply, &word, "zoe@EXAMPLE.org"), Some(id));
        assert_eq!(read_decision(&keys, Kind::Reply, &word, "noe@example.org"), None);
        assert_eq!(read_decision(&keys, Kind::Bounce, &word, "zoe@example.org"), None);
        assert_eq!(read_decision(&keys[..1], Kind::Reply, &word, "zoe@example.org"), None);
        let word = unsubscription(KEY, "Zoé@example.org", "news");
        let said = Some(("Zoé@example.org".to_owned(), "news".to_owned()));
        assert_eq!(read_unsubscription(&keys, &word), said);
        assert_eq!(read_unsubscription(&keys, &word[1..]), None);
    }
}
