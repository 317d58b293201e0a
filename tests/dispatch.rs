//! The dispatcher through the hub: many at once, in turn, stopped, unanswered.
#![cfg(feature = "testkit")]

mod common;

use std::collections::BTreeSet;
use std::future::{Future as _, pending};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Waker};
use std::time::Duration;

use async_trait::async_trait;
use common::{keys, now, request, tenant};
use omnichannel::Hub;
use omnichannel::channel::layer::{Guarded, Paced, Traced};
use omnichannel::channel::{ChannelAdapter, ChannelCodec, KeyRing, MemoryChannel, TouchpointJson};
use omnichannel::engine::LEASE;
use omnichannel::hub::{Dispatched, FixedClock, SeededEntropy};
use omnichannel::model::{
    Answered, Authorized, Capabilities, Channel, ChannelId, ChannelKind, Configuration,
    ConversationId, DecisionId, DeliveryClass, Intent, LawfulBasis, Namespace, Outbound,
    OutboxState, Pii, Policy, Purpose, PurposeRules, RateRule, RateScope, RecordId, SendOutcome,
    Timestamp,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::{Task, Yielding, interleave_seeded};

fn codec() -> TouchpointJson {
    let mail = Capabilities::INBOUND.sending_to(Namespace::Email);
    let channel = Channel::new("mail", ChannelKind::Email).expect("a channel");
    TouchpointJson::new(channel).with_capabilities(mail)
}

fn bare(store: impl Store) -> Hub {
    let rules = PurposeRules {
        basis: LawfulBasis::Contract,
        respects_quiet_hours: false,
        once_within_hours: 0,
        delivery: DeliveryClass::default(),
    };
    let policy = Policy {
        purposes: [(Purpose::new("order"), rules)].into(),
        quiet_hours: None,
        ..Policy::default()
    };
    Hub::new(store, keys(), FixedClock::new(now()), SeededEntropy::new(1))
        .configured(Configuration { policy, ..Configuration::default() })
        .expect("a fine policy")
}

fn hub(store: impl Store, mail: impl ChannelAdapter) -> Hub {
    bare(store).channel(tenant(), mail, KeyRing::default())
}

fn buyer(hub: &Hub, name: &str) -> RecordId {
    let body = format!(
        r#"{{"id":"{name}","act":"purchased",
            "sender":{{"namespace":"email","value":"{name}@b.fr"}}}}"#
    );
    let reception = block_on(hub.receive(request("mail", &body))).expect("received");
    reception.taken[0].record.expect("somebody")
}

fn intent(key: &str, subject: RecordId, conversation: Option<ConversationId>) -> Intent {
    Intent {
        conversation,
        ..Intent::new(
            key.to_owned(),
            subject,
            Purpose::new("order"),
            ChannelId::new("mail").expect("a name"),
            key.to_owned(),
        )
    }
}

fn decide(hub: &Hub, key: &str, subject: RecordId) -> DecisionId {
    block_on(hub.decide(tenant(), &intent(key, subject, None))).expect("decided").id
}

fn state(hub: &Hub, id: DecisionId) -> OutboxState {
    block_on(hub.outbox(tenant(), id)).expect("read").expect("kept").state
}

fn dispatch(hub: &Hub, at: Timestamp) -> Dispatched {
    block_on(hub.dispatch_due(at)).expect("dispatched")
}

fn words(sent: &[Outbound]) -> Vec<&str> {
    sent.iter().map(|message| message.text.expose().as_str()).collect()
}

fn later(seconds: u64) -> Timestamp {
    now().plus(Duration::from_secs(seconds))
}

#[test]
fn messages_of_one_conversation_leave_one_after_the_other() {
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let hub = hub(MemoryStore::new(), Arc::clone(&mail));
    let zoe = buyer(&hub, "zoe");
    let talk = Some(ConversationId::from_uuid(zoe.as_uuid()));
    // Decided at one instant: the smaller id goes first.
    let mut ids = ["a", "b", "c"].map(|key| {
        let decision = block_on(hub.decide(tenant(), &intent(key, zoe, talk))).expect("decided");
        (decision.id, key)
    });
    ids.sort_unstable();
    mail.answer_with([SendOutcome::Deferred { retry_at: later(600) }]);
    let first = dispatch(&hub, now());
    assert_eq!((first.deferred.as_slice(), first.sent.len()), ([ids[0].0].as_slice(), 0));
    assert_eq!(state(&hub, ids[2].0), OutboxState::Waiting { behind: ids[0].0 });
    let due = first.next_due.expect("the first is tried again");
    assert!(due >= later(600), "those that wait do not keep the dispatcher busy");
    let mut at = due;
    for _ in 0..3 {
        at = dispatch(&hub, at).next_due.unwrap_or(at);
    }
    let in_turn = [ids[0].1, ids[0].1, ids[1].1, ids[2].1];
    assert_eq!(words(&mail.sent()), in_turn);
}

