//! What a step has read so far, and what it still needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{
    Anchor, Body, Component, ComponentHead, ComponentId, ComponentPart, ComponentRow,
    ConsentLedger, ContactLedger, Copies, Decision, DecisionId, Erasure, ErasureId, Erasures,
    Expect, FactHistory, FactId, IdentifierHome, IdentifierId, Indexed, Key, Kind, Layout, OptOuts,
    OutboxEntry, Page, Profile, Range, RecordId, Row, TenantId, Tombstone, TouchpointId, Verdict,
    VerdictId, Version,
};

/// What a step still needs to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Need {
    /// Rows, in key order, each once.
    pub keys: Vec<Key>,
    /// Pages of indexes.
    pub ranges: BTreeSet<Range>,
}

impl Need {
    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.ranges.is_empty()
    }
}

/// Why a step is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pause {
    /// It needs to read more.
    Need(Need),
    /// What it read does not fit together: it was changed between two rounds. Read again.
    Stale,
    /// A tenant's tombstones are under an erasure key that the context lacks: nobody can tell who
    /// was erased. Names the key by its check value; give the hub the key.
    UnknownErasureKey(uuid::Uuid),
    /// Another configuration is in force than the step's, or the tenant's customers are being laid
    /// out again. Take up the configuration in force and begin anew.
    Outdated,
}

/// A step's answer: done, or why not yet.
pub type Step<T> = Result<T, Pause>;

/// What was read so far. Rows of several rounds need not be of one instant.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// In key order, each key once.
    rows: Vec<Known>,
    pages: BTreeMap<Range, Page>,
    /// Large components whose parts are all here, by the version of their head.
    wholes: BTreeMap<Key, (Version, Arc<Component>)>,
}

/// A row as it was read; version 0 and no body where it was absent.
#[derive(Debug, Clone)]
struct Known {
    key: Key,
    version: Version,
    body: Option<Body>,
}

impl Known {
    fn head(&self) -> Option<&ComponentHead> {
        match &self.body {
            Some(Body::Component(row)) => row.head().map(AsRef::as_ref),
            _ => None,
        }
    }
}

impl View {
    /// Adds rows as they were read, `None` for an absent one; of one key the last counts.
    ///
    /// Cost: O(rows of the view) where they come in key order, as a need names them.
    pub fn add_rows(&mut self, rows: impl IntoIterator<Item = (Key, Option<Row>)>) {
        self.rows.extend(rows.into_iter().map(|(key, row)| match row {
            Some(row) => Known { key, version: row.version, body: Some(row.body) },
            None => Known { key, version: 0, body: None },
        }));
        // Two runs in order are merged; of equal keys the later stays behind the earlier.
        self.rows.sort_by_key(|row| row.key);
        self.rows.dedup_by(|later, earlier| {
            let is_again = later.key == earlier.key;
            if is_again {
                std::mem::swap(later, earlier);
            }
            is_again
        });
        let heads = self.rows.iter().filter_map(|row| Some((row, row.head()?)));
        let news = heads.filter(|(row, _)| self.whole(row).is_none());
        let wholes = news.filter_map(|(row, head)| {
            let part = |number| self.part(&Key::component_part(row.key.tenant, head.id, number));
            Some((row.key, (row.version, Arc::new(head.assemble(part)?))))
        });
        let wholes: Vec<_> = wholes.collect();
        self.wholes.extend(wholes);
    }

    /// Adds a page as it was read.
    pub fn add_page(&mut self, range: Range, page: Page) {
        self.pages.insert(range, page);
    }

    /// Every row that was read, and its version; 0 for an absent one. Without parts of components:
    /// whoever writes one writes the head.
    pub fn versions(&self) -> impl Iterator<Item = (Key, Version)> + '_ {
        let rows = self.rows.iter().filter(|row| row.key.kind != Kind::ComponentPart);
        rows.map(|row| (row.key, row.version))
    }

    /// What the view holds, for reading all of it again.
    pub fn as_need(&self) -> Need {
        Need {
            keys: self.rows.iter().map(|row| row.key).collect(),
            ranges: self.pages.keys().copied().collect(),
        }
    }

    /// A component that was read, with all its parts.
    pub(super) fn component(&self, key: &Key) -> Option<&Arc<Component>> {
        let row = &self.rows[self.place(key)?];
        match row.body.as_ref()? {
            Body::Component(ComponentRow::Whole(component)) => Some(component),
            Body::Component(ComponentRow::Head(_)) => self.whole(row),
            _ => None,
        }
    }

    fn whole(&self, head: &Known) -> Option<&Arc<Component>> {
        let (version, whole) = self.wholes.get(&head.key)?;
        (*version == head.version).then_some(whole)
    }

    /// A part of a component that was read.
    pub(super) fn part(&self, key: &Key) -> Option<&ComponentPart> {
        match self.rows[self.place(key)?].body.as_ref()? {
            Body::ComponentPart(part) => Some(part),
            _ => None,
        }
    }

    fn place(&self, key: &Key) -> Option<usize> {
        self.rows.binary_search_by(|row| row.key.cmp(key)).ok()
    }
}

