//! Ladders through a hub: one step at a time, late successes, races, crashes.
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
    "purposes": {"order": {"basis": "contract", "respects_quiet_hours": false,
                           "once_within_hours": 24}},
    "caps": [{"name": "one a day", "max": 1, "within": {"rolling_hours": 24}, "holds": "all",
              "counts": "all", "channels": "all", "action": "skip"}]}}"#;

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn name(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

/// So many minutes after noon.
fn noon(minutes: i64) -> Timestamp {
    "2026-03-10T12:00:00Z".parse::<Timestamp>().unwrap().shifted_micros(minutes * 60_000_000)
}

struct Channels {
    mail: Arc<MemoryChannel>,
    sms: Arc<MemoryChannel>,
    push: Arc<MemoryChannel>,
}

impl Channels {
    fn new() -> Self {
        let memory = |on: &str, to| {
            Arc::new(MemoryChannel::new(Channel::new(on, ChannelKind::Email).unwrap(), to))
        };
        Self {
            mail: memory("mail", Namespace::Email),
            sms: memory("sms", Namespace::Phone),
            push: memory("push", Namespace::PushToken),
        }
    }

    /// How many left by mail, text message and push.
    fn sent(&self) -> [usize; 3] {
        [&self.mail, &self.sms, &self.push].map(|channel| channel.sent().len())
    }

    fn hub(&self, store: impl Store) -> Hub {
        let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
        Hub::new(store, keys, FixedClock::new(noon(0)), SeededEntropy::new(1))
            .configured(serde_json::from_str(RULES).unwrap())
            .unwrap()
            .erasure_keys(ErasureKey::new(&[9; 32]).unwrap(), [])
            .channel(shop(), Arc::clone(&self.mail), KeyRing::default())
            .channel(shop(), Arc::clone(&self.sms), KeyRing::default())
            .channel(shop(), Arc::clone(&self.push), KeyRing::default())
    }
}

struct World {
    store: Arc<MemoryStore>,
    channels: Channels,
    hub: Hub,
    root: DecisionId,
}

/// A mail that must be delivered within an hour, else a text message, else a push.
fn intent(zoe: RecordId) -> Intent {
    let step = |unless, on: &str| Fallback { unless, within_s: 3_600, channels: vec![name(on)] };
    Intent {
        fallbacks: vec![step(Milestone::Delivered, "sms"), step(Milestone::Delivered, "push")],
        ..Intent::new("welcome", zoe, Purpose::new("order"), name("mail"), "Bonjour")
    }
}

impl World {
    fn new() -> Self {
        let (store, channels) = (Arc::new(MemoryStore::new()), Channels::new());
        let hub = channels.hub(Arc::clone(&store));
        let body = r#"{"id": "1", "act": "visited", "occurred_at": "2026-03-01T10:00:00Z",
            "sender": {"namespace": "email", "value": "zoe@example.org"},
            "identifiers": [{"namespace": "phone", "value": "+33612345678"},
                            {"namespace": "push_token", "value": "token-of-zoe"}]}"#;
        let raw = RawInbound::new(shop(), name("mail"), body).attested("a test");
        let zoe = block_on(hub.receive(raw)).unwrap().taken[0].record.unwrap();
        let root = block_on(hub.decide(shop(), &intent(zoe))).unwrap();
        Self { store, channels, hub, root: root.id }
    }

    /// Dispatches what is due up to so many minutes after noon, as it becomes due.
    fn run(&self, minutes: i64) -> [usize; 3] {
        run(&self.hub, minutes);
        self.channels.sent()
    }

    /// What a provider says of the message that left by a channel.
    fn receipt(&self, on: &str, status: &str) {
        let steps = block_on(self.hub.ladder(shop(), self.root)).unwrap();
        let by = |it: &&Decision| match &it.outcome {
            Outcome::Send { channel, .. } => *channel == name(on),
            _ => false,
        };
        let step = steps.iter().find(by).unwrap();
        let entry = block_on(self.hub.outbox(shop(), step.id)).unwrap().unwrap();
        let OutboxState::Done(outcome) = entry.state else { panic!("not sent: {entry:?}") };
        let of = outcome.provider_id().unwrap();
        let body =
            format!(r#"{{"id": "r-{of}", "receipt": {{"of": "{of}", "status": "{status}"}}}}"#);
        let raw = RawInbound::new(shop(), name(on), body.as_str()).attested("a test");
        assert_eq!(block_on(self.hub.receive(raw)).unwrap().rejected, []);
    }
}

fn run(hub: &Hub, minutes: i64) {
    let mut at = noon(0);
    for _ in 0..200 {
        match block_on(hub.dispatch_due(at)).unwrap().next_due {
            Some(next) if next <= noon(minutes) => at = at.max(next),
            _ => return,
        }
    }
    panic!("something is due for ever")
}

#[test]
fn each_step_leaves_when_the_time_of_the_one_before_is_over() {
    let world = World::new();
    assert_eq!(world.run(0), [1, 0, 0]);
    assert_eq!(world.run(59), [1, 0, 0]);
    assert_eq!(world.run(60), [1, 1, 0]);
    assert_eq!(world.run(119), [1, 1, 0]);
    assert_eq!(world.run(120), [1, 1, 1]);
    assert_eq!(world.run(100_000), [1, 1, 1]);
    let steps = block_on(world.hub.ladder(shop(), world.root)).unwrap();
    let keys: Vec<&str> = steps.iter().map(|step| step.intent.key.as_str()).collect();
    assert_eq!(keys, ["welcome", "welcome>sms", "welcome>sms>push"]);
    let why = block_on(world.hub.explain(shop(), steps[1].id)).unwrap().unwrap().to_string();
    assert!(why.contains("what must come before it has come"), "{why}");
}

#[test]
fn a_success_ends_the_ladder_whenever_it_is_told() {
    let told_in_time = World::new();
    told_in_time.run(30);
    told_in_time.receipt("mail", "delivered");
    assert_eq!(told_in_time.run(100_000), [1, 0, 0]);
    // The mail arrives after the text message left: the push is needless.
    let told_late = World::new();
    told_late.run(60);
    told_late.receipt("mail", "read");
    assert_eq!(told_late.run(100_000), [1, 1, 0]);
    let second = World::new();
    second.run(60);
    second.receipt("sms", "delivered");
    assert_eq!(second.run(100_000), [1, 1, 0]);
}

#[test]
fn a_success_that_is_told_while_the_next_step_waits_takes_it_back() {
    let world = World::new();
    world.channels.sms.answer_with([SendOutcome::Deferred { retry_at: noon(90) }]);
    // The first answer is no sending: it is asked to come again.
    assert_eq!(world.run(61), [1, 1, 0]);
    world.receipt("mail", "delivered");
    assert_eq!(world.run(100_000), [1, 1, 0], "it was not handed over again");
    let steps = block_on(world.hub.ladder(shop(), world.root)).unwrap();
    let entry = block_on(world.hub.outbox(shop(), steps[1].id)).unwrap().unwrap();
    assert_eq!(entry.state, OutboxState::Refused(Refusal::Needless));
}

#[test]
fn what_a_provider_refuses_or_reports_as_failed_is_followed_at_once() {
    let refused = World::new();
    let no = SendOutcome::Rejected { reason: "no such mailbox".to_owned() };
    refused.channels.mail.answer_with([no]);
    assert_eq!(refused.run(0), [1, 1, 0]);
    let bounced = World::new();
    bounced.run(1);
    bounced.receipt("mail", "failed");
    assert_eq!(bounced.run(8), [1, 1, 0], "looked at within an eighth of the time");
}

#[test]
fn a_step_that_cannot_be_sent_gives_way_to_the_next() {
    let world = World::new();
    let stop = r#"{"id": "2", "act": "opted_out", "occurred_at": "2026-03-10T12:10:00Z",
        "sender": {"namespace": "email", "value": "zoe@example.org"},
        "consents": [{"endpoint": {"namespace": "phone", "value": "+33612345678"},
                      "state": "withdrawn"}]}"#;
    // The purpose rests on consent from now on.
    let rules = RULES.replace("contract", "legitimate_interests");
    let rules: Configuration = serde_json::from_str(&rules).unwrap();
    block_on(world.hub.configure(rules)).unwrap();
    world.run(1);
    let raw = RawInbound::new(shop(), name("mail"), stop).attested("a test");
    block_on(world.hub.receive(raw)).unwrap();
    assert_eq!(world.run(60), [1, 0, 1]);
}

