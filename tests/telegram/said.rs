//! Messages: who speaks, what is said, what is changed and taken back.

use omnichannel::model::{Act, Author, Code, ConsentState, Direction, EventKind, Namespace, Part};

use super::*;

/// What each part is, in words.
fn parts(event: &Event) -> Vec<String> {
    let parts = &event.message.as_ref().unwrap().parts;
    let said = |part: &Part| match part {
        Part::Text(text) => text.expose().clone(),
        Part::Media(file) => {
            let name = file.file_name.as_ref().map_or("-", |name| name.expose());
            format!("{} {} {name} {:?}", file.location.expose(), file.media_type, file.bytes)
        }
        Part::Location(place) => place.expose().clone(),
        Part::Choice { id, label } => {
            format!("{} ({:?})", id.expose(), label.as_ref().map(|label| label.expose()))
        }
        _ => "another".to_owned(),
    };
    parts.iter().map(said).collect()
}

fn voice(event: &Event) -> (Direction, Author) {
    let message = event.message.as_ref().unwrap();
    (message.direction, message.author)
}

fn references(event: &Event) -> &[String] {
    &event.message.as_ref().unwrap().references
}

#[test]
fn a_message_tells_who_when_and_what() {
    let event = private("message", r#""text": "Bonjour \ud83d\ude42", "effect_id": 9"#);
    assert_eq!((event.kind, &event.act), (EventKind::Message, &Act::Said));
    assert_eq!(event.external_id.as_deref(), Some("9"));
    assert_eq!(at(&event).as_deref(), Some("2025-11-22T13:45:00Z"));
    let sender = event.sender.as_ref().unwrap();
    assert_eq!(sender.scope.as_deref(), Some("telegram"));
    assert_eq!(
        (&sender.namespace, sender.value.expose().as_str()),
        (&Namespace::MessagingId, "5123456789012")
    );
    assert_eq!(event.identifiers, std::slice::from_ref(sender));
    let told: Vec<_> =
        event.attributes.iter().map(|(n, v)| (n.as_str(), v.expose().as_str())).collect();
    assert_eq!(told, [("family_name", "Arnaud"), ("given_name", "Noé"), ("language", "fr")]);
    // The user name is no identifier: people change it, and others take it.
    assert_eq!(details(&event), [("effect_id", "9"), ("from.username", "noe_a")]);
    assert_eq!((parts(&event), objects(&event)), (vec!["Bonjour 🙂".to_owned()], vec![]));
    assert!(!format!("{event:?}").contains("5123456789012"), "a private chat's id is its user's");
}

#[test]
fn messages_are_named_as_telegram_counts_them() {
    assert_eq!(
        in_group("message", r#""text": "x""#).external_id.as_deref(),
        Some("-1002000000001:9")
    );
    let old = r#"{"message_id": 9, "date": 1763819100, "chat": {"id": -5, "type": "group"},
        "text": "x"}"#;
    assert_eq!(update("message", old).external_id.as_deref(), Some("9"));
    let business = private("business_message", r#""text": "x", "business_connection_id": "b1""#);
    assert_eq!(business.external_id.as_deref(), Some("b1:9"));
}

#[test]
fn an_edit_is_the_message_as_it_is_now() {
    let first = private("message", r#""text": "38?""#);
    let edit = private("edited_message", r#""text": "39?", "edit_date": 1763819160"#);
    assert_eq!((edit.kind, edit.revision), (EventKind::Edit, 1_763_819_160));
    assert_eq!((&edit.external_id, &edit.occurred), (&first.external_id, &first.occurred));
    assert_eq!(text(&edit).as_deref(), Some("39?"));
    assert!(edit.revision > first.revision);
    let undated = in_group("edited_channel_post", r#""text": "39?""#);
    assert_eq!((undated.kind, undated.revision), (EventKind::Edit, 1));
}

#[test]
fn messages_taken_back_are_deleted_one_by_one() {
    let decoded = decode(
        r#"{"update_id": 5, "deleted_business_messages": {"business_connection_id": "b1",
            "chat": {"id": 42, "type": "private", "first_name": "Noé"}, "message_ids": [9, 10]}}"#,
    );
    assert_eq!(decoded.rejected, []);
    let ids: Vec<_> = decoded.events.iter().map(|e| (e.index, e.external_id.as_deref())).collect();
    assert_eq!(ids, [(0, Some("b1:9")), (1, Some("b1:10"))]);
    for event in &decoded.events {
        assert_eq!(
            (event.kind, event.revision, &event.message),
            (EventKind::Delete, u32::MAX, &None)
        );
        assert_eq!((sender(event), at(event).as_deref()), (Some("42"), Some(RECEIVED)));
    }
}

#[test]
fn files_come_before_their_caption() {
    let photo = private(
        "message",
        r#""caption": "this one", "media_group_id": "77", "photo": [
            {"file_id": "s", "width": 90, "height": 90, "file_size": 1},
            {"file_id": "l", "width": 1280, "height": 960, "file_size": 9007199254740993},
            {"file_id": "m", "width": 320, "height": 320}]"#,
    );
    assert_eq!(parts(&photo), ["l image/jpeg - Some(9007199254740993)", "this one"]);
    assert_eq!(objects(&photo), [("album", "77")]);
    let file = |fields: &str| parts(&private("message", fields)).join("; ");
    assert_eq!(file(r#""voice": {"file_id": "v", "duration": 3}"#), "v audio/ogg - None");
    assert_eq!(
        file(
            r#""document": {"file_id": "d", "file_name": "a.pdf", "mime_type": "application/pdf"}"#
        ),
        "d application/pdf a.pdf None"
    );
    assert_eq!(
        file(r#""animation": {"file_id": "a"}, "document": {"file_id": "d"}"#),
        "a video/mp4 - None"
    );
    for (field, media_type) in [
        ("is_video", "video/webm"),
        ("is_animated", "application/x-tgsticker"),
        ("x", "image/webp"),
    ] {
        let sticker = format!(r#""sticker": {{"file_id": "s", "{field}": true}}"#);
        assert_eq!(file(&sticker), format!("s {media_type} - None"));
    }
    let voice = private("message", r#""voice": {"file_id": "v", "duration": 3}"#);
    assert_eq!(text(&voice).as_deref(), Some(""));
    assert_eq!(details(&voice), [("from.username", "noe_a"), ("voice.duration", "3")]);
}

#[test]
fn places_keep_their_digits() {
    let venue = private(
        "message",
        r#""location": {"latitude": 48.8583700, "longitude": -2.2944810, "live_period": 60},
           "venue": {"title": "Tour", "address": "Paris"}"#,
    );
    assert_eq!(parts(&venue), ["geo:48.8583700,-2.2944810"]);
    assert_eq!(venue.details["location.live_period"].expose(), "60");
    assert_eq!(venue.details["venue.title"].expose(), "Tour");
    let odd = private("message", r#""location": {"latitude": 4e1, "longitude": 2}"#);
    assert_eq!((parts(&odd), odd.kind), (vec![], EventKind::Message));
    assert_eq!(odd.details["location.latitude"].expose(), "4e1");
}

#[test]
fn only_the_senders_own_card_tells_a_phone() {
    let phones = |user: &str| {
        let card =
            format!(r#""contact": {{"phone_number": "33612345678", {user} "first_name": "N"}}"#);
        let event = private("message", &card);
        assert_eq!((event.kind, text(&event).as_deref()), (EventKind::Message, Some("")));
        let phone =
            event.identifiers.iter().find(|seen| seen.namespace == Namespace::Phone).cloned();
        assert_eq!(phone.is_none(), event.details.contains_key("contact.phone_number"));
        phone.map(|phone| phone.value.into_exposed())
    };
    assert_eq!(phones(r#""user_id": 5123456789012,"#).as_deref(), Some("33612345678"));
    assert_eq!(phones(r#""user_id": 42,"#), None);
    assert_eq!(phones(""), None);
}

#[test]
fn answers_name_what_they_answer_and_copy_none_of_it() {
    let reply = in_group(
        "message",
        r#""text": "yes", "message_thread_id": 4, "reply_to_message": {"message_id": 7,
            "from": {"id": 1, "first_name": "Other"}, "text": "another's words",
            "chat": {"id": -1002000000001, "type": "supergroup"}},
            "external_reply": {"message_id": 3, "chat": {"id": -1009, "type": "channel"}}"#,
    );
    assert_eq!(references(&reply), ["-1002000000001:7", "-1009:3"]);
    assert_eq!(reply.act, Act::Replied);
    assert_eq!(objects(&reply), [("chat", "-1002000000001"), ("topic", "4")]);
    assert!(!details(&reply).iter().any(|(_, value)| value.contains("another's")));
}

#[test]
fn a_chat_that_speaks_as_itself_names_nobody() {
    let anonymous = r#"{"message_id": 1, "date": 1763819100, "text": "hello",
        "chat": {"id": -100, "type": "supergroup"}, "sender_chat": {"id": -100},
        "from": {"id": 1087968824, "is_bot": true, "first_name": "Group"}}"#;
    let event = update("message", anonymous);
    assert_eq!((sender(&event), event.identifiers.len()), (None, 0));
    assert_eq!(voice(&event), (Direction::Inbound, Author::Customer));

    let post = r#"{"message_id": 1, "date": 1763819100, "text": "news", "sender_chat": {"id": -7},
        "chat": {"id": -7, "type": "channel", "title": "News"}}"#;
    let event = update("channel_post", post);
    assert_eq!((sender(&event), voice(&event)), (None, (Direction::Outbound, Author::Agent)));
    let forwarded = in_group("message", r#""text": "news", "is_automatic_forward": true"#);
    assert_eq!(voice(&forwarded), (Direction::Outbound, Author::Agent));
}

#[test]
fn what_the_company_wrote_is_no_customers_message() {
    let business = |from: &str, more: &str| {
        format!(
            r#"{{"update_id": 1, "business_message": {{"message_id": 1, "date": 1763819100,
                "business_connection_id": "b", "text": "hi", "from": {{"id": {from}}}, {more}
                "chat": {{"id": 42, "type": "private", "first_name": "Noé"}}}}}}"#
        )
    };
    let from_customer = &decode(business("42", "")).events[0];
    assert_eq!(voice(from_customer), (Direction::Inbound, Author::Customer));
    let from_desk = &decode(business("7", "")).events[0];
    assert_eq!(voice(from_desk), (Direction::Outbound, Author::Agent));
    assert_eq!((sender(from_desk), &from_desk.act), (Some("42"), &Act::Sent));
    assert!(from_desk.attributes.is_empty(), "what stands there is nothing that she told");
    let echo = decode(business("7", r#""sender_business_bot": {"id": 1, "is_bot": true},"#));
    assert_eq!((echo.events.len(), echo.ignored[0].code), (0, Code::Echo));

    let bot = r#"{"message_id": 1, "date": 1763819100, "text": "beep",
        "chat": {"id": -100, "type": "supergroup"}, "from": {"id": 8, "is_bot": true}}"#;
    let event = update("message", bot);
    assert_eq!((sender(&event), voice(&event)), (None, (Direction::Outbound, Author::Bot)));
}

#[test]
fn stop_alone_withdraws_in_a_private_chat() {
    for (words, stops) in [("/stop", true), ("STOP", true), ("stop by tomorrow", false)] {
        let event = private("message", &format!(r#""text": "{words}""#));
        assert_eq!(event.kind, EventKind::Message);
        let signal = event.consents.first();
        assert_eq!(signal.map(|signal| signal.state), stops.then_some(ConsentState::Withdrawn));
        assert_eq!(signal.and_then(|signal| signal.evidence.as_deref()), stops.then_some(words));
        assert_eq!(signal.map(|signal| &signal.endpoint), event.sender.as_ref().filter(|_| stops));
    }
    assert_eq!(in_group("message", r#""text": "stop""#).consents, []);
}

#[test]
fn the_answer_of_get_updates_is_a_list_of_them() {
    let message =
        |id: u8| format!(r#"{{"update_id": {id}, "message": {{{PRIVATE}, "text": "x"}}}}"#);
    let decoded = decode(format!(r#"{{"ok": true, "result": [{}, {}]}}"#, message(1), message(2)));
    let places: Vec<_> = decoded.events.iter().map(|event| event.index).collect();
    assert_eq!((places, decoded.rejected.len()), (vec![0, 1], 0));
    let none = decode(r#"{"ok": true, "result": []}"#);
    assert_eq!((none.events.len(), none.ignored[0].code), (0, Code::NoEvent));
    let sent = decode(r#"{"ok": true, "result": {"message_id": 1}}"#);
    assert_eq!(sent.rejected[0].code, Code::WrongType);
}

#[test]
fn broken_updates_are_refused_by_their_path() {
    let message = |fields: &str| format!(r#"{{"update_id": 1, "message": {{{fields}}}}}"#);
    let chat = r#""chat": {"id": 1, "type": "private"}"#;
    let cases = [
        ("{}".to_owned(), "missing_field", "`update_id` is missing"),
        (r#"{"update_id": 1, "message": 7}"#.to_owned(), "wrong_type", "`message` should be an"),
        (message(r#""message_id": 1"#), "missing_field", "`message.chat` is missing"),
        (message(chat), "missing_field", "`message.message_id` is missing"),
        (message(&format!(r#"{chat}, "message_id": 1.5"#)), "wrong_type", "`message.message_id`"),
        (
            message(&format!(r#"{chat}, "message_id": 1, "date": "x""#)),
            "wrong_type",
            "seconds since",
        ),
        (
            message(&format!(r#"{chat}, "message_id": 1, "date": 99999999999999"#)),
            "bad_time",
            "`message.date` should be seconds since 1970",
        ),
        (
            message(&format!(r#"{chat}, "message_id": 1, "text": []"#)),
            "wrong_type",
            "`message.text`",
        ),
        (
            r#"{"update_id": 1, "deleted_business_messages": {}}"#.to_owned(),
            "missing_field",
            "`deleted_business_messages.chat` is missing",
        ),
        (String::new(), "syntax", "the body is empty"),
        ("[]".to_owned(), "missing_field", "`update_id` is missing"),
    ];
    for (body, code, part) in cases {
        let decoded = decode(body.as_str());
        assert_eq!((decoded.events.len(), decoded.rejected.len()), (0, 1), "{body}");
        let refused = &decoded.rejected[0];
        assert_eq!(refused.code.name(), code, "{body}: {refused}");
        assert!(refused.reason.contains(part), "{body}: {refused}");
    }
}
