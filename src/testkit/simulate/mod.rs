//! Simulation: a year of trouble in a second, from one number.
//!
//! Several hubs over one store on a virtual clock, without threads: people tell things, a network
//! loses, repeats, delays and reorders them, stores fail, conflict and lie, clocks jump, providers
//! lose answers or never answer, callers give up, hubs crash in the middle of a call. Every choice
//! is drawn from one seed, so that a seed that fails fails again.
//!
//! Every commit, sending and answer is judged when it happens; at the end all goes well again, what
//! waits is done, and every view is recomputed from what was acknowledged. The idea is that of
//! `FoundationDB`'s simulation (Zhou et al., "`FoundationDB`: A Distributed Unbundled Transactional
//! Key Value Store", SIGMOD 2021, section 4).
//!
//! | invariant | source | where |
//! |---|---|---|
//! | a commit rests on what it expects | [`crate::storage::Store`] 2, 3 | `expectations`: commit |
//! | a step expects every row it writes | [`crate::engine`] law 2 | `guarded`: commit |
//! | copies only come, decisions stay | [`crate::model::Touchpoint`] | `facts`: commit |
//! | an acknowledged input is there | [`crate::hub`] law 2 | `acknowledged`: answer, end |
//! | what was known is a duplicate | [`crate::engine::Fate`] | `fates`: answer |
//! | pointers point to what holds them | [`crate::model::Component`] | `pointers`: commit |
//! | one key gives one decision | [`crate::Hub::decide`] | `decisions`: answer, end |
//! | message and reservation agree | [`crate::model::LedgerState`] | `reservations`: commit |
//! | one occasion is said once | the rule `duplicate` | `occasions`: commit |
//! | one sender at a time; done is done | [`crate::model::OutboxEntry`] | `fences`: commit |
//! | nothing leaves unauthorised | [`crate::model::Authorized`] | `authority`: claim, sending |
//! | a message arrives once | [`crate::model::SendIdempotency`] | `once`: sending, end |
//! | a conversation's messages leave in turn | [`crate::model::Turn`] | `turns`: claim |
//! | what was accepted is a fact | [`crate::engine::settle`] | `sendings`: commit, end |
//! | nothing waits for ever | [`crate::Hub::dispatch_due`] | `wedges`: commit, end |
//! | a view is of one instant | [`crate::Hub::customer`] | `reads`: read |
//! | views are those of the facts | [`crate::engine`] law 1 | `views`: end |
//!
//! One file per invariant below `invariants/`, and one line in its list.
//!
//! # Law
//!
//! 1. Deterministic: a seed gives the same run on every machine (`tests/simulate.rs`).
//! 2. It can fail: twelve planted bugs are each found (`tests/bugs.rs`).

mod chance;
mod end;
mod flight;
mod inputs;
mod invariants;
mod journal;
mod node;
mod provider;
mod steps;
mod truth;
mod world;

use std::collections::BTreeMap;
use std::fmt;

use crate::model::Digest;
use world::World;

/// How large a world is.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Hubs over the one store.
    pub hubs: usize,
    /// People who tell things and are written to.
    pub customers: usize,
    /// Steps before all goes well again.
    pub steps: usize,
}

impl Default for Setting {
    /// Three hubs, twenty people, three hundred steps.
    fn default() -> Self {
        Self { hubs: 3, customers: 20, steps: 300 }
    }
}

/// What a run saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The digest of all views at the end.
    pub digest: Digest,
    /// Steps that were taken.
    pub steps: usize,
    /// Calls of the store.
    pub calls: u64,
    /// Commits that were applied.
    pub commits: u64,
    /// How often each kind of step, fault and answer was seen.
    pub seen: BTreeMap<&'static str, u64>,
}

/// An invariant that broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The seed, which breaks it again.
    pub seed: u64,
    /// The step, from 1.
    pub step: usize,
    /// The invariant, as the table above names it.
    pub invariant: &'static str,
    /// How it broke.
    pub what: String,
    /// What happened last, the latest at the end.
    pub trace: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        let Self { seed, step, invariant, what, .. } = self;
        write!(f, "seed {seed} broke `{invariant}` at step {step}: {what}")
    }
}

impl std::error::Error for Failure {}

/// Everything that a run with enough seeds sees at least once.
pub const KINDS: &[&str] = &[
    "clock: is minutes off",
    "clock: jumps a day",
    "clock: jumps a year",
    "commit: conflicted",
    "fault: conflicts",
    "fault: delays",
    "fault: fails",
    "fault: says failed",
    "network: acknowledgement lost",
    "network: delayed",
    "network: delivered",
    "network: duplicated",
    "network: lost",
    "network: reordered",
    "provider: accepted",
    "provider: answer lost",
    "provider: deferred",
    "provider: delivered and never answered",
    "provider: message lost",
    "provider: never answered",
    "provider: rejected",
    "provider: replayed",
    "provider: took a part",
    "rivals: a reader and a writer",
    "rivals: one input at two hubs",
    "rivals: one intent at two hubs",
    "rivals: two dispatchers",
    "rivals: two intents of one occasion",
    "step: a call fails",
    "step: a call is dropped",
    "step: a caller gives up",
    "step: a choice is made",
    "step: a customer is read",
    "step: a decision",
    "step: a dispatch",
    "step: a hub crashes",
    "step: a receipt",
    "step: a receipt of an unknown message",
    "step: a requeueing",
    "step: a verdict",
];

/// Runs one seed to its end.
///
/// ```
/// use omnichannel::testkit::simulate::{Setting, simulate};
///
/// let report = simulate(7, &Setting::default())?;
/// assert_eq!(report.steps, 300);
/// assert_eq!(simulate(7, &Setting::default())?, report, "a seed is one run");
/// # Ok::<(), Box<omnichannel::testkit::simulate::Failure>>(())
/// ```
///
/// # Errors
///
/// The [`Failure`]: a bug of a hub, the engine or a store. The same seed shows it again.
pub fn simulate(seed: u64, setting: &Setting) -> Result<Report, Box<Failure>> {
    let mut world = World::new(seed, setting);
    for _ in 0..setting.steps {
        world.advance();
        broken(&world, seed)?;
    }
    let digest = world.end();
    broken(&world, seed)?;
    let truth = world.truth.get();
    let (calls, commits, seen) = (truth.calls, truth.commits, truth.seen.clone());
    Ok(Report { digest, steps: world.step, calls, commits, seen })
}

fn broken(world: &World, seed: u64) -> Result<(), Box<Failure>> {
    let truth = world.truth.get();
    let Some((invariant, what)) = truth.breach.clone() else { return Ok(()) };
    let trace = truth.trace.iter().cloned().collect();
    Err(Box::new(Failure { seed, step: world.step, invariant, what, trace }))
}
