//! Claims and settlements by hand: who may send, and whose word counts.
//!
//! Method: the canonical loop of the engine, run step by step, so that a dispatcher can vanish
//! between its claim and its settlement.
#![cfg(feature = "testkit")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{keys, now, request, tenant};
use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel, TouchpointJson};
use omnichannel::engine::{
    Claim, Claimed, LEASE, Pause, Requeued, Settlement, Step, View, claim, settle,
};
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::model::{
    Anomaly, Capabilities, Changeset, Channel, ChannelId, ChannelKind, Commit, Configuration,
    ConversationId, DeadLetter, DecisionId, Delivery, DeliveryClass, DeliveryStatus, Intent,
    LawfulBasis, Namespace, OutboxEntry, OutboxState, Policy, Purpose, PurposeRules, SendOutcome,
    Timestamp,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;

/// To whom the message goes.
const ADDRESS: &str = "z@b.fr";

struct World {
    store: Arc<MemoryStore>,
    hub: Hub,
    id: DecisionId,
}

/// A message that is due on a channel with these capabilities.
fn due(capabilities: Capabilities) -> World {
    due_as(capabilities, DeliveryClass::AtMostOnce)
}

fn due_as(capabilities: Capabilities, delivery: DeliveryClass) -> World {
    let store = Arc::new(MemoryStore::new());
    let channel = Channel::new("mail", ChannelKind::Email).expect("a channel");
    let codec = TouchpointJson::new(channel).with_capabilities(capabilities);
    let rules = PurposeRules {
        basis: LawfulBasis::Contract,
        respects_quiet_hours: false,
        once_within_hours: 24,
        delivery,
    };
    let policy = Policy {
        purposes: [(Purpose::new("order"), rules)].into(),
        quiet_hours: None,
        ..Policy::default()
    };
    let hub = Hub::new(Arc::clone(&store), keys(), FixedClock::new(now()), SeededEntropy::new(1))
        .configured(Configuration { policy, ..Configuration::default() })
        .expect("a fine policy")
        .channel(tenant(), MemoryChannel::speaking(codec), KeyRing::default());
    let body = r#"{"id":"1","act":"purchased","sender":{"namespace":"email","value":"z@b.fr"},
        "identifiers":[{"namespace":"email","value":"z@b.fr"}]}"#;
    let reception = block_on(hub.receive(request("mail", body))).expect("received");
    let intent = Intent {
        occasion: "1007".to_owned(),
        ..Intent::new(
            "k".to_owned(),
            reception.taken[0].record.expect("somebody"),
            Purpose::new("order"),
            ChannelId::new("mail").expect("a name"),
            "sent".to_owned(),
        )
    };
    let id = block_on(hub.decide(tenant(), &intent)).expect("decided").id;
    World { store, hub, id }
}

impl World {
    /// Runs a step to its end and commits what it says.
    fn run<T>(&self, step: impl Fn(&View) -> Step<(T, Changeset)>) -> T {
        let mut view = View::default();
        loop {
            match step(&view) {
                Ok((answer, changeset)) => {
                    let commit = block_on(self.store.commit(changeset)).expect("the store answers");
                    assert!(matches!(commit, Commit::Applied(_)), "nobody else writes");
                    return answer;
                }
                Err(Pause::Need(need)) => {
                    let keys = need.keys;
                    let rows = block_on(self.store.load(&keys)).expect("the store answers");
                    view.add_rows(keys.into_iter().zip(rows));
                    let ranges: Vec<_> = need.ranges.into_iter().collect();
                    let pages = block_on(self.store.scan(&ranges)).expect("the store answers");
                    ranges.into_iter().zip(pages).for_each(|(range, page)| {
                        view.add_page(range, page);
                    });
                }
                Err(pause) => panic!("nobody else writes: {pause:?}"),
            }
        }
    }

