//! The same questions of an index in a hub's store.

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, TouchpointJson};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::identity::linkage::Model;
use omnichannel::model::{Channel, ChannelId, ChannelKind, IdKey, RecordId, TenantId, Timestamp};
use omnichannel::storage::MemoryStore;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::clock::on_core;
use crate::{COLUMNS, Failure, Questions, Row};

/// Records are told in batches of so many.
const BATCH: usize = 500;

pub(crate) struct Stored<'m> {
    hub: Hub,
    runtime: Runtime,
    model: &'m Model,
    records: Vec<RecordId>,
}

fn tenant() -> TenantId {
    TenantId::named("shop")
}

impl<'m> Stored<'m> {
    /// A hub that was told of every record, and its index.
    pub(crate) fn new(model: &'m Model, rows: &[Row]) -> Result<Self, Failure> {
        let keys = Keys { id_key: IdKey::new(&[7; 32])? };
        let now: Timestamp = "2026-03-14T20:40:00Z".parse()?;
        let codec = TouchpointJson::new(Channel::new("crm", ChannelKind::Web)?);
        let hub = Hub::new(MemoryStore::new(), keys, FixedClock::new(now), SeededEntropy::new(1))
            .channel(tenant(), Listening::new(codec), KeyRing::default());
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let mut stored = Self { hub, runtime, model, records: Vec::new() };
        for (at, rows) in rows.chunks(BATCH).enumerate() {
            stored.tell(at * BATCH, rows)?;
        }
        let began = on_core();
        let index = stored.hub.record_index(tenant(), model);
        let count = stored.runtime.block_on(index.insert(&stored.records))?;
        let each = (on_core() - began).as_secs_f64() * 1e6 / count as f64;
        println!("in the store: {count} records, put in at {each:.1} us each");
        Ok(stored)
    }

    fn tell(&mut self, first: usize, rows: &[Row]) -> Result<(), Failure> {
        let mut requests = Vec::with_capacity(rows.len());
        for (row, n) in rows.iter().zip(first..) {
            let attributes = COLUMNS.iter().zip(row).filter(|(_, value)| !value.is_empty());
            let attributes: serde_json::Map<String, serde_json::Value> =
                attributes.map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            let body = json!({
                "id": n.to_string(), "act": "identified", "occurred_at": "2026-03-01T12:00:00Z",
                "sender": {"namespace": "crm_id", "value": format!("r{n}")},
                "attributes": attributes,
            });
            let raw = RawInbound::new(tenant(), ChannelId::new("crm")?, body.to_string());
            requests.push(raw.attested("made by the bench"));
        }
        let received = self.runtime.block_on(self.hub.receive_many(requests))?;
        let taken = received.iter().flat_map(|reception| &reception.taken);
        self.records.extend(taken.filter_map(|taken| taken.record));
        Ok(())
    }

    pub(crate) fn ask(&self, questions: Questions<'_>) -> Result<(), Failure> {
        let index = self.hub.record_index(tenant(), self.model);
        questions.ask(|row, at| {
            let values = row.each_ref().map(String::as_str);
            let answer = self.runtime.block_on(index.find(&values, 0))?;
            let found = answer.matches.iter().any(|found| found.id == self.records[at]);
            Ok((answer.candidates, found))
        })
    }
}
