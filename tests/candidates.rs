//! Several intents at once: who goes first, what is replaced, gathered, refused.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::*;
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::{Task, Yielding, explore};

const RULES: &str = r#"{"policy": {
    "purposes": {
        "order": {"basis": "contract", "respects_quiet_hours": false, "once_within_hours": 24},
        "sale": {"basis": "contract", "respects_quiet_hours": false, "once_within_hours": 24}},
    "caps": [{"name": "one a day", "max": 1, "within": {"rolling_hours": 24}, "holds": "all",
              "counts": "all", "channels": "all", "action": "skip"}],
    "precedence": ["order", "sale"]}}"#;

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn mail() -> ChannelId {
    ChannelId::new("mail").unwrap()
}

fn noon() -> Timestamp {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

fn later(hours: i64) -> Timestamp {
    noon().shifted_micros(hours * 3_600_000_000)
}

fn hub(store: impl Store, action: &str, channel: &Arc<MemoryChannel>) -> Hub {
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
    let rules = RULES.replace("skip", action);
    Hub::new(store, keys, FixedClock::new(noon()), SeededEntropy::new(1))
        .configured(serde_json::from_str(&rules).unwrap())
        .unwrap()
        .channel(shop(), Arc::clone(channel), KeyRing::default())
}

struct World {
    store: Arc<MemoryStore>,
    channel: Arc<MemoryChannel>,
    hub: Hub,
    people: Vec<RecordId>,
}

impl World {
    fn new(action: &str) -> Self {
        let channel = Channel::new("mail", ChannelKind::Email).unwrap();
        let channel = Arc::new(MemoryChannel::new(channel, Namespace::Email));
        let store = Arc::new(MemoryStore::new());
        let hub = hub(Arc::clone(&store), action, &channel);
        let mut people = Vec::new();
        for who in ["zoe", "camille"] {
            let body = format!(
                r#"{{"id": "{who}", "act": "visited", "occurred_at": "2026-03-01T10:00:00Z",
                    "sender": {{"namespace": "email", "value": "{who}@example.org"}}}}"#
            );
            let raw = RawInbound::new(shop(), mail(), body.as_str()).attested("a test");
            people.extend(block_on(hub.receive(raw)).unwrap().taken[0].record);
        }
        Self { store, channel, hub, people }
    }

    fn intent(&self, key: &str, whom: usize, purpose: &str) -> Intent {
        Intent::new(key, self.people[whom], Purpose::new(purpose), mail(), key)
    }

    fn decide(&self, intents: &[Intent]) -> Vec<Outcome> {
        let decided = block_on(self.hub.decide_all(shop(), intents)).unwrap();
        decided.into_iter().map(|it| it.outcome).collect()
    }

    fn id(&self, intent: &Intent) -> DecisionId {
        block_on(self.hub.decide(shop(), intent)).unwrap().id
    }

    fn sent(&self) -> Vec<String> {
        self.channel.sent().iter().map(|it| it.text.expose().clone()).collect()
    }
}

fn is_sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Send { .. })
}

#[test]
fn the_most_important_goes_first_for_each_customer_whatever_the_order() {
    for reversed in [false, true] {
        let world = World::new("skip");
        let urgent = Intent { priority: 1, ..world.intent("urgent", 1, "sale") };
        let dear = Intent { value: 500, ..world.intent("dear", 1, "sale") };
        let mut intents = vec![
            world.intent("spring", 0, "sale"),
            world.intent("order/1", 0, "order"),
            dear,
            urgent.clone(),
        ];
        if reversed {
            intents.reverse();
        }
        let mut outcomes = world.decide(&intents);
        if reversed {
            outcomes.reverse();
            intents.reverse();
        }
        let by = |intent: &Intent| Outcome::Superseded { by: world.id(intent) };
        assert_eq!(outcomes[0], by(&intents[1]));
        assert!(is_sent(&outcomes[1]) && is_sent(&outcomes[3]));
        assert_eq!(outcomes[2], by(&urgent));
        block_on(world.hub.dispatch_due(noon())).unwrap();
        let mut sent = world.sent();
        sent.sort();
        assert_eq!(sent, ["order/1", "urgent"]);
        // Deciding again gives what was decided, and sends nothing.
        assert_eq!(world.decide(&intents), outcomes);
        assert_eq!(block_on(world.hub.dispatch_due(later(1))).unwrap().sent, []);
    }
}

