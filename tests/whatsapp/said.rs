//! What is said, changed, taken back, reacted to and chosen.

use omnichannel::model::{Act, Author, Code, ConsentState, Direction, EventKind, Part, TimeOrigin};

use super::*;

fn parts(event: &Event) -> Vec<String> {
    let part = |part: &Part| match part {
        Part::Text(text) => format!("text {}", text.expose()),
        Part::Media(file) => format!(
            "file {} {} {:?}",
            file.location.expose(),
            file.media_type,
            file.file_name.as_ref().map(|name| name.expose())
        ),
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
    let event = message(
        r#""type":"text","text":{"body":"Good morning"},
            "context":{"id":"wamid.0","from":"1"}"#,
    );
    assert_eq!((event.kind, event.act.clone()), (EventKind::Message, Act::Replied));
    assert_eq!(event.external_id.as_deref(), Some("wamid.A"));
    assert_eq!(sender(&event), Some("33612345678"));
    assert_eq!(at(&event).as_deref(), Some("2026-11-22T13:30:00Z"));
    let said = event.message.as_ref().unwrap();
    assert_eq!((said.direction, said.author), (Direction::Inbound, Author::Customer));
    assert_eq!(said.references, ["wamid.0"]);
    assert_eq!(parts(&event), ["text Good morning"]);
    let expected = [("whats_app", None, "33612345678"), ("phone", None, "+33612345678")];
    assert_eq!(seen(&event), expected);
    assert_eq!(event.attributes.get("name").unwrap().expose(), "Camille");
    assert_eq!(details(&event), [("context.from", "1"), ("phone_number_id", "5550001")]);
}

#[test]
fn every_type_of_content_has_its_parts() {
    let cases: [(&str, &[&str]); 15] = [
        (
            r#""type":"image","image":{"id":"7","mime_type":"image/png"}"#,
            &["file 7 image/png None"],
        ),
        (r#""type":"sticker","sticker":{"id":"7"}"#, &["file 7 image/* None"]),
        (
            r#""type":"audio","audio":{"id":"7","mime_type":"audio/ogg","voice":true}"#,
            &["file 7 audio/ogg None"],
        ),
        (
            r#""type":"video","video":{"link":"https://x.org/v","caption":"hm"}"#,
            &["file https://x.org/v video/* None", "text hm"],
        ),
        (
            r#""type":"document","document":{"id":"7","mime_type":"text/x","filename":"a.pdf"}"#,
            &[r#"file 7 text/x Some("a.pdf")"#],
        ),
        (r#""type":"image","errors":[{"code":131052}],"image":{}"#, &[]),
        (
            r#""type":"location","location":{"latitude":48.85340,"longitude":-2.3}"#,
            &["place geo:48.85340,-2.3"],
        ),
        (r#""type":"location","location":{"latitude":1e3,"longitude":"x"}"#, &[]),
        (r#""type":"button","button":{"payload":"p","text":"Yes"}"#, &[r#"choice p Some("Yes")"#]),
        (
            r#""type":"interactive","interactive":{"type":"list_reply",
                "list_reply":{"id":"3","title":"Red","description":"dark"}}"#,
            &[r#"choice 3 Some("Red")"#],
        ),
        (
            r#""type":"interactive","interactive":{"type":"button_reply",
                "button_reply":{"id":"b"}}"#,
            &["choice b None"],
        ),
        (
            r#""type":"interactive","interactive":{"type":"nfm_reply",
                "nfm_reply":{"body":"Sent","response_json":"{}"}}"#,
            &["text Sent"],
        ),
        (
            r#""type":"order","order":{"text":"quickly",
                "product_items":[{"product_retailer_id":"L-1"}]}"#,
            &["text quickly"],
        ),
        (r#""type":"contacts","contacts":[{"phones":[{"phone":"+33700000000"}]}]"#, &[]),
        (r#""type":"text","text":{"body":"  "}"#, &[]),
    ];
    for (rest, expected) in cases {
        let event = message(rest);
        assert_eq!(event.kind, EventKind::Message, "{rest}");
        assert_eq!(parts(&event), expected, "{rest}");
        assert_eq!(seen(&event).len(), 2, "nobody else is named: {rest}");
    }
}

#[test]
fn what_the_parts_do_not_tell_is_kept() {
    let list = message(
        r#""type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"3",
            "title":"Red","description":"dark"}}"#,
    );
    let of =
        |event: &Event, path: &str| event.details.get(path).map(|value| value.expose().clone());
    assert_eq!(of(&list, "interactive.list_reply.description").as_deref(), Some("dark"));
    assert_eq!(of(&list, "interactive.list_reply.title"), None);
    let place = message(
        r#""type":"location","location":{"latitude":1.5,"longitude":2.5,"name":"the quay"}"#,
    );
    assert_eq!(of(&place, "location.name").as_deref(), Some("the quay"));
    let cards = message(r#""type":"contacts","contacts":[{"phones":[{"phone":"+33 7"}]}]"#);
    assert_eq!(of(&cards, "contacts[0].phones[0].phone").as_deref(), Some("+33 7"));
    let ad = message(
        r#""type":"text","text":{"body":"hm"},"referral":{"source_type":"ad","source_id":"12"}"#,
    );
    assert_eq!(objects(&ad), [("ad", "12")]);
    assert_eq!(of(&ad, "referral.source_type").as_deref(), Some("ad"));
    let order = message(
        r#""type":"order","order":{"product_items":[
            {"product_retailer_id":"L-1","item_price":12.50}]}"#,
    );
    assert_eq!((order.act.clone(), objects(&order)), (Act::Submitted, vec![("product", "L-1")]));
    assert_eq!(of(&order, "order.product_items[0].item_price").as_deref(), Some("12.50"));
}

#[test]
fn an_edit_is_the_message_as_it_is_now() {
    let event = message(
        r#""type":"edit","edit":{"original_message_id":"wamid.0","message":{"type":"text",
            "text":{"body":"in 39"},"context":{"id":"wamid.9"}}}"#,
    );
    assert_eq!((event.kind, event.revision), (EventKind::Edit, 1_795_354_200));
    assert_eq!(event.external_id.as_deref(), Some("wamid.0"));
    assert_eq!((text(&event).as_str(), sender(&event)), ("in 39", Some("33612345678")));
    assert_eq!(event.message.unwrap().references, ["wamid.9"]);
}

