//! Taking facts out of the rows, with all that rests on them.
//!
//! Their copies, the receipts of their messages, and the choices that they carried. Of each a
//! tombstone remains, of a no an opt-out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::intake::shown;
use super::opt_out::want_choices;
use super::remains::listed;
use super::writing::Writing;
use super::{Context, Reading, Step};
use crate::model::{
    Body, Consent, ConsentLedger, ConsentState, Copies, Erased, ErasureId, ErasureKey,
    IdentifierId, Index, Key, OptOut, OptOuts, Purpose, Range, Row, Timestamp, Tombstone,
    Touchpoint, TouchpointId,
};

/// How tombstones are written.
#[derive(Clone, Copy)]
pub(super) struct Burial<'a> {
    pub(super) key: &'a ErasureKey,
    pub(super) at: Timestamp,
    pub(super) erasure: Option<ErasureId>,
}

impl Burial<'_> {
    /// Whether something is not later than the erasure.
    pub(super) fn covers(&self, touchpoint: &Touchpoint) -> bool {
        touchpoint.occurred.at.is_none_or(|at| at <= self.at)
    }

    /// Leaves a tombstone of each thing.
    pub(super) fn bury(
        &self,
        context: &Context<'_>,
        things: &BTreeSet<Erased>,
        writing: &mut Writing,
    ) {
        let body = || {
            let (key, erased_at) = (self.key.check_value(), self.at);
            Body::Tombstone(Arc::new(Tombstone { key, erased_at, erasure: self.erasure }))
        };
        for thing in things {
            let (row, body) = (self.key.tombstone(context.tenant, *thing), body());
            let entries = listed(row, &body);
            writing.put(row, body, entries);
        }
    }
}

/// Facts being taken out.
pub(super) struct Forgetting<'a, 'v> {
    context: &'a Context<'a>,
    burial: Burial<'a>,
    facts: BTreeMap<TouchpointId, &'v Arc<Copies>>,
    choices: BTreeMap<IdentifierId, Left>,
}

/// What is left of the choices at an endpoint.
struct Left {
    ledger: ConsentLedger,
    opt_outs: OptOuts,
    added: usize,
}

