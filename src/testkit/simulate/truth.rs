//! The truth of a run: what was really committed, sent and answered.
//!
//! It keeps rows of its own, by the commits that the store says it applied, so that a store that
//! forgets or overwrites is found too.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::invariants;
use crate::engine::Fate;
use crate::model::{
    Anchor, Body, Changeset, Component, ComponentId, ComponentRow, ConsentLedger, ContactLedger,
    Copies, Decision, DecisionId, Digest, IdKey, IdentifierHome, IdentifierId, IndexEntry, Key,
    Outbound, OutboxEntry, OutboxState, Put, RecordId, SendOutcome, TenantId, TouchpointId,
    Version,
};

/// Lines of the trace that a failure shows.
const TRACE_MAX: usize = 60;

/// A row as it was last written.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) version: Version,
    pub(super) body: Body,
    pub(super) entries: Vec<IndexEntry>,
}

/// A message that was handed to a provider.
#[derive(Debug, Clone)]
pub(super) struct Sending {
    pub(super) message: Outbound,
    /// Whether its provider dedupes by the decision's id.
    pub(super) dedupes: bool,
    /// Whether it arrived, and was not known before.
    pub(super) delivered: bool,
    /// What the provider answered; `None` where it never did.
    pub(super) answer: Option<SendOutcome>,
}

