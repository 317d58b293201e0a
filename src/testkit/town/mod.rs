//! A seeded town: people on every channel, and whose each touchpoint truly is.
//!
//! Identity is easy to get right on friendly input. A town makes what real feeds make, from one
//! seed and documented [`Knobs`]: families with one phone or mailbox, numbers that pass to
//! strangers, kiosks that hundreds touch, mailboxes of roles, junk, slips of the finger, marriages,
//! moves, browsing before a log-in, late, repeated and unordered arrival. It also knows the
//! [`Truth`], so that what a hub makes of it can be measured.
//!
//! ```
//! use omnichannel::testkit::town::{Knobs, Town};
//!
//! let town = Town::new(Knobs::default().people(200).seed(7))?;
//! for sighting in town.sightings() {
//!     // What arrives, in order, and whose it truly is.
//!     assert!(sighting.person < 200 && sighting.arrived >= sighting.occurred);
//! }
//!
//! let (mut lines, mut table) = (Vec::new(), Vec::new());
//! town.write_json_lines(&mut lines)?; // For `TouchpointJson`, or the example `ingest`.
//! town.write_csv(&mut table)?; // For whoever links records; its column `person` is the truth.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Measured against a hub:
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use omnichannel::Hub;
//! use omnichannel::channel::{KeyRing, Listening, TouchpointJson};
//! use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
//! use omnichannel::model::{IdKey, TenantId, Timestamp};
//! use omnichannel::storage::MemoryStore;
//! use omnichannel::testkit::block_on;
//! use omnichannel::testkit::town::{Knobs, Town};
//!
//! let town = Town::new(Knobs::default().people(50))?;
//! let shop = TenantId::named("maison-lune");
//! let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret")? };
//! let clock = FixedClock::new("2026-04-01T10:00:00Z".parse::<Timestamp>()?);
//! let mut hub = Hub::new(MemoryStore::new(), keys, clock, SeededEntropy::new(1));
//! for channel in town.channels() {
//!     hub = hub.channel(shop, Listening::new(TouchpointJson::new(channel)), KeyRing::default());
//! }
//! let requests = town.sightings().map(|sighting| sighting.request(shop));
//! block_on(hub.receive_all(requests, |_, _| {}))?;
//!
//! let mut held = BTreeMap::new();
//! for portrait in block_on(hub.portraits(shop))? {
//!     let customer = portrait.customer;
//!     held.extend(customer.records.iter().map(|record| (record.id, customer.id)));
//! }
//! let evaluation = town.truth(&hub.context(shop)).evaluate(|record| held[&record]);
//! println!("{evaluation}");
//! assert!(evaluation.overall.found >= evaluation.overall.correct);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Law
//!
//! 1. The same knobs give the same bytes on every machine (`tests/town.rs`).
//! 2. No account, card, cookie or own device is two people's (`tests/town.rs`).
//! 3. Memory is proportional to people, whatever is read or written; a touchpoint is made when it
//!    arrives.

mod arrival;
mod dice;
mod evaluation;
mod households;
mod identifiers;
mod knobs;
mod names;
mod noise;
mod people;
mod sightings;
mod touchpoints;
mod truth;
mod writing;

use std::collections::BTreeMap;

pub use arrival::Sightings;
pub use evaluation::{Evaluation, Pairs};
pub use knobs::{BadKnob, Knobs};
pub use people::{Number, Person};
pub use sightings::Sighting;
pub use truth::Truth;

use crate::channel::{ChannelCodec, KeyRing, SignatureScheme, TouchpointJson, verify};
use crate::engine::{Context, prepare_event};
use crate::model::{Arrival, ArrivalMode, Channel, Source, Timestamp, Touchpoint};

/// Days of the year in which everything happens: 2025, in UTC.
pub const YEAR_DAYS: u32 = 365;

const YEAR_MINUTES: u32 = YEAR_DAYS * 24 * 60;

/// The first instant of the year, in seconds since 1970.
const YEAR_BEGINS: i64 = 1_735_689_600;

/// People, what happens to them in a year, and what of it arrives.
#[derive(Debug)]
pub struct Town {
    knobs: Knobs,
    people: Vec<Person>,
}

impl Town {
    /// Settles a town.
    ///
    /// # Errors
    ///
    /// [`BadKnob`] where a knob is out of its range or contradicts another: set it as it says.
    pub fn new(knobs: Knobs) -> Result<Self, BadKnob> {
        knobs.check()?;
        Ok(Self { people: people::people(&knobs), knobs })
    }

    /// What the town is made of.
    pub fn knobs(&self) -> &Knobs {
        &self.knobs
    }

    /// What is true of a person; they are numbered from 0.
    ///
    /// # Panics
    ///
    /// Where the town has no person of that number.
    pub fn person(&self, number: u32) -> &Person {
        &self.people[number as usize]
    }

    /// The channels on which people are met: one of each kind, named by its kind's word.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + use<> {
        touchpoints::channels().map(channel)
    }

    /// What arrives, in the order of arrival.
    ///
    /// Takes 12 bytes for each arrival; everything else is made when it is asked for.
    pub fn sightings(&self) -> Sightings<'_> {
        Sightings::new(self)
    }

    /// Whose each record is that a hub makes of this town, and which stand in one chain.
    ///
    /// `context` is the hub's; every channel is its own source, as where [`Sighting::request`] is
    /// received. Otherwise see [`Truth::of`].
    pub fn truth(&self, context: &Context<'_>) -> Truth {
        let codecs: BTreeMap<&str, TouchpointJson> = touchpoints::channels()
            .map(|name| (name, TouchpointJson::new(channel(name))))
            .collect();
        let told = self.sightings().filter(|sighting| !sighting.repeated);
        let told = told.map(|it| (it.person, touchpoint(context, &codecs[it.channel], &it)));
        Truth::of(context, told)
    }

    fn instant(&self, minute: u32) -> Timestamp {
        let seconds = YEAR_BEGINS + i64::from(minute) * 60;
        Timestamp::from_seconds(seconds).unwrap_or(Timestamp::MAX)
    }
}

fn channel(name: &'static str) -> Channel {
    Channel::new(name, touchpoints::kind(name)).expect("the channels of a town have fine names")
}

/// Reads a sighting as a hub does, to know the record that it belongs to.
fn touchpoint(context: &Context<'_>, codec: &TouchpointJson, told: &Sighting) -> Touchpoint {
    let (request, now) = (told.request(context.tenant), told.arrived);
    let request = verify(&SignatureScheme::Attested, &KeyRing::default(), request, now);
    let mut decoded = codec.decode(&request.expect("the town attests it"));
    let event = decoded.events.pop().expect("a sighting is one touchpoint");
    let arrival = Arrival::new(ArrivalMode::Live, event.occurred, now);
    let source = Source::new(told.channel);
    let prepared = prepare_event(context, codec.channel(), &source, event, arrival);
    prepared.touchpoint().clone()
}