    fn claim(&self, at: Timestamp) -> Claimed {
        let context = self.hub.context(tenant());
        self.run(|view| claim(&context, view, self.id, at))
    }

    fn claimed(&self, at: Timestamp) -> Claim {
        match self.claim(at) {
            Claimed::Send(claim) => *claim,
            other => panic!("it may leave, not {other:?}"),
        }
    }

    /// Whether a settlement under a fence was taken.
    fn settle(&self, fence: u64, outcome: SendOutcome, at: Timestamp) -> bool {
        let context = self.hub.context(tenant());
        let settlement = Settlement { id: self.id, fence, outcome, jitter: 0 };
        self.run(|view| {
            let written = settle(&context, view, &settlement, &ChannelKind::Email, at)?;
            Ok((written.is_some(), written.map(|(_, changeset)| changeset).unwrap_or_default()))
        })
    }

    fn entry(&self) -> OutboxEntry {
        block_on(self.hub.outbox(tenant(), self.id)).expect("read").expect("kept")
    }

    fn requeue(&self) -> Requeued {
        block_on(self.hub.requeue(tenant(), self.id)).expect("asked")
    }

    fn hear(&self, body: &str) {
        block_on(self.hub.receive(request("mail", body))).expect("received");
    }

    fn delivery(&self) -> Delivery {
        block_on(self.hub.delivery(tenant(), self.id)).expect("read").expect("sent")
    }

    /// Decides on the same words under another key.
    fn decide(&self, key: &str, conversation: Option<ConversationId>) -> DecisionId {
        let known = block_on(self.hub.decision(tenant(), self.id)).expect("read").expect("made");
        let intent = Intent { key: key.to_owned(), conversation, ..known.intent };
        block_on(self.hub.decide(tenant(), &intent)).expect("decided").id
    }

    fn state(&self) -> OutboxState {
        block_on(self.hub.outbox(tenant(), self.id)).expect("read").expect("kept").state
    }
}

fn accepted(id: &str) -> SendOutcome {
    SendOutcome::Accepted { provider_id: id.to_owned() }
}

#[test]
fn a_claimed_message_is_nobody_elses_until_its_lease_ends() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email).idempotent());
    let first = world.claimed(now());
    assert!(matches!(world.claim(now()), Claimed::NotDue));
    let second = world.claimed(now().plus(LEASE));
    assert!(second.fence > first.fence);
    assert_eq!((first.message.content().attempt, second.message.content().attempt), (1, 2));
}

#[test]
fn a_settlement_under_an_older_fence_says_nothing() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email).idempotent());
    let slow = world.claimed(now());
    let later = now().plus(LEASE);
    let quick = world.claimed(later);
    assert!(!world.settle(slow.fence, SendOutcome::Unknown, later), "it lost its claim");
    assert!(matches!(world.state(), OutboxState::Leased { .. }));
    assert!(world.settle(quick.fence, accepted("m-1"), later));
    assert!(!world.settle(quick.fence, accepted("m-2"), later), "it is settled once");
    assert_eq!(world.state(), OutboxState::Done(accepted("m-1")));
}

#[test]
fn a_sender_that_vanished_leaves_a_message_that_was_perhaps_sent() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    world.claimed(now());
    assert!(matches!(world.claim(now().plus(LEASE)), Claimed::Ambiguous));
    assert_eq!(world.state(), OutboxState::Done(SendOutcome::Unknown));
    assert!(matches!(world.claim(now().plus(LEASE * 2)), Claimed::NotDue));
}

#[test]
fn a_word_that_comes_late_still_counts_until_somebody_claims() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    let slow = world.claimed(now());
    let later = now().plus(LEASE);
    assert!(matches!(world.claim(later), Claimed::Ambiguous));
    assert!(world.settle(slow.fence, accepted("m-1"), later));
    assert_eq!(world.state(), OutboxState::Done(accepted("m-1")));
    assert!(!world.settle(slow.fence, SendOutcome::Unknown, later), "it is settled once");
}

