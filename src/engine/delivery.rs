//! How far did a message get? What its channel answered and providers reported, joined.
//!
//! Receipts are found by the message; watermarks, which speak of many, by the record that the
//! endpoint has on that channel. Costs three rounds, four where a watermark names a message.
//!
//! # Law
//!
//! The same receipts give the same state in any order and number
//! ([`DeliveryState`](crate::model::DeliveryState)).
//!
//! # Why
//!
//! When the message left is our own clock's word, and a watermark the provider's. One that lies
//! before ours covers nothing, though the message may have been read; the next one tells.

use super::{Context, Reading, Step, View, outgoing};
use crate::model::{
    Body, Decision, DecisionId, Delivery, DeliveryState, DeliveryStatus, Index, Key, MessageId,
    Milestone, Occurred, OutboxEntry, OutboxState, Outcome, Progress, Range, RecordId, Reported,
    Row, Sort, Source, TenantId, Touchpoint,
};

/// How far a message got, as the outbox and the provider's receipts tell.
///
/// # Errors
///
/// [`super::Pause`].
pub fn delivery(context: &Context<'_>, view: &View, id: DecisionId) -> Step<Option<Delivery>> {
    let mut read = Reading::of(view);
    let Some((entry, decision)) = outgoing::entry(context, &mut read, id)? else {
        return Ok(None);
    };
    let receipts = match sending(context, entry, decision) {
        Some((message, party)) => receipts(context.tenant, &mut read, message, party)?,
        None => Receipts::default(),
    };
    read.settle()?;
    Ok(Some(receipts.told(entry)))
}

/// How far a message got, for those that rest on it; `None` where nobody decided on it.
pub(super) fn progress(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    id: DecisionId,
) -> Step<Option<Progress>> {
    let tenant = context.tenant;
    let Some((entry, decision)) = outgoing::entry(context, read, id)? else {
        let decided = read.decision(tenant, id).is_some();
        return Ok(decided.then_some(Progress { message: id, reached: None, over: true }));
    };
    let receipts = match sending(context, entry, decision) {
        Some((message, party)) => receipts(tenant, read, message, party)?,
        None => Receipts::default(),
    };
    read.settle()?;
    let state = receipts.told(entry).state;
    let status = state.status();
    let reached = status.and_then(|status| {
        use DeliveryStatus::{Accepted, Clicked, Delivered, Read};
        let far = [
            (Clicked, Milestone::Engaged),
            (Read, Milestone::Read),
            (Delivered, Milestone::Delivered),
            (Accepted, Milestone::Accepted),
        ];
        far.into_iter().find(|(this, _)| status.implies(*this)).map(|(_, milestone)| milestone)
    });
    let unsent = matches!(entry.state, OutboxState::Dead(_) | OutboxState::Refused(_));
    let over = unsent || status == Some(DeliveryStatus::Failed);
    Ok(Some(Progress { message: id, reached, over }))
}

/// The message that left, and the record that its endpoint has on that channel.
fn sending(
    context: &Context<'_>,
    entry: &OutboxEntry,
    decision: &Decision,
) -> Option<(MessageId, RecordId)> {
    let Outcome::Send { channel, endpoint, .. } = &decision.outcome else { return None };
    let OutboxState::Done(outcome) = &entry.state else { return None };
    let (tenant, source) = (context.tenant, Source::new(channel.as_str()));
    let message = context.id_key.touchpoint(tenant, &source, outcome.provider_id()?);
    Some((message.into(), context.id_key.record(tenant, &source, *endpoint)))
}

/// What is known of a message that left.
#[derive(Debug, Default)]
struct Receipts<'v> {
    /// When its channel took it.
    accepted: Option<Occurred>,
    /// Those that speak of it.
    about: Vec<&'v Touchpoint>,
}

fn receipts<'v>(
    tenant: TenantId,
    read: &mut Reading<'v>,
    message: MessageId,
    party: RecordId,
) -> Step<Receipts<'v>> {
    read.want(Key::touchpoint(tenant, message.into()));
    let own = Range::all(tenant, Index::Receipts, message.as_uuid());
    let mut rows = read.group(own, false).unwrap_or_default();
    read.settle()?;
    let accepted = read.copies(tenant, message.into()).map(|copies| copies.chosen().occurred);
    if let Some(sent) = accepted {
        // What covers it was not reported before it left.
        let after = sent.at.map(|at| Sort { time: at.micros() - 1, id: uuid::Uuid::max() });
        let marks = Range { after, ..Range::all(tenant, Index::Receipts, party.as_uuid()) };
        let marks = read.group(marks, false).unwrap_or_default();
        read.settle()?;
        rows.extend(covering(tenant, read, marks, sent)?);
    }
    let mut about: Vec<&Touchpoint> = rows.into_iter().filter_map(touchpoint).collect();
    about.sort_by_key(|told| (told.occurred.order(), told.id));
    about.dedup_by_key(|told| told.id);
    Ok(Receipts { accepted, about })
}

/// The watermarks up to which a message lies that left at `sent`.
fn covering<'v>(
    tenant: TenantId,
    read: &mut Reading<'v>,
    marks: Vec<&'v Row>,
    sent: Occurred,
) -> Step<Vec<&'v Row>> {
    let named = |row: &Row| touchpoint(row).and_then(|told| told.answers.first().copied());
    for message in marks.iter().filter_map(|row| named(row)) {
        read.want(Key::touchpoint(tenant, message.into()));
    }
    read.settle()?;
    let covers = |row: &&Row| {
        let left = named(row).and_then(|message| read.copies(tenant, message.into()));
        let left = left.map(|copies| copies.chosen().occurred);
        let receipt = touchpoint(row).and_then(|told| told.receipt.as_ref());
        receipt.is_some_and(|receipt| receipt.covers(sent, left))
    };
    Ok(marks.into_iter().filter(covers).collect())
}

fn touchpoint(row: &Row) -> Option<&Touchpoint> {
    match &row.body {
        Body::Touchpoint(copies) => Some(copies.chosen()),
        _ => None,
    }
}

impl Receipts<'_> {
    fn told(&self, entry: &OutboxEntry) -> Delivery {
        let mut state = DeliveryState::new();
        if let Some(at) = self.accepted {
            state.report(DeliveryStatus::Accepted, None, at);
        }
        let mut receipts = Vec::with_capacity(self.about.len());
        for told in &self.about {
            let Some(receipt) = &told.receipt else { continue };
            let (status, code, occurred) = (receipt.status, receipt.code.clone(), told.occurred);
            state.report(status, code.as_deref(), occurred);
            receipts.push(Reported { status, code, occurred });
        }
        Delivery { entry: entry.clone(), state, receipts }
    }
}
