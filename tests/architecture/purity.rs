//! Words that a pure room never holds, panics, and the two privileged constructors.

use super::source::Source;

const PURE: &[&str] =
    &["model", "identity", "offer", "consistency", "conversation", "journey", "engine"];

/// A word, and what to do instead.
const WORDS: &[(&str, &str)] = &[
    ("async", "only `hub` awaits; ask for rows with `Need` instead"),
    ("await", "only `hub` awaits; ask for rows with `Need` instead"),
    ("SystemTime", "time is an argument: take `now: Timestamp`"),
    ("Instant", "time is an argument: take `now: Timestamp`"),
    ("HashMap", "its order depends on a hasher; use `BTreeMap`"),
    ("HashSet", "its order depends on a hasher; use `BTreeSet`"),
    ("RandomState", "its order depends on a hasher; use a B-tree"),
    ("tokio", "the core needs no runtime"),
    ("rand", "entropy is given to the hub"),
    ("getrandom", "entropy is given to the hub"),
];

/// Modules of `std` that reach outside.
const OUTSIDE: &[&str] = &["fs", "net", "env", "thread", "process", "io"];

const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// What a pure room may not hold.
pub(crate) fn impure(source: &Source) -> Vec<String> {
    if !PURE.contains(&source.room()) {
        return Vec::new();
    }
    let room = source.room();
    let mut findings = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        let said = WORDS.iter().find(|(word, _)| *word == token.text).map(|(_, why)| *why);
        let prints = PRINTING.contains(&token.text.as_str()) && source.text_at(at + 1) == "!";
        let said = if prints { Some("a pure room answers; it does not print") } else { said };
        if let Some(why) = said {
            findings.push(source.finding(
                token.line,
                format_args!("`{room}` is pure, but holds `{}`: {why}", token.text),
            ));
        }
    }
    for (line, path) in source.paths() {
        if path[0] == "std" && OUTSIDE.contains(&path[1].as_str()) {
            findings.push(source.finding(
                line,
                format_args!(
                    "`{room}` is pure, but reaches for `std::{}`: take it as an argument",
                    path[1]
                ),
            ));
        }
    }
    findings
}

/// A float in `model`: what is persisted or decided on is an integer or an exact decimal string.
pub(crate) fn floats(source: &Source) -> Vec<String> {
    if source.room() != "model" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        let text = token.text.as_str();
        // The second number of `pair.0.1` reads like a float, but follows a point.
        let number = text.starts_with(|c: char| c.is_ascii_digit()) && !text.starts_with("0x");
        let literal = number && (at == 0 || source.text_at(at - 1) != ".");
        let float = matches!(text, "f32" | "f64" | "as_f64" | "from_f64")
            || literal && (text.contains('.') || text.ends_with("f64") || text.ends_with("f32"));
        if float {
            let todo = "use an integer in the smallest unit, or an exact decimal string";
            let message = format_args!("`{text}`: `model` holds no float; {todo}");
            findings.push(source.finding(token.line, message));
        }
    }
    findings
}

/// Calls that end the program instead of answering.
///
/// `.expect(` counts where a message follows; a method of that name that takes something else is
/// not meant.
pub(crate) fn panics(source: &Source) -> Vec<String> {
    if source.room() == "testkit" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        let method = at > 0 && [".", "::"].contains(&source.text_at(at - 1));
        let called = source.text_at(at + 1) == "(";
        let found = match token.text.as_str() {
            "unwrap" => method,
            "expect" => method && called && matches!(source.text_at(at + 2), "\"" | "&"),
            "panic" | "todo" | "unimplemented" | "unreachable" => source.text_at(at + 1) == "!",
            _ => false,
        };
        if found {
            findings.push(source.finding(
                token.line,
                format_args!(
                    "`{}` ends the program; return an error or make the case impossible",
                    token.text
                ),
            ));
        }
    }
    findings
}

/// Law 4: `Authorized::grant` is defined in one file and called in one, `Verified` is made in one.
pub(crate) fn privileged(sources: &[Source]) -> Vec<String> {
    const GRANTS: &str = "src/consistency/confirm.rs";
    const DEFINES: &str = "src/model/decision.rs";
    const VERIFIES: &str = "src/channel/verify/mod.rs";
    let mut findings = Vec::new();
    for source in sources {
        for (at, token) in source.tokens.iter().enumerate() {
            let before = if at > 0 { source.text_at(at - 1) } else { "" };
            let after = source.text_at(at + 1);
            let wrong = match token.text.as_str() {
                "grant" if before == "fn" && source.room() == "model" => (source.path != DEFINES)
                    .then(|| format!("only {DEFINES} defines the constructor of `Authorized`")),
                "grant" if before == "::" => (source.path != GRANTS)
                    .then(|| format!("only {GRANTS} authorises; call `consistency::confirm`")),
                "Authorized" if after == "{" => {
                    Some(format!("only `Authorized::grant` makes one; see {GRANTS}"))
                }
                "Verified" if after == "{" => (source.path != VERIFIES)
                    .then(|| format!("only {VERIFIES} verifies; call `channel::verify`")),
                _ => None,
            };
            findings.extend(wrong.map(|message| source.finding(token.line, message)));
        }
    }
    findings
}

