//! How far learning or linking has come.

use std::ops::ControlFlow;

use super::block::Lot;
use super::parts::answers;

/// What is being done.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Pairs are drawn to learn from.
    Sampling,
    /// The model is fitted to them, round by round; it may need fewer rounds than it has.
    Fitting,
    /// Candidate pairs are weighed.
    Weighing,
    /// People are put together from links.
    Clustering,
}

/// How much of a stage is done: pairs, rounds, or links.
///
/// The library has no clock: whoever watches knows the time so far, and from this the rest.
///
/// ```
/// use omnichannel::identity::linkage::{Progress, Stage};
///
/// let progress = Progress { stage: Stage::Weighing, done: 250, total: 1_000 };
/// assert_eq!(progress.share(), 0.25);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// How much there is to do.
    pub total: u64,
}

impl Progress {
    /// From 0 to 1.
    pub fn share(self) -> f64 {
        if self.total == 0 { 1.0 } else { self.done as f64 / self.total as f64 }
    }
}

/// So many lots are worked on between two looks at whether to go on.
const WAVE: usize = 32;

/// Works on all lots and takes their answers in order; `watch` is told before each wave and at the
/// end, and may stop it.
pub(super) fn each_wave<S: Sync, R: Send, B>(
    (lots, stage): (&[Lot], Stage),
    watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
    state: &mut S,
    answer: impl Fn(&S, &Lot) -> R + Sync,
    take: impl Fn(&mut S, &Lot, R),
) -> ControlFlow<B> {
    let total = lots.iter().map(|lot| lot.pairs).sum();
    let mut done = 0;
    for wave in lots.chunks(WAVE) {
        watch(Progress { stage, done, total })?;
        let found = answers(wave, |lot| answer(state, lot));
        for (lot, found) in wave.iter().zip(found) {
            done += lot.pairs;
            take(state, lot, found);
        }
    }
    watch(Progress { stage, done, total })
}
