//! Histories: what was seen where, and what people ruled.

use std::collections::BTreeMap;

use omnichannel::Hub;
use omnichannel::engine::{Facts, verdict};
use omnichannel::model::{
    Configuration, IdentityRules, Limit, LinkRule, Namespace, RecordId, Ruling, SourceRule,
};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use proptest::prelude::*;

use crate::common::{hub, request, tenant};

/// One step of a history. Its place in the history is no part of it: it can be told at any time.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// A touchpoint on a channel: who sent it, what else was seen, on which day.
    Seen { channel: usize, sender: Value, others: Vec<Value>, day: u16 },
    /// A verdict on the senders of two touchpoints, the latest by `hour`.
    Ruled { one: (usize, Value), other: (usize, Value), ruling: Ruling, hour: u8 },
}

/// A namespace, a value, and whether it was verified.
pub(crate) type Value = (&'static str, u8, bool);

pub(crate) const CHANNELS: [&str; 3] = ["web", "app", "store"];
const NAMESPACES: [(&str, u8); 6] =
    [("account", 4), ("loyalty_card", 3), ("email", 5), ("phone", 3), ("cookie", 4), ("device", 2)];

pub(crate) fn value() -> impl Strategy<Value = Value> {
    (0..NAMESPACES.len(), any::<u8>(), any::<bool>()).prop_map(|(at, number, verified)| {
        let (namespace, values) = NAMESPACES[at];
        (namespace, number % values, verified)
    })
}

/// A sender is never a device.
pub(crate) fn sender() -> impl Strategy<Value = Value> {
    value().prop_filter("devices send nothing", |(namespace, ..)| *namespace != "device")
}

/// What a person rules, or a model weighs: some links join, some do not.
pub(crate) fn ruling() -> impl Strategy<Value = Ruling> {
    let ruled = prop_oneof![Just(Ruling::Same), Just(Ruling::Different), Just(Ruling::Undecided)];
    prop_oneof![3 => ruled, 2 => (-9..9i64).prop_map(|bits| Ruling::Scored(bits * 1_000))]
}

fn told() -> impl Strategy<Value = Told> {
    let seen = (0..CHANNELS.len(), sender(), prop::collection::vec(value(), 0..3), 0..600u16);
    let seen =
        seen.prop_map(|(channel, sender, others, day)| Told::Seen { channel, sender, others, day });
    let named = || (0..CHANNELS.len(), sender());
    let ruling = ruling();
    let ruled = (named(), named(), ruling, 0..24u8)
        .prop_map(|(one, other, ruling, hour)| Told::Ruled { one, other, ruling, hour });
    prop_oneof![5 => seen, 1 => ruled]
}

pub(crate) fn history() -> impl Strategy<Value = Vec<Told>> {
    prop::collection::vec(told(), 1..24)
}

/// Rules under which every constraint is met within a few steps.
pub(crate) fn rules() -> IdentityRules {
    let phone = LinkRule { idle_days_max: Some(150), ..LinkRule::of(&Namespace::Phone) };
    let mail = LinkRule { limit: Some(Limit::within(2, 90)), ..LinkRule::of(&Namespace::Email) };
    let mut rules = IdentityRules { records_max: 6, bearers_max: 7, ..IdentityRules::default() }
        .with(Namespace::Phone, phone)
        .with(Namespace::Email, mail);
    let store = SourceRule { trust: 120, one_record_per_customer: true };
    rules.sources.insert("store".to_owned(), store);
    rules
}

pub(crate) fn fresh() -> Hub {
    let configuration = Configuration { identity: rules(), ..Configuration::default() };
    hub(MemoryStore::new()).configured(configuration).expect("fine rules")
}

pub(crate) fn json((namespace, value, verified): &Value) -> String {
    let value = match *namespace {
        "email" => format!("p{value}@example.org"),
        "phone" => format!("+3361234567{value}"),
        _ => format!("{namespace}-{value}"),
    };
    format!(r#"{{"namespace":"{namespace}","value":"{value}","verified":{verified}}}"#)
}

/// Tells a step; its id is its content.
pub(crate) fn tell(hub: &Hub, told: &Told) {
    match told {
        Told::Seen { .. } => {
            let (channel, body) = touchpoint(told).expect("a touchpoint");
            let reception = block_on(hub.receive(request(channel, &body))).expect("received");
            assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
        }
        Told::Ruled { .. } => {
            if let Some(facts) = ruled(hub, told) {
                block_on(hub.record_verdict(tenant(), facts.verdicts[0].clone())).expect("ruled");
            }
        }
    }
}

pub(crate) fn touchpoint(told: &Told) -> Option<(&'static str, String)> {
    let Told::Seen { channel, sender, others, day } = told else { return None };
    let id = format!("{told:?}").replace('"', "'");
    let at = chrono::DateTime::from_timestamp(1_700_000_000 + i64::from(*day) * 86_400, 0)?;
    let others: Vec<String> = others.iter().map(json).collect();
    let body = format!(
        r#"{{"id":"{id}","act":"visited","occurred_at":"{}","sender":{},"identifiers":[{}],
            "attributes":{{"city":"day {day}","name":"{}"}}}}"#,
        at.to_rfc3339(),
        json(sender),
        others.join(","),
        sender.1,
    );
    Some((CHANNELS[*channel], body))
}

/// A verdict as facts; none on one record. Its records need not have been seen.
pub(crate) fn ruled(hub: &Hub, told: &Told) -> Option<Facts> {
    let Told::Ruled { one, other, ruling, hour } = told else { return None };
    let (a, b) = (record(one), record(other));
    let at = format!("2026-03-01T{hour:02}:00:00Z").parse().expect("a time");
    let context = hub.context(tenant());
    let verdict = verdict(&context, (a, b), *ruling, at, "Ana", "a test");
    (a != b).then(|| Facts { verdicts: vec![verdict], ..Facts::default() })
}

/// The record that a sender on a channel names.
pub(crate) fn record((channel, sender): &(usize, Value)) -> RecordId {
    thread_local! {
        static KNOWN: std::cell::RefCell<BTreeMap<(usize, Value), RecordId>> =
            const { std::cell::RefCell::new(BTreeMap::new()) };
    }
    let named = (*channel, *sender);
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&named).copied()) {
        return known;
    }
    let seen = Told::Seen { channel: *channel, sender: *sender, others: Vec::new(), day: 0 };
    let (channel, body) = touchpoint(&seen).expect("a touchpoint");
    let reception = block_on(fresh().receive(request(channel, &body))).expect("received");
    let record = reception.taken[0].record.expect("a record");
    KNOWN.with_borrow_mut(|known| known.insert(named, record));
    record
}
