//! Decides whether something may be said: to whom, where, when, and why not.
//!
//! [`decide`] answers an intent before anything is queued, [`confirm`] asks again at dispatch and
//! is the only maker of `Authorized`, [`explain`] says why and what would change it. [`arbitrate`]
//! decides several candidates of one customer together. One file under
//! `rules` per rule; a stranger's rule is one `impl` of [`Rule`], given to [`decide_with`].
//!
//! # Law
//!
//! 1. Pure and total: equal arguments, equal decision, whatever the order of the view's lists.
//! 2. Every rule judges; a block never hides another.
//! 3. At the instant of a `Send` no rule waits and no rule blocks.
//! 4. Consent is judged by one function, when deciding and when confirming.
//! 5. A counterfactual is true when tried.
//!
//! All five are held by `tests/consistency.rs`.

mod arbitrate;
mod change;
mod claims;
mod confirm;
mod decide;
mod explain;
mod obstacle;
mod permission;
mod rule;
mod rules;

pub use arbitrate::{arbitrate, arbitrate_with};
pub use change::{Change, Lift, changes, changes_with};
pub use claims::{ClaimExtractor, SimpleExtractor};
pub use confirm::confirm;
pub use decide::{Candidate, Conclusion, conclude_with, decide, decide_with, digest};
pub use explain::{explain, explain_with};
pub use obstacle::{AWAIT, obstacle};
pub use rule::{Case, Judgement, Rule};
pub use rules::{
    Consent, Conversion, Duplicate, FactConsistency, Frequency, Identity, Preference,
    PurposeDeclared, QuietTime, Reachability, Restriction, STANDARD, Sequence, SessionOpen,
    Validity, capped_until, quiet_until,
};
