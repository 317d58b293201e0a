//! What is said, changed, taken back, reacted to, echoed and received.

use omnichannel::model::{
    Act, Author, Code, ConsentState, DeliveryStatus, Direction, EventKind, Part, Receipt, Timestamp,
};

use super::*;

fn parts(event: &Event) -> Vec<String> {
    let part = |part: &Part| match part {
        Part::Text(text) => format!("text {}", text.expose()),
        Part::Media(file) => format!("file {} {}", file.location.expose(), file.media_type),
        Part::Location(place) => format!("place {}", place.expose()),
        Part::Choice { id, label } => {
            format!("choice {} {:?}", id.expose(), label.as_ref().map(|label| label.expose()))
        }
        _ => "another".to_owned(),
    };
    event.message.iter().flat_map(|message| &message.parts).map(part).collect()
}

#[test]
fn a_text_is_a_message_of_its_sender() {
    let event = event(r#""message":{"mid":"m.1","seq":73,"text":"Good morning","nlp":{"a":0.5}}"#);
    assert_eq!((event.kind, event.act.clone()), (EventKind::Message, Act::Said));
    assert_eq!((event.external_id.as_deref(), at(&event).as_deref()), (Some("m.1"), Some(AT)));
    assert_eq!(seen(&event), [("social_handle", Some(PAGE), PARTY)]);
    assert_eq!(parts(&event), ["text Good morning"]);
    let said = event.message.as_ref().unwrap();
    assert_eq!((said.direction, said.author), (Direction::Inbound, Author::Customer));
    assert_eq!(details(&event), [("message.nlp.a", "0.5"), ("message.seq", "73")]);
}

#[test]
fn every_attachment_has_its_part() {
    let file = |kind: &str| {
        format!(r#""attachments":[{{"type":"{kind}","payload":{{"url":"https://x.org/a"}}}}]"#)
    };
    let cases = [
        (file("image"), vec!["file https://x.org/a image/*"]),
        (file("video"), vec!["file https://x.org/a video/*"]),
        (file("ig_reel"), vec!["file https://x.org/a video/*"]),
        (file("audio"), vec!["file https://x.org/a audio/*"]),
        (file("file"), vec!["file https://x.org/a application/octet-stream"]),
        (file("story_mention"), vec!["file https://x.org/a application/octet-stream"]),
        (file("fallback"), vec![]),
        (
            r#""attachments":[{"type":"location",
                "payload":{"coordinates":{"lat":1.50,"long":-2}}}]"#
                .to_owned(),
            vec!["place geo:1.50,-2"],
        ),
        (r#""text":"R","quick_reply":{"payload":"r"}"#.to_owned(), vec![r#"choice r Some("R")"#]),
        (r#""text":"""#.to_owned(), vec![]),
    ];
    for (rest, expected) in cases {
        let event = event(&format!(r#""message":{{"mid":"m.1",{rest}}}"#));
        assert_eq!(
            (event.kind, parts(&event)),
            (EventKind::Message, expected.iter().map(|it| (*it).to_owned()).collect())
        );
    }
    let link = event(
        r#""message":{"mid":"m.1","attachments":[{"type":"fallback",
            "title":"T","url":"https://x.org"}]}"#,
    );
    assert!(details(&link).contains(&("message.attachments[0].url", "https://x.org")));
    let shop = event(
        r#""message":{"mid":"m.1","attachments":[{"type":"template","payload":{"product":{
            "elements":[{"id":"9","retailer_id":"L-1","title":"Lamp"}]}}}]}"#,
    );
    assert_eq!(objects(&shop), [("product", "L-1")]);
}

