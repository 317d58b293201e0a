//! What belongs to a person who is to be erased? It leaves identity first.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::erase::{LAST_DATED, copies, timeline};
use super::forget::{Burial, Forgetting};
use super::growth::Growth;
use super::in_force;
use super::indexed::leave;
use super::intake::{linking, mentions, shown};
use super::sharing::Doubted;
use super::writing::Writing;
use super::{Context, Reading, Resolved, Step};
use crate::identity::Observation;
use crate::model::{
    Body, Copies, Digest, Erased, Erasure, IdentifierId, Index, Judge, Keeping, Key, Range,
    RecordId, Sort, Timestamp, Touchpoint, TouchpointId, VerdictId,
};

/// What identity knows of a person who is to be erased.
pub(super) struct Person {
    records: BTreeSet<RecordId>,
    /// What facts that are dated later show.
    later: Vec<Observation>,
    /// Identifiers seen on the records.
    held: BTreeSet<IdentifierId>,
    /// Those among them that link and that no other record bears.
    personal: BTreeSet<IdentifierId>,
    /// What people ruled on the records, up to now.
    ruled: BTreeSet<VerdictId>,
    /// What models said of the records, whenever: it rests on what goes.
    scored: BTreeSet<VerdictId>,
}

impl Person {
    pub(super) fn of(
        context: &Context<'_>,
        read: &mut Reading<'_>,
        found: &Resolved,
        now: Timestamp,
    ) -> Step<Self> {
        let component = found.component.as_ref();
        let records: BTreeSet<RecordId> = found.cluster.records.iter().copied().collect();
        let mut later = Vec::new();
        for record in &records {
            let after = Some(Sort { time: now.micros(), id: Uuid::max() });
            let range = Range { after, until: Some(LAST_DATED), ..timeline(context, *record) };
            for row in read.group(range, true).unwrap_or_default() {
                later.extend(copies(row).and_then(|c| shown(context, c.chosen()).observation));
            }
        }
        let (ruled, scored) = verdicts(context, read, &records, now)?;
        let (mut held, mut borne) = (BTreeSet::new(), BTreeSet::new());
        for (record, node) in &component.records {
            let own = records.contains(record);
            let bearers = if own { &mut held } else { &mut borne };
            bearers.extend(node.identifiers.keys().copied());
        }
        let links: BTreeSet<IdentifierId> = component.linking().collect();
        let personal =
            held.iter().filter(|id| links.contains(id) && !borne.contains(id)).copied().collect();
        Ok(Self { records, later, held, personal, ruled, scored })
    }

    /// A record that only verdicts name, of which nothing was seen; `None` where none does.
    pub(super) fn unseen(
        context: &Context<'_>,
        read: &mut Reading<'_>,
        record: RecordId,
        now: Timestamp,
    ) -> Step<Option<Self>> {
        let records = BTreeSet::from([record]);
        let (ruled, scored) = verdicts(context, read, &records, now)?;
        let named = !ruled.is_empty() || !scored.is_empty();
        let (held, personal) = (BTreeSet::new(), BTreeSet::new());
        Ok(named.then(|| Self { records, later: Vec::new(), held, personal, ruled, scored }))
    }