#[test]
fn a_message_given_up_lets_the_next_of_its_conversation_go() {
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let hub = hub(MemoryStore::new(), Arc::clone(&mail));
    let zoe = buyer(&hub, "zoe");
    let talk = Some(ConversationId::from_uuid(zoe.as_uuid()));
    for key in ["a", "b"] {
        block_on(hub.decide(tenant(), &intent(key, zoe, talk))).expect("decided");
    }
    mail.answer_with([SendOutcome::Rejected { reason: "closed".to_owned() }]);
    let mut done = Dispatched::default();
    for _ in 0..2 {
        let more = dispatch(&hub, now());
        done.dead.extend(more.dead);
        done.sent.extend(more.sent);
    }
    assert_eq!((done.dead.len(), done.sent.len()), (1, 1));
}

#[test]
fn a_message_that_begins_to_wait_while_the_one_before_it_is_settled_is_woken() {
    for seed in 0..500 {
        let store = Arc::new(MemoryStore::new());
        let mail = Arc::new(MemoryChannel::speaking(codec()));
        let make = || Arc::new(hub(Yielding(Arc::clone(&store)), Arc::clone(&mail)));
        let (first, second) = (make(), make());
        // Of two records, so that no reservation keeps the two apart; either may be the first.
        let (zoe, max) = (buyer(&first, "zoe"), buyer(&first, "max"));
        let talk = Some(ConversationId::from_uuid(zoe.as_uuid()));
        let (a, b) = if seed % 2 == 0 { ("a", "b") } else { ("b", "a") };
        block_on(first.decide(tenant(), &intent(a, zoe, talk))).expect("decided");
        let settling = Arc::clone(&first);
        let waiting = async move {
            second.decide(tenant(), &intent(b, max, talk)).await.expect("decided");
            second.dispatch_due(now()).await.expect("dispatched");
        };
        let tasks: Vec<Task<()>> = vec![
            Box::pin(async move { drop(settling.dispatch_due(now()).await.expect("dispatched")) }),
            Box::pin(waiting),
        ];
        interleave_seeded(seed, tasks);
        while dispatch(&first, now()).next_due.is_some() {}
        assert_eq!(mail.sent().len(), 2, "seed {seed}: one waits for ever");
    }
}

#[test]
fn many_dispatchers_send_each_message_once_in_any_order() {
    for seed in 0..200 {
        let store = Arc::new(MemoryStore::new());
        let mail = Arc::new(MemoryChannel::speaking(codec()));
        let make = || Arc::new(hub(Yielding(Arc::clone(&store)), Arc::clone(&mail)));
        let hubs = [make(), make(), make()];
        for n in 0..4 {
            let key = format!("k{n}");
            decide(&hubs[0], &key, buyer(&hubs[0], &key));
        }
        let tasks = hubs.iter().map(|hub| {
            let hub = Arc::clone(hub);
            let task: Task<Dispatched> =
                Box::pin(async move { hub.dispatch_due(now()).await.expect("dispatched") });
            task
        });
        let done = interleave_seeded(seed, tasks.collect());
        let sent: usize = done.iter().map(|done| done.sent.len()).sum();
        assert_eq!((sent, mail.sent().len()), (4, 4), "seed {seed}");
    }
}

#[test]
fn threads_share_one_hub() {
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let hub = hub(MemoryStore::new(), Arc::clone(&mail));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let hub = &hub;
            scope.spawn(move || {
                for n in 0..25 {
                    let key = format!("k-{thread}-{n}");
                    decide(hub, &key, buyer(hub, &key));
                    dispatch(hub, now());
                }
            });
        }
    });
    assert_eq!(mail.sent().len(), 100);
    let counts = hub.counts();
    assert_eq!((counts.requests, counts.accepted, counts.sent), (100, 100, 100));
}

/// A provider that takes messages and never answers.
#[derive(Debug)]
struct Silent(TouchpointJson);

#[async_trait]
impl ChannelAdapter for Silent {
    fn codec(&self) -> &dyn ChannelCodec {
        &self.0
    }

    async fn send(&self, _message: Authorized<Outbound>, _now: Timestamp) -> SendOutcome {
        pending().await
    }
}

