//! A node: one hub with a clock of its own and a doubtful store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::chance::Chance;
use super::inputs::Codecs;
use super::journal::Journal;
use super::provider::Provider;
use super::truth::Shared;
use crate::Hub;
use crate::channel::{ChannelCodec, KeyRing, Listening};
use crate::hub::{FixedClock, Keys, SeededEntropy};
use crate::model::{
    Configuration, DeliveryClass, IdKey, LawfulBasis, Policy, Purpose, PurposeRules, QuietAction,
    QuietHours, TenantId, Timestamp,
};
use crate::storage::Store;
use crate::testkit::fault::{Call, Fault, Faulty};
use crate::testkit::interleave::Yielding;

/// Whose data.
pub(super) fn tenant() -> TenantId {
    TenantId::named("simulated")
}

pub(super) fn id_key() -> IdKey {
    IdKey::new(&[42; 32]).expect("long enough")
}

/// Three purposes of different bases and hours, and quiet nights.
pub(super) fn configuration() -> Configuration {
    let rules = |basis, once_within_hours, respects_quiet_hours| {
        let delivery = match basis {
            LawfulBasis::LegitimateInterests => DeliveryClass::AtLeastOnce,
            _ => DeliveryClass::AtMostOnce,
        };
        PurposeRules { basis, respects_quiet_hours, once_within_hours, delivery }
    };
    let purposes = BTreeMap::from([
        (Purpose::new("marketing"), rules(LawfulBasis::Consent, 24, true)),
        (Purpose::new("news"), rules(LawfulBasis::LegitimateInterests, 6, false)),
        (Purpose::new("order"), rules(LawfulBasis::Contract, 0, false)),
    ]);
    let quiet_hours = QuietHours {
        from_minute: 22 * 60,
        until_minute: 6 * 60,
        action: QuietAction::Hold,
        plausible_offsets: vec!["+01:00".parse().expect("an offset")],
    };
    let policy = Policy { purposes, quiet_hours: Some(quiet_hours), ..Policy::default() };
    Configuration { policy, ..Configuration::default() }
}

/// A hub over a store, with every channel of the run.
pub(super) fn hub(
    store: impl Store,
    clock: Arc<FixedClock>,
    seed: u64,
    codecs: &Codecs,
    providers: &[Arc<Provider>],
) -> Hub {
    let keys = Keys { id_key: id_key() };
    let mut hub = Hub::new(store, keys, clock, SeededEntropy::new(seed))
        .configured(configuration())
        .expect("a fine policy");
    for codec in codecs.all() {
        let same = |p: &&Arc<Provider>| p.codec.channel().id == codec.channel().id;
        hub = match providers.iter().find(same) {
            Some(provider) => hub.channel(tenant(), Arc::clone(provider), KeyRing::default()),
            None => hub.channel(tenant(), Listening::new(codec.clone()), KeyRing::default()),
        };
    }
    hub
}

/// A store as a node sees it: every call gives way, and some go wrong.
pub(super) fn doubtful(
    store: Arc<Journal>,
    chance: Chance,
    calm: Arc<AtomicBool>,
    truth: Shared,
) -> impl Store {
    // In a thousand calls, for each kind of fault; a run may be spared one.
    let rates: [usize; 4] = std::array::from_fn(|_| chance.below(40));
    Faulty::planned(Yielding(store), move |_, call| {
        if calm.load(Ordering::Relaxed) {
            return None;
        }
        let throw = chance.below(1_000);
        let below = |kind: usize| throw < rates[..=kind].iter().sum();
        let (fault, called) = if below(0) {
            (Fault::Fails, "fault: fails")
        } else if below(1) {
            (Fault::Delays(1 + u32::try_from(chance.below(4)).unwrap_or(0)), "fault: delays")
        } else if below(2) && call == Call::Commit {
            (Fault::Conflicts, "fault: conflicts")
        } else if below(3) && call == Call::Commit {
            (Fault::SaysFailed, "fault: says failed")
        } else {
            return None;
        };
        truth.count(called);
        Some(fault)
    })
}

/// A hub that may crash and be restarted.
pub(super) struct Node {
    pub(super) hub: Arc<Hub>,
    pub(super) clock: Arc<FixedClock>,
    /// How far its clock is ahead of the world's, in microseconds.
    pub(super) skew: i64,
}

impl Node {
    pub(super) fn set(&self, now: i64) {
        self.clock.set(instant(now.saturating_add(self.skew)));
    }
}

/// The instant so many microseconds after 1970, within the calendar.
pub(super) fn instant(micros: i64) -> Timestamp {
    let within = micros.clamp(Timestamp::MIN.micros(), Timestamp::MAX.micros());
    Timestamp::from_micros(within).unwrap_or(Timestamp::MAX)
}
