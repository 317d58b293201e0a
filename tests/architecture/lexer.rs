//! Cuts Rust source into tokens of code with their lines.
//!
//! Comments are no code, and neither is the content of a string. A small lexer is enough: it
//! knows line and nested block comments, strings, raw strings, and characters as against lifetimes.

/// A word, a number, `::`, one mark of punctuation, or a whole literal as `"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) last_line: usize,
}

impl Token {
    pub(crate) fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// Cuts a text into tokens.
pub(crate) fn lex(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let rest = &chars[at..];
        let (length, shown) = next(rest);
        let breaks = rest[..length].iter().filter(|c| **c == '\n').count();
        if let Some(text) = shown {
            tokens.push(Token { text, line, last_line: line + breaks });
        }
        line += breaks;
        at += length;
    }
    tokens
}

/// How long the first piece of `rest` is, and its text where it is code.
fn next(rest: &[char]) -> (usize, Option<String>) {
    let literal = || Some("\"".to_owned());
    match (rest[0], rest.get(1).copied().unwrap_or(' ')) {
        (c, _) if c.is_whitespace() => (1, None),
        ('/', '/') => (rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()), None),
        ('/', '*') => (block_comment(rest), None),
        ('"', _) => (quoted(rest, 0, '"'), literal()),
        ('\'', '\\') => (quoted(rest, 0, '\''), literal()),
        ('\'', _) if rest.get(2) == Some(&'\'') => (3, literal()),
        ('\'', _) => (1 + word(&rest[1..]), None),
        (':', ':') => (2, Some("::".to_owned())),
        (c, _) if c.is_alphanumeric() || c == '_' => match prefixed(rest) {
            Some(length) => (length, literal()),
            None => {
                let length = if c.is_ascii_digit() { number(rest) } else { word(rest) };
                (length, Some(rest[..length].iter().collect()))
            }
        },
        (c, _) => (1, Some(c.to_string())),
    }
}

fn word(rest: &[char]) -> usize {
    rest.iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(rest.len())
}

/// The length of a number; `1.5` is one number, `0..5` and `pair.0.1` are not.
fn number(rest: &[char]) -> usize {
    let whole = word(rest);
    let point = rest.get(whole) == Some(&'.');
    if point && rest.get(whole + 1).is_some_and(char::is_ascii_digit) {
        whole + 1 + word(&rest[whole + 1..])
    } else {
        whole
    }
}

/// The length of a literal with a prefix (`b"`, `c"`, `b'`, `r"`, `br##"`); `None` for a word.
fn prefixed(rest: &[char]) -> Option<usize> {
    let letters = rest.iter().take_while(|c| matches!(c, 'b' | 'c' | 'r')).count();
    let raw = letters > 0 && rest[letters - 1] == 'r';
    let hashes = rest[letters..].iter().take_while(|c| **c == '#').count();
    match rest.get(letters + hashes) {
        Some('"') if raw => Some(raw_string(rest, letters, hashes)),
        Some(quote @ ('"' | '\'')) if letters == 1 && hashes == 0 && rest[0] != 'r' => {
            Some(quoted(rest, 1, *quote))
        }
        _ => None,
    }
}

fn raw_string(rest: &[char], letters: usize, hashes: usize) -> usize {
    let mut at = letters + hashes + 1;
    while at < rest.len() {
        let end = at + 1 + hashes;
        if rest[at] == '"' && rest.len() >= end && rest[at + 1..end].iter().all(|c| *c == '#') {
            return end;
        }
        at += 1;
    }
    rest.len()
}

/// The length of a literal whose opening quote stands at `open`.
fn quoted(rest: &[char], open: usize, quote: char) -> usize {
    let mut at = open + 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    rest.len().min(at + 1)
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        match (rest[at], rest.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

mod tests {
    use super::*;

    fn words(text: &str) -> String {
        lex(text).iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_the_content_of_literals_are_no_code() {
        assert_eq!(words("a // b\n/* c /* d */ e */ f /// g\n//! h"), "a f");
        assert_eq!(
            words(r#"a("b\"c", b"d", 'e', '\'', '"', b'f')"#),
            r#"a ( " , " , " , " , " , " )"#
        );
        assert_eq!(words("r\"a\" r##\"b\"# c\"## br#\"d\"# e"), "\" \" \" e");
        assert_eq!(
            words("fn f<'a>(x: &'a str) -> &'static str { 'l: loop {} }").matches('"').count(),
            0
        );
        assert_eq!(words("let r#type = bar; crab\n(\"\")"), "let r # type = bar ; crab ( \" )");
    }

    #[test]
    fn numbers_are_whole() {
        assert_eq!(words("1.5 0..5 pair.0 1_000u64 2.0e3"), "1.5 0 . . 5 pair . 0 1_000u64 2.0e3");
    }
}
