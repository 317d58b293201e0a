//! What a string distance costs, beside `strsim` and `rapidfuzz` in one run.
//!
//! ```text
//! cargo bench --bench distance [-- NAMES]
//! ```
//!
//! Names of 3 to 14 letters, made of syllables. Each round takes all contestants in turn over the
//! same pairs. `strangers` are pairs drawn at random, `variants` a name and the same with one slip:
//! among the pairs that blocking leaves to be scored, both are common. Says the median nanoseconds
//! of a comparison, and how often faster ours is.

use std::hint::black_box;
use std::time::Duration;

#[path = "clock/mod.rs"]
mod clock;

use clock::on_core as time;
use omnichannel::identity::linkage::distance as ours;
use rapidfuzz::distance::{self as peers, jaro_winkler as rapid};

const ROUNDS: usize = 15;
/// No similarity of names is exactly this: where one is, `rapidfuzz` may round it away.
const LEAST: f64 = 0.8801;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !words.iter().any(|word| word == "--bench");
    let asked = words.iter().find_map(|word| word.parse().ok());
    let count = asked.unwrap_or(if trial { 20 } else { 2_000 });
    let mut dice = Dice(1);
    let names: Vec<String> = (0..count).map(|_| name(&mut dice)).collect();
    let lengths = names.iter().map(String::len).sum::<usize>();
    println!("{count} names of {:.1} letters", lengths as f64 / count as f64);
    let rounds = if trial { 1 } else { ROUNDS };
    let strangers: Vec<(&str, &str)> = (0..100 * count)
        .map(|_| (names[dice.below(count)].as_str(), names[dice.below(count)].as_str()))
        .collect();
    one_to_one("strangers", &strangers, rounds);
    let slips: Vec<String> = names.iter().map(|name| slip(name, &mut dice)).collect();
    let variants: Vec<(&str, &str)> = (0..100 * count)
        .map(|_| dice.below(count))
        .map(|at| (names[at].as_str(), slips[at].as_str()))
        .collect();
    one_to_one("variants", &variants, rounds);
    one_to_many(&names, rounds);
    cut_off(&names, rounds);
    edits(&strangers, rounds);
}

/// One to many where only the similar count, as a comparison level asks.
fn cut_off(names: &[String], rounds: usize) {
    println!("one to many, at least {LEAST}");
    let few = &names[..names.len() / 10];
    let mut all = || {
        let mut sum = 0.0;
        for one in few {
            let one = ours::JaroWinkler::of(one);
            let similarity = |name: &String| one.similarity_bytes(black_box(name).as_bytes());
            names.iter().map(similarity).filter(|s| *s >= LEAST).for_each(|s| sum += s);
        }
        sum
    };
    let mut at_least = || {
        let mut sum = 0.0;
        for one in few {
            let one = ours::JaroWinkler::of(one);
            let similar = |name: &String| one.at_least_bytes(black_box(name).as_bytes(), LEAST);
            names.iter().filter_map(similar).for_each(|s| sum += s);
        }
        sum
    };
    let args = rapid::Args::default().score_cutoff(LEAST);
    let mut bytes = || {
        let mut sum = 0.0;
        for one in few {
            let one = rapid::BatchComparator::new(one.bytes());
            let similar = |n: &String| one.similarity_with_args(black_box(n).bytes(), &args);
            names.iter().filter_map(similar).for_each(|s| sum += s);
        }
        sum
    };
    let contestants: &mut [Contestant<'_>] = &mut [
        ("ours, at least", &mut at_least),
        ("ours, all", &mut all),
        ("rapidfuzz, bytes", &mut bytes),
    ];
    contest(rounds, few.len() * names.len(), contestants);
}

