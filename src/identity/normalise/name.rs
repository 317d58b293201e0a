//! Names of people: the form in which spellings of one name are compared.
//!
//! Accents and case go, hyphens are spaces, apostrophes go, and particles stay where they are:
//! `Jean-Marie de L'Isle` and `JEAN MARIE DE LISLE` are one form. For comparison only: a name is
//! shown as its bearer writes it.
//!
//! # Why
//!
//! An apostrophe goes without a space, since systems that have none write `OBRIEN` and `DANGELO`;
//! those that write `O BRIEN` are one token away, which a comparison of names forgives. Marks go
//! only where they are diacritics of an alphabet: the vowel signs of Devanagari are letters. `ü` is
//! `u` and not `ue`: which of the two a person means depends on the language.

use unicode_normalization::UnicodeNormalization;

use super::note::{Note, Noted, Notes};
use super::text;

/// The form in which spellings of one name are compared.
///
/// ```
/// use omnichannel::identity::comparable_name;
/// assert_eq!(comparable_name("Éloïse O’Brien-Lefèvre").value.expose(), "eloise obrien lefevre");
/// assert_eq!(comparable_name("VON DER STRASSE").value, comparable_name("von der Straße").value);
/// ```
pub fn comparable_name(seen: &str) -> Noted<String> {
    let mut notes = Notes::NONE;
    if text::is_too_long(seen) {
        notes.add(Note::TooLong);
        return Noted::new(seen.to_owned(), notes);
    }
    let words = text::words(seen, &mut notes);
    if words.is_ascii() {
        notes.add_if(words.bytes().any(|byte| byte.is_ascii_uppercase()), Note::CaseFolded);
        let folded = spaced(words.chars().map(|c| c.to_ascii_lowercase()));
        notes.add_if(!folded.eq_ignore_ascii_case(&words), Note::PunctuationFolded);
        return Noted::new(folded, notes);
    }
    let composed: String = words.nfkc().collect();
    notes.add_if(composed != words, Note::UnicodeComposed);
    let lower = text::settled(&composed, |text| folded_case(text).nfkc().collect());
    notes.add_if(lower != composed, Note::CaseFolded);
    let plain = text::settled(&lower, without_accents);
    notes.add_if(plain != lower, Note::AccentsRemoved);
    let folded = text::settled(&plain, |text| spaced(text.chars()).nfc().collect());
    notes.add_if(folded != plain, Note::PunctuationFolded);
    Noted::new(folded, notes)
}

/// Full case folding by way of capitals, which writes `ß` and `SS` alike, and every sigma alike.
fn folded_case(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

fn without_accents(text: &str) -> String {
    let bare = text.nfd().filter(|c| !is_diacritic(*c));
    let mut plain = String::with_capacity(text.len());
    for c in bare {
        match ligature(c) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(c),
        }
    }
    folded_case(&plain).nfc().collect()
}

/// The blocks of combining diacritical marks; marks of one script are a part of its letters.
fn is_diacritic(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Letters that Unicode takes for letters of their own, and people for accents and ligatures.
fn ligature(c: char) -> Option<&'static str> {
    Some(match c {
        'œ' => "oe",
        'æ' => "ae",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ı' => "i",
        'ĸ' => "k",
        _ => return None,
    })
}

/// Words of letters and digits with one space between them; apostrophes go without one.
fn spaced(chars: impl Iterator<Item = char>) -> String {
    let (mut words, mut is_apart) = (String::new(), false);
    for c in chars {
        let is_mark = is_apostrophe(c);
        let counts = c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
        if counts && !is_mark {
            if is_apart && !words.is_empty() {
                words.push(' ');
            }
            words.push(c);
            is_apart = false;
        } else if !is_mark {
            is_apart = true;
        }
    }
    words
}

/// Apostrophes, primes and letters that look like them.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{b4}' | '\u{2b9}'..='\u{2bf}' | '\u{2018}'..='\u{201b}'
        | '\u{2032}' | '\u{a78b}' | '\u{a78c}' | '\u{ff07}')
}
