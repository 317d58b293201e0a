//! The crate's own JSON, and the bounds of JSON for every codec.

use super::*;

#[test]
fn a_whole_touchpoint_is_read() {
    let decoded = decode(
        r#"{"version": 1, "id": 18446744073709551617, "revision": 2, "act": "Picked Up",
            "occurred_at": "2026-11-22T13:45:00+01:00", "channel_kind": "locker",
            "sender": {"namespace": "loyalty_card", "scope": "club", "value": 4711,
                       "verified": true},
            "identifiers": [{"namespace": "device", "value": "d"},
                            {"namespace": "Tattoo Number", "value": "x"}],
            "objects": [{"kind": "Order", "id": "A-17"}],
            "attributes": {"address": {"city": "Lyon"}, "children": 2},
            "message": {"direction": "outbound", "author": "clerk", "text": "Here it is",
                        "subject": "Box", "language": "en", "references": ["q-1", 7]},
            "consents": [{"endpoint": {"namespace": "email", "value": "c@example.org"},
                          "purpose": "Marketing", "state": "withdrawn", "evidence": "said so"}],
            "details": {"till": {"nr": 3.10}}, "weather": ["rain", null]}"#,
    );
    assert_eq!(decoded.rejected, []);
    let event = &decoded.events[0];
    assert_eq!(event.kind, EventKind::Message);
    assert_eq!(event.external_id.as_deref(), Some("18446744073709551617"));
    assert_eq!((event.revision, &event.act), (2, &Act::PickedUp));
    assert_eq!(event.occurred.at.unwrap().to_string(), "2026-11-22T12:45:00Z");
    assert_eq!(event.channel_kind, Some(ChannelKind::Locker));
    let sender = event.sender.as_ref().unwrap();
    assert_eq!(
        (&sender.namespace, sender.value.expose().as_str()),
        (&Namespace::LoyaltyCard, "4711")
    );
    assert_eq!((sender.scope.as_deref(), sender.assurance), (Some("club"), Assurance::Verified));
    assert_eq!(event.identifiers.len(), 3);
    assert_eq!(event.identifiers[2].namespace, Namespace::Other("tattoo number".to_owned()));
    assert_eq!((event.objects[0].kind.as_str(), event.objects[0].id.as_str()), ("order", "A-17"));
    assert_eq!(event.attributes["address.city"].expose(), "Lyon");
    assert_eq!(event.attributes["children"].expose(), "2");
    let message = event.message.as_ref().unwrap();
    assert_eq!((message.direction, message.author), (Direction::Outbound, Author::Clerk));
    assert_eq!(message.references, ["q-1", "7"]);
    assert_eq!(event.consents[0].state, ConsentState::Withdrawn);
    assert_eq!(event.consents[0].purpose.as_ref().unwrap().as_str(), "marketing");
    assert_eq!(event.details["till.nr"].expose(), "3.10");
    assert_eq!(event.details["weather[0]"].expose(), "rain");
}

#[test]
fn what_is_absent_is_implied() {
    let decoded = decode(
        r#"[{"message": {"media": [{"location": "m-1"}]}},
            {"receipt": {"of": "p-1", "status": "read"}},
            {"consents": [{"endpoint": {"namespace": "email", "value": "a@b.c"},
                           "state": "given"}]},
            {"act": "danced", "identifiers": [{"namespace": "device", "value": "d"},
             {"namespace": "cookie", "value": "c"}, {"namespace": "email", "value": "e"},
             {"namespace": "phone", "value": "p"}]}]"#,
    );
    assert_eq!(decoded.rejected, []);
    let kinds: Vec<_> = decoded.events.iter().map(|event| event.kind).collect();
    let expected =
        [EventKind::Message, EventKind::Receipt, EventKind::Consent, EventKind::Touchpoint];
    assert_eq!(kinds, expected);
    let acts: Vec<_> = decoded.events.iter().map(|event| event.act.name()).collect();
    assert_eq!(acts, ["said", "opened", "opted_in", "danced"]);
    assert_eq!(decoded.events[1].receipt.as_ref().unwrap().status, DeliveryStatus::Read);
    assert_eq!(decoded.events[0].occurred.origin, TimeOrigin::Unknown);
    let sender = decoded.events[3].sender.as_ref().unwrap();
    assert_eq!(sender.namespace, Namespace::Email);
}

