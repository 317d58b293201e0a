//! The end of a run: what waits is done, and everything is recomputed.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::flight::Work;
use super::invariants::is_ours;
use super::node::{hub, instant, tenant};
use super::truth::{Event, as_copies};
use super::world::World;
use crate::engine::{Facts, prepare};
use crate::hub::FixedClock;
use crate::model::{Digest, Timestamp};
use crate::storage::MemoryStore;
use crate::testkit::block_on;
use crate::testkit::recompute::take;

/// Most calls of the dispatcher until nothing waits; more is a wedge, which an invariant names.
const CALLS_MAX: usize = 2_000;

impl World {
    /// Ends the run and judges the end; the digest of all views.
    pub(super) fn end(&mut self) -> Digest {
        self.calm.store(true, Ordering::Relaxed);
        self.flights.clear();
        self.tell("all goes well from now on");
        self.answer_all();
        self.drain();
        let found = block_on(self.observer.digest(tenant())).expect("the memory store answers");
        let recomputed = self.recompute();
        self.truth.get().judge(&Event::Ended(found, recomputed));
        found
    }

    /// Whoever is owed an answer asks again and gets it.
    fn answer_all(&mut self) {
        let hub = Arc::clone(&self.observer);
        for number in std::mem::take(&mut self.doubtful) {
            let Work::Receive(known) = Work::receive(self, vec![number]) else { continue };
            let request = self.inputs[number].request.clone();
            let reception = block_on(hub.receive(request)).expect("the memory store answers");
            self.acknowledge(number, known[0].1, &reception);
        }
        for number in std::mem::take(&mut self.unruled) {
            let verdict = self.verdicts[number].clone();
            block_on(hub.record_verdict(tenant(), verdict)).expect("the memory store answers");
        }
        for number in std::mem::take(&mut self.unanswered) {
            let decision = block_on(hub.decide(tenant(), &self.intents[number]));
            self.answered(decision.expect("the memory store answers"));
        }
    }

    fn drain(&mut self) {
        let mut now = instant(self.now);
        for _ in 0..CALLS_MAX {
            self.clock.set(now);
            let done = block_on(self.observer.dispatch_due(now)).expect("the memory store answers");
            match done.next_due {
                Some(next) => now = now.max(next),
                None => return,
            }
        }
    }

    /// The digest of a new store that one hub fills, calmly, with what was acknowledged, in the
    /// order of the facts' digests and in the year 1.
    fn recompute(&self) -> Digest {
        let clock = Arc::new(FixedClock::new(Timestamp::MIN));
        let new = hub(MemoryStore::new(), clock, 0, &self.codecs, &self.providers);
        let mut inputs: Vec<_> = self.acknowledged.iter().map(|at| &self.inputs[*at]).collect();
        inputs.sort_by_key(|input| input.digest);
        let requests = inputs.iter().map(|input| input.request.clone()).collect();
        block_on(new.receive_many(requests)).expect("the memory store answers");
        for verdict in &self.verdicts {
            block_on(new.record_verdict(tenant(), verdict.clone()))
                .expect("the memory store answers");
        }
        let context = new.context(tenant());
        let truth = self.truth.get();
        let sent = truth.rows.values().filter(|row| is_ours(&row.body));
        let copies = sent.filter_map(|row| as_copies(&row.body)).flat_map(|copies| copies.all());
        let touchpoints = copies
            .map(|copy| prepare(&context, copy.touchpoint.clone(), copy.arrival.clone()))
            .collect();
        let facts = Facts { touchpoints, verdicts: Vec::new() };
        drop(truth);
        block_on(take(new.store(), &context, &facts)).expect("the memory store answers");
        block_on(new.digest(tenant())).expect("the memory store answers")
    }
}
