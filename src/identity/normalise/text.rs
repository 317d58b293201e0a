//! Text: what nobody sees removed, one case, one Unicode form.
//!
//! # Why
//!
//! `unicode-normalization` is three packages; ICU4X is thirty. Case is mapped character by
//! character, so that no neighbour changes a result: `str::to_lowercase` writes a final sigma
//! otherwise than one within a word. Both tables grow with Unicode and change nothing that was
//! assigned before.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::note::{Note, Notes};
use crate::model::Identifier;

/// Most rounds until a text stays as it is; three do for every character and pair that was tried.
const ROUNDS_MAX: usize = 4;

/// Whether a value is longer than anything that is folded: it would cost what an attacker chooses.
pub(super) fn is_too_long(seen: &str) -> bool {
    seen.len() > Identifier::BYTES_MAX
}

/// The text without characters that nobody sees, and without space at its ends.
pub(super) fn visible<'s>(seen: &'s str, notes: &mut Notes) -> Cow<'s, str> {
    let clean = without(seen, is_invisible, notes);
    trim(clean, notes)
}

/// The same, of a text of several words: what breaks a line is a space in it.
pub(super) fn words(seen: &str, notes: &mut Notes) -> String {
    let clean = without(seen, |c| is_invisible(c) && !c.is_whitespace(), notes);
    let mut words = String::with_capacity(clean.len());
    for word in clean.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    notes.add_if(words != clean, Note::Trimmed);
    words
}

fn without<'s>(seen: &'s str, drop: impl Fn(char) -> bool, notes: &mut Notes) -> Cow<'s, str> {
    if !seen.contains(&drop) {
        return Cow::Borrowed(seen);
    }
    notes.add(Note::InvisibleRemoved);
    Cow::Owned(seen.chars().filter(|c| !drop(*c)).collect())
}

fn trim<'s>(text: Cow<'s, str>, notes: &mut Notes) -> Cow<'s, str> {
    let trimmed = text.trim();
    if trimmed.len() == text.len() {
        return text;
    }
    notes.add(Note::Trimmed);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(_) => Cow::Owned(trimmed.to_owned()),
    }
}

/// Removes a prefix as often as it stands there, in either case, with the space behind it.
pub(super) fn without_prefix<'s>(text: &'s str, prefix: &str, notes: &mut Notes) -> &'s str {
    let mut rest = text;
    while let Some((head, tail)) = rest.split_at_checked(prefix.len())
        && head.eq_ignore_ascii_case(prefix)
    {
        rest = tail.trim_start();
    }
    notes.add_if(rest.len() != text.len(), Note::PrefixRemoved);
    rest
}

/// The text in the composed form NFC.
pub(super) fn composed(text: Cow<'_, str>, notes: &mut Notes) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.into_owned();
    }
    let composed: String = text.nfc().collect();
    notes.add_if(composed != text, Note::UnicodeComposed);
    composed
}

/// The text in lower case and NFC.
pub(super) fn lower(text: &str, notes: &mut Notes) -> String {
    if text.is_ascii() {
        notes.add_if(text.bytes().any(|byte| byte.is_ascii_uppercase()), Note::CaseFolded);
        return text.to_ascii_lowercase();
    }
    let composed = composed(Cow::Borrowed(text), notes);
    let lower =
        settled(&composed, |text| text.chars().flat_map(char::to_lowercase).nfc().collect());
    notes.add_if(lower != composed, Note::CaseFolded);
    lower
}

/// The text in capitals and NFKC: full-width digits are digits.
pub(super) fn upper(text: &str, notes: &mut Notes) -> String {
    if text.is_ascii() {
        notes.add_if(text.bytes().any(|byte| byte.is_ascii_lowercase()), Note::CaseFolded);
        return text.to_ascii_uppercase();
    }
    let composed: String = text.nfkc().collect();
    notes.add_if(composed != text, Note::UnicodeComposed);
    let upper =
        settled(&composed, |text| text.chars().flat_map(char::to_uppercase).nfkc().collect());
    notes.add_if(upper != composed, Note::CaseFolded);
    upper
}

/// A number of a card without the space and hyphens between its groups.
pub(super) fn without_gaps(text: &str) -> String {
    let groups =
        |text: &str| -> String { text.split(|c: char| c.is_whitespace() || c == '-').collect() };
    if text.is_ascii() {
        return groups(text);
    }
    // What stood apart may compose once it stands together.
    settled(text, |text| groups(text).nfkc().collect())
}

/// Folds until nothing changes: case and composition undo each other for a few characters.
pub(super) fn settled(text: &str, fold: impl Fn(&str) -> String) -> String {
    let mut settled = fold(text);
    for _ in 1..ROUNDS_MAX {
        let again = fold(&settled);
        if again == settled {
            break;
        }
        settled = again;
    }
    settled
}

/// Control characters, zero-width characters, bidi marks and variation selectors: they change
/// nothing that is read.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || !c.is_ascii()
            && matches!(c,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}')
}
