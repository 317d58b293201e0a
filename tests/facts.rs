//! The same answer everywhere: what messages state is what is so.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::sync::Arc;

use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound, TouchpointJson};
use omnichannel::consistency::explain;
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::*;
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::{ErrorKind, Hub};
use proptest::prelude::*;

const RULES: &str = r#"{"policy": {"purposes": {"service": {"basis": "contract",
    "respects_quiet_hours": false, "once_within_hours": 0}}}}"#;

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOON: &str = "2026-03-10T12:00:00Z";

fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

fn price() -> FactKey {
    FactKey::new(ObjectRef::new("product", "dress-17"), "price")
}

fn costs(version: u64, amount: &str) -> KnownFact {
    KnownFact::new(price(), version, FactValue::Money(amount.parse().unwrap()), "price book")
}

fn states(version: u64) -> Vec<Statement> {
    vec![Statement { fact: price(), version }]
}

/// A shop that writes by mail and by text message.
struct World {
    hub: Hub,
    clock: Arc<FixedClock>,
    zoe: RecordId,
}

impl World {
    fn new() -> Self {
        let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
        let clock = Arc::new(FixedClock::new(at(NOON)));
        let mut hub = Hub::new(MemoryStore::new(), keys, Arc::clone(&clock), SeededEntropy::new(1))
            .configured(serde_json::from_str(RULES).unwrap())
            .unwrap();
        let kinds = [
            ("mail", ChannelKind::Email, Namespace::Email),
            ("sms", ChannelKind::Sms, Namespace::Phone),
        ];
        for (name, kind, sends_to) in kinds {
            let codec = TouchpointJson::new(Channel::new(name, kind).unwrap());
            let declared = Capabilities::INBOUND.sending_to(sends_to);
            let plugged = Arc::new(MemoryChannel::speaking(codec.with_capabilities(declared)));
            hub = hub.channel(shop(), plugged, KeyRing::default());
        }
        let zoe = seen(&hub, "zoe");
        let world = Self { hub, clock, zoe };
        assert_eq!(world.tell(&[costs(1, "100 EUR")]).unwrap(), 1);
        world
    }

    fn tell(&self, facts: &[KnownFact]) -> omnichannel::Result<usize> {
        block_on(self.hub.tell_facts(shop(), facts))
    }

    fn says(&self, key: &str, by: &str, version: u64) -> Decision {
        let service = Purpose::new("service");
        let intent = Intent {
            states: states(version),
            ..Intent::new(key, self.zoe, service, channel(by), "The dress: see below.")
        };
        block_on(self.hub.decide(shop(), &intent)).unwrap()
    }

    fn dispatch(&self, when: &str) -> (usize, usize) {
        self.clock.set(at(when));
        let done = block_on(self.hub.dispatch_due(at(when))).unwrap();
        (done.sent.len(), done.refused.len())
    }

    fn told(&self) -> Vec<(String, u64)> {
        let told = block_on(self.hub.told(shop(), self.zoe)).unwrap();
        told.iter().map(|it| (it.channel.to_string(), it.statement.version)).collect()
    }

    fn corrections(&self) -> Vec<Correction> {
        let (mut pages, mut all) = (self.hub.corrections(shop(), price()), Vec::new());
        while let Some(page) = block_on(pages.next()).unwrap() {
            all.extend(page);
        }
        all
    }
}

/// Somebody with a mailbox and a telephone.
fn seen(hub: &Hub, name: &str) -> RecordId {
    let phone = 100 + name.len();
    let body = format!(
        r#"{{"id": "{name}", "act": "visited", "occurred_at": "2026-03-01T10:00:00Z",
            "sender": {{"namespace": "email", "value": "{name}@example.org"}},
            "identifiers": [{{"namespace": "phone", "value": "+336123456{phone}"}}]}}"#
    );
    let told = RawInbound::new(shop(), channel("mail"), body.as_str()).attested("a test");
    let reception = block_on(hub.receive(told)).unwrap();
    reception.taken[0].record.unwrap()
}

fn why(decision: &Decision) -> (String, String) {
    let finding = decision.findings.iter().find(|it| it.rule == "fact_consistency").unwrap();
    let explained = explain(decision).to_string();
    let words = explained.lines().find(|line| line.contains("fact_consistency"));
    (finding.why.to_string(), words.unwrap_or_default().trim().to_owned())
}

