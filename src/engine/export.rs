//! Which rows hold a tenant's facts, and which lines they become.
//!
//! Facts are found from the components: each record's touchpoints and decisions, then what nobody
//! is known for, then verdicts. While others write, a merge can move a record from a component that
//! is still to be read to one that was. So components are read again: in each sweep those whose
//! version is above every version that was given out before the last sweep began, until a sweep
//! finds none.
//!
//! # Law
//!
//! 1. Holds one page of components and their ranges, never a listing: memory does not grow with the
//!    store.
//! 2. A record that stood in a component when the walk began is walked, whoever merges meanwhile.
//!    What a *correction* moves meanwhile may be missed: it came later than the export.
//!
//! Costs a page per 32 rows, 64 pages at once, and three readings of the components.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use uuid::Uuid;

use crate::model::{
    Body, ComponentId, ComponentRow, Copies, Decision, Index, Line, MadeDecision, Page, Range,
    RecordId, RecordNode, Remains, Row, Sort, SortedMap, TenantId, ToldTouchpoint, Version,
};

/// Most ranges that are read at once.
const RANGES_MAX: usize = 64;

/// Most rows of one range at once.
const ROWS_MAX: u32 = 32;

/// Most readings of the components after the first.
const SWEEPS_MAX: u32 = 16;

/// A walk over everything that a tenant's facts are kept in.
#[derive(Debug, Clone)]
pub struct Walk {
    tenant: TenantId,
    /// What is to be read, the next first.
    waiting: VecDeque<Range>,
    /// 0 only looks at versions; 1 walks everything; later ones what changed meanwhile.
    sweep: u32,
    /// Components up to this version were walked and stood still since.
    since: Version,
    /// The highest version of a component before this sweep began.
    before: Version,
    /// The highest version of a component until now.
    highest: Version,
    /// Whether this sweep found a component to walk.
    found: bool,
    settled: bool,
}

/// What a page of a walk holds.
#[derive(Debug, Default)]
pub struct Walked {
    /// Lines that are complete.
    pub lines: Vec<Line>,
    /// Decisions, whose entries in outbox and ledger are still to be read.
    pub decisions: Vec<Decision>,
}

impl Walk {
    /// Begins a walk.
    pub fn new(tenant: TenantId) -> Self {
        let components = listing(tenant, Index::Components);
        Self {
            tenant,
            waiting: VecDeque::from([components]),
            sweep: 0,
            since: 0,
            before: 0,
            highest: 0,
            found: false,
            settled: false,
        }
    }

    /// What is to be read next; nothing where the walk is done.
    pub fn ranges(&self) -> Vec<Range> {
        self.waiting.iter().take(RANGES_MAX).copied().collect()
    }

    /// Whether the walk ended with nothing changing.
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// Takes the pages of [`Walk::ranges`], in their order.
    pub fn take(&mut self, pages: &[Page]) -> Walked {
        let mut walked = Walked::default();
        let read: Vec<Range> = self.waiting.drain(..pages.len().min(self.waiting.len())).collect();
        let mut next = Vec::new();
        for (range, page) in read.into_iter().zip(pages) {
            for (_, row) in &page.rows {
                self.walk(row, &mut next, &mut walked);
            }
            // After what the rows lead to: of a listing, one page at a time is followed.
            if let (true, Some((sort, _))) = (page.more, page.rows.last()) {
                next.push(Range { after: Some(*sort), ..range });
            }
        }
        for range in next.into_iter().rev() {
            self.waiting.push_front(range);
        }
        if self.waiting.is_empty() {
            self.turn();
        }
        walked
    }

    fn walk(&mut self, row: &Row, next: &mut Vec<Range>, walked: &mut Walked) {
        match &row.body {
            Body::Component(component) => {
                self.highest = self.highest.max(row.version);
                if self.sweep > 0 && row.version > self.since {
                    self.found = true;
                    match component {
                        ComponentRow::Whole(whole) => next.extend(self.records(&whole.records)),
                        ComponentRow::Head(head) => next.push(self.parts(head.id)),
                    }
                }
            }
            // Whoever writes it meanwhile writes the head: the next sweep finds that.
            Body::ComponentPart(part) => next.extend(self.records(&part.records)),
            Body::Touchpoint(copies) => {
                walked.lines.extend(copies.all().iter().map(|copy| {
                    let (touchpoint, arrival) = (copy.touchpoint.clone(), copy.arrival.clone());
                    Line::Touchpoint(Box::new(ToldTouchpoint { touchpoint, arrival }))
                }));
                next.extend(self.left(copies));
            }
            Body::Verdict(verdict) => {
                walked.lines.push(Line::Verdict(Box::new(verdict.as_ref().clone())));
            }
            Body::Decision(decision) => walked.decisions.push(decision.as_ref().clone()),
            Body::Fact(told) => {
                walked.lines.push(Line::Fact(Box::new(told.as_ref().clone())));
            }
            body => {
                let remains = Remains::of(body);
                let line = remains.map(|what| Line::Remains(Box::new((row.key.id, what))));
                walked.lines.extend(line);
            }
        }
    }

    fn parts(&self, component: ComponentId) -> Range {
        let all = Range::all(self.tenant, Index::Parts, component.as_uuid());
        Range { limit: ROWS_MAX, ..all }
    }

    fn records(&self, records: &SortedMap<RecordId, Arc<RecordNode>>) -> Vec<Range> {
        let indexes = [Index::Timeline, Index::Decisions];
        let records = records.keys();
        records.flat_map(|record| indexes.map(|index| self.group(index, *record))).collect()
    }

    /// Records that a correction left: they may stand in no component, yet hold decisions.
    fn left(&self, copies: &Copies) -> Vec<Range> {
        let records = copies.all()[1..].iter().filter_map(|copy| copy.touchpoint.record);
        let left: BTreeSet<RecordId> =
            records.filter(|record| Some(*record) != copies.chosen().record).collect();
        left.into_iter().map(|record| self.group(Index::Decisions, record)).collect()
    }

    fn group(&self, index: Index, record: RecordId) -> Range {
        Range { limit: ROWS_MAX, ..Range::all(self.tenant, index, record.as_uuid()) }
    }

    /// Begins the next sweep, if there is one.
    fn turn(&mut self) {
        self.settled = self.sweep > 1 && !self.found;
        if self.settled || self.sweep >= SWEEPS_MAX {
            return;
        }
        self.sweep += 1;
        let listed: &[Index] = match self.sweep {
            1 => &[Index::Components, Index::Unattributed, Index::Verdicts, Index::Facts],
            // After the facts: what was erased meanwhile is refused where they arrive.
            _ => &[Index::Components, Index::Erased],
        };
        self.waiting.extend(listed.iter().map(|index| listing(self.tenant, *index)));
        self.since = if self.sweep == 1 { 0 } else { self.before };
        self.before = self.highest;
        self.found = false;
    }
}

fn listing(tenant: TenantId, index: Index) -> Range {
    Range { limit: ROWS_MAX, after: None::<Sort>, ..Range::all(tenant, index, Uuid::nil()) }
}

/// The line of a decision, with its entries as they are read now.
pub fn made(decision: Decision, outbox: Option<&Row>, ledger: Option<&Row>) -> Line {
    let outbox = outbox.and_then(|row| match &row.body {
        Body::Outbox(entry) => Some(entry.as_ref().clone()),
        _ => None,
    });
    let reservation = ledger.and_then(|row| match &row.body {
        Body::Ledger(ledger) => ledger.of(decision.id).cloned(),
        _ => None,
    });
    Line::Decision(Box::new(MadeDecision { decision, outbox, reservation }))
}