#[test]
fn an_unknown_sending_is_repeated_where_the_channel_tells_repetitions() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email).idempotent());
    let first = world.claimed(now());
    assert!(world.settle(first.fence, SendOutcome::Unknown, now()));
    assert!(matches!(world.claim(now()), Claimed::NotDue), "it waits");
    let second = world.claimed(now().plus(Duration::from_secs(30)));
    let replayed = SendOutcome::Replayed { provider_id: "m-1".to_owned() };
    assert!(world.settle(second.fence, replayed.clone(), now()));
    let entry = world.entry();
    assert_eq!(entry.state, OutboxState::Done(replayed));
    assert!(!entry.possible_duplicate, "the provider told the repetition");
}

#[test]
fn an_unknown_sending_is_repeated_and_marked_where_twice_is_better_than_never() {
    let mail = Capabilities::INBOUND.sending_to(Namespace::Email);
    let world = due_as(mail, DeliveryClass::AtLeastOnce);
    let first = world.claimed(now());
    assert!(world.settle(first.fence, SendOutcome::Unknown, now()));
    let second = world.claimed(now().plus(LEASE));
    assert!(world.settle(second.fence, accepted("m-2"), now().plus(LEASE)));
    assert!(world.entry().possible_duplicate);
}

#[test]
fn a_vanished_sender_is_followed_by_the_messages_class() {
    let mail = Capabilities::INBOUND.sending_to(Namespace::Email);
    let world = due_as(mail, DeliveryClass::AtLeastOnce);
    world.claimed(now());
    world.claimed(now().plus(LEASE));
    assert!(world.entry().possible_duplicate);
}

#[test]
fn a_dead_letter_says_why_and_is_tried_again_on_request() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    let claim = world.claimed(now());
    let reason = "mailbox full".to_owned();
    assert!(world.settle(claim.fence, SendOutcome::Rejected { reason: reason.clone() }, now()));
    let letters = block_on(world.hub.dead_letters(tenant(), None, 10)).expect("read");
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].1.state, OutboxState::Dead(DeadLetter::Rejected { reason }));
    assert_eq!(world.requeue(), Requeued::Again);
    assert_eq!(world.requeue(), Requeued::NotDead);
    let again = world.claimed(now());
    assert!(again.fence > claim.fence, "the old claim says nothing any more");
    assert!(world.settle(again.fence, accepted("m-1"), now()));
    assert_eq!(block_on(world.hub.dead_letters(tenant(), None, 10)).expect("read"), []);
}

#[test]
fn asking_again_for_what_was_perhaps_sent_stays_on_record() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    let claim = world.claimed(now());
    assert!(world.settle(claim.fence, SendOutcome::Unknown, now()));
    assert_eq!(world.requeue(), Requeued::Again);
    let again = world.claimed(now());
    assert!(world.entry().possible_duplicate);
    let no = SendOutcome::Rejected { reason: "closed".to_owned() };
    assert!(world.settle(again.fence, no, now()));
    let unknown = OutboxState::Done(SendOutcome::Unknown);
    assert_eq!(world.state(), unknown, "the first sending may still have arrived");
}

#[test]
fn a_dead_letter_is_not_revived_once_its_occasion_was_spoken_of() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    let claim = world.claimed(now());
    let no = SendOutcome::Rejected { reason: "closed".to_owned() };
    assert!(world.settle(claim.fence, no, now()));
    let other = world.decide("k2", None);
    assert_eq!(world.requeue(), Requeued::SaidBy(other));
    let nobody = DecisionId::from_uuid(tenant().as_uuid());
    let answer = block_on(world.hub.requeue(tenant(), nobody)).expect("asked");
    assert_eq!(answer, Requeued::NotFound);
}

