//! Reads the records of CSV files, and says where one cannot be read.

use csv::ByteRecord;
use indicatif::ProgressBar;
use omnichannel::identity::linkage::Table;
use regex::Regex;

use crate::config::Config;
use crate::header::{Opened, columns, sources};
use crate::ids::Ids;
use crate::options::Options;

/// The records of all files, their ids, and whose each is, where that is known.
pub(crate) struct Records {
    pub(crate) table: Table,
    pub(crate) ids: Ids,
    /// A label for each record; none where no truth is known.
    pub(crate) truth: Ids,
    /// The names of the files, and of each record which one it is from.
    pub(crate) sources: Vec<String>,
    pub(crate) source_of: Vec<u16>,
}

pub(crate) fn read(
    options: &Options,
    config: &Config,
    bar: &ProgressBar,
) -> Result<Records, String> {
    let mut files: Vec<Opened> =
        options.files.iter().map(|path| Opened::at(path, options)).collect::<Result<_, _>>()?;
    let pattern = options.truth_pattern.as_deref().map(Regex::new).transpose();
    let pattern = pattern.map_err(|error| format!("--truth-pattern: {error}"))?;
    if pattern.as_ref().is_some_and(|pattern| pattern.captures_len() < 2) {
        return Err("--truth-pattern needs a group: rec-(\\d+)-".to_owned());
    }
    bar.set_length(files.iter().map(|file| file.bytes).sum());
    let columns = columns(&mut files, config)?;
    let named = columns.iter().map(|(name, meaning)| (name.as_str(), *meaning));
    let mut records = Records {
        table: Table::new(named),
        ids: Ids::default(),
        truth: Ids::default(),
        sources: sources(&files),
        source_of: Vec::new(),
    };
    for (source, file) in (0..).zip(&mut files) {
        file.source = source;
        file.rows(pattern.as_ref(), &mut records, bar)?;
        records.source_of.resize(records.ids.len(), source);
    }
    Ok(records)
}

impl Opened {
    fn rows(
        &mut self,
        pattern: Option<&Regex>,
        records: &mut Records,
        bar: &ProgressBar,
    ) -> Result<(), String> {
        let (from, began) = (records.ids.len(), bar.position());
        let (mut row, mut lines) = (ByteRecord::new(), Vec::new());
        loop {
            let at = self.reader.position().clone();
            let more = self.reader.read_byte_record(&mut row);
            if !more.map_err(|error| format!("{}: {error}", self.name))? {
                break;
            }
            let number = records.ids.len() - from + 2;
            // Blank lines are no rows; the last row may end without one.
            let within = row.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
            let line = self.reader.position().line().saturating_sub(1 + within).max(number as u64);
            self.take(&row, (number, line), pattern, records)?;
            lines.push(u32::try_from(line).unwrap_or(u32::MAX));
            if number.is_multiple_of(16_384) {
                bar.set_position(began + at.byte());
            }
        }
        if records.ids.len() == from {
            return Err(format!("{} has a header, but no records", self.name));
        }
        if let Some((one, other)) = records.ids.twice(from) {
            let row = |at: usize| place_of(at - from + 2, lines[at - from].into());
            return Err(format!(
                "{}, {} and {}, column `{}`: the same id twice",
                self.name,
                row(one),
                row(other),
                self.header[self.id]
            ));
        }
        bar.set_position(began + self.bytes);
        Ok(())
    }

    fn take(
        &self,
        row: &ByteRecord,
        (number, line): (usize, u64),
        pattern: Option<&Regex>,
        records: &mut Records,
    ) -> Result<(), String> {
        let at = || format!("{}, {}", self.name, place_of(number, line));
        if row.len() != self.header.len() {
            let (found, expected) = (row.len(), self.header.len());
            let ragged = format!("has {found} values, but the header has {expected} columns");
            return Err(format!("{} {ragged}", at()));
        }
        let value = |column: usize| {
            std::str::from_utf8(&row[column]).map(str::trim).map_err(|wrong| {
                let byte = row[column][wrong.valid_up_to()];
                let name = &self.header[column];
                format!(
                    "{}, column `{name}`: not UTF-8 (byte {byte:#04x}): save the file as UTF-8",
                    at()
                )
            })
        };
        let id = value(self.id)?;
        if id.is_empty() {
            return Err(format!("{}, column `{}`: the id is empty", at(), self.header[self.id]));
        }
        if let Some(truth) = self.truth {
            records.truth.push(value(truth)?);
        } else if let Some(pattern) = pattern {
            let found = pattern.captures(id).and_then(|found| found.get(1)).ok_or_else(|| {
                let column = &self.header[self.id];
                format!("{}, column `{column}`: the truth pattern finds nothing in the id", at())
            })?;
            records.truth.push(found.as_str());
        }
        records.ids.push(id);
        let mut cells = [""; COLUMNS_MAX];
        let cells = cells.get_mut(..self.cells.len());
        let cells =
            cells.ok_or_else(|| format!("{}: more than {COLUMNS_MAX} columns", self.name))?;
        for (cell, place) in cells.iter_mut().zip(&self.cells) {
            *cell = place.map(value).transpose()?.unwrap_or("");
        }
        let cells = cells.iter().copied();
        let pushed = records.table.push_from(self.source, cells);
        pushed.map_err(|error| format!("{}: {error}", at()))
    }
}

/// Most columns that are compared.
const COLUMNS_MAX: usize = 256;

/// A row as a spreadsheet counts, the header being row 1, and the line where that is another.
fn place_of(row: usize, line: u64) -> String {
    if row as u64 == line { format!("row {row}") } else { format!("row {row} (line {line})") }
}