impl<'a, 'v> Forgetting<'a, 'v> {
    pub(super) fn new(context: &'a Context<'a>, burial: Burial<'a>) -> Self {
        Self { context, burial, facts: BTreeMap::new(), choices: BTreeMap::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether something is not later than the erasure.
    pub(super) fn covers(&self, touchpoint: &Touchpoint) -> bool {
        self.burial.covers(touchpoint)
    }

    pub(super) fn has(&self, id: TouchpointId) -> bool {
        self.facts.contains_key(&id)
    }

    pub(super) fn add(&mut self, copies: &'v Arc<Copies>) {
        self.facts.insert(copies.chosen().id, copies);
    }

    /// Adds what providers reported of the facts' messages, where nobody else is told of in it.
    pub(super) fn add_receipts(&mut self, read: &mut Reading<'v>) -> Step<()> {
        let said = self.facts.values().filter(|copies| copies.chosen().message.is_some());
        let messages: Vec<TouchpointId> = said.map(|copies| copies.chosen().id).collect();
        let mut reports: Vec<&Row> = Vec::new();
        for message in messages {
            let range = Range::all(self.context.tenant, Index::Receipts, message.as_uuid());
            reports.extend(read.group(range, false).unwrap_or_default());
        }
        read.settle()?;
        for row in reports {
            match &row.body {
                Body::Touchpoint(copies) if copies.chosen().record.is_none() => self.add(copies),
                _ => {}
            }
        }
        Ok(())
    }

    /// Finds the choices that go: those of the facts, and of others at `endpoints` that `also` go.
    /// A fact on which nobody was identified goes with its choice, and takes its others along.
    pub(super) fn find_choices(
        &mut self,
        read: &mut Reading<'v>,
        mut endpoints: BTreeSet<IdentifierId>,
        also: impl Fn(IdentifierId, &Touchpoint) -> bool,
    ) -> Step<()> {
        loop {
            let named = self.facts.values().flat_map(|c| shown(self.context, c.chosen()).consents);
            endpoints.extend(named.map(|(endpoint, _)| endpoint));
            endpoints.retain(|endpoint| !self.choices.contains_key(endpoint));
            if endpoints.is_empty() {
                return Ok(());
            }
            self.look(read, &std::mem::take(&mut endpoints), &also)?;
        }
    }

    fn look(
        &mut self,
        read: &mut Reading<'v>,
        endpoints: &BTreeSet<IdentifierId>,
        also: impl Fn(IdentifierId, &Touchpoint) -> bool,
    ) -> Step<()> {
        let tenant = self.context.tenant;
        for endpoint in endpoints {
            want_choices(self.context, read, *endpoint)?;
        }
        read.settle()?;
        let ledgers = endpoints.iter().filter_map(|id| Some((*id, read.consent(tenant, *id)?)));
        let ledgers: BTreeMap<IdentifierId, &'v Arc<ConsentLedger>> = ledgers.collect();
        for touchpoint in ledgers.values().flat_map(|ledger| ledger.choices.keys()) {
            read.want(Key::touchpoint(tenant, *touchpoint));
        }
        read.settle()?;
        for endpoint in endpoints {
            let Some(ledger) = ledgers.get(endpoint) else {
                // Nobody chose; looked at once.
                self.choices
                    .insert(*endpoint, self.left(read, *endpoint, ConsentLedger::default()));
                continue;
            };
            let mut left = self.left(read, *endpoint, ledger.as_ref().clone());
            let mut gone = Vec::new();
            for (id, said) in &ledger.choices {
                let copies = read.copies(tenant, *id);
                if copies.is_some_and(|c| !self.has(*id) && !also(*endpoint, c.chosen())) {
                    continue;
                }
                left.ledger.choices.remove(id);
                gone.extend(said);
                if let Some(copies) = copies.filter(|copies| copies.chosen().record.is_none()) {
                    self.facts.insert(*id, copies);
                }
            }
            left.keep_opt_outs(&gone, self.burial.at);
            self.choices.insert(*endpoint, left);
        }
        Ok(())
    }

    fn left(&self, read: &Reading<'_>, endpoint: IdentifierId, ledger: ConsentLedger) -> Left {
        let row = self.burial.key.opt_out(self.context.tenant, endpoint);
        let known = read.opt_outs(self.context.tenant, row).map(|known| known.as_ref().clone());
        let opt_outs = known.unwrap_or_else(|| OptOuts::under(self.burial.key.check_value()));
        Left { ledger, opt_outs, added: 0 }
    }

    /// Writes what remains; answers how many opt-outs were kept.
    pub(super) fn write(
        self,
        read: &Reading<'_>,
        mut buried: BTreeSet<Erased>,
        writing: &mut Writing,
    ) -> usize {
        let tenant = self.context.tenant;
        buried.extend(self.facts.keys().copied().map(Erased::Fact));
        self.burial.bury(self.context, &buried, writing);
        self.facts.keys().for_each(|id| writing.purge(Key::touchpoint(tenant, *id)));
        let mut kept = 0;
        for (endpoint, left) in self.choices {
            let known = read.consent(tenant, endpoint);
            if known.is_some_and(|known| **known != left.ledger) {
                writing.put_consents(endpoint, left.ledger);
            }
            if left.added > 0 {
                let row = self.burial.key.opt_out(tenant, endpoint);
                let body = Body::OptOut(Arc::new(left.opt_outs));
                let entries = listed(row, &body);
                writing.put(row, body, entries);
            }
            kept += left.added;
        }
        kept
    }

    /// Opens the tenant's gate for the key of this burial, where it is not open yet.
    pub(super) fn open_gate(
        context: &Context<'_>,
        read: &Reading<'_>,
        key: &ErasureKey,
        writing: &mut Writing,
    ) {
        let known = read.erasures(context.tenant).map(|known| known.as_ref().clone());
        let mut gate = known.unwrap_or_default();
        if gate.keys.insert(key.check_value()) {
            writing.put(uuid::Uuid::nil(), Body::Erasures(Arc::new(gate)), Vec::new());
        }
    }
}

impl Left {
    /// The last word for each purpose stays, where it is a no.
    fn keep_opt_outs(&mut self, gone: &[&Consent], at: Timestamp) {
        let mut last: BTreeMap<Option<&Purpose>, ((Timestamp, bool), &Consent)> = BTreeMap::new();
        for choice in gone {
            let withdrawn = choice.state == ConsentState::Withdrawn;
            let unknown = if withdrawn { Timestamp::MAX } else { Timestamp::MIN };
            let order = (choice.occurred.at.unwrap_or(unknown), withdrawn);
            let slot = last.entry(choice.purpose.as_ref()).or_insert((order, choice));
            if order > slot.0 {
                *slot = (order, choice);
            }
        }
        for (purpose, (_, choice)) in last {
            if choice.state == ConsentState::Withdrawn {
                let at = choice.occurred.at.unwrap_or(at);
                self.opt_outs.add(OptOut { purpose: purpose.cloned(), at });
                self.added += 1;
            }
        }
    }
}