#[test]
fn broken_touchpoints_are_refused_by_their_path() {
    let cases = [
        (r#"{}"#, Code::MissingField, "`act` is missing"),
        (r#"{"act": "x", "version": 2}"#, Code::Unsupported, "`version` is not 1"),
        (r#"{"act": "x", "occurred_at": "soon"}"#, Code::BadTime, "`occurred_at` is not a time"),
        (r#"{"act": "x", "sender": {"value": "v"}}"#, Code::MissingField, "`sender.namespace`"),
        (r#"{"act": "x", "sender": {"namespace": "email"}}"#, Code::MissingField, "`sender.value`"),
        (r#"{"message": {"text": ""}}"#, Code::MissingField, "`message.text` is missing"),
        (r#"{"message": {"text": 1}}"#, Code::WrongType, "`message.text` should be text, and is a"),
        (
            r#"{"message": {"text": "t", "direction": "up"}}"#,
            Code::Unsupported,
            "`message.direction` is none of inbound, outbound",
        ),
        (r#"{"message": {"text": "t", "references": [{}]}}"#, Code::WrongType, "references[0]`"),
        (
            r#"{"act": "x", "objects": [{"kind": "a", "id": "b"}, 3]}"#,
            Code::WrongType,
            "`objects[1]`",
        ),
        (r#"{"act": "x", "revision": -1}"#, Code::WrongType, "`revision` should be a whole number"),
        (r#"{"touchpoints": {}}"#, Code::WrongType, "`touchpoints` should be a list"),
        (
            r#"{"touchpoints": [{"act": []}]}"#,
            Code::WrongType,
            "`touchpoints[0].act` should be text",
        ),
        ("[3]", Code::WrongType, "`[0]` should be an object, and is a number"),
    ];
    for (body, code, part) in cases {
        let decoded = decode(body);
        assert_eq!(decoded.rejected.len(), 1, "{body}");
        assert_eq!(decoded.rejected[0].code, code, "{body}: {}", decoded.rejected[0]);
        assert!(decoded.rejected[0].reason.contains(part), "{body}: {}", decoded.rejected[0]);
    }
}

#[test]
fn a_body_that_is_no_json_is_refused_by_line_and_column() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let deep_field = format!(r#"{{"act": "x", "y": {}}}"#, deep(100_000));
    let cases = [
        ("", Code::Syntax, "is empty"),
        (" \n ", Code::Syntax, "is empty"),
        ("{\"act\":\n  \"x\"} !", Code::Syntax, "trailing characters at line 2 column 8"),
        ("{\"act\":\n  nope}", Code::Syntax, "expected ident at line 2 column 4"),
        ("{\"act\": \"a\0b\"}", Code::Syntax, "a string at line 1 column 10"),
        ("nonsense", Code::Syntax, "expected ident at line 1 column 2"),
        ("{\"act\": 01}", Code::Syntax, "invalid number at line 1 column 10"),
        ("12", Code::WrongType, "the body should be an object or a list, and is a number"),
        (&deep(100_000), Code::TooDeep, "`[0]` is nested deeper than 64 levels"),
        (&"[".repeat(100_000), Code::TooDeep, "the body is nested deeper than 64 levels"),
        (&"[".repeat(60), Code::Syntax, "while parsing a list at line 1 column 60"),
        (&format!("\"{}", "[".repeat(100)), Code::Syntax, "while parsing a string"),
        (&deep_field, Code::TooDeep, "the event is nested deeper than 64 levels"),
    ];
    for (body, code, part) in cases {
        let start = &body[..body.len().min(40)];
        let decoded = decode(body);
        assert_eq!(decoded.rejected.len(), 1, "{start}");
        assert_eq!(decoded.rejected[0].code, code, "{start}: {}", decoded.rejected[0]);
        assert!(decoded.rejected[0].reason.contains(part), "{start}: {}", decoded.rejected[0]);
    }
    let just = format!(r#"{{"act": "x", "y": {}}}"#, deep(63));
    assert_eq!(decode(&just).events.len(), 1);
}

#[test]
fn what_is_too_deep_costs_only_its_event() {
    let deep = format!("{}{}", "{\"a\":".repeat(500), "1".to_owned() + &"}".repeat(500));
    let decoded = decode(&format!(r#"[{{"act":"a"}}, {{"act":"b","x":{deep}}}, {{"act":"c"}}]"#));
    assert_eq!(decoded.events.len(), 2);
    assert_eq!((decoded.rejected[0].index, decoded.rejected[0].code), (Some(1), Code::TooDeep));
    assert_eq!(decoded.rejected[0].reason, "`[1]` is nested deeper than 64 levels");
}

#[test]
fn json_lines_are_read_one_by_one() {
    let decoded =
        decode("\u{feff}{\"act\":\"a\"}\r\n\r\n{\"act\":\n{\"act\":\"c\"}\r\n{\"act\":4}");
    assert_eq!(decoded.events.iter().map(|e| e.index).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(decoded.rejected[0].index, Some(1));
    assert_eq!(
        decoded.rejected[0].reason,
        "line 3: the event is not JSON: EOF while parsing a value at column 7"
    );
    assert_eq!(decoded.rejected[1].reason, "line 5: `act` should be text, and is a number");
    let (one, two) = (decode("{\"act\":\"a\"}\n]"), decode("{\"act\":\"a\"} {\"act\":\"b\"}"));
    assert_eq!((one.events.len(), one.rejected[0].code), (0, Code::Syntax));
    assert_eq!((two.events.len(), two.rejected[0].code), (0, Code::Syntax));
}

#[test]
fn the_surplus_of_events_is_refused_once() {
    let limits = Capabilities::INBOUND.with_limits(1 << 20, 3);
    let codec = TouchpointJson::new(channel("s", ChannelKind::Store)).with_capabilities(limits);
    let request = request(r#"[{"act":"a"},{"act":"b"},{"act":"c"},{"act":"d"},{"act":"e"}]"#);
    let request = request.attested("a test");
    let decoded =
        codec.decode(&verify(&codec.scheme(), &KeyRing::default(), request, NOW).unwrap());
    assert_eq!(decoded.events.len(), 3);
    assert_eq!(decoded.rejected.len(), 1);
    assert_eq!((decoded.rejected[0].index, decoded.rejected[0].code), (Some(3), Code::TooMany));
    assert_eq!(decode("[]").ignored[0].code, Code::NoEvent);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it measures how long reading takes")]
fn a_hostile_body_takes_no_time() {
    let started = std::time::Instant::now();
    let many_fields = (0..80_000).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(",");
    let one_name = vec!["\"act\":\"x\""; 80_000].join(",");
    let bodies = [
        format!("{{{many_fields},\"act\":\"x\"}}"),
        format!("{{{one_name}}}"),
        format!("[{}]", vec!["{}"; 300_000].join(",")),
        format!("{{\"act\":\"{}\"}}", "\\u0041".repeat(160_000)),
        format!("{{\"act\":\"x\",\"{}\":{{\"a\":1}}}}", "k".repeat(900_000)),
        "{\n".repeat(400_000),
        "9".repeat(1_000_000),
    ];
    for body in &bodies {
        let _answer = decode(body);
    }
    let large = decode(&" ".repeat(100_000_000));
    assert_eq!(large.rejected[0].code, Code::TooLarge);
    // Well under a second; the bound allows for a busy machine and still shows a quadratic cost.
    assert!(started.elapsed().as_secs() < 10, "took {:?}", started.elapsed());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it measures how long reading takes")]
fn a_deep_body_takes_no_time() {
    let nest = |depth: usize, inner: &str| "[".repeat(depth) + inner + &"]".repeat(depth);
    let bodies = [
        nest(500_000, ""),
        "[".repeat(1_000_000),
        "{\"a\":".repeat(160_000),
        nest(64, &vec!["1"; 500_000].join(",")),
        nest(63, &vec!["{}"; 300_000].join(",")),
        nest(64, &format!("\"{}\"", "\\n".repeat(500_000))),
    ];
    for body in &bodies {
        let started = std::time::Instant::now();
        let decoded = decode(body);
        assert_eq!((decoded.events.len(), decoded.rejected.len()), (0, 1));
        // Well under a second; the bound allows for a busy machine.
        assert!(started.elapsed().as_secs() < 5, "took {:?}", started.elapsed());
    }
}

#[test]
fn an_archive_keeps_the_times_that_it_states() {
    let codec = Segment::new(channel("web", ChannelKind::Web));
    let body =
        r#"{"type":"page","timestamp":"2020-01-01T00:00:00Z","sentAt":"2020-01-01T00:00:05Z"}"#;
    let at = |mode| {
        let request = request(body).received_at("2026-11-22T12:00:00Z".parse().unwrap()).mode(mode);
        let request = request.attested("a test");
        let request = verify(&codec.scheme(), &KeyRing::default(), request, NOW).unwrap();
        codec.decode(&request).events[0].occurred.at.unwrap().to_string()
    };
    assert_eq!(at(ArrivalMode::Live), "2026-11-22T11:59:55Z");
    assert_eq!(at(ArrivalMode::Backfill), "2020-01-01T00:00:00Z");
}