#[test]
fn steps_count_once_and_another_message_meets_one_cap() {
    let world = World::new();
    world.run(60);
    let other = block_on(world.hub.ladder(shop(), world.root)).unwrap()[0].intent.clone();
    let other = Intent {
        key: "other".to_owned(),
        occasion: "other".to_owned(),
        fallbacks: vec![],
        ..other
    };
    let told = block_on(world.hub.decide(shop(), &other)).unwrap();
    assert_eq!(told.outcome, Outcome::Suppress);
    let of = |decision: &Decision| {
        decision.findings.iter().find(|it| it.why == "skipped").map(|it| it.rule.clone())
    };
    assert_eq!(of(&told).as_deref(), Some("frequency_cap"));
}

#[test]
fn hubs_that_keep_one_promise_at_once_send_each_step_once() {
    let explored = explore(
        15_000,
        || {
            let world = World::new();
            world.run(30);
            let tasks = [(); 2].map(|()| {
                let hub = world.channels.hub(Yielding(Arc::clone(&world.store)));
                let task: Task<()> = Box::pin(async move {
                    // The promise, then the message that it becomes.
                    hub.dispatch_due(noon(60)).await.unwrap();
                    hub.dispatch_due(noon(60)).await.unwrap();
                });
                task
            });
            (world, tasks.into())
        },
        |world, _: &[()]| assert_eq!(world.run(60), [1, 1, 0]),
    );
    println!("{} schedules", explored.schedules);
    assert!(explored.schedules > 100, "{explored:?}");
}

#[test]
fn a_hub_that_dies_anywhere_loses_no_step() {
    for calls in 0..40 {
        let world = World::new();
        world.run(30);
        let dying = world.channels.hub(Yielding(Arc::clone(&world.store)));
        let mut dispatching = Box::pin(async {
            for _ in 0..3 {
                dying.dispatch_due(noon(60)).await.unwrap();
            }
        });
        // After so many calls of the store the hub is gone.
        let waker = std::task::Waker::noop();
        let mut context = std::task::Context::from_waker(waker);
        for _ in 0..calls {
            if Future::poll(dispatching.as_mut(), &mut context).is_ready() {
                break;
            }
        }
        drop(dispatching);
        let [mail, sms, push] = world.run(100_000);
        assert_eq!((mail, push), (1, 1));
        assert!(sms <= 1);
    }
}

#[test]
fn an_erased_person_leaves_no_promise_behind() {
    let world = World::new();
    world.run(1);
    let zoe = block_on(world.hub.ladder(shop(), world.root)).unwrap()[0].intent.subject;
    block_on(world.hub.erase(shop(), zoe, "asked")).unwrap();
    assert_eq!(world.run(100_000), [1, 0, 0]);
    assert_eq!(block_on(world.hub.dispatch_due(noon(100_000))).unwrap().next_due, None);
}
