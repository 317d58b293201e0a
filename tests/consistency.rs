//! What may be said, where and when: rules by hand, laws by generation.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "consistency/world.rs"]
mod world;

#[path = "consistency/caps.rs"]
mod caps;
#[path = "consistency/conditions.rs"]
mod conditions;
#[path = "consistency/confirmation.rs"]
mod confirmation;
#[path = "consistency/properties.rs"]
mod properties;
#[path = "consistency/quiet.rs"]
mod quiet;
#[path = "consistency/rules.rs"]
mod rules;
#[path = "consistency/strangers.rs"]
mod strangers;
