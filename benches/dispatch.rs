//! What dispatching costs beside the bare store calls that it makes.
//!
//! ```text
//! cargo bench --bench dispatch [-- MESSAGES]
//! ```
//!
//! Two stores are filled alike. On the first the hub dispatches through a channel in memory, while
//! every store call is written down; on the second those calls are made again, bare and in order.
//! The ratio is what the steps, the channel and the concurrency cost. Of three runs the median
//! counts.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use omnichannel::channel::{KeyRing, MemoryChannel, RawInbound};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{
    Changeset, Channel, ChannelId, ChannelKind, Commit, Configuration, DeliveryClass, IdKey,
    Intent, Key, LawfulBasis, Namespace, Page, Policy, Purpose, PurposeRules, Range, Row, TenantId,
    Timestamp,
};
use omnichannel::storage::{MemoryStore, Store, StoreCapabilities};
use omnichannel::{Hub, Result};

type Failure = Box<dyn std::error::Error>;

/// How many messages are decided between two looks at the clock.
const BATCH: usize = 1_000;

/// One call of a store, to be made again.
#[derive(Debug, Clone)]
enum Call {
    Load(Vec<Key>),
    Scan(Vec<Range>),
    Commit(Changeset),
}

/// A store that writes its calls down, once it is told to.
#[derive(Debug, Default)]
struct Recording {
    store: MemoryStore,
    calls: OnceLock<Mutex<Vec<Call>>>,
}

impl Recording {
    fn note(&self, call: impl FnOnce() -> Call) {
        if let Some(calls) = self.calls.get() {
            calls.lock().expect("one thread").push(call());
        }
    }
}

#[async_trait]
impl Store for Recording {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        self.note(|| Call::Load(keys.to_vec()));
        self.store.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        self.note(|| Call::Scan(ranges.to_vec()));
        self.store.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        self.note(|| Call::Commit(changeset.clone()));
        self.store.commit(changeset).await
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.store.capabilities()
    }
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !words.iter().any(|word| word == "--bench");
    let asked = words.iter().find_map(|word| word.parse().ok());
    let messages = asked.unwrap_or(if trial { 200 } else { 100_000 });
    let mut runs = (0..3).map(|_| run(messages)).collect::<Result<Vec<_>, _>>()?;
    runs.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    let Run { hub, bare, calls } = runs[1];
    let each = |whole: Duration| whole.as_secs_f64() * 1e6 / messages as f64;
    println!("{messages} messages, {:.1} store calls each", calls as f64 / messages as f64);
    println!("  hub  {:>8.2} us each", each(hub));
    println!("  bare {:>8.2} us each", each(bare));
    println!("  ratio {:>7.2}x", runs[1].ratio());
    Ok(())
}

#[derive(Clone, Copy)]
struct Run {
    hub: Duration,
    bare: Duration,
    calls: usize,
}

impl Run {
    fn ratio(&self) -> f64 {
        self.hub.as_secs_f64() / self.bare.as_secs_f64()
    }
}

fn run(messages: usize) -> Result<Run, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    // Timed without a word written down ...
    let (quiet, _) = filled(messages, &runtime)?;
    let began = time();
    dispatch(&quiet, messages, &runtime)?;
    let hub = time().saturating_sub(began);
    drop(quiet);
    // ... then written down on a store that is filled alike ...
    let (noted, store) = filled(messages, &runtime)?;
    store.calls.set(Mutex::default()).map_err(|_| "recorded twice")?;
    dispatch(&noted, messages, &runtime)?;
    let calls = store.calls.get().ok_or("not recorded")?.lock().expect("one thread").clone();
    drop((noted, store));
    // ... and made again, bare.
    let (_, again) = filled(messages, &runtime)?;
    let count = calls.len();
    let began = time();
    runtime.block_on(repeat(&again.store, calls))?;
    Ok(Run { hub, bare: time().saturating_sub(began), calls: count })
}

async fn repeat(store: &MemoryStore, calls: Vec<Call>) -> Result<(), Failure> {
    for call in calls {
        match call {
            Call::Load(keys) => drop(store.load(&keys).await?),
            Call::Scan(ranges) => drop(store.scan(&ranges).await?),
            Call::Commit(changeset) => match store.commit(changeset).await? {
                Commit::Applied(_) => {}
                Commit::Conflict(failed) => return Err(format!("not alike: {failed:?}").into()),
            },
        }
    }
    Ok(())
}

fn dispatch(hub: &Hub, messages: usize, runtime: &tokio::runtime::Runtime) -> Result<(), Failure> {
    let mut sent = 0;
    loop {
        let done = runtime.block_on(hub.dispatch_due(now()?))?;
        sent += done.sent.len();
        if done.next_due.is_none() {
            break;
        }
    }
    if sent == messages { Ok(()) } else { Err(format!("{sent} were sent of {messages}").into()) }
}

fn now() -> Result<Timestamp, Failure> {
    Ok("2026-03-14T20:40:00Z".parse()?)
}

/// A hub over a store with so many due messages, each to somebody else.
fn filled(
    messages: usize,
    runtime: &tokio::runtime::Runtime,
) -> Result<(Hub, Arc<Recording>), Failure> {
    let tenant = TenantId::named("maison-lune");
    let store = Arc::new(Recording::default());
    let rules = PurposeRules {
        basis: LawfulBasis::Contract,
        respects_quiet_hours: false,
        once_within_hours: 24,
        delivery: DeliveryClass::AtMostOnce,
    };
    let policy = Policy {
        purposes: [(Purpose::new("order"), rules)].into(),
        quiet_hours: None,
        ..Policy::default()
    };
    let mail = MemoryChannel::new(Channel::new("mail", ChannelKind::Email)?, Namespace::Email);
    let keys = Keys { id_key: IdKey::new(&[7; 32])? };
    let hub = Hub::new(Arc::clone(&store), keys, FixedClock::new(now()?), SeededEntropy::new(1))
        .configured(Configuration { policy, ..Configuration::default() })?
        .channel(tenant, mail, KeyRing::default());
    let channel = ChannelId::new("mail")?;
    for first in (0..messages).step_by(BATCH) {
        let request = |n: usize| {
            let body = format!(
                r#"{{"id":"{n}","act":"purchased","sender":{{"namespace":"email",
                "value":"buyer-{n}@example.org"}},"objects":[{{"kind":"order","id":"A-{n}"}}]}}"#
            );
            RawInbound::new(tenant, channel.clone(), body).attested("made by the bench")
        };
        let batch = (first..messages.min(first + BATCH)).map(request).collect();
        for (n, reception) in runtime.block_on(hub.receive_many(batch))?.iter().enumerate() {
            let intent = Intent {
                occasion: format!("A-{}", first + n),
                ..Intent::new(
                    format!("k-{}", first + n),
                    reception.taken[0].record.ok_or("nobody")?,
                    Purpose::new("order"),
                    channel.clone(),
                    "Your order is on its way.".to_owned(),
                )
            };
            runtime.block_on(hub.decide(tenant, &intent))?;
        }
    }
    Ok((hub, store))
}

/// The time since the first call.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn time() -> Duration {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed()
}
