//! A fact stays as it is: copies only come, verdicts and decisions never change.

use super::{Event, Holds, Truth, ensure};
use crate::model::Kind;
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
            Kind::Verdict | Kind::Decision => *before == put.body,
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
