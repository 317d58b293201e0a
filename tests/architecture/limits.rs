//! The size limits of files, functions and lines, and how a file opens.

use super::source::Source;

/// Most lines of code of a file; blank lines, comments and tests in it are not counted.
const FILE_LINES_MAX: usize = 400;
/// Most lines of code of a function, its signature included.
const FUNCTION_LINES_MAX: usize = 70;
/// Most characters of a line; a line that holds an address may be longer.
const LINE_CHARS_MAX: usize = 100;
/// Most words of the sentence with which a file opens.
const OPENING_WORDS_MAX: usize = 14;

/// Everything that is too long.
pub(crate) fn sizes(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    let code = source.code_lines();
    if code.len() > FILE_LINES_MAX {
        findings.push(source.finding(
            1,
            format_args!(
                "{} lines of code, at most {FILE_LINES_MAX}; split it by noun",
                code.len()
            ),
        ));
    }
    for (at, line) in source.text.lines().enumerate() {
        let chars = line.chars().count();
        if chars > LINE_CHARS_MAX && !line.contains("://") {
            findings.push(source.finding(
                at + 1,
                format_args!("{chars} characters, at most {LINE_CHARS_MAX}; break the line"),
            ));
        }
    }
    for (name, first, last) in functions(source) {
        let lines = code.range(first..=last).count();
        if lines > FUNCTION_LINES_MAX {
            findings.push(source.finding(
                first,
                format_args!(
                    "`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}; name its parts"
                ),
            ));
        }
    }
    findings
}

/// Every function with a body: its name, first and last line.
fn functions(source: &Source) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for at in 0..source.tokens.len() {
        let named = source.tokens.get(at + 1).is_some_and(|t| t.is_word() || t.text == "$");
        if source.text_at(at) != "fn" || !named {
            continue;
        }
        let mut body = at;
        while !matches!(source.text_at(body), "{" | ";" | "") {
            let opens = matches!(source.text_at(body), "(" | "[");
            body = if opens { source.closing(body) + 1 } else { body + 1 };
        }
        if source.text_at(body) == "{" {
            let last = source.tokens[source.closing(body)].line;
            found.push((source.text_at(at + 1).to_owned(), source.tokens[at].line, last));
        }
    }
    found
}

/// A file opens with `//! ` and one short sentence.
pub(crate) fn opening(source: &Source) -> Vec<String> {
    let lines = source.text.lines().map_while(|line| line.strip_prefix("//! "));
    let paragraph = lines.collect::<Vec<_>>().join(" ");
    let sentence = paragraph.split_inclusive(". ").next().unwrap_or_default().trim_end();
    let words = sentence.split_whitespace().count();
    let message = if paragraph.is_empty() {
        "open the file with `//! ` and one sentence that says what it decides or holds".to_owned()
    } else if !sentence.ends_with('.') {
        "end the sentence with which the file opens with a period".to_owned()
    } else if words > OPENING_WORDS_MAX {
        format!("the file opens with {words} words; say it in fewer than fifteen")
    } else {
        return Vec::new();
    };
    vec![source.finding(1, message)]
}

mod tests {
    use super::*;

    fn sized(text: &str) -> usize {
        sizes(&Source::new("src/x.rs", text)).len()
    }

    #[test]
    fn long_files_are_found() {
        let file = |lines: usize| "const A: u8 = 1;\n".repeat(lines) + &"// b\n\n".repeat(500);
        assert_eq!(sized(&file(400)), 0);
        assert_eq!(sized(&file(401)), 1);
        assert_eq!(sized(&format!("#[cfg(test)]\nmod tests {{\n{}\n}}", file(900))), 0);
    }

    #[test]
    fn long_functions_are_found() {
        let function =
            |lines: usize| format!("fn f(x: [u8; 2])\n{{\n// c\n\n{}}}\n", "x();\n".repeat(lines));
        assert_eq!(sized(&function(67)), 0);
        assert_eq!(sized(&function(68)), 1);
        assert_eq!(
            sized(&format!("trait T {{ fn f(&self);\n{} }}", "const A: u8;\n".repeat(80))),
            0
        );
    }

    #[test]
    fn long_lines_are_found() {
        assert_eq!(sized(&format!("// {}", "é".repeat(97))), 0);
        assert_eq!(sized(&format!("// {}", "é".repeat(98))), 1);
        assert_eq!(sized(&format!("// https://example.org/{}", "x".repeat(98))), 0);
    }

    #[test]
    fn files_open_with_one_short_sentence() {
        let opens = |text: &str| opening(&Source::new("src/x.rs", text)).is_empty();
        assert!(opens("//! Money: minor units and a currency.\n\nuse std::fmt;"));
        assert!(opens(
            "//! Money. And a second sentence, which may be much longer than the first one was.\n"
        ));
        assert!(opens("//! One sentence\n//! over two lines.\n//!\n//! # Law"));
        assert!(!opens("use std::fmt;"));
        assert!(!opens("//! Money without a period\n"));
        assert!(!opens(&format!("//!{}.\n", " word".repeat(15))));
        assert!(opens(&format!("//!{}.\n", " word".repeat(14))));
    }
}
