//! E-mail addresses: one case, one Unicode form, the domain in ASCII.
//!
//! # Law
//!
//! 1. A domain has one form, whether it was written with its letters or in ASCII (`xn--`).
//! 2. Dots and tags of a mailbox are part of the value: whether they count is the provider's
//!    business. [`comparable_mailbox`] leaves them out for comparison only.
//!
//! # Why
//!
//! The domain is written in ASCII (an A-label, RFC 5890), since that is what goes over the wire to
//! any mail server. `ß` stays itself, in the mailbox and in the domain, as in IDNA 2008: to join
//! `gross` and `groß` would join two people. RFC 6532 asks for NFC and advises against NFKC, so the
//! mailbox is in NFC; a domain is mapped by NFKC as UTS 46 does.

use unicode_normalization::UnicodeNormalization;

use super::note::{Note, Noted, Notes};
use super::{punycode, text};

/// What separates labels (UTS 46, section 4): the ideographic full stops too.
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

pub(super) fn fold(seen: &str, notes: &mut Notes) -> String {
    let bare = text::without_prefix(seen, "mailto:", notes);
    let mut folded = text::lower(bare, notes);
    let Some(at) = folded.rfind('@') else { return folded };
    let domain = &folded[at + 1..];
    if !domain.is_ascii()
        && let Some(ascii) = ascii_domain(domain)
    {
        notes.add(Note::DomainEncoded);
        folded.truncate(at + 1);
        folded.push_str(&ascii);
    }
    // The root of all domains, which may be written as a last dot.
    let end = folded.trim_end_matches(|c: char| c == '.' || c.is_whitespace()).len();
    notes.add_if(end < folded.len(), Note::PunctuationFolded);
    folded.truncate(end);
    folded
}

/// A domain with each label in ASCII; `None` where one has no such form.
fn ascii_domain(domain: &str) -> Option<String> {
    let mut ascii = String::with_capacity(domain.len() + 8);
    for (at, label) in domain.split(DOTS).enumerate() {
        if at > 0 {
            ascii.push('.');
        }
        let mapped = text::settled(label, |label| {
            let visible = label.nfkc().filter(|c| !text::is_invisible(*c));
            visible.flat_map(char::to_lowercase).nfkc().collect()
        });
        let is_name =
            |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if !mapped.chars().all(is_name) {
            return None;
        }
        if mapped.is_ascii() {
            ascii.push_str(&mapped);
        } else {
            ascii.push_str(&punycode::encoded(&mapped)?);
        }
    }
    Some(ascii)
}

/// A mailbox without what many providers ignore: dots, and a tag behind `+`.
///
/// For comparison only; it names nobody, since for other providers they are two mailboxes.
///
/// ```
/// use omnichannel::identity::comparable_mailbox;
/// let noted = comparable_mailbox("Camille.Durand+shop@Example.org");
/// assert_eq!(noted.value.expose(), "camilledurand@example.org");
/// ```
pub fn comparable_mailbox(seen: &str) -> Noted<String> {
    let mut notes = Notes::NONE;
    if text::is_too_long(seen) {
        notes.add(Note::TooLong);
        return Noted::new(seen.to_owned(), notes);
    }
    let folded = fold(&text::visible(seen, &mut notes), &mut notes);
    let Some((user, domain)) = folded.rsplit_once('@') else {
        notes.add(Note::Unreadable);
        return Noted::new(folded, notes);
    };
    let bare = user.split_once('+').map_or(user, |(bare, _)| bare);
    let plain = bare.replace('.', "");
    let plain = plain.trim();
    // What is nothing but dots or a tag is somebody's all the same.
    if plain.is_empty() {
        return Noted::new(folded, notes);
    }
    notes.add_if(bare.len() != user.len(), Note::TagIgnored);
    notes.add_if(plain.len() != bare.len(), Note::DotsIgnored);
    Noted::new(format!("{plain}@{domain}"), notes)
}
