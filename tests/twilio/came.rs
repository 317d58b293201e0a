//! What comes in: messages, statuses, calls, and what is none of them.

use omnichannel::channel::{RawResponse, SignatureScheme};
use omnichannel::model::{Act, Code, ConsentState, DeliveryStatus, EventKind, Part};

use super::*;

const SAID: [(&str, &str); 3] =
    [("MessageSid", "SM1"), ("SmsStatus", "received"), ("From", "+33612345678")];

fn said(fields: &[(&str, &str)]) -> Event {
    event(&[&SAID, fields].concat())
}

fn ids(event: &Event) -> Vec<(String, String)> {
    let ids = event.identifiers.iter();
    ids.map(|id| (id.namespace.name().to_owned(), id.value.expose().clone())).collect()
}

#[test]
fn a_text_is_a_message_of_its_number_at_the_time_of_receipt() {
    let event = said(&[("Body", "Est-elle prête ? 🎁"), ("FromCity", "Lyon"), ("FromZip", "")]);
    assert_eq!((event.kind, &event.act), (EventKind::Message, &Act::Said));
    assert_eq!(event.external_id.as_deref(), Some("SM1"));
    assert_eq!(ids(&event), [("phone".to_owned(), "+33612345678".to_owned())]);
    assert_eq!(event.occurred.at, Some(time(RECEIVED)));
    assert_eq!(event.message.as_ref().unwrap().text().expose(), "Est-elle prête ? 🎁");
    assert_eq!(event.details["FromCity"].expose(), "Lyon");
    assert!(!event.details.iter().any(|(name, _)| name == "FromZip"), "it says nothing");
}

#[test]
fn on_whatsapp_a_number_is_known_by_both_names() {
    let event = event(&[
        ("MessageSid", "SM1"),
        ("From", "whatsapp:+33612345678"),
        ("ProfileName", "Zoé"),
        ("Body", "Bonjour"),
        ("OriginalRepliedMessageSid", "SM0"),
    ]);
    let known = [("whats_app", "33612345678"), ("phone", "+33612345678")];
    assert_eq!(ids(&event), known.map(|(space, id)| (space.to_owned(), id.to_owned())));
    assert_eq!(event.attributes["name"].expose(), "Zoé");
    assert_eq!(event.channel_kind, Some(ChannelKind::Messaging));
    assert_eq!(event.act, Act::Replied);
    assert_eq!(event.message.unwrap().references, ["SM0"]);
}

#[test]
fn files_places_and_choices_are_parts() {
    let event = said(&[
        ("NumMedia", "2"),
        ("MediaUrl0", "https://api.twilio.com/1"),
        ("MediaContentType0", "image/jpeg"),
        ("MediaUrl1", "https://api.twilio.com/2"),
        ("Latitude", "45.7640"),
        ("Longitude", "4.8357"),
    ]);
    let parts = event.message.unwrap().parts;
    let [Part::Media(first), Part::Media(second), Part::Location(place)] = parts.as_slice() else {
        panic!("{parts:?}")
    };
    assert_eq!((first.media_type.as_str(), second.media_type.as_str()), ("image/jpeg", ""));
    assert_eq!(place.expose(), "geo:45.7640,4.8357");
    assert!(event.details.iter().all(|(name, _)| !name.starts_with("Media")));

    let choice = said(&[("Body", "Yes"), ("ButtonText", "Yes"), ("ButtonPayload", "confirm")]);
    let parts = choice.message.unwrap().parts;
    let [Part::Choice { id, label }] = parts.as_slice() else { panic!("{parts:?}") };
    assert_eq!(
        (id.expose().as_str(), label.as_ref().unwrap().expose().as_str()),
        ("confirm", "Yes")
    );
}

#[test]
fn stop_is_a_withdrawal_in_the_words_it_was_said_in() {
    for (fields, state) in [
        (&[("Body", "STOP"), ("OptOutType", "STOP")][..], Some(ConsentState::Withdrawn)),
        (&[("Body", "Arrêtez"), ("OptOutType", "STOP")], Some(ConsentState::Withdrawn)),
        (&[("Body", " stop! ")], Some(ConsentState::Withdrawn)),
        (&[("Body", "Arret")], Some(ConsentState::Withdrawn)),
        (&[("Body", "stop by the shop")], None),
        (&[("Body", "HELP"), ("OptOutType", "HELP")], None),
        (&[("Body", "START"), ("OptOutType", "START")], Some(ConsentState::Given)),
    ] {
        let event = said(fields);
        assert_eq!(event.consents.first().map(|said| said.state), state, "{fields:?}");
        let Some(choice) = event.consents.first() else { continue };
        assert_eq!(choice.evidence.as_deref(), Some(fields[0].1.trim()));
        let purpose = (choice.state == ConsentState::Given).then(|| Purpose::new("news"));
        assert_eq!(choice.purpose, purpose, "a withdrawal is of everything");
    }
    let on_whatsapp = [("MessageSid", "SM1"), ("From", "whatsapp:+33612345678"), ("Body", "end")];
    assert!(event(&on_whatsapp).consents.is_empty(), "in a chat it may end an order");
}

