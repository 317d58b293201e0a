//! How many touchpoints a second the hub takes in, at growing sizes.
//!
//! ```text
//! cargo bench --features sqlite --bench ingest [-- [memory | sqlite] [TOUCHPOINTS ...]]
//! ```
//!
//! In memory at 10^4, 10^5 and 10^6 touchpoints on one core; in an SQLite file at 10^4 and 10^5,
//! beside bare SQLite that writes the same rows, tables and indexes in the same transactions. Only
//! receiving is timed, not the making of the input; of several runs the median counts. Where the
//! system tells the time that the thread had a core (Linux), that counts: others' work does not.
//!
//! # Why
//!
//! Not criterion: it repeats a short task, and the question here is how one long task's cost grows.

#[cfg(feature = "sqlite")]
mod bare;
#[path = "../clock/mod.rs"]
mod clock;
mod journeys;

use std::fmt;
use std::time::Duration;

use omnichannel::storage::{MemoryStore, Store};

use clock::on_core;
use journeys::Journeys;

pub(crate) type Failure = Box<dyn std::error::Error>;

/// What a run cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Run {
    pub(crate) touchpoints: usize,
    pub(crate) whole: Duration,
    /// The slowest batch.
    worst: Duration,
}

impl Run {
    /// Seconds a touchpoint.
    pub(crate) fn each(&self) -> f64 {
        self.whole.as_secs_f64() / self.touchpoints.max(1) as f64
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (second, each) = (1.0 / self.each(), self.each() * 1e6);
        write!(f, "{:>12} {second:>11.0} {each:>9.2} us", self.touchpoints)
    }
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |part: &str| words.iter().any(|word| word == part);
    let sizes: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !is_asked("--bench");
    let sizes = |usual: &[usize]| match (trial, sizes.is_empty()) {
        (true, _) => vec![1_000],
        (false, true) => usual.to_vec(),
        (false, false) => sizes.clone(),
    };
    if !is_asked("sqlite") {
        in_memory(&sizes(&[10_000, 100_000, 1_000_000]))?;
    }
    #[cfg(feature = "sqlite")]
    if !is_asked("memory") {
        bare::compare(&sizes(&[10_000, 100_000]))?;
    }
    Ok(())
}

fn in_memory(sizes: &[usize]) -> Result<(), Failure> {
    println!("in memory, one core");
    println!(
        "{:>12} {:>11} {:>12} {:>9} {:>12}",
        "touchpoints", "a second", "each", "growth", "worst batch"
    );
    let mut first = None;
    for size in sizes {
        let run = median(*size, || receive(*size, MemoryStore::new(), on_core))?;
        let growth = run.each() / *first.get_or_insert(run.each());
        println!("{run} {growth:>8.2}x {:>9.1} ms", run.worst.as_secs_f64() * 1e3);
    }
    Ok(())
}

/// Receives the journeys over `store`, on the calling thread, and times it by `clock`.
pub(crate) fn receive(
    touchpoints: usize,
    store: impl Store,
    clock: fn() -> Duration,
) -> Result<Run, Failure> {
    let hub = journeys::hub(store)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut journeys = Journeys::of(touchpoints)?;
    let mut run = Run::default();
    loop {
        let (batch, expected) = journeys.batch();
        if batch.is_empty() {
            return Ok(run);
        }
        let began = clock();
        let receptions = runtime.block_on(hub.receive_many(batch));
        let took = clock().saturating_sub(began);
        let taken: usize = receptions?.iter().map(|reception| reception.taken.len()).sum();
        if taken != expected {
            return Err(format!("{taken} touchpoints were taken of {expected}").into());
        }
        run.touchpoints += taken;
        run.whole += took;
        run.worst = run.worst.max(took);
    }
}

/// The run in the middle: of five short ones, of three, of one that is long.
pub(crate) fn median(
    touchpoints: usize,
    run: impl Fn() -> Result<Run, Failure>,
) -> Result<Run, Failure> {
    let times = if touchpoints <= 10_000 {
        5
    } else if touchpoints <= 100_000 {
        3
    } else {
        1
    };
    let mut runs = (0..times).map(|_| run()).collect::<Result<Vec<_>, _>>()?;
    runs.sort_by_key(|run| run.whole);
    Ok(runs[runs.len() / 2])
}
