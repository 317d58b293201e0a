//! A view is of one instant, even where it was read in several rounds.

use super::{Event, Holds, Truth, ensure};

pub(super) fn holds(_truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Read(answer, possible) = event else { return Ok(()) };
    ensure(possible.contains(answer), || {
        "a customer was read as it never was: a view torn between two instants".to_owned()
    })
}
