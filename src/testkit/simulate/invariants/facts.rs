//! Facts never change, but for a model's word, which its later one replaces.

use super::{Event, Holds, Truth, ensure};
use crate::model::{Body, Digest, Judge, Kind};
use crate::testkit::simulate::truth::{as_copies, short};

pub(super) fn holds(_truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Committed(change) = event else { return Ok(()) };
    for key in change.changeset.deletes.iter().chain(&change.changeset.purges) {
        let fact = matches!(key.kind, Kind::Touchpoint | Kind::Verdict | Kind::Decision);
        ensure(!fact, || format!("{} was deleted", short(key)))?;
    }
    for put in &change.changeset.puts {
        let Some(before) = change.before(&put.key) else { continue };
        let kept = match put.key.kind {
            Kind::Decision => *before == put.body,
            Kind::Verdict => *before == put.body || is_a_later_word(before, &put.body),
            Kind::Touchpoint => {
                let (before, after) = (as_copies(before), as_copies(&put.body));
                let after = after.into_iter().flat_map(|copies| copies.all());
                let after: Vec<_> = after.map(|copy| copy.digest).collect();
                let mut before = before.into_iter().flat_map(|copies| copies.all());
                before.all(|copy| after.contains(&copy.digest))
            }
            _ => true,
        };
        ensure(kept, || format!("{} lost what it said", short(&put.key)))?;
    }
    Ok(())
}

/// Whether a model said the second of the same two records after the first, at one instant by the
/// larger digest.
fn is_a_later_word(before: &Body, after: &Body) -> bool {
    let (Body::Verdict(before), Body::Verdict(after)) = (before, after) else { return false };
    (before.a, before.b) == (after.a, after.b)
        && [before, after].iter().all(|verdict| verdict.ruling.judge() == Judge::Model)
        && (before.at, Digest::of(&**before)) < (after.at, Digest::of(&**after))
}
