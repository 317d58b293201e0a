//! One customer, one conversation, one price and one voice over every channel.
//!
//! Companies meet the same customer in the store, on the phone, on the web, in the app, by e-mail,
//! SMS and on social networks. This crate makes of it one customer, one timeline, one conversation,
//! the same price and terms everywhere, and explained decisions on what may be said, where and
//! when. An application embeds it; it brings no server, no runtime and no thread.
//!
//! # The four calls
//!
//! - [`Hub::receive`] takes a request as it came from a channel: verifies it, reads it, and knows
//!   the customer better afterwards.
//! - [`Hub::decide`] answers whether something may be said, where and when, and reserves it.
//! - [`Hub::quote`] answers what a basket costs and on what terms; it takes no channel.
//! - [`Hub::dispatch_due`] sends what is due, after looking once more whether it still may.
//!
//! ```
//! use omnichannel::Hub;
//! use omnichannel::channel::{KeyRing, Listening, RawInbound, TouchpointJson};
//! use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
//! use omnichannel::model::{Channel, ChannelId, ChannelKind, IdKey, TenantId, Timestamp};
//! use omnichannel::storage::MemoryStore;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let shop = TenantId::named("maison-lune");
//! let now: Timestamp = "2026-03-14T10:00:00Z".parse()?;
//! let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret")? };
//! let till = TouchpointJson::new(Channel::new("till", ChannelKind::Store)?);
//! let hub = Hub::new(MemoryStore::new(), keys, FixedClock::new(now), SeededEntropy::new(1))
//!     .channel(shop, Listening::new(till), KeyRing::default());
//!
//! // Two feeds know the same e-mail; nobody told them that it is one person.
//! for body in [
//!     r#"{"id": "1", "act": "purchased", "sender": {"namespace": "loyalty_card", "value": "L-42"},
//!         "identifiers": [{"namespace": "email", "value": "camille@example.org"}]}"#,
//!     r#"{"id": "2", "act": "asked",
//!         "sender": {"namespace": "email", "value": "Camille@Example.org"},
//!         "identifiers": [{"namespace": "email", "value": "Camille@Example.org"}]}"#,
//! ] {
//!     let raw = RawInbound::new(shop, ChannelId::new("till")?, body).attested("our own network");
//!     hub.receive(raw).await?;
//! }
//! let everyone = hub.portraits(shop).await?;
//! assert_eq!(everyone.len(), 1);
//! let camille = &everyone[0].customer;
//! let why = hub.why(shop, camille.records[0].id, camille.records[1].id).await?.ok_or("unknown")?;
//! assert_eq!(why.reasons[0].sentence.to_string(), "the email [email] was seen twice by till");
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! The README shows all four in one program.
//!
//! # Where things are
//!
//! [`model`] holds the nouns. Four deciders answer one question each: [`identity`] (who is it),
//! [`offer`] (what does it cost), [`consistency`] (may it be said), [`conversation`] (where does it
//! belong). [`engine`] composes them, purely. [`channel`] and [`storage`] are the two sockets that
//! integrators fill; [`hub`] plugs everything together. `testkit` (a feature) proves a channel and
//! a store.

#[macro_use]
mod bugs;

pub mod model;

pub mod consistency;
pub mod conversation;
pub mod identity;
pub mod offer;

pub mod engine;

pub mod channel;
pub mod storage;

pub mod hub;

#[cfg(feature = "testkit")]
pub mod testkit;

pub mod guide;

mod error;

pub use error::{Error, ErrorKind, Result, Retry};
pub use hub::Hub;
