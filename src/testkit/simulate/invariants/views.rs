//! Views are those of a calm recomputation from the facts.

use super::{Event, Holds, Truth, ensure};

pub(super) fn holds(_truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Ended(found, recomputed) = event else { return Ok(()) };
    ensure(found == recomputed, || "other views than those of the acknowledged facts".to_owned())
}
