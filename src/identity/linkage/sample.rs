//! The pairs from which a model learns: some candidates, and random pairs.
//!
//! # Law
//!
//! 1. What is drawn follows from what records say, never from their places or from the number of
//!    threads.
//!
//! Cost: looks at every candidate's keys once, keeps at most [`PAIRS_MAX`] of them; random pairs
//! are drawn among few records, so that what they say stays in the processor's cache.

use std::ops::ControlFlow;

use super::block::{Blocks, Lot, pairs};
use super::progress::{Progress, Stage, each_wave};
use super::texts::hash;

/// Most candidate pairs that training looks at, and random pairs.
const PAIRS_MAX: usize = 400_000;
const RANDOM_PAIRS: u64 = 1_000_000;

/// Random pairs are drawn among so many records.
const RECORDS_MAX: usize = 1 << 16;

/// Two records, and the rules that find them, as bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) found: u32,
}

/// Candidate pairs, and for how many each stands.
#[derive(Debug)]
pub(super) struct Candidates {
    pub(super) pairs: Vec<Drawn>,
    pub(super) each: f64,
}

/// What was drawn so far.
#[derive(Debug)]
struct Draw {
    /// With what decides how long each is kept.
    kept: Vec<(u64, Drawn)>,
    /// One in two to the power of this is drawn.
    halvings: u32,
}

/// Draws candidates: all where they are few, else one in two, four, eight ...
pub(super) fn candidates<B>(
    blocks: &Blocks,
    content: &[u64],
    watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
) -> ControlFlow<B, Candidates> {
    let lots = blocks.lots();
    let all: u64 = lots.iter().map(|lot| lot.pairs).sum();
    // There are no fewer candidates than this, so that one in so many is drawn at most.
    let least = all / blocks.rules().max(1) as u64;
    let halvings = (least / PAIRS_MAX as u64).checked_ilog2().unwrap_or(0);
    let mut draw = Draw { kept: Vec::new(), halvings };
    let lot = |draw: &Draw, lot: &Lot| draw.from(blocks, content, lot);
    each_wave((&lots, Stage::Sampling), watch, &mut draw, lot, |draw, _, found| draw.keep(found))?;
    let each = (1_u64 << draw.halvings) as f64;
    let pairs = draw.kept.into_iter().map(|(_, drawn)| drawn).collect();
    ControlFlow::Continue(Candidates { pairs, each })
}

impl Draw {
    /// What a lot has of it.
    fn from(&self, blocks: &Blocks, content: &[u64], lot: &Lot) -> Vec<(u64, Drawn)> {
        let mut drawn = Vec::new();
        let number =
            |a: u32, b: u32| hash(content[a as usize].wrapping_add(content[b as usize]), &[]);
        blocks.each_wanted(
            lot,
            |a, b| is_drawn(number(a, b), self.halvings),
            |a, b, found| {
                drawn.push((number(a, b), Drawn { a, b, found }));
            },
        );
        drawn
    }

    /// The rate only falls: what was drawn at a higher one holds what is drawn at a lower.
    fn keep(&mut self, drawn: Vec<(u64, Drawn)>) {
        self.kept.extend(drawn);
        while self.kept.len() > PAIRS_MAX && self.halvings < HALVINGS_MAX {
            self.halvings += 1;
            self.kept.retain(|(number, _)| is_drawn(*number, self.halvings));
        }
    }
}

/// Pairs that all say the same are drawn together, and no rate tells them apart.
const HALVINGS_MAX: u32 = 40;

fn is_drawn(number: u64, halvings: u32) -> bool {
    number.trailing_zeros() >= halvings
}

/// Random pairs of records; of a few records every pair, once.
pub(super) fn random(content: &[u64], source: impl Fn(u32) -> u16) -> Vec<(u32, u32)> {
    // What records say, and where, decides which are among those drawn from, and in what order.
    let rank = |(content, at): (&u64, u32)| (hash(*content, &[]), source(at), at);
    let mut ranks: Vec<(u64, u16, u32)> = content.iter().zip(0..).map(rank).collect();
    if ranks.len() > RECORDS_MAX {
        ranks.select_nth_unstable(RECORDS_MAX);
        ranks.truncate(RECORDS_MAX);
    }
    ranks.sort_unstable();
    if pairs(content.len()) <= RANDOM_PAIRS {
        let others = |at: usize| ranks[at + 1..].iter().map(|(.., other)| *other);
        let each = ranks.iter().enumerate();
        return each.flat_map(|(at, (.., one))| others(at).map(|other| (*one, other))).collect();
    }
    let (records, mut state) = (ranks.len() as u64, 1_u64);
    let mut draw = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (hash(state, &[]) % records) as usize
    };
    let drawn = (0..RANDOM_PAIRS).map(|_| (draw(), draw())).filter(|(one, other)| one != other);
    drawn.map(|(one, other)| (ranks[one].2, ranks[other].2)).collect()
}
