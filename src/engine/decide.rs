//! What becomes of an intent? One changeset.
//!
//! It holds a decision, its reservation and its place in the outbox.
//!
//! Three rounds: the decision's row and the subject's component; what was chosen and said; done.
//! The changeset rests on the ledger of *every* record of the customer, so that two hubs cannot
//! both say one thing by way of two records.

use super::in_force;
use super::opt_out::{choices, want_choices};
use super::read::{endpoints, locate};
use super::tombstone::Tombstones;
use super::writing::Writing;
use super::{Context, Reading, Resolved, Step, View};
use crate::consistency;
use crate::identity;
use crate::model::{
    Blocked, Body, Changeset, ContactLedger, ContactView, Decision, Index, Intent, Key,
    LedgerEntry, LedgerState, OutboxEntry, Outcome, Range, Reach, Timestamp, Turn, UtcOffset,
};

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

/// The golden record's field that states the party's own offset from UTC, written like `+01:00`.
pub const UTC_OFFSET_FIELD: &str = "utc_offset";

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
    let contact = contact_view(context, &mut read, &found, intent)?;
    let (policy, version) = (&context.configuration.policy, context.version);
    let decision = consistency::decide(policy, version, id, &contact, intent, now);
    let mut writing = Writing::new(context.tenant);
    if let Outcome::Send { channel, at, .. } = &decision.outcome {
        let mut ledger = ledger_of(context, &read, intent);
        ledger.put(LedgerEntry {
            decision: id,
            purpose: intent.purpose.clone(),
            occasion: intent.occasion.clone(),
            channel: channel.clone(),
            at: *at,
            state: LedgerState::Reserved,
        });
        if !bug!("reservation_not_written") {
            writing.put_ledger(intent.subject, ledger);
        }
        let turn = intent.conversation.map(|id| Turn { conversation: id.into(), at: now });
        let entry = OutboxEntry::new(id, intent.subject, *at);
        writing.put_outbox(OutboxEntry { turn, ..entry });
    }
    writing.put_decision(decision.clone());
    Ok((Decided::New(Box::new(decision)), writing.finish(&read)))
}

fn ledger_of(context: &Context<'_>, read: &Reading<'_>, intent: &Intent) -> ContactLedger {
    let known = read.ledger(context.tenant, intent.subject);
    known.map(|row| row.as_ref().clone()).unwrap_or_default()
}

fn contact_view(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    intent: &Intent,
) -> Step<ContactView> {
    let tenant = context.tenant;
    let mut reach = reach(context, found, intent);
    for place in &reach {
        want_choices(context, read, place.endpoint)?;
    }
    for record in &found.cluster.records {
        read.want(Key::ledger(tenant, *record));
    }
    let utc_offset = utc_offset(context, read, found);
    read.settle()?;
    for place in &mut reach {
        let choices = choices(context, read, place.endpoint)?;
        let choice = choices.in_force(&intent.purpose);
        place.consent = choice.map(|(touchpoint, choice)| (choice.state, touchpoint));
    }
    let records = found.cluster.records.iter();
    let records = records.filter(|it| **it == intent.subject || !bug!("one_ledger_only"));
    let ledgers = records.filter_map(|record| read.ledger(tenant, *record));
    let mut ledger: Vec<LedgerEntry> = ledgers.flat_map(|row| row.entries.clone()).collect();
    ledger.sort_by_key(|entry| (entry.at, entry.decision));
    let formless = intent.channels.iter().filter(|channel| {
        let declared = context.channels.get(channel);
        declared.is_some_and(|can| can.sends_to.is_some() && !can.can_send(&intent.form))
    });
    let (customer, formless) = (found.cluster.customer, formless.cloned().collect());
    Ok(ContactView { customer, reach, ledger, utc_offset, formless })
}

/// Every endpoint of the customer on the intent's channels, in the intent's order.
fn reach(context: &Context<'_>, found: &Resolved, intent: &Intent) -> Vec<Reach> {
    let held = endpoints(&found.component, &found.cluster);
    let mut reach = Vec::new();
    for channel in &intent.channels {
        let declared = context.channels.get(channel);
        let declared = declared.filter(|declared| declared.can_send(&intent.form));
        let Some(namespace) = declared.and_then(|declared| declared.sends_to.as_ref()) else {
            continue;
        };
        for endpoint in held.iter().filter(|endpoint| endpoint.namespace == *namespace) {
            let node = found.component.identifiers.get(&endpoint.id);
            let blocked = node.and_then(|node| node.blocked);
            // Linking is not addressability: a family's phone rings for whoever shares it.
            if blocked.is_none_or(Blocked::is_an_address) {
                reach.push(Reach {
                    channel: channel.clone(),
                    endpoint: endpoint.id,
                    namespace: namespace.clone(),
                    consent: None,
                });
            }
        }
    }
    reach
}

/// The party's own offset; attributes do not bear on permission, so the step does not rest on them.
pub(super) fn utc_offset(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
) -> Option<UtcOffset> {
    let mut stated = Vec::new();
    for record in &found.cluster.records {
        let range = Range::all(context.tenant, Index::Attributes, record.as_uuid());
        stated.extend(read.group(range, false).unwrap_or_default());
    }
    let touchpoints = stated.iter().filter_map(|row| match &row.body {
        Body::Touchpoint(copies) => Some(copies.chosen()),
        _ => None,
    });
    let golden = identity::golden(&context.configuration.identity, touchpoints);
    golden.get(UTC_OFFSET_FIELD)?.value.expose().parse().ok()
}
