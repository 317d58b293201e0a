//! A town of 2,000 people under several rules: no customer exceeds a bound.

use std::collections::BTreeMap;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, TouchpointJson};
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::model::{Configuration, IdentityRules, Limit, LinkRule, Namespace, SourceRule};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::testkit::town::{Knobs, Town};

use crate::bounds::customers_keep_constraints;
use crate::common::{keys, now, tenant};
use crate::told::portraits;

const LIMITED: [Namespace; 7] = [
    Namespace::Email,
    Namespace::Phone,
    Namespace::WhatsApp,
    Namespace::SocialHandle,
    Namespace::MessagingId,
    Namespace::Cookie,
    Namespace::Device,
];

/// A town's hub under rules, told everything.
fn told(town: &Town, identity: IdentityRules) -> Hub {
    let configuration = Configuration { identity, ..Configuration::default() };
    let hub = Hub::new(MemoryStore::new(), keys(), FixedClock::new(now()), SeededEntropy::new(1));
    let hub = hub.configured(configuration).expect("fine rules");
    let hub = town.channels().fold(hub, |hub, channel| {
        hub.channel(tenant(), Listening::new(TouchpointJson::new(channel)), KeyRing::default())
    });
    let requests = town.sightings().map(|sighting| sighting.request(tenant()));
    block_on(hub.receive_all(requests, |_, _| {})).expect("received");
    hub
}

/// The defaults, with a limit on everything that is not strong; nothing is found to be shared.
fn limited(limit: Limit) -> IdentityRules {
    let with = |rules: IdentityRules, namespace: Namespace| {
        let rule = LinkRule { limit: Some(limit), sharing_over: None, ..LinkRule::of(&namespace) };
        rules.with(namespace, rule)
    };
    let rules = LIMITED.into_iter().fold(IdentityRules::default(), with);
    [Namespace::Account, Namespace::LoyaltyCard].into_iter().fold(rules, |rules, namespace| {
        let rule = LinkRule { sharing_over: None, ..LinkRule::of(&namespace) };
        rules.with(namespace, rule)
    })
}

/// Checks a town under rules; how many customers it has, and how many joins were refused.
fn check(town: &Town, rules: &IdentityRules) -> (usize, usize) {
    let hub = told(town, rules.clone());
    let all = portraits(&hub);
    customers_keep_constraints(rules, &all, &BTreeMap::new()).expect("every bound is kept");
    let conflicts = all.iter().map(|portrait| {
        let health = block_on(hub.health(tenant(), portrait.customer.id)).expect("read");
        health.expect("known").conflicts
    });
    (all.len(), conflicts.sum())
}

#[test]
fn a_town_keeps_every_limit_under_every_rules() {
    let town = Town::new(Knobs::default().people(2_000).seed(3)).expect("fine knobs");
    let mut small = IdentityRules { records_max: 3, bearers_max: 6, ..limited(Limit::ever(3)) };
    for source in ["web", "store", "app"] {
        let once = SourceRule { one_record_per_customer: true, ..SourceRule::default() };
        small.sources.insert(source.to_owned(), once);
    }
    let mut seen = Vec::new();
    for (name, rules) in [
        ("as they come", IdentityRules::default()),
        ("one ever", limited(Limit::ever(1))),
        ("two ever", limited(Limit::ever(2))),
        ("one within a month", limited(Limit::within(1, 30))),
        ("two within a quarter", limited(Limit::within(2, 90))),
        ("small customers", small),
    ] {
        let (customers, conflicts) = check(&town, &rules);
        println!("{name}: {customers} customers, {conflicts} refused joins");
        assert!(conflicts > 0, "{name}: the rules were put to the test");
        seen.push(customers);
    }
    // What allows less parts more.
    assert!(seen[1] > seen[2] && seen[1] > seen[3] && seen[5] > seen[1], "{seen:?}");
}
