//! Records to be linked, column by column.

use std::borrow::Cow;
use std::fmt;

use super::block::{pairs, place_of};
use super::clean::clean;
use super::meaning::Meaning;
use super::parts::{answers_over, each_chunk};
use super::texts::{MISSING, Texts};
use crate::model::Identifier;

/// A column: its name, what it means, and a cell for each record.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    pub(super) meaning: Meaning,
    pub(super) texts: Texts,
    pub(super) cells: Vec<u32>,
    too_long: u64,
}

impl Column {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it means.
    pub fn meaning(&self) -> Meaning {
        self.meaning
    }

    /// How many of its values were longer than [`Identifier::BYTES_MAX`]; they count as missing.
    pub fn too_long(&self) -> u64 {
        self.too_long
    }
}

/// Why a record does not fit its table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// It has more or fewer values than there are columns.
    #[error("record {record} has {found} values, but there are {expected} columns")]
    Width {
        /// Its place, from 1.
        record: usize,
        /// How many values it has.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// There are as many records as a table can number.
    #[error("a table holds at most {} records: link parts of them", u32::MAX - 1)]
    Full,
}

/// Records to be linked, by their places from 0.
///
/// Holds four bytes for each cell and each distinct value once.
#[derive(Debug, Clone)]
pub struct Table {
    pub(super) columns: Vec<Column>,
    records: usize,
    /// Of each record, where it comes from; empty where all come from one source.
    sources: Vec<u16>,
    /// Values of the last records, which no column has yet.
    pending: Pending,
}

/// Values in the order in which they came, row by row.
///
/// A column takes some thousand at once: what it has seen before is near then, and columns may take
/// theirs at the same time.
#[derive(Clone, Default)]
struct Pending {
    text: String,
    ends: Vec<u32>,
}

/// So many bytes wait at most, and a record.
const PENDING_BYTES: usize = 1 << 19;

