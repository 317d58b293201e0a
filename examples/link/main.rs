//! Finds the people among the records of a CSV file, without labels.
//!
//! ```text
//! cargo run --release --example link -- people.csv --id COLUMN
//!     [--truth COLUMN | --truth-pattern REGEX] [--threshold MILLIBITS] [--out clusters.csv]
//! ```
//!
//! Columns are known by their names. The last line of the output is a JSON object; with a truth it
//! says how right the people are. `--truth-pattern` takes the truth from the id.

mod options;
mod truth;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Duration;

use omnichannel::identity::linkage::{Meaning, Model, Table, link};
use regex::Regex;
use serde_json::json;

use options::Options;

type Failure = Box<dyn std::error::Error>;

/// A file's records, their ids, and whose each is, where that is known.
struct Read {
    table: Table,
    ids: Vec<String>,
    truth: Vec<String>,
}

fn main() -> Result<(), Failure> {
    let began = clock();
    let options = Options::from_words(std::env::args().skip(1))?;
    let read = read(&options)?;
    let loaded = clock() - began;
    let records = read.table.len();
    let (model, linked) = link(read.table, options.threshold);
    let total = clock() - began;
    if let Some(out) = &options.out {
        let mut out = csv::Writer::from_path(out)?;
        out.write_record(["record_id", "cluster_id"])?;
        for (id, person) in read.ids.iter().zip(&linked.people) {
            out.write_record([id, &read.ids[*person as usize]])?;
        }
        out.flush()?;
    }
    let people: BTreeSet<&u32> = linked.people.iter().collect();
    let mut report = json!({
        "records": records,
        "candidate_pairs": linked.candidates,
        "lost_pairs": linked.lost,
        "links": linked.links.len(),
        "clusters": people.len(),
        "seconds": {
            "load": loaded.as_secs_f64(),
            "link": (total - loaded).as_secs_f64(),
            "total": total.as_secs_f64(),
        },
        "threshold": options.threshold,
    });
    if !read.truth.is_empty() {
        report["pairwise"] = json!({ "default": truth::pairwise(&linked.people, &read.truth) });
    }
    show(&model)?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

/// Says what was learnt: what each level speaks for one person. Of equal values it is what they
/// speak before their rarity, which adds to it.
fn show(model: &Model) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for weighed in &model.comparisons {
        writeln!(out, "{:?}", weighed.comparison.field)?;
        for (words, bits) in weighed.comparison.field.levels().iter().zip(&weighed.same) {
            writeln!(out, "  {words:<34} {:>6.1} bits", *bits as f64 / 1_000.0)?;
        }
    }
    Ok(())
}

fn read(options: &Options) -> Result<Read, Failure> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(&options.file)?;
    let header = reader.headers()?.clone();
    let place = |name: &str| -> Result<usize, Failure> {
        let found = header.iter().position(|column| column == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = header.iter().collect();
            format!("there is no column `{name}`; the columns are {}", known.join(", ")).into()
        })
    };
    let id = place(&options.id)?;
    let told = options.truth.as_deref().map(place).transpose()?;
    let pattern = options.truth_pattern.as_deref().map(Regex::new).transpose()?;
    let compared: Vec<usize> =
        (0..header.len()).filter(|at| *at != id && Some(*at) != told).collect();
    let columns = compared.iter().map(|at| (&header[*at], Meaning::guess(&header[*at])));
    let mut read = Read { table: Table::new(columns), ids: Vec::new(), truth: Vec::new() };
    let mut seen = BTreeSet::new();
    for row in reader.records() {
        let row = row?;
        if !seen.insert(row[id].to_owned()) {
            return Err(format!("row {}: the id stands in two rows", read.ids.len() + 2).into());
        }
        let values: Vec<&str> = compared.iter().map(|at| &row[*at]).collect();
        read.table.push(values.into_iter())?;
        read.ids.push(row[id].to_owned());
        if let Some(told) = told {
            read.truth.push(row[told].to_owned());
        } else if let Some(pattern) = &pattern {
            let found = pattern.captures(&row[id]).and_then(|found| found.get(1));
            let found = found.ok_or_else(|| {
                format!("row {}: the truth pattern finds nothing in the id", read.ids.len() + 1)
            })?;
            read.truth.push(found.as_str().to_owned());
        }
    }
    Ok(read)
}

/// The time since the program began.
#[expect(clippy::disallowed_methods, reason = "an example shows how long it took")]
fn clock() -> Duration {
    static BEGAN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(std::time::Instant::now).elapsed()
}