/// A step's reading of a view: notes what is missing and what the step rests on.
#[derive(Debug)]
pub(crate) struct Reading<'v> {
    view: &'v View,
    missing: Vec<Key>,
    missing_ranges: BTreeSet<Range>,
    /// Whether rows do not fit together.
    is_torn: bool,
    /// Of each row of the view, whether the step rests on it.
    rests_on: Vec<bool>,
    anchors: BTreeMap<Anchor, Version>,
}

impl<'v> Reading<'v> {
    pub(crate) fn of(view: &'v View) -> Self {
        Self {
            view,
            missing: Vec::new(),
            missing_ranges: BTreeSet::new(),
            is_torn: false,
            rests_on: vec![false; view.rows.len()],
            anchors: BTreeMap::new(),
        }
    }

    /// Asks for a row on which the step rests; with that of a large component for its parts, whose
    /// every change changes that row.
    pub(crate) fn want(&mut self, key: Key) {
        match self.view.place(&key) {
            Some(at) => {
                self.rests_on[at] = true;
                self.want_parts(&self.view.rows[at]);
            }
            None => self.missing.push(key),
        }
    }

    fn want_parts(&mut self, row: &Known) {
        if let (Some(head), None) = (row.head(), self.view.whole(row)) {
            // All are here, and are not those that the head means.
            self.is_torn |= !self.lacks_parts(row.key.tenant, head);
        }
    }

    /// Asks for those parts that are not here yet, if any.
    fn lacks_parts(&mut self, tenant: TenantId, head: &ComponentHead) -> bool {
        let known = self.missing.len();
        let parts = 0..head.parts.len();
        let parts = parts.map(|number| Key::component_part(tenant, head.id, number));
        self.missing.extend(parts.filter(|key| self.view.place(key).is_none()));
        self.missing.len() > known
    }

    /// The component of a row of a listing; a large one is asked for, and `None` until it is here.
    pub(crate) fn listed(&mut self, row: &'v Row) -> Option<&'v Arc<Component>> {
        let Body::Component(listed) = &row.body else { return None };
        let head = match listed {
            ComponentRow::Whole(whole) => {
                // A step that rests on the row must rest on what the listing showed of it.
                let known = self.view.place(&row.key).map(|at| self.view.rows[at].version);
                self.is_torn |= known.is_some_and(|version| version != row.version);
                return Some(whole);
            }
            ComponentRow::Head(head) => head,
        };
        self.want(row.key);
        match self.view.place(&row.key) {
            Some(at) => self.is_torn |= self.view.rows[at].body.is_none(),
            // In one round with the head as it is now, which most often means the same parts.
            None => {
                self.lacks_parts(row.key.tenant, head);
            }
        }
        self.view.component(&row.key)
    }

    /// Pauses if anything asked for is missing, or does not fit together.
    pub(crate) fn settle(&mut self) -> Step<()> {
        if self.is_torn {
            return Err(Pause::Stale);
        }
        if self.missing.is_empty() && self.missing_ranges.is_empty() {
            return Ok(());
        }
        let mut keys = std::mem::take(&mut self.missing);
        keys.sort_unstable();
        keys.dedup();
        Err(Pause::Need(Need { keys, ranges: std::mem::take(&mut self.missing_ranges) }))
    }

    /// Goes on where a part of a step needs more, to ask for that with all else that is missing.
    pub(crate) fn go_on<T>(&mut self, part: Step<T>) -> Step<Option<T>> {
        match part {
            Ok(done) => Ok(Some(done)),
            Err(Pause::Need(need)) => {
                self.missing.extend(need.keys);
                self.missing_ranges.extend(need.ranges);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    fn body(&self, key: Key) -> Option<&'v Body> {
        self.view.rows[self.view.place(&key)?].body.as_ref()
    }

    /// The components to which the rows point that were asked for and are there, each once.
    pub(crate) fn homes(&self) -> Vec<ComponentId> {
        let rows = self.view.rows.iter().zip(&self.rests_on).filter(|(_, rests_on)| **rests_on);
        let homes = rows.filter_map(|(row, _)| match row.body {
            Some(Body::RecordAt(home) | Body::IdentifierAt(IdentifierHome::In(home))) => Some(home),
            _ => None,
        });
        let mut homes: Vec<ComponentId> = homes.collect();
        homes.sort_unstable();
        homes.dedup();
        homes
    }

    /// One page.
    pub(crate) fn page(&mut self, range: Range) -> Option<&'v Page> {
        let page = self.view.pages.get(&range);
        if page.is_none() {
            self.missing_ranges.insert(range);
        }
        page
    }

    /// Rests on a group as it was when a page of it was read: nothing may have come or gone since.
    pub(crate) fn rest_on_group(&mut self, range: Range, page: &Page) {
        if let Some(version) = page.anchor {
            let (tenant, index, prefix) = (range.tenant, range.index, range.prefix);
            let expected = self.anchors.entry(Anchor { tenant, index, prefix }).or_insert(version);
            *expected = version.min(*expected);
        }
    }

    /// Every row of a group, page after page; `None` while one is missing. Where `rest_on` is set
    /// the step rests on the group: nothing may come or go.
    pub(crate) fn group(&mut self, mut range: Range, rest_on: bool) -> Option<Vec<&'v Row>> {
        let mut rows = Vec::new();
        loop {
            let page = self.page(range)?;
            if rest_on {
                self.rest_on_group(range, page);
            }
            rows.extend(page.rows.iter().map(|(_, row)| row));
            match page.rows.last() {
                Some((sort, _)) if page.more => range.after = Some(*sort),
                _ => return Some(rows),
            }
        }
    }

    /// Everything that the step rests on.
    pub(crate) fn expects(&self) -> Vec<Expect> {
        let rows = self.view.rows.iter().zip(&self.rests_on).filter(|(_, rests_on)| **rests_on);
        let rows = rows.map(|(row, _)| row);
        let rows = rows.filter(|row| row.version > 0 || !bug!("absence_not_expected"));
        let rows = rows.map(|row| Expect::Row(row.key, row.version));
        let anchors = self.anchors.iter().map(|(at, version)| Expect::Anchor(*at, *version));
        rows.chain(anchors).collect()
    }
}

macro_rules! typed {
    ($($name:ident: $key:ident($id:ident: $id_type:ty) => $variant:ident($body:ty);)*) => {
        impl<'v> Reading<'v> {
            $(pub(crate) fn $name(
                &self,
                tenant: TenantId,
                $id: $id_type,
            ) -> Option<&'v $body> {
                match self.body(Key::$key(tenant, $id))? {
                    Body::$variant(body) => Some(body),
                    _ => None,
                }
            })*
        }
    };
}

