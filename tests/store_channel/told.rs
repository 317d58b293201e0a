//! What each type of event becomes.

use omnichannel::model::{
    Act, Assurance, Author, ChannelKind, ConsentState, DeliveryStatus, Direction, EventKind, Part,
};

use super::*;

fn things(event: &Event) -> Vec<(&str, &str)> {
    event.objects.iter().map(|it| (it.kind.as_str(), it.id.as_str())).collect()
}

fn told(fields: &str) -> Event {
    event(format!(r#"{{"id": "1", "customer": {{"loyalty_card": "4-711"}}, {fields}}}"#))
}

#[test]
fn a_sale_names_the_customer_the_slip_and_every_thing_sold() {
    let sale = event(SALE);
    assert_eq!((sale.kind, &sale.act), (EventKind::Track, &Act::Purchased));
    assert_eq!(sale.external_id.as_deref(), Some("till-3/123"));
    assert_eq!(sale.occurred.at, Some(time("2026-11-22T11:45:00Z")));
    let sender = sale.sender.as_ref().unwrap();
    assert_eq!(
        (&sender.namespace, sender.value.expose().as_str()),
        (&Namespace::LoyaltyCard, "4-711")
    );
    assert_eq!(sender.assurance, Assurance::Verified);
    assert_eq!(sale.identifiers.len(), 2);
    assert_eq!(sale.attributes["name"].expose(), "Zoé Étienne");
    let expected = [
        ("store", "lyon-2"),
        ("till", "3"),
        ("receipt", "till-3/123"),
        ("order", "A-17"),
        ("product", "dress"),
        ("product", "belt"),
        ("promotion_code", "SPRING"),
    ];
    assert_eq!(things(&sale), expected);
    let detail = |path: &str| sale.details[path].expose().as_str();
    assert_eq!((detail("total"), detail("lines[1].amount")), ("128.80 EUR", "39.80 EUR"));
    assert_eq!((detail("clerk"), detail("payments[0].by")), ("c-17", "card"));
    assert!(!sale.details.iter().any(|(path, _)| path.contains("customer") || path == "till"));
}

#[test]
fn trade_has_an_act_for_each_type() {
    for (word, act) in [
        ("sale", Act::Purchased),
        ("return", Act::Returned),
        ("exchange", Act::Exchanged),
        ("pick_up", Act::PickedUp),
        ("basket", Act::Added),
    ] {
        let event = told(&format!(r#""type": "{word}", "of": "app-17", "cart": "K9""#));
        assert_eq!((event.kind, &event.act), (EventKind::Track, &act));
        assert_eq!(things(&event), [("receipt", "1"), ("receipt", "app-17"), ("cart", "K9")]);
    }
    assert_eq!(told(r#""type": "visit", "kiosk": "k-7""#).act, Act::Visited);
    let shown = told(r#""type": "identified""#);
    assert_eq!((shown.kind, shown.act), (EventKind::Identify, Act::Identified));
}

#[test]
fn a_kiosk_is_a_thing_and_nobody() {
    let visit = event(r#"{"type": "visit", "store": "lyon-2", "kiosk": "k-7"}"#);
    assert_eq!((visit.sender.as_ref(), visit.identifiers.len()), (None, 0));
    assert_eq!(things(&visit), [("store", "lyon-2"), ("kiosk", "k-7")]);
}

#[test]
fn words_at_the_counter_are_messages_and_a_note_is_none() {
    let asked = told(r#""type": "enquiry", "text": "En bleu ?", "language": "fr""#);
    let message = asked.message.as_ref().unwrap();
    assert_eq!((asked.kind, &asked.act), (EventKind::Message, &Act::Asked));
    assert_eq!((message.direction, message.author), (Direction::Inbound, Author::Customer));
    assert_eq!(message.language.as_deref(), Some("fr"));
    let answer = told(
        r#""type": "answer", "to": "e-1", "clerk": "c-17", "text": "Demain.",
        "media": [{"location": "https://m.example/1.png", "media_type": "image/png"}]"#,
    );
    let message = answer.message.as_ref().unwrap();
    assert_eq!((message.direction, message.author), (Direction::Outbound, Author::Clerk));
    assert_eq!((message.references.as_slice(), message.parts.len()), (&["e-1".to_owned()][..], 2));
    assert_eq!(answer.details["clerk"].expose(), "c-17");
    let note = told(r#""type": "note", "text": "Prefers silk""#);
    assert_eq!((note.kind, note.act.name(), note.message), (EventKind::Track, "noted", None));
    assert_eq!(note.details["text"].expose(), "Prefers silk");
}

#[test]
fn feedback_is_a_score_words_or_both() {
    let both = told(r#""type": "feedback", "score": 9, "of_most": 10, "text": "Merci !""#);
    assert_eq!((both.kind, &both.act), (EventKind::Message, &Act::Rated));
    assert_eq!(both.message.unwrap().text().expose(), "Merci !");
    assert_eq!((both.details["score"].expose().as_str(), both.details.len()), ("9", 2));
    let score = told(r#""type": "feedback", "score": 2"#);
    assert_eq!((score.kind, score.message), (EventKind::Track, None));
}

#[test]
fn a_choice_about_messages_is_consent_by_itself_or_beside_a_sale() {
    let chosen = r#""consents": [{"endpoint": {"namespace": "email", "value": "zoe@example.org"},
        "purpose": "news", "state": "given", "evidence": "form 7, ticked"}]"#;
    let alone = told(&format!(r#""type": "consent", {chosen}"#));
    assert_eq!((alone.kind, alone.act), (EventKind::Consent, Act::OptedIn));
    let beside = told(&format!(r#""type": "sale", {chosen}"#));
    assert_eq!((beside.kind, &beside.act), (EventKind::Track, &Act::Purchased));
    assert_eq!(beside.consents[0].state, ConsentState::Given);
}

#[test]
fn a_call_is_told_step_by_step() {
    let step = |fields: &str| {
        event(format!(
            r#"{{"id": "s-1", "call": "C1", "customer": {{"phone": "+33612345678"}}, {fields}}}"#
        ))
    };
    for (status, act) in [
        ("started", "called"),
        ("answered", "answered call"),
        ("held", "held call"),
        ("transferred", "transferred call"),
        ("ended", "ended call"),
        ("missed", "missed call"),
    ] {
        let event = step(&format!(r#""type": "call", "status": "{status}", "seconds": 7"#));
        assert_eq!((event.kind, event.act.name()), (EventKind::Track, act));
        assert_eq!(event.channel_kind, Some(ChannelKind::Phone));
        assert_eq!(
            (things(&event), event.details["seconds"].expose().as_str()),
            (vec![("call", "C1")], "7")
        );
        assert_eq!(event.sender.unwrap().assurance, Assurance::Asserted, "callers choose it");
    }
    let keyed = step(r#""type": "keyed", "key": 2, "label": "Commandes", "language": "fr""#);
    assert_eq!(
        (keyed.kind, keyed.channel_kind.clone()),
        (EventKind::Message, Some(ChannelKind::Ivr))
    );
    let message = keyed.message.unwrap();
    assert_eq!(message.text().expose(), "Commandes");
    assert!(matches!(message.parts.as_slice(), [Part::Choice { id, .. }] if id.expose() == "2"));
    let spoken = step(r#""type": "spoken", "text": "Where is my order?", "confidence": 0.82"#);
    assert_eq!(spoken.message.unwrap().text().expose(), "Where is my order?");
    assert_eq!(spoken.details["confidence"].expose(), "0.82");
    let left = step(
        r#""type": "voicemail", "text": "Rappelez-moi", "recording":
        {"location": "https://pbx.example/1.wav", "media_type": "audio/wav", "bytes": 9,
         "expires_at": "2026-12-22T00:00:00Z"}"#,
    );
    let parts = left.message.unwrap().parts;
    let [Part::Text(_), Part::Media(file)] = parts.as_slice() else { panic!("{parts:?}") };
    assert_eq!((file.bytes, file.expires_at), (Some(9), Some(time("2026-12-22T00:00:00Z"))));
}

#[test]
fn what_was_shown_is_a_receipt_and_what_is_not_known_is_kept() {
    let shown = told(r#""type": "shown", "of": "D-1""#);
    let receipt = shown.receipt.unwrap();
    assert_eq!((receipt.of.as_str(), receipt.status), ("D-1", DeliveryStatus::Read));
    let other = told(r#""type": "tailoring", "sleeve": "57 cm", "fits": true"#);
    assert_eq!((other.kind, other.act.name()), (EventKind::Unknown, "tailoring"));
    assert_eq!((other.details["sleeve"].expose().as_str(), other.details.len()), ("57 cm", 2));
}
