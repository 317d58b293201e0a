//! The simulator finds every planted bug; the seeds that it took are printed.
//!
//! Method: this test calls itself once for each bug, since a process has one planted; the child
//! runs seeds until an invariant breaks. Run it with `RUSTFLAGS="--cfg omnichannel_bugs" cargo test
//! --features testkit --test bugs -- --nocapture`.
#![cfg(all(feature = "testkit", omnichannel_bugs))]

use std::process::Command;

use omnichannel::testkit::simulate::{Setting, simulate};

/// Seeds within which each bug must be found.
const SEEDS: u64 = 1_000;

/// The planted bugs, each with what it does.
const BUGS: &[(&str, &str)] = &[
    ("lost_dedupe", "a copy that is known is taken for the first"),
    ("duplicate_called_conflicting", "a known copy is told to differ"),
    ("unchecked_version", "the memory store commits whatever a row's version is"),
    ("absence_not_expected", "a step does not expect rows to be absent"),
    ("torn_view", "a view is answered though it changed between two rounds"),
    ("conflict_taken_for_success", "a conflicting commit is acknowledged"),
    ("pointer_not_moved", "an identifier's pointer stays behind at a merge"),
    ("reservation_not_written", "a message is decided on without its reservation"),
    ("one_ledger_only", "an occasion is looked for on one record of the customer"),
    ("consent_not_rechecked", "a consent withdrawn after the decision is ignored"),
    ("lease_without_fence", "a claim leases under the fence that it found"),
    ("sent_again_after_unknown", "a message that was perhaps sent is sent again"),
    ("settled_without_touchpoint", "what was accepted is settled, and no fact says so"),
    ("retried_after_rejection", "what a provider refused is tried again"),
    ("out_of_turn", "a message overtakes another of its conversation"),
];

#[expect(clippy::disallowed_methods, reason = "the parent tells the child by its environment")]
fn planted() -> Option<String> {
    std::env::var("OMNICHANNEL_BUG").ok()
}

/// Runs seeds with the bug that the environment names, until one finds it.
#[test]
fn hunt() {
    let Some(bug) = planted() else { return };
    for seed in 0..SEEDS {
        if let Err(failure) = simulate(seed, &Setting::default()) {
            let (invariant, step) = (failure.invariant, failure.step);
            assert_eq!(
                simulate(seed, &Setting::default()),
                Err(failure.clone()),
                "again by number"
            );
            println!("found: {bug} by seed {seed}, step {step}: `{invariant}`: {}", failure.what);
            return;
        }
    }
    panic!("{bug} was not found by {SEEDS} seeds");
}

#[test]
fn every_planted_bug_is_found_within_a_thousand_seeds() {
    if planted().is_some() {
        return;
    }
    let this = std::env::current_exe().expect("this test");
    let mut missed = Vec::new();
    for (bug, what) in BUGS {
        let hunt = Command::new(&this)
            .args(["--exact", "hunt", "--nocapture"])
            .env("OMNICHANNEL_BUG", bug)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&hunt.stdout);
        let found = said.lines().find_map(|line| line.split_once("found: "));
        match found {
            Some((_, found)) if hunt.status.success() => println!("{found} ({what})"),
            _ => missed.push(format!("{bug}: {}", String::from_utf8_lossy(&hunt.stderr))),
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
