//! A hub that sends by HTTP: what a provider answers becomes of the message.

use std::sync::Arc;
use std::time::Duration;

use omnichannel::channel::{
    ChannelAdapter as _, Health, Http, KeyRing, RawInbound, Telegram, WhatsApp, Wired,
};
use omnichannel::engine::Fate;
use omnichannel::hub::{FixedClock, Keys, Polled, SeededEntropy};
use omnichannel::model::{
    Channel, ChannelId, ChannelKind, Configuration, IdKey, Intent, OutboxState, Pii, Purpose,
    SendOutcome, TenantId, Timestamp,
};
use omnichannel::storage::MemoryStore;
use omnichannel::{ErrorKind, Hub};

use crate::provider::{Behaviour, Provider, answer};
use crate::run;

const RULES: &str = r#"{"policy": {"purposes": {"order":
    {"basis": "contract", "respects_quiet_hours": false, "once_within_hours": 0}}}}"#;

/// What becomes of one message to a provider that behaves so, and what it heard.
fn sent(behaviour: Behaviour) -> (OutboxState, Vec<String>) {
    let provider = Provider::new([behaviour]);
    let http = Http::new(&provider.base("/v24.0")).unwrap().bearer("a-token").unwrap();
    let http = http.timeout(Duration::from_millis(200));
    let (shop, now) = (TenantId::named("maison-lune"), Timestamp::from_seconds(1_795_354_200));
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
    let chat = WhatsApp::new(Channel::new("whatsapp", ChannelKind::Messaging).unwrap());
    let configuration: Configuration = serde_json::from_str(RULES).unwrap();
    let hub =
        Hub::new(MemoryStore::new(), keys, FixedClock::new(now.unwrap()), SeededEntropy::new(1));
    let hub = hub.configured(configuration).unwrap().channel(
        shop,
        Wired::new(chat.sending_from("5550001"), http),
        KeyRing::default(),
    );
    // She wrote, so that one may write freely for a day.
    let body = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{
        "field":"messages","value":{"messaging_product":"whatsapp",
        "metadata":{"display_phone_number":"5550001","phone_number_id":"5550001"},
        "messages":[{"from":"33612345678","id":"wamid.1","timestamp":"1795354100","type":"text",
                     "text":{"body":"Is it ready?"}}]}}]}]}"#;
    let raw = RawInbound::new(shop, ChannelId::new("whatsapp").unwrap(), body).attested("a test");
    let state = run(async {
        let taken = hub.receive(raw).await.unwrap();
        let intent = Intent {
            occasion: "1".to_owned(),
            ..Intent::new(
                "order/1".to_owned(),
                taken.taken[0].record.unwrap(),
                Purpose::new("order"),
                ChannelId::new("whatsapp").unwrap(),
                "Votre commande est prête 🎁".to_owned(),
            )
        };
        let decision = hub.decide(shop, &intent).await.unwrap();
        hub.dispatch_due(now.unwrap()).await.unwrap();
        hub.outbox(shop, decision.id).await.unwrap().unwrap().state
    });
    (state, provider.heard())
}

#[test]
fn a_message_that_a_provider_takes_is_sent_under_its_id() {
    let (state, heard) = sent(answer(200, &[], r#"{"messages":[{"id":"wamid.A="}]}"#));
    let provider_id = "wamid.A=".to_owned();
    assert_eq!(state, OutboxState::Done(SendOutcome::Accepted { provider_id }));
    assert!(heard[0].starts_with("POST /v24.0/5550001/messages HTTP/1.1\r\n"), "{}", heard[0]);
    assert!(heard[0].contains(r#""body":"Votre commande est prête 🎁""#), "{}", heard[0]);
}

#[test]
fn a_provider_that_asks_to_wait_is_asked_again_later() {
    let (state, _) = sent(answer(429, &[("Retry-After", "60")], "{}"));
    assert_eq!(state, OutboxState::Due);
}

#[test]
fn a_message_that_nobody_answered_is_never_sent_twice() {
    for behaviour in [Behaviour::HangUp, Behaviour::Wait] {
        let (state, heard) = sent(behaviour);
        assert_eq!((state, heard.len()), (OutboxState::Done(SendOutcome::Unknown), 1));
    }
}

#[test]
fn a_channel_that_is_not_called_back_is_polled() {
    let update = r#"{"ok":true,"result":[{"update_id":8,"message":{"message_id":7,
        "date":1795354100,"chat":{"id":42,"type":"private"},"from":{"id":42},"text":"In 38?"}}]}"#;
    let none = r#"{"ok":true,"result":[]}"#;
    let answers = [(200, update), (200, update), (200, none), (401, "{}"), (200, "{}")];
    let provider = Provider::new(answers.map(|(status, body)| answer(status, &[], body)));
    let http = Http::new(&provider.base("/bot1")).unwrap();
    let (shop, bot) = (TenantId::named("maison-lune"), ChannelId::new("bot").unwrap());
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
    let now = Timestamp::from_seconds(1_795_354_200).unwrap();
    let channel = Channel::new("bot", ChannelKind::Messaging).unwrap();
    let telegram = Arc::new(Wired::new(Telegram::new(channel), http));
    let hub = Hub::new(MemoryStore::new(), keys, FixedClock::new(now), SeededEntropy::new(1))
        .channel(shop, Arc::clone(&telegram), KeyRing::default());
    run(async {
        let first = hub.poll(shop, &bot, None).await.unwrap();
        assert_eq!(first.receptions[0].taken[0].fate, Fate::Accepted);
        assert_eq!(first.next.as_deref(), Some("8"));
        // Whoever forgot where it was asks again, and nothing is taken twice.
        let again = hub.poll(shop, &bot, None).await.unwrap();
        assert_eq!(again.receptions[0].taken[0].fate, Fate::Duplicate);
        let none = hub.poll(shop, &bot, again.next).await.unwrap();
        assert_eq!(none, Polled::default());
        let error = hub.poll(shop, &bot, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied);
        assert_eq!(telegram.health().await, Health::Up);
        let history = (Pii::new("42".to_owned()), None);
        let error = hub.backfill(shop, &bot, history).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let error = hub.poll(shop, &ChannelId::new("other").unwrap(), None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
    let heard = provider.heard();
    assert!(heard[2].starts_with("GET /bot1/getUpdates?offset=9&limit=100 "), "{}", heard[2]);
}
