//! Who is this? Customers derived from evidence, in any order, reversible and explained.
//!
//! Evidence is a bipartite graph of source records and the identifiers seen on them, with human
//! verdicts. What evidence could connect is a candidate component ([`Pool`] keeps them); within
//! one, [`partition`] derives the customers. Merging and unmerging change evidence and nothing
//! else.
//!
//! # Law
//!
//! 1. Customers are a function of the set of evidence and the rules: no order, batching or
//!    duplication changes them (`tests/order.rs`).
//! 2. A blocked value joins nobody; a verdict of [`Ruling::Different`](crate::model::Ruling) is
//!    kept by every customer.
//! 3. No channel is an input.

mod batch;
mod blocked;
mod explain;
mod extend;
mod forest;
mod golden;
mod health;
mod identify;
mod judge;
mod layout;
pub mod linkage;
mod lives;
mod normalise;
mod partition;
mod pool;
mod resolved;
mod review;
mod sharing;
mod union;

pub use batch::Batch;
pub use explain::{how, why, why_apart, why_not};
pub use extend::extend;
pub use golden::{golden, golden_by};
pub use health::{Health, health};
pub use identify::identify;
pub use judge::judged;
pub use normalise::{
    DateOrder, MissingFeature, Normalised, Note, Noted, Notes, check_rules, comparable_mailbox,
    comparable_name, normalise, postal_code, read_date,
};
pub use partition::{Cluster, Constraint, Edge, Join, Partition, RejectedJoin, partition};
pub use pool::{Observation, Observed, Pool};
pub use resolved::Resolved;
pub use review::{Review, reviews};
pub use sharing::{Sharing, finds_shared};
pub(crate) use union::Union;
