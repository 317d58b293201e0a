//! Layers over an adapter: a rate limit, a circuit breaker, a trace.
//!
//! Each holds an adapter and is one, so they nest:
//! `Traced::new(Guarded::new(Paced::by_profile(adapter)))`.
//!
//! # Law
//!
//! 1. A layer hands a message on once or not at all. It never tries again: whoever tries again must
//!    ask first whether consent still holds, and that is the outbox's.
//! 2. What a layer holds back is [`SendOutcome::Deferred`](crate::model::SendOutcome): nothing was
//!    sent, and here is when.
//! 3. A layer changes no outcome and no codec.

mod circuit;
mod guarded;
mod pace;
mod paced;
mod traced;

pub use guarded::Guarded;
pub use paced::Paced;
pub use traced::Traced;
