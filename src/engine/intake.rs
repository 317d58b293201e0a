//! From events to facts: ids are minted, identifiers normalised, evidence laid out. Once per fact.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use crate::identity::{self, Observation, Observed};
use crate::model::{
    Arrival, Blocked, Channel, Consent, Copies, Copy, Digest, Event, Identifier, IdentifierId,
    IdentifierNode, Identifies, MessageId, Namespace, Pii, RecordId, Ruling, Source, Timestamp,
    Touchpoint, TouchpointId, Verdict,
};

use super::Context;

/// A touchpoint with its digest and what it shows, ready for any number of steps.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The touchpoint's one copy, laid out as the row that a first touch writes.
    pub(super) copies: Arc<Copies>,
    pub(super) shown: Shown,
    /// The digest of the identity rules under which it was laid out.
    pub(super) rules: Digest,
}

impl Prepared {
    fn new(context: &Context<'_>, touchpoint: Touchpoint, arrival: Arrival, shown: Shown) -> Self {
        let copies = Arc::new(Copies::new(Copy::new(touchpoint, arrival)));
        Self { copies, shown, rules: context.rules }
    }

    /// The touchpoint.
    pub fn touchpoint(&self) -> &Touchpoint {
        self.copies.chosen()
    }

    /// The touchpoint, shared: its one copy.
    pub fn copies(&self) -> Arc<Copies> {
        Arc::clone(&self.copies)
    }
}

/// What a touchpoint shows: of a record, and of choices about endpoints.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub(super) observation: Option<Observation>,
    pub(super) consents: Vec<(IdentifierId, Consent)>,
}

/// Facts to be taken in, as a set.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What happened.
    pub touchpoints: Vec<Prepared>,
    /// What people ruled.
    pub verdicts: Vec<Verdict>,
}

impl Facts {
    /// Takes the second half out; `None` where there is nothing to halve.
    pub fn split_half(&mut self) -> Option<Self> {
        let (touchpoints, verdicts) = (self.touchpoints.len(), self.verdicts.len());
        (touchpoints.max(verdicts) > 1).then(|| Self {
            touchpoints: self.touchpoints.split_off(touchpoints.div_ceil(2)),
            verdicts: self.verdicts.split_off(verdicts.div_ceil(2)),
        })
    }
}

/// Lays out what a touchpoint shows.
pub fn prepare(context: &Context<'_>, touchpoint: Touchpoint, arrival: Arrival) -> Prepared {
    let shown = shown(context, &touchpoint);
    Prepared::new(context, touchpoint, arrival, shown)
}

/// Makes a touchpoint of an event that a channel's codec read, and lays out what it shows.
///
/// Each of its identifiers is normalised and minted once.
pub fn prepare_event(
    context: &Context<'_>,
    channel: &Channel,
    source: &Source,
    event: Event,
    arrival: Arrival,
) -> Prepared {
    let anonymous = channel.traits.identifies == Identifies::Never;
    let (record, seen) = if anonymous {
        (None, Vec::new())
    } else {
        let seen = identify_all(context, &event.identifiers);
        (record_of(context, source, &event, &seen), seen)
    };
    let touchpoint = touchpoint(context, channel, source, event, record);
    let shown = lay_out(context, &touchpoint, seen);
    Prepared::new(context, touchpoint, arrival, shown)
}

fn touchpoint(
    context: &Context<'_>,
    channel: &Channel,
    source: &Source,
    event: Event,
    record: Option<RecordId>,
) -> Touchpoint {
    let (tenant, key) = (context.tenant, context.id_key);
    let anonymous = channel.traits.identifies == Identifies::Never;
    let answers = event.message.iter().flat_map(|message| &message.references);
    // A watermark at an instant names none.
    let reported = event.receipt.iter().map(|receipt| &receipt.of).filter(|of| !of.is_empty());
    let answers = answers.chain(reported);
    let answers = answers.map(|of| MessageId::from(key.touchpoint(tenant, source, of))).collect();
    let mut touchpoint = Touchpoint {
        id: TouchpointId::from_uuid(Uuid::nil()),
        source: source.clone(),
        external_id: event.external_id,
        revision: event.revision,
        record,
        channel: channel.id.clone(),
        channel_kind: event.channel_kind.unwrap_or_else(|| channel.kind.clone()),
        act: event.act,
        occurred: event.occurred,
        objects: shrunk(event.objects),
        identifiers: if anonymous { Vec::new() } else { shrunk(event.identifiers) },
        attributes: event.attributes,
        message: event.message.map(Box::new),
        answers,
        receipt: event.receipt.map(Box::new),
        consents: event.consents,
        details: event.details,
    };
    touchpoint.id = match &touchpoint.external_id {
        Some(external) => key.touchpoint(tenant, source, external),
        None => key.unnamed_touchpoint(tenant, source, Digest::of(&touchpoint)),
    };
    touchpoint
}

