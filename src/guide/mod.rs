//! The guide: how the crate is built, what its words mean, and why.
//!
//! - [`architecture`]: the whole in a few pages, for those who read or change the code.
//! - [`glossary`]: the field's words, each with one meaning.
//! - [`channel`]: how to write a channel of your own, from an empty file to a green kit.
//! - [`identity`]: what joins records, what bounds a customer, what is shared, and how to ask.
//! - [`linkage`]: finding one person under several spellings, and what it costs.
//! - [`guarantees`]: what is promised, what is not, and the test that holds it.
//! - [`hubs`]: running many hubs over one store: sharing, stopping, backpressure.
//! - [`privacy`]: how a person is told everything, erased, and forgotten in time.
//! - [`sql`]: questions to the SQLite file, for the `sqlite3` shell.
//! - [`design`]: questions of the form "Why ...?", with the alternatives that were rejected.

#[doc = include_str!("architecture.md")]
pub mod architecture {}

#[doc = include_str!("glossary.md")]
pub mod glossary {}

#[doc = include_str!("channel.md")]
pub mod channel {}

#[doc = include_str!("identity.md")]
pub mod identity {}

#[doc = include_str!("linkage.md")]
pub mod linkage {}

#[doc = include_str!("guarantees.md")]
pub mod guarantees {}

#[doc = include_str!("hubs.md")]
pub mod hubs {}

#[doc = include_str!("privacy.md")]
pub mod privacy {}

#[doc = include_str!("sql.md")]
pub mod sql {}

#[doc = include_str!("design.md")]
pub mod design {}

/// The README: its program is compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub mod readme {}
