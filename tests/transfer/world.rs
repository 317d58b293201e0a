//! A store that holds facts of every kind, and what it exports.

use std::collections::BTreeSet;
use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel};
use omnichannel::hub::Imported;
use omnichannel::model::{
    Channel, ChannelId, ChannelKind, Configuration, DeliveryClass, Intent, LawfulBasis, Namespace,
    Policy, Purpose, PurposeRules, RecordId, Ruling, SendOutcome,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;

use crate::common::{crowd, gift, hub, now, receive_batches, request, tenant};

pub(crate) fn configuration() -> Configuration {
    let rules = PurposeRules {
        basis: LawfulBasis::Contract,
        respects_quiet_hours: false,
        once_within_hours: 24,
        delivery: DeliveryClass::default(),
    };
    let purposes = [(Purpose::new("order"), rules)].into();
    Configuration {
        policy: Policy { purposes, quiet_hours: None, ..Policy::default() },
        ..Configuration::default()
    }
}

pub(crate) fn letters() -> MemoryChannel {
    let channel = Channel::new("letters", ChannelKind::Email).expect("a channel");
    MemoryChannel::new(channel, Namespace::Email)
}

pub(crate) fn open(store: impl Store) -> Hub {
    let hub = hub(store).configured(configuration()).expect("a fine policy");
    hub.channel(tenant(), letters(), KeyRing::default())
}

pub(crate) fn intent(subject: RecordId, key: usize) -> Intent {
    Intent {
        occasion: format!("occasion {}", key % 3),
        ..Intent::new(
            format!("key {key}"),
            subject,
            Purpose::new(if key.is_multiple_of(7) { "undeclared" } else { "order" }),
            ChannelId::new("letters").expect("a name"),
            format!("Bonjour secretword {key}"),
        )
    }
}

/// A hub whose store holds facts of every kind, in every state.
pub(crate) fn filled() -> Hub {
    let channel = Arc::new(letters());
    let hub = hub(MemoryStore::new()).configured(configuration()).expect("a fine policy").channel(
        tenant(),
        Arc::clone(&channel),
        KeyRing::default(),
    );
    let mut requests = gift();
    requests.extend(crowd(7, 40));
    requests.push(request("web", r#"{"id":"nobody","act":"visited"}"#));
    block_on(receive_batches(&hub, &requests, 50));
    let records = records(&hub);
    for (at, pair) in records.chunks(2).enumerate().filter(|(_, pair)| pair.len() == 2) {
        let ruling =
            [Ruling::Same, Ruling::Different, Ruling::Undecided, Ruling::Scored(-1_500)][at % 4];
        let rule = hub.rule(tenant(), (pair[0], pair[1]), ruling, "Ana", "she said so");
        block_on(rule).expect("ruled");
    }
    for (key, record) in records.iter().enumerate() {
        block_on(hub.decide(tenant(), &intent(*record, key))).expect("decided");
        if key == records.len() / 2 {
            channel.answer_with([SendOutcome::Unknown]);
            block_on(hub.dispatch_due(now())).expect("dispatched");
        }
    }
    hub
}

pub(crate) fn records(hub: &Hub) -> Vec<RecordId> {
    let portraits = block_on(hub.portraits(tenant())).expect("views");
    portraits.iter().flat_map(|p| p.customer.records.iter().map(|record| record.id)).collect()
}

pub(crate) fn export(hub: &Hub) -> Vec<String> {
    let mut export = hub.export(tenant());
    let mut lines = Vec::new();
    while let Some(page) = block_on(export.next()).expect("exported") {
        lines.extend(page);
    }
    lines
}

pub(crate) fn import(hub: &Hub, lines: &[String]) -> Imported {
    let mut import = hub.import(tenant());
    block_on(import.take(lines)).expect("imported").clone()
}

pub(crate) fn set(lines: &[String]) -> BTreeSet<&String> {
    lines.iter().collect()
}

pub(crate) fn digest(hub: &Hub) -> String {
    block_on(hub.digest(tenant())).expect("a digest").to_string()
}

pub(crate) fn kinds(lines: &[String]) -> BTreeSet<&str> {
    lines.iter().map(|line| line.split('"').nth(3).expect("a kind")).collect()
}
