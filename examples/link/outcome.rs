//! What a run came to: the files it writes, and its last line.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use omnichannel::identity::linkage::{Curve, Linked, Millibits, Pairs, Truth, b_cubed, pairwise};
use serde_json::{Value, json};

use crate::read::Records;

impl Records {
    /// A record's name, unique over all files.
    pub(crate) fn name(&self, place: u32) -> String {
        let id = self.ids.get(place as usize);
        if self.sources.len() == 1 { id.to_owned() } else { format!("{}/{id}", self.source(place)) }
    }

    fn source(&self, place: u32) -> &str {
        &self.sources[usize::from(self.source_of[place as usize])]
    }

    /// Whose each record is, where that is known.
    pub(crate) fn truth(&self) -> Option<Truth> {
        if self.truth.len() == 0 {
            return None;
        }
        let labels: Vec<&str> = self.truth.iter().collect();
        let truth = Truth::of(&labels);
        Some(if self.sources.len() == 1 { truth } else { truth.across(&self.source_of) })
    }

    /// Writes every record with its person, who is called by its first record.
    pub(crate) fn write_clusters(&self, people: &[u32], path: &Path) -> Result<(), csv::Error> {
        at_once(path, |path| self.clusters(people, csv::Writer::from_path(path)?))
    }

    fn clusters(&self, people: &[u32], mut out: csv::Writer<File>) -> Result<(), csv::Error> {
        let both = self.sources.len() > 1;
        if both {
            out.write_record(["source", "record_id", "cluster_id"])?;
        } else {
            out.write_record(["record_id", "cluster_id"])?;
        }
        for (place, person) in (0..).zip(people) {
            if both {
                out.write_field(self.source(place))?;
            }
            out.write_field(self.ids.get(place as usize))?;
            out.write_field(self.name(*person))?;
            out.write_record(None::<&[u8]>)?;
        }
        Ok(out.flush()?)
    }

    /// Writes every link with its weight, and how probable one person is.
    pub(crate) fn write_pairs(&self, linked: &Linked, path: &Path) -> Result<(), csv::Error> {
        at_once(path, |path| self.links(linked, csv::Writer::from_path(path)?))
    }

    fn links(&self, linked: &Linked, mut out: csv::Writer<File>) -> Result<(), csv::Error> {
        if self.sources.len() > 1 {
            out.write_field("source_l")?;
            out.write_field("record_id_l")?;
            out.write_field("source_r")?;
            out.write_field("record_id_r")?;
        } else {
            out.write_field("record_id_l")?;
            out.write_field("record_id_r")?;
        }
        out.write_record(["weight", "probability"])?;
        for link in &linked.links {
            for place in [link.a, link.b] {
                if self.sources.len() > 1 {
                    out.write_field(self.source(place))?;
                }
                out.write_field(self.ids.get(place as usize))?;
            }
            let odds = (link.weight as f64 / 1_000.0).exp2();
            out.write_field(link.weight.to_string())?;
            out.write_field(format!("{:.6}", odds / (1.0 + odds)))?;
            out.write_record(None::<&[u8]>)?;
        }
        Ok(out.flush()?)
    }
}

/// Writes a text to a file.
pub(crate) fn write_text(text: &str, path: &Path) -> Result<(), std::io::Error> {
    at_once(path, |path| {
        let mut out = BufWriter::new(File::create(path)?);
        out.write_all(text.as_bytes())?;
        out.flush()
    })
}

/// Writes a file beside the one that is meant, which it becomes once it is whole.
fn at_once<E: From<std::io::Error>>(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    if path.exists() && !path.is_file() {
        // A pipe or a terminal.
        return write(path);
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let written = write(part).and_then(|()| Ok(std::fs::rename(part, path)?));
    if written.is_err() {
        // What is left of it is of no use to anybody.
        let _ = std::fs::remove_file(part);
    }
    written
}

/// Measures the people against the truth, and tells what the best threshold would give.
pub(crate) fn measure(report: &mut Value, linked: &Linked, threshold: Millibits, truth: &Truth) {
    let own = pairwise(&linked.people, truth);
    let curve = Curve::of_components(&linked.links, truth);
    let better = curve.best().filter(|best| best.pairs.f1() > own.f1());
    let best = better.map_or((threshold, own), |best| (best.threshold, best.pairs));
    let mut best_measured = measures(&best.1);
    best_measured["threshold"] = json!(best.0);
    report["pairwise"] = json!({ "default": measures(&own), "best": best_measured });
    let records = b_cubed(&linked.people, truth);
    report["b3"] = json!({ "p": records.precision, "r": records.recall, "f1": records.f1() });
}

fn measures(pairs: &Pairs) -> Value {
    json!({ "p": pairs.precision(), "r": pairs.recall(), "f1": pairs.f1() })
}

/// The most memory that the process held, in MiB; null where nobody tells.
pub(crate) fn peak_rss_mib() -> Value {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kib.map_or(Value::Null, |kib| json!((kib / 1_024.0 * 10.0).round() / 10.0))
}
