//! One customer, one conversation, one price and one voice over every channel.

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

mod error;

pub use error::{Error, ErrorKind, Result, Retry};
