//! The inspector: contracts of channels and stores, faults, schedules that find races.
//!
//! For dev-dependencies: `omnichannel = { version = "...", features = ["testkit"] }`. Every check
//! panics with a sentence when it fails, as a test does. Sees public items only.

mod block_on;
pub mod channel;
pub mod fault;
pub mod interleave;
pub mod people;
pub mod recompute;
pub mod simulate;
pub mod store;
pub mod town;

pub use block_on::block_on;