impl Table {
    /// A table of columns with their meanings.
    pub fn new<'n>(columns: impl IntoIterator<Item = (&'n str, Meaning)>) -> Self {
        let columns = columns.into_iter().map(|(name, meaning)| Column {
            name: name.to_owned(),
            meaning,
            texts: Texts::default(),
            cells: Vec::new(),
            too_long: 0,
        });
        let (sources, pending) = (Vec::new(), Pending::default());
        Self { columns: columns.collect(), records: 0, sources, pending }
    }

    /// Adds a record: a value for each column, empty where it is missing. One that is too long is
    /// missing, too, and counted ([`Column::too_long`]).
    ///
    /// # Errors
    ///
    /// [`TableError`]; the table is as it was.
    pub fn push<'v>(
        &mut self,
        values: impl ExactSizeIterator<Item = &'v str>,
    ) -> Result<(), TableError> {
        let (record, expected) = (self.records + 1, self.columns.len());
        if values.len() != expected {
            return Err(TableError::Width { record, found: values.len(), expected });
        }
        if record >= u32::MAX as usize {
            return Err(TableError::Full);
        }
        for (value, column) in values.zip(&mut self.columns) {
            let value = value.trim();
            // What is longer than an identifier can be is missing, whatever it says.
            let is_too_long = value.len() > Identifier::BYTES_MAX;
            column.too_long += u64::from(is_too_long);
            self.pending.push(if is_too_long { "" } else { value });
        }
        self.records += 1;
        if self.pending.text.len() >= PENDING_BYTES {
            self.number();
        }
        Ok(())
    }

    /// Gives each column the values that wait for it.
    pub(super) fn number(&mut self) {
        let (pending, width) = (std::mem::take(&mut self.pending), self.columns.len());
        // Of a few records all columns are one chunk, which needs no other thread.
        let chunk = if pending.text.len() < PENDING_BYTES / 16 { width } else { 1 };
        each_chunk(&mut self.columns, chunk, |at, columns| {
            for (column, at) in columns.iter_mut().zip(at * chunk..) {
                let values = (at..pending.ends.len()).step_by(width);
                let numbers = values.map(|value| column.texts.number(pending.get(value)));
                column.cells.extend(numbers);
            }
        });
        self.pending = pending.emptied();
    }

    /// Adds a record of a source; records of one source are never a pair.
    ///
    /// [`Table::push`] adds to source 0. Where each source holds a person once, as two systems of
    /// their own do, this leaves out the pairs that cannot be.
    ///
    /// # Errors
    ///
    /// [`TableError`]; the table is as it was.
    pub fn push_from<'v>(
        &mut self,
        source: u16,
        values: impl ExactSizeIterator<Item = &'v str>,
    ) -> Result<(), TableError> {
        let before = self.records;
        self.push(values)?;
        if source != 0 || !self.sources.is_empty() {
            self.sources.resize(before, 0);
            self.sources.push(source);
        }
        Ok(())
    }

    /// Where a record comes from.
    pub fn source(&self, place: u32) -> u16 {
        self.source_at(place as usize)
    }

    /// Where each record comes from; empty where all come from one source.
    pub(super) fn sources(&self) -> Vec<u16> {
        let mut sources = self.sources.clone();
        if !sources.is_empty() {
            sources.resize(self.records, 0);
        }
        sources
    }

    /// How many pairs there are of records of different sources; of one source, all pairs.
    pub(super) fn pairs(&self) -> u64 {
        if self.sources.is_empty() {
            return pairs(self.records);
        }
        let mut sizes = vec![0; usize::from(u16::MAX) + 1];
        (0..self.records).for_each(|place| sizes[usize::from(self.source_at(place))] += 1);
        pairs(self.records) - sizes.into_iter().map(pairs).sum::<u64>()
    }

    /// Whether two records may be a pair.
    pub(super) fn is_pair(&self, a: u32, b: u32) -> bool {
        self.sources.is_empty() || self.source(a) != self.source(b)
    }

    fn source_at(&self, place: usize) -> u16 {
        self.sources.get(place).copied().unwrap_or(0)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The same with values in the forms in which they are compared. What is empty in that form, or
    /// longer than an identifier can be, is missing. Each distinct value is cleaned once.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        self.number();
        let cleaned = answers_over(self.records, &self.columns, Column::cleaned);
        let columns = self.columns.into_iter().zip(cleaned).map(|(mut column, cleaned)| {
            column.texts.settle();
            cleaned.unwrap_or(column)
        });
        Self { columns: columns.collect(), ..self }
    }

    /// The numbers of all values, record by record: what two records say lies in one place.
    pub(super) fn rows(&self) -> Vec<u32> {
        let width = self.columns.len();
        let mut rows = vec![MISSING; self.records * width];
        each_chunk(&mut rows, CHUNK * width, |chunk, rows| {
            for (row, record) in rows.chunks_exact_mut(width).zip(chunk * CHUNK..) {
                row.iter_mut().zip(&self.columns).for_each(|(to, from)| *to = from.cells[record]);
            }
        });
        rows
    }
}

impl Pending {
    fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(place_of(self.text.len()));
    }

    fn get(&self, at: usize) -> &str {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[from as usize..self.ends[at] as usize]
    }

    fn emptied(mut self) -> Self {
        self.text.clear();
        self.ends.clear();
        self
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} values", self.ends.len())
    }
}

/// So many records are laid out at a time.
const CHUNK: usize = 1 << 12;

impl Column {
    /// The column with clean values; `None` where they are.
    fn cleaned(&self) -> Option<Self> {
        let is_clean = |text: &str| match clean(self.meaning, text) {
            Cow::Borrowed(own) => own.len() == text.len(),
            Cow::Owned(own) => own == text,
        };
        if self.texts.iter().all(is_clean) {
            return None;
        }
        let mut texts = Texts::default();
        let numbers: Vec<u32> =
            self.texts.iter().map(|text| texts.number(&clean(self.meaning, text))).collect();
        texts.settle();
        let cells = self.cells.iter().map(|cell| numbers[*cell as usize]).collect();
        let (name, meaning, too_long) = (self.name.clone(), self.meaning, self.too_long);
        Some(Self { name, meaning, texts, cells, too_long })
    }
}
