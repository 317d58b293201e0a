//! The matched and the transposed symbols of two texts, as Jaro counts them.
//!
//! Symbol `i` of one text matches the same symbol at `j` of the other where they are at most
//! `reach` apart; each symbol is matched once, the first that is free. Matched symbols that do not
//! stand in the same order in both texts are transposed.
//!
//! # Why
//!
//! Two ways, chosen by length alone. Up to 64 symbols a word holds the symbols that are free, and
//! each symbol of the other text takes the lowest bit within its reach: no allocation, a few
//! operations for each symbol. Longer texts are sorted by symbol: since reach moves forward only,
//! one walk over both lists finds the first free partner of each. That is `O(n log n)` with 32
//! bytes for each symbol of both, where blocks of words would be `O(n^2 / 64)`.

use super::masks::{Masks, Symbol, WORD};

/// How many symbols matched, and how many of them in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Matched {
    pub(super) common: usize,
    /// Symbols, not pairs of them: Jaro counts half of it.
    pub(super) transposed: usize,
}

/// How far apart matched symbols may be.
#[inline(always)]
fn reach(a: usize, b: usize) -> usize {
    (a.max(b) / 2).saturating_sub(1)
}

/// Matches two texts of at most 64 symbols, one of them as masks.
///
/// Where so many matched are not enough, it is as if none had.
#[inline(always)]
pub(super) fn by_word<S: Symbol>(
    masks: &impl Masks,
    length: usize,
    b: &[S],
    enough: impl Fn(usize) -> bool,
) -> Matched {
    let reach = reach(length, b.len());
    // What lies farther behind the other's end matches nothing.
    let b = &b[..b.len().min(length + reach)];
    if length.max(b.len()) <= WORD / 2 {
        // What is below the lowest bit lies above the highest place of so short texts.
        let window = ((2u64 << (2 * reach)) - 1).rotate_right(reach as u32);
        by_window(masks, b, enough, window, |window, _| window.rotate_left(1))
    } else {
        let window = (2 << reach) - 1;
        by_window(masks, b, enough, window, |window, at| window << 1 | u64::from(at < reach))
    }
}

/// Matches by a window, as bits of the other text, that moves with each symbol.
#[inline(always)]
fn by_window<S: Symbol>(
    masks: &impl Masks,
    b: &[S],
    enough: impl Fn(usize) -> bool,
    first_window: u64,
    moved: impl Fn(u64, usize) -> u64 + Copy,
) -> Matched {
    let (mut window, mut free, mut ordered, mut common) = (first_window, !0u64, !0u64, 0);
    for (at, symbol) in b.iter().enumerate() {
        let found = masks.of(symbol.code()) & window & free;
        let first = found & found.wrapping_neg();
        common += usize::from(found != 0);
        // In order, all from the first on are free; of none found, one less is all bits.
        ordered &= free | first.wrapping_sub(1);
        free ^= first;
        window = moved(window, at);
    }
    if !enough(common) {
        return Matched { common: 0, transposed: 0 };
    }
    // Most texts that are compared are in order, and the others pay for the second walk.
    let ordered = ordered == !0;
    let transposed = if ordered { 0 } else { transposed(masks, b, first_window, moved, !free) };
    Matched { common, transposed }
}

/// Walks over the matched symbols of both texts, each in its order.
#[inline(always)]
fn transposed<S: Symbol>(
    masks: &impl Masks,
    b: &[S],
    mut window: u64,
    moved: impl Fn(u64, usize) -> u64,
    mut taken: u64,
) -> usize {
    let (mut free, mut transposed) = (!0, 0);
    for (at, symbol) in b.iter().enumerate() {
        let mask = masks.of(symbol.code());
        let found = mask & window & free;
        free ^= found & found.wrapping_neg();
        window = moved(window, at);
        // This matched symbol stands where the first that is left of the other's stands.
        let place = if found == 0 { 0 } else { taken & taken.wrapping_neg() };
        transposed += usize::from(mask & place != place);
        taken ^= place;
    }
    transposed
}

/// The places of a text's symbols, sorted by symbol and place.
pub(super) fn places<S: Symbol>(text: &[S]) -> Vec<u64> {
    let place = |(at, symbol): (usize, &S)| u64::from(symbol.code()) << 32 | at as u64;
    let mut places: Vec<u64> = text.iter().enumerate().map(place).collect();
    places.sort_unstable();
    places
}

/// Matches two texts of any length by the places of their symbols.
pub(super) fn by_places(a: &[u64], b: &[u64]) -> Matched {
    let reach = reach(a.len(), b.len()) as u64;
    let (mut taken_a, mut taken_b) = (vec![None; a.len()], vec![None; b.len()]);
    let (mut rest_a, mut rest_b) = (a, b);
    while let ([x, after_x @ ..], [y, after_y @ ..]) = (rest_a, rest_b) {
        let (symbol_a, symbol_b) = ((x >> 32) as u32, (y >> 32) as u32);
        // Of one symbol, the difference is that of the places.
        if symbol_a == symbol_b && x.abs_diff(*y) <= reach {
            taken_a[*x as u32 as usize] = Some(symbol_a);
            taken_b[*y as u32 as usize] = Some(symbol_b);
            (rest_a, rest_b) = (after_x, after_y);
        } else if x < y {
            rest_a = after_x;
        } else {
            rest_b = after_y;
        }
    }
    let (in_a, in_b) = (taken_a.iter().flatten(), taken_b.iter().flatten());
    let common = in_a.clone().count();
    Matched { common, transposed: in_a.zip(in_b).filter(|(x, y)| x != y).count() }
}
