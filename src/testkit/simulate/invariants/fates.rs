//! What was known is a duplicate: it is never accepted again nor called conflicting.

use super::{Event, Holds, Truth, ensure};
use crate::engine::Fate;
use crate::testkit::simulate::truth::brief;

pub(super) fn holds(_truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Received(input) = event else { return Ok(()) };
    ensure(!input.was_known || input.fate == Fate::Duplicate, || {
        let id = brief(&input.touchpoint.as_uuid());
        format!("touchpoint {id} was known with this content, and called {:?}", input.fate)
    })
}
