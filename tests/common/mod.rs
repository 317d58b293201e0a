//! What several tests need: a hub over five channels, and dice.
#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod failing;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, Segment, TouchpointJson};
use omnichannel::engine::Fate;
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{Channel, ChannelId, ChannelKind, IdKey, TenantId, Timestamp};
use omnichannel::storage::Store;
use omnichannel::testkit::people::people;
use serde_json::Value;

pub(crate) fn tenant() -> TenantId {
    TenantId::named("maison-lune")
}

pub(crate) fn now() -> Timestamp {
    "2026-04-01T10:00:00Z".parse().expect("a time")
}

pub(crate) fn keys() -> Keys {
    Keys { id_key: IdKey::new(&[7; 32]).expect("a key") }
}

/// A hub over the five channels of the crowd and the five of the gift journey, on its own clock.
pub(crate) fn hub(store: impl Store) -> Hub {
    let mut hub = Hub::new(store, keys(), FixedClock::new(now()), SeededEntropy::new(1));
    for (id, kind) in [
        ("web", ChannelKind::Web),
        ("app", ChannelKind::App),
        ("store", ChannelKind::Store),
        ("social", ChannelKind::Social),
        ("mail", ChannelKind::Email),
        ("gift-social", ChannelKind::Social),
        ("gift-post", ChannelKind::Post),
        ("gift-store-lyon", ChannelKind::Store),
    ] {
        let codec = TouchpointJson::new(Channel::new(id, kind).expect("a channel"));
        hub = hub.channel(tenant(), Listening::new(codec), KeyRing::default());
    }
    for (id, kind) in [("gift-web", ChannelKind::Web), ("gift-app", ChannelKind::App)] {
        let codec = Segment::new(Channel::new(id, kind).expect("a channel"));
        hub = hub.channel(tenant(), Listening::new(codec), KeyRing::default());
    }
    hub
}

pub(crate) fn request(channel: &str, body: &str) -> RawInbound {
    let channel = ChannelId::new(channel).expect("a name");
    RawInbound::new(tenant(), channel, body).attested("made by the test")
}

/// What a crowd tells, as raw requests.
pub(crate) fn crowd(seed: u64, persons: usize) -> Vec<RawInbound> {
    people(seed, persons).iter().map(|told| request(told.channel, &told.body)).collect()
}

/// What the gift journey of the quickstart tells, as raw requests.
pub(crate) fn gift() -> Vec<RawInbound> {
    let journey = include_str!("../../examples/data/gift.json");
    let journey: Value = serde_json::from_str(journey).expect("the journey is JSON");
    let inputs = journey["inputs"].as_array().expect("inputs");
    let input = |input: &Value| {
        let channel = format!("gift-{}", input["channel"].as_str().expect("a channel"));
        let received = input["received_at"].as_str().expect("a time").parse().expect("a time");
        request(&channel, &input["body"].to_string()).received_at(received)
    };
    inputs.iter().map(input).collect()
}

/// Feeds requests in batches; every one must be taken.
pub(crate) async fn receive_batches(hub: &Hub, requests: &[RawInbound], size: usize) -> Vec<Fate> {
    let mut fates = Vec::new();
    for batch in requests.chunks(size) {
        for reception in hub.receive_many(batch.to_vec()).await.expect("the store answers") {
            assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
            fates.extend(reception.taken.iter().map(|taken| taken.fate));
        }
    }
    fates
}

/// SplitMix64.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides.max(1) as u64).unwrap_or(0)
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}
