//! Damerau-Levenshtein, unrestricted: neighbours change places, also around later edits.
//!
//! By C. Zhao and S. Sahni (2019): two rows of the matrix, the last row in which each column's
//! symbol stood, and the last column in which the row's symbol stood.
//!
//! # Law
//!
//! A metric, unlike [`osa`](super::osa), and never more than it (`tests/linkage/edits.rs`).
//!
//! # Why
//!
//! No bit-parallel form is known to pay. Cost: `a * b` steps and 16 bytes for each symbol of the
//! longer text, allocated beyond 64, after what both begin and end with is set aside. Two unrelated
//! texts of 10,000 symbols are 10^8 steps, some tenths of a second: bound it with
//! [`damerau_within`], which sees by length and by the symbols that one lacks that most texts are
//! farther apart.

use super::masks::{Symbol, WORD};
use super::text::{Chars, is_ascii, too_different, too_long, trimmed, with_symbols};

/// Counts the fewest edits between two texts, neighbours that change places as one.
///
/// ```
/// use omnichannel::identity::linkage::distance::{damerau, osa};
///
/// assert_eq!(damerau("ca", "abc"), 2); // ca -> ac -> abc
/// assert_eq!(osa("ca", "abc"), 3);
/// ```
pub fn damerau(a: &str, b: &str) -> usize {
    damerau_within(a, b, usize::MAX).unwrap_or(usize::MAX)
}

/// Answers the unrestricted Damerau-Levenshtein distance where it is at most so much.
pub fn damerau_within(a: &str, b: &str, distance_max: usize) -> Option<usize> {
    with_symbols!(|a, b| within(a, b, distance_max))
}

fn within<S: Symbol>(a: &[S], b: &[S], most: usize) -> Option<usize> {
    if too_long(a.len(), b.len(), most) {
        return None;
    }
    let (a, b) = trimmed(a, b);
    if too_different(a, b, most) {
        return None;
    }
    let distance = if a.is_empty() { b.len() } else { distance(a, b) };
    (distance <= most).then_some(distance)
}

/// What the rows so far leave of one column.
#[derive(Clone, Copy)]
struct Column {
    /// The cells of the last even and of the last odd row.
    cells: [u32; 2],
    /// The last row, from 1, whose symbol is this column's; 0 where there is none.
    last_row: u32,
    /// The cell before a change of places that began in that row and ends in this column.
    begun: u32,
}

fn distance<S: Symbol>(a: &[S], b: &[S]) -> usize {
    // Farther than any path; a few of them still fit.
    let far = (a.len() + b.len() + 1) as u32;
    let blank = Column { cells: [0, far], last_row: 0, begun: far };
    let (mut short, mut long) = ([blank; WORD], Vec::new());
    let columns = match short.get_mut(..b.len()) {
        Some(columns) => columns,
        None => {
            long.resize(b.len(), blank);
            &mut long[..]
        }
    };
    for (y, column) in (1..).zip(columns.iter_mut()) {
        column.cells[0] = y;
    }
    for (x, symbol) in (1..).zip(a) {
        fill(*symbol, x, b, columns, far);
    }
    columns.last().map_or(a.len(), |column| column.cells[a.len() % 2] as usize)
}

/// Fills row `x`, in the place of the row two above it.
fn fill<S: Symbol>(symbol: S, x: u32, b: &[S], columns: &mut [Column], far: u32) {
    let (here, above) = (x as usize % 2, 1 - x as usize % 2);
    // The cells left of the column: of this row, the one above, and above that; and one more left.
    let (mut left, mut left_above, mut left_of_that) = (x, x - 1, far);
    let mut left_two_above = x.checked_sub(2).unwrap_or(far);
    // The last column of this row's symbol, and the cell before a change of places around it.
    let (mut last_column, mut begun) = (0, far);
    for (y, (other, column)) in (1..).zip(b.iter().zip(columns)) {
        let mut cell =
            (left_above + u32::from(symbol != *other)).min(left + 1).min(column.cells[above] + 1);
        if symbol == *other {
            (column.last_row, column.begun) = (x, left_of_that);
            (last_column, begun) = (y, left_two_above);
        } else if last_column + 1 == y {
            cell = cell.min(column.begun + x - column.last_row);
        } else if column.last_row + 1 == x {
            cell = cell.min(begun + y - last_column);
        }
        (left_of_that, left_above) = (left_above, column.cells[above]);
        left_two_above = column.cells[here];
        (left, column.cells[here]) = (cell, cell);
    }
}
