//! How rare equal values are: a rare name says more than a common one.

use super::compare::{Comparison, Field};
use super::table::Table;
use super::texts::MISSING;

/// Of each column, how many thousandths of a bit rarer than certain each value is.
#[derive(Debug)]
pub(super) struct Rarity(Vec<Vec<i32>>);

impl Rarity {
    pub(super) fn of_table(table: &Table) -> Self {
        let columns = table.columns().iter().map(|column| {
            let mut counts = vec![0_u32; column.texts.len()];
            column.cells.iter().for_each(|cell| counts[*cell as usize] += 1);
            counts[MISSING as usize] = 0;
            let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
            let rare = |count: &u32| match count {
                0 => 0,
                count => ((all / f64::from(*count)).log2() * 1_000.0).round() as i32,
            };
            counts.iter().map(rare).collect()
        });
        Self(columns.collect())
    }

    /// Thousandths of a bit for two records at a level; 0 where rarity does not count.
    pub(super) fn of(
        &self,
        table: &Table,
        comparison: &Comparison,
        level: u8,
        (a, b): (u32, u32),
    ) -> i32 {
        if !comparison.field.counts_rarity(level) {
            return 0;
        }
        let column = match (comparison.field, level) {
            (Field::Place, 3) => comparison.beside.unwrap_or(comparison.column),
            _ => comparison.column,
        };
        let cells = &table.columns()[column].cells;
        let rarity = |record: u32| self.0[column][cells[record as usize] as usize];
        rarity(a).min(rarity(b))
    }
}
