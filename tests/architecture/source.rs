//! A Rust file as a fence sees it: code without tests, paths, modules.
//!
//! An item under `#[cfg(test)]` is no code of the library. This is no parser: what a macro expands
//! to is not seen.

use std::collections::BTreeSet;

use super::lexer::{Token, lex};

/// A module that a file declares with `mod name;`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) public: bool,
    pub(crate) test: bool,
}

/// A file: its path from the package's root, its text, and its code without tests.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) modules: Vec<Declared>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let all = lex(text);
        let tokens = without_tests(&all);
        let mut modules = declared(&all);
        let kept = declared(&tokens);
        for module in &mut modules {
            module.test = !kept.iter().any(|other| other.name == module.name);
        }
        Self { path: path.to_owned(), text: text.to_owned(), tokens, modules }
    }

    /// The module that the file holds: `src/a/b.rs` and `src/a/b/mod.rs` are `[a, b]`.
    pub(crate) fn module(&self) -> Vec<&str> {
        let inner = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut names: Vec<&str> = inner.split('/').collect();
        if matches!(names.last(), Some(&"mod" | &"lib")) {
            names.pop();
        }
        names
    }

    /// The room that the file belongs to; `lib` for the door.
    pub(crate) fn room(&self) -> &str {
        self.module().first().copied().unwrap_or("lib")
    }

    /// The lines that hold code.
    pub(crate) fn code_lines(&self) -> BTreeSet<usize> {
        self.tokens.iter().flat_map(|token| token.line..=token.last_line).collect()
    }

    pub(crate) fn text_at(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// A finding: where, and what to do.
    pub(crate) fn finding(&self, line: usize, message: impl std::fmt::Display) -> String {
        format!("{}:{line}: {message}", self.path)
    }

    /// Every path of two or more names with its line; groups are expanded, so that `a::{b, c::d}`
    /// gives `a::b` and `a::c::d`.
    pub(crate) fn paths(&self) -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let inside = at > 1
                && self.text_at(at - 1) == "::"
                && (self.tokens[at - 2].is_word() || self.text_at(at - 2) == ">");
            if self.tokens[at].is_word() && !inside {
                at = self.read_path(at, Vec::new(), &mut found);
            } else {
                at += 1;
            }
        }
        found.retain(|(_, path)| path.len() > 1);
        found
    }

    /// Reads the path at `at` below `prefix`, and answers where it ends.
    fn read_path(
        &self,
        mut at: usize,
        mut prefix: Vec<String>,
        found: &mut Vec<(usize, Vec<String>)>,
    ) -> usize {
        let line = self.tokens[at].line;
        while let Some(token) = self.tokens.get(at) {
            if token.text == "{" {
                return self.read_group(at + 1, &prefix, found);
            }
            if !token.is_word() && token.text != "*" {
                break;
            }
            prefix.push(token.text.clone());
            at += 1;
            if self.text_at(at) != "::" {
                break;
            }
            at += 1;
        }
        found.push((line, prefix));
        at
    }

    fn read_group(
        &self,
        mut at: usize,
        prefix: &[String],
        found: &mut Vec<(usize, Vec<String>)>,
    ) -> usize {
        while at < self.tokens.len() && self.text_at(at) != "}" {
            at = match self.text_at(at) {
                "as" => at + 2,
                "*" => self.read_path(at, prefix.to_vec(), found),
                _ if self.tokens[at].is_word() => self.read_path(at, prefix.to_vec(), found),
                _ => at + 1,
            };
        }
        at + 1
    }

    /// Where the bracket that opens at `at` closes.
    pub(crate) fn closing(&self, at: usize) -> usize {
        closing(&self.tokens, at)
    }
}

fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

/// The tokens without the items that stand under `#[cfg(test)]` or `#[cfg(all(test, ...))]`.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let start = ["#", "[", "cfg", "("].iter().enumerate().all(|(i, t)| text(at + i) == *t);
        let plain = text(at + 4) == "test" && text(at + 5) == ")";
        let all = text(at + 4) == "all" && text(at + 6) == "test";
        if start && (plain || all) {
            at = end_of_item(tokens, closing(tokens, at + 1) + 1);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Where the item that begins at `at`, attributes first, is over.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            ";" => return at + 1,
            "{" if at > 0 && tokens[at - 1].text == "::" => at = closing(tokens, at) + 1,
            "{" => return closing(tokens, at) + 1,
            "(" | "[" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
    at
}

fn declared(tokens: &[Token]) -> Vec<Declared> {
    let mut modules = Vec::new();
    for (at, run) in tokens.windows(3).enumerate() {
        if run[0].text == "mod" && run[1].is_word() && run[2].text == ";" {
            let public = at > 0 && tokens[at - 1].text == "pub";
            modules.push(Declared { name: run[1].text.clone(), public, test: false });
        }
    }
    modules
}

mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let source = Source::new("src/x.rs", text);
        source.tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn test_items_are_no_code() {
        assert_eq!(words("a; #[cfg(test)] mod tests { fn f() {} } b"), "a ; b");
        assert_eq!(words("#[cfg(test)] #[allow(x)] use a::{b, c}; d"), "d");
        assert_eq!(words("#[cfg(all(test, unix))] fn f(x: [u8; 2]) { g() } d"), "d");
        assert_eq!(words("#[cfg(feature = \"x\")] a").matches("cfg").count(), 1);
        let source = Source::new("src/x.rs", "pub mod a; mod b; #[cfg(test)] mod c;");
        let told: Vec<_> =
            source.modules.iter().map(|m| (m.name.as_str(), m.public, m.test)).collect();
        assert_eq!(told, [("a", true, false), ("b", false, false), ("c", false, true)]);
    }

    #[test]
    fn lines_of_code_are_counted_without_comments_and_blanks() {
        let source = Source::new("src/x.rs", "//! x\n\nfn f() {\n    // y\n    \"a\nb\";\n}\n");
        assert_eq!(source.code_lines().into_iter().collect::<Vec<_>>(), [3, 5, 6, 7]);
    }

    #[test]
    fn paths_are_read_with_their_groups() {
        let text = "use crate::{a::B, c::{self, D as E}, f::*};\nlet x = super::g::h(i::<J>::k);";
        let paths = Source::new("src/x.rs", text).paths();
        let told: Vec<_> = paths.iter().map(|(l, p)| format!("{l} {}", p.join("::"))).collect();
        assert_eq!(
            told,
            [
                "1 crate::a::B",
                "1 crate::c::self",
                "1 crate::c::D",
                "1 crate::f::*",
                "2 super::g::h"
            ]
        );
        assert_eq!(Source::new("src/x.rs", "::std::fs::read(\"\")").paths()[0].1[1], "fs");
    }

    #[test]
    fn a_file_knows_its_module() {
        assert_eq!(Source::new("src/a/b.rs", "").module(), ["a", "b"]);
        assert_eq!(Source::new("src/a/mod.rs", "").module(), ["a"]);
        assert_eq!(Source::new("src/lib.rs", "").room(), "lib");
    }
}
