//! One customer, whatever the order: laws of the identity graph over arbitrary histories.
//!
//! Method: short histories of sightings and verdicts over a few values, so that limits, sharing,
//! idle numbers and contradictory verdicts meet often; what fails shrinks to a few steps.
#![cfg(feature = "testkit")]

mod bad_input;
mod batch;
mod bounds;
#[path = "../common/mod.rs"]
mod common;
#[cfg(not(omnichannel_small_parts))]
mod crowd;
mod explained;
mod golden;
mod history;
mod json;
mod laws;
mod limits;
mod machine;
mod races;
mod scopes;
mod scored;
mod scored_life;
mod shared;
mod times;
mod told;
mod verdicts;