/// A list that takes no more room than it needs: it is kept for good.
fn shrunk<T>(mut list: Vec<T>) -> Vec<T> {
    list.shrink_to_fit();
    list
}

/// The record that an event belongs to: its sender's; where the sender's value names nobody, the
/// most lasting other identifier's; never a device's, which many may share.
fn record_of(
    context: &Context<'_>,
    source: &Source,
    event: &Event,
    seen: &[Observed],
) -> Option<RecordId> {
    let record_named_by = |id: IdentifierId, node: &IdentifierNode| {
        let names = matches!(node.blocked, None | Some(Blocked::RoleMailbox | Blocked::Kind));
        names.then(|| context.id_key.record(context.tenant, source, id))
    };
    let of_sender = event.sender.as_ref().and_then(|sender| {
        match event.identifiers.iter().position(|other| other == sender) {
            Some(at) => record_named_by(seen[at].0, &seen[at].1),
            None => {
                let (id, node, _) = identify(context, sender);
                record_named_by(id, &node)
            }
        }
    });
    of_sender.or_else(|| {
        let lasting = |of: &Identifier| std::cmp::Reverse(of.namespace.stability());
        let others = event.identifiers.iter().zip(seen);
        let mut others: Vec<_> =
            others.filter(|(other, _)| other.namespace != Namespace::Device).collect();
        others.sort_by(|(a, _), (b, _)| lasting(a).cmp(&lasting(b)).then_with(|| a.cmp(b)));
        others.into_iter().find_map(|(_, (id, node, _))| record_named_by(*id, node))
    })
}

fn identify_all(context: &Context<'_>, identifiers: &[Identifier]) -> Vec<Observed> {
    identifiers.iter().map(|seen| identify(context, seen)).collect()
}

pub(super) fn identify(context: &Context<'_>, seen: &Identifier) -> Observed {
    identity::identify(&context.configuration.identity, context.id_key, context.tenant, seen)
}

/// Lays out what a touchpoint shows that was taken in before.
pub(super) fn shown(context: &Context<'_>, touchpoint: &Touchpoint) -> Shown {
    let named = touchpoint.record.is_some();
    let seen = if named { identify_all(context, &touchpoint.identifiers) } else { Vec::new() };
    lay_out(context, touchpoint, seen)
}

fn lay_out(context: &Context<'_>, touchpoint: &Touchpoint, seen: Vec<Observed>) -> Shown {
    let observation = touchpoint.record.map(|record| Observation {
        record,
        source: touchpoint.source.clone(),
        occurred: touchpoint.occurred,
        identifiers: seen,
    });
    let consents = touchpoint.consents.iter().map(|signal| {
        let (id, ..) = identify(context, &signal.endpoint);
        let consent = Consent {
            purpose: signal.purpose.clone(),
            state: signal.state,
            basis: signal.basis,
            occurred: touchpoint.occurred,
            evidence: signal.evidence.clone(),
        };
        (id, consent)
    });
    Shown { observation, consents: consents.collect() }
}

/// The identifiers of a touchpoint that join records.
pub(super) fn linking<'t>(
    context: &Context<'_>,
    touchpoint: &'t Touchpoint,
) -> impl Iterator<Item = IdentifierId> + 't {
    let seen = identify_all(context, &touchpoint.identifiers).into_iter();
    seen.filter(|(_, node, _)| node.blocked.is_none()).map(|(id, ..)| id)
}

/// What copies name besides what their record bears: whoever is erased is found by it.
///
/// Nothing for the usual touchpoint, which has one copy on a record.
pub(super) fn mentions(context: &Context<'_>, copies: &Copies) -> BTreeSet<Uuid> {
    let chosen = copies.chosen();
    let mut named = BTreeSet::new();
    if chosen.record.is_none() && !chosen.identifiers.is_empty() {
        named.extend(linking(context, chosen).map(|id| id.as_uuid()));
    }
    if copies.all().len() > 1 {
        for other in copies.all()[1..].iter().map(|copy| &copy.touchpoint) {
            named.extend(other.record.map(|id| id.as_uuid()));
            named.extend(linking(context, other).map(|id| id.as_uuid()));
        }
        if let Some(record) = chosen.record {
            named.remove(&record.as_uuid());
            for id in linking(context, chosen) {
                named.remove(&id.as_uuid());
            }
        }
    }
    named
}

/// Makes a verdict on two records. Equal content gives the equal verdict.
pub fn verdict(
    context: &Context<'_>,
    (a, b): (RecordId, RecordId),
    ruling: Ruling,
    at: Timestamp,
    by: &str,
    reason: &str,
) -> Verdict {
    let (a, b) = (a.min(b), a.max(b));
    let id = context.id_key.verdict(context.tenant, (a, b), (ruling, at), by, reason);
    Verdict {
        id,
        a,
        b,
        ruling,
        at,
        by: Pii::new(by.to_owned()),
        reason: Pii::new(reason.to_owned()),
    }
}
