//! Texts in which symbols meet often.

use proptest::collection::vec;
use proptest::prelude::*;

/// Letters, an accent composed and combining, other scripts, signs beyond the first plane; two that
/// are equal modulo 128, two modulo 256, and the first of all.
const SYMBOLS: &[char] = &[
    'a',
    'b',
    'c',
    'á',
    '\u{301}',
    'é',
    'б',
    'в',
    '中',
    '村',
    '👍',
    '🏽',
    '\u{200d}',
    '\0',
    'i',
    'ũ',
    'ā',
    '\u{10ffff}',
];

fn of(symbols: &'static [char], lengths: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    vec(prop::sample::select(symbols), lengths).prop_map(String::from_iter)
}

/// Any text of up to a few hundred symbols, ASCII as often as not.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => of(&SYMBOLS[..3], 0..9),
        4 => of(SYMBOLS, 0..9),
        2 => of(&SYMBOLS[..3], 9..20),
        2 => of(SYMBOLS, 9..70),
        2 => of(&SYMBOLS[..3], 60..70),
        1 => of(SYMBOLS, 60..70),
        1 => of(&SYMBOLS[..3], 120..300),
        1 => of(SYMBOLS, 120..300),
        1 => any::<String>(),
    ]
}

/// A text, and another that has come of it by some slips, or has nothing to do with it.
pub(crate) fn pair() -> impl Strategy<Value = (String, String)> {
    let slips = vec((0..4, any::<prop::sample::Index>(), prop::sample::select(SYMBOLS)), 0..5);
    let variant = (text(), slips).prop_map(|(text, slips)| {
        let mut other: Vec<char> = text.chars().collect();
        for (slip, place, symbol) in slips {
            let at = place.index(other.len() + 1);
            match slip {
                0 => other.insert(at, symbol),
                1 if at < other.len() => drop(other.remove(at)),
                2 if at < other.len() => other[at] = symbol,
                3 if at + 1 < other.len() => other.swap(at, at + 1),
                _ => {}
            }
        }
        (text, other.into_iter().collect())
    });
    prop_oneof![variant, (text(), text())]
}
