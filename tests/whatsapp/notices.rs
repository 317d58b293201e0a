//! Receipts, other ids, choices, calls, groups, and what concerns no customer.

use omnichannel::model::{Act, Code, ConsentState, DeliveryStatus, EventKind};

use super::*;

#[test]
fn each_status_is_a_receipt_about_its_receiver() {
    let cases = [
        ("sent", Act::Sent, DeliveryStatus::Sent),
        ("delivered", Act::Delivered, DeliveryStatus::Delivered),
        ("read", Act::Opened, DeliveryStatus::Read),
        ("played", Act::Opened, DeliveryStatus::Played),
        ("failed", Act::Failed, DeliveryStatus::Failed),
    ];
    for (word, act, status) in cases {
        let value = format!(
            r#"{{"statuses":[{{"id":"wamid.0","status":"{word}","timestamp":"1795354200",
                "recipient_id":"33612345678","errors":[{{"code":131026,"title":"hm"}}]}}]}}"#
        );
        let event = event("messages", &value);
        assert_eq!((event.kind, event.act.clone()), (EventKind::Receipt, act), "{word}");
        let receipt = event.receipt.as_ref().unwrap();
        assert_eq!((receipt.of.as_str(), receipt.status), ("wamid.0", status), "{word}");
        assert_eq!(receipt.code.as_deref(), Some("131026"), "{word}");
        assert_eq!((event.external_id.as_ref(), sender(&event)), (None, Some("33612345678")));
        assert!(!event.details.contains_key("status"), "{word}");
    }
}

#[test]
fn a_status_that_is_not_known_is_kept() {
    let value = r#"{"statuses":[{"id":"wamid.0","status":"warning","timestamp":"1795354200"}]}"#;
    let event = event("messages", value);
    assert_eq!((event.kind, event.receipt.is_none()), (EventKind::Unknown, true));
    assert_eq!(objects(&event), [("message", "wamid.0")]);
    assert_eq!(details(&event), [("status", "warning")]);
}

#[test]
fn a_groups_receipt_is_its_members() {
    let event = event(
        "messages",
        r#"{"statuses":[{"id":"wamid.0","status":"read","timestamp":"1795354200",
            "recipient_type":"group","recipient_id":"120@g.us",
            "recipient_participant_id":"33612345678","recipient_participant_user_id":"FR.1"}]}"#,
    );
    assert_eq!(sender(&event), Some("33612345678"));
    assert_eq!((seen(&event).len(), objects(&event)), (3, vec![("group", "120@g.us")]));
}

#[test]
fn a_receiver_who_stopped_marketing_withdraws_it() {
    let event = event(
        "messages",
        r#"{"statuses":[{"id":"wamid.0","status":"failed","timestamp":"1795354200",
            "recipient_user_id":"FR.1","errors":[{"code":131050}]}]}"#,
    );
    let consent = &event.consents[0];
    assert_eq!((event.consents.len(), consent.state), (1, ConsentState::Withdrawn));
    assert_eq!(consent.purpose, Some(Purpose::new("news")));
    assert_eq!(consent.endpoint.value.expose(), "FR.1");
}

#[test]
fn another_number_is_the_same_party() {
    for name in ["wa_id", "new_wa_id"] {
        let rest = format!(
            r#""type":"system","system":{{"type":"user_changed_number","{name}":"33699999999",
                "body":"Camille changed from 33612345678 to 33699999999"}}"#
        );
        let event = message(&rest);
        assert_eq!(event.kind, EventKind::IdentityChange);
        assert_eq!(sender(&event), Some("33699999999"));
        let expected = [
            ("whats_app", None, "33699999999"),
            ("phone", None, "+33699999999"),
            ("whats_app", None, "33612345678"),
            ("phone", None, "+33612345678"),
        ];
        assert_eq!(seen(&event), expected);
    }
}

#[test]
fn the_words_of_a_system_message_name_nobody() {
    let event = event(
        "messages",
        r#"{"messages":[{"id":"a","timestamp":"1795354200","type":"system","system":{
            "type":"user_changed_user_id","user_id":"FR.2",
            "body":"FR.9 changed from FR.1 to FR.2"}}]}"#,
    );
    assert_eq!(
        (event.kind, seen(&event)),
        (EventKind::IdentityChange, vec![("whats_app", Some("900"), "FR.2")])
    );
}

#[test]
fn a_new_device_is_no_new_identity() {
    let event = message(r#""type":"system","system":{"type":"customer_identity_changed"}"#);
    assert_eq!((event.kind, sender(&event)), (EventKind::Track, Some("33612345678")));
}

#[test]
fn a_replaced_id_joins_both() {
    let event = event(
        "user_id_update",
        r#"{"contacts":[{"wa_id":"33612345678","profile":{"name":"Camille"}}],"user_id_update":[
            {"wa_id":"33612345678","timestamp":"1795354200","user_id":{"previous":"FR.1",
             "current":"FR.2"},"parent_user_id":{"previous":"FR.ENT.1","current":"FR.ENT.2"}}]}"#,
    );
    assert_eq!((event.kind, sender(&event)), (EventKind::IdentityChange, Some("FR.2")));
    let expected = [
        ("whats_app", Some("900"), "FR.2"),
        ("whats_app_parent", None, "FR.ENT.2"),
        ("whats_app", None, "33612345678"),
        ("phone", None, "+33612345678"),
        ("whats_app", Some("900"), "FR.1"),
        ("whats_app_parent", None, "FR.ENT.1"),
    ];
    assert_eq!(seen(&event), expected);
}

