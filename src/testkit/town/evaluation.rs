//! Evaluation: how many pairs of records a partition finds, and how many rightly.

use std::fmt;

use super::truth::{Known, MIXED};
use crate::model::RecordId;

/// Pairs of records, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Pairs that belong together.
    pub wanted: u64,
    /// Pairs that the partition puts together.
    pub found: u64,
    /// Pairs that it puts together and that belong together.
    pub correct: u64,
}

impl Pairs {
    /// The share of what was found that is correct, 0 to 1; 1 where nothing was found.
    pub fn precision(&self) -> f64 {
        ratio(self.correct, self.found)
    }

    /// The share of what was wanted that was found, 0 to 1; 1 where nothing was wanted.
    pub fn recall(&self) -> f64 {
        ratio(self.correct, self.wanted)
    }
}

fn ratio(of: u64, all: u64) -> f64 {
    if all == 0 { 1.0 } else { of as f64 / all as f64 }
}

/// How well a partition of records meets the truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Over all pairs of records; two belong together where they are one person's.
    pub overall: Pairs,
    /// Over pairs of two records that each stand in a chain with another; two belong together where
    /// they are of one chain. A pair of one person's two chains is neither wanted nor found here.
    pub unambiguous: Pairs,
    /// Records that are judged.
    pub records: u64,
    /// Records of several people, which are not.
    pub mixed_records: u64,
    /// Customers that hold records of several people.
    pub mixed_customers: u64,
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, chains) = (&self.overall, &self.unambiguous);
        write!(
            f,
            "precision {:.5} ({} of {} pairs), recall {:.5} (of {}); unambiguous: precision {:.5} \
             (of {}), recall {:.5} (of {}); {} records, {} mixed; {} customers of several people",
            all.precision(),
            all.correct,
            all.found,
            all.recall(),
            all.wanted,
            chains.precision(),
            chains.found,
            chains.recall(),
            chains.wanted,
            self.records,
            self.mixed_records,
            self.mixed_customers,
        )
    }
}

/// One record that is judged, ordered by what is counted.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Judged<C> {
    customer: C,
    person: u32,
    chain: u32,
    /// Whether its chain has other records.
    chained: bool,
}

/// Counts by sorting: pairs are never listed. O(records log records).
pub(super) fn evaluate<C: Ord>(known: &[Known], customer_of: impl Fn(RecordId) -> C) -> Evaluation {
    let mut chains: Vec<(u32, u32)> = Vec::with_capacity(known.len());
    chains.extend(known.iter().filter(|it| it.person != MIXED).map(|it| (it.person, it.chain)));
    chains.sort_unstable();
    let mut evaluation = Evaluation {
        records: chains.len() as u64,
        mixed_records: (known.len() - chains.len()) as u64,
        ..Evaluation::default()
    };
    evaluation.overall.wanted = pairs(chains.chunk_by(|a, b| a.0 == b.0));
    evaluation.unambiguous.wanted = pairs(chains.chunk_by(|a, b| a == b));
    let chained = |it: &Known| {
        let from = chains.partition_point(|other| *other < (it.person, it.chain));
        chains.get(from + 1) == Some(&(it.person, it.chain))
    };
    let judged = known.iter().filter(|it| it.person != MIXED).map(|it| Judged {
        customer: customer_of(it.record),
        person: it.person,
        chain: it.chain,
        chained: chained(it),
    });
    let mut judged: Vec<Judged<C>> = judged.collect();
    judged.sort_unstable();
    for customer in judged.chunk_by(|a, b| a.customer == b.customer) {
        evaluation.count(customer);
    }
    evaluation
}

impl Evaluation {
    /// Counts the records of one customer, which are in the order of people and chains.
    fn count<C: Ord>(&mut self, customer: &[Judged<C>]) {
        let of_one = |a: &Judged<C>, b: &Judged<C>| a.person == b.person;
        self.overall.found += two_of(customer.len());
        self.overall.correct += pairs(customer.chunk_by(of_one));
        self.mixed_customers += u64::from(customer.chunk_by(of_one).count() > 1);
        let chained: Vec<&Judged<C>> = customer.iter().filter(|it| it.chained).collect();
        let correct = pairs(chained.chunk_by(|a, b| (a.person, a.chain) == (b.person, b.chain)));
        let of_people = pairs(chained.chunk_by(|a, b| a.person == b.person));
        self.unambiguous.correct += correct;
        self.unambiguous.found += two_of(chained.len()) - (of_people - correct);
    }
}

/// The pairs within groups, all groups together.
fn pairs<'a, T: 'a>(groups: impl Iterator<Item = &'a [T]>) -> u64 {
    groups.map(|group| two_of(group.len())).sum()
}

/// The pairs of so many things.
fn two_of(count: usize) -> u64 {
    let count = count as u64;
    count * count.saturating_sub(1) / 2
}
