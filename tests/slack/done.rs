//! What is done without writing: choices, reactions, views, commands, handshakes.

use omnichannel::model::{Act, Code, EventKind, Part};

use super::*;

/// An interaction, as its JSON and as the form that Slack sends it in.
fn interaction(fields: &str) -> Vec<Event> {
    let json = format!(
        r#"{{"token": "credential", "trigger_id": "13.37.abc", "response_url": "https://credential",
            "user": {{"id": "U1", "name": "noe", "team_id": "T1"}},
            "team": {{"id": "T2", "domain": "lune"}}, {fields}}}"#
    );
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    let form = format!("payload={}", json.bytes().map(escape).collect::<String>());
    let decoded = decode(json);
    assert_eq!(decoded, decode(form), "the form says the same");
    assert_eq!((&decoded.rejected, &decoded.ignored), (&vec![], &vec![]));
    for event in &decoded.events {
        assert!(!details(event).iter().any(|(_, value)| value.contains("credential")));
        assert_eq!(sender(event), Some("U1"));
        assert_eq!(event.sender.as_ref().unwrap().scope.as_deref(), Some("T1"));
    }
    decoded.events
}

fn chosen(event: &Event) -> Vec<String> {
    let parts = &event.message.as_ref().unwrap().parts;
    let said = |part: &Part| match part {
        Part::Choice { id, label } => {
            let label = label.as_ref().map_or("-", |label| label.expose().as_str());
            format!("{}={label}", id.expose())
        }
        Part::Text(text) => format!("\"{}\"", text.expose()),
        _ => "another".to_owned(),
    };
    parts.iter().map(said).collect()
}

#[test]
fn a_pressed_button_is_a_choice_that_answers_its_message() {
    let events = interaction(
        r#""type": "block_actions", "channel": {"id": "C1", "name": "shop"},
           "container": {"type": "message", "message_ts": "1763819100.500000", "channel_id": "C1"},
           "message": {"text": "another's words"}, "actions": [
             {"type": "button", "action_id": "a", "block_id": "b", "value": "size-38",
              "text": {"text": "Size 38 é"}, "action_ts": "1763819102.000100"},
             {"type": "static_select", "selected_option": {"value": "red",
              "text": {"text": "Red"}}, "action_ts": "1763819103.000100"}]"#,
    );
    let [first, second] = events.as_slice() else { panic!("two choices") };
    assert_eq!((first.kind, &first.act), (EventKind::Message, &Act::Replied));
    assert_eq!(first.external_id.as_deref(), Some("13.37.abc"));
    assert_eq!(at(first).as_deref(), Some("2025-11-22T13:45:02.000100Z"));
    assert_eq!(first.message.as_ref().unwrap().references, ["C1:1763819100.500000"]);
    assert_eq!(chosen(first), ["size-38=Size 38 é"]);
    assert_eq!(
        (objects(first), details(first)),
        (vec![("channel", "C1")], vec![("action_id", "a"), ("block_id", "b")])
    );
    assert_eq!((second.index, second.external_id.as_deref()), (1, Some("13.37.abc#2")));
    assert_eq!(chosen(second), ["red=Red"]);
}