/// The edit distances, one to one.
fn edits(pairs: &[(&str, &str)], rounds: usize) {
    type Distance = fn(&str, &str) -> usize;
    let all: [(&str, Distance, Distance, Distance); 3] = [
        ("levenshtein", ours::levenshtein, strsim::levenshtein, |a, b| {
            peers::levenshtein::distance(a.bytes(), b.bytes())
        }),
        ("optimal string alignment", ours::osa, strsim::osa_distance, |a, b| {
            peers::osa::distance(a.bytes(), b.bytes())
        }),
        ("damerau-levenshtein", ours::damerau, strsim::damerau_levenshtein, |a, b| {
            peers::damerau_levenshtein::distance(a.bytes(), b.bytes())
        }),
    ];
    for (name, ours, strsim, rapid) in all {
        println!("{name}, strangers");
        let all = |measure: Distance| {
            move || pairs.iter().map(|(a, b)| measure(black_box(a), black_box(b)) as f64).sum()
        };
        let (mut ours, mut strsim, mut rapid) = (all(ours), all(strsim), all(rapid));
        let mut contestants: [Contestant<'_>; 3] =
            [("ours", &mut ours), ("strsim", &mut strsim), ("rapidfuzz, bytes", &mut rapid)];
        contest(rounds, pairs.len(), &mut contestants);
    }
}

fn one_to_one(what: &str, pairs: &[(&str, &str)], rounds: usize) {
    println!("one to one, {what}");
    let all = |measure: fn(&str, &str) -> f64| {
        move || pairs.iter().map(|(a, b)| measure(black_box(a), black_box(b))).sum::<f64>()
    };
    let mut ours_str = all(ours::jaro_winkler);
    let mut ours_bytes = all(|a, b| ours::jaro_winkler_bytes(a.as_bytes(), b.as_bytes()));
    let mut strsim = all(strsim::jaro_winkler);
    let mut chars = all(|a, b| rapid::similarity(a.chars(), b.chars()));
    let mut bytes = all(|a, b| rapid::similarity(a.bytes(), b.bytes()));
    contest(
        rounds,
        pairs.len(),
        &mut [
            ("ours", &mut ours_str),
            ("ours, bytes", &mut ours_bytes),
            ("strsim", &mut strsim),
            ("rapidfuzz, chars", &mut chars),
            ("rapidfuzz, bytes", &mut bytes),
        ],
    );
}

fn one_to_many(names: &[String], rounds: usize) {
    println!("one to many");
    let few = &names[..names.len() / 10];
    let mut ours_bytes = || {
        let mut sum = 0.0;
        for one in few {
            let one = ours::JaroWinkler::of(one);
            names.iter().for_each(|n| sum += one.similarity_bytes(black_box(n).as_bytes()));
        }
        sum
    };
    let mut strsim = || {
        let each = few.iter().flat_map(|one| names.iter().map(move |name| (one, name)));
        each.map(|(one, name)| strsim::jaro_winkler(one, black_box(name))).sum()
    };
    let mut chars = || {
        let mut sum = 0.0;
        for one in few {
            let one = rapid::BatchComparator::new(one.chars());
            names.iter().for_each(|n| sum += one.similarity(black_box(n).chars()));
        }
        sum
    };
    let mut bytes = || {
        let mut sum = 0.0;
        for one in few {
            let one = rapid::BatchComparator::new(one.bytes());
            names.iter().for_each(|n| sum += one.similarity(black_box(n).bytes()));
        }
        sum
    };
    contest(
        rounds,
        few.len() * names.len(),
        &mut [
            ("ours, bytes", &mut ours_bytes),
            ("strsim", &mut strsim),
            ("rapidfuzz, chars", &mut chars),
            ("rapidfuzz, bytes", &mut bytes),
        ],
    );
}

type Contestant<'a> = (&'a str, &'a mut dyn FnMut() -> f64);

/// All contestants in turn, so that a slow moment of the machine meets all of them.
fn contest(rounds: usize, pairs: usize, contestants: &mut [Contestant<'_>]) {
    let mut times = vec![Vec::new(); contestants.len()];
    let mut sums = vec![0.0; contestants.len()];
    for _ in 0..rounds {
        for ((_, run), (times, sum)) in contestants.iter_mut().zip(times.iter_mut().zip(&mut sums))
        {
            let began = time();
            *sum = black_box(run());
            times.push(time() - began);
        }
    }
    assert!(sums.iter().all(|sum| *sum == sums[0]), "all say the same: {sums:?}");
    let medians: Vec<f64> = times.into_iter().map(|times| median(times) / pairs as f64).collect();
    for ((name, _), nanoseconds) in contestants.iter().zip(&medians) {
        println!("  {name:<20} {nanoseconds:>7.1} ns  {:>5.2}", nanoseconds / medians[0]);
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e9
}

const SYLLABLES: &[&str] = &[
    "an", "na", "ma", "ri", "le", "jo", "han", "el", "sa", "be", "th", "mar", "tin", "al", "ex",
    "der", "son", "ber", "ger", "man", "lu", "ca", "ro", "vi", "ne", "chi", "mo", "ha", "med",
    "ka", "ste", "fan", "pe", "ter", "o", "li", "ver", "sch", "mi", "dt", "we", "ho", "ff", "mu",
    "ller", "ko", "val", "ski", "ng", "u", "yen", "gar", "ci", "a", "wil", "li", "ams", "ste",
    "in",
];

fn name(dice: &mut Dice) -> String {
    let most = 3 + dice.below(12);
    let mut name = String::new();
    while name.len() < most {
        name.push_str(SYLLABLES[dice.below(SYLLABLES.len())]);
    }
    name.truncate(most);
    name
}

/// The name with a letter dropped, doubled, changed or changed places.
fn slip(name: &str, dice: &mut Dice) -> String {
    let mut letters = name.as_bytes().to_vec();
    let at = dice.below(letters.len());
    match dice.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = b'a' + dice.below(26) as u8,
        _ => letters.swap(at, (at + 1) % name.len()),
    }
    String::from_utf8(letters).unwrap_or_default()
}

/// A multiplicative generator: the same names on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}
