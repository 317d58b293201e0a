//! Truth: whose each record is, and which records evidence joins without doubt.
//!
//! What is asked of a hub is measured against this: [`Truth::evaluate`].

use super::evaluation::{Evaluation, evaluate};
use crate::engine::Context;
use crate::identity::normalise;
use crate::model::{IdentifierId, RecordId, Touchpoint};

/// Whose each record is, and of which chain.
///
/// **Whose.** A record is a person's where every touchpoint on it is theirs. A record on which
/// several people were met (a mailbox of a household that wrote, a number that was passed on) is
/// *mixed*: no partition of records can be right about it, so it is counted and not judged.
///
/// **Chain.** An identifier is somebody's *own* where, over the whole town, it was seen on their
/// unmixed records only: as [normalised](crate::identity::normalise) under the context's rules, in
/// its scope, and not blocked. Two records stand in one *unambiguous chain* where a path of records
/// and own identifiers connects them. All of a path is one person's, and nobody has two accounts or
/// two cards, so no step contradicts a strong namespace. Not on a chain: what only a shared, passed
/// on, blocked or mistyped value connects.
///
/// # Cost
///
/// 24 bytes for each record, and 32 for each pair of record and identifier while it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// By record.
    known: Vec<Known>,
}

/// What is true of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) record: RecordId,
    /// Whose it is; [`MIXED`] where it is several people's.
    pub(super) person: u32,
    /// The place of the chain's first record.
    pub(super) chain: u32,
}

/// Of a record of several people; no town has so many.
pub(super) const MIXED: u32 = u32::MAX;

impl Truth {
    /// Learns from touchpoints, each with the number of the person whose it truly is.
    ///
    /// The order of touchpoints and their repetition change nothing. [`super::Town::truth`] does it
    /// for a whole town; this takes what a hub told of its own (`Taken::told`).
    pub fn of(context: &Context<'_>, told: impl IntoIterator<Item = (u32, Touchpoint)>) -> Self {
        let mut whose = Distinct::default();
        let mut seen = Distinct::default();
        for (person, touchpoint) in told {
            let Some(record) = touchpoint.record else { continue };
            whose.push((record, person));
            for id in linking(context, &touchpoint) {
                seen.push((id, record));
            }
        }
        let whose = whose.into_sorted();
        let known = whose.chunk_by(|(a, _), (b, _)| a == b).zip(0..).map(|(of, chain)| {
            let person = if of.len() == 1 { of[0].1 } else { MIXED };
            Known { record: of[0].0, person, chain }
        });
        let mut truth = Self { known: known.collect() };
        for bearers in seen.into_sorted().chunk_by(|(a, _), (b, _)| a == b) {
            truth.chain(bearers);
        }
        for at in 0..truth.known.len() {
            truth.known[at].chain = truth.first(at);
        }
        truth
    }

    /// Joins the records on which an identifier was seen, where it is somebody's own.
    fn chain(&mut self, bearers: &[(IdentifierId, RecordId)]) {
        let places: Vec<usize> = bearers.iter().filter_map(|(_, id)| self.place(*id)).collect();
        let Some((first, others)) = places.split_first() else { return };
        let person = self.known[*first].person;
        if person == MIXED || others.iter().any(|at| self.known[*at].person != person) {
            return;
        }
        for at in others {
            let (a, b) = (self.first(*first), self.first(*at));
            self.known[a.max(b) as usize].chain = a.min(b);
        }
    }

    /// The first record of a record's chain, as far as it is known; shortens the way to it.
    fn first(&mut self, at: usize) -> u32 {
        let mut at = at;
        while self.known[at].chain as usize != at {
            let next = self.known[at].chain as usize;
            self.known[at].chain = self.known[next].chain;
            at = next;
        }
        self.known[at].chain
    }

    fn place(&self, record: RecordId) -> Option<usize> {
        self.known.binary_search_by_key(&record, |known| known.record).ok()
    }

    /// Whose a record is; `None` where it is mixed or unknown.
    pub fn person_of(&self, record: RecordId) -> Option<u32> {
        let known = self.known[self.place(record)?];
        (known.person != MIXED).then_some(known.person)
    }

    /// The unambiguous chain that a record stands in, alone or with others; `None` where it is
    /// mixed or unknown.
    pub fn chain_of(&self, record: RecordId) -> Option<u32> {
        let known = self.known[self.place(record)?];
        (known.person != MIXED).then_some(known.chain)
    }

    /// Every record, in the order of ids, mixed ones included.
    pub fn records(&self) -> impl ExactSizeIterator<Item = RecordId> + '_ {
        self.known.iter().map(|known| known.record)
    }

    /// Measures a partition of the records: of each, the customer that holds it.
    ///
    /// `customer_of` is asked for every record that is not mixed. A record that nobody holds must
    /// get a value of its own, for example the record's id as a customer's.
    pub fn evaluate<C: Ord>(&self, customer_of: impl Fn(RecordId) -> C) -> Evaluation {
        evaluate(&self.known, customer_of)
    }
}

/// The identifiers of a touchpoint that are not blocked.
fn linking(context: &Context<'_>, touchpoint: &Touchpoint) -> Vec<IdentifierId> {
    let mut linking = Vec::with_capacity(touchpoint.identifiers.len());
    for seen in &touchpoint.identifiers {
        let normal = normalise(&context.configuration.identity, seen);
        if normal.blocked.is_none() {
            let (namespace, scope) = (&seen.namespace, seen.scope.as_deref());
            let value = normal.value.expose();
            linking.push(context.id_key.identifier(context.tenant, namespace, scope, value));
        }
    }
    linking
}

/// A growing set of small values: sorted now and then, so that it holds few of them twice.
#[derive(Debug)]
struct Distinct<T> {
    items: Vec<T>,
    sort_at: usize,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { items: Vec::new(), sort_at: 1 << 16 }
    }
}

impl<T: Ord + Copy> Distinct<T> {
    fn push(&mut self, item: T) {
        if self.items.len() >= self.sort_at {
            self.sort();
            self.sort_at = self.items.len() * 2;
        }
        self.items.push(item);
    }

    fn sort(&mut self) {
        self.items.sort_unstable();
        self.items.dedup();
    }

    fn into_sorted(mut self) -> Vec<T> {
        self.sort();
        self.items
    }
}
