//! Finds the people among the records of a CSV file, without labels.
//!
//! ```text
//! cargo run --release --example link -- people.csv --id COLUMN [--truth COLUMN | --truth-pattern REGEX]
//! ```

mod truth;

use std::collections::BTreeMap;
use std::io::Write as _;

use omnichannel::identity::linkage::{Meaning, Table, link};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let (mut file, mut options) = (None, BTreeMap::new());
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some(option) => {
                let value = words.next().ok_or_else(|| format!("--{option} needs a value"))?;
                options.insert(option.to_owned(), value);
            }
            None => file = Some(word),
        }
    }
    let file = file.ok_or("name a CSV file")?;
    let id = options.get("id").ok_or("--id names the column of ids")?;
    let began = clock();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(&file)?;
    let header = reader.headers()?.clone();
    let place = |name: &str| header.iter().position(|column| column == name);
    let id = place(id).ok_or_else(|| format!("there is no column {id:?}"))?;
    let told = options.get("truth").and_then(|name| place(name));
    let compared: Vec<usize> =
        (0..header.len()).filter(|at| *at != id && Some(*at) != told).collect();
    let mut table = Table::new(compared.iter().map(|at| (&header[*at], Meaning::guess(&header[*at]))));
    let (mut ids, mut truth) = (Vec::new(), Vec::new());
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row)? {
        let values: Vec<&str> = compared.iter().map(|at| &row[*at]).collect();
        table.push(values.into_iter())?;
        ids.push(row[id].to_owned());
        if let Some(told) = told {
            truth.push(row[told].to_owned());
        }
    }
    if options.contains_key("truth-pattern") {
        let number = |id: &String| id.split('-').nth(1).unwrap_or_default().to_owned();
        truth = ids.iter().map(number).collect();
    }
    let loaded = clock() - began;
    let records = table.len();
    let began = clock();
    let linked = link(table, 0);
    let took = clock() - began;
    let people: std::collections::BTreeSet<&u32> = linked.people.iter().collect();
    let mut report = serde_json::json!({
        "records": records, "candidate_pairs": linked.candidates, "links": linked.links.len(),
        "lost_pairs": linked.lost, "clusters": people.len(),
        "seconds": {"load": loaded.as_secs_f64(), "link": took.as_secs_f64()},
    });
    if !truth.is_empty() {
        let (p, r, f1) = truth::pairwise(&linked.people, &truth);
        report["pairwise"] = serde_json::json!({"default": {"p": p, "r": r, "f1": f1}});
    }
    if std::env::var("SHOW_MODEL").is_ok() {
        eprintln!("{}", serde_json::to_string_pretty(&linked.model)?);
    }
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

fn clock() -> std::time::Duration {
    static BEGAN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(std::time::Instant::now).elapsed()
}
