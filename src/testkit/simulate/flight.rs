//! Calls in flight: begun on a hub, polled in any order, answered or dropped.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::node::tenant;
use super::truth::{Acknowledged, Event, brief};
use super::world::World;
use crate::engine::{Fate, Requeued};
use crate::hub::{Dispatched, Reception};
use crate::model::{Customer, Decision, DecisionId, Digest, RecordId};
use crate::testkit::block_on;
use crate::{ErrorKind, Result};

/// Polls without a store call after which a call waits for something that will not come. A fault
/// delays by fewer.
const IDLE_MAX: usize = 12;

/// What was asked of a hub.
#[derive(Clone)]
pub(super) enum Work {
    /// To receive inputs, each with whether its content was known when it began.
    Receive(Vec<(usize, bool)>),
    /// To decide on an intent.
    Decide(usize),
    /// To dispatch what is due.
    Dispatch,
    /// To try a message again.
    Requeue(DecisionId),
    /// To record a verdict.
    Rule(usize),
    /// To read a customer.
    Read(RecordId),
}

pub(super) enum Answer {
    Received(Result<Vec<Reception>>),
    Decided(Result<Box<Decision>>),
    Dispatched(Result<Dispatched>),
    Requeued(Result<Requeued>),
    Ruled(Result<Fate>),
    Read(Result<Option<Customer>>),
}

/// A call in flight.
pub(super) struct Flight {
    pub(super) node: usize,
    pub(super) work: Work,
    task: Pin<Box<dyn Future<Output = Answer>>>,
    idle: usize,
    /// What a reader may answer: the view at each instant since it began.
    possible: BTreeSet<Digest>,
}

impl Flight {
    pub(super) fn is_stuck(&self) -> bool {
        self.idle > IDLE_MAX
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receive(inputs) => write!(f, "receive {inputs:?}"),
            Self::Decide(number) => write!(f, "decide k{number}"),
            Self::Dispatch => f.write_str("dispatch"),
            Self::Requeue(id) => write!(f, "requeue {}", brief(&id.as_uuid())),
            Self::Rule(number) => write!(f, "rule {number}"),
            Self::Read(record) => write!(f, "read {record}"),
        }
    }
}

impl Work {
    /// To receive these; the same one twice in a batch is told once.
    pub(super) fn receive(world: &World, inputs: Vec<usize>) -> Self {
        let inputs: BTreeSet<usize> = inputs.into_iter().collect();
        let truth = world.truth.get();
        let known = |number: usize| {
            let input = &world.inputs[number];
            (number, truth.knows(input.touchpoint, input.digest))
        };
        Self::Receive(inputs.into_iter().map(known).collect())
    }
}

impl World {
    pub(super) fn start(&mut self, node: usize, work: Work) {
        let (hub, now) = (Arc::clone(&self.nodes[node].hub), self.nodes[node].clock.clone());
        let mut possible = BTreeSet::new();
        let task: Pin<Box<dyn Future<Output = Answer>>> = match &work {
            Work::Receive(inputs) => {
                self.doubtful.extend(inputs.iter().map(|(number, _)| *number));
                let requests = inputs.iter().map(|(at, _)| self.inputs[*at].request.clone());
                let requests = requests.collect();
                Box::pin(async move { Answer::Received(hub.receive_many(requests).await) })
            }
            Work::Decide(number) => {
                let intent = self.intents[*number].clone();
                Box::pin(async move {
                    Answer::Decided(hub.decide(tenant(), &intent).await.map(Box::new))
                })
            }
            Work::Dispatch => {
                let now = crate::hub::Clock::now(&now);
                Box::pin(async move { Answer::Dispatched(hub.dispatch_due(now).await) })
            }
            Work::Requeue(id) => {
                let id = *id;
                Box::pin(async move { Answer::Requeued(hub.requeue(tenant(), id).await) })
            }
            Work::Rule(number) => {
                let verdict = self.verdicts[*number].clone();
                Box::pin(async move { Answer::Ruled(hub.record_verdict(tenant(), verdict).await) })
            }
            Work::Read(record) => {
                let record = *record;
                possible.insert(self.observed(record));
                Box::pin(async move { Answer::Read(hub.customer(tenant(), record).await) })
            }
        };
        self.tell(format_args!("hub {node}: {}", self.told(&work)));
        self.flights.push(Flight { node, work, task, idle: 0, possible });
    }

    fn told(&self, work: &Work) -> String {
        match work {
            Work::Receive(inputs) => {
                let names = inputs.iter().map(|(number, _)| self.named(*number));
                format!("receive {}", names.collect::<Vec<_>>().join(" "))
            }
            other => format!("{other:?}"),
        }
    }

