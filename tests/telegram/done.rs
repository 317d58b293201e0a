//! What is done without words: choices, reactions, blocks, members, payments.

use omnichannel::model::{Act, ConsentState, EventKind, Part};

use super::*;

#[test]
fn a_pressed_button_is_a_choice_that_answers_its_message() {
    let event = update(
        "callback_query",
        &format!(
            r#"{{"id": "c-1", "from": {NOE}, "data": "size-38", "chat_instance": "9",
                "message": {{"message_id": 8, "date": 1763819100, "text": "Which size?",
                    "chat": {{"id": 5123456789012, "type": "private"}},
                    "reply_markup": {{"inline_keyboard": [
                        [{{"text": "37", "callback_data": "size-37"}}],
                        [{{"text": "Size 38", "callback_data": "size-38"}}]]}}}}}}"#
        ),
    );
    assert_eq!((event.kind, &event.act), (EventKind::Message, &Act::Replied));
    assert_eq!(event.external_id.as_deref(), Some("update:71"));
    assert_eq!((sender(&event), at(&event).as_deref()), (Some("5123456789012"), Some(RECEIVED)));
    let message = event.message.as_ref().unwrap();
    assert_eq!(message.references, ["8"]);
    let [Part::Choice { id, label }] = message.parts.as_slice() else { panic!("one choice") };
    assert_eq!(
        (id.expose().as_str(), label.as_ref().unwrap().expose().as_str()),
        ("size-38", "Size 38")
    );
    assert!(!details(&event).iter().any(|(_, value)| value.contains("Which size")));
}

#[test]
fn what_a_small_web_page_sent_back_is_a_choice() {
    let event =
        private("message", r#""web_app_data": {"data": "{\"id\":1}", "button_text": "Order"}"#);
    let [Part::Choice { id, label }] = event.message.as_ref().unwrap().parts.as_slice() else {
        panic!("one choice")
    };
    assert_eq!(id.expose(), r#"{"id":1}"#);
    assert_eq!(label.as_ref().unwrap().expose(), "Order");
}

#[test]
fn reactions_name_their_message() {
    let reaction = |new: &str| {
        update(
            "message_reaction",
            &format!(
                r#"{{"chat": {{"id": -1003, "type": "supergroup"}}, "message_id": 3, "user": {NOE},
                    "date": 1763819100, "old_reaction": [], "new_reaction": [{new}]}}"#
            ),
        )
    };
    let set = reaction(r#"{"type": "emoji", "emoji": "🌭"}, {"type": "paid"}"#);
    assert_eq!((set.kind, set.external_id.as_deref()), (EventKind::Reaction, Some("update:71")));
    assert_eq!(objects(&set), [("message", "-1003:3"), ("chat", "-1003")]);
    assert_eq!(set.details["reaction"].expose(), "🌭 paid");
    assert_eq!((sender(&set), &set.message), (Some("5123456789012"), &None));
    assert_eq!(set.act.name(), "reacted");
    let back = reaction("");
    assert_eq!((back.act.name(), back.details.get("reaction")), ("took back reaction", None));
}

#[test]
fn a_block_withdraws_and_taking_it_back_permits_nothing() {
    let change = |kind: &str, chat: &str, status: &str| {
        update(
            kind,
            &format!(
                r#"{{"chat": {{"id": 5123456789012, "type": "{chat}"}}, "from": {NOE},
                    "date": 1763819100, "old_chat_member": {{"status": "member"}},
                    "new_chat_member": {{"user": {{"id": 1, "is_bot": true}},
                        "status": "{status}"}}}}"#
            ),
        )
    };
    let blocked = change("my_chat_member", "private", "kicked");
    assert_eq!((blocked.kind, &blocked.act), (EventKind::Consent, &Act::OptedOut));
    let [signal] = blocked.consents.as_slice() else { panic!("one signal") };
    assert_eq!(signal.state, ConsentState::Withdrawn);
    assert_eq!((Some(&signal.endpoint), &signal.purpose), (blocked.sender.as_ref(), &None));
    assert_eq!(signal.evidence.as_deref(), Some("blocked the bot"));

    let again = change("my_chat_member", "private", "member");
    assert_eq!((again.kind, again.consents.len()), (EventKind::Track, 0));
    let from_group = change("my_chat_member", "group", "kicked");
    assert_eq!((from_group.kind, from_group.consents.len()), (EventKind::Track, 0));
}

