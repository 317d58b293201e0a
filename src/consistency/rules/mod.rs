//! The standard rules, one file each, in the order in which they are asked.

mod consent;
mod duplicate;
mod frequency_cap;
mod purpose;
mod quiet_hours;
mod reachability;
mod validity;

pub use consent::Consent;
pub use duplicate::Duplicate;
pub use frequency_cap::{Frequency, capped_until};
pub use purpose::PurposeDeclared;
pub use quiet_hours::{QuietTime, quiet_until};
pub use reachability::Reachability;
pub use validity::Validity;

use super::rule::Rule;

/// The standard rules in their documented order: `purpose`, `validity`, `reachability`, `consent`,
/// `duplicate`, `frequency_cap`, `quiet_hours`.
///
/// What can never be mended on the way to the party is asked first, what passes with time last.
pub const STANDARD: [&'static dyn Rule; 7] =
    [&PurposeDeclared, &Validity, &Reachability, &Consent, &Duplicate, &Frequency, &QuietTime];

/// The code of rules that judge by the purpose's rules, where it has none.
const UNDECLARED: &str = "undeclared";

/// The sentence of [`UNDECLARED`].
const UNDECLARED_WORDS: &str = "not judged, for want of rules of the purpose";
