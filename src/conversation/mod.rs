//! Where does it belong? Messages of one customer become conversations across channels.
//!
//! # Law
//!
//! 1. A function of the set of messages: no order of arrival changes a conversation.
//! 2. Never a stranger's conversation: only messages of one customer are given, and a reference to
//!    any other is no reference.
//! 3. Never the subject alone.

mod thread;

pub use thread::thread;
