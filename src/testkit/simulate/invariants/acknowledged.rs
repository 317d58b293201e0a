//! An acknowledged input is there, with its content, now and at the end.

use super::{Event, Holds, Truth, ensure};
use crate::testkit::simulate::truth::brief;

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    let there = |(id, digest)| {
        ensure(truth.knows(id, digest), || {
            format!("touchpoint {} was acknowledged and is not there", brief(&id.as_uuid()))
        })
    };
    match event {
        Event::Received(input) => there((input.touchpoint, input.digest)),
        Event::Ended(..) => truth.acknowledged.iter().copied().try_for_each(there),
        _ => Ok(()),
    }
}
