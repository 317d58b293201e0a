//! Calls and bodies that break the rules.

use super::*;

#[test]
fn broken_calls_are_refused_by_their_path() {
    let cases = [
        (r#"{}"#, Code::MissingField, "`type` is missing"),
        (r#"{"type": ""}"#, Code::MissingField, "`type` is missing"),
        (r#"{"type": 3}"#, Code::WrongType, "`type` should be text, and is a number"),
        (r#"{"type": "delete"}"#, Code::Unsupported, "`type` is none of the six calls"),
        (r#"{"type": "track"}"#, Code::MissingField, "`event` is missing"),
        (r#"{"type": "track", "event": {}}"#, Code::WrongType, "`event` should be text, and is an"),
        (r#"{"type": "identify", "traits": {}}"#, Code::MissingField, "`userId` is missing"),
        (r#"{"type": "alias", "userId": "u"}"#, Code::MissingField, "`previousId` is missing"),
        (r#"{"type": "alias", "previousId": "u"}"#, Code::MissingField, "`userId` is missing"),
        (r#"{"type": "group", "userId": "u"}"#, Code::MissingField, "`groupId` is missing"),
        (r#"{"type": "page", "userId": 1.5}"#, Code::WrongType, "and is a number with a fraction"),
        (
            r#"{"type": "page", "userId": []}"#,
            Code::WrongType,
            "`userId` should be text or a whole",
        ),
        (r#"{"type": "page", "context": "x"}"#, Code::WrongType, "`context` should be an object"),
        (r#"{"type": "page", "messageId": true}"#, Code::WrongType, "`messageId` should be"),
        (
            r#"{"type": "page", "timestamp": "asdf"}"#,
            Code::BadTime,
            "`timestamp` is not a time: write",
        ),
        (r#"{"type": "page", "timestamp": 5}"#, Code::BadTime, "`timestamp` is not a time"),
        (
            r#"{"type": "page", "timestamp": "+99999-01-01T00:00:00Z"}"#,
            Code::BadTime,
            "`timestamp`",
        ),
        (r#"{"type": "page", "timestamp": []}"#, Code::WrongType, "`timestamp` should be a time"),
        (r#"{"type": "page", "originalTimestamp": "x"}"#, Code::BadTime, "`originalTimestamp` is"),
        (r#"{"batch": 3}"#, Code::WrongType, "`batch` should be a list, and is a number"),
        (r#"{"batch": [null]}"#, Code::WrongType, "`batch[0]` should be an object, and is null"),
        (
            r#"{"batch": [{"type": "page", "timestamp": "x"}]}"#,
            Code::BadTime,
            "`batch[0].timestamp` is not a time: write it as RFC 3339, for example 2026-11-22T13",
        ),
        (r#"{"type": "page"} trailing"#, Code::Syntax, "trailing characters at line 1 column 18"),
        ("\"page\"", Code::WrongType, "the body should be an object or a list, and is text"),
        ("", Code::Syntax, "the body is empty"),
    ];
    for (body, code, part) in cases {
        let decoded = decode(body);
        assert_eq!(decoded.events, [], "{body}");
        assert_eq!(decoded.rejected.len(), 1, "{body}");
        assert_eq!(decoded.rejected[0].code, code, "{body}: {}", decoded.rejected[0]);
        assert!(decoded.rejected[0].reason.contains(part), "{body}: {}", decoded.rejected[0]);
    }
    let latin1 = decode(b"{\"type\": \"page\", \"name\": \"caf\xe9\"}".as_slice());
    assert_eq!(latin1.rejected[0].code, Code::Encoding);
    assert_eq!(latin1.rejected[0].reason, "byte 30 of the body is not UTF-8");
    assert_eq!(decode(r#"{"batch": []}"#).ignored[0].code, Code::NoEvent);
}

#[test]
fn what_is_odd_but_harmless_is_taken() {
    // A byte order mark; empty lists where an object is meant; unknown and repeated fields.
    event("\u{feff}{\"type\": \"page\"}");
    event(r#"{"type": "page", "properties": [], "context": [], "traits": null}"#);
    let odd =
        event(r#"{"type": "page", "type": "screen", "_new": {"a": [true]}, "userId": "a\u0000b"}"#);
    assert_eq!(odd.kind, EventKind::Screen);
    assert_eq!(odd.details["_new.a[0]"].expose(), "true");
    assert_eq!(sender(&odd), Some((Namespace::Account, "a\0b")));
    let half = event(r#"{"type": "page", "name": "\ud83d cut, \ud83d\ude00 whole"}"#);
    assert_eq!(half.details["name"].expose(), "\u{fffd} cut, 😀 whole");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it measures how long refusing takes")]
fn hostile_bodies_are_refused_quickly() {
    let started = std::time::Instant::now();
    let large = decode(vec![b'['; 100_000_000]);
    assert_eq!(large.rejected[0].code, Code::TooLarge);
    assert_eq!(large.rejected[0].reason, "the body has 100000000 bytes: at most 1048576 are read");
    let nest = |open: &str, close: &str| open.repeat(100_000) + &close.repeat(100_000);
    for body in [nest("[", "]"), nest("[", ""), nest("{\"a\":", "}"), nest("{\"batch\":[", "]}")] {
        let decoded = decode(body);
        assert_eq!(decoded.rejected.len(), 1);
        assert!(matches!(decoded.rejected[0].code, Code::TooDeep | Code::TooLarge | Code::Syntax));
    }
    assert!(started.elapsed().as_secs() < 5, "took {:?}", started.elapsed());
}

#[test]
fn the_rest_of_a_batch_is_kept() {
    let deep = "[".repeat(500) + &"]".repeat(500);
    let decoded = decode(format!(
        r#"{{"batch": [{{"type": "page"}}, {{"type": "nothing"}}, {{"type": "screen"}},
            {{"type": "page", "properties": {{"a": {deep}}}}}, 4,
            {{"type": "page", "userId": 1}}]}}"#
    ));
    assert_eq!(decoded.events.iter().map(|e| e.index).collect::<Vec<_>>(), [0, 2, 5]);
    let refused: Vec<_> = decoded.rejected.iter().map(|r| (r.index, r.code)).collect();
    let expected =
        [(Some(1), Code::Unsupported), (Some(3), Code::TooDeep), (Some(4), Code::WrongType)];
    assert_eq!(refused, expected);
    assert_eq!(decoded.rejected[1].reason, "`batch[3]` is nested deeper than 64 levels");
}