#[test]
fn a_deletion_takes_the_words_away() {
    let event = message(r#""type":"revoke","revoke":{"original_message_id":"wamid.0"}"#);
    assert_eq!((event.kind, event.revision), (EventKind::Delete, u32::MAX));
    assert_eq!((event.external_id.as_deref(), event.message), (Some("wamid.0"), None));
}

#[test]
fn what_is_not_supported_replaces_what_it_may_have_deleted() {
    let event = message(r#""type":"unsupported","errors":[{"code":131051,"title":"Unknown"}]"#);
    assert_eq!((event.kind, event.revision), (EventKind::Unknown, 1_795_354_200));
    assert_eq!((event.external_id.as_deref(), event.message.is_none()), (Some("wamid.A"), true));
    let event = message(r#""type":"unsupported","errors":[{"code":131051}]"#);
    let expected =
        [("errors[0].code", "131051"), ("phone_number_id", "5550001"), ("type", "unsupported")];
    assert_eq!(details(&event), expected);
    // Of a known type, but empty.
    assert_eq!(message(r#""type":"interactive""#).kind, EventKind::Unknown);
}

#[test]
fn a_reaction_is_about_a_message() {
    let event = message(r#""type":"reaction","reaction":{"message_id":"wamid.0","emoji":"👍"}"#);
    assert_eq!((event.kind, event.act.name()), (EventKind::Reaction, "reacted"));
    assert_eq!(event.external_id.as_deref(), Some("wamid.A"));
    assert_eq!(objects(&event), [("message", "wamid.0")]);
    assert_eq!(event.details.get("reaction.emoji").unwrap().expose(), "👍");
    for gone in [r#","emoji":"""#, ""] {
        let rest = format!(r#""type":"reaction","reaction":{{"message_id":"wamid.0"{gone}}}"#);
        let event = message(&rest);
        assert_eq!((event.act.name(), event.details.get("reaction.emoji")), ("unreacted", None));
    }
}

#[test]
fn stop_withdraws_on_every_address_and_keeps_the_message() {
    let event = message(r#""type":"text","text":{"body":"Stop."},"from_user_id":"FR.1""#);
    assert_eq!((event.kind, text(&event).as_str()), (EventKind::Message, "Stop."));
    let consents: Vec<_> = event
        .consents
        .iter()
        .map(|it| (it.endpoint.value.expose().as_str(), it.purpose.clone(), it.state))
        .collect();
    let withdrawn = ConsentState::Withdrawn;
    assert_eq!(consents, [("33612345678", None, withdrawn), ("FR.1", None, withdrawn)]);
    assert_eq!(event.consents[0].evidence.as_deref(), Some("Stop."));
    let button = message(r#""type":"button","button":{"payload":"x","text":"Stop promotions"}"#);
    assert_eq!(button.consents[0].purpose, Some(Purpose::new("news")));
    assert_eq!(message(r#""type":"text","text":{"body":"Stop by!"}"#).consents, []);
}

#[test]
fn a_contact_lends_only_what_is_the_senders() {
    let from = |message: &str, contacts: &str| {
        let value = format!(
            r#"{{"contacts":[{contacts}],"messages":[{{"id":"a","timestamp":"1795354200",
                "type":"text","text":{{"body":"hm"}}{message}}}]}}"#
        );
        event("messages", &value)
    };
    let camille = r#"{"wa_id":"33612345678","user_id":"FR.1","parent_user_id":"FR.ENT.2",
        "profile":{"name":"Camille","username":"@lune"}}"#;
    let noe = r#"{"wa_id":"33700000000","profile":{"name":"Noé"}}"#;

    // Without a sender, the only contact's; of two, nobody's.
    let event = from("", camille);
    let expected = [
        ("whats_app", None, "33612345678"),
        ("phone", None, "+33612345678"),
        ("whats_app", Some("900"), "FR.1"),
        ("whats_app_parent", None, "FR.ENT.2"),
    ];
    assert_eq!(seen(&event), expected);
    assert_eq!(event.attributes.get("username").unwrap().expose(), "@lune");
    assert_eq!(from("", &format!("{camille},{noe}")).sender, None);
    // Another's contact lends nothing; one's own is found among several.
    let event = from(r#","from":"33799999999""#, camille);
    assert_eq!((sender(&event), event.attributes.len()), (Some("33799999999"), 0));
    let event = from(r#","from":"33700000000""#, &format!("{camille},{noe}"));
    assert_eq!(event.attributes.get("name").unwrap().expose(), "Noé");
    // Only the id is told: it means something within the account, or the portfolio.
    let hidden = r#"{"user_id":"FR.1","profile":{"name":"Camille"}}"#;
    let event = from(r#","from_user_id":"FR.1""#, hidden);
    assert_eq!(seen(&event), [("whats_app", Some("900"), "FR.1")]);
    let portfolio = codec().of_portfolio("P-1");
    let body = body_of("messages", r#"{"messages":[{"id":"a","from":"FR.1","type":"text"}]}"#);
    let request = RawInbound::new(TenantId::named("t"), portfolio.channel().id.clone(), body);
    let request = request.attested("a test");
    let request = verify(&portfolio.scheme(), &KeyRing::default(), request, time(RECEIVED));
    let decoded = portfolio.decode(&request.unwrap());
    assert_eq!(decoded.events[0].sender.as_ref().unwrap().scope.as_deref(), Some("P-1"));
}

#[test]
fn what_the_companys_people_write_is_outbound() {
    let event = event(
        "smb_message_echoes",
        r#"{"message_echoes":[{"id":"a","from":"33100000000","to":"33612345678",
            "timestamp":"1795354200","type":"text","text":{"body":"stop"}}]}"#,
    );
    let said = event.message.as_ref().unwrap();
    assert_eq!((said.direction, said.author), (Direction::Outbound, Author::Agent));
    assert_eq!((event.act.clone(), sender(&event)), (Act::Sent, Some("33612345678")));
    assert_eq!(event.consents, [], "the company's own words withdraw nothing");
}

#[test]
fn history_tells_both_sides_apart() {
    let decoded = decode(
        "history",
        r#"{"metadata":{"display_phone_number":"+33 1 00 00 00 00"},"history":[{"threads":[
            {"id":"33612345678","messages":[
                {"id":"a","from":"33100000000","timestamp":"1795354100","type":"text",
                 "text":{"body":"Here it is"},"history_context":{"status":"READ"}},
                {"id":"b","from":"33612345678","timestamp":"1795354200","type":"text",
                 "text":{"body":"Thanks"}}]}]}]}"#,
    );
    let told: Vec<_> = decoded
        .events
        .iter()
        .map(|it| (it.message.as_ref().unwrap().direction, sender(it).unwrap().to_owned()))
        .collect();
    let party = || "33612345678".to_owned();
    assert_eq!(told, [(Direction::Outbound, party()), (Direction::Inbound, party())]);
}

#[test]
fn several_messages_of_several_entries_keep_their_order() {
    let entry = |id: &str| {
        format!(
            r#"{{"id":"900","changes":[{{"field":"messages","value":{{"messages":[
                {{"id":"{id}1","type":"text","from":"33612345678"}},
                {{"id":"{id}1","type":"text","from":"33612345678"}}]}}}}]}}"#
        )
    };
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{},{}]}}"#,
        entry("a"),
        entry("b")
    );
    let decoded = decode_at(body, None);
    let ids: Vec<_> = decoded
        .events
        .iter()
        .map(|it| (it.index, it.external_id.clone().unwrap(), it.occurred.origin))
        .collect();
    let unknown = TimeOrigin::Unknown;
    let expected = [(0, "a1"), (1, "a1"), (2, "b1"), (3, "b1")];
    assert_eq!(ids, expected.map(|(at, id)| (at, id.to_owned(), unknown)));
}

