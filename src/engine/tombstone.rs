//! Was it erased? Looks for tombstones, only where a tenant has any.
//!
//! One small row says under which erasure keys the tenant's tombstones stand. Where it is absent
//! nothing more is read. A step that looked rests on the tombstones that it did not find, so that
//! an erasure at the same time makes it look again.

use super::intake::{Facts, Prepared, linking};
use super::{Context, Pause, Reading, Step};
use crate::model::{
    Copies, Decision, Erased, ErasureKey, IdentifierId, Judge, Key, OptOuts, RecordId, TenantId,
    Timestamp, Tombstone, Verdict,
};

/// The keys under which a tenant's tombstones stand; none before the first erasure.
pub(super) struct Tombstones<'a> {
    tenant: TenantId,
    keys: Vec<&'a ErasureKey>,
}

impl<'a> Tombstones<'a> {
    /// Asks for the row that says whether there are any.
    pub(super) fn want_gate(context: &Context<'_>, read: &mut Reading<'_>) {
        read.want(Key::erasures(context.tenant));
    }

    /// What that row says, once it was read.
    pub(super) fn of(context: &Context<'a>, read: &Reading<'_>) -> Step<Self> {
        let mut keys = Vec::new();
        for check in read.erasures(context.tenant).iter().flat_map(|gate| &gate.keys) {
            let known = context.erasure_keys.iter().find(|key| key.check_value() == *check);
            keys.push(known.ok_or(Pause::UnknownErasureKey(*check))?);
        }
        Ok(Self { tenant: context.tenant, keys })
    }

    /// Whether nothing was ever erased.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn want(&self, read: &mut Reading<'_>, of: Erased) {
        for key in &self.keys {
            read.want(Key::tombstone(self.tenant, key.tombstone(self.tenant, of)));
        }
    }

    /// The latest tombstone of a thing.
    pub(super) fn find<'v>(&self, read: &Reading<'v>, of: Erased) -> Option<&'v Tombstone> {
        let rows = self.keys.iter().map(|key| key.tombstone(self.tenant, of));
        let found = rows.filter_map(|hash| read.tombstone(self.tenant, hash));
        found.map(AsRef::as_ref).max_by_key(|tombstone| tombstone.erased_at)
    }

    /// Whether what happened at `at` to a thing was erased with it; unknown times are.
    pub(super) fn covers(&self, read: &Reading<'_>, of: Erased, at: Option<Timestamp>) -> bool {
        let tombstone = self.find(read, of);
        tombstone.is_some_and(|found| at.is_none_or(|at| at <= found.erased_at))
    }

    /// Asks for the opt-outs that outlived their facts.
    pub(super) fn want_opt_outs(&self, read: &mut Reading<'_>, endpoint: IdentifierId) {
        for key in &self.keys {
            read.want(Key::opt_out(self.tenant, key.opt_out(self.tenant, endpoint)));
        }
    }

    /// The opt-outs at an endpoint, each with the name of its row.
    pub(super) fn opt_outs<'v>(
        &self,
        read: &Reading<'v>,
        endpoint: IdentifierId,
    ) -> Vec<(uuid::Uuid, &'v OptOuts)> {
        let rows = self.keys.iter().map(|key| key.opt_out(self.tenant, endpoint));
        rows.filter_map(|row| Some((row, read.opt_outs(self.tenant, row)?.as_ref()))).collect()
    }

    /// Asks for every tombstone that may stand for a fact.
    pub(super) fn want_facts(&self, context: &Context<'_>, read: &mut Reading<'_>, facts: &Facts) {
        if self.is_empty() {
            return;
        }
        for fact in &facts.touchpoints {
            for of in refusals(fact).into_iter().chain(dated(context, fact)) {
                self.want(read, of);
            }
            let known = read.copies(self.tenant, fact.touchpoint().id);
            if let Some(of) = known.and_then(|known| record(known)) {
                self.want(read, of);
            }
        }
        for verdict in &facts.verdicts {
            for of in ruled(verdict) {
                self.want(read, of);
            }
        }
    }

    pub(super) fn has_touchpoint(
        &self,
        context: &Context<'_>,
        read: &Reading<'_>,
        fact: &Prepared,
    ) -> bool {
        if self.is_empty() {
            return false;
        }
        let at = fact.touchpoint().occurred.at;
        let known = read.copies(self.tenant, fact.touchpoint().id);
        // A copy of a fact that is being erased, which has no tombstone of its own yet.
        let in_part = known.is_some_and(|known| {
            let at = known.chosen().occurred.at;
            record(known).into_iter().any(|of| self.covers(read, of, at))
        });
        in_part
            || refusals(fact).into_iter().any(|of| self.find(read, of).is_some())
            || dated(context, fact).into_iter().any(|of| self.covers(read, of, at))
    }

    pub(super) fn has_verdict(&self, read: &Reading<'_>, verdict: &Verdict) -> bool {
        let model = verdict.ruling.judge() == Judge::Model;
        ruled(verdict).into_iter().any(|of| match of {
            Erased::Verdict(_) => self.find(read, of).is_some(),
            // What a model says rests on data that went, whenever it says so.
            Erased::Record(record) if model && !self.is_seen(read, record) => {
                self.find(read, of).is_some()
            }
            of => self.covers(read, of, Some(verdict.at)),
        })
    }
}

impl Tombstones<'_> {
    /// Whether a touchpoint of a record is there, among what was read.
    fn is_seen(&self, read: &Reading<'_>, record: RecordId) -> bool {
        let home = read.record_home(self.tenant, record);
        let component = home.and_then(|home| read.component(self.tenant, *home));
        let node = component.and_then(|component| component.records.get(&record));
        node.is_some_and(|node| node.is_seen())
    }
}

/// Whether a decision was, or is being, erased with its subject; once all was read.
pub(super) fn has_decision(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    decision: &Decision,
) -> Step<bool> {
    Tombstones::want_gate(context, read);
    let (tombstones, subject) =
        (Tombstones::of(context, read)?, Erased::Record(decision.intent.subject));
    tombstones.want(read, subject);
    Ok(tombstones.covers(read, subject, Some(decision.at)))
}

/// What refuses a fact at any time: its own id, and the message whose fate it reports.
fn refusals(fact: &Prepared) -> Vec<Erased> {
    let touchpoint = fact.touchpoint();
    let mut of = vec![Erased::Fact(touchpoint.id)];
    if touchpoint.receipt.is_some() {
        of.extend(touchpoint.answers.iter().map(|message| Erased::from(*message)));
    }
    of
}

/// What refuses a fact that is not later: its record and identifiers; where nobody was identified,
/// the endpoints too at which it chooses.
fn dated(context: &Context<'_>, fact: &Prepared) -> Vec<Erased> {
    let touchpoint = fact.touchpoint();
    let mut of: Vec<Erased> = touchpoint.record.map(Erased::Record).into_iter().collect();
    match &fact.shown.observation {
        Some(seen) => of.extend(seen.linking().map(Erased::Identifier)),
        None => {
            of.extend(linking(context, touchpoint).map(Erased::Identifier));
            let endpoints = fact.shown.consents.iter().map(|(endpoint, _)| *endpoint);
            of.extend(endpoints.map(Erased::Identifier));
        }
    }
    of
}

fn record(copies: &Copies) -> Option<Erased> {
    copies.chosen().record.map(Erased::Record)
}

fn ruled(verdict: &Verdict) -> [Erased; 3] {
    [Erased::Verdict(verdict.id), Erased::Record(verdict.a), Erased::Record(verdict.b)]
}
