//! What linking costs: a town of many records, without a common key.
//!
//! ```text
//! cargo bench --features parallel --bench linkage [-- RECORDS ...]
//! ```
//!
//! Says for each size the seconds to fill, lay out, learn and link, and what a record and a
//! candidate pair cost. From the first size to the last a record may cost half as much again, else
//! it fails: what grows faster would not bear ten times as many.

#[path = "clock/mod.rs"]
#[expect(dead_code, reason = "several threads work: one thread's time says little")]
mod clock;

use std::time::Duration;

use clock::by_the_clock;
use omnichannel::identity::linkage::{Linker, Meaning, Table};

/// A record of the last size may cost so many times what one of the first costs.
const GROWTH_MAX: f64 = 1.5;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !words.iter().any(|word| word == "--bench");
    let asked: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let sizes = match (trial, asked.is_empty()) {
        (true, _) => vec![1_000],
        (false, true) => vec![100_000, 1_000_000],
        (false, false) => asked,
    };
    let costs: Vec<f64> = sizes.into_iter().map(run).collect();
    if let [first, .., last] = costs[..] {
        println!("a record of the last size costs {:.2} of one of the first", last / first);
        assert!(last <= GROWTH_MAX * first, "seconds per record grow too fast");
    }
}

/// Links so many records; answers the microseconds per record.
fn run(records: usize) -> f64 {
    let began = by_the_clock();
    let before = resident();
    let table = town(records);
    let filled = by_the_clock();
    let linker = Linker::of(table);
    let ready = by_the_clock();
    let model = linker.learn();
    let learnt = by_the_clock();
    let linked = linker.link(&model, 0);
    let done = by_the_clock();
    let seconds = |from: Duration, to: Duration| (to - from).as_secs_f64();
    let per_record = seconds(filled, done) * 1e6 / records as f64;
    println!(
        "{records} records, {} candidate pairs, {} lost, {} links",
        linked.candidates,
        linked.lost,
        linked.links.len()
    );
    println!(
        "  fill {:.2} s, lay out {:.2} s, learn {:.2} s, link {:.2} s",
        seconds(began, filled),
        seconds(filled, ready),
        seconds(ready, learnt),
        seconds(learnt, done)
    );
    let pair = seconds(learnt, done) * 1e9 / linked.candidates.max(1) as f64;
    print!("  {per_record:.2} us a record without filling, {pair:.0} ns a candidate pair");
    if let Some((now, before)) = resident().zip(before) {
        print!(", {} bytes a record", now.saturating_sub(before) / records);
    }
    println!();
    per_record
}

/// The most bytes that the process has held, where the system tells.
fn resident() -> Option<usize> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = told.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.split_whitespace().next()?.parse::<usize>().ok()? << 10)
}

/// A generator of its own, so that every run sees the same town.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    /// A name; the smaller half of all names is borne by most people.
    fn name(&mut self, syllables: usize) -> String {
        const SYLLABLES: [&str; 32] = [
            "ma", "ri", "lo", "ne", "ka", "tu", "ben", "sol", "dra", "vi", "pe", "gor", "hal",
            "mi", "san", "te", "lu", "fo", "zen", "ra", "ki", "bo", "del", "wy", "cha", "jo",
            "ste", "an", "el", "is", "ur", "om",
        ];
        (0..syllables).map(|_| SYLLABLES[self.below(32).min(self.below(32))]).collect()
    }
}

/// Three records of four are one person's only; the fourth is another's again, with a slip.
fn town(records: usize) -> Table {
    let mut dice = Dice(0x5eed);
    let columns = ["first_name", "surname", "dob", "city", "postcode", "email", "phone"];
    let mut table = Table::new(columns.map(|name| (name, Meaning::guess(name))));
    let towns: Vec<String> = (0..records / 500 + 1).map(|_| dice.name(3)).collect();
    let mut last: Option<[String; 7]> = None;
    for record in 0..records {
        let row = match last.take().filter(|_| record % 4 == 3) {
            Some(mut slipped) => {
                let at = dice.below(7);
                match dice.below(3) {
                    0 => slipped[at].clear(),
                    1 => drop(slipped[at].pop()),
                    _ => slipped.swap(0, 1),
                }
                slipped
            }
            None => {
                let (first, surname) = (dice.name(2), dice.name(3));
                let (year, month, day) = (dice.below(70), dice.below(12) + 1, dice.below(28) + 1);
                let town = dice.below(towns.len());
                let mail = format!("{first}.{surname}{}@example.org", dice.below(100));
                let phone = format!("06{:08}", dice.below(100_000_000));
                let born = format!("{}-{month:02}-{day:02}", 1935 + year);
                let code = format!("{town:05}");
                [first, surname, born, towns[town].clone(), code, mail, phone]
            }
        };
        table.push(row.iter().map(String::as_str)).expect("seven values");
        last = Some(row);
    }
    table
}