typed! {
    copies: touchpoint(id: TouchpointId) => Touchpoint(Arc<Copies>);
    record_home: record_at(id: RecordId) => RecordAt(ComponentId);
    identifier_home: identifier_at(id: IdentifierId) => IdentifierAt(IdentifierHome);
    verdict: verdict(id: VerdictId) => Verdict(Arc<Verdict>);
    consent: consent(id: IdentifierId) => Consent(Arc<ConsentLedger>);
    ledger: ledger(id: RecordId) => Ledger(Arc<ContactLedger>);
    decision: decision(id: DecisionId) => Decision(Arc<Decision>);
    outbox: outbox(id: DecisionId) => Outbox(Arc<OutboxEntry>);
    tombstone: tombstone(hash: uuid::Uuid) => Tombstone(Arc<Tombstone>);
    opt_outs: opt_out(hash: uuid::Uuid) => OptOut(Arc<OptOuts>);
    indexed: indexed(id: RecordId) => Indexed(Arc<Indexed>);
    erasure: erasure(id: ErasureId) => Erasure(Arc<Erasure>);
    fact: fact(id: FactId) => Fact(Arc<FactHistory>);
}

impl<'v> Reading<'v> {
    /// A component, with all its parts.
    pub(crate) fn component(
        &self,
        tenant: TenantId,
        id: ComponentId,
    ) -> Option<&'v Arc<Component>> {
        self.view.component(&Key::component(tenant, id))
    }

    /// Of which parts a component's row consists; `None` where it is one row, or none.
    pub(crate) fn head(&self, tenant: TenantId, id: ComponentId) -> Option<&'v Arc<ComponentHead>> {
        match self.body(Key::component(tenant, id))? {
            Body::Component(row) => row.head(),
            _ => None,
        }
    }

    pub(crate) fn erasures(&self, tenant: TenantId) -> Option<&'v Arc<Erasures>> {
        match self.body(Key::erasures(tenant))? {
            Body::Erasures(erasures) => Some(erasures),
            _ => None,
        }
    }

    pub(crate) fn layout(&self, tenant: TenantId) -> Option<&'v Arc<Layout>> {
        match self.body(Key::layout(tenant))? {
            Body::Layout(layout) => Some(layout),
            _ => None,
        }
    }

    /// Whether a row is there; only of one that was wanted and read.
    pub(crate) fn has(&self, key: Key) -> bool {
        self.body(key).is_some()
    }

    pub(crate) fn profile(&self) -> Option<&'v Arc<Profile>> {
        match self.body(Key::profile())? {
            Body::Profile(profile) => Some(profile),
            _ => None,
        }
    }

    /// The version of a row that was read; 0 for an absent one.
    pub(crate) fn version(&self, key: Key) -> Version {
        self.view.place(&key).map_or(0, |place| self.view.rows[place].version)
    }
}
