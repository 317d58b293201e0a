//! A batch's customers, derived one candidate component after the other.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::batch::{Evidence, Shown, place_of};
use super::layout::{Layout, Seen};
use super::partition::Partition;
use super::sharing::{Sharing, Told, told};
use super::union::Union;
use crate::model::{IdentifierId, Judge, RecordId, Timestamp, Verdict, in_force};

/// A record of more identifiers is asked once what it tells of the bearers of each.
const WIDE: usize = 16;

/// The customers of a [`Batch`](super::Batch), one candidate component after the other.
#[derive(Debug)]
pub struct Resolved<'a> {
    evidence: Evidence<'a>,
    /// Of each identifier in id order, where its sightings begin; then their number.
    bearers: Vec<u32>,
    /// Of each identifier, whether several parties share it.
    shared: Vec<bool>,
    /// Of each record, where its identifiers begin in `shows`; then their number.
    begins: Vec<u32>,
    /// Identifiers by record.
    shows: Vec<u32>,
    /// Records by component, each component's in id order.
    order: Vec<u32>,
    /// Where each component begins in `order`; then the number of records.
    components: Vec<u32>,
    rulings: BTreeMap<(RecordId, RecordId, Judge), Verdict>,
    next: usize,
    /// Fewer identifiers on one record prove nothing.
    proof_min: usize,
    /// Of each record, its place in its component.
    local: Vec<u32>,
}

impl<'a> Resolved<'a> {
    pub(super) fn new(mut evidence: Evidence<'a>) -> Self {
        let verdicts = std::mem::take(&mut evidence.verdicts);
        let rulings = in_force(verdicts.values());
        let rulings = rulings.into_iter().map(|(pair, verdict)| (pair, verdict.clone())).collect();
        let records = evidence.records.len();
        let mut this = Self {
            bearers: Vec::new(),
            shared: Vec::new(),
            begins: Vec::new(),
            shows: Vec::new(),
            order: Vec::new(),
            components: Vec::new(),
            rulings,
            next: 0,
            proof_min: proof_min(&evidence),
            local: vec![0; records],
            evidence,
        };
        this.index();
        this.find_shared();
        this.connect(&verdicts.into_values().map(|ruled| (ruled.a, ruled.b)).collect::<Vec<_>>());
        this
    }

