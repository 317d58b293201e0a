//! A column of the edit matrix as bits: 64 cells in a dozen operations.
//!
//! Neighbouring cells differ by -1, 0 or 1. A column is held as the bits of its cells that are one
//! more and one less than the cell above; a symbol of the other text makes the next column
//! (G. Myers 1999, as H. Hyyrö 2003 wrote it). Changes of places, each symbol in at most one edit,
//! are one term more (Hyyrö 2003, optimal string alignment).
//!
//! # Why
//!
//! A text of more than 64 symbols is cut into blocks. A block runs over the whole other text and
//! leaves three bits at each of its columns for the block below: `a / 64 * b` steps, three bytes
//! for each symbol of `b`, and the masks of one block at a time.

use super::masks::{Masks, SMALL, Symbol, WORD};
use super::text::{too_different, too_long, trimmed};

/// What a block leaves for the block below, at one column; each is 0 or 1.
#[derive(Clone, Copy)]
struct Edge {
    /// The cell is one more, or one less, than its left neighbour.
    more: u8,
    less: u8,
    /// A change of places may end in the next row.
    swap: u8,
}

/// The row above the first: each cell is one more than its left neighbour.
const TOP: Edge = Edge { more: 1, less: 0, swap: 0 };

/// 64 cells of a column, and what a change of places needs of it.
struct Column {
    more: u64,
    less: u64,
    /// The cells equal to their upper left neighbour.
    diagonal: u64,
    seen: u64,
}

impl Column {
    /// The first column: each cell is one more than the cell above.
    const FIRST: Self = Self { more: !0, less: 0, diagonal: 0, seen: 0 };

    /// Takes a symbol with its mask, and the edge above.
    ///
    /// Answers the bits of the cells that are more and less than their left neighbours, and of
    /// those below which a change of places may end.
    #[inline(always)]
    fn step<const SWAPS: bool>(&mut self, mask: u64, above: Edge) -> [u64; 3] {
        let open = !self.diagonal & mask;
        let swap = (open << 1 | u64::from(above.swap)) & self.seen;
        let equal = mask | u64::from(above.less);
        let mut diagonal = ((equal & self.more).wrapping_add(self.more) ^ self.more) | equal;
        diagonal |= self.less;
        if SWAPS {
            diagonal |= swap;
        }
        let more = self.less | !(diagonal | self.more);
        let less = diagonal & self.more;
        let rows = [more, less, open];
        let more = more << 1 | u64::from(above.more);
        let less = less << 1 | u64::from(above.less);
        *self =
            Self { more: less | !(diagonal | more), less: diagonal & more, diagonal, seen: mask };
        rows
    }
}

/// The distance of two texts, where it is within a bound.
pub(super) fn within<const SWAPS: bool, S: Symbol>(a: &[S], b: &[S], most: usize) -> Option<usize> {
    if too_long(a.len(), b.len(), most) {
        return None;
    }
    let (a, b) = trimmed(a, b);
    if a.len() > WORD {
        return by_blocks::<SWAPS, S, S>(a, b, most);
    }
    // Each step waits for the one before, so a word takes the longer text where it can.
    let (a, b) = if b.len() <= WORD { (b, a) } else { (a, b) };
    let distance = if a.len() <= SMALL {
        by_word::<SWAPS, S>(&S::small(a), a.len(), b)
    } else {
        by_word::<SWAPS, S>(&S::masks(a), a.len(), b)
    };
    (distance <= most).then_some(distance)
}

/// The distance of a text of at most 64 symbols, as masks, to any other.
pub(super) fn by_word<const SWAPS: bool, S: Symbol>(
    masks: &impl Masks,
    length: usize,
    b: &[S],
) -> usize {
    let Some(last) = length.checked_sub(1) else { return b.len() };
    let (mut column, mut distance, last) = (Column::FIRST, length, 1 << last);
    for symbol in b {
        let [more, less, _] = column.step::<SWAPS>(masks.of(symbol.code()), TOP);
        distance = distance + usize::from(more & last != 0) - usize::from(less & last != 0);
    }
    distance
}

/// The distance of two texts of any length, where it is within a bound.
pub(super) fn by_blocks<const SWAPS: bool, S: Symbol, T: Symbol>(
    a: &[S],
    b: &[T],
    most: usize,
) -> Option<usize> {
    if too_long(a.len(), b.len(), most) || too_different(a, b, most) {
        return None;
    }
    let mut edges = vec![TOP; b.len()];
    let mut row = 0;
    for block in a.chunks(WORD) {
        let (masks, mut column) = (S::masks(block), Column::FIRST);
        let last = block.len() - 1;
        for (edge, symbol) in edges.iter_mut().zip(b) {
            let rows = column.step::<SWAPS>(masks.of(symbol.code()), *edge);
            let [more, less, swap] = rows.map(|row| (row >> last & 1) as u8);
            *edge = Edge { more, less, swap };
        }
        row += block.len();
        if least(row, a.len() - row, &edges) > most {
            return None;
        }
    }
    let distance = edges.iter().fold(a.len(), right_of);
    (distance <= most).then_some(distance)
}

/// The cell to the right.
fn right_of(cell: usize, edge: &Edge) -> usize {
    cell + usize::from(edge.more) - usize::from(edge.less)
}

/// The least distance that a row's cells leave possible: every alignment passes through the row.
///
/// A change of places that steps over it costs as much as changing one of its symbols, which does
/// not.
fn least(row: usize, rows_left: usize, edges: &[Edge]) -> usize {
    let (mut cell, mut columns_left) = (row, edges.len());
    let mut least = cell + rows_left.abs_diff(columns_left);
    for edge in edges {
        (cell, columns_left) = (right_of(cell, edge), columns_left - 1);
        least = least.min(cell + rows_left.abs_diff(columns_left));
    }
    least
}
