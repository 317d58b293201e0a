//! The hub: plugs channels, storage, clock and entropy into the engine. The only room that awaits.
//!
//! It reads what a step needs, steps, commits, acts, and judges nothing. Every call takes `&self`
//! and may run beside others, in one process or many: what must be serial is serialised by
//! `Store::commit`.
//!
//! # Law
//!
//! 1. Holds no state of the domain: two hubs over one store are one.
//! 2. A call that answers has committed what it says it took.
//! 3. Runs on any executor; owns no thread and no timer.

mod anomalies;
mod clock;
mod counts;
mod entropy;
mod erase;
mod export;
mod import;
mod read;
mod receive;
mod run;
mod send;
mod trace;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, OnceLock};

pub use clock::{Clock, FixedClock, SystemClock};
pub use counts::Counts;
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use export::Export;
pub use import::{Import, Imported, RefusedLine};
pub use receive::{Reception, Taken};
pub use send::Dispatched;

use crate::channel::{ChannelAdapter, KeyRing};
use crate::engine::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Body, Capabilities, Changeset, ChannelId, Commit, Configuration, ConfigurationVersion,
    ErasureKey, Expect, IdKey, Key, Put, TenantId,
};
use crate::storage::Store;

/// The secrets of a data set.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Ids are minted under it; fixed for the life of the data set.
    pub id_key: IdKey,
}

struct Plugged {
    adapter: Arc<dyn ChannelAdapter>,
    keys: KeyRing,
}

/// One customer, one conversation, one price and one voice over all channels of an application.
///
/// ```
/// use omnichannel::Hub;
/// use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
/// use omnichannel::model::{IdKey, Timestamp};
/// use omnichannel::storage::MemoryStore;
///
/// let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret")? };
/// let clock = FixedClock::new("2026-03-14T18:30:00Z".parse::<Timestamp>()?);
/// let hub = Hub::new(MemoryStore::default(), keys, clock, SeededEntropy::new(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Hub {
    store: Arc<dyn Store>,
    keys: Keys,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    configuration: Configuration,
    version: ConfigurationVersion,
    channels: BTreeMap<(TenantId, ChannelId), Plugged>,
    capabilities: BTreeMap<TenantId, BTreeMap<ChannelId, Capabilities>>,
    no_channels: BTreeMap<ChannelId, Capabilities>,
    profile_checked: OnceLock<()>,
    stopped: AtomicBool,
    /// Bytes of requests that are being taken in.
    in_hand: AtomicUsize,
    in_hand_max: usize,
    counters: counts::Counters,
    erasure_keys: Vec<ErasureKey>,
}

impl Hub {
    /// Most bytes of requests that a hub takes in at once, unless told otherwise: 64 MiB.
    pub const IN_HAND_MAX: usize = 64 << 20;

    /// Plugs a store, the data set's secrets, a clock and a source of entropy together.
    ///
    /// `SystemClock` and `SystemEntropy` serve production; the others serve tests and replays.
    pub fn new(store: impl Store, keys: Keys, clock: impl Clock, entropy: impl Entropy) -> Self {
        let configuration = Configuration::default();
        Self {
            store: Arc::new(store),
            keys,
            clock: Arc::new(clock),
            entropy: Arc::new(entropy),
            version: configuration.version(),
            configuration,
            channels: BTreeMap::new(),
            capabilities: BTreeMap::new(),
            no_channels: BTreeMap::new(),
            profile_checked: OnceLock::new(),
            stopped: AtomicBool::new(false),
            in_hand: AtomicUsize::new(0),
            in_hand_max: Self::IN_HAND_MAX,
            counters: counts::Counters::default(),
            erasure_keys: Vec::new(),
        }
    }

    /// Sets what views and decisions depend on besides facts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where the policy cannot be meant so; names every fault with its path.
    pub fn configured(mut self, configuration: Configuration) -> Result<Self> {
        configuration.policy.check().map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Error::new(ErrorKind::Invalid, faults.join("; ")).during("hub.configured")
        })?;
        self.version = configuration.version();
        self.configuration = configuration;
        Ok(self)
    }

    /// Takes in at most so many bytes of requests at once; more are asked to come later.
    ///
    /// Without this, [`Hub::IN_HAND_MAX`].
    #[must_use]
    pub fn in_hand_max(mut self, bytes: usize) -> Self {
        self.in_hand_max = bytes;
        self
    }

    /// Sets the keys under which what was erased is known again: `current` for what is erased from
    /// now on, `older` for what was erased before. A key that tombstones stand under is needed for
    /// as long as they are.
    #[must_use]
    pub fn erasure_keys(
        mut self,
        current: ErasureKey,
        older: impl IntoIterator<Item = ErasureKey>,
    ) -> Self {
        self.erasure_keys = std::iter::once(current).chain(older).collect();
        self
    }

    /// Plugs in a channel of a tenant with the keys by which its requests are verified.
    #[must_use]
    pub fn channel(
        mut self,
        tenant: TenantId,
        adapter: impl ChannelAdapter,
        keys: KeyRing,
    ) -> Self {
        let id = adapter.codec().channel().id.clone();
        let declared = adapter.codec().capabilities().clone();
        self.capabilities.entry(tenant).or_default().insert(id.clone(), declared);
        self.channels.insert((tenant, id), Plugged { adapter: Arc::new(adapter), keys });
        self
    }

    /// What views and decisions depend on besides facts.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The store.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// What this hub did since it was made.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// The context in which the engine steps for a tenant.
    pub fn context(&self, tenant: TenantId) -> Context<'_> {
        Context {
            tenant,
            id_key: &self.keys.id_key,
            configuration: &self.configuration,
            version: self.version,
            erasure_keys: &self.erasure_keys,
            channels: self.capabilities.get(&tenant).unwrap_or(&self.no_channels),
        }
    }

    fn plugged(&self, tenant: TenantId, channel: &ChannelId) -> Option<&Plugged> {
        self.channels.get(&(tenant, channel.clone()))
    }

    /// Refuses a store whose derived rows rest on another profile; writes ours into a new one.
    async fn check_profile(&self) -> Result<()> {
        if self.profile_checked.get().is_some() {
            return Ok(());
        }
        let ours = self.context(TenantId::SYSTEM).profile();
        loop {
            let rows = self.store.load(&[Key::profile()]).await?;
            if let Some(row) = rows.into_iter().next().flatten() {
                return match row.body {
                    Body::Profile(known) if *known == ours => {
                        let _ = self.profile_checked.set(());
                        Ok(())
                    }
                    Body::Profile(known) if known.id_key != ours.id_key => Err(refused(
                        "the store was filled under another id key; open it with its own",
                    )),
                    Body::Profile(known) if known.normaliser != ours.normaliser => Err(refused(
                        "the store was filled under other normalisers; rebuild it from its facts",
                    )),
                    _ => Err(refused(
                        "the store was filled under other identity rules; use those, or rebuild \
                         it from its facts",
                    )),
                };
            }
            let key = Key::profile();
            let body = Body::Profile(Arc::new(ours.clone()));
            let put = Put::new(TenantId::SYSTEM, key.id, body, Vec::new());
            let expects = vec![Expect::Row(key, 0)];
            let changeset = Changeset { puts: vec![put], expects, ..Changeset::default() };
            if let Commit::Applied(_) = self.store.commit(changeset).await? {
                let _ = self.profile_checked.set(());
                return Ok(());
            }
        }
    }
}

fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::Denied, message).during("hub.open")
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("store", &self.store)
            .field("configuration", &self.version)
            .field("channels", &self.channels.len())
            .finish_non_exhaustive()
    }
}
