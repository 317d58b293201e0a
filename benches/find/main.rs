//! What it costs to ask a live index for one record.
//!
//! ```text
//! cargo bench --bench find [-- RECORDS]
//! ```
//!
//! Records of a town: names of syllables, some common; a tenth of the people have a second record
//! with a slip. The model is learnt from 50,000 of them. Each question is a known record with
//! another slip; says the median and the 99th percentile, and how many a core answers in a second:
//! of an index in memory, and of one in a hub's store in memory.

use std::time::Duration;

#[path = "../clock/mod.rs"]
mod clock;
mod stored;

use clock::{by_the_clock, on_core};
use omnichannel::identity::linkage::{Linker, LiveIndex, Meaning, Model, Table, TableError};
use stored::Stored;

const COLUMNS: [&str; 7] = ["first_name", "surname", "dob", "postcode", "city", "email", "phone"];
const TAUGHT_BY: usize = 50_000;
const QUESTIONS: usize = 20_000;

type Row = [String; 7];
type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !words.iter().any(|word| word == "--bench");
    let asked = words.iter().find_map(|word| word.parse().ok());
    let records = asked.unwrap_or(if trial { 300 } else { 1_000_000 });
    let rows: Vec<Row> = Town::of(records).take(records).collect();
    let model = learn(&rows[..records.min(TAUGHT_BY)])?;
    let questions = Questions { rows: &rows, count: if trial { 20 } else { QUESTIONS } };
    in_memory(&model, questions)?;
    Stored::new(&model, &rows)?.ask(questions)
}

fn in_memory(model: &Model, questions: Questions<'_>) -> Result<(), Failure> {
    let (mut index, began) = (LiveIndex::new(model), on_core());
    for (row, id) in questions.rows.iter().zip(0_u32..) {
        index.insert(id, &row.each_ref().map(String::as_str))?;
    }
    let each = (on_core() - began).as_secs_f64() * 1e6 / index.len() as f64;
    println!("in memory: {} records, put in at {each:.1} us each", index.len());
    questions.ask(|row, at| {
        let answer = index.find(&row.each_ref().map(String::as_str), 0)?;
        let found = answer.matches.iter().any(|found| found.id as usize == at);
        Ok((answer.candidates, found))
    })
}

/// Known records, each with another slip.
#[derive(Clone, Copy)]
struct Questions<'r> {
    rows: &'r [Row],
    count: usize,
}

impl Questions<'_> {
    /// Asks: `answer` says how many candidates there were, and whether the record was found.
    fn ask(
        self,
        mut answer: impl FnMut(&Row, usize) -> Result<(usize, bool), Failure>,
    ) -> Result<(), Failure> {
        let (mut times, mut found, mut candidates) = (Vec::new(), 0, 0);
        let (mut dice, began) = (Dice(1), on_core());
        for _ in 0..self.count {
            let at = dice.below(self.rows.len());
            let mut row = self.rows[at].clone();
            slip(&mut dice, &mut row);
            let began = by_the_clock();
            let (weighed, known) = answer(&row, at)?;
            times.push(by_the_clock() - began);
            candidates += weighed;
            found += usize::from(known);
        }
        let all = (on_core() - began).as_secs_f64();
        times.sort_unstable();
        let micros = |share: usize| {
            let at: Duration = times[(times.len() * share / 100).min(times.len() - 1)];
            at.as_secs_f64() * 1e6
        };
        println!("  find: median {:.0} us, p99 {:.0} us", micros(50), micros(99));
        println!(
            "  {:.0} a second on a core, {:.1} candidates each, {:.1} % found",
            self.count as f64 / all,
            candidates as f64 / self.count as f64,
            found as f64 * 100.0 / self.count as f64,
        );
        Ok(())
    }
}

fn learn(rows: &[[String; 7]]) -> Result<Model, TableError> {
    let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
    for row in rows {
        table.push(row.iter().map(String::as_str))?;
    }
    Ok(Linker::of(table).learn())
}

/// A letter too few in a name, or a value left out.
fn slip(dice: &mut Dice, row: &mut [String; 7]) {
    match dice.below(4) {
        at @ (0 | 1) if row[at].len() > 2 => drop(row[at].pop()),
        2 => row[5].clear(),
        _ => row[6].clear(),
    }
}

/// People, one after the other, some with a second record.
struct Town {
    dice: Dice,
    records: usize,
    again: Option<[String; 7]>,
}

impl Town {
    fn of(records: usize) -> Self {
        Self { dice: Dice(7), records, again: None }
    }
}

impl Iterator for Town {
    type Item = [String; 7];

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(again) = self.again.take() {
            return Some(again);
        }
        let dice = &mut self.dice;
        // Some names are common: the smaller of two draws is likelier to be small.
        let (one, other) = (dice.below(800), dice.below(800));
        let first = Dice(one.min(other) as u64).name(2);
        let (one, other) = (dice.below(40_000), dice.below(40_000));
        let last = Dice(1_000 + one.min(other) as u64).name(3);
        let town = dice.below(1_200);
        let (year, month, day) = (1940 + dice.below(65), 1 + dice.below(12), 1 + dice.below(28));
        let row = [
            first.clone(),
            last.clone(),
            format!("{year}-{month:02}-{day:02}"),
            format!("{:05}", 10_000 + town * 60 + dice.below(60)),
            Dice(90_000 + town as u64).name(3),
            format!("{first}.{last}{}@example.org", dice.below(1_000)),
            format!("06{:08}", dice.below(100_000_000)),
        ];
        if dice.below(10) == 0 && self.records > 0 {
            let mut again = row.clone();
            slip(dice, &mut again);
            self.again = Some(again);
        }
        Some(row)
    }
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn name(&mut self, syllables: usize) -> String {
        const SYLLABLES: [&str; 24] = [
            "ma", "ri", "lo", "ne", "ka", "tu", "ben", "sol", "dra", "vi", "pe", "gor", "hal",
            "mi", "san", "te", "lu", "fo", "zen", "ra", "ki", "bo", "del", "wy",
        ];
        self.below(7);
        (0..syllables).map(|_| SYLLABLES[self.below(24)]).collect()
    }
}
