//! What a hub did since it was made, as data.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::{Dispatched, Reception};
use crate::engine::Fate;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a hub did since it was made; for logs, gauges and progress. No personal data.
        #[non_exhaustive]
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)*
        }

        /// The counts while they grow.
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: AtomicU64,)*
        }

        impl Counters {
            /// What was counted so far. Counts that grow meanwhile may be of different instants.
            pub(super) fn read(&self) -> Counts {
                Counts { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }

        impl Counts {
            /// What was counted since `earlier`.
            #[must_use]
            pub fn since(&self, earlier: &Self) -> Self {
                Self { $($name: self.$name.saturating_sub(earlier.$name),)* }
            }
        }
    };
}

counts! {
    /// Requests that were received, whatever became of them.
    requests,
    /// Touchpoints that are new.
    accepted,
    /// Touchpoints that were known.
    duplicate,
    /// Touchpoints that were known with other content.
    conflicting,
    /// Events that were refused.
    rejected,
    /// Events that were rightly set aside.
    ignored,
    /// Decisions on intents, repeated ones included.
    decided,
    /// Messages that their channel took.
    sent,
    /// Messages that their channel asks to try later, or that are tried again.
    deferred,
    /// Messages that were given up.
    dead,
    /// Messages that were perhaps sent.
    ambiguous,
    /// Messages that were not sent, since something was lost after the decision.
    refused,
    /// Commits that others made impossible, so that the step was taken again.
    conflicts,
}

impl Counters {
    pub(super) fn receive(&self, reception: &Reception) {
        let fates = |fate| reception.taken.iter().filter(|taken| taken.fate == fate).count();
        count(&self.requests, 1);
        count(&self.accepted, fates(Fate::Accepted));
        count(&self.duplicate, fates(Fate::Duplicate));
        count(&self.conflicting, fates(Fate::Conflicting));
        count(&self.rejected, reception.rejected.len());
        count(&self.ignored, reception.ignored.len());
    }

    pub(super) fn dispatch(&self, done: &Dispatched) {
        count(&self.sent, done.sent.len());
        count(&self.refused, done.refused.len());
        count(&self.deferred, done.deferred.len());
        count(&self.dead, done.dead.len());
        count(&self.ambiguous, done.ambiguous.len());
    }
}

pub(super) fn count(counter: &AtomicU64, more: usize) {
    counter.fetch_add(more as u64, Ordering::Relaxed);
}
