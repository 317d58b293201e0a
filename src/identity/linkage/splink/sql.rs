//! The few forms of SQL conditions that are known, read word by word.

use crate::identity::linkage::condition::Condition;

/// What a condition of one column says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One of both values is missing.
    Missing,
    /// Both are there, and so alike.
    Alike(Condition),
}

/// Longest condition that is read, in bytes.
const SQL_MAX: usize = 4_096;

/// Most brackets within each other.
const DEPTH_MAX: usize = 16;

/// Reads a condition and the column that it is about; `None` where it is of no known form.
pub(super) fn read(sql: &str) -> Option<(String, Form)> {
    let mut words = Words { words: words(sql)?, at: 0 };
    let found = words.condition(0)?;
    (words.at == words.words.len()).then_some(found)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// A name or a keyword, in small letters unless it is quoted.
    Name(String),
    Number(String),
    Text(String),
    Sign(&'static str),
}

/// Its names, numbers, texts and signs; `None` where there is anything else.
pub(super) fn words(sql: &str) -> Option<Vec<Word>> {
    const SIGNS: [&str; 7] = [">=", "<=", "(", ")", ",", "=", "-"];
    let (mut rest, mut words) = (sql.trim_start(), Vec::new());
    if sql.len() > SQL_MAX {
        return None;
    }
    while let Some(first) = rest.chars().next() {
        let end = if first == '"' || first == '`' {
            let end = rest[1..].find(first)? + 1;
            words.push(Word::Name(rest[1..end].to_owned()));
            end + 1
        } else if first == '\'' {
            let end = rest[1..].find(first)? + 1;
            words.push(Word::Text(rest[1..end].to_owned()));
            end + 1
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            words.push(Word::Sign(sign));
            sign.len()
        } else {
            let of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            let end = rest.find(|c| !of_word(c)).unwrap_or(rest.len());
            let word = rest.get(..end).filter(|word| !word.is_empty())?;
            words.push(match first.is_ascii_digit() {
                true => Word::Number(word.to_owned()),
                false => Word::Name(word.to_lowercase()),
            });
            end
        };
        rest = rest[end..].trim_start();
    }
    Some(words)
}

struct Words {
    words: Vec<Word>,
    at: usize,
}

impl Words {
    fn next(&mut self) -> Option<Word> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn peek(&self) -> Option<&Word> {
        self.words.get(self.at)
    }

    fn sign(&mut self, sign: &str) -> Option<()> {
        matches!(self.next()?, Word::Sign(own) if own == sign).then_some(())
    }

    fn keyword(&mut self, keyword: &str) -> Option<()> {
        matches!(self.next()?, Word::Name(own) if own == keyword).then_some(())
    }

    fn condition(&mut self, depth: usize) -> Option<(String, Form)> {
        if depth > DEPTH_MAX {
            return None;
        }
        let start = self.at;
        self.bare_condition().or_else(|| {
            self.at = start;
            self.sign("(")?;
            let found = self.condition(depth + 1)?;
            self.sign(")")?;
            Some(found)
        })
    }

    fn bare_condition(&mut self) -> Option<(String, Form)> {
        let start = self.at;
        if let Some(found) = self.measure() {
            return Some(found);
        }
        self.at = start;
        let left = self.value(0)?;
        match self.next()? {
            Word::Sign("=") => {
                let column = same_column(&left, &self.value(0)?)?;
                Some((column, Form::Alike(Condition::Same)))
            }
            Word::Name(is) if is == "is" => {
                self.keyword("null")?;
                self.keyword("or")?;
                let right = self.value(0)?;
                self.keyword("is")?;
                self.keyword("null")?;
                Some((same_column(&left, &right)?, Form::Missing))
            }
            _ => None,
        }
    }

    /// A function of both values against a threshold.
    fn measure(&mut self) -> Option<(String, Form)> {
        let Word::Name(function) = self.next()? else { return None };
        self.sign("(")?;
        let left = self.value(0)?;
        self.sign(",")?;
        let column = same_column(&left, &self.value(0)?)?;
        self.sign(")")?;
        let Word::Sign(sign) = self.next()? else { return None };
        let Word::Number(number) = self.next()? else { return None };
        let count = || number.parse::<u32>().ok();
        let condition = match (function.as_str(), sign) {
            ("jaro_winkler_similarity" | "jaro_winkler", ">=") => {
                Condition::JaroWinkler(millionths(&number)?)
            }
            ("levenshtein", "<=") => Condition::Levenshtein(count()?),
            ("damerau_levenshtein", "<=") => Condition::Damerau(count()?),
            _ => return None,
        };
        Some((column, Form::Alike(condition)))
    }

    /// A column of one side, maybe as text or in brackets.
    fn value(&mut self, depth: usize) -> Option<String> {
        if depth > DEPTH_MAX {
            return None;
        }
        match self.next()? {
            Word::Sign("(") => {
                let name = self.value(depth + 1)?;
                self.sign(")")?;
                Some(name)
            }
            Word::Name(name) if name == "cast" && self.peek() == Some(&Word::Sign("(")) => {
                self.sign("(")?;
                let name = self.value(depth + 1)?;
                self.keyword("as")?;
                let Word::Name(kind) = self.next()? else { return None };
                self.sign(")")?;
                matches!(kind.as_str(), "varchar" | "text" | "string").then_some(name)
            }
            Word::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// The column of which one value stands left and the other right, in either order.
fn same_column(one: &str, other: &str) -> Option<String> {
    let column = |left: &str, right: &str| {
        let name = left.strip_suffix("_l")?;
        (right.strip_suffix("_r")? == name).then(|| name.to_owned())
    };
    column(one, other).or_else(|| column(other, one))
}

/// A decimal number from 0 to 1 in millionths, where it is exact.
fn millionths(number: &str) -> Option<u32> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 6 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let sum = whole.checked_mul(1_000_000)?.checked_add(format!("{part:0<6}").parse().ok()?)?;
    (sum <= 1_000_000).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_forms_are_read_however_they_are_written() {
        let alike = |condition| Some(("name".to_owned(), Form::Alike(condition)));
        for (sql, found) in [
            ("\"name_l\" = \"name_r\"", alike(Condition::Same)),
            ("name_r=name_l", alike(Condition::Same)),
            ("(`name_l` = `name_r`)", alike(Condition::Same)),
            ("name_l IS NULL or name_r is null", Some(("name".to_owned(), Form::Missing))),
            (
                "JARO_WINKLER_SIMILARITY(name_l, name_r) >= 0.92",
                alike(Condition::JaroWinkler(920_000)),
            ),
            ("levenshtein(CAST(name_l AS VARCHAR), name_r) <= 2", alike(Condition::Levenshtein(2))),
            ("damerau_levenshtein(name_l, name_r) <= 1", alike(Condition::Damerau(1))),
        ] {
            assert_eq!(read(sql), found, "{sql}");
        }
    }

    #[test]
    fn other_forms_are_not_guessed_at() {
        for sql in [
            "",
            "ELSE",
            "\"name_l",
            "name_l = surname_r",
            "name_l = name_r AND dob_l = dob_r",
            "name_l = name_r OR 1 = 1",
            "jaro_winkler_similarity(name_l, name_r) > 0.92",
            "jaro_winkler_similarity(name_l, name_r) >= 1.2",
            "jaro_winkler_similarity(name_l, name_r) >= 0.12345678",
            "levenshtein(name_l, name_r) <= 1.5",
            "jaccard(name_l, name_r) >= 0.9",
            "abs(a_l - a_r) < 5",
            "name_l IS NULL",
            &"(".repeat(4_000),
            &"é".repeat(4_000),
        ] {
            assert_eq!(read(sql), None, "{sql}");
        }
    }
}
