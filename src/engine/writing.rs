//! What a step writes: rows, their index entries, every row it rests on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use super::{Context, Reading};
use crate::model::{
    Body, Changeset, Component, ComponentId, ConsentLedger, ContactLedger, Copies, Decision,
    Expect, IdentifierHome, IdentifierId, Index, IndexEntry, Key, Layout, OutboxEntry, Outcome,
    Put, RecordId, Sort, Statement, TenantId, Timestamp, Verdict,
};

/// A changeset in the making.
pub(super) struct Writing {
    pub(super) tenant: TenantId,
    pub(super) changeset: Changeset,
}

impl Writing {
    pub(super) fn new(tenant: TenantId) -> Self {
        Self { tenant, changeset: Changeset::default() }
    }

    /// Removes a row.
    pub(super) fn delete(&mut self, key: Key) {
        self.changeset.deletes.push(key);
    }

    /// Removes a row so that no byte of it remains.
    pub(super) fn purge(&mut self, key: Key) {
        self.changeset.purges.push(key);
    }

    /// The changeset as [`Writing::finish`] says; no byte of what is deleted remains.
    pub(super) fn finish_purging(self, read: &Reading<'_>) -> Changeset {
        let mut changeset = self.finish(read);
        let deletes = std::mem::take(&mut changeset.deletes);
        changeset.purges.extend(deletes);
        changeset.purges.sort_unstable();
        changeset.purges.dedup();
        changeset
    }

    /// The changeset, resting on everything that was read.
    pub(super) fn finish(mut self, read: &Reading<'_>) -> Changeset {
        self.changeset.expects.extend(read.expects());
        self.changeset
    }

    pub(super) fn put(&mut self, id: Uuid, body: Body, entries: Vec<IndexEntry>) {
        self.changeset.puts.push(Put::new(self.tenant, id, body, entries));
    }

    /// Writes a touchpoint; it is listed under what it mentions, too.
    pub(super) fn put_copies(&mut self, copies: &Arc<Copies>, mentions: &BTreeSet<Uuid>) {
        let touchpoint = copies.chosen();
        let id = touchpoint.id.as_uuid();
        let sort = Sort { time: touchpoint.occurred.order(), id };
        let mut entries = Vec::with_capacity(2);
        match touchpoint.record {
            Some(record) => {
                let prefix = record.as_uuid();
                entries.push(IndexEntry { index: Index::Timeline, prefix, sort });
                if !touchpoint.attributes.is_empty() {
                    entries.push(IndexEntry { index: Index::Attributes, prefix, sort });
                }
            }
            None => {
                entries.push(IndexEntry { index: Index::Unattributed, prefix: Uuid::nil(), sort });
            }
        }
        if let Some(receipt) = &touchpoint.receipt {
            // A watermark is found by whom it is of: the record of the endpoint on that channel.
            let party = touchpoint.record.filter(|_| receipt.watermark.is_some());
            let of = touchpoint.answers.iter().map(|message| message.as_uuid());
            let of = of.chain(party.map(|record| record.as_uuid()));
            let listed = |prefix| IndexEntry { index: Index::Receipts, prefix, sort };
            entries.extend(of.chain([Uuid::nil()]).map(listed));
        }
        if copies.all().len() > 1 {
            entries.push(IndexEntry { index: Index::Conflicts, prefix: Uuid::nil(), sort });
        }
        let mentioned =
            |prefix: &Uuid| IndexEntry { index: Index::Mentions, prefix: *prefix, sort };
        entries.extend(mentions.iter().map(mentioned));
        self.put(id, Body::Touchpoint(Arc::clone(copies)), entries);
    }

    pub(super) fn put_layout(&mut self, layout: Layout) {
        let sort = Sort { time: 0, id: self.tenant.as_uuid() };
        let entry = IndexEntry { index: Index::Tenants, prefix: Uuid::nil(), sort };
        self.put(Uuid::nil(), Body::Layout(Arc::new(layout)), vec![entry]);
    }