#[test]
fn one_intent_that_cannot_be_decided_on_leaves_all_undecided() {
    let world = World::new("skip");
    let good = world.intent("good", 0, "order");
    let nobody = RecordId::from_uuid(TenantId::named("nobody").as_uuid());
    let unknown = Intent { subject: nobody, ..world.intent("unknown", 0, "order") };
    let refused = block_on(world.hub.decide_all(shop(), &[good.clone(), unknown])).unwrap_err();
    assert!(refused.to_string().contains("no touchpoint of the subject was ever seen"));
    let twice = [good.clone(), Intent { priority: 7, ..good.clone() }];
    let reused = block_on(world.hub.decide_all(shop(), &twice)).unwrap_err();
    assert!(reused.to_string().contains("choose another key"), "{reused}");
    assert_eq!(block_on(world.hub.dispatch_due(noon())).unwrap().next_due, None);
    assert!(is_sent(&world.decide(&[good.clone(), good])[1]), "one intent twice is one");
    let many: Vec<Intent> =
        (0..1_001).map(|n| world.intent(&format!("k{n}"), 0, "order")).collect();
    let many = block_on(world.hub.decide_all(shop(), &many)).unwrap_err();
    assert!(many.to_string().contains("more than 1,000 intents"), "{many}");
}

#[test]
fn what_replaces_takes_the_place_of_what_waits() {
    let world = World::new("hold");
    let of = |key: &str, text: &str, hours: i64| Intent {
        occasion: "cart/7".to_owned(),
        not_before: Some(later(hours)),
        text: Pii::new(text.to_owned()),
        ..world.intent(key, 0, "sale")
    };
    let first = world.id(&of("first", "two items", 2));
    let second = Intent { replaces: true, ..of("second", "three items", 1) };
    assert!(is_sent(&world.decide(&[second])[0]));
    block_on(world.hub.dispatch_due(later(1))).unwrap();
    assert_eq!(world.sent(), ["three items"]);
    assert_eq!(block_on(world.hub.dispatch_due(later(48))).unwrap().refused, [first]);
    let entry = block_on(world.hub.outbox(shop(), first)).unwrap().unwrap();
    assert_eq!(entry.state, OutboxState::Refused(Refusal::Superseded));
    // What was said is not replaced.
    let third = Intent { replaces: true, ..of("third", "no items", 1) };
    assert_eq!(world.decide(&[third]), [Outcome::Suppress]);
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn what_is_replaced_while_it_leaves_is_said_once_in_any_order_of_the_hubs() {
    let explored = explore(
        15_000,
        || {
            let world = World::new("hold");
            let first = Intent { occasion: "cart/7".into(), ..world.intent("first", 0, "sale") };
            world.id(&first);
            let second = Intent {
                occasion: "cart/7".into(),
                replaces: true,
                ..world.intent("second", 0, "sale")
            };
            let hubs =
                [(); 2].map(|()| hub(Yielding(Arc::clone(&world.store)), "hold", &world.channel));
            let [sending, replacing] = hubs;
            let send: Task<()> = Box::pin(async move {
                sending.dispatch_due(noon()).await.unwrap();
            });
            let replace: Task<()> = Box::pin(async move {
                replacing.decide(shop(), &second).await.unwrap();
            });
            (world, vec![send, replace])
        },
        |world, _: &[()]| {
            for hours in [0, 1, 24, 48] {
                block_on(world.hub.dispatch_due(later(hours))).unwrap();
            }
            assert_eq!(world.sent().len(), 1, "{:?}", world.sent());
        },
    );
    println!("{} schedules", explored.schedules);
    assert!(explored.schedules > 1_000, "{explored:?}");
}

#[test]
fn what_is_too_much_is_gathered_and_told_once() {
    let world = World::new("digest");
    let news: Vec<Intent> =
        ["a", "b", "c"].iter().map(|key| world.intent(key, 0, "sale")).collect();
    let first = block_on(world.hub.decide_all(shop(), &news[..1])).unwrap();
    assert!(is_sent(&first[0].outcome));
    assert_eq!(world.decide(&news[1..]), [Outcome::Digest, Outcome::Digest]);
    let waiting = block_on(world.hub.digested(shop(), world.people[0])).unwrap();
    let keys: Vec<&str> = waiting.iter().map(|it| it.intent.key.as_str()).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys.contains(&"b") && keys.contains(&"c"));
    // An order is told at once all the same, since another cap of the policy would hold it.
    let gathers: Vec<DecisionId> = waiting.iter().map(|it| it.id).collect();
    let digest =
        Intent { gathers, not_before: Some(later(24)), ..world.intent("digest", 0, "sale") };
    assert!(is_sent(&world.decide(&[digest])[0]));
    assert_eq!(block_on(world.hub.digested(shop(), world.people[0])).unwrap(), []);
    block_on(world.hub.dispatch_due(noon())).unwrap();
    block_on(world.hub.dispatch_due(later(24))).unwrap();
    assert_eq!(world.sent(), ["a", "digest"]);
    assert_eq!(block_on(world.hub.digested(shop(), world.people[1])).unwrap(), []);
}
