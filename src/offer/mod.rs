//! What does it cost, on what terms? One book, one quote, every channel.
//!
//! [`quote`] turns a [`Book`](crate::model::Book) and [`QuoteFacts`](crate::model::QuoteFacts) into
//! a [`Quote`](crate::model::Quote). It has no channel in its signature, so it cannot answer two
//! channels differently; a server, an app and a till that run it agree, and equal digests prove it.
//! Where a channel must differ, [`Exceptions::apply`](crate::model::Exceptions::apply) changes the
//! finished quote and names the exceptions that it used.
//!
//! # Law
//!
//! 1. Equal facts, equal quote, digest included; no order of input matters
//!    (`the_order_of_a_draft_changes_no_version_and_no_quote`,
//!    `the_order_of_facts_changes_nothing`).
//! 2. The total is the sum of the lines and delivery; the steps lead from nothing to the total; no
//!    line is less than nothing (`a_quote_adds_up`).
//! 3. A quote is the same until its `good_until` (`a_quote_is_constant_until_good_until`).
//! 4. A quote never panics and never wraps: what has no price is listed with the reason
//!    (`a_quote_never_panics_and_always_adds_up_at_the_limits`).
//! 5. Without an exception that holds, a channel's quote is the quote
//!    (`without_an_exception_that_holds_nothing_changes`).

mod allocate;
mod choose;
mod exceptions;
mod explain;
mod reckon;

pub use explain::explain;
pub use reckon::{quote, why_not};
