//! A scenario's stage: a calm hub, a doubtful one, two providers, the end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use omnichannel::channel::{ChannelAdapter, ChannelCodec, KeyRing, Listening, TouchpointJson};
use omnichannel::engine::Requeued;
use omnichannel::hub::{Dispatched, FixedClock, SeededEntropy};
use omnichannel::model::{
    Act, Authorized, Body, Capabilities, Channel, ChannelId, ChannelKind, Configuration, Decision,
    DecisionId, DeliveryClass, Digest, ErasureKey, Intent, Key, LawfulBasis, LedgerState,
    Namespace, Occurred, Outbound, OutboxState, Outcome, Policy, Purpose, PurposeRules, RecordId,
    SendIdempotency, SendOutcome, Timestamp, Verdict,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::testkit::fault::{Fault, Faulty};
use omnichannel::testkit::interleave::Yielding;
use omnichannel::testkit::recompute::{everything, recomputed};
use omnichannel::{Hub, Result, Retry};

use crate::common::{keys, now, request, tenant};

/// A provider that may dedupe by the decision's id; it delivers what it does not know yet.
#[derive(Debug)]
pub(crate) struct Provider {
    codec: TouchpointJson,
    dedupes: bool,
    delivered: Mutex<Vec<DecisionId>>,
    answers: Mutex<VecDeque<SendOutcome>>,
}

impl Provider {
    fn new(name: &str, kind: ChannelKind, capabilities: Capabilities) -> Arc<Self> {
        let dedupes = capabilities.send_idempotency == SendIdempotency::Native;
        let channel = Channel::new(name, kind).expect("a channel");
        let codec = TouchpointJson::new(channel).with_capabilities(capabilities);
        let (delivered, answers) = Default::default();
        Arc::new(Self { codec, dedupes, delivered, answers })
    }

    /// Scripts the next answers; these deliver nothing.
    pub(crate) fn answer_with(&self, outcomes: impl IntoIterator<Item = SendOutcome>) {
        self.answers.lock().expect("no panic").extend(outcomes);
    }
}

#[async_trait]
impl ChannelAdapter for Provider {
    fn codec(&self) -> &dyn ChannelCodec {
        &self.codec
    }

    async fn send(&self, message: Authorized<Outbound>, _now: Timestamp) -> SendOutcome {
        if let Some(scripted) = self.answers.lock().expect("no panic").pop_front() {
            return scripted;
        }
        let (channel, id) = (self.codec.channel().id.as_str(), message.content().decision);
        let mut delivered = self.delivered.lock().expect("no panic");
        if !(self.dedupes && delivered.contains(&id)) {
            delivered.push(id);
        }
        SendOutcome::Accepted { provider_id: format!("{channel}-{id}") }
    }
}

/// Somebody who calls a hub, and does on an error what it advises.
pub(crate) struct Caller {
    hub: Hub,
    clock: Arc<FixedClock>,
    time: Arc<Mutex<Timestamp>>,
}

impl Caller {
    /// Calls until it is done. An unknown outcome asks for the same call again: the keys of inputs
    /// and intents and the fences of claims make each call safe to repeat.
    async fn insist<T>(&self, act: impl AsyncFn() -> Result<T>) -> T {
        const TRIES_MAX: usize = 5;
        for _ in 0..TRIES_MAX {
            let error = match act().await {
                Ok(done) => return done,
                Err(error) => error,
            };
            match error.retry_advice() {
                // No time passes on the stage but that of the outbox.
                Retry::Now | Retry::Unknown | Retry::After(_) => {}
                Retry::Never => panic!("an error that no retry mends: {error}"),
            }
        }
        panic!("{TRIES_MAX} tries were not enough")
    }

    fn now(&self) -> Timestamp {
        *self.time.lock().expect("no panic")
    }

    fn set(&self, now: Timestamp) {
        *self.time.lock().expect("no panic") = now;
        self.clock.set(now);
    }

    pub(crate) async fn tell(&self, channel: &str, body: &str) -> Option<RecordId> {
        let reception = self.insist(async || self.hub.receive(request(channel, body)).await).await;
        assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
        reception.taken[0].record
    }

    pub(crate) async fn decide(&self, intent: &Intent) -> Decision {
        self.insist(async || self.hub.decide(tenant(), intent).await).await
    }

    pub(crate) async fn dispatch_once(&self) -> Dispatched {
        self.insist(async || self.hub.dispatch_due(self.now()).await).await
    }

    /// Dispatches and waits as each answer says, until nothing waits.
    async fn dispatch(&self) {
        const CALLS_MAX: usize = 20;
        for _ in 0..CALLS_MAX {
            match self.dispatch_once().await.next_due {
                None => return,
                Some(next) => self.set(self.now().max(next)),
            }
        }
        panic!("something is due for ever")
    }
}

type Doubtful = Arc<Faulty<Yielding<Arc<MemoryStore>>>>;

pub(crate) struct Stage {
    store: Doubtful,
    calm: Caller,
    caller: Caller,
    providers: [Arc<Provider>; 2],
    decisions: Mutex<BTreeSet<DecisionId>>,
}

fn configuration() -> Configuration {
    let rules = |basis, once_within_hours| PurposeRules {
        basis,
        respects_quiet_hours: false,
        once_within_hours,
        delivery: DeliveryClass::AtMostOnce,
    };
    let purposes = [
        (Purpose::new("marketing"), rules(LawfulBasis::LegitimateInterests, 24)),
        (Purpose::new("order"), rules(LawfulBasis::Contract, 0)),
    ];
    let policy = Policy { purposes: purposes.into(), quiet_hours: None, ..Policy::default() };
    Configuration { policy, ..Configuration::default() }
}

fn caller(
    store: impl Store,
    providers: &[Arc<Provider>; 2],
    time: &Arc<Mutex<Timestamp>>,
) -> Caller {
    let clock = Arc::new(FixedClock::new(*time.lock().expect("no panic")));
    let web = TouchpointJson::new(Channel::new("web", ChannelKind::Web).expect("a channel"));
    let [mail, letter] = providers;
    let hub = Hub::new(store, keys(), Arc::clone(&clock), SeededEntropy::new(1))
        .erasure_keys(ErasureKey::new(&[9; 32]).expect("a key"), [])
        .channel(tenant(), Arc::clone(mail), KeyRing::default())
        .channel(tenant(), Arc::clone(letter), KeyRing::default())
        .channel(tenant(), Listening::new(web), KeyRing::default());
    Caller { hub, clock, time: Arc::clone(time) }
}

impl Stage {
    pub(crate) fn new(faults: &[(u64, Fault)]) -> Self {
        let memory = Arc::new(MemoryStore::new());
        let store = Faulty::at(Yielding(Arc::clone(&memory)), faults.iter().copied());
        let (store, time) = (Arc::new(store), Arc::new(Mutex::new(now())));
        let sends = |namespace| Capabilities::INBOUND.sending_to(namespace);
        let mail = sends(Namespace::Email).idempotent();
        let providers = [
            Provider::new("mail", ChannelKind::Email, mail),
            Provider::new("letter", ChannelKind::Post, sends(Namespace::Phone)),
        ];
        let calm = caller(memory, &providers, &time);
        block_on(calm.hub.configure(configuration())).expect("a fine policy");
        let caller = caller(Arc::clone(&store), &providers, &time);
        Self { store, calm, caller, providers, decisions: Mutex::default() }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.store.calls()
    }

    pub(crate) fn fired(&self) -> u64 {
        self.store.fired()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.caller.now()
    }

    /// One more hub over the same doubtful store.
    pub(crate) fn another_hub(&self) -> Caller {
        caller(Arc::clone(&self.store), &self.providers, &self.caller.time)
    }

    pub(crate) fn provider(&self, channel: &str) -> &Provider {
        let named = |p: &&Arc<Provider>| p.codec.channel().id.as_str() == channel;
        self.providers.iter().find(named).expect("a provider")
    }

    /// Tells something before the faults begin.
    pub(crate) fn told_before(&self, channel: &str, body: &str) -> RecordId {
        block_on(self.calm.tell(channel, body)).expect("somebody")
    }

    pub(crate) fn tell(&self, channel: &str, body: &str) {
        block_on(self.caller.tell(channel, body));
    }

    pub(crate) fn intent(
        &self,
        key: &str,
        subject: RecordId,
        purpose: &str,
        channel: &str,
    ) -> Intent {
        Intent {
            occasion: "spring".to_owned(),
            ..Intent::new(
                key.to_owned(),
                subject,
                Purpose::new(purpose),
                ChannelId::new(channel).expect("a name"),
                format!("Bonjour {key}"),
            )
        }
    }

    /// The end will look at the decision on this intent's key.
    pub(crate) fn expect_decision(&self, intent: &Intent) -> DecisionId {
        let id = self.calm.hub.context(tenant()).id_key.decision(tenant(), intent);
        self.decisions.lock().expect("no panic").insert(id);
        id
    }

    /// Decides before the faults begin.
    pub(crate) fn decided_before(&self, intent: &Intent) -> DecisionId {
        block_on(self.calm.decide(intent));
        self.expect_decision(intent)
    }

    pub(crate) fn decide(&self, intent: &Intent) {
        let decision = block_on(self.caller.decide(intent));
        assert_eq!(decision.id, self.expect_decision(intent));
    }

    /// Dispatches before the faults begin.
    pub(crate) fn dispatched_before(&self) {
        block_on(self.calm.dispatch());
    }

    /// Tries a message again; one that is back already is no longer dead.
    pub(crate) fn requeue(&self, id: DecisionId) {
        let hub = &self.caller.hub;
        let requeued = self.caller.insist(async || hub.requeue(tenant(), id).await);
        let requeued = block_on(requeued);
        assert!(matches!(requeued, Requeued::Again | Requeued::NotDead), "{requeued:?}");
    }

    pub(crate) fn erase(&self, subject: RecordId) {
        let hub = &self.caller.hub;
        let erasing = self.caller.insist(async || hub.erase(tenant(), subject, "request 7").await);
        assert!(block_on(erasing).is_complete());
    }

    /// Puts rules in force under which a value joins nobody.
    pub(crate) fn block(&self, value: &str) {
        let mut configuration = configuration();
        configuration.identity.blocked_values.insert(value.to_owned());
        let (hub, wanted) = (&self.caller.hub, &configuration);
        block_on(self.caller.insist(async || hub.configure(wanted.clone()).await));
    }

    /// Everything known here, line by line.
    pub(crate) fn export(&self) -> Vec<Vec<String>> {
        let (mut export, mut pages) = (self.calm.hub.export(tenant()), Vec::new());
        while let Some(lines) = block_on(export.next()).expect("exported") {
            pages.extend(lines.into_iter().map(|line| vec![line]));
        }
        pages
    }

    pub(crate) fn import(&self, pages: &[Vec<String>]) {
        let hub = &self.caller.hub;
        block_on(self.caller.insist(async || {
            let mut import = hub.import(tenant());
            for lines in pages {
                import.take(lines).await?;
            }
            assert!(import.progress().is_complete());
            Ok(())
        }));
    }

    pub(crate) fn dispatch(&self) {
        block_on(self.caller.dispatch());
    }

    /// Everything that can be seen, once nothing waits any more.
    pub(crate) async fn end(&self) -> End {
        let hub = &self.calm.hub;
        // What only reads looks under the configuration that it last took up.
        hub.refresh().await.expect("the configuration in force");
        let known = everything(hub.store(), tenant()).await.expect("facts");
        let mut end = End {
            digest: Some(hub.digest(tenant()).await.expect("views")),
            recomputed: Some(recomputed(hub, tenant()).await.expect("views")),
            verdicts: known.verdicts,
            ..End::default()
        };
        for copies in known.touchpoints.into_values() {
            let chosen = &copies[0].touchpoint;
            match (&chosen.act, &chosen.external_id) {
                (Act::Sent, Some(provider_id)) => {
                    end.sent.entry(provider_id.clone()).or_default().push(chosen.occurred);
                }
                _ => end.facts.push((chosen.id.to_string(), copies.len())),
            }
        }
        let decisions = self.decisions.lock().expect("no panic").clone();
        for id in &decisions {
            let decision = hub.decision(tenant(), *id).await.expect("read").expect("decided");
            let outbox = hub.outbox(tenant(), *id).await.expect("read");
            let delivered = self.providers.iter().map(|provider| {
                provider
                    .delivered
                    .lock()
                    .expect("no panic")
                    .iter()
                    .filter(|sent| *sent == id)
                    .count()
            });
            let key = Key::ledger(tenant(), decision.intent.subject);
            let row = hub.store().load(&[key]).await.expect("read").remove(0);
            let ledger = row.and_then(|row| match row.body {
                Body::Ledger(ledger) => ledger.of(*id).cloned(),
                _ => None,
            });
            end.messages.push(Message {
                outcome: decision.outcome,
                outbox: outbox.map(|entry| entry.state),
                delivered: delivered.sum(),
                ledger: ledger.map(|entry| entry.state),
            });
        }
        end
    }
}

/// What became of one decision.
#[derive(Debug, PartialEq)]
struct Message {
    outcome: Outcome,
    outbox: Option<OutboxState>,
    delivered: usize,
    ledger: Option<LedgerState>,
}

/// What a play leaves behind.
#[derive(Debug, Default)]
pub(crate) struct End {
    digest: Option<Digest>,
    recomputed: Option<Digest>,
    verdicts: Vec<Verdict>,
    /// Every fact but our own sendings, and how many copies of it there are.
    facts: Vec<(String, usize)>,
    /// Our own sendings as facts, by the provider's id.
    sent: BTreeMap<String, Vec<Occurred>>,
    messages: Vec<Message>,
}

impl End {
    /// What holds of every end, whatever the undisturbed one.
    pub(crate) fn check_alone(&self) {
        assert_eq!(self.digest, self.recomputed, "views are those of the facts");
        let mut accepted = 0;
        for message in &self.messages {
            let Outcome::Send { .. } = message.outcome else {
                assert_eq!((&message.outbox, message.delivered), (&None, 0));
                continue;
            };
            match message.outbox.as_ref().expect("in the outbox") {
                OutboxState::Done(SendOutcome::Accepted { .. }) => {
                    accepted += 1;
                    assert_eq!((message.delivered, message.ledger), (1, Some(LedgerState::Sent)));
                }
                OutboxState::Done(SendOutcome::Unknown) => {
                    assert!(message.delivered <= 1);
                    assert_eq!(message.ledger, Some(LedgerState::Ambiguous));
                }
                OutboxState::Due | OutboxState::Leased { .. } => {
                    assert_eq!(
                        (message.delivered, message.ledger),
                        (0, Some(LedgerState::Reserved))
                    );
                }
                other => panic!("no scenario ends so: {other:?}"),
            }
        }
        assert!(self.sent.values().all(|times| times.len() == 1), "each sending is one fact");
        assert_eq!(self.sent.len(), accepted, "every accepted sending is a fact");
    }

    /// Whether it ended otherwise than undisturbed, and says so; panics where it should not have.
    pub(crate) fn agrees_with(&self, calm: &Self, name: &str, faults: &[(u64, Fault)]) -> bool {
        let at = format!("{name} under {faults:?}");
        self.check_alone();
        assert_eq!(self.facts, calm.facts, "{at}: nothing lost, nothing doubled");
        assert_eq!(self.verdicts, calm.verdicts, "{at}");
        assert_eq!(self.messages.len(), calm.messages.len(), "{at}");
        for (message, calm) in self.messages.iter().zip(&calm.messages) {
            assert_eq!(message.outcome, calm.outcome, "{at}: decided otherwise");
            // Where a settlement was lost nobody knows whether it was sent, and the outbox says so.
            let unknown = matches!(message.outbox, Some(OutboxState::Done(SendOutcome::Unknown)));
            assert!(unknown || message == calm, "{at}: {message:?} instead of {calm:?}");
        }
        if self.sent == calm.sent {
            assert_eq!(self.digest, calm.digest, "{at}: other views");
        }
        self.sent != calm.sent
    }
}