#[test]
fn receipts_tell_how_far_a_message_got_in_any_order() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    let receipt = |id: &str, status: &str| {
        let body =
            format!(r#"{{"id":"{id}","receipt":{{"of":"m-1","status":"{status}","code":"7"}}}}"#);
        block_on(world.hub.receive(request("mail", &body))).expect("received");
    };
    receipt("r-1", "delivered");
    assert!(world.delivery().receipts.is_empty(), "the message is not known yet");
    let claim = world.claimed(now());
    assert!(world.settle(claim.fence, accepted("m-1"), now()));
    assert_eq!(world.delivery().status(), Some(DeliveryStatus::Delivered));
    receipt("r-2", "failed");
    let delivery = world.delivery();
    assert_eq!(delivery.status(), Some(DeliveryStatus::Delivered), "what arrived did not fail");
    assert_eq!(delivery.receipts.len(), 2, "both stand");
}

#[test]
fn a_message_that_failed_and_arrived_is_an_anomaly() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    let claim = world.claimed(now());
    assert!(world.settle(claim.fence, accepted("m-1"), now()));
    assert_eq!(world.delivery().status(), Some(DeliveryStatus::Accepted), "its channel said so");
    world.hear(r#"{"id":"r-1","receipt":{"of":"m-1","status":"failed"}}"#);
    assert_eq!(world.delivery().status(), Some(DeliveryStatus::Failed));
    assert_eq!(block_on(world.hub.anomalies(tenant())).expect("looked"), []);
    world.hear(r#"{"id":"r-2","receipt":{"of":"m-1","status":"clicked"}}"#);
    assert_eq!(world.delivery().status(), Some(DeliveryStatus::Clicked));
    let found = block_on(world.hub.anomalies(tenant())).expect("looked");
    assert!(matches!(found[..], [Anomaly::FailedYetDelivered { .. }]), "{found:?}");
}

#[test]
fn a_watermark_reports_of_every_message_to_its_party_before_it() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    let claim = world.claimed(now());
    assert!(world.settle(claim.fence, accepted("m-1"), now()));
    let status = || world.delivery().status();
    let (before, after) = (now().minus(Duration::from_secs(1)), now());
    let mark = |id: &str, at: Timestamp, whose: &str| {
        let sender = format!(r#"{{"namespace":"email","value":"{whose}"}}"#);
        let receipt = format!(r#"{{"up_to":"{at}","status":"read"}}"#);
        world.hear(&format!(r#"{{"id":"{id}","sender":{sender},"receipt":{receipt}}}"#));
    };
    mark("w-1", before, ADDRESS);
    mark("w-2", after, "somebody.else@example.org");
    assert_eq!(status(), Some(DeliveryStatus::Accepted), "too early, or somebody else's");
    mark("w-3", after, ADDRESS);
    assert_eq!(status(), Some(DeliveryStatus::Read));
    assert_eq!(world.delivery().receipts.len(), 1);
    assert_eq!(block_on(world.hub.anomalies(tenant())).expect("looked"), []);
}

#[test]
fn a_watermark_that_names_a_message_reports_of_those_before_it() {
    let world = due(Capabilities::INBOUND.sending_to(Namespace::Email));
    let claim = world.claimed(now());
    assert!(world.settle(claim.fence, accepted("m-1"), now()));
    let sender = format!(r#""sender":{{"namespace":"email","value":"{ADDRESS}"}}"#);
    let mark = r#""receipt":{"of":"m-2","status":"delivered","and_earlier":true}"#;
    world.hear(&format!(r#"{{"id":"w-1",{sender},{mark}}}"#));
    let status = || world.delivery().status();
    assert_eq!(status(), Some(DeliveryStatus::Accepted), "nobody knows when m-2 left");
    let later = now().plus(Duration::from_secs(1));
    let message = r#""message":{"direction":"outbound","text":"And then?"}"#;
    world.hear(&format!(r#"{{"id":"m-2","occurred_at":"{later}",{sender},{message}}}"#));
    assert_eq!(status(), Some(DeliveryStatus::Delivered));
}
