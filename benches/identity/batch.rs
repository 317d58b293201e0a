//! A batch beside a bare interner with union-find.

use std::fmt::Write as _;

use omnichannel::identity::{Batch, Observation, identify};
use omnichannel::model::{
    IdKey, Identifier, IdentityRules, Namespace, Occurred, Source, TenantId, Timestamp,
};

use crate::Failure;
use crate::clock::on_core;

/// Every second record's person has another record; every tenth record shows a tablet's cookie.
struct Texts {
    text: String,
    /// Of each record, where its mail and its other identifier end.
    ends: Vec<(usize, usize)>,
}

impl Texts {
    fn of(records: usize) -> Self {
        let mut text = String::with_capacity(records * 44);
        let mut ends = Vec::with_capacity(records);
        // By steps of a number that is coprime to the others, so that a person's records lie apart.
        for number in (0..records).map(|at| (at * 7_919) % records) {
            let person = number / 2;
            let _ = write!(text, "person.{person}@example.org");
            let mail = text.len();
            let _ = match number % 10 {
                0 => write!(text, "tablet-{}", number / 2_000),
                _ => write!(text, "+336{person:08}"),
            };
            ends.push((mail, text.len()));
        }
        Self { text, ends }
    }

    /// Each record's two values, and whether the second is a cookie.
    fn rows(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        let mut from = 0;
        self.ends.iter().enumerate().map(move |(at, (mail, end))| {
            let row = (at, &self.text[from..*mail], &self.text[*mail..*end]);
            from = *end;
            row
        })
    }
}

pub(crate) fn compare(records: usize) -> Result<(), Failure> {
    let texts = Texts::of(records);
    let before = memory("VmRSS:");
    let began = on_core();
    let (customers, joins) = resolved(&texts)?;
    let ours = on_core() - began;
    let peak = memory("VmHWM:").saturating_sub(before);
    let began = on_core();
    let sets = bare(&texts);
    let theirs = on_core() - began;
    println!(
        "{records} records, {} observations: {:.2} s, bare {:.2} s, {:.1} times; {} bytes a record",
        records * 2,
        ours.as_secs_f64(),
        theirs.as_secs_f64(),
        ours.as_secs_f64() / theirs.as_secs_f64().max(1e-9),
        peak * 1024 / records,
    );
    println!("  {customers} customers by {joins} joins; {sets} connected sets");
    Ok(())
}

/// From texts to customers: normalised, named, protected, joined under every constraint.
fn resolved(texts: &Texts) -> Result<(usize, usize), Failure> {
    let (rules, key) = (IdentityRules::default(), IdKey::new(&[7; 32])?);
    let tenant = TenantId::named("bench");
    let sources = ["web", "shop", "till"].map(Source::new);
    let mut batch = Batch::new(&rules);
    for (at, mail, other) in texts.rows() {
        let kind = if other.starts_with('+') { Namespace::Phone } else { Namespace::Cookie };
        let mail = identify(&rules, &key, tenant, &Identifier::asserted(Namespace::Email, mail));
        let other = identify(&rules, &key, tenant, &Identifier::asserted(kind, other));
        let source = sources[at % sources.len()].clone();
        let seen = Timestamp::from_micros(1_700_000_000_000_000 + at as i64);
        batch.observe(&Observation {
            record: key.record(tenant, &source, mail.0),
            source,
            occurred: seen.map_or(Occurred::UNKNOWN, Occurred::at),
            identifiers: vec![mail, other],
        });
    }
    let found = batch.resolve().fold((0, 0), |(customers, joins), component| {
        (customers + component.clusters.len(), joins + component.joins.len())
    });
    Ok(found)
}

/// Connected sets of texts, and nothing else.
#[expect(clippy::disallowed_types, reason = "what others would take")]
fn bare(texts: &Texts) -> usize {
    let mut numbers: std::collections::HashMap<String, u32> = std::collections::HashMap::new();
    let mut parents: Vec<u32> = Vec::new();
    let mut sets = 0;
    for (_, mail, other) in texts.rows() {
        let record = parents.len() as u32;
        parents.push(record);
        sets += 1;
        for value in [mail, other] {
            let number = match numbers.get(value) {
                Some(number) => *number,
                None => {
                    let number = parents.len() as u32;
                    parents.push(number);
                    numbers.insert(value.to_owned(), number);
                    sets += 1;
                    number
                }
            };
            let (one, other) = (root(&mut parents, record), root(&mut parents, number));
            if one != other {
                parents[one as usize] = other;
                sets -= 1;
            }
        }
    }
    sets
}

fn root(parents: &mut [u32], mut at: u32) -> u32 {
    while parents[at as usize] != at {
        parents[at as usize] = parents[parents[at as usize] as usize];
        at = parents[at as usize];
    }
    at
}

/// Kibibytes of a line of the process's state; 0 where the system does not tell.
fn memory(line: &str) -> usize {
    let told = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let told = told.lines().find_map(|at| at.strip_prefix(line));
    told.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
