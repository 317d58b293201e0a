//! The world of a run: its nodes, its network, its people, its time.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::Setting;
use super::chance::Chance;
use super::flight::Flight;
use super::inputs::{self, Codecs, Input};
use super::journal::Journal;
use super::node::{Node, doubtful, hub, id_key, instant, tenant};
use super::provider::Provider;
use super::truth::{Shared, brief};
use crate::Hub;
use crate::channel::ChannelCodec;
use crate::hub::FixedClock;
use crate::model::{Intent, RecordId, Timestamp, Verdict};
use crate::storage::MemoryStore;

/// Most calls in flight; then they are run until they are done or stuck.
const FLIGHTS_MAX: usize = 6;

pub(super) struct World {
    pub(super) setting: Setting,
    pub(super) chance: Chance,
    pub(super) truth: Shared,
    pub(super) store: Arc<Journal>,
    pub(super) codecs: Codecs,
    pub(super) providers: Vec<Arc<Provider>>,
    /// Whether all goes well from now on.
    pub(super) calm: Arc<AtomicBool>,
    /// A hub whose store never fails: it looks, and it ends the run.
    pub(super) observer: Arc<Hub>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) nodes: Vec<Node>,
    /// The world's own time, in microseconds.
    pub(super) now: i64,
    pub(super) step: usize,
    pub(super) untold: VecDeque<(&'static str, String)>,
    pub(super) inputs: Vec<Input>,
    /// Inputs on their way, by number; one may be there twice.
    pub(super) parcels: Vec<usize>,
    /// Inputs that a hub was called with, and that nobody acknowledged yet.
    pub(super) doubtful: BTreeSet<usize>,
    pub(super) acknowledged: BTreeSet<usize>,
    pub(super) intents: Vec<Intent>,
    /// Intents that nobody answered yet.
    pub(super) unanswered: BTreeSet<usize>,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) unruled: BTreeSet<usize>,
    pub(super) records: Vec<RecordId>,
    pub(super) flights: Vec<Flight>,
}

impl World {
    pub(super) fn new(seed: u64, setting: &Setting) -> Self {
        let chance = Chance::new(seed);
        let truth = Shared::new(tenant(), id_key());
        let store = Arc::new(Journal { store: MemoryStore::new(), truth: truth.clone() });
        let (codecs, calm) = (Codecs::new(), Arc::new(AtomicBool::new(false)));
        let sending = codecs.all().filter(|codec| codec.capabilities().sends_to.is_some());
        let providers: Vec<_> = sending
            .map(|codec| {
                let (truth, calm) = (truth.clone(), Arc::clone(&calm));
                let chance = Chance::new(chance.number());
                Arc::new(Provider { codec: codec.clone(), chance, truth, calm })
            })
            .collect();
        let now = "2026-04-01T10:00:00Z".parse::<Timestamp>().expect("a time");
        let clock = Arc::new(FixedClock::new(now));
        let observer = hub(Arc::clone(&store), Arc::clone(&clock), 0, &codecs, &providers);
        let untold = inputs::stories(&chance, setting.customers).into();
        let mut world = Self {
            setting: setting.clone(),
            chance,
            truth,
            store,
            codecs,
            providers,
            calm,
            observer: Arc::new(observer),
            clock,
            nodes: Vec::new(),
            now: now.micros(),
            step: 0,
            untold,
            inputs: Vec::new(),
            parcels: Vec::new(),
            doubtful: BTreeSet::new(),
            acknowledged: BTreeSet::new(),
            intents: Vec::new(),
            unanswered: BTreeSet::new(),
            verdicts: Vec::new(),
            unruled: BTreeSet::new(),
            records: Vec::new(),
            flights: Vec::new(),
        };
        for _ in 0..setting.hubs {
            let node = world.start_node(0);
            world.nodes.push(node);
        }
        world
    }

    pub(super) fn start_node(&self, skew: i64) -> Node {
        let (chance, calm) = (Chance::new(self.chance.number()), Arc::clone(&self.calm));
        let store = doubtful(Arc::clone(&self.store), chance, calm, self.truth.clone());
        let clock = Arc::new(FixedClock::new(instant(self.now + skew)));
        let seed = self.chance.number();
        let hub = hub(store, Arc::clone(&clock), seed, &self.codecs, &self.providers);
        Node { hub: Arc::new(hub), clock, skew }
    }

    pub(super) fn tell(&self, what: impl std::fmt::Display) {
        self.truth.get().tell(format!("{:>5}: {what}", self.step));
    }

    /// One step: time passes, something begins or breaks, calls get on.
    pub(super) fn advance(&mut self) {
        self.step += 1;
        self.pass_time();
        match self.chance.below(100) {
            0..40 => self.deliver(),
            40..46 => self.choose(),
            46..52 => self.report(),
            52..66 => self.decide(),
            66..80 => self.dispatch(),
            80..82 => self.requeue(),
            82..84 => self.rule(),
            84..91 => self.read(),
            91..94 => self.crash(),
            94..96 => self.give_up(),
            _ => self.skew(),
        }
        if self.flights.len() > FLIGHTS_MAX || self.chance.percent(40) {
            self.run_calls();
        } else {
            for _ in 0..self.chance.below(24) {
                self.poll_one();
            }
        }
    }

    fn pass_time(&mut self) {
        const SECOND: i64 = 1_000_000;
        let seconds = match self.chance.below(20) {
            0 => self.chance.between(0, 5 * 3_600),
            1..6 => self.chance.between(0, 600),
            _ => self.chance.between(0, 20),
        };
        self.now += seconds * SECOND + self.chance.between(0, SECOND);
        self.clock.set(instant(self.now));
        for node in &self.nodes {
            node.set(self.now);
        }
    }

    pub(super) fn any_node(&self) -> usize {
        self.chance.below(self.nodes.len())
    }

    /// A name for an input in the trace.
    pub(super) fn named(&self, number: usize) -> String {
        brief(&self.inputs[number].touchpoint.as_uuid())
    }
}
