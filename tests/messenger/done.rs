//! What a party does beside speaking.

use omnichannel::model::{Act, Code, ConsentState, EventKind};

use super::*;

#[test]
fn an_opt_in_gives_and_a_stop_withdraws() {
    let plugin = event(r#""optin":{"ref":"box-1"}"#);
    let consent = &plugin.consents[0];
    assert_eq!((plugin.kind, plugin.act.clone()), (EventKind::Consent, Act::OptedIn));
    assert_eq!(
        (consent.state, consent.purpose.clone()),
        (ConsentState::Given, Some(Purpose::new("news")))
    );
    assert_eq!(details(&plugin), [("optin.ref", "box-1")]);
    let stopped = event(
        r#""optin":{"type":"notification_messages",
            "notification_messages_status":"STOP_NOTIFICATIONS"}"#,
    );
    assert_eq!(
        (stopped.act.clone(), stopped.consents[0].state),
        (Act::OptedOut, ConsentState::Withdrawn)
    );
}

#[test]
fn a_party_without_an_id_is_known_by_its_box_until_it_writes() {
    let ticked = one(decode(
        r#""messaging":[{"recipient":{"id":"700"},"optin":{"ref":"r","user_ref":"box-1"}}]"#,
    ));
    assert_eq!(seen(&ticked), [("messenger_user_ref", Some(PAGE), "box-1")]);
    assert_eq!((sender(&ticked), at(&ticked).as_deref()), (Some("box-1"), Some(AT)));
    let wrote = event(
        r#""message":{"mid":"m.1","text":"hm"},"prior_message":{"source":"checkbox_plugin",
            "identifier":"box-1"}"#,
    );
    let expected =
        [("social_handle", Some(PAGE), PARTY), ("messenger_user_ref", Some(PAGE), "box-1")];
    assert_eq!(seen(&wrote), expected);
}

#[test]
fn links_log_ins_and_hand_overs_are_events_of_the_party() {
    let cases = [
        (r#""referral":{"ref":"x","source":"SHORTLINK"}"#, EventKind::Track, "clicked"),
        (r#""account_linking":{"status":"linked"}"#, EventKind::Identify, "identified"),
        (r#""account_linking":{"status":"unlinked"}"#, EventKind::Track, "unlinked account"),
        (r#""pass_thread_control":{"metadata":"m"}"#, EventKind::Track, "passed conversation"),
        (r#""take_thread_control":{}"#, EventKind::Track, "took conversation"),
        (r#""game_play":{"score":7}"#, EventKind::Unknown, "unknown"),
    ];
    for (rest, kind, act) in cases {
        let event = event(rest);
        assert_eq!((event.kind, event.act.name(), sender(&event)), (kind, act, Some(PARTY)));
    }
    assert_eq!(details(&event(r#""game_play":{"score":7}"#)), [("game_play.score", "7")]);
    assert_eq!(objects(&event(r#""referral":{"ad_id":"5"}"#)), [("ad", "5")]);
}

#[test]
fn who_pays_says_how_to_be_reached() {
    let event = event(
        r#""payment":{"amount":{"amount":29.60,"currency":"EUR"},"requested_user_info":{
            "contact_email":"camille@example.org","contact_phone":"+33 6",
            "contact_name":"Camille"}}"#,
    );
    assert_eq!((event.kind, event.act.clone()), (EventKind::Track, Act::Paid));
    let expected = [
        ("social_handle", Some(PAGE), PARTY),
        ("email", None, "camille@example.org"),
        ("phone", None, "+33 6"),
    ];
    assert_eq!(seen(&event), expected);
    assert!(details(&event).contains(&("payment.amount.amount", "29.60")));
}

#[test]
fn what_concerns_no_customer_is_set_aside() {
    for lists in [
        item(r#""policy-enforcement":{"action":"block"}"#),
        r#""changes":[{"field":"parking"}]"#.to_owned(),
        r#""changes":[{"field":"story_insights","value":{"reach":4}}]"#.to_owned(),
    ] {
        let decoded = decode(&lists);
        assert_eq!((decoded.events.len(), decoded.ignored[0].code), (0, Code::NoEvent), "{lists}");
    }
}