#[test]
fn a_choice_about_marketing_is_a_consent() {
    let of = |value: &str| {
        let value = format!(
            r#"{{"user_preferences":[{{"wa_id":"33612345678","value":"{value}",
                "category":"marketing_messages","detail":"asked for it",
                "timestamp":1795354200}}]}}"#
        );
        event("user_preferences", &value)
    };
    for (word, act, state) in [
        ("stop", Act::OptedOut, ConsentState::Withdrawn),
        ("resume", Act::OptedIn, ConsentState::Given),
        ("signup", Act::OptedIn, ConsentState::Given),
    ] {
        let event = of(word);
        assert_eq!((event.kind, event.act.clone()), (EventKind::Consent, act), "{word}");
        let consent = &event.consents[0];
        assert_eq!((consent.state, consent.purpose.clone()), (state, Some(Purpose::new("news"))));
        assert_eq!(consent.evidence.as_deref(), Some("asked for it"));
        assert_eq!(consent.endpoint.namespace, Namespace::WhatsApp);
    }
    let other = of("perhaps");
    assert_eq!((other.kind, other.consents.len()), (EventKind::Unknown, 0));
}

#[test]
fn a_call_is_about_the_party_that_is_not_ours() {
    let of = |event_word: &str, direction: &str, from: &str, to: &str| {
        let value = format!(
            r#"{{"metadata":{{"display_phone_number":"33100000000"}},"calls":[{{
                "id":"c","from":"{from}","to":"{to}","event":"{event_word}",
                "direction":"{direction}",
                "timestamp":"1795354200",                "session":{{"sdp":"x"}}}}]}}"#
        );
        event("calls", &value)
    };
    let (ours, theirs) = ("33100000000", "33612345678");
    let rings = of("connect", "USER_INITIATED", theirs, ours);
    assert_eq!((rings.kind, rings.act.clone()), (EventKind::Track, Act::Started));
    assert_eq!(rings.external_id.as_deref(), Some("c#connect"));
    assert_eq!((sender(&rings), objects(&rings)), (Some(theirs), vec![("call", "c")]));
    assert_eq!(details(&rings), [("direction", "USER_INITIATED"), ("to", ours)]);
    assert_eq!(sender(&of("terminate", "BUSINESS_INITIATED", ours, theirs)), Some(theirs));
    assert_eq!(sender(&of("terminate", "BUSINESS_INITIATED", theirs, ours)), Some(theirs));
}

#[test]
fn members_come_and_go_one_event_each() {
    let decoded = decode(
        "group_participants_update",
        r#"{"groups":[{"type":"group_participants_add","group_id":"g","timestamp":"1795354200",
             "added_participants":[{"wa_id":"33612345678"},{"user_id":"FR.1"},7]},
            {"type":"group_participants_remove","group_id":"g",
             "removed_participants":[{"input":"FR.1"}]},
            {"type":"group_join_request_created","group_id":"g","wa_id":"33612345678"},
            {"type":"group_create","group_id":"g"}]}"#,
    );
    let told: Vec<_> = decoded
        .events
        .iter()
        .map(|it| (it.index, it.kind, it.act.name().to_owned(), sender(it).unwrap().to_owned()))
        .collect();
    let row =
        |at: usize, act: &str, who: &str| (at, EventKind::Group, act.to_owned(), who.to_owned());
    let expected = [
        row(0, "joined group", "33612345678"),
        row(1, "joined group", "FR.1"),
        row(3, "left group", "FR.1"),
        row(4, "asked to join group", "33612345678"),
    ];
    assert_eq!(told, expected);
    assert_eq!((decoded.rejected[0].index, decoded.ignored[0].index), (Some(2), Some(5)));
}

#[test]
fn what_concerns_no_customer_is_set_aside_and_what_is_new_is_kept() {
    let notice = decode("phone_number_quality_update", r#"{"event":"FLAGGED"}"#);
    assert_eq!((notice.events.len(), notice.ignored[0].code), (0, Code::NoEvent));
    let nothing = decode("messages", r#"{"metadata":{"phone_number_id":"1"}}"#);
    assert_eq!((nothing.events.len(), nothing.ignored[0].code), (0, Code::NoEvent));
    let new = event("tracking_events", r#"{"what":{"is":"this"}}"#);
    assert_eq!((new.kind, at(&new).as_deref()), (EventKind::Unknown, Some("2026-11-22T13:30:00Z")));
    assert_eq!(details(&new), [("field", "tracking_events"), ("value.what.is", "this")]);
    let errors = event("messages", r#"{"errors":[{"code":130429}]}"#);
    assert_eq!(errors.kind, EventKind::Unknown);
}
