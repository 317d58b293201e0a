//! What each provider is asked, and what its answers tell.

use omnichannel::ErrorKind;
use omnichannel::channel::{
    Ask, Call, ChannelCodec, Health, KeyRing, Page, RawInbound, Told, TransportAnswer, verify,
};
use omnichannel::model::{Pii, TenantId, Timestamp};

use super::{messenger, slack, telegram, twilio, whatsapp};

fn pii(text: &str) -> Pii<String> {
    Pii::new(text.to_owned())
}

/// What is called: a path, or `file:` and a place.
fn called(codec: &dyn ChannelCodec, ask: &Ask) -> String {
    match codec.ask(ask) {
        Some(Call::Provider(call)) => {
            assert_eq!((&*call.method, call.body.len()), ("GET", 0));
            call.path
        }
        Some(Call::File(location)) => format!("file:{}", location.expose()),
        None => String::new(),
    }
}

fn told(codec: &dyn ChannelCodec, ask: &Ask, body: &str) -> omnichannel::Result<Told> {
    let (headers, body) = (Vec::new(), body.as_bytes().to_vec());
    codec.told(ask, &TransportAnswer::Answered { status: 200, headers, body })
}

fn page(told: omnichannel::Result<Told>) -> Page {
    let Ok(Told::Page(page)) = told else { panic!("a page: {told:?}") };
    page
}

fn events(codec: &dyn ChannelCodec, page: &Page) -> Vec<(Option<String>, String)> {
    let read = |body: &Pii<Vec<u8>>| {
        let channel = codec.channel().id.clone();
        let request = RawInbound::new(TenantId::named("t"), channel, body.expose().clone());
        let request = request.attested("a test");
        let request = verify(&codec.scheme(), &KeyRing::default(), request, Timestamp::MIN);
        codec.decode(&request.unwrap()).events
    };
    let told = page.bodies.iter().flat_map(read).map(|event| {
        let text = event.message.map(|message| message.text().into_exposed());
        (event.external_id, text.unwrap_or_default())
    });
    told.collect()
}

#[test]
fn each_question_is_a_call_of_the_provider() {
    let asks = Ask::each("42", "99");
    for (codec, paths) in [
        (
            telegram(),
            ["/getUpdates?limit=100", "", "/getMe", "/getChat?chat_id=42", "/getFile?file_id=99"],
        ),
        (
            slack(),
            [
                "",
                "/conversations.history?channel=42&limit=200",
                "/auth.test",
                "/users.info?user=42",
                "file:99",
            ],
        ),
        (whatsapp(), ["", "", "/1065", "", "/99"]),
        (messenger(), ["", "", "/me", "", "file:99"]),
        (twilio(), ["", "", "/2010-04-01/Accounts/AC1.json", "", "file:99"]),
    ] {
        for (ask, path) in asks.iter().zip(paths) {
            assert_eq!(called(&*codec, ask), path, "{codec:?} {}", ask.name());
        }
    }
}

#[test]
fn telegrams_news_go_on_from_the_last_update() {
    let (bot, first) = (telegram(), Ask::News { after: None });
    let update = |id: u64| {
        format!(
            r#"{{"update_id":{id},"message":{{"message_id":{id},"date":1763819100,
            "chat":{{"id":42,"type":"private"}},"from":{{"id":42}},"text":"no {id}"}}}}"#
        )
    };
    let body = format!(r#"{{"ok":true,"result":[{},{}]}}"#, update(8), update(9));
    let news = page(told(&*bot, &first, &body));
    assert_eq!(news.next.as_deref(), Some("9"));
    let said = |id: &str| (Some(id.to_owned()), format!("no {id}"));
    assert_eq!(events(&*bot, &news), [said("8"), said("9")]);
    let next = Ask::News { after: news.next };
    assert_eq!(called(&*bot, &next), "/getUpdates?offset=10&limit=100");
    assert_eq!(page(told(&*bot, &next, r#"{"ok":true,"result":[]}"#)), Page::default());
    let error = told(&*bot, &next, r#"{"ok":true}"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
}

#[test]
fn slacks_history_reads_as_its_events_do() {
    let app = slack();
    let ask = Ask::History { address: pii("C1"), before: None };
    let body = r#"{"ok":true,"messages":[{"type":"message","user":"U1","team":"T1","text":"In 38?",
        "ts":"1763819100.000200"}],"response_metadata":{"next_cursor":"abc="}}"#;
    let history = page(told(&*app, &ask, body));
    let said = (Some("C1:1763819100.000200".to_owned()), "In 38?".to_owned());
    assert_eq!(events(&*app, &history), [said]);
    let before = Ask::History { address: pii("C1"), before: history.next };
    let path = "/conversations.history?channel=C1&limit=200&cursor=abc%3D";
    assert_eq!(called(&*app, &before), path);
    let error = told(&*app, &ask, r#"{"ok":false,"error":"not_in_channel"}"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn health_and_reach_are_told_in_each_providers_way() {
    let down = |codec: &dyn ChannelCodec, body: &str| {
        matches!(told(codec, &Ask::Health, body), Ok(Told::Health(Health::Down { .. })))
    };
    for codec in [telegram(), whatsapp(), messenger(), twilio()] {
        assert!(!down(&*codec, "{}"));
    }
    assert!(down(&*slack(), r#"{"ok":false,"error":"invalid_auth"}"#));
    assert!(!down(&*slack(), r#"{"ok":true}"#));
    let reach = Ask::Reach { address: pii("42") };
    let no = TransportAnswer::Answered { status: 400, headers: Vec::new(), body: Vec::new() };
    assert_eq!(telegram().told(&reach, &no).unwrap(), Told::Reach(Some(false)));
    assert_eq!(told(&*telegram(), &reach, "{}").unwrap(), Told::Reach(Some(true)));
    for (body, can) in [
        (r#"{"ok":true,"user":{"deleted":true}}"#, Some(false)),
        (r#"{"ok":true,"user":{"deleted":false}}"#, Some(true)),
        (r#"{"ok":true,"user":{}}"#, None),
        (r#"{"ok":false,"error":"user_not_found"}"#, Some(false)),
    ] {
        assert_eq!(told(&*slack(), &reach, body).unwrap(), Told::Reach(can), "{body}");
    }
}

#[test]
fn files_are_found_in_two_steps_where_the_provider_wants_it() {
    let file = Ask::File { location: pii("99") };
    let next = |codec: &dyn ChannelCodec, body: &str| match told(codec, &file, body) {
        Ok(Told::Next(Call::File(location))) => Ok(location.into_exposed()),
        told => Err(told.unwrap_err().kind()),
    };
    let path = r#"{"ok":true,"result":{"file_path":"photos/1.jpg"}}"#;
    assert_eq!(next(&*telegram(), path).unwrap(), "photos/1.jpg");
    assert_eq!(next(&*telegram(), "{}"), Err(ErrorKind::Unexpected));
    let url = r#"{"url":"https://lookaside.fbsbx.com/1?mid=9"}"#;
    assert_eq!(next(&*whatsapp(), url).unwrap(), "https://lookaside.fbsbx.com/1?mid=9");
    assert_eq!(next(&*whatsapp(), "[]"), Err(ErrorKind::Unexpected));
}
