//! A step expects the version of every row that it writes, absent ones included.
//!
//! A pointer that moves may rest on the component that it pointed to: that one is then written too.

use std::collections::BTreeSet;

use super::{Event, Holds, Truth, ensure};
use crate::model::{Body, Expect, IdentifierHome, Key, Kind};
use crate::testkit::simulate::truth::short;

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Committed(change) = event else { return Ok(()) };
    let expected: BTreeSet<Key> = change
        .changeset
        .expects
        .iter()
        .filter_map(|expect| match expect {
            Expect::Row(key, _) => Some(*key),
            Expect::Anchor(..) => None,
        })
        .collect();
    let puts = change.changeset.puts.iter().map(|put| &put.key);
    let gone = change.changeset.deletes.iter().chain(&change.changeset.purges);
    for key in puts.chain(gone) {
        let rests = match change.before(key) {
            Some(Body::RecordAt(home) | Body::IdentifierAt(IdentifierHome::In(home))) => {
                let home = Key::component(truth.tenant, *home);
                expected.contains(&home) && change.writes(&home)
            }
            // A message enters the outbox with the decision that its key names.
            None if key.kind == Kind::Outbox => {
                expected.contains(&Key { kind: Kind::Decision, ..*key })
            }
            _ => false,
        };
        ensure(rests || expected.contains(key), || {
            format!("{} was written, and nothing was expected of it", short(key))
        })?;
    }
    Ok(())
}