#[test]
fn a_price_that_changed_is_told_by_no_channel_and_corrected_where_it_was() {
    let world = World::new();
    world.says("news/1", "mail", 1);
    assert_eq!(world.dispatch(NOON), (1, 0));
    let queued = world.says("news/2", "sms", 1);
    assert!(matches!(queued.outcome, Outcome::Send { .. }));

    world.tell(&[costs(2, "80 EUR")]).unwrap();
    assert_eq!(world.dispatch("2026-03-10T12:05:00Z"), (0, 1), "what waited states what was");
    let state = block_on(world.hub.outbox(shop(), queued.id)).unwrap().unwrap().state;
    assert_eq!(state, OutboxState::Refused(Refusal::Outdated));
    let old = world.says("news/3", "sms", 1);
    assert_eq!((&old.outcome, &*why(&old).0), (&Outcome::Suppress, "outdated"));

    let proposed = world.corrections();
    assert_eq!(proposed.len(), 1);
    let [correction] = &proposed[..] else { return };
    assert_eq!(correction.told.channel, channel("mail"));
    assert_eq!(correction.told.value, Some(FactValue::Money("100 EUR".parse().unwrap())));
    let mends = correction.intent("The dress costs 80 EUR now, not 100.");
    let decided = block_on(world.hub.decide(shop(), &mends)).unwrap();
    assert!(matches!(decided.outcome, Outcome::Send { .. }));
    assert_eq!(world.corrections(), [], "what is on its way is not proposed again");
    assert_eq!(world.dispatch("2026-03-10T12:06:00Z"), (1, 0));
    assert_eq!(world.told(), [("mail".to_owned(), 1), ("mail".to_owned(), 2)]);
    assert_eq!(world.corrections(), []);
}

#[test]
fn who_was_told_the_newer_version_is_not_told_the_older_one_and_the_reason_says_where() {
    let world = World::new();
    world.tell(&[costs(2, "80 EUR")]).unwrap();
    world.says("news/1", "mail", 2);
    assert_eq!(world.dispatch(NOON), (1, 0));
    let old = world.says("news/2", "sms", 1);
    let (code, words) = why(&old);
    assert_eq!((old.outcome, &*code), (Outcome::Suppress, "stale"));
    assert!(words.contains("the price of product dress-17 in version 1"), "{words}");
    assert!(words.contains("by `mail` at 2026-03-10T12:00:00Z"), "{words}");
}

#[test]
fn a_version_that_says_the_same_contradicts_nothing() {
    let world = World::new();
    world.tell(&[costs(2, "100 EUR")]).unwrap();
    let decision = world.says("news/1", "mail", 1);
    assert_eq!(why(&decision).0, "consistent");
    assert_eq!(world.dispatch(NOON), (1, 0));
    assert_eq!(world.corrections(), []);
}

#[test]
fn what_begins_later_is_told_from_then_on_and_what_is_over_gives_way_to_what_was_before() {
    let world = World::new();
    let [from, until] = ["2026-03-12T00:00:00Z", "2026-03-20T00:00:00Z"].map(at);
    let sale = KnownFact { from: Some(from), until: Some(until), ..costs(2, "80 EUR") };
    world.tell(&[sale]).unwrap();
    let early = world.says("sale", "mail", 2);
    assert_eq!(why(&early).0, "not_yet");
    assert!(matches!(early.outcome, Outcome::Send { at, .. } if at == from), "{early:?}");
    assert_eq!(world.dispatch("2026-03-11T23:59:59Z"), (0, 0));
    assert_eq!(world.dispatch("2026-03-12T00:00:00Z"), (1, 0), "at the first instant");

    world.clock.set(at("2026-03-19T23:59:59Z"));
    assert_eq!(world.says("last", "sms", 1).outcome, Outcome::Suppress);
    world.clock.set(until);
    assert_eq!(why(&world.says("over", "sms", 2)).0, "outdated");
    assert_eq!(world.corrections().len(), 1, "who was told of the sale believes in it");
    assert!(matches!(world.says("usual", "sms", 1).outcome, Outcome::Send { .. }));
}

#[test]
fn what_nobody_told_or_has_lapsed_is_not_stated() {
    let world = World::new();
    assert_eq!(why(&world.says("a", "mail", 7)).0, "unknown");
    let gone = FactKey::new(ObjectRef::new("order", "1017"), "arrives_on");
    let day = FactValue::Text("2026-03-09".to_owned());
    let until = Some(at("2026-03-10T00:00:00Z"));
    world.tell(&[KnownFact { until, ..KnownFact::new(gone.clone(), 1, day, "carrier") }]).unwrap();
    let intent = Intent {
        states: vec![Statement { fact: gone, version: 1 }],
        ..Intent::new("b", world.zoe, Purpose::new("service"), channel("mail"), "On its way.")
    };
    let decision = block_on(world.hub.decide(shop(), &intent)).unwrap();
    assert_eq!(why(&decision).0, "lapsed");
}