#[test]
fn answers_name_a_message_or_a_story() {
    let to_message = event(r#""message":{"mid":"m.1","text":"a","reply_to":{"mid":"m.0"}}"#);
    assert_eq!(to_message.act, Act::Replied);
    assert_eq!(to_message.message.unwrap().references, ["m.0"]);
    let to_story =
        event(r#""message":{"mid":"m.1","text":"a","reply_to":{"story":{"id":"s","url":"u"}}}"#);
    assert_eq!((to_story.act.clone(), objects(&to_story)), (Act::Replied, vec![("story", "s")]));
}

#[test]
fn an_edit_replaces_and_a_deletion_takes_away() {
    let edit = event(r#""message_edit":{"mid":"m.1","text":"in 39","num_edit":1}"#);
    assert_eq!((edit.kind, edit.revision), (EventKind::Edit, 1_795_354_200));
    assert_eq!((edit.external_id.as_deref(), text(&edit).as_str()), (Some("m.1"), "in 39"));
    let gone = event(r#""message":{"mid":"m.1","is_deleted":true}"#);
    assert_eq!((gone.kind, gone.revision, gone.message), (EventKind::Delete, u32::MAX, None));
    let strange = event(r#""message":{"mid":"m.1","is_unsupported":true}"#);
    assert_eq!((strange.kind, strange.message), (EventKind::Unknown, None));
    assert_eq!((strange.external_id.as_deref(), strange.revision), (Some("m.1"), 1_795_354_200));
}

#[test]
fn a_reaction_is_about_a_message() {
    let event_of = |action: &str| {
        event(&format!(r#""reaction":{{"mid":"m.0","action":"{action}","emoji":"😢"}}"#))
    };
    let sign = event_of("react");
    assert_eq!((sign.kind, sign.act.name()), (EventKind::Reaction, "reacted"));
    assert_eq!((sign.external_id.as_ref(), objects(&sign)), (None, vec![("message", "m.0")]));
    assert_eq!(details(&sign), [("reaction.emoji", "😢")]);
    assert_eq!(event_of("unreact").act.name(), "unreacted");
}

#[test]
fn a_button_is_a_choice() {
    let event = event(
        r#""postback":{"mid":"m.1","title":"Start","payload":"GO",
            "referral":{"ad_id":"5","ref":"x"}}"#,
    );
    assert_eq!((event.kind, event.external_id.as_deref()), (EventKind::Message, Some("m.1")));
    assert_eq!(parts(&event), [r#"choice GO Some("Start")"#]);
    assert_eq!(objects(&event), [("ad", "5")]);
    assert_eq!(details(&event), [("postback.referral.ad_id", "5"), ("postback.referral.ref", "x")]);
}

#[test]
fn stop_withdraws_and_keeps_the_message() {
    let event = event(r#""message":{"mid":"m.1","text":"STOP"}"#);
    let consent = &event.consents[0];
    assert_eq!((consent.state, consent.purpose.clone()), (ConsentState::Withdrawn, None));
    assert_eq!((consent.endpoint.value.expose().as_str(), text(&event).as_str()), (PARTY, "STOP"));
}

/// What an echo becomes, by a codec that knows its application or not.
fn echo(codec: &Messenger, rest: &str) -> Decoded {
    let lists = format!(
        r#""messaging":[{{"sender":{{"id":"{PAGE}"}},"recipient":{{"id":"{PARTY}"}},
            "timestamp":1795354200000,"message":{{"mid":"m.1","text":"stop",
            "is_echo":true{rest}}}}}]"#
    );
    decode_by(codec, body_of(&lists), Some(RECEIVED))
}

#[test]
fn own_echoes_are_set_aside_and_peoples_are_outbound() {
    let unnamed = Messenger::page(codec().channel().clone());
    let mark = r#","metadata":"omnichannel/1""#;
    for (codec, rest) in
        [(codec(), r#","app_id":42"#), (codec(), mark), (unnamed.clone(), r#","app_id":7"#)]
    {
        let decoded = echo(&codec, rest);
        assert_eq!((decoded.events.len(), decoded.ignored[0].code), (0, Code::Echo), "{rest}");
    }
    for (codec, rest, author) in [
        (codec(), "", Author::Agent),
        (codec(), r#","app_id":263902037430900"#, Author::Agent),
        (codec(), r#","app_id":7"#, Author::Bot),
        (unnamed, "", Author::Agent),
    ] {
        let event = one(echo(&codec, rest));
        let said = event.message.as_ref().unwrap();
        assert_eq!((said.direction, said.author), (Direction::Outbound, author), "{rest}");
        assert_eq!((sender(&event), event.act.clone()), (Some(PARTY), Act::Sent));
        assert_eq!(event.consents, [], "the company's own words withdraw nothing");
    }
}

#[test]
fn receipts_are_one_a_message_and_a_watermark_is_of_all_until_then() {
    let decoded = decode(&item(r#""delivery":{"mids":["m.1","m.2"],"watermark":1795354100000}"#));
    let until = Timestamp::from_seconds(1_795_354_100).unwrap();
    let receipts: Vec<_> =
        decoded.events.iter().map(|it| it.receipt.as_ref().unwrap()).cloned().collect();
    let of = |id: &str| Receipt::new(id, DeliveryStatus::Delivered);
    assert_eq!(receipts, [of("m.1"), of("m.2").and_until(until)]);
    for (index, event) in decoded.events.iter().enumerate() {
        assert_eq!((event.index, event.kind, details(event)), (index, EventKind::Receipt, vec![]));
    }
    let seen = event(r#""read":{"mid":"m.1"}"#);
    assert_eq!(seen.receipt, Some(Receipt::new("m.1", DeliveryStatus::Read)));
    let watermark = event(r#""read":{"watermark":1795354100000,"seq":3}"#);
    assert_eq!((watermark.kind, watermark.act.clone()), (EventKind::Receipt, Act::Opened));
    assert_eq!(watermark.receipt, Some(Receipt::up_to(until, DeliveryStatus::Read)));
    assert_eq!((sender(&watermark), details(&watermark)), (Some(PARTY), vec![("read.seq", "3")]));
    let bare = event(r#""read":{"seq":3}"#);
    assert_eq!((bare.kind, bare.receipt.as_ref()), (EventKind::Receipt, None));
}

#[test]
fn what_is_broken_is_refused_by_its_place() {
    let cases = [
        (r#""messaging":[{"message":{"text":"a"}}]"#, Code::MissingField, "message.mid"),
        (r#""messaging":[{"timestamp":"asdf","read":{"mid":"a"}}]"#, Code::BadTime, "timestamp"),
        (r#""messaging":[{"read":{"watermark":"asdf"}}]"#, Code::BadTime, "read.watermark"),
        (r#""messaging":[{"sender":{"id":[]},"read":{}}]"#, Code::WrongType, "sender.id"),
        (r#""messaging":[{"message":7}]"#, Code::WrongType, "message"),
        (r#""messaging":[{"reaction":{}}]"#, Code::MissingField, "reaction.mid"),
        (r#""messaging":{}"#, Code::WrongType, "messaging"),
        (r#""changes":[{"field":"comments","value":{}}]"#, Code::MissingField, "value.id"),
    ];
    for (lists, code, place) in cases {
        let decoded = decode(lists);
        let refused: Vec<_> = decoded.rejected.iter().map(|it| it.code).collect();
        assert_eq!(refused, [code], "{lists}");
        let path = decoded.rejected[0].reason.split('`').nth(1).unwrap_or_default();
        assert!(path.starts_with("entry[0].") && path.ends_with(place), "{path}");
    }
    let whole = |body: &str| decode_by(&codec(), body, None).rejected[0].code;
    assert_eq!(whole("{}"), Code::MissingField);
    assert_eq!(whole(r#"{"object":"user","entry":[]}"#), Code::Unsupported);
}
