//! When a call happened.

use super::*;

#[test]
fn the_senders_clock_is_corrected_once() {
    let when = |fields: &str| {
        let event = event(format!(r#"{{"type": "page", {fields}}}"#));
        (at(&event).unwrap(), event.occurred.origin)
    };
    use TimeOrigin::{Event, Transport};
    let cases = [
        // A collector corrected it already.
        (
            r#""timestamp": "2026-11-20T10:00:00Z", "originalTimestamp": "2001-01-01T00:00:00Z",
               "sentAt": "2001-01-01T00:00:09Z", "receivedAt": "2026-11-20T10:00:09Z""#,
            ("2026-11-20T10:00:00Z", Event),
        ),
        // A collector that left the correction to us.
        (
            r#""originalTimestamp": "2001-01-01T00:00:00Z", "sentAt": "2001-01-01T00:00:09Z",
               "receivedAt": "2026-11-20T10:00:09.500Z""#,
            ("2026-11-20T10:00:00.500Z", Event),
        ),
        // Straight from a sender whose clock is years behind, sent nine seconds after.
        (
            r#""timestamp": "2001-01-01T00:00:00Z", "sent_at": "2001-01-01T00:00:09Z""#,
            ("2026-11-22T11:59:51Z", Event),
        ),
        // ... or years ahead.
        (
            r#""timestamp": "2999-01-01T00:00:00Z", "sentAt": "2999-01-01T00:00:09Z""#,
            ("2026-11-22T11:59:51Z", Event),
        ),
        // A clock that ran backwards between happening and sending.
        (
            r#""timestamp": "2026-11-22T11:00:00Z", "sentAt": "2026-11-22T10:00:00Z""#,
            ("2026-11-22T12:00:00Z", Event),
        ),
        // A future that nothing corrects.
        (r#""timestamp": "2999-01-01T00:00:00Z""#, (RECEIVED, Transport)),
        (r#""timestamp": 1763812800"#, ("2025-11-22T12:00:00Z", Event)),
        (r#""timestamp": "1763812800123""#, ("2025-11-22T12:00:00.123Z", Event)),
        (r#""receivedAt": "2026-11-20T10:00:09Z""#, ("2026-11-20T10:00:09Z", Transport)),
        (r#""timestamp": null"#, (RECEIVED, Transport)),
        // What only corrects is not refused.
        (
            r#""timestamp": "2026-11-20T10:00:00Z", "sentAt": "yesterday", "receivedAt": {}"#,
            ("2026-11-20T10:00:00Z", Event),
        ),
    ];
    for (fields, (at, origin)) in cases {
        assert_eq!(when(fields), (at.to_owned(), origin), "{fields}");
    }
    let unknown = decode_at(r#"{"type": "page"}"#, None).events.remove(0);
    assert_eq!((unknown.occurred.at, unknown.occurred.origin), (None, TimeOrigin::Unknown));
}

#[test]
fn a_batch_gives_its_events_the_time_of_sending_and_the_context() {
    let decoded = decode(
        r#"{"batch": [{"type": "page", "timestamp": "2001-01-01T00:00:00Z", "userId": "u"},
                      {"type": "page", "context": {"ip": "203.0.113.7"}}],
            "sentAt": "2001-01-01T00:00:09Z", "writeKey": "k", "context": {"locale": "fr"}}"#,
    );
    assert_eq!(at(&decoded.events[0]).as_deref(), Some("2026-11-22T11:59:51Z"));
    assert_eq!(decoded.events[0].attributes["language"].expose(), "fr");
    assert!(!decoded.events[1].attributes.contains_key("language"));
}

#[test]
fn a_delivery_tried_again_is_equal_to_the_first() {
    let body = |sent: &str, received: &str| {
        format!(
            r#"{{"type": "track", "event": "Seen", "messageId": "m", "userId": "u",
                "timestamp": "2026-11-20T10:00:00Z", "sentAt": "{sent}", "receivedAt": "{received}",
                "writeKey": "k"}}"#
        )
    };
    let first = event(body("2026-11-20T10:00:01Z", "2026-11-20T10:00:02Z"));
    let again = event(body("2026-11-20T10:05:01Z", "2026-11-20T10:05:02Z"));
    assert_eq!(first, again);
    assert_eq!(first.details.keys().collect::<Vec<_>>(), ["event"], "nor the write key");
}
