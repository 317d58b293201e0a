//! A hub behind a provider that fails in every way.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod faults;
mod reports;

use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::{
    KeyRing, Listening, RawInbound, RawOutbound, TouchpointJson, Webhook, Wired,
};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{
    Channel, ChannelId, ChannelKind, Configuration, DecisionId, DeliveryStatus, IdKey, Intent,
    Namespace, OutboxState, Purpose, RecordId, TenantId, Timestamp,
};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::testkit::channel::{Dialect, FaultyProvider};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const RULES: &str = r#"{"policy": {"purposes": {"order":
    {"basis": "contract", "respects_quiet_hours": false, "once_within_hours": 0}}}}"#;

/// Webhooks, whose receiver takes an id once or does not.
#[derive(Debug)]
struct Hooks {
    once: bool,
}

impl Dialect for Hooks {
    fn key(&self, call: &RawOutbound) -> Option<String> {
        decision_of(call).filter(|_| self.once)
    }

    fn taken(&self, id: &str) -> Vec<u8> {
        format!(r#"{{"id": "{id}"}}"#).into_bytes()
    }

    fn report(&self, id: &str, status: DeliveryStatus) -> Vec<u8> {
        let minute = status as u8;
        format!(
            r#"{{"type": "report", "timestamp": "2026-11-22T12:0{minute}:00Z", "data": {{
            "id": "{id}-{status}", "receipt": {{"of": "{id}", "status": "{status}"}},
            "sender": {{"namespace": "crm_id", "value": "1"}}}}}}"#
        )
        .into_bytes()
    }
}

fn decision_of(call: &RawOutbound) -> Option<String> {
    let mut headers = call.headers.iter();
    headers.find(|(name, _)| name == "webhook-id").map(|(_, id)| id.clone())
}

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn now() -> Timestamp {
    "2026-11-22T11:59:00Z".parse().unwrap()
}

fn desk() -> ChannelId {
    ChannelId::new("desk").unwrap()
}

struct World {
    hub: Arc<Hub>,
    provider: FaultyProvider,
}

/// A hub whose only way out is the provider.
fn world(provider: &FaultyProvider, once: bool) -> World {
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
    let desk = Webhook::new(Channel::new("desk", ChannelKind::Messaging).unwrap());
    let desk = desk.sending_to(Namespace::CrmId, "/messages", SECRET).unwrap();
    let desk = if once { desk.taken_once() } else { desk };
    let till = TouchpointJson::new(Channel::new("till", ChannelKind::Store).unwrap());
    let rules: Configuration = serde_json::from_str(RULES).unwrap();
    let hub = Hub::new(MemoryStore::new(), keys, FixedClock::new(now()), SeededEntropy::new(1))
        .configured(rules)
        .unwrap()
        .channel(shop(), Listening::new(till), KeyRing::default())
        .channel(shop(), Wired::new(desk, provider.clone()), KeyRing::default());
    World { hub: Arc::new(hub), provider: provider.clone() }
}

async fn receive(hub: &Hub, channel: &str, body: Vec<u8>) -> Option<RecordId> {
    let raw = RawInbound::new(shop(), ChannelId::new(channel).unwrap(), body).attested("a test");
    let reception = hub.receive(raw).await.unwrap();
    assert_eq!(reception.rejected, []);
    reception.taken[0].record
}

impl World {
    /// Decides on a message to a customer of that number.
    fn decide(&self, number: usize) -> DecisionId {
        let body = format!(
            r#"{{"id": "{number}", "act": "purchased", "occurred_at": "2026-11-21T10:00:00Z",
            "sender": {{"namespace": "crm_id", "value": "{number}"}}}}"#
        );
        let whom = block_on(receive(&self.hub, "till", body.into_bytes())).unwrap();
        let intent = Intent::new(
            format!("order/{number}"),
            whom,
            Purpose::new("order"),
            desk(),
            "Votre commande est prête 🎁",
        );
        block_on(self.hub.decide(shop(), &intent)).unwrap().id
    }

    /// Dispatches until nothing is due any more; how often that was.
    fn dispatch_all(&self) -> usize {
        let mut at = Some(now());
        for rounds in 0..1_000 {
            let Some(due) = at else { return rounds };
            at = block_on(self.hub.dispatch_due(due)).unwrap().next_due;
        }
        panic!("something is due for ever")
    }

    fn state(&self, id: DecisionId) -> OutboxState {
        block_on(self.hub.outbox(shop(), id)).unwrap().unwrap().state
    }

    /// How often the provider took a message.
    fn taken(&self, id: DecisionId) -> usize {
        let id = id.to_string();
        let taken = self.provider.taken();
        taken.iter().filter(|it| decision_of(&it.call).as_deref() == Some(&id)).count()
    }
}
