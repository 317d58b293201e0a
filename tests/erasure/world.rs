//! Hubs that can erase, and what the tests ask of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound};
use omnichannel::engine::{Fate, Portrait};
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::model::{
    Channel, ChannelKind, Configuration, Digest, ErasureKey, Intent, Namespace, Policy, RecordId,
    Timestamp, TouchpointId, Verdict,
};
use omnichannel::storage::Store;
use omnichannel::testkit::block_on;
use omnichannel::{Hub, Result};
use serde_json::json;

use crate::common::{hub, keys, request, tenant};

pub(crate) fn erasure_key(byte: u8) -> ErasureKey {
    ErasureKey::new(&[byte; 32]).expect("a key")
}

/// The hub of the crowd, with an erasure key.
pub(crate) fn eraser(store: impl Store) -> Hub {
    hub(store).erasure_keys(erasure_key(1), [])
}

pub(crate) fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

pub(crate) fn digest(hub: &Hub) -> Digest {
    block_on(hub.digest(tenant())).expect("the digest is read")
}

pub(crate) fn portraits(hub: &Hub) -> Vec<Portrait> {
    block_on(hub.portraits(tenant())).expect("views are read")
}

/// Takes requests in; what became of each fact, a refused one being erased.
pub(crate) fn feed(hub: &Hub, requests: &[RawInbound]) -> Vec<(Option<TouchpointId>, Fate)> {
    let mut fates = Vec::new();
    for batch in requests.chunks(64) {
        for reception in block_on(hub.receive_many(batch.to_vec())).expect("received") {
            for refused in &reception.rejected {
                assert_eq!(refused.code.name(), "erased", "{refused}");
                fates.push((None, Fate::Erased));
            }
            fates.extend(reception.taken.iter().map(|t| (Some(t.touchpoint), t.fate)));
        }
    }
    fates
}

pub(crate) fn rule(hub: &Hub, verdicts: &[Verdict]) -> Vec<Fate> {
    let record = |verdict: &Verdict| {
        block_on(hub.record_verdict(tenant(), verdict.clone())).expect("recorded")
    };
    verdicts.iter().map(record).collect()
}

/// What one customer's views rest on.
pub(crate) struct Person {
    pub(crate) records: BTreeSet<RecordId>,
    pub(crate) facts: BTreeSet<TouchpointId>,
}

impl Person {
    pub(crate) fn of(portrait: &Portrait) -> Self {
        Self {
            records: portrait.customer.records.iter().map(|record| record.id).collect(),
            facts: portrait.timeline.iter().map(|fact| fact.touchpoint.id).collect(),
        }
    }
}

/// One person's hub: a shop that sends mail.
pub(crate) struct Shop {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) mail: Arc<MemoryChannel>,
    pub(crate) hub: Hub,
}

pub(crate) fn shop(store: impl Store) -> Shop {
    let clock = Arc::new(FixedClock::new(at("2026-03-14T10:00:00Z")));
    let channel = Channel::new("mail", ChannelKind::Email).expect("a channel");
    let mail = Arc::new(MemoryChannel::new(channel, Namespace::Email));
    let policy: Policy = serde_json::from_value(json!({"purposes": {
        "marketing": {"basis": "consent", "respects_quiet_hours": false, "once_within_hours": 1},
        "service": {
            "basis": "legitimate_interests", "respects_quiet_hours": false, "once_within_hours": 0
        },
    }}))
    .expect("a policy");
    let hub = Hub::new(store, keys(), Arc::clone(&clock), SeededEntropy::new(1))
        .configured(Configuration { policy, ..Configuration::default() })
        .expect("a fine policy")
        .channel(tenant(), Arc::clone(&mail), KeyRing::default())
        .erasure_keys(erasure_key(1), []);
    Shop { clock, mail, hub }
}

impl Shop {
    /// Takes one touchpoint in; the record that it is on, or the code of its refusal.
    pub(crate) fn tell(&self, body: &str) -> Result<Option<RecordId>, &'static str> {
        let reception = block_on(self.hub.receive(request("mail", body))).expect("received");
        match reception.rejected.first() {
            Some(refused) => Err(refused.code.name()),
            None => Ok(reception.taken[0].record),
        }
    }

    /// A visit of whoever holds `account` and `mail`, at `time` of 2026-03; empty: unknown.
    pub(crate) fn visit(&self, id: &str, account: &str, mail: &str, time: &str) -> String {
        self.choice(id, account, mail, time, "")
    }

    /// The same with a choice about marketing at the address: `given`, `withdrawn` or none.
    pub(crate) fn choice(
        &self,
        id: &str,
        account: &str,
        mail: &str,
        time: &str,
        state: &str,
    ) -> String {
        let email = json!({"namespace": "email", "value": mail});
        let account = json!({"namespace": "account", "value": account});
        let mut body = json!({"id": id, "act": "visited", "sender": account});
        if !mail.is_empty() {
            body["identifiers"] = json!([email]);
        }
        if !time.is_empty() {
            body["occurred_at"] = format!("2026-03-{time}:00:00Z").into();
        }
        if !state.is_empty() {
            body["consents"] = json!([{"endpoint": email, "purpose": "marketing", "state": state}]);
        }
        body.to_string()
    }

    pub(crate) fn intent(&self, key: &str, subject: RecordId, purpose: &str) -> Intent {
        let intent = json!({
            "key": key, "subject": subject, "purpose": purpose, "occasion": key,
            "channels": ["mail"], "text": "Bonjour Zoé",
        });
        serde_json::from_value(intent).expect("an intent")
    }
}