#[test]
fn a_status_is_a_receipt_about_the_recipient() {
    use DeliveryStatus::{Accepted, Delivered, Failed, Read, Sent};
    for (word, status) in [
        ("queued", Accepted),
        ("sending", Accepted),
        ("sent", Sent),
        ("delivered", Delivered),
        ("read", Read),
        ("undelivered", Failed),
        ("failed", Failed),
        ("canceled", Failed),
    ] {
        let event = event(&[
            ("MessageSid", "SM2"),
            ("MessageStatus", word),
            ("To", "+33612345678"),
            ("From", "+33700000000"),
            ("ErrorCode", "30005"),
        ]);
        let receipt = event.receipt.as_ref().unwrap();
        assert_eq!((receipt.of.as_str(), receipt.status), ("SM2", status), "{word}");
        assert_eq!(receipt.code.as_deref(), Some("30005"));
        assert_eq!(event.external_id, Some(format!("SM2:{word}")));
        assert_eq!(ids(&event)[0].1, "+33612345678");
        assert!(event.consents.is_empty());
    }
    let opted_out = event(&[
        ("MessageSid", "SM2"),
        ("MessageStatus", "failed"),
        ("To", "+33612345678"),
        ("ErrorCode", "21610"),
    ]);
    assert_eq!(opted_out.consents[0].state, ConsentState::Withdrawn);
    let unheard = event(&[("MessageSid", "SM2"), ("MessageStatus", "teleported"), ("To", "+336")]);
    assert_eq!((unheard.kind, unheard.receipt), (EventKind::Unknown, None));
    assert_eq!(unheard.details["MessageStatus"].expose(), "teleported");
}

#[test]
fn a_call_is_told_step_by_step_about_whoever_is_not_us() {
    let step = |fields: &[(&str, &str)]| {
        let call = [("CallSid", "CA1"), ("From", "+33612345678"), ("To", "+33700000000")];
        event(&[&call, fields].concat())
    };
    for (status, act) in [
        ("ringing", "called"),
        ("in-progress", "answered call"),
        ("completed", "ended call"),
        ("no-answer", "missed call"),
    ] {
        let event =
            step(&[("CallStatus", status), ("Direction", "inbound"), ("CallDuration", "7")]);
        assert_eq!((event.kind, event.act), (EventKind::Track, Act::Custom(act.to_owned())));
        assert_eq!(event.external_id, Some(format!("CA1:{status}")));
        assert_eq!((event.objects[0].kind.as_str(), event.objects[0].id.as_str()), ("call", "CA1"));
        assert_eq!(event.details["CallDuration"].expose(), "7");
        assert_eq!(event.sender.unwrap().value.expose(), "+33612345678");
    }
    let outbound = step(&[("CallStatus", "completed"), ("Direction", "outbound-api")]);
    assert_eq!(outbound.sender.unwrap().value.expose(), "+33700000000");
    let keyed = step(&[("CallStatus", "in-progress"), ("Digits", "2")]);
    let [Part::Choice { id, .. }] = keyed.message.as_ref().unwrap().parts.as_slice() else {
        panic!("a choice")
    };
    assert_eq!(
        (id.expose().as_str(), keyed.external_id.as_deref()),
        ("2", Some("CA1:in-progress:2"))
    );
    let recorded = step(&[
        ("RecordingSid", "RE1"),
        ("RecordingUrl", "https://api.twilio.com/RE1"),
        ("TranscriptionText", "Please call me back"),
    ]);
    let message = recorded.message.unwrap();
    assert_eq!(message.text().expose(), "Please call me back");
    assert!(matches!(message.parts[1], Part::Media(_)));
    assert_eq!(recorded.external_id.as_deref(), Some("CA1:RE1"));
}

#[test]
fn what_is_no_form_of_twilios_is_refused_with_its_reason() {
    let nested = "[".repeat(10_000);
    for (body, code) in [
        ("", Code::Syntax),
        ("{}", Code::Syntax),
        (&*nested, Code::Syntax),
        ("Body=hello", Code::Syntax),
        ("MessageSid=SM1&Body=%ff", Code::Encoding),
        (&"a&".repeat(1_000), Code::TooMany),
    ] {
        let decoded = decode(body);
        assert_eq!((decoded.events.len(), decoded.rejected[0].code), (0, code), "{body:.20}");
    }
    let unknown = event(&[("Whatever", "it is")]);
    assert_eq!(
        (unknown.kind, unknown.details["Whatever"].expose().as_str()),
        (EventKind::Unknown, "it is")
    );
}

#[test]
fn twilio_signs_and_is_answered_in_twiml() {
    assert_eq!(sms().scheme(), SignatureScheme::twilio());
    let request = verify(&sms().scheme(), &KeyRing::default(), request("a=b"), time(RECEIVED));
    assert!(request.is_err(), "unsigned");
    let RawResponse { status, headers, body } = sms().ack(&Decoded::default());
    assert_eq!((status, headers[0].1.as_str(), &body[..]), (200, "text/xml", &b"<Response/>"[..]));
}
