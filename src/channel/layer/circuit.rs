//! The circuit: whether a provider that did not answer is left alone.

use std::time::Duration;

use crate::model::{SendOutcome, Timestamp};

/// Closed while calls come through, open for a while after several did not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Circuit {
    /// How many calls in a row did not come through.
    failures: u32,
    /// Until when nothing is called.
    open_until: Option<Timestamp>,
}

impl Circuit {
    /// Until when a message has to wait; `None` where it may leave.
    ///
    /// Once the rest is over one message leaves to see, and the others wait for as long again.
    pub(super) fn hold(&mut self, rest: Duration, now: Timestamp) -> Option<Timestamp> {
        let open_until = self.open_until?;
        if now < open_until {
            return Some(open_until);
        }
        self.open_until = Some(now.plus(rest));
        None
    }

    /// Learns what became of a message that left.
    pub(super) fn heard(
        &mut self,
        outcome: &SendOutcome,
        (failures_max, rest): (u32, Duration),
        now: Timestamp,
    ) {
        match outcome {
            // Whatever it said, the provider answered.
            SendOutcome::Accepted { .. }
            | SendOutcome::Replayed { .. }
            | SendOutcome::Partial { .. }
            | SendOutcome::Rejected { .. } => *self = Self::default(),
            SendOutcome::Deferred { .. } | SendOutcome::Unknown => {
                self.failures = self.failures.saturating_add(1);
                if self.failures >= failures_max {
                    self.open_until = Some(now.plus(rest));
                }
            }
        }
    }
}
