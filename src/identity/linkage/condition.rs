//! Conditions of which anyone makes a comparison: one column, levels from the best.

use serde::{Deserialize, Serialize};

use super::distance::{
    damerau_within, jaccard, jaro_winkler_at_least, levenshtein_within, osa_within,
};

/// When two values of a column are at a level; thresholds of similarity are in millionths.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// They are the same.
    Same,
    /// Their Jaro-Winkler similarity is so many millionths or more.
    JaroWinkler(u32),
    /// So many symbols or fewer are added, taken away or changed.
    Levenshtein(u32),
    /// The same, and neighbours that changed places, each symbol in one edit.
    Osa(u32),
    /// The same without that restriction.
    Damerau(u32),
    /// Of their words, so many millionths or more are in both.
    Jaccard(u32),
    /// So many words or more are in both: of lists, the elements.
    WordsInCommon(u32),
    /// So many first symbols are the same.
    Beginning(u32),
    /// They sound alike, by their Soundex codes.
    SoundsAlike,
    /// Anything else: the last level.
    Otherwise,
}

/// A similarity of one, in millionths.
const ONE: u32 = 1_000_000;

impl Condition {
    /// Whether two different values that both are there fulfil it.
    pub(super) fn holds(self, here: &str, there: &str) -> bool {
        match self {
            Self::Same => here == there,
            Self::JaroWinkler(least) => {
                jaro_winkler_at_least(here, there, f64::from(least) / f64::from(ONE)).is_some()
            }
            Self::Levenshtein(most) => levenshtein_within(here, there, most as usize).is_some(),
            Self::Osa(most) => osa_within(here, there, most as usize).is_some(),
            Self::Damerau(most) => damerau_within(here, there, most as usize).is_some(),
            Self::Jaccard(least) => {
                let (both, all) = jaccard(here, there);
                all > 0 && both as u64 * u64::from(ONE) >= u64::from(least) * all as u64
            }
            Self::WordsInCommon(least) => jaccard(here, there).0 >= least as usize,
            Self::Beginning(symbols) => {
                let count = symbols as usize;
                let (mut one, mut other) = (here.chars(), there.chars());
                (0..count)
                    .all(|_| matches!((one.next(), other.next()), (Some(a), Some(b)) if a == b))
            }
            Self::SoundsAlike => {
                let (one, other) = (soundex(here), soundex(there));
                one.is_some() && one == other
            }
            Self::Otherwise => true,
        }
    }

    /// Whether it can be met: a similarity is at most one.
    pub(super) fn is_sound(self) -> bool {
        match self {
            Self::JaroWinkler(least) | Self::Jaccard(least) => least <= ONE,
            Self::WordsInCommon(least) | Self::Beginning(least) => least > 0,
            _ => true,
        }
    }

    /// What it says, in words.
    pub fn words(self) -> String {
        match self {
            Self::Same => "the same".to_owned(),
            Self::JaroWinkler(least) => format!("Jaro-Winkler {} or more", decimal(least)),
            Self::Levenshtein(most) => format!("Levenshtein {most} or less"),
            Self::Osa(most) => format!("optimal string alignment {most} or less"),
            Self::Damerau(most) => format!("Damerau-Levenshtein {most} or less"),
            Self::Jaccard(least) => format!("{} of the words or more", decimal(least)),
            Self::WordsInCommon(least) => format!("{least} words in common or more"),
            Self::Beginning(symbols) => format!("the same first {symbols}"),
            Self::SoundsAlike => "sounds alike".to_owned(),
            Self::Otherwise => "different".to_owned(),
        }
    }
}

/// Millionths as a decimal number.
pub(super) fn decimal(millionths: u32) -> String {
    (f64::from(millionths) / f64::from(ONE)).to_string()
}

/// The Soundex code of a word of Latin letters (as the United States' archives write it).
fn soundex(word: &str) -> Option<[u8; 4]> {
    let code = |letter: u8| match letter {
        b'b' | b'f' | b'p' | b'v' => b'1',
        b'c' | b'g' | b'j' | b'k' | b'q' | b's' | b'x' | b'z' => b'2',
        b'd' | b't' => b'3',
        b'l' => b'4',
        b'm' | b'n' => b'5',
        b'r' => b'6',
        b'h' | b'w' => b'h',
        _ => b'0',
    };
    let mut letters = word.bytes().filter(u8::is_ascii_alphabetic).map(|b| b.to_ascii_lowercase());
    let first = letters.next()?;
    let (mut made, mut at, mut last) = ([first, b'0', b'0', b'0'], 1, code(first));
    for digit in letters.map(code) {
        // `h` and `w` do not part equal codes; vowels do.
        if digit == b'h' {
            continue;
        }
        if digit != b'0' && digit != last && at < made.len() {
            made[at] = digit;
            at += 1;
        }
        last = digit;
    }
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_soundex_codes_are_met() {
        for (name, code) in [
            ("robert", "r163"),
            ("rupert", "r163"),
            ("tymczak", "t522"),
            ("pfister", "p236"),
            ("honeyman", "h555"),
            ("ashcraft", "a261"),
            ("lee", "l000"),
        ] {
            assert_eq!(soundex(name).as_ref().map(|code| &code[..]), Some(code.as_bytes()));
        }
        assert_eq!(soundex("李"), None);
    }

    #[test]
    fn conditions_hold_where_they_say() {
        for (condition, here, there, holds) in [
            (Condition::JaroWinkler(880_000), "martha", "marhta", true),
            (Condition::JaroWinkler(970_000), "martha", "marhta", false),
            (Condition::Levenshtein(1), "martha", "marhta", false),
            (Condition::Osa(1), "martha", "marhta", true),
            (Condition::Damerau(2), "ca", "abc", true),
            (Condition::Osa(2), "ca", "abc", false),
            (Condition::Jaccard(500_000), "mill lane", "lane mill road", true),
            (Condition::WordsInCommon(2), "a b", "b c", false),
            (Condition::WordsInCommon(1), "a b", "b c", true),
            (Condition::Beginning(3), "abcd", "abcx", true),
            (Condition::Beginning(3), "ab", "ab", false),
            (Condition::SoundsAlike, "李", "王", false),
            (Condition::Otherwise, "a", "b", true),
        ] {
            assert_eq!(condition.holds(here, there), holds, "{condition:?}");
        }
    }
}