    /// What a calm hub says of a customer at this instant.
    fn observed(&self, record: RecordId) -> Digest {
        let read = block_on(self.observer.customer(tenant(), record));
        Digest::of(&read.expect("the memory store answers"))
    }

    /// Lets one call get on, up to its next store call.
    pub(super) fn poll_one(&mut self) {
        if !self.flights.is_empty() {
            self.poll(self.chance.below(self.flights.len()));
        }
    }

    /// Runs all calls in a random order until each is done or stuck.
    pub(super) fn run_calls(&mut self) {
        loop {
            let moving = self.flights.iter().enumerate().filter(|(_, it)| !it.is_stuck());
            let moving: Vec<usize> = moving.map(|(at, _)| at).collect();
            match self.chance.of(&moving) {
                Some(at) => self.poll(*at),
                None => return,
            }
        }
    }

    fn poll(&mut self, at: usize) {
        let counts = |world: &Self| {
            let truth = world.truth.get();
            (truth.calls, truth.commits)
        };
        let before = counts(self);
        let flight = &mut self.flights[at];
        let polled = flight.task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let after = counts(self);
        self.flights[at].idle = if before.0 == after.0 { self.flights[at].idle + 1 } else { 0 };
        if before.1 != after.1 {
            for at in 0..self.flights.len() {
                if let Work::Read(record) = self.flights[at].work {
                    let now = self.observed(record);
                    self.flights[at].possible.insert(now);
                }
            }
        }
        if let Poll::Ready(answer) = polled {
            let flight = self.flights.swap_remove(at);
            self.land(flight, answer);
        }
    }

    fn land(&mut self, flight: Flight, answer: Answer) {
        let failed = match answer {
            Answer::Received(Ok(receptions)) => {
                self.tell(format_args!("hub {} took {}", flight.node, self.told(&flight.work)));
                if let Work::Receive(inputs) = flight.work {
                    for ((number, known), reception) in inputs.into_iter().zip(receptions) {
                        self.acknowledge(number, known, &reception);
                    }
                }
                return;
            }
            Answer::Decided(Ok(decision)) => {
                if let Work::Decide(number) = flight.work {
                    self.unanswered.remove(&number);
                }
                self.answered(*decision);
                return;
            }
            Answer::Read(Ok(customer)) => {
                let read = Digest::of(&customer);
                self.truth.get().judge(&Event::Read(read, &flight.possible));
                return;
            }
            Answer::Ruled(Ok(_)) => {
                if let Work::Rule(number) = flight.work {
                    self.unruled.remove(&number);
                }
                return;
            }
            Answer::Dispatched(Ok(_)) | Answer::Requeued(Ok(_)) => return,
            Answer::Received(Err(error)) => error,
            Answer::Decided(Err(error)) => error,
            Answer::Dispatched(Err(error)) => error,
            Answer::Requeued(Err(error)) => error,
            Answer::Ruled(Err(error)) => error,
            Answer::Read(Err(error)) => error,
        };
        self.tell(format_args!("hub {}: {:?} failed: {failed}", flight.node, flight.work));
        self.truth.count("step: a call fails");
        let expected = matches!(failed.kind(), ErrorKind::Unavailable | ErrorKind::Conflict);
        assert!(expected, "no fault explains {failed}");
        if let Work::Receive(inputs) = flight.work {
            self.parcels.extend(inputs.into_iter().map(|(number, _)| number));
        }
    }

    pub(super) fn acknowledge(&mut self, number: usize, was_known: bool, reception: &Reception) {
        let (touchpoint, digest) = (self.inputs[number].touchpoint, self.inputs[number].digest);
        let [taken] = reception.taken.as_slice() else {
            panic!("an input is one event: {:?}", reception.rejected)
        };
        self.doubtful.remove(&number);
        self.acknowledged.insert(number);
        self.records.extend(taken.record.filter(|record| !self.records.contains(record)));
        let input = Acknowledged { touchpoint, digest, fate: taken.fate, was_known };
        let mut truth = self.truth.get();
        truth.acknowledged.insert((touchpoint, digest));
        truth.judge(&Event::Received(&input));
        drop(truth);
        if self.chance.percent(8) {
            // Its source did not hear that it was taken.
            self.truth.count("network: acknowledgement lost");
            self.parcels.push(number);
        }
    }

    pub(super) fn answered(&mut self, decision: Decision) {
        let mut truth = self.truth.get();
        truth.judge(&Event::Decided(&decision));
        truth.decisions.entry(decision.id).or_insert(decision);
    }
}