    /// Takes the person out of identity, choices and reservations.
    pub(super) fn take_out<'v>(
        self,
        context: &Context<'_>,
        read: &mut Reading<'v>,
        burial: Burial<'_>,
        erasure: &mut Erasure,
        writing: &mut Writing,
    ) -> Step<()> {
        let tenant = context.tenant;
        for record in &self.records {
            // Where each is: what it shares may be shared no longer.
            read.want(Key::record_at(tenant, *record));
            read.want(Key::ledger(tenant, *record));
            read.want(Key::indexed(tenant, *record));
        }
        let verdicts: BTreeSet<VerdictId> = self.ruled.union(&self.scored).copied().collect();
        for verdict in &verdicts {
            read.want(Key::verdict(tenant, *verdict));
        }
        let mut forgetting = Forgetting::new(context, burial);
        let rewritten = self.find_mentions(context, read, &mut forgetting)?;
        forgetting.find_choices(read, self.held.clone(), |endpoint, touchpoint| {
            let own = match &touchpoint.record {
                Some(record) => self.records.contains(record),
                None => self.personal.contains(&endpoint),
            };
            own && burial.covers(touchpoint)
        })?;
        read.settle()?;
        for copies in rewritten.iter().filter(|copies| !forgetting.has(copies.chosen().id)) {
            writing.put_copies(copies, &mentions(context, copies));
        }
        let ledgers = self.records.iter().map(|record| Key::ledger(tenant, *record));
        ledgers.filter(|key| read.has(*key)).for_each(|key| writing.purge(key));
        self.records.iter().for_each(|record| leave(context, read, *record, writing));
        verdicts.iter().for_each(|id| writing.purge(Key::verdict(tenant, *id)));
        let mut buried: BTreeSet<Erased> =
            self.records.iter().copied().map(Erased::Record).collect();
        buried.extend(self.personal.iter().copied().map(Erased::Identifier));
        buried.extend(self.ruled.iter().copied().map(Erased::Verdict));
        erasure.count_kept(Keeping::Tombstones, buried.len());
        erasure.count_kept(Keeping::SharedIdentifiers, self.held.len() - self.personal.len());
        erasure.count_kept(Keeping::LaterFacts, self.later.len());
        let opt_outs = forgetting.write(read, buried, writing);
        erasure.count_kept(Keeping::OptOuts, opt_outs);
        in_force::laid_out(context, read)?;
        let doubted = Doubted::find(context, read, &self.records)?;
        let mut growth = Growth::new(context, read);
        growth.open(&doubted)?;
        let digest = Digest::of(&erasure.id);
        growth.take_out(&self.records, &verdicts, &self.later, digest)?;
        growth.write(writing);
        Ok(())
    }

    /// Finds what names the person elsewhere: facts on which nobody was identified, and copies
    /// that views do not take of facts of others.
    ///
    /// Answers those others' facts as they are without the copies.
    fn find_mentions<'v>(
        &self,
        context: &Context<'_>,
        read: &mut Reading<'v>,
        forgetting: &mut Forgetting<'_, 'v>,
    ) -> Step<Vec<Arc<Copies>>> {
        let named = self.records.iter().map(|id| id.as_uuid());
        let named = named.chain(self.personal.iter().map(|id| id.as_uuid()));
        let mut found: BTreeSet<TouchpointId> = BTreeSet::new();
        for prefix in named {
            let range = Range::all(context.tenant, Index::Mentions, prefix);
            let rows = read.group(range, false).unwrap_or_default();
            found.extend(rows.into_iter().map(|row| TouchpointId::from_uuid(row.key.id)));
        }
        read.settle()?;
        for id in &found {
            read.want(Key::touchpoint(context.tenant, *id));
        }
        read.settle()?;
        let names = |touchpoint: &Touchpoint| {
            touchpoint.record.is_some_and(|record| self.records.contains(&record))
                || linking(context, touchpoint).any(|id| self.personal.contains(&id))
        };
        let goes = |touchpoint: &Touchpoint| forgetting.covers(touchpoint) && names(touchpoint);
        let (mut gone, mut rewritten) = (Vec::new(), Vec::new());
        for known in found.iter().filter_map(|id| read.copies(context.tenant, *id)) {
            match known.chosen().record {
                // Its record's pages take it.
                Some(record) if self.records.contains(&record) => {}
                None if goes(known.chosen()) => gone.push(known),
                _ => {
                    let kept = known.kept(|touchpoint| !goes(touchpoint));
                    rewritten.extend(kept.filter(|kept| *kept != **known).map(Arc::new));
                }
            }
        }
        gone.into_iter().for_each(|copies| forgetting.add(copies));
        Ok(rewritten)
    }
}

/// The verdicts that name any of the records: what people ruled, up to now, and what models said.
pub(super) fn verdicts(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    records: &BTreeSet<RecordId>,
    now: Timestamp,
) -> Step<(BTreeSet<VerdictId>, BTreeSet<VerdictId>)> {
    let mut rows = Vec::new();
    for record in records {
        let range = Range::all(context.tenant, Index::Verdicts, record.as_uuid());
        rows.extend(read.group(range, false).unwrap_or_default());
    }
    read.settle()?;
    let (mut ruled, mut scored) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        match &row.body {
            Body::Verdict(verdict) if verdict.ruling.judge() == Judge::Model => {
                scored.insert(verdict.id);
            }
            Body::Verdict(verdict) if verdict.at <= now => {
                ruled.insert(verdict.id);
            }
            _ => {}
        }
    }
    Ok((ruled, scored))
}
