//! Opens CSV files and lays their columns side by side.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use csv::ByteRecord;
use omnichannel::identity::linkage::Meaning;

use crate::config::Config;
use crate::options::Options;
use crate::quoted::Quoted;
use crate::sniff::{separator, wrong_text};

/// How much of a file tells what separates its values.
const BEGINNING_BYTES: usize = 64 << 10;

/// A file before its records are read.
pub(crate) struct Opened {
    pub(crate) name: String,
    /// Which file it is, from 0.
    pub(crate) source: u16,
    pub(crate) reader: csv::Reader<Quoted<BufReader<Box<dyn Read>>>>,
    pub(crate) header: Vec<String>,
    pub(crate) bytes: u64,
    /// Where its ids and its truth stand.
    pub(crate) id: usize,
    pub(crate) truth: Option<usize>,
    /// Of each column of the table, where it stands in this file.
    pub(crate) cells: Vec<Option<usize>>,
}

/// Lays out the columns that are compared: those of all files, by name, else by a known meaning.
pub(crate) fn columns(
    files: &mut [Opened],
    config: &Config,
) -> Result<Vec<(String, Meaning)>, String> {
    for name in config.columns.keys() {
        if !files.iter().any(|file| file.header.contains(name)) {
            return Err(format!("the configuration names a column `{name}`, but there is none"));
        }
    }
    let mut columns: Vec<(String, Meaning)> = Vec::new();
    for file in files.iter_mut() {
        for (at, name) in file.header.iter().enumerate() {
            let Some(meaning) = config.meaning(name) else { continue };
            if at == file.id || Some(at) == file.truth {
                continue;
            }
            file.cells.resize(columns.len(), None);
            let free = |column: &usize| file.cells[*column].is_none();
            let called = |column: &usize| columns[*column].0 == *name;
            // `given_name` of one file is the `first_name` of the other.
            let means = |column: &usize| {
                let (known, of) = &columns[*column];
                *of == meaning && meaning != Meaning::Other && !file.header.contains(known)
            };
            let all = || (0..columns.len()).filter(free);
            let column = all().find(called).or_else(|| all().find(means)).unwrap_or(columns.len());
            if column == columns.len() {
                columns.push((unlike(&columns, name), meaning));
                file.cells.push(Some(at));
            } else {
                file.cells[column] = Some(at);
            }
        }
    }
    files.iter_mut().for_each(|file| file.cells.resize(columns.len(), None));
    if columns.is_empty() {
        return Err("there is no column to compare besides the ids and the truth".to_owned());
    }
    Ok(columns)
}

/// A column's name; with a number where another has it already.
fn unlike(columns: &[(String, Meaning)], name: &str) -> String {
    let is_new = |name: &String| columns.iter().all(|(known, _)| known != name);
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_new).unwrap_or_default()
}

/// The files' names without their folders and endings; where these are equal, with a number.
pub(crate) fn sources(files: &[Opened]) -> Vec<String> {
    let stem = |file: &Opened| {
        let stem = Path::new(&file.name).file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    };
    let mut stems: Vec<String> = files.iter().map(stem).collect();
    if let [one, other] = stems.as_mut_slice()
        && one == other
    {
        other.push_str("-2");
    }
    stems
}

impl Opened {
    pub(crate) fn at(path: &Path, options: &Options) -> Result<Self, String> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
        let bytes = file.metadata().map(|metadata| metadata.len()).unwrap_or(0);
        let mut file = BufReader::with_capacity(1 << 20, Box::new(file) as Box<dyn Read>);
        let beginning = file.fill_buf().map_err(|error| format!("{name}: {error}"))?;
        let beginning = &beginning[..beginning.len().min(BEGINNING_BYTES)];
        if let Some(wrong) = wrong_text(beginning) {
            return Err(format!("{name} {wrong}"));
        }
        let mut reader = csv::ReaderBuilder::new();
        let separator = separator(beginning);
        reader.flexible(true).has_headers(false).delimiter(separator);
        let mut reader = reader.from_reader(Quoted::new(file, separator));
        let mut row = ByteRecord::new();
        reader.read_byte_record(&mut row).map_err(|error| format!("{name}: {error}"))?;
        let (header, cells) = (Vec::new(), Vec::new());
        let (source, id, truth) = (0, 0, None);
        let mut opened = Self { name, source, reader, header, bytes, id, truth, cells };
        for (at, value) in row.iter().enumerate() {
            let value = std::str::from_utf8(value).map_err(|_| {
                let at = at + 1;
                format!("{}, row 1, column {at}: not UTF-8: save the file as UTF-8", opened.name)
            })?;
            opened.header.push(value.trim().to_owned());
        }
        opened.id = opened.column("id", &options.id)?;
        let truth = options.truth.as_deref().map(|name| opened.column("truth", name));
        opened.truth = truth.transpose()?;
        Ok(opened)
    }

    /// The place of a column by its name.
    fn column(&self, option: &str, name: &str) -> Result<usize, String> {
        let mut found = (0..self.header.len()).filter(|at| self.header[*at] == name);
        match (found.next(), found.next()) {
            (Some(at), None) => Ok(at),
            (Some(one), Some(other)) => Err(format!(
                "{}: --{option}: the columns {} and {} are both called `{name}`",
                self.name,
                one + 1,
                other + 1
            )),
            (None, _) => Err(format!(
                "{}: --{option}: there is no column `{name}`; the columns are {}",
                self.name,
                self.header.join(", ")
            )),
        }
    }
}
