//! Messages: who speaks, what is said, what is changed and taken back.

use omnichannel::model::{Act, Author, Code, ConsentState, Direction, EventKind, Namespace, Part};

use super::*;

fn voice(event: &Event) -> (Direction, Author) {
    let message = event.message.as_ref().unwrap();
    (message.direction, message.author)
}

fn references(event: &Event) -> &[String] {
    &event.message.as_ref().unwrap().references
}

fn ignored(body: &str) -> Code {
    let decoded = decode(body);
    assert_eq!((decoded.events.len(), decoded.rejected.len()), (0, 0), "{body}");
    decoded.ignored[0].code
}

#[test]
fn a_message_tells_who_when_and_what() {
    let event = event(message(
        r#""text": "R&amp;D &lt;3 &amp;lt; <@U2>", "client_msg_id": "c-1",
           "big": 12345678901234567890"#,
    ));
    assert_eq!((event.kind, &event.act), (EventKind::Message, &Act::Said));
    assert_eq!(event.external_id.as_deref(), Some("D1:1763819100.500000"));
    assert_eq!(at(&event).as_deref(), Some("2025-11-22T13:45:00.500Z"));
    assert_eq!(text(&event).as_deref(), Some("R&D <3 &lt; <@U2>"));
    let sender = event.sender.as_ref().unwrap();
    assert_eq!(
        (&sender.namespace, sender.value.expose().as_str()),
        (&Namespace::MessagingId, "U1")
    );
    assert_eq!(sender.scope.as_deref(), Some("T1"));
    assert_eq!(event.identifiers, std::slice::from_ref(sender));
    assert_eq!(voice(&event), (Direction::Inbound, Author::Customer));
    assert_eq!(objects(&event), [("channel", "D1")]);
    assert_eq!(details(&event), [("big", "12345678901234567890"), ("client_msg_id", "c-1")]);
}