/// What happened, for the invariants to judge.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A commit was applied; the truth is still as before.
    Committed(&'a Change<'a>),
    /// A message is handed to a provider; the truth holds the earlier ones.
    Sending(&'a Sending),
    /// An input was acknowledged.
    Received(&'a Acknowledged),
    /// An intent was decided on, as a hub answered it.
    Decided(&'a Decision),
    /// A view was read: what a hub answered, and what it might have, at each instant meanwhile.
    Read(Digest, &'a BTreeSet<Digest>),
    /// Everything that waited is done: the digest of all views, and that of a recomputation.
    Ended(Digest, Digest),
}

/// An input that a hub said it took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acknowledged {
    pub(super) touchpoint: TouchpointId,
    pub(super) digest: Digest,
    pub(super) fate: Fate,
    /// Whether this very content was known when the call began.
    pub(super) was_known: bool,
}

/// What was really so.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) tenant: TenantId,
    pub(super) id_key: IdKey,
    pub(super) rows: BTreeMap<Key, Known>,
    pub(super) anchors: BTreeMap<Anchor, Version>,
    pub(super) acknowledged: BTreeSet<(TouchpointId, Digest)>,
    pub(super) decisions: BTreeMap<DecisionId, Decision>,
    pub(super) sendings: Vec<Sending>,
    /// Committed claims that nobody sent by yet: which decision, which try.
    pub(super) claims: BTreeSet<(DecisionId, u32)>,
    /// Since which commit each message waits to be sent.
    pub(super) open_since: BTreeMap<DecisionId, Version>,
    /// How often each kind of step, fault and outcome was seen.
    pub(super) seen: BTreeMap<&'static str, u64>,
    /// Store calls so far.
    pub(super) calls: u64,
    /// Applied commits so far.
    pub(super) commits: u64,
    /// The invariant that broke first, and how.
    pub(super) breach: Option<(&'static str, String)>,
    pub(super) trace: VecDeque<String>,
}

/// The truth, shared by everything that one thread simulates.
#[derive(Debug, Clone)]
pub(super) struct Shared(Arc<Mutex<Truth>>);

impl Shared {
    pub(super) fn new(tenant: TenantId, id_key: IdKey) -> Self {
        Self(Arc::new(Mutex::new(Truth {
            tenant,
            id_key,
            rows: BTreeMap::new(),
            anchors: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            decisions: BTreeMap::new(),
            sendings: Vec::new(),
            claims: BTreeSet::new(),
            open_since: BTreeMap::new(),
            seen: BTreeMap::new(),
            calls: 0,
            commits: 0,
            breach: None,
            trace: VecDeque::new(),
        })))
    }

    pub(super) fn get(&self) -> MutexGuard<'_, Truth> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, kind: &'static str) {
        *self.get().seen.entry(kind).or_default() += 1;
    }
}

impl Truth {
    /// Asks every invariant; the first breach of a run is kept.
    pub(super) fn judge(&mut self, event: &Event<'_>) {
        for (name, holds) in invariants::INVARIANTS {
            if self.breach.is_none() {
                self.breach = holds(self, event).err().map(|what| (*name, what));
            }
        }
    }

    pub(super) fn tell(&mut self, line: String) {
        if self.trace.len() == TRACE_MAX {
            self.trace.pop_front();
        }
        self.trace.push_back(line);
    }

    /// Judges an applied commit, then takes it over.
    pub(super) fn committed(&mut self, changeset: &Changeset, version: Version) {
        self.commits += 1;
        let change = Change::of(self, changeset);
        let line = change.line(version);
        let mut breach = None;
        for (name, holds) in invariants::INVARIANTS {
            if breach.is_none() {
                let broken = holds(self, &Event::Committed(&change));
                breach = broken.err().map(|what| (*name, what));
            }
        }
        drop(change);
        self.tell(line);
        self.breach = self.breach.take().or(breach);
        for key in changeset.deletes.iter().chain(&changeset.purges) {
            self.remove(*key, version);
        }
        for put in &changeset.puts {
            self.put(put, version);
        }
    }

    fn remove(&mut self, key: Key, version: Version) {
        if let Some(gone) = self.rows.remove(&key) {
            self.touch(key.tenant, &gone.entries, version);
        }
    }

    fn put(&mut self, put: &Put, version: Version) {
        self.remove(put.key, version);
        self.touch(put.key.tenant, &put.entries, version);
        if let Body::Outbox(entry) = &put.body {
            if matches!(entry.state, OutboxState::Leased { .. }) {
                self.claims.insert((entry.decision, entry.attempts));
            }
            if entry.is_open() {
                self.open_since.entry(entry.decision).or_insert(version);
            } else {
                self.open_since.remove(&entry.decision);
            }
        }
        let (body, entries) = (put.body.clone(), put.entries.clone());
        self.rows.insert(put.key, Known { version, body, entries });
    }

    fn touch(&mut self, tenant: TenantId, entries: &[IndexEntry], version: Version) {
        for entry in entries.iter().filter(|entry| entry.index.is_anchored()) {
            let (index, prefix) = (entry.index, entry.prefix);
            self.anchors.insert(Anchor { tenant, index, prefix }, version);
        }
    }

    pub(super) fn component(&self, id: ComponentId) -> Option<Arc<Component>> {
        component(self.tenant, id, |key| self.rows.get(key).map(|known| &known.body))
    }

    pub(super) fn version(&self, key: &Key) -> Version {
        self.rows.get(key).map_or(0, |known| known.version)
    }

    /// Whether a touchpoint is known with this content.
    pub(super) fn knows(&self, id: TouchpointId, digest: Digest) -> bool {
        let key = Key::touchpoint(self.tenant, id);
        match self.rows.get(&key).map(|known| &known.body) {
            Some(Body::Touchpoint(copies)) => copies.has(digest),
            _ => false,
        }
    }
}

/// A commit as the invariants see it: every row before and after.
#[derive(Debug)]
pub(super) struct Change<'a> {
    truth: &'a Truth,
    pub(super) changeset: &'a Changeset,
    puts: BTreeMap<Key, &'a Put>,
    gone: BTreeSet<Key>,
}

impl<'a> Change<'a> {
    fn of(truth: &'a Truth, changeset: &'a Changeset) -> Self {
        let puts = changeset.puts.iter().map(|put| (put.key, put)).collect();
        let gone = changeset.deletes.iter().chain(&changeset.purges).copied().collect();
        Self { truth, changeset, puts, gone }
    }

    pub(super) fn before(&self, key: &Key) -> Option<&Body> {
        self.truth.rows.get(key).map(|known| &known.body)
    }

