//! A commit is applied only if all that it expects holds.

use super::{Event, Holds, Truth, ensure};
use crate::model::Expect;

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Committed(change) = event else { return Ok(()) };
    for expect in &change.changeset.expects {
        let (expected, really) = match expect {
            Expect::Row(key, version) => (*version, truth.version(key)),
            Expect::Anchor(anchor, version) => {
                (*version, truth.anchors.get(anchor).copied().unwrap_or(0))
            }
        };
        ensure(expected == really, || {
            format!("a commit that expects {expect:?} was applied at version {really}")
        })?;
    }
    Ok(())
}
