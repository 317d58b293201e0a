//! What becomes of an intent? One changeset.
//!
//! It holds a decision, its reservation and its place in the outbox.
//!
//! Three rounds: the decision's row and the subject's component; what was chosen and said; done.
//! The changeset rests on the ledger of *every* record of the customer, so that two hubs cannot
//! both say one thing by way of two records.

use super::contact::contact_view;
use super::deciding::Deciding;
use super::in_force;
use super::read::locate;
use super::tombstone::Tombstones;
use super::{Context, Reading, Step, View};
use crate::consistency;
use crate::model::{Changeset, Decision, Intent, Key, Timestamp};

/// What became of an intent.
#[derive(Debug, Clone)]
pub enum Decided {
    /// A new decision, to be committed.
    New(Box<Decision>),
    /// The decision that was made on this key before.
    Known(Box<Decision>),
    /// The key was used before, for another intent.
    KeyReused,
    /// No touchpoint of the subject was ever seen.
    UnknownSubject,
}

/// Decides on an intent.
///
/// # Errors
///
/// [`super::Pause`].
pub fn decide(
    context: &Context<'_>,
    view: &View,
    intent: &Intent,
    now: Timestamp,
) -> Step<(Decided, Changeset)> {
    let mut read = Reading::of(view);
    let id = context.id_key.decision(context.tenant, intent);
    read.want(Key::decision(context.tenant, id));
    Tombstones::want_gate(context, &mut read);
    read.want(Key::profile());
    let located = locate(context, &mut read, intent.subject);
    if let Some(known) = read.decision(context.tenant, id) {
        let same = known.intent == *intent;
        let known = Decision::clone(known);
        let decided = if same { Decided::Known(Box::new(known)) } else { Decided::KeyReused };
        return Ok((decided, Changeset::default()));
    }
    let located = located?;
    in_force::configuration(context, &read)?;
    let Some(found) = located else {
        return Ok((Decided::UnknownSubject, Changeset::default()));
    };
    let contact = contact_view(context, &mut read, &found, intent, now)?;
    let (policy, version) = (&context.configuration.policy, context.version);
    let decision = consistency::decide(policy, version, id, &contact, intent, now);
    let mut deciding = Deciding::new(context, now);
    deciding.add(&read, &decision, &found.cluster.records);
    Ok((Decided::New(Box::new(decision)), deciding.finish(&read)))
}
