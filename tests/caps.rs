//! Frequency caps through a hub: over records, late dispatch, and hubs that race.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{
    Channel, ChannelId, ChannelKind, Configuration, IdKey, Intent, Namespace, Outcome, Purpose,
    RecordId, TenantId, Timestamp,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::{Task, Yielding, explore};

const RULES: &str = r#"{"policy": {
    "purposes": {"news": {"basis": "contract", "respects_quiet_hours": false,
                          "once_within_hours": 0}},
    "caps": [{"name": "one a day", "max": 1, "action": "hold", "channels": "all",
              "holds": "all", "counts": "all",
              "within": {"calendar_days": {"days": 1, "plausible_offsets": [0]}}}]}}"#;

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn day(day: u8) -> Timestamp {
    format!("2026-03-{day:02}T10:00:00Z").parse().unwrap()
}

fn start(day: u8) -> Timestamp {
    format!("2026-03-{day:02}T00:00:00Z").parse().unwrap()
}

/// A hub at noon of a day, over the caller's store.
fn hub(store: impl Store, today: u8, mail: &Arc<MemoryChannel>) -> Hub {
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
    let rules: Configuration = serde_json::from_str(RULES).unwrap();
    Hub::new(store, keys, FixedClock::new(day(today)), SeededEntropy::new(1))
        .configured(rules)
        .unwrap()
        .channel(shop(), Arc::clone(mail), KeyRing::default())
}

fn mail() -> Arc<MemoryChannel> {
    let mail = Channel::new("mail", ChannelKind::Email).unwrap();
    Arc::new(MemoryChannel::new(mail, Namespace::Email))
}

/// Two records of one customer: a card that showed her mailbox, and the mailbox.
async fn known(hub: &Hub) -> [RecordId; 2] {
    let bodies = [
        r#"{"id": "1", "act": "purchased", "occurred_at": "2026-03-01T10:00:00Z",
            "sender": {"namespace": "loyalty_card", "value": "4-711"},
            "identifiers": [{"namespace": "email", "value": "zoe@example.org"}]}"#,
        r#"{"id": "2", "act": "visited", "occurred_at": "2026-03-01T11:00:00Z",
            "sender": {"namespace": "email", "value": "zoe@example.org"}}"#,
    ];
    let mut records = Vec::new();
    for body in bodies {
        let raw = RawInbound::new(shop(), ChannelId::new("mail").unwrap(), body).attested("a test");
        records.extend(hub.receive(raw).await.unwrap().taken[0].record);
    }
    records.try_into().unwrap()
}

async fn decide(hub: &Hub, key: &str, whom: RecordId) -> Option<Timestamp> {
    let (purpose, mail) = (Purpose::new("news"), ChannelId::new("mail").unwrap());
    let intent = Intent::new(key, whom, purpose, mail, "Bonjour");
    match hub.decide(shop(), &intent).await.unwrap().outcome {
        Outcome::Send { at, .. } => Some(at),
        _ => None,
    }
}

#[test]
fn a_cap_holds_over_all_records_of_a_customer() {
    let mail = mail();
    let hub = hub(MemoryStore::new(), 10, &mail);
    let [card, mailbox] = block_on(known(&hub));
    let told: Vec<_> = [("a", card), ("b", mailbox), ("c", card)]
        .map(|(key, whom)| block_on(decide(&hub, key, whom)).unwrap())
        .into();
    assert_eq!(told, [day(10), start(11), start(12)]);
    let sent = |today| block_on(hub.dispatch_due(day(today))).unwrap().sent.len();
    assert_eq!([sent(10), sent(11), sent(12), sent(13)], [1, 1, 1, 0]);
}

#[test]
fn what_was_planned_for_days_and_leaves_late_does_not_leave_at_once() {
    let (store, mail) = (Arc::new(MemoryStore::new()), mail());
    let hub = hub(Arc::clone(&store), 10, &mail);
    let [card, mailbox] = block_on(known(&hub));
    for (key, whom) in [("a", card), ("b", mailbox), ("c", card)] {
        block_on(decide(&hub, key, whom)).unwrap();
    }
    // Nobody dispatched for five days.
    let first = block_on(hub.dispatch_due(day(15))).unwrap();
    assert_eq!((first.sent.len(), first.next_due), (1, Some(start(16))));
    assert!(block_on(hub.dispatch_due(day(15))).unwrap().sent.is_empty());
    assert_eq!(block_on(hub.dispatch_due(day(16))).unwrap().sent.len(), 1);
    assert_eq!(block_on(hub.dispatch_due(day(17))).unwrap().sent.len(), 1);
    assert_eq!(mail.sent().len(), 3);
}

#[test]
fn two_hubs_that_decide_at_once_plan_one_for_each_day() {
    let explored = explore(
        200_000,
        || {
            let (store, mail) = (Arc::new(MemoryStore::new()), mail());
            let calm = hub(Arc::clone(&store), 10, &mail);
            let records = block_on(known(&calm));
            let tasks = [("a", records[0]), ("b", records[1])].map(|(key, whom)| {
                let hub = hub(Yielding(Arc::clone(&store)), 10, &mail);
                let task: Task<Option<Timestamp>> =
                    Box::pin(async move { decide(&hub, key, whom).await });
                task
            });
            (calm, tasks.into())
        },
        |_, planned: &[Option<Timestamp>]| {
            let mut planned: Vec<Timestamp> = planned.iter().copied().flatten().collect();
            planned.sort_unstable();
            assert_eq!(planned, [day(10), start(11)]);
        },
    );
    println!("{} schedules", explored.schedules);
    assert!(explored.complete && explored.schedules > 20, "{explored:?}");
}

#[test]
fn two_hubs_that_dispatch_at_once_send_one_a_day() {
    let explored = explore(
        50_000,
        || {
            let (store, mail) = (Arc::new(MemoryStore::new()), mail());
            let calm = hub(Arc::clone(&store), 10, &mail);
            let [card, mailbox] = block_on(known(&calm));
            for (key, whom) in [("a", card), ("b", mailbox)] {
                block_on(decide(&calm, key, whom)).unwrap();
            }
            let tasks = [(); 2].map(|()| {
                let hub = hub(Yielding(Arc::clone(&store)), 10, &mail);
                let task: Task<()> = Box::pin(async move {
                    hub.dispatch_due(day(15)).await.unwrap();
                });
                task
            });
            (mail, tasks.into())
        },
        |mail: &Arc<MemoryChannel>, _: &[()]| assert_eq!(mail.sent().len(), 1),
    );
    println!("{} schedules", explored.schedules);
    assert!(explored.schedules > 20, "{explored:?}");
}
