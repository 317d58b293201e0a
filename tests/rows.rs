//! What was stored once is read for ever.
//!
//! Method: `tests/data/bodies-1.jsonl` holds one encoded body of each kind as schema 1 wrote it,
//! and a large component's. It is never rewritten; a newer schema gets a file of its own.

use omnichannel::model::{BadBody, Body, Kind};

const SCHEMA_1: &str = include_str!("data/bodies-1.jsonl");

#[test]
fn bodies_of_schema_1_are_read_and_written_again_to_the_byte() {
    let mut kinds = Vec::new();
    for line in SCHEMA_1.lines() {
        let body = Body::decode(line.as_bytes()).expect("schema 1 is read for ever");
        let again = String::from_utf8(body.encode()).expect("JSON is UTF-8");
        assert_eq!(again, line, "equal values, equal bytes");
        kinds.push(body.kind());
    }
    // A large component's row holds where its parts are.
    assert_eq!(kinds.pop(), Some(Kind::Component));
    assert_eq!(kinds, Kind::ALL, "one of each kind");
}

#[test]
fn an_encoding_holds_no_float() {
    for line in SCHEMA_1.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(!holds_float(&value), "{line}");
    }
}

fn holds_float(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(number) => number.is_f64(),
        serde_json::Value::Array(items) => items.iter().any(holds_float),
        serde_json::Value::Object(fields) => fields.values().any(holds_float),
        _ => false,
    }
}

#[test]
fn a_newer_schema_is_refused_with_advice_and_broken_bytes_show_no_content() {
    let newer = SCHEMA_1.lines().next().expect("a line").replace("\"schema\":1", "\"schema\":2");
    let error = Body::decode(newer.as_bytes()).expect_err("newer");
    assert_eq!(
        error.to_string(),
        "the row has schema 2, this build reads up to 1: use a newer build"
    );
    let broken = br#"{"schema":1,"kind":"verdict","body":{"secret":"Zo\u00eb"}}"#;
    let error = Body::decode(broken).expect_err("broken");
    assert!(matches!(error, BadBody::Unreadable { .. }));
    assert!(!error.to_string().contains("secret"), "{error}");
}
