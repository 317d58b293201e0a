//! Bought in the app, returned in the store, shown to the clerk.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use omnichannel::Hub;
use omnichannel::channel::{
    Listening, RawOutbound, TouchpointJson, Transport, TransportAnswer, Wired,
};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{ChannelId, Configuration, DeliveryStatus, IdKey, Intent, Purpose};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use super::*;

/// The store's own system: takes what is to be shown.
#[derive(Debug, Default, Clone)]
struct Tablet(Arc<Mutex<Vec<RawOutbound>>>);

#[async_trait]
impl Transport for Tablet {
    async fn call(&self, call: RawOutbound) -> TransportAnswer {
        self.0.lock().unwrap().push(call);
        TransportAnswer::Answered { status: 204, headers: Vec::new(), body: Vec::new() }
    }
}

#[test]
fn what_was_bought_in_the_app_is_returned_in_the_store_by_one_customer() {
    let (shop, now) = (TenantId::named("maison-lune"), time(RECEIVED));
    let rules: Configuration = serde_json::from_str(
        r#"{"policy": {"purposes": {"service": {"basis": "contract",
            "respects_quiet_hours": false, "once_within_hours": 0}}}}"#,
    )
    .unwrap();
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
    let app = TouchpointJson::new(Channel::new("app", ChannelKind::App).unwrap());
    let tablet = Tablet::default();
    let hub = Hub::new(MemoryStore::new(), keys, FixedClock::new(now), SeededEntropy::new(1))
        .configured(rules)
        .unwrap()
        .channel(shop, Listening::new(app), KeyRing::default())
        .channel(shop, Wired::new(codec(), tablet.clone()), KeyRing::default());
    let tell = |channel: &str, body: &str| {
        let raw = RawInbound::new(shop, ChannelId::new(channel).unwrap(), body).attested("a test");
        let reception = block_on(hub.receive(raw)).unwrap();
        assert_eq!(reception.rejected, []);
        reception.taken[0].record.unwrap()
    };
    tell(
        "app",
        r#"{"id": "app-order-17", "occurred_at": "2026-11-20T10:00:00Z", "act": "purchased",
        "sender": {"namespace": "account", "value": "u-9", "verified": true},
        "identifiers": [{"namespace": "loyalty_card", "value": "4-711", "verified": true}]}"#,
    );
    let zoe = tell(
        "store-lyon",
        r#"{"type": "return", "id": "till-3/124", "of": "app-order-17",
        "at": "2026-11-22T11:00:00Z",
        "customer": {"loyalty_card": {"value": "4-711", "verified": true}},
        "lines": [{"product": "dress", "quantity": 1, "amount": "89.00 EUR"}]}"#,
    );
    let timeline = || block_on(hub.timeline(shop, zoe, None, 10)).unwrap().unwrap().touchpoints;
    let acts: Vec<String> = timeline().iter().map(|it| it.act.to_string()).collect();
    assert_eq!(acts, ["purchased", "returned"], "one customer on both channels");

    let place = ChannelId::new("store-lyon").unwrap();
    let intent = Intent::new("1", zoe, Purpose::new("service"), place, "Refunded: 89.00 EUR");
    let decision = block_on(hub.decide(shop, &intent)).unwrap();
    assert_eq!(block_on(hub.dispatch_due(now)).unwrap().sent, [decision.id]);
    let heard = tablet.0.lock().unwrap().remove(0);
    assert_eq!(heard.path, "/show");
    let body: serde_json::Value = serde_json::from_slice(&heard.body).unwrap();
    assert_eq!(body["data"]["message"]["text"], "Refunded: 89.00 EUR");
    assert_eq!(body["data"]["sender"]["value"], "4711");
    tell(
        "store-lyon",
        &format!(
            r#"{{"type": "shown", "id": "s-1", "of": "{}",
        "customer": {{"loyalty_card": "4-711"}}, "at": "2026-11-22T12:00:09Z"}}"#,
            decision.id
        ),
    );
    let delivery = block_on(hub.delivery(shop, decision.id)).unwrap().unwrap();
    assert_eq!(delivery.status(), Some(DeliveryStatus::Read));
}
