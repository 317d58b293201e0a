//! What became of it? Settling a message that was handed to its channel.
//!
//! Needs the fence of the claim. The sending itself is a touchpoint: it stands in the timeline and
//! in the conversation, and receipts find it.
//!
//! Costs two rounds and up to five rows.

use std::collections::BTreeSet;

use super::intake::{Facts, prepare};
use super::outgoing::{self, AfterUnknown};
use super::receive::receive;
use super::said::sent;
use super::tombstone;
use super::{Context, Reading, Step, View};
use crate::model::{
    Arrival, ArrivalMode, Changeset, ChannelKind, DecisionId, Occurred, OutboxEntry, OutboxState,
    SendOutcome, Timestamp,
};

/// What became of a message that was handed to its channel.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The decision.
    pub id: DecisionId,
    /// The fence of the claim.
    pub fence: u64,
    /// What the channel said.
    pub outcome: SendOutcome,
    /// Any number, by which retries are spread.
    pub jitter: u64,
}

/// Writes down what became of a message; answers the entry's state after it.
///
/// `None` where the fence is not the entry's: another claim is younger, and this one says nothing.
/// A word that comes after the lease ended still counts, until somebody else claims.
///
/// # Errors
///
/// [`super::Pause`].
pub fn settle(
    context: &Context<'_>,
    view: &View,
    settlement: &Settlement,
    kind: &ChannelKind,
    now: Timestamp,
) -> Step<Option<(OutboxState, Changeset)>> {
    let mut read = Reading::of(view);
    let Some((entry, decision)) = outgoing::entry(context, &mut read, settlement.id)? else {
        return Ok(None);
    };
    if entry.fence != settlement.fence || !is_unsettled(entry) {
        return Ok(None);
    }
    let outcome = &settlement.outcome;
    let told = match sent(context, decision, outcome, kind, now) {
        Some(sent) if !bug!("settled_without_touchpoint") => {
            let arrival = Arrival::new(ArrivalMode::Live, Occurred::at(now), now);
            let touchpoints = vec![prepare(context, sent, arrival)];
            let facts = Facts { touchpoints, verdicts: Vec::new() };
            receive(context, view, &facts).map(|received| received.changeset)
        }
        _ => Ok(Changeset::default()),
    };
    let erased = tombstone::has_decision(context, &mut read, decision)?;
    read.settle()?;
    if erased {
        return Ok(None);
    }
    let unknown = AfterUnknown::of(context, decision);
    let (next, ledger) = outgoing::after(entry, outcome, unknown, (now, settlement.jitter));
    let state = next.state.clone();
    let writing = outgoing::write(context, &mut read, next, ledger, now)?;
    let (mut changeset, told) = (writing.finish(&read), told?);
    changeset.puts.extend(told.puts);
    changeset.deletes.extend(told.deletes);
    let rests_on: BTreeSet<_> = changeset.expects.into_iter().chain(told.expects).collect();
    changeset.expects = rests_on.into_iter().collect();
    Ok(Some((state, changeset)))
}

fn is_unsettled(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Leased { .. } | OutboxState::Done(SendOutcome::Unknown))
}
