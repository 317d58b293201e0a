//! Hubs that are given a configuration, and hubs that follow their store.

use std::sync::Arc;

use async_trait::async_trait;
use omnichannel::channel::{ChannelAdapter, ChannelCodec, KeyRing, MemoryChannel};
use omnichannel::model::{
    Authorized, Channel, ChannelId, ChannelKind, Configuration, Decision, DeliveryClass, Digest,
    IdentityRules, Intent, LawfulBasis, LinkRule, Namespace, Outbound, Policy, Purpose,
    PurposeRules, RecordId, SendOutcome, Timestamp,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::{Hub, Result};

use crate::common::{crowd, hub, receive_batches, tenant};

/// A hub that follows its store.
pub(crate) fn open(store: &Arc<MemoryStore>) -> Hub {
    over(Arc::clone(store))
}

/// The same, over any store.
pub(crate) fn over(store: impl Store) -> Hub {
    let channel = Channel::new("letters", ChannelKind::Email).expect("a channel");
    let letters = MemoryChannel::new(channel, Namespace::Account);
    hub(store).channel(tenant(), letters, KeyRing::default())
}

/// A hub that follows its store; `meanwhile` happens while each message is on its way.
pub(crate) fn sending(
    store: &Arc<MemoryStore>,
    meanwhile: impl Fn() + Send + Sync + 'static,
) -> Hub {
    let channel = Channel::new("letters", ChannelKind::Email).expect("a channel");
    let inner = MemoryChannel::new(channel, Namespace::Account);
    let slow = Slow { inner, meanwhile: Meanwhile(Box::new(meanwhile)) };
    hub(Arc::clone(store)).channel(tenant(), slow, KeyRing::default())
}

#[derive(Debug)]
struct Slow {
    inner: MemoryChannel,
    meanwhile: Meanwhile,
}

struct Meanwhile(Box<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meanwhile")
    }
}

#[async_trait]
impl ChannelAdapter for Slow {
    fn codec(&self) -> &dyn ChannelCodec {
        self.inner.codec()
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        (self.meanwhile.0)();
        self.inner.send(message, now).await
    }
}

/// A hub that is given its configuration by hand.
pub(crate) fn given(store: &Arc<MemoryStore>, configuration: Configuration) -> Hub {
    open(store).configured(configuration).expect("a fine policy")
}

pub(crate) fn blocking(values: &[&str]) -> Configuration {
    let blocked_values = values.iter().map(|value| (*value).to_owned()).collect();
    Configuration {
        identity: IdentityRules { blocked_values, ..IdentityRules::default() },
        ..Configuration::default()
    }
}

/// The same, under rules that protect nobody: whatever is seen on two records joins them.
pub(crate) fn melting(values: &[&str]) -> Configuration {
    let mut configuration = blocking(values);
    let namespaces = [
        Namespace::Account,
        Namespace::LoyaltyCard,
        Namespace::Email,
        Namespace::Phone,
        Namespace::Cookie,
        Namespace::Device,
    ];
    for namespace in namespaces {
        let rule = LinkRule::of(&namespace);
        let rule = LinkRule { strong: false, limit: None, sharing_over: None, ..rule };
        configuration.identity = configuration.identity.with(namespace, rule);
    }
    configuration
}

pub(crate) fn policy() -> Policy {
    let rules = PurposeRules {
        basis: LawfulBasis::Contract,
        respects_quiet_hours: false,
        once_within_hours: 0,
        delivery: DeliveryClass::AtMostOnce,
    };
    Policy {
        purposes: [(Purpose::new("order"), rules)].into(),
        quiet_hours: None,
        ..Policy::default()
    }
}

pub(crate) fn digest(hub: &Hub) -> Digest {
    block_on(hub.digest(tenant())).expect("a digest")
}

pub(crate) fn export(hub: &Hub) -> Vec<String> {
    let mut export = hub.export(tenant());
    let mut lines = Vec::new();
    while let Some(page) = block_on(export.next()).expect("exported") {
        lines.extend(page);
    }
    lines
}

pub(crate) fn import(hub: &Hub, lines: &[String]) {
    let mut import = hub.import(tenant());
    assert!(block_on(import.take(lines)).expect("imported").is_complete());
}

/// The first record of a customer with an account.
pub(crate) fn first_record(hub: &Hub) -> Option<RecordId> {
    let portraits = block_on(hub.portraits(tenant())).expect("views");
    let has_account = |namespace: &Namespace| *namespace == Namespace::Account;
    portraits
        .iter()
        .find(|p| p.customer.endpoints.iter().any(|held| has_account(&held.namespace)))
        .map(|p| p.customer.records[0].id)
}

pub(crate) fn intent(key: &str, subject: RecordId) -> Intent {
    Intent::new(
        key.to_owned(),
        subject,
        Purpose::new("order"),
        ChannelId::new("letters").expect("a name"),
        "Bonjour".to_owned(),
    )
}

/// Decides to write to the first customer.
pub(crate) fn decide(hub: &Hub, key: &str) -> Result<Decision> {
    if first_record(hub).is_none() {
        block_on(receive_batches(hub, &crowd(1, 5), 10));
    }
    let intent = intent(key, first_record(hub).expect("somebody"));
    block_on(hub.decide(tenant(), &intent))
}
