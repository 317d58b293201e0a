//! Law 5: after an erasure, views equal those of never having seen the person.
//!
//! Method: crowds are fed to a hub, somebody is erased, and the digest of all views must be that of
//! a hub which never heard of what was erased.
#![cfg(feature = "testkit")]

#[path = "../common/mod.rs"]
mod common;

mod choices;
mod crash;
mod export;
mod file;
mod mentions;
mod race;
mod refused;
mod retention;
mod transfer;
mod views;
mod world;
