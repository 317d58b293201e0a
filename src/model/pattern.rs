//! Patterns of values: text in which `*` stands for anything.
//!
//! # Law
//!
//! 1. Matching is linear in the value and in the pattern: each piece between stars is searched for
//!    once, from where the one before it ended (`patterns_match_what_they_say`).
//!
//! # Why
//!
//! No regular expressions: people who block values write `*@example.com` and `0000*`, and whoever
//! writes the rules must not be able to make judging a value slow.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A text in which `*` stands for any characters or none; every other character for itself.
///
/// Letters of either case are the same.
///
/// ```
/// use omnichannel::model::Pattern;
/// let pattern: Pattern = "*@Example.com".parse()?;
/// assert!(pattern.matches("someone@example.com"));
/// assert!(!pattern.matches("someone@example.com.fr"));
/// assert!("**".parse::<Pattern>().is_err());
/// # Ok::<(), omnichannel::model::BadPattern>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(String);

/// A pattern that matches everything, or is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pattern has a character besides `*`, and at most {} bytes", Pattern::BYTES_MAX)]
pub struct BadPattern;

impl Pattern {
    /// Most bytes of a pattern.
    pub const BYTES_MAX: usize = 256;

    /// The pattern, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a value, given in lower case, is one of those that the pattern means.
    pub fn matches(&self, lower: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else { return self.0 == lower };
        let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        let Some(inside) = lower.strip_prefix(first).and_then(|rest| rest.strip_suffix(last))
        else {
            return false;
        };
        // The leftmost place of each piece leaves most room for the next.
        let mut left = inside;
        middle.split('*').all(|piece| match left.find(piece) {
            Some(at) => {
                left = &left[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}

impl FromStr for Pattern {
    type Err = BadPattern;

    fn from_str(text: &str) -> Result<Self, BadPattern> {
        let lower = text.trim().to_lowercase();
        let says = lower.contains(|c: char| c != '*' && !c.is_whitespace());
        if says && lower.len() <= Self::BYTES_MAX { Ok(Self(lower)) } else { Err(BadPattern) }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, value: &str) -> bool {
        pattern.parse::<Pattern>().expect("a pattern").matches(value)
    }

    #[test]
    fn patterns_match_what_they_say() {
        for (pattern, yes, no) in [
            ("abc", "abc", "abcd"),
            ("0000*", "00001", "10000"),
            ("*@EXAMPLE.com", "a@example.com", "a@example.com.fr"),
            ("*spam*", "myspambox", "spa-m"),
            ("a*b*c", "a-b-c", "a-c-b"),
            ("a*a", "aa", "a"),
            ("ab*ba", "abba", "aba"),
            ("*ab*ab*", "xabab", "xab"),
            ("é*", "école", "ecole"),
            ("a**b", "ab", "a"),
        ] {
            assert!(matches(pattern, yes), "{pattern} {yes}");
            assert!(!matches(pattern, no), "{pattern} {no}");
        }
        for bad in ["", "*", " ** ", "* *"] {
            assert_eq!(bad.parse::<Pattern>(), Err(BadPattern), "{bad}");
        }
        assert_eq!("a".repeat(257).parse::<Pattern>(), Err(BadPattern));
        // What would take a naive matcher for ever.
        let star = "*a".repeat(120) + "*b";
        assert!(!matches(&star, &"a".repeat(100_000)));
    }

    /// The specification: a star takes nothing, or one more character.
    fn naive(pattern: &[char], value: &[char]) -> bool {
        match pattern.split_first() {
            None => value.is_empty(),
            Some(('*', rest)) => {
                naive(rest, value) || !value.is_empty() && naive(pattern, &value[1..])
            }
            Some((c, rest)) => value.first() == Some(c) && naive(rest, &value[1..]),
        }
    }

    #[test]
    fn patterns_match_as_the_specification_does() {
        let words = |letters: &[char], most: u32| -> Vec<String> {
            let mut all = vec![String::new()];
            let mut last = all.clone();
            for _ in 0..most {
                let longer = |w: &String| letters.iter().map(|c| format!("{w}{c}")).collect();
                last = last.iter().flat_map(|w| -> Vec<String> { longer(w) }).collect();
                all.extend(last.clone());
            }
            all
        };
        let values = words(&['a', 'b'], 5);
        for pattern in words(&['a', 'b', '*'], 5) {
            let Ok(parsed) = pattern.parse::<Pattern>() else { continue };
            let pattern: Vec<char> = pattern.chars().collect();
            for value in &values {
                let chars: Vec<char> = value.chars().collect();
                assert_eq!(parsed.matches(value), naive(&pattern, &chars), "{pattern:?} {value}");
            }
        }
    }
}