#[test]
fn what_is_broken_is_refused_by_its_place() {
    let cases = [
        (r#"{"messages":[{"from":"3","type":"text"}]}"#, Code::MissingField, "messages[0].id"),
        (r#"{"messages":[{"id":"a","timestamp":"asdf"}]}"#, Code::BadTime, "timestamp"),
        (r#"{"messages":[{"id":"a","from":{}}]}"#, Code::WrongType, "from"),
        (r#"{"messages":[{"id":"a","type":"text","text":7}]}"#, Code::WrongType, "text"),
        (r#"{"messages":[{"id":"a","type":"edit"}]}"#, Code::MissingField, "edit"),
        (r#"{"messages":{}}"#, Code::WrongType, "messages"),
        (r#"{"statuses":[{"status":"sent"}]}"#, Code::MissingField, "id"),
        (r#"{"statuses":[{"id":"a"}]}"#, Code::MissingField, "status"),
        ("7", Code::WrongType, "value"),
    ];
    for (value, code, place) in cases {
        let decoded = decode("messages", value);
        let refused: Vec<_> = decoded.rejected.iter().map(|it| it.code).collect();
        assert_eq!(refused, [code], "{value}");
        let reason = &decoded.rejected[0].reason;
        let path = reason.split('`').nth(1).unwrap_or_default();
        assert!(path.starts_with("entry[0].changes[0].value") && path.ends_with(place), "{reason}");
    }
    let whole = |body: &str| decode_at(body, None).rejected[0].code;
    assert_eq!(whole("{}"), Code::MissingField);
    assert_eq!(whole(r#"{"object":"page","entry":[]}"#), Code::Unsupported);
    assert_eq!(whole(""), Code::Syntax);
    let empty = decode_at(r#"{"object":"whatsapp_business_account","entry":[]}"#, None);
    assert_eq!(empty.ignored[0].code, Code::NoEvent);
}
