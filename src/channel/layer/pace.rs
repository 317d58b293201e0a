//! Pace: when the next message of a group may leave.
//!
//! # Law
//!
//! 1. In any span of the rule's length at most `max` messages leave (a sliding window, exact).
//! 2. Each message that is held back gets a time of its own, so that those that wait do not all
//!    come back for the same place.
//!
//! Cost: `max` times for each group, and one for each message that waits.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use crate::model::Timestamp;

/// Most messages that wait with a time of their own; the rest share the last one.
const PROMISES_MAX: usize = 100_000;

/// What left within a rule's window, and what was told to come later.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    /// When the last messages left, the oldest first; at most as many as the rule lets leave.
    left: VecDeque<Timestamp>,
    /// When those that wait may come back.
    promised: BTreeSet<(Timestamp, u64)>,
    promises: u64,
}

impl Pace {
    /// When a message may leave: now, or the time to come back at, which is then its own.
    pub(super) fn free_at(&mut self, max: u32, per: Duration, now: Timestamp) -> Timestamp {
        self.forget(per, now);
        let max = max.max(1) as usize;
        if self.left.len() < max {
            return now;
        }
        let waiting = self.promised.len();
        let (turn, rounds) = (waiting % max, u32::try_from(waiting / max).unwrap_or(u32::MAX));
        let left = self.left.get(turn).copied().unwrap_or(now);
        let at = left.plus(per.saturating_mul(rounds.saturating_add(1)));
        if waiting < PROMISES_MAX {
            self.promised.insert((at, self.promises));
            self.promises += 1;
        }
        at
    }

    /// A message leaves.
    pub(super) fn leave(&mut self, max: u32, now: Timestamp) {
        self.left.push_back(now);
        while self.left.len() > max.max(1) as usize {
            self.left.pop_front();
        }
    }

    /// Whether nothing here bears on what comes next.
    pub(super) fn is_idle(&mut self, per: Duration, now: Timestamp) -> bool {
        self.forget(per, now);
        self.left.is_empty() && self.promised.is_empty()
    }

    fn forget(&mut self, per: Duration, now: Timestamp) {
        while self.left.front().is_some_and(|left| left.plus(per) <= now) {
            self.left.pop_front();
        }
        while self.promised.first().is_some_and(|(at, _)| *at <= now) {
            self.promised.pop_first();
        }
    }
}