    /// Says under what a new tenant's customers are laid out, where anything is written.
    pub(super) fn put_new_layout(&mut self, layout: Option<Layout>) {
        if let Some(layout) = layout.filter(|_| !self.changeset.is_empty()) {
            self.put_layout(layout);
        }
    }

    pub(super) fn put_verdict(&mut self, verdict: &Verdict) {
        let id = verdict.id.as_uuid();
        let sort = Sort { time: verdict.at.micros(), id };
        let listed = [Uuid::nil(), verdict.a.as_uuid(), verdict.b.as_uuid()];
        let entries = listed.map(|prefix| IndexEntry { index: Index::Verdicts, prefix, sort });
        self.put(id, Body::Verdict(Arc::new(verdict.clone())), entries.into());
    }

    pub(super) fn put_consents(&mut self, endpoint: IdentifierId, ledger: ConsentLedger) {
        let id = endpoint.as_uuid();
        if ledger.choices.is_empty() {
            self.changeset.deletes.push(Key::consent(self.tenant, endpoint));
            return;
        }
        self.put(id, Body::Consent(Arc::new(ledger)), vec![listed(Index::Consents, id)]);
    }

    pub(super) fn put_ledger(&mut self, record: RecordId, ledger: ContactLedger) {
        self.put(record.as_uuid(), Body::Ledger(Arc::new(ledger)), Vec::new());
    }

    /// Writes a decision; what is to be sent is listed under the facts that it states, too.
    pub(super) fn put_decision(&mut self, context: &Context<'_>, decision: Decision) {
        let (id, subject) = (decision.id.as_uuid(), decision.intent.subject.as_uuid());
        let sort = Sort { time: decision.at.micros(), id };
        let mut entries = vec![IndexEntry { index: Index::Decisions, prefix: subject, sort }];
        let states = &decision.intent.states;
        if matches!(decision.outcome, Outcome::Send { .. }) && !states.is_empty() {
            let fact = |it: &Statement| context.id_key.fact(self.tenant, &it.fact).as_uuid();
            let prefixes = states.iter().map(fact).chain([subject]);
            entries.extend(prefixes.map(|prefix| IndexEntry { index: Index::Told, prefix, sort }));
        }
        self.put(id, Body::Decision(Arc::new(decision)), entries);
    }

    /// An entry that is done leaves the index of due work and stays as a row.
    pub(super) fn put_outbox(&mut self, entry: OutboxEntry) {
        let id = entry.decision.as_uuid();
        let at = |index, time: Timestamp| {
            let sort = Sort { time: time.micros(), id };
            IndexEntry { index, prefix: Uuid::nil(), sort }
        };
        let mut entries = Vec::new();
        if entry.is_due() {
            entries.push(at(Index::Due, entry.due));
        }
        if entry.is_dead() {
            entries.push(at(Index::DeadLetters, entry.due));
        }
        if let (true, Some(turn)) = (entry.is_open(), entry.turn) {
            let prefix = turn.conversation.as_uuid();
            entries.push(IndexEntry { prefix, ..at(Index::Outgoing, turn.at) });
        }
        self.put(id, Body::Outbox(Arc::new(entry)), entries);
    }

