//! The circuit breaker: an adapter that leaves a provider alone which does not answer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::circuit::Circuit;
use crate::channel::{Ask, ChannelAdapter, ChannelCodec, Told};
use crate::model::{Authorized, Outbound, SendOutcome, Timestamp};

/// An adapter that stops calling for a while once several messages in a row did not come through.
///
/// A provider that is down answers nobody, and every message that is tried then may have arrived or
/// not. Five in a row ([`Guarded::after`]) open the circuit for thirty seconds; meanwhile messages
/// are deferred, which is certain. Then one goes to see; the first that is answered closes it.
#[derive(Debug)]
pub struct Guarded<A> {
    inner: A,
    failures_max: u32,
    rest: Duration,
    circuit: Mutex<Circuit>,
}

impl<A: ChannelAdapter> Guarded<A> {
    /// Sends by `inner`; rests for thirty seconds after five messages in a row.
    pub fn new(inner: A) -> Self {
        Self { inner, failures_max: 5, rest: Duration::from_secs(30), circuit: Mutex::default() }
    }

    /// The same, resting for `rest` after `failures_max` messages in a row; 0 means one.
    #[must_use]
    pub fn after(self, failures_max: u32, rest: Duration) -> Self {
        Self { failures_max, rest, ..self }
    }

    /// A panic elsewhere cannot leave the circuit half written: each use is one call.
    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<A: ChannelAdapter> ChannelAdapter for Guarded<A> {
    fn codec(&self) -> &dyn ChannelCodec {
        self.inner.codec()
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        let held = self.circuit().hold(self.rest, now);
        if let Some(retry_at) = held {
            return SendOutcome::Deferred { retry_at };
        }
        let outcome = self.inner.send(message, now).await;
        self.circuit().heard(&outcome, (self.failures_max, self.rest), now);
        outcome
    }

    async fn ask(&self, ask: Ask) -> crate::Result<Told> {
        self.inner.ask(ask).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(30);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    fn accepted() -> SendOutcome {
        SendOutcome::Accepted { provider_id: "1".to_owned() }
    }

    #[test]
    fn several_unanswered_in_a_row_open_it_and_one_answer_closes_it() {
        let mut circuit = Circuit::default();
        let hear = |circuit: &mut Circuit, outcome: &SendOutcome, now| {
            circuit.heard(outcome, (3, REST), at(now));
        };
        for outcome in [SendOutcome::Unknown, SendOutcome::Deferred { retry_at: at(9) }, accepted()]
        {
            hear(&mut circuit, &outcome, 0);
            assert_eq!(circuit.hold(REST, at(0)), None, "an answer forgives all before");
        }
        for _ in 0..3 {
            hear(&mut circuit, &SendOutcome::Unknown, 10);
        }
        assert_eq!(circuit.hold(REST, at(11)), Some(at(40)));
        assert_eq!(circuit.hold(REST, at(39)), Some(at(40)));
        // One goes to see; the others wait.
        assert_eq!(circuit.hold(REST, at(40)), None);
        assert_eq!(circuit.hold(REST, at(40)), Some(at(70)));
        hear(&mut circuit, &SendOutcome::Unknown, 42);
        assert_eq!(circuit.hold(REST, at(71)), Some(at(72)));
        assert_eq!(circuit.hold(REST, at(72)), None);
        hear(&mut circuit, &SendOutcome::Rejected { reason: "no".to_owned() }, 73);
        assert_eq!(circuit.hold(REST, at(73)), None);
        assert_eq!(circuit.hold(REST, at(73)), None);
    }
}
