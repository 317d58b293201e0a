//! The standard rules, one file each, in the order in which they are asked.

mod consent;
mod conversion;
mod duplicate;
mod fact_consistency;
mod frequency_cap;
mod identity;
mod preference;
mod purpose;
mod quiet_hours;
mod reachability;
mod restriction;
mod sequence;
mod session_window;
mod validity;

pub use consent::Consent;
pub use conversion::Conversion;
pub use duplicate::Duplicate;
pub use fact_consistency::FactConsistency;
pub use frequency_cap::{Frequency, capped_until};
pub use identity::Identity;
pub use preference::Preference;
pub(super) use preference::in_order;
pub use purpose::PurposeDeclared;
pub use quiet_hours::{QuietTime, quiet_until};
pub use reachability::Reachability;
pub use restriction::Restriction;
pub use sequence::Sequence;
pub use session_window::SessionOpen;
pub use validity::Validity;

use super::rule::Rule;

/// The standard rules in their documented order: `purpose`, `identity`, `restriction`, `validity`,
/// `conversion`, `fact_consistency`, `reachability`, `session_window`, `consent`, `duplicate`,
/// `sequence`, `frequency_cap`, `quiet_hours`; and `preference`, which stands against nothing and
/// says why a channel has its place.
///
/// What can never be mended on the way to the party is asked first, what passes with time last.
pub const STANDARD: [&'static dyn Rule; 14] = [
    &PurposeDeclared,
    &Identity,
    &Restriction,
    &Validity,
    &Conversion,
    &FactConsistency,
    &Reachability,
    &SessionOpen,
    &Consent,
    &Duplicate,
    &Sequence,
    &Frequency,
    &QuietTime,
    &Preference,
];

/// The code of rules that judge by the purpose's rules, where it has none.
const UNDECLARED: &str = "undeclared";

/// The sentence of [`UNDECLARED`].
const UNDECLARED_WORDS: &str = "not judged, for want of rules of the purpose";