#[test]
fn each_customer_is_corrected_once_where_the_last_telling_was_and_after_a_merge_too() {
    let world = World::new();
    let other = seen(&world.hub, "anna");
    world.says("news/1", "mail", 1);
    assert_eq!(world.dispatch(NOON), (1, 0));
    let to_anna = Intent {
        states: states(1),
        ..Intent::new("news/2", other, Purpose::new("service"), channel("sms"), "Hello")
    };
    block_on(world.hub.decide(shop(), &to_anna)).unwrap();
    assert_eq!(world.dispatch("2026-03-10T12:10:00Z"), (1, 0));
    world.tell(&[costs(2, "80 EUR")]).unwrap();
    assert_eq!(world.corrections().len(), 2, "two customers");
    let pair = (world.zoe, other);
    block_on(world.hub.rule(shop(), pair, Ruling::Same, "a clerk", "one person")).unwrap();
    let proposed = world.corrections();
    let channels: Vec<_> = proposed.iter().map(|it| it.told.channel.as_str()).collect();
    assert_eq!(channels, ["sms"], "one person, told last by text message");
}

#[test]
fn facts_travel_to_another_store_with_what_was_told() {
    let (from, to) = (World::new(), World::new());
    from.says("news/1", "mail", 1);
    assert_eq!(from.dispatch(NOON), (1, 0));
    from.tell(&[costs(2, "80 EUR")]).unwrap();
    for _ in 0..2 {
        let (mut export, mut import) = (from.hub.export(shop()), to.hub.import(shop()));
        while let Some(lines) = block_on(export.next()).unwrap() {
            block_on(import.take(&lines)).unwrap();
        }
        assert!(import.progress().is_complete());
    }
    let fact = |world: &World| block_on(world.hub.fact(shop(), &price())).unwrap();
    assert_eq!(fact(&to), fact(&from));
    assert_eq!(to.told(), from.told());
    assert_eq!(to.corrections(), from.corrections());
}

#[test]
fn a_bad_fact_is_refused_with_its_reason_and_none_beside_it_is_kept() {
    let world = World::new();
    let good = costs(2, "80 EUR");
    let until = Some(at(NOON));
    let bad = [
        (costs(0, "80 EUR"), "a fact has a version: number those of its source from 1"),
        (KnownFact { source: String::new(), ..costs(3, "80 EUR") }, "a fact's names"),
        (KnownFact { from: until, until, ..costs(3, "80 EUR") }, "begins before it ends"),
    ];
    for (fact, reason) in bad {
        let refused = world.tell(&[good.clone(), fact]).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert!(refused.to_string().contains(reason), "{refused}");
    }
    let other = world.tell(&[costs(1, "90 EUR")]).unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Conflict);
    assert!(other.to_string().contains("tell a higher one"), "{other}");
    let kept = block_on(world.hub.fact(shop(), &price())).unwrap().unwrap();
    assert_eq!(kept.versions.into_values().collect::<Vec<_>>(), [costs(1, "100 EUR")]);

    let twice = [states(1), states(1)].concat();
    let intent = Intent {
        states: twice,
        ..Intent::new("c", world.zoe, Purpose::new("service"), channel("mail"), "Hello")
    };
    let refused = block_on(world.hub.decide(shop(), &intent)).unwrap_err();
    assert!(refused.to_string().contains("states each fact once"), "{refused}");
}

fn versions() -> impl Strategy<Value = Vec<KnownFact>> {
    let one = (1..6_u64, 0..4_i64, 0..4_i64, 1..4_i64).prop_map(|(version, value, from, lasts)| {
        let instant = |hour: i64| Timestamp::from_micros(hour * 3_600_000_000);
        KnownFact {
            from: instant(from),
            until: instant(from + lasts),
            ..KnownFact::new(price(), version, FactValue::Count(value), "s")
        }
    });
    prop::collection::vec(one, 1..8)
}

proptest! {
    #[test]
    fn what_is_known_is_a_function_of_the_set_of_versions(told in versions(), turn in 0..8_usize) {
        let known = |told: &[KnownFact]| {
            let mut history = FactHistory::new(price());
            told.iter().for_each(|it| history.add(it.clone()));
            history
        };
        let mut other = told.clone();
        other.rotate_left(turn % told.len());
        other.extend(told.iter().rev().cloned());
        prop_assert_eq!(known(&told), known(&other));
    }
}
