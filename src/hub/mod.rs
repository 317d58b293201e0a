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
mod configure;
mod counts;
mod entropy;
mod erase;
mod export;
mod facts;
mod files;
mod follow;
mod import;
mod in_force;
mod index;
mod pages;
mod poll;
mod read;
mod receive;
mod retain;
mod rule;
mod run;
mod send;
mod trace;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, OnceLock, RwLock};

pub use clock::{Clock, FixedClock, SystemClock};
pub use configure::{Configured, Preview};
pub use counts::Counts;
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use export::Export;
pub use facts::Corrections;
pub use files::FileFate;
pub use import::{Import, Imported, RefusedLine};
pub use index::RecordIndex;
pub use poll::Polled;
pub use receive::{Reception, Taken};
pub use send::Dispatched;

use crate::channel::{ChannelAdapter, KeyRing};
use crate::engine::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Capabilities, ChannelId, Configuration, ErasureKey, IdKey, TenantId};
use crate::storage::{BlobStore, Store};
use in_force::Held;

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
    held: RwLock<Held>,
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
    follower: Option<follow::Follower>,
    blobs: Option<Arc<dyn BlobStore>>,
}

impl Hub {
    /// Most bytes of requests that a hub takes in at once, unless told otherwise: 64 MiB.
    pub const IN_HAND_MAX: usize = 64 << 20;

    /// Plugs a store, the data set's secrets, a clock and a source of entropy together.
    ///
    /// `SystemClock` and `SystemEntropy` serve production; the others serve tests and replays.
    pub fn new(store: impl Store, keys: Keys, clock: impl Clock, entropy: impl Entropy) -> Self {
        Self {
            store: Arc::new(store),
            keys,
            clock: Arc::new(clock),
            entropy: Arc::new(entropy),
            held: RwLock::new(Held::new(Configuration::default(), false)),
            channels: BTreeMap::new(),
            capabilities: BTreeMap::new(),
            no_channels: BTreeMap::new(),
            profile_checked: OnceLock::new(),
            stopped: AtomicBool::new(false),
            in_hand: AtomicUsize::new(0),
            in_hand_max: Self::IN_HAND_MAX,
            counters: counts::Counters::default(),
            erasure_keys: Vec::new(),
            follower: None,
            blobs: None,
        }
    }

    /// Gives what views and decisions depend on besides facts by hand, to this hub.
    ///
    /// Without this a hub works under the configuration that [`Hub::configure`] put in force in its
    /// store. One that is given by hand must have the identity rules of the store; once another was
    /// put in force, nothing is decided or sent under it.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Invalid`] where the policy cannot be meant so; names every fault with
    /// its path. [`crate::ErrorKind::Unsupported`] where the identity rules need a feature that is
    /// not compiled in; names it.
    pub fn configured(mut self, configuration: Configuration) -> Result<Self> {
        configure::check(&configuration, "hub.configured")?;
        self.held = RwLock::new(Held::new(configuration, true));
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
    pub fn configuration(&self) -> Arc<Configuration> {
        self.held().configuration
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
        let Held { configuration, version, rules, .. } = self.held();
        Context {
            tenant,
            id_key: &self.keys.id_key,
            configuration,
            version,
            rules,
            erasure_keys: &self.erasure_keys,
            channels: self.capabilities.get(&tenant).unwrap_or(&self.no_channels),
        }
    }

    /// The channel of a tenant, or the error that it is not plugged in.
    fn plugged_in(
        &self,
        tenant: TenantId,
        channel: &ChannelId,
        operation: &'static str,
    ) -> Result<&Plugged> {
        self.plugged(tenant, channel).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "the channel is not plugged in for this tenant")
                .during(operation)
                .with("channel", channel)
        })
    }

    fn plugged(&self, tenant: TenantId, channel: &ChannelId) -> Option<&Plugged> {
        self.channels.get(&(tenant, channel.clone()))
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("store", &self.store)
            .field("configuration", &self.held().version)
            .field("channels", &self.channels.len())
            .finish_non_exhaustive()
    }
}
