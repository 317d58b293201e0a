//! A crate outside the tree: a channel and a store of its own, on public items only.
//!
//! `.ci/run` copies it to a folder of its own, and runs both contracts against the package.

mod doorbell;
mod shelf;

pub use doorbell::Doorbell;
pub use shelf::Shelf;
