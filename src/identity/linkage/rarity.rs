//! How rare equal values are: a rare name says more than a common one.
//!
//! # Law
//!
//! 1. How rare a value is follows from the model alone: the same two records weigh the same in any
//!    table (`tests/linkage/document.rs`).
//!
//! # Why
//!
//! Only values that several records share are kept, as hashes with their counts; all others count
//! as equally rare. So a model names no customer, and stays small: e-mail addresses, of which each
//! is rare, cost nothing. A hash hides no value that can be guessed: whoever holds a list of first
//! names finds which of them are common. What only a few records say is not in the model at all.

use sha2::{Digest, Sha256};

use super::compare::{Comparison, Field};
use super::table::{Column, Table};
use super::texts::MISSING;

/// From how many records on a value is counted by itself.
pub(super) const FREQUENT_MIN: u32 = 5;

/// How often the values of a column occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequency {
    /// The column, by its place among the model's.
    pub(super) column: usize,
    /// How many records have a value.
    pub(super) cells: u64,
    /// How many records share a value that is not counted by itself, as they are met in pairs.
    pub(super) rare: u32,
    /// Hashes of values with the number of their records, by hash.
    pub(super) values: Vec<(u64, u32)>,
}

impl Frequency {
    fn of_column(at: usize, column: &Column) -> Self {
        let counts = counts(column);
        let cells: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let few = counts.iter().filter(|count| (2..FREQUENT_MIN).contains(*count));
        let (sum, pairs) = few.map(|count| u64::from(*count)).fold((0, 0), |(sum, all), count| {
            let pairs = count * (count - 1) / 2;
            (sum + pairs * count, all + pairs)
        });
        let rare = if pairs == 0 { 2 } else { (2 * sum + pairs) / (2 * pairs) };
        let frequent = counts.iter().zip(0..).filter(|(count, _)| **count >= FREQUENT_MIN);
        let mut values: Vec<(u64, u32)> = frequent
            .map(|(count, number)| (hidden(column.name(), column.texts.get(number)), *count))
            .collect();
        values.sort_unstable();
        values.dedup_by_key(|(hash, _)| *hash);
        Self { column: at, cells, rare: u32::try_from(rare).unwrap_or(2), values }
    }

    /// How many records share a value, by its hash.
    fn count(&self, hash: u64) -> u32 {
        let found = self.values.binary_search_by_key(&hash, |(hash, _)| *hash);
        found.map_or(self.rare, |at| self.values[at].1)
    }

    /// Thousandths of a bit by which a value that so many records share is rarer than certain.
    fn rarity(&self, count: u32) -> i32 {
        let share = self.cells.max(1) as f64 / f64::from(count.max(1));
        (share.log2() * 1_000.0).max(0.0).round() as i32
    }

    /// The same for each distinct value of a column, whose counts they are.
    fn of_own(&self, column: &Column) -> Vec<i32> {
        let rare = self.rarity(self.rare);
        let one = |count: &u32| if *count < FREQUENT_MIN { rare } else { self.rarity(*count) };
        let mut all: Vec<i32> = counts(column).iter().map(one).collect();
        all[MISSING as usize] = 0;
        all
    }

    /// The same for each distinct value of any column; `name` is the column's in the model.
    fn of_other(&self, name: &str, column: &Column) -> Vec<i32> {
        let rare = self.rarity(self.rare);
        let seed = seed(name);
        let one = |text: &str| match self.count(digest(seed.clone(), text)) {
            count if count == self.rare => rare,
            count => self.rarity(count),
        };
        let mut all: Vec<i32> = column.texts.iter().map(one).collect();
        all[MISSING as usize] = 0;
        all
    }
}

/// How many records have each distinct value; the missing value none.
fn counts(column: &Column) -> Vec<u32> {
    let mut counts = vec![0_u32; column.texts.len()];
    column.cells.iter().for_each(|cell| counts[*cell as usize] += 1);
    counts[MISSING as usize] = 0;
    counts
}

/// A value as the model keeps it. It never changes: stored models rest on it.
fn hidden(name: &str, text: &str) -> u64 {
    digest(seed(name), text)
}

fn seed(name: &str) -> Sha256 {
    Sha256::new_with_prefix(name).chain_update([0])
}

fn digest(seed: Sha256, text: &str) -> u64 {
    let digest = seed.chain_update(text).finalize();
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The columns whose rarity counts in a comparison.
fn counted(comparisons: &[Comparison]) -> Vec<usize> {
    let of = |comparison: &Comparison| {
        let town = comparison.beside.filter(|_| comparison.field == Field::Place);
        let own = comparison.counts_rarity(0).then_some(comparison.column);
        own.into_iter().chain(town).collect::<Vec<_>>()
    };
    let mut columns: Vec<usize> = comparisons.iter().flat_map(of).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// Counts the values of a table.
pub(super) fn frequencies(table: &Table, comparisons: &[Comparison]) -> Vec<Frequency> {
    let columns = counted(comparisons).into_iter();
    columns.map(|at| Frequency::of_column(at, &table.columns()[at])).collect()
}

/// Of each column, how many thousandths of a bit rarer than certain each value is.
#[derive(Debug)]
pub(super) struct Rarity(Vec<Vec<i32>>);

impl Rarity {
    /// By frequencies that were counted in this table.
    pub(super) fn of_own(frequencies: &[Frequency], table: &Table) -> Self {
        let of = |frequency: &Frequency, column: &Column| frequency.of_own(column);
        Self::of_columns(frequencies, table, of)
    }

    /// By a model's frequencies, whose columns stand at the places of this table's.
    pub(super) fn of_other(frequencies: &[Frequency], table: &Table) -> Self {
        let of = |frequency: &Frequency, column: &Column| frequency.of_other(column.name(), column);
        Self::of_columns(frequencies, table, of)
    }

    fn of_columns(
        frequencies: &[Frequency],
        table: &Table,
        of: impl Fn(&Frequency, &Column) -> Vec<i32>,
    ) -> Self {
        let mut all = vec![Vec::new(); table.columns().len()];
        for frequency in frequencies {
            if let (Some(own), Some(column)) =
                (all.get_mut(frequency.column), table.columns().get(frequency.column))
            {
                *own = of(frequency, column);
            }
        }
        Self(all)
    }

    /// Thousandths of a bit for two records at a level; 0 where rarity does not count.
    pub(super) fn of(
        &self,
        table: &Table,
        comparison: &Comparison,
        level: u8,
        (a, b): (u32, u32),
    ) -> i32 {
        if !comparison.counts_rarity(level) {
            return 0;
        }
        let column = match (comparison.field, level) {
            (Field::Place, 3) => comparison.beside.unwrap_or(comparison.column),
            _ => comparison.column,
        };
        let cells = &table.columns()[column].cells;
        let known = &self.0[column];
        let rarity = |record: u32| known.get(cells[record as usize] as usize).copied().unwrap_or(0);
        rarity(a).min(rarity(b))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_value_is_hidden_as_it_always_was() {
        assert_eq!(super::hidden("surname", "smith"), 0xd129_218d_2a45_f596);
    }
}
