//! Refuses quotation marks that would swallow rows.
//!
//! A reader of CSV takes what follows an open quotation mark for one value, to the end of the file
//! if need be. Here every mark that opens a value must close it, right before a separator or the
//! end of its row.

use std::io::{self, Read};

/// Bytes on their way to the reader of CSV.
pub(crate) struct Quoted<R> {
    inner: R,
    separator: u8,
    state: State,
    /// The line that the next byte is on, from 1.
    line: u64,
    /// The line on which the value began that is quoted now.
    opened: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Before the first byte of a value.
    Before,
    Plain,
    Quoted,
    /// After a mark within quotation: it closes the value, or is the first of two.
    Marked,
}

impl<R: Read> Quoted<R> {
    pub(crate) fn new(inner: R, separator: u8) -> Self {
        Self { inner, separator, state: State::Before, line: 1, opened: 1 }
    }

    fn look(&mut self, bytes: &[u8]) -> io::Result<()> {
        for byte in bytes {
            let ends = *byte == self.separator || *byte == b'\n' || *byte == b'\r';
            self.state = match (self.state, *byte) {
                (State::Before, b'"') => {
                    self.opened = self.line;
                    State::Quoted
                }
                (State::Quoted, b'"') => State::Marked,
                (State::Quoted, _) | (State::Marked, b'"') => State::Quoted,
                (State::Marked, _) if !ends => {
                    return Err(io::Error::other(format!(
                        "line {}: a value in quotation marks goes on after the closing one; it \
                         began on line {}: write marks within a value twice",
                        self.line, self.opened
                    )));
                }
                _ if ends => State::Before,
                _ => State::Plain,
            };
            self.line += u64::from(*byte == b'\n');
        }
        Ok(())
    }
}

impl<R: Read> Read for Quoted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        if count == 0 && !into.is_empty() && self.state == State::Quoted {
            return Err(io::Error::other(format!(
                "line {}: a quotation mark is opened and never closed",
                self.opened
            )));
        }
        self.look(&into[..count])?;
        Ok(count)
    }
}