#[test]
fn a_provider_that_never_answers_leaves_a_message_in_doubt_and_no_more() {
    let store = Arc::new(MemoryStore::new());
    let silent = hub(Arc::clone(&store), Silent(codec()));
    let id = decide(&silent, "k", buyer(&silent, "zoe"));
    let mut call = Box::pin(silent.dispatch_due(now()));
    for _ in 0..100 {
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    // The caller's time limit.
    drop(call);
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let hub = hub(Arc::clone(&store), Arc::clone(&mail));
    assert_eq!(dispatch(&hub, now()).next_due, Some(now().plus(LEASE)));
    assert_eq!(dispatch(&hub, now().plus(LEASE)).ambiguous, [id]);
    assert!(mail.sent().is_empty(), "never sent again blindly");
}

#[test]
fn a_stopped_hub_begins_no_sending() {
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let hub = hub(MemoryStore::new(), Arc::clone(&mail));
    let id = decide(&hub, "k", buyer(&hub, "zoe"));
    hub.stop();
    let done = dispatch(&hub, now());
    assert_eq!((done.sent.len(), done.next_due), (0, Some(now())));
    assert_eq!(state(&hub, id), OutboxState::Due, "another hub sends it");
}

/// A channel on whose first message the application shuts down.
#[derive(Debug)]
struct LastWords(MemoryChannel, OnceLock<Arc<Hub>>);

#[async_trait]
impl ChannelAdapter for LastWords {
    fn codec(&self) -> &dyn ChannelCodec {
        self.0.codec()
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        self.1.get().expect("a hub").stop();
        self.0.send(message, now).await
    }
}

#[test]
fn what_is_on_its_way_when_a_hub_stops_is_settled() {
    let mail = Arc::new(LastWords(MemoryChannel::speaking(codec()), OnceLock::new()));
    let hub = Arc::new(hub(MemoryStore::new(), Arc::clone(&mail)));
    mail.1.set(Arc::clone(&hub)).expect("once");
    let ids: Vec<DecisionId> =
        (0..40).map(|n| decide(&hub, &format!("k{n}"), buyer(&hub, &format!("zoe{n}")))).collect();
    let done = dispatch(&hub, now());
    assert_eq!((done.sent.len(), mail.0.sent().len()), (32, 32));
    let due = |id: &&DecisionId| state(&hub, **id) == OutboxState::Due;
    assert_eq!(ids.iter().filter(due).count(), 8, "the others are another hub's, none in doubt");
}

#[test]
fn a_channel_that_is_not_plugged_in_keeps_no_dispatcher_busy() {
    let store = Arc::new(MemoryStore::new());
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let whole = hub(Arc::clone(&store), Arc::clone(&mail));
    let id = decide(&whole, "k", buyer(&whole, "zoe"));
    let done = dispatch(&bare(Arc::clone(&store)), now());
    assert_eq!((done.unplugged.as_slice(), done.next_due), ([id].as_slice(), None));
    assert_eq!(dispatch(&whole, now()).sent, [id]);
}

#[test]
fn a_part_that_was_taken_is_told_and_never_repeated() {
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let hub = hub(MemoryStore::new(), Arc::clone(&mail));
    let zoe = buyer(&hub, "zoe");
    let id = decide(&hub, "k", zoe);
    let (provider_ids, reason) = (vec!["m-1".to_owned(), "m-2".to_owned()], "full".to_owned());
    mail.answer_with([SendOutcome::Partial { provider_ids, reason }]);
    assert_eq!(dispatch(&hub, now()).sent, [id]);
    assert_eq!(dispatch(&hub, later(100_000)), Dispatched::default());
    let page = block_on(hub.timeline(tenant(), zoe, None, 9)).expect("read").expect("known");
    let told = page.touchpoints.iter().find_map(|told| told.details.get("parts_sent"));
    assert_eq!(told.map(|parts| parts.expose().as_str()), Some("m-1 m-2"));
}

#[test]
fn a_hub_runs_on_any_executor() {
    let run = |on: &dyn Fn(&Hub)| {
        let mail = Arc::new(MemoryChannel::speaking(codec()));
        let hub = hub(MemoryStore::new(), Arc::clone(&mail));
        decide(&hub, "k", buyer(&hub, "zoe"));
        on(&hub);
        assert_eq!(mail.sent().len(), 1);
    };
    let tokio = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    run(&|hub| drop(tokio.block_on(hub.dispatch_due(now())).expect("dispatched")));
    run(&|hub| drop(futures_executor::block_on(hub.dispatch_due(now())).expect("dispatched")));
    run(&|hub| drop(block_on(hub.dispatch_due(now())).expect("dispatched")));
}

/// Dispatches until nothing is due; says when the last message left, and how many never do.
fn drained(hub: &Hub) -> (Timestamp, usize) {
    let (mut at, mut last, mut dead) = (now(), now(), 0);
    loop {
        let done = dispatch(hub, at);
        if !done.sent.is_empty() {
            last = at;
        }
        dead += done.dead.len();
        let Some(next) = done.next_due else { return (last, dead) };
        at = next.max(at);
    }
}

#[test]
fn a_paced_channel_sends_all_in_the_time_that_its_rate_takes_and_gives_nothing_up() {
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let rule = RateRule { scope: RateScope::Channel, max: 10, per: Duration::from_secs(1) };
    let hub = hub(MemoryStore::new(), Paced::new(Arc::clone(&mail), [rule]));
    for who in 0..1_000 {
        let subject = buyer(&hub, &format!("buyer-{who}"));
        decide(&hub, &who.to_string(), subject);
    }
    let (last, dead) = drained(&hub);
    assert_eq!((mail.sent().len(), dead), (1_000, 0));
    // A thousand at ten a second are 99 seconds. The outbox spreads returns by a tenth, so that
    // some come in clumps and wait twice.
    assert!((later(99)..later(135)).contains(&last), "{last}");
}

#[test]
fn a_guarded_channel_leaves_a_silent_provider_alone_and_goes_on_when_it_answers() {
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    mail.answer_with(vec![SendOutcome::Deferred { retry_at: now() }; 5]);
    let guarded = Guarded::new(Arc::clone(&mail)).after(5, Duration::from_secs(60));
    let hub = hub(MemoryStore::new(), guarded);
    let zoe = buyer(&hub, "zoe");
    for number in 0..20 {
        decide(&hub, &number.to_string(), zoe);
    }
    let first = dispatch(&hub, now());
    assert_eq!((first.deferred.len(), mail.sent().len()), (20, 5), "fifteen were not tried");
    let (last, dead) = drained(&hub);
    assert_eq!((mail.sent().len(), dead), (25, 0));
    assert!((later(60)..later(90)).contains(&last), "{last}");
}

#[test]
fn layers_change_no_outcome() {
    let scripted = || {
        [
            SendOutcome::Accepted { provider_id: "p-1".to_owned() },
            SendOutcome::Rejected { reason: "closed".to_owned() },
            SendOutcome::Unknown,
            SendOutcome::Deferred { retry_at: later(30) },
        ]
    };
    let bare = MemoryChannel::speaking(codec());
    bare.answer_with(scripted());
    let inner = Arc::new(MemoryChannel::speaking(codec()));
    inner.answer_with(scripted());
    let layered = Traced::new(Guarded::new(Paced::new(Arc::clone(&inner), [])));
    assert_eq!(layered.codec().capabilities(), inner.codec().capabilities());
    let played = [hub(MemoryStore::new(), bare), hub(MemoryStore::new(), layered)].map(|hub| {
        let zoe = buyer(&hub, "zoe");
        let ids = ["a", "b", "c", "d"].map(|key| decide(&hub, key, zoe));
        let done = dispatch(&hub, now());
        (done, ids.map(|id| state(&hub, id)))
    });
    assert_eq!(played[0], played[1]);
}

#[test]
fn what_a_message_is_about_and_answers_reaches_its_channel_and_the_timeline() {
    let mail = Arc::new(MemoryChannel::speaking(codec()));
    let hub = hub(MemoryStore::new(), Arc::clone(&mail));
    let zoe = buyer(&hub, "zoe");
    let said = |key: &str, channel: &str| Intent {
        title: Some(Pii::new("Your order".to_owned())),
        answers: Some(Answered {
            channel: ChannelId::new(channel).expect("a name"),
            external_id: "zoe".to_owned(),
        }),
        ..intent(key, zoe, None)
    };
    for wanted in [said("a", "mail"), said("b", "another")] {
        block_on(hub.decide(tenant(), &wanted)).expect("decided");
        dispatch(&hub, now());
    }
    let sent = mail.sent();
    assert_eq!(sent[0].title.as_ref().map(|title| title.expose().as_str()), Some("Your order"));
    assert_eq!(sent[0].answers.as_deref(), Some("zoe"));
    assert_eq!(sent[1].answers, None, "what came by another channel has no id here");
    assert_eq!((sent[0].purpose.as_str(), sent[0].at), ("order", now()));
    let page = block_on(hub.timeline(tenant(), zoe, None, 10)).expect("read").expect("known");
    let told = page.touchpoints.iter().filter_map(|touchpoint| touchpoint.message.as_deref());
    let told = told.map(|told| (told.subject.is_some(), told.references.len()));
    assert_eq!(told.collect::<BTreeSet<_>>(), [(true, 0), (true, 1)].into());
}