#[test]
fn every_element_says_what_was_chosen() {
    let cases = [
        (r#""type": "button", "action_id": "go", "text": {"text": "Go"}"#, "go=Go"),
        (r#""type": "datepicker", "selected_date": "2026-11-27""#, "2026-11-27=-"),
        (r#""type": "datetimepicker", "selected_date_time": 1763819100"#, "1763819100=-"),
        (r#""type": "users_select", "selected_user": "U7""#, "U7=-"),
        (r#""type": "multi_users_select", "selected_users": ["U7", "U8"]"#, "U7=-, U8=-"),
        (
            r#""type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]"#,
            "a=-, b=-",
        ),
        (r#""type": "plain_text_input", "value": "my words""#, "\"my words\""),
    ];
    for (action, expected) in cases {
        let events = interaction(&format!(r#""type": "block_actions", "actions": [{{{action}}}]"#));
        assert_eq!(chosen(&events[0]).join(", "), expected);
    }
}

#[test]
fn views_and_shortcuts_are_things_done() {
    let events = interaction(
        r#""type": "view_submission", "view": {"id": "V1", "callback_id": "order", "blocks": [1],
           "state": {"values": {"b": {"size": {"type": "plain_text_input", "value": "38"}}}}}"#,
    );
    assert_eq!((events[0].kind, &events[0].act), (EventKind::Track, &Act::Submitted));
    assert_eq!(at(&events[0]).as_deref(), Some(RECEIVED));
    assert_eq!(
        details(&events[0]),
        [
            ("view.callback_id", "order"),
            ("view.id", "V1"),
            ("view.state.values.b.size.type", "plain_text_input"),
            ("view.state.values.b.size.value", "38"),
        ]
    );
    let events = interaction(
        r#""type": "message_action", "callback_id": "ticket", "action_ts": "1763819104.000100",
           "channel": {"id": "C1"}, "message_ts": "1763819100.500000",
           "message": {"user": "U2", "text": "another's words"}"#,
    );
    assert_eq!((events[0].kind, &events[0].act), (EventKind::Track, &Act::Started));
    assert_eq!(objects(&events[0]), [("channel", "C1"), ("message", "C1:1763819100.500000")]);
    assert_eq!(
        details(&events[0]),
        [("callback_id", "ticket"), ("message_ts", "1763819100.500000")]
    );
    assert_eq!(interaction(r#""type": "hologram", "depth": 3"#)[0].kind, EventKind::Unknown);
}

#[test]
fn a_slash_command_is_a_choice_and_words() {
    let event = event(
        "token=credential&team_id=T1&team_domain=lune&channel_id=D1&user_id=U1&user_name=noe\
         &command=%2Fsize&text=38+%C3%A9t%C3%A9+%26+more&trigger_id=13.37.abc\
         &response_url=https%3A%2F%2Fcredential",
    );
    assert_eq!((event.kind, &event.act), (EventKind::Message, &Act::Asked));
    assert_eq!(chosen(&event), ["/size=-", "\"38 été & more\""]);
    assert_eq!(text(&event).as_deref(), Some("38 été & more"));
    assert_eq!((sender(&event), event.external_id.as_deref()), (Some("U1"), Some("13.37.abc")));
    assert_eq!(at(&event).as_deref(), Some(RECEIVED));
    assert_eq!(details(&event), [("team_domain", "lune"), ("user_name", "noe")]);
}

#[test]
fn reactions_name_their_message() {
    for (kind, act) in [("reaction_added", "reacted"), ("reaction_removed", "took back reaction")] {
        let event = event(delivered(&format!(
            r#""type": "{kind}", "user": "U1", "reaction": "heart", "item_user": "U2",
               "item": {{"type": "message", "channel": "C1", "ts": "1763819000.000100"}},
               "event_ts": "1763819100.500000""#
        )));
        assert_eq!((event.kind, event.act.name()), (EventKind::Reaction, act));
        assert_eq!((event.external_id.as_deref(), sender(&event)), (Some("Ev1"), Some("U1")));
        assert_eq!(objects(&event), [("message", "C1:1763819000.000100")]);
        assert_eq!(details(&event), [("item_user", "U2"), ("reaction", "heart")]);
        assert_eq!(at(&event).as_deref(), Some("2025-11-22T13:45:00.500Z"));
    }
}

#[test]
fn a_profile_tells_who_somebody_is() {
    let user = |more: &str| {
        delivered(&format!(
            r#""type": "user_change", "user": {{"id": "U1", "team_id": "T1", "tz": "Europe/Paris",
                "name": "noe" {more}, "profile": {{"email": "noe@example.org", "phone": "+33 6",
                "real_name": "Noé Arnaud", "image_24": "https://i", "status_text": "away"}}}}"#
        ))
    };
    let event = event(user(""));
    assert_eq!((event.kind, &event.act), (EventKind::Identify, &Act::Identified));
    let seen: Vec<_> = event.identifiers.iter().map(|id| id.value.expose().as_str()).collect();
    assert_eq!(seen, ["U1", "noe@example.org", "+33 6"]);
    assert_eq!(event.attributes["name"].expose(), "Noé Arnaud");
    assert_eq!(event.attributes["timezone"].expose(), "Europe/Paris");
    assert_eq!(details(&event), [("user.name", "noe"), ("user.profile.status_text", "away")]);
    let bot = decode(user(r#", "is_bot": true"#));
    assert_eq!((bot.events.len(), bot.ignored[0].code), (0, Code::NoEvent));
}

#[test]
fn other_types_are_done_or_unknown_and_kept() {
    let left = event(delivered(
        r#""type": "member_left_channel", "user": "U1", "channel": "C1", "inviter": "U2""#,
    ));
    assert_eq!((left.kind, left.act.name()), (EventKind::Track, "left channel"));
    assert_eq!((at(&left).as_deref(), sender(&left)), (Some("2025-11-22T13:45:01Z"), Some("U1")));
    assert_eq!(
        (objects(&left), details(&left)),
        (vec![("channel", "C1")], vec![("inviter", "U2")])
    );
    let unnamed = event(delivered(r#""type": "message", "user": "U1", "text": "hi""#));
    assert_eq!(unnamed.external_id.as_deref(), Some("Ev1"), "no channel, no time of its own");
    let odd = event(delivered(r#""type": "hologram", "user": "U1", "depth": 1.50"#));
    assert_eq!((odd.kind, sender(&odd)), (EventKind::Unknown, Some("U1")));
    assert_eq!(odd.details["depth"].expose(), "1.50");
}

#[test]
fn handshakes_are_answered_and_are_no_events() {
    let asked = r#"{"token": "t", "challenge": "3eZ-4.x", "type": "url_verification"}"#;
    let answer = codec().challenge(&request(asked), &KeyRing::default()).unwrap();
    assert_eq!((answer.status, answer.body), (200, b"3eZ-4.x".to_vec()));
    assert_eq!(answer.headers[0].1, "text/plain");
    let others = [message(r#""text": "hi""#), r#"{"type": "x", "challenge": "y"}"#.to_owned()];
    for body in others.into_iter().chain([String::new(), "payload=%7B%7D".to_owned()]) {
        assert_eq!(codec().challenge(&request(body), &KeyRing::default()), None);
    }
    for body in [asked, "ssl_check=1&token=x", r#"{"type": "block_suggestion", "value": "a"}"#] {
        let decoded = decode(body);
        assert_eq!((decoded.events.len(), decoded.rejected.len()), (0, 0), "{body}");
        assert_eq!(decoded.ignored[0].code, Code::NoEvent, "{body}");
    }
}