    pub(super) fn after(&self, key: &Key) -> Option<&Body> {
        match self.puts.get(key) {
            Some(put) => Some(&put.body),
            None if self.gone.contains(key) => None,
            None => self.before(key),
        }
    }

    pub(super) fn writes(&self, key: &Key) -> bool {
        self.puts.contains_key(key) || self.gone.contains(key)
    }

    /// What changes of an outbox: the put, what was, what will be. An entry that is written again
    /// as it was only tells others to look again.
    pub(super) fn outbox(
        &self,
    ) -> impl Iterator<Item = (&'a Put, Option<&OutboxEntry>, &'a OutboxEntry)> {
        self.changeset.puts.iter().filter_map(|put| match &put.body {
            Body::Outbox(after) => {
                let before = self.before(&put.key).and_then(as_outbox);
                (before != Some(after.as_ref())).then_some((put, before, after.as_ref()))
            }
            _ => None,
        })
    }

    pub(super) fn component_before(&self, id: ComponentId) -> Option<Arc<Component>> {
        component(self.truth.tenant, id, |key| self.before(key))
    }

    pub(super) fn component_after(&self, id: ComponentId) -> Option<Arc<Component>> {
        component(self.truth.tenant, id, |key| self.after(key))
    }

    /// What is written, in a few words.
    fn line(&self, version: Version) -> String {
        let mut line = format!("       commit {version}:");
        for put in &self.changeset.puts {
            let _ = write!(line, " {}", short(&put.key));
            if let Body::Outbox(entry) = &put.body {
                let _ = write!(line, "={:?}/{}", entry.state, entry.fence);
            }
        }
        for key in &self.gone {
            let _ = write!(line, " -{}", short(key));
        }
        line
    }
}

/// A component, in one piece, from rows by their keys.
fn component<'r>(
    tenant: TenantId,
    id: ComponentId,
    row: impl Fn(&Key) -> Option<&'r Body>,
) -> Option<Arc<Component>> {
    let part = |number| match row(&Key::component_part(tenant, id, number)) {
        Some(Body::ComponentPart(part)) => Some(part.as_ref()),
        _ => None,
    };
    match row(&Key::component(tenant, id))? {
        Body::Component(ComponentRow::Whole(whole)) => Some(Arc::clone(whole)),
        Body::Component(ComponentRow::Head(head)) => head.assemble(part).map(Arc::new),
        _ => None,
    }
}

/// A key that a person can follow through a trace.
pub(super) fn short(key: &Key) -> String {
    format!("{}/{}", key.kind.name(), brief(&key.id))
}

/// The first digits of an id.
pub(super) fn brief(id: &uuid::Uuid) -> String {
    id.simple().to_string()[..6].to_owned()
}

pub(super) fn as_outbox(body: &Body) -> Option<&OutboxEntry> {
    match body {
        Body::Outbox(entry) => Some(entry),
        _ => None,
    }
}

macro_rules! typed {
    ($($name:ident => $variant:ident($body:ty), $at:ident: $key:ident($id:ty);)*) => {
        $(pub(super) fn $name(body: &Body) -> Option<&$body> {
            match body {
                Body::$variant(body) => Some(body),
                _ => None,
            }
        })*

        impl Change<'_> {
            $(pub(super) fn $at(&self, id: $id) -> Option<&$body> {
                self.after(&Key::$key(self.truth.tenant, id)).and_then($name)
            })*
        }
    };
}

typed! {
    as_copies => Touchpoint(Copies), copies_after: touchpoint(TouchpointId);
    as_consent => Consent(ConsentLedger), consent_after: consent(IdentifierId);
    as_ledger => Ledger(ContactLedger), ledger_after: ledger(RecordId);
    as_decision => Decision(Decision), decision_after: decision(DecisionId);
    as_home => RecordAt(ComponentId), home_after: record_at(RecordId);
    as_place => IdentifierAt(IdentifierHome), place_after: identifier_at(IdentifierId);
}
