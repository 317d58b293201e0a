//! What identity resolution costs: a batch, live changes, an unmerge, a large component.
//!
//! ```text
//! cargo bench --bench identity [-- [batch | live | unmerge | large] [RECORDS ...]]
//! ```
//!
//! `batch` resolves so many records of two identifiers each, beside a bare interner with union-find
//! over the same texts; both take every text in. `live` receives single touchpoints over so many
//! records in memory. `unmerge` takes back a join by hand in components of 200 records. `large`
//! adds a record to a component of so many.

mod batch;
#[path = "../clock/mod.rs"]
mod clock;
mod live;

use std::time::Duration;

pub(crate) type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |part: &str| words.iter().any(|word| word == part);
    let asked: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !is_asked("--bench");
    let all = !["batch", "live", "unmerge", "large"].into_iter().any(is_asked);
    let sizes = |usual: &[usize], small: usize| match (trial, asked.is_empty()) {
        (true, _) => vec![small],
        (false, true) => usual.to_vec(),
        (false, false) => asked.clone(),
    };
    if all || is_asked("batch") {
        for records in sizes(&[500_000, 5_000_000], 1_000) {
            batch::compare(records)?;
        }
    }
    if all || is_asked("live") {
        for records in sizes(&[100_000, 1_000_000], 1_000) {
            live::changes(records)?;
        }
    }
    if all || is_asked("unmerge") {
        live::unmerge(if trial { 2 } else { 300 })?;
    }
    if all || is_asked("large") {
        for records in sizes(&[100, 1_000, 10_000], 100) {
            live::large(records)?;
        }
    }
    Ok(())
}

/// Says the median and the 99th percentile.
pub(crate) fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    println!(
        "  {what:<40} median {:>8.1} us, p99 {:>8.1} us, of {}",
        micros(at(50)),
        micros(at(99)),
        times.len()
    );
}