#[test]
fn a_mention_and_its_message_are_one() {
    let body = r#""channel": "C1", "user": "U1", "team": "T1", "text": "<@U0BOT> hi",
        "ts": "1763819100.500000", "event_ts": "1763819100.500000", "client_msg_id": "c-1""#;
    let mention = event(delivered(&format!(r#""type": "app_mention", {body}"#)));
    let said = delivered(&format!(r#""type": "message", "channel_type": "channel", {body}"#));
    assert_eq!(mention, event(said.replace("\"Ev1\"", "\"Ev2\"")));
}

#[test]
fn a_guest_is_of_her_own_workspace() {
    let guest = event(message(
        r#""text": "hi", "team": "T1", "user_team": "T9",
        "user_profile": {"real_name": "Noé Arnaud", "name": "noe"}"#,
    ));
    assert_eq!(guest.sender.as_ref().unwrap().scope.as_deref(), Some("T9"));
    assert_eq!(guest.attributes["name"].expose(), "Noé Arnaud");
    assert_eq!(details(&guest), [("user_profile.name", "noe")]);
}

#[test]
fn an_edit_has_the_ids_of_the_nested_message() {
    let first = event(message(r#""text": "38?""#));
    let edit = event(delivered(
        r#""type": "message", "subtype": "message_changed", "channel": "D1", "hidden": true,
           "ts": "1763819160.000300", "event_ts": "1763819160.000300",
           "message": {"type": "message", "user": "U1", "text": "39?", "ts": "1763819100.500000",
               "edited": {"user": "U1", "ts": "1763819160.000000"}},
           "previous_message": {"user": "U1", "text": "38?", "ts": "1763819100.500000"}"#,
    ));
    assert_eq!((edit.kind, edit.revision), (EventKind::Edit, 1_763_819_160));
    assert_eq!(
        (&edit.external_id, &edit.occurred, &edit.sender),
        (&first.external_id, &first.occurred, &first.sender)
    );
    assert_eq!((text(&edit).as_deref(), details(&edit)), (Some("39?"), vec![]));
}

#[test]
fn an_unfurled_link_is_no_edit() {
    let changed = |text: &str, more: &str| {
        delivered(&format!(
            r#""type": "message", "subtype": "message_changed", "channel": "D1",
               "ts": "1763819160.000300", "event_ts": "1763819160.000300",
               "message": {{"user": "U1", "text": "{text}", "ts": "1763819100.500000" {more}}},
               "previous_message": {{"user": "U1", "text": "a link", "ts": "1763819100.500000"}}"#
        ))
    };
    assert_eq!(ignored(&changed("a link", r#", "attachments": [{"id": 1}]"#)), Code::NoEvent);
    assert_eq!(event(changed("other", "")).revision, 1_763_819_160);
    let stone = event(changed("gone", r#", "subtype": "tombstone""#));
    assert_eq!(
        (stone.kind, stone.external_id.as_deref()),
        (EventKind::Delete, Some("D1:1763819100.500000"))
    );
}

#[test]
fn a_deleted_message_is_gone_under_its_first_id() {
    let gone = event(delivered(
        r#""type": "message", "subtype": "message_deleted", "channel": "D1", "hidden": true,
           "ts": "1763819200.000300", "event_ts": "1763819200.000300",
           "deleted_ts": "1763819100.500000",
           "previous_message": {"user": "U1", "text": "my secret", "ts": "1763819100.500000"}"#,
    ));
    assert_eq!((gone.kind, gone.revision), (EventKind::Delete, u32::MAX));
    assert_eq!((gone.external_id.as_deref(), &gone.message), (Some("D1:1763819100.500000"), &None));
    assert_eq!(at(&gone).as_deref(), Some("2025-11-22T13:45:00.500Z"));
    assert_eq!(
        (sender(&gone), details(&gone)),
        (Some("U1"), vec![("deleted_ts", "1763819200.000300")])
    );
}

#[test]
fn files_come_before_words_and_blank_words_are_none() {
    let event = event(message(
        r#""subtype": "file_share", "text": "", "files": [
            {"id": "F1", "name": "a.png", "mimetype": "image/png", "size": 42706,
             "url_private": "https://f/p", "url_private_download": "https://f/d"},
            {"id": "F2", "mode": "tombstone"}]"#,
    ));
    let parts = &event.message.as_ref().unwrap().parts;
    let [Part::Media(file), Part::Media(stone)] = parts.as_slice() else { panic!("two files") };
    assert_eq!(
        (file.location.expose().as_str(), file.media_type.as_str()),
        ("https://f/d", "image/png")
    );
    assert_eq!(
        (file.file_name.as_ref().unwrap().expose().as_str(), file.bytes),
        ("a.png", Some(42_706))
    );
    assert_eq!(stone.location.expose(), "F2");
    assert_eq!(details(&event), [("subtype", "file_share")]);
}

#[test]
fn an_answer_names_its_thread_and_copies_none_of_it() {
    let reply = event(message(
        r#""subtype": "thread_broadcast", "text": "yes", "thread_ts": "1763819000.000100",
           "root": {"user": "U2", "text": "another's words", "ts": "1763819000.000100"}"#,
    ));
    assert_eq!(
        (references(&reply), &reply.act),
        (["D1:1763819000.000100".to_owned()].as_slice(), &Act::Replied)
    );
    assert_eq!(objects(&reply), [("channel", "D1"), ("thread", "D1:1763819000.000100")]);
    assert!(!details(&reply).iter().any(|(_, value)| value.contains("another's")));
    let root = event(message(r#""text": "?", "thread_ts": "1763819100.500000""#));
    assert!(references(&root).is_empty(), "a message does not answer itself");
}

#[test]
fn what_programs_write_is_no_customers_message() {
    let own = [
        r#""bot_id": "B1", "app_id": "A1", "text": "hi""#,
        r#""bot_id": "B1", "bot_profile": {"app_id": "A1"}, "text": "hi""#,
    ];
    for fields in own {
        assert_eq!(ignored(&message(fields)), Code::Echo, "{fields}");
    }
    let by_user = message(r#""bot_id": "B1", "text": "hi""#).replace("\"U1\"", "\"U0BOT\"");
    assert_eq!(ignored(&by_user), Code::Echo);
    let other = event(message(r#""bot_id": "B9", "app_id": "A9", "text": "hi""#));
    assert_eq!((sender(&other), voice(&other)), (None, (Direction::Outbound, Author::Bot)));
    let classic =
        event(message(r#""subtype": "bot_message", "username": "classic", "text": "hi""#));
    assert_eq!((sender(&classic), voice(&classic)), (None, (Direction::Outbound, Author::Bot)));
    assert_eq!(text(&classic).as_deref(), Some("hi"));
}

#[test]
fn stop_alone_withdraws_between_two() {
    for (words, channel, stops) in
        [("Stop", "D1", true), ("stop", "C1", false), ("stop it", "D1", false)]
    {
        let body = message(&format!(r#""text": "{words}""#));
        let event = event(body.replace("\"D1\"", &format!("\"{channel}\"")));
        let signal = event.consents.first();
        assert_eq!(signal.map(|signal| signal.state), stops.then_some(ConsentState::Withdrawn));
        assert_eq!(signal.and_then(|signal| signal.evidence.as_deref()), stops.then_some(words));
    }
}

#[test]
fn notices_of_a_channel_are_no_words() {
    let joined = event(message(r#""subtype": "channel_join", "text": "<@U1> has joined""#));
    assert_eq!((joined.kind, joined.act.name()), (EventKind::Track, "channel join"));
    assert_eq!(
        (joined.external_id.as_deref(), &joined.message),
        (Some("D1:1763819100.500000"), &None)
    );
    assert_eq!(details(&joined), [("subtype", "channel_join"), ("text", "<@U1> has joined")]);
    let odd = event(message(r#""subtype": "hologram", "text": "x""#));
    assert_eq!((odd.kind, sender(&odd)), (EventKind::Unknown, Some("U1")));
    assert_eq!(ignored(&message(r#""subtype": "message_replied""#)), Code::NoEvent);
}

#[test]
fn no_credential_is_kept() {
    let event = event(message(r#""text": "hi""#));
    assert!(!details(&event).iter().any(|(_, value)| value.contains("credential")));
}

#[test]
fn broken_bodies_are_refused_by_their_path() {
    let cases = [
        ("{}".to_owned(), "missing_field", "`type` is missing"),
        (r#"{"type": 7}"#.to_owned(), "wrong_type", "`type` should be text"),
        (r#"{"type": "event_callback", "event": 7}"#.to_owned(), "wrong_type", "`event` should be"),
        (message(r#""text": []"#), "wrong_type", "`event.text` should be text"),
        (message(r#""subtype": {}"#), "wrong_type", "`event.subtype` should be text"),
        (message(r#""ts": "yesterday""#), "bad_time", "`event.ts` should be seconds since 1970"),
        (message(r#""subtype": "message_changed""#), "missing_field", "`event.message` is missing"),
        (delivered(r#""type": "team_join""#), "missing_field", "`event.user` is missing"),
        (String::new(), "syntax", "the body is empty"),
        ("payload=%7B".to_owned(), "syntax", "not JSON"),
        ("command=%2Fa&text=%ff".to_owned(), "encoding", "not UTF-8"),
        ("nothing=1".to_owned(), "syntax", "not JSON"),
        ("\u{fffd}".to_owned(), "syntax", "not JSON"),
    ];
    for (body, code, part) in cases {
        let decoded = decode(body.as_str());
        assert_eq!((decoded.events.len(), decoded.rejected.len()), (0, 1), "{body}");
        let refused = &decoded.rejected[0];
        assert_eq!(refused.code.name(), code, "{body}: {refused}");
        assert!(refused.reason.contains(part), "{body}: {refused}");
    }
}