    /// Writes the components that are not as they were, and the pointers that moved.
    ///
    /// Pointers of moved records rest on their component, which was read and is written: every move
    /// writes a component row.
    pub(super) fn put_components(
        &mut self,
        read: &Reading<'_>,
        before: &BTreeMap<ComponentId, &Arc<Component>>,
        after: Vec<Component>,
        shares: &Shares,
    ) {
        let (mut left, mut entered) = (Pointers::default(), Pointers::default());
        let mut kept: BTreeSet<ComponentId> = BTreeSet::new();
        let mut shared: BTreeSet<IdentifierId> = BTreeSet::new();
        for component in after {
            shared.extend(component.shared());
            let known = before.get(&component.id).map(|known| known.as_ref());
            kept.insert(component.id);
            match known {
                Some(known) if *known == component => continue,
                Some(known) => left.add(known, Some(&component)),
                None => {
                    let key = Key::component(self.tenant, component.id);
                    self.changeset.expects.push(Expect::Row(key, 0));
                }
            }
            self.point(&component, known, &mut entered);
            let id = component.id.as_uuid();
            let mut entries = vec![listed(Index::Components, id)];
            let bearers = |shared: IdentifierId| IndexEntry {
                prefix: shared.as_uuid(),
                ..listed(Index::Bearers, id)
            };
            entries.extend(component.shared().map(bearers));
            self.put_component(read, known, component, entries);
        }
        for (id, gone) in before.iter().filter(|(id, _)| !kept.contains(id)) {
            left.add(gone, None);
            self.changeset.deletes.push(Key::component(self.tenant, *id));
            self.delete_parts(read, *id, 0);
        }
        entered.records.sort_unstable();
        entered.identifiers.sort_unstable();
        left.records.retain(|record| entered.records.binary_search(record).is_err());
        // A shared identifier leads to no one component: its row says so, as long as anybody bears
        // it.
        left.identifiers.extend(shares.opened.iter());
        left.identifiers.retain(|id| entered.identifiers.binary_search(id).is_err());
        left.identifiers.retain(|id| !shared.contains(id));
        left.identifiers.sort_unstable();
        left.identifiers.dedup();
        let said = |id: &IdentifierId| {
            shares.known.contains(id) || before.values().any(|known| known.shares(*id))
        };
        for id in shared.iter().filter(|id| !said(id)) {
            self.put(id.as_uuid(), Body::IdentifierAt(IdentifierHome::Shared), Vec::new());
        }
        let records = left.records.into_iter().map(|id| Key::record_at(self.tenant, id));
        self.changeset.deletes.extend(records);
        let identifiers =
            left.identifiers.into_iter().map(|id| Key::identifier_at(self.tenant, id));
        self.changeset.deletes.extend(identifiers);
    }

    /// Points to a component from what it did not hold before.
    fn point(&mut self, after: &Component, before: Option<&Component>, entered: &mut Pointers) {
        let (records, identifiers) = (entered.records.len(), entered.identifiers.len());
        entered.add(after, before);
        for record in &entered.records[records..] {
            self.put(record.as_uuid(), Body::RecordAt(after.id), Vec::new());
        }
        for identifier in &entered.identifiers[identifiers..] {
            if before.is_some() && bug!("pointer_not_moved") {
                continue;
            }
            self.put(
                identifier.as_uuid(),
                Body::IdentifierAt(IdentifierHome::In(after.id)),
                Vec::new(),
            );
        }
    }
}

/// What rows said of shared identifiers before the step.
#[derive(Default)]
pub(super) struct Shares {
    /// Those whose rows say that they are shared, and which stay so.
    pub(super) known: BTreeSet<IdentifierId>,
    /// Those that are judged anew.
    pub(super) opened: BTreeSet<IdentifierId>,
}

/// What points to a component: its records and linking identifiers.
#[derive(Default)]
struct Pointers {
    records: Vec<RecordId>,
    identifiers: Vec<IdentifierId>,
}

impl Pointers {
    /// Adds what points to `one` and not to `other`.
    fn add(&mut self, one: &Component, other: Option<&Component>) {
        let records = other.map(|other| other.records.keys());
        let links = |other: &Component| other.linking().collect::<Vec<_>>();
        let linking = other.map(links).unwrap_or_default();
        self.records.extend(without(one.records.keys(), records.into_iter().flatten()));
        self.identifiers.extend(without(one.linking().collect::<Vec<_>>().iter(), linking.iter()));
    }
}

/// What is not among the others; both in order.
fn without<'a, T: Ord + 'a>(
    all: impl Iterator<Item = &'a T>,
    others: impl Iterator<Item = &'a T>,
) -> impl Iterator<Item = &'a T> {
    let mut others = others.peekable();
    all.filter(move |one| {
        while others.next_if(|other| other < one).is_some() {}
        others.peek() != Some(one)
    })
}

/// An entry in a listing, by id.
pub(super) fn listed(index: Index, id: Uuid) -> IndexEntry {
    IndexEntry { index, prefix: Uuid::nil(), sort: Sort { time: 0, id } }
}