#[test]
fn a_member_is_the_one_whose_standing_changed() {
    let change = |old: &str, new: &str| {
        let event = update(
            "chat_member",
            &format!(
                r#"{{"chat": {{"id": -1003, "type": "supergroup"}}, "date": 1763819100,
                    "from": {{"id": 7, "first_name": "Admin"}},
                    "old_chat_member": {{"user": {NOE}, {old}}},
                    "new_chat_member": {{"user": {NOE}, {new}}}}}"#
            ),
        );
        assert_eq!(sender(&event), Some("5123456789012"));
        assert_eq!(event.details["changed_by"].expose(), "7");
        event.act.name().to_owned()
    };
    let (is_in, is_out) = (r#""status": "member""#, r#""status": "left""#);
    assert_eq!(change(is_out, is_in), "joined chat");
    assert_eq!(change(is_in, r#""status": "kicked""#), "left chat");
    assert_eq!(
        change(is_in, r#""status": "restricted", "is_member": true"#),
        "changed standing in chat"
    );
}

#[test]
fn a_group_that_became_a_supergroup_changes_its_id() {
    let old = r#"{"message_id": 5, "date": 1763819100, "migrate_to_chat_id": -1004,
        "chat": {"id": -4, "type": "group"}, "from": {"id": 42, "first_name": "Noé"}}"#;
    let new = r#"{"message_id": 1, "date": 1763819100, "migrate_from_chat_id": -4,
        "chat": {"id": -1004, "type": "supergroup"}}"#;
    for (event, id) in [(update("message", old), "5"), (update("message", new), "-1004:1")] {
        assert_eq!((event.kind, sender(&event)), (EventKind::IdentityChange, Some("-1004")));
        let seen: Vec<_> = event.identifiers.iter().map(|id| id.value.expose().as_str()).collect();
        assert_eq!(seen, ["-1004", "-4"]);
        assert_eq!((event.external_id.as_deref(), event.attributes.len()), (Some(id), 0));
    }
}

#[test]
fn payments_and_service_messages_are_no_words() {
    let paid =
        private("message", r#""successful_payment": {"currency": "EUR", "total_amount": 1900}"#);
    assert_eq!((paid.kind, &paid.act), (EventKind::Track, &Act::Paid));
    assert_eq!(paid.details["successful_payment.total_amount"].expose(), "1900");
    assert_eq!(paid.external_id.as_deref(), Some("9"));
    let pinned = in_group(
        "message",
        r#""pinned_message": {"message_id": 4, "text": "another's words", "date": 1,
            "chat": {"id": -1002000000001, "type": "supergroup"}}"#,
    );
    assert_eq!((pinned.kind, pinned.act.name()), (EventKind::Track, "pinned message"));
    assert_eq!(objects(&pinned), [("chat", "-1002000000001"), ("message", "-1002000000001:4")]);
    assert!(!details(&pinned).iter().any(|(_, value)| value.contains("another's")));
    let checkout = update("pre_checkout_query", &format!(r#"{{"id": "1", "from": {NOE}}}"#));
    assert_eq!((checkout.kind, &checkout.act), (EventKind::Track, &Act::Submitted));
}

#[test]
fn what_is_not_known_is_kept() {
    let event = update("hologram", r#"{"depth": 12345678901234567890}"#);
    assert_eq!((event.kind, sender(&event)), (EventKind::Unknown, None));
    assert_eq!(details(&event), [("hologram.depth", "12345678901234567890")]);
    let message = private("message", r#""hologram": {"depth": 3}"#);
    assert_eq!((message.kind, sender(&message)), (EventKind::Unknown, Some("5123456789012")));
    assert_eq!(message.details["hologram.depth"].expose(), "3");
    assert_eq!(message.external_id.as_deref(), Some("9"));
}