mod tests {
    use super::*;

    fn count(check: fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
        check(&Source::new(path, text)).len()
    }

    #[test]
    fn impure_words_are_found_in_pure_rooms_only() {
        for text in [
            "async fn f() {}",
            "fn f() { g().await }",
            "use std::{collections::HashMap, fmt};",
            "use std::collections::HashSet;",
            "use std::time::{Duration, SystemTime};",
            "use std::time::Instant;",
            "fn f() { std::fs::read(path) }",
            "use std::{fmt, env};",
            "use std::net;",
            "use std::thread::spawn;",
            "fn f() { println!(\"x\") }",
            "fn f() -> u64 { rand::random() }",
            "use tokio::sync::Mutex;",
        ] {
            assert_eq!(count(impure, "src/offer/quote.rs", text), 1, "{text}");
            assert_eq!(count(impure, "src/hub/mod.rs", text), 0, "{text}");
        }
        for text in [
            "// async fn, std::fs, HashMap",
            "const WHY: &str = \"async HashMap println!\";",
            "use std::time::Duration; fn thread(rank: u32) {}",
            "#[cfg(test)] mod tests { use std::collections::HashMap; }",
        ] {
            assert_eq!(count(impure, "src/engine/step.rs", text), 0, "{text}");
        }
    }

    #[test]
    fn floats_are_found_in_the_model() {
        for text in ["weight: f64", "let x = 0.5;", "let x = 1f32;", "value.as_f64()"] {
            assert_eq!(count(floats, "src/model/money.rs", text), 1, "{text}");
            assert_eq!(count(floats, "src/identity/train.rs", text), 0, "{text}");
        }
        for text in ["for x in 0..5 {}", "self.0.0", "0xf32", "// f64", "let f64_like = 1;"] {
            assert_eq!(count(floats, "src/model/money.rs", text), 0, "{text}");
        }
    }

    #[test]
    fn panics_are_found_outside_tests_and_testkit() {
        for text in [
            "x.unwrap()",
            "x.map(Option::unwrap)",
            "x.expect(\"it is there\")",
            "x.expect(&format!(\"{y}\"))",
            "panic!(\"no\")",
            "todo!()",
            "unimplemented!()",
            "unreachable!()",
        ] {
            assert_eq!(count(panics, "src/hub/mod.rs", text), 1, "{text}");
            assert_eq!(count(panics, "src/testkit/store.rs", text), 0, "{text}");
            let test = format!("#[cfg(test)]\nmod tests {{ fn f() {{ {text} }} }}");
            assert_eq!(count(panics, "src/hub/mod.rs", &test), 0, "{text}");
        }
        for text in ["x.unwrap_or(0)", "#[expect(dead_code)]", "changes.expect(key, version)"] {
            assert_eq!(count(panics, "src/hub/mod.rs", text), 0, "{text}");
        }
    }

    #[test]
    fn only_one_file_authorises_and_one_verifies() {
        let findings = |path: &str, text: &str| privileged(&[Source::new(path, text)]).len();
        let grant = "fn f() { Authorized::grant(message, now) }";
        assert_eq!(findings("src/consistency/confirm.rs", grant), 0);
        assert_eq!(findings("src/hub/dispatch.rs", grant), 1);
        assert_eq!(findings("src/hub/dispatch.rs", "use Authorized as A; A::grant(x, y)"), 1);
        assert_eq!(findings("src/model/decision.rs", "pub(crate) fn grant(x: T) {}"), 0);
        assert_eq!(findings("src/model/outbox.rs", "pub(crate) fn grant(x: T) {}"), 1);
        assert_eq!(findings("src/model/decision.rs", "fn f() { Authorized { content, at } }"), 1);
        let verified = "fn f() { Verified { request } }";
        assert_eq!(findings("src/channel/verify/mod.rs", verified), 0);
        assert_eq!(findings("src/channel/segment.rs", verified), 1);
        assert_eq!(findings("src/channel/segment.rs", "fn f(x: &Verified<RawInbound>) {}"), 0);
    }
}