    /// The identifiers that several parties share, in id order.
    pub fn shared(&self) -> impl Iterator<Item = IdentifierId> + '_ {
        let shared = self.shared.iter().enumerate().filter(|(_, shared)| **shared);
        shared.map(|(number, _)| self.bearers_of(place_of(number))[0].identifier)
    }

    /// How many candidate components have how many records, without shared identifiers.
    pub fn sizes(&self) -> BTreeMap<usize, usize> {
        let mut sizes = BTreeMap::new();
        for ends in self.components.windows(2) {
            *sizes.entry((ends[1] - ends[0]) as usize).or_insert(0) += 1;
        }
        sizes
    }

    fn index(&mut self) {
        let (records, sightings) = (self.evidence.records.len(), &self.evidence.sightings);
        let mut begins = vec![0_u32; records + 1];
        sightings.iter().for_each(|seen| begins[seen.place as usize + 1] += 1);
        (0..records).for_each(|at| begins[at + 1] += begins[at]);
        let mut shows = vec![0_u32; sightings.len()];
        let mut filled = begins.clone();
        let mut bearers = Vec::new();
        for (at, seen) in sightings.iter().enumerate() {
            if at == 0 || sightings[at - 1].identifier != seen.identifier {
                bearers.push(place_of(at));
            }
            let slot = &mut filled[seen.place as usize];
            shows[*slot as usize] = place_of(bearers.len() - 1);
            *slot += 1;
        }
        self.shared = vec![false; bearers.len()];
        bearers.push(place_of(sightings.len()));
        (self.bearers, self.begins, self.shows) = (bearers, begins, shows);
    }

    fn bearers_of(&self, identifier: u32) -> &[Shown] {
        let at = identifier as usize;
        &self.evidence.sightings[self.bearers[at] as usize..self.bearers[at + 1] as usize]
    }

    /// The identifiers seen on a record.
    fn shown_by(&self, record: u32) -> &[u32] {
        let at = record as usize;
        &self.shows[self.begins[at] as usize..self.begins[at + 1] as usize]
    }

    fn links(&self, identifier: u32) -> bool {
        !self.shared[identifier as usize] && self.bearers_of(identifier)[0].blocked.is_none()
    }

    fn find_shared(&mut self) {
        let records = 0..place_of(self.evidence.records.len());
        let wide = records.filter(|record| self.shown_by(*record).len() > WIDE);
        let wide = wide.map(|record| (record, self.told_by(record))).collect();
        let identifiers = (0..self.shared.len()).map(place_of);
        self.shared = identifiers.map(|number| self.is_shared(number, &wide)).collect();
    }

    fn told_by(&self, record: u32) -> Told<'_> {
        told(self.shown_by(record).iter().map(|shown| {
            let shown = &self.bearers_of(*shown)[0];
            let (rule, namespace, scope) = &self.evidence.kinds[shown.kind as usize];
            (shown.identifier, (namespace, scope.as_deref()), *rule, shown.blocked)
        }))
    }

    fn is_shared<'s>(&'s self, identifier: u32, wide: &BTreeMap<u32, Told<'s>>) -> bool {
        let bearers = self.bearers_of(identifier);
        let alone = bearers.len() == 1 && self.shown_by(bearers[0].place).len() < self.proof_min;
        if alone || bearers[0].blocked.is_some() {
            return false;
        }
        let rule = self.evidence.kinds[bearers[0].kind as usize].0;
        let mut sharing = Sharing::by(self.evidence.rules, rule);
        for bearer in bearers {
            match wide.get(&bearer.place) {
                Some(told) => sharing.bear(bearer.sighting, told),
                None => sharing.bear(bearer.sighting, &self.told_by(bearer.place)),
            }
        }
        sharing.is_proven()
    }

    /// Lays the records out by component.
    fn connect(&mut self, ruled: &[(RecordId, RecordId)]) {
        let records = &self.evidence.records;
        let mut union = Union::new(records.len());
        for number in (0..self.shared.len()).map(place_of).filter(|number| self.links(*number)) {
            let bearers = self.bearers_of(number);
            for other in &bearers[1..] {
                union.join(bearers[0].place, other.place);
            }
        }
        let place = |id: &RecordId| records.binary_search_by_key(id, |record| record.id).ok();
        for (a, b) in ruled {
            if let (Some(a), Some(b)) = (place(a), place(b)) {
                union.join(place_of(a), place_of(b));
            }
        }
        // Components are numbered by their smallest records.
        let mut numbers = vec![u32::MAX; records.len()];
        let mut begins = vec![0_u32];
        for at in 0..records.len() {
            let number = &mut numbers[union.root(place_of(at)) as usize];
            if *number == u32::MAX {
                *number = place_of(begins.len() - 1);
                begins.push(0);
            }
            begins[*number as usize + 1] += 1;
        }
        (1..begins.len()).for_each(|at| begins[at] += begins[at - 1]);
        let (mut filled, mut order) = (begins.clone(), vec![0; records.len()]);
        for at in 0..records.len() {
            let number = numbers[union.root(place_of(at)) as usize] as usize;
            let slot = &mut filled[number];
            self.local[at] = *slot - begins[number];
            order[*slot as usize] = place_of(at);
            *slot += 1;
        }
        (self.order, self.components) = (order, begins);
    }

    fn solve(&self, records: &[u32]) -> Partition {
        let evidence = &self.evidence;
        let mut layout = Layout::new(evidence.rules);
        for at in records {
            let record = &evidence.records[*at as usize];
            let source = record.source.map(|source| &evidence.sources[source as usize]);
            let first =
                (record.first != i64::MAX).then(|| Timestamp::from_micros(record.first)).flatten();
            layout.add_record(record.id, source, first);
        }
        if !self.rulings.is_empty() {
            let first = |at: &u32| evidence.records[*at as usize].id;
            let (least, most) =
                (RecordId::from_uuid(Uuid::nil()), RecordId::from_uuid(Uuid::max()));
            let of = |id: RecordId| {
                self.rulings.range((id, least, Judge::Person)..=(id, most, Judge::Model))
            };
            let ruled = records.iter().map(first).flat_map(of);
            layout.add_rulings(ruled.map(|(_, verdict)| verdict));
        }
        let shown = records.iter().flat_map(|at| self.shown_by(*at)).copied();
        let mut linking: Vec<u32> = shown.filter(|shown| self.links(*shown)).collect();
        linking.sort_unstable();
        linking.dedup();
        let mut seen = Vec::new();
        for number in linking {
            let bearers = self.bearers_of(number);
            let (rule, namespace, scope) = &evidence.kinds[bearers[0].kind as usize];
            seen.clear();
            seen.extend(bearers.iter().map(|shown| Seen {
                identifier: shown.identifier,
                place: self.local[shown.place as usize],
                sighting: shown.sighting,
            }));
            layout.add_identifier((namespace, scope.as_deref()), rule, &seen);
        }
        layout.solve()
    }
}

/// How many identifiers one record shows at least where it alone proves that one is shared: that
/// one, and more others than one party has.
fn proof_min(evidence: &Evidence<'_>) -> usize {
    let least = evidence.kinds.iter().filter_map(|(rule, ..)| rule.sharing_over).min();
    if evidence.rules.bearers_max == 0 { 0 } else { 2 + least.unwrap_or(u32::MAX / 2) as usize }
}

impl Iterator for Resolved<'_> {
    type Item = Partition;

    fn next(&mut self) -> Option<Partition> {
        let until = *self.components.get(self.next + 1)?;
        let records = &self.order[self.components[self.next] as usize..until as usize];
        self.next += 1;
        Some(self.solve(records))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.components.len().saturating_sub(self.next + 1);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Resolved<'_> {}
