//! A thousand seeds of trouble, and every invariant holds in each.
//!
//! `OMNICHANNEL_SEEDS` sets how many seeds are run, `OMNICHANNEL_SEED` runs one. A failing seed is
//! printed with its last steps and the command that shows it again.
#![cfg(feature = "testkit")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use omnichannel::testkit::simulate::{KINDS, Report, Setting, simulate};

/// Seeds that are run where nothing else is asked for.
const SEEDS: u64 = 1_000;

/// Threads among which the seeds are shared; each run is one thread's.
const THREADS: usize = 2;

#[expect(clippy::disallowed_methods, reason = "the number of seeds is the caller's")]
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn run(seed: u64) -> Report {
    match simulate(seed, &Setting::default()) {
        Ok(report) => report,
        Err(failure) => panic!(
            "{failure}\nagain: OMNICHANNEL_SEED={seed} cargo test --features testkit \
             --test simulate every_seed"
        ),
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how fast it ran is printed, never asserted")]
fn every_seed_keeps_every_invariant() {
    if let Some(seed) = asked("OMNICHANNEL_SEED") {
        println!("{:#?}", run(seed));
        return;
    }
    let seeds = asked("OMNICHANNEL_SEEDS").unwrap_or(SEEDS);
    let began = std::time::Instant::now();
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let seen: Mutex<BTreeMap<&str, u64>> = Mutex::default();
    let (steps, calls) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        let _stop = StopOnPanic(&stop);
        loop {
            let seed = next.fetch_add(1, Relaxed);
            if seed >= seeds || stop.load(Relaxed) {
                return;
            }
            let report = run(seed);
            steps.fetch_add(report.steps as u64, Relaxed);
            calls.fetch_add(report.calls, Relaxed);
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            for (kind, count) in report.seen {
                *seen.entry(kind).or_default() += count;
            }
        }
    };
    std::thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(work))));
    let (steps, calls) = (steps.into_inner(), calls.into_inner());
    let seconds = began.elapsed().as_secs_f64();
    let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (kind, count) in &seen {
        println!("{count:>9}  {kind}");
    }
    println!("{seeds} seeds, {steps} steps, {calls} calls of the store, {seconds:.1} s");
    println!("{:.0} steps per second", steps as f64 / seconds);
    let kinds: Vec<&str> = seen.into_keys().collect();
    if seeds >= 100 {
        assert_eq!(kinds, KINDS, "every kind of trouble was seen, and is listed");
    }
}

/// Tells the other threads that one found something.
struct StopOnPanic<'a>(&'a AtomicBool);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Relaxed);
        }
    }
}

#[test]
fn a_seed_is_one_run_and_others_are_others() {
    let digests: Vec<_> = (0..4).map(|seed| (run(seed), run(seed))).collect();
    assert!(digests.iter().all(|(one, other)| one == other));
    assert!(digests.windows(2).all(|pair| pair[0].0.digest != pair[1].0.digest));
}
