//! Claims and settlements by hand: who may send, and whose word counts.
//!
//! Method: the canonical loop of the engine, run step by step, so that a dispatcher can vanish
//! between its claim and its settlement.
#![cfg(feature = "testkit")]

mod common;

use std::sync::Arc;

use common::{keys, now, request, tenant};
use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel, TouchpointJson};
use omnichannel::engine::{Claim, Claimed, LEASE, Pause, Settlement, Step, View, claim, settle};
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::model::{
    Capabilities, Changeset, Channel, ChannelId, ChannelKind, Commit, Configuration, DecisionId,
    Intent, LawfulBasis, Namespace, OutboxState, Pii, Policy, Purpose, PurposeRules, SendOutcome,
    Timestamp,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;

struct World {
    store: Arc<MemoryStore>,
    hub: Hub,
    id: DecisionId,
}

/// A message that is due on a channel with these capabilities.
fn due(capabilities: Capabilities) -> World {
    let store = Arc::new(MemoryStore::new());
    let channel = Channel::new("mail", ChannelKind::Email).expect("a channel");
    let codec = TouchpointJson::new(channel).with_capabilities(capabilities);
    let rules = PurposeRules {
        basis: LawfulBasis::Contract,
        respects_quiet_hours: false,
        once_within_hours: 0,
    };
    let policy = Policy { purposes: [(Purpose::new("order"), rules)].into(), quiet_hours: None };
    let hub = Hub::new(Arc::clone(&store), keys(), FixedClock::new(now()), SeededEntropy::new(1))
        .configured(Configuration { policy, ..Configuration::default() })
        .expect("a fine policy")
        .channel(tenant(), MemoryChannel::speaking(codec), KeyRing::default());
    let body = r#"{"id":"1","act":"purchased","sender":{"namespace":"email","value":"z@b.fr"},
        "identifiers":[{"namespace":"email","value":"z@b.fr"}]}"#;
    let reception = block_on(hub.receive(request("mail", body))).expect("received");
    let intent = Intent {
        key: "k".to_owned(),
        subject: reception.taken[0].record.expect("somebody"),
        purpose: Purpose::new("order"),
        occasion: "1007".to_owned(),
        channels: vec![ChannelId::new("mail").expect("a name")],
        text: Pii::new("sent".to_owned()),
        not_before: None,
        not_after: None,
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
                    let keys: Vec<_> = need.keys.into_iter().collect();
                    let rows = block_on(self.store.load(&keys)).expect("the store answers");
                    keys.into_iter().zip(rows).for_each(|(key, row)| view.add_row(key, row));
                    let ranges: Vec<_> = need.ranges.into_iter().collect();
                    let pages = block_on(self.store.scan(&ranges)).expect("the store answers");
                    ranges.into_iter().zip(pages).for_each(|(range, page)| {
                        view.add_page(range, page);
                    });
                }
                Err(Pause::Stale) => panic!("nobody else writes"),
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
        let settlement = Settlement { id: self.id, fence, outcome };
        self.run(|view| {
            let written = settle(&context, view, &settlement, &ChannelKind::Email, at)?;
            Ok((written.is_some(), written.unwrap_or_default()))
        })
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
