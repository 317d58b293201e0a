//! Lines by which facts travel from one store to another.
//!
//! An export is JSON lines: a [`Header`], facts in any order and perhaps twice, an [`End`]. What is
//! derived (components, pointers, choices in force) does not travel; the other store derives it.
//!
//! # Law
//!
//! 1. A line carries a check of its own content: one that was cut or altered is found.
//! 2. What is wrong with a line is told without a word of it.
//! 3. A line of a kind that this build does not know is no bad line but a newer one: skipping it
//!    could lose an erasure.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::configuration::{Configuration, Profile};
use super::decision::Decision;
use super::digest::Digest;
use super::evidence::Verdict;
use super::fact::FactHistory;
use super::id::TenantId;
use super::ledger::LedgerEntry;
use super::outbox::OutboxEntry;
use super::remains::Remains;
use super::touchpoint::{Arrival, Touchpoint};

/// One line of an export.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// What the lines are, and under what they were made. The first line.
    Header(Header),
    /// A version of the configuration: what decisions rested on.
    Configuration(Box<Configuration>),
    /// One copy of a touchpoint.
    Touchpoint(Box<ToldTouchpoint>),
    /// A human verdict.
    Verdict(Box<Verdict>),
    /// A decision, and how far it got.
    Decision(Box<MadeDecision>),
    /// What remains of the erased, and the name of its row.
    Remains(Box<(Uuid, Remains)>),
    /// What is known of a fact.
    Fact(Box<FactHistory>),
    /// The last line: nothing was cut off.
    End(End),
}

/// What an export is, and under what it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub format: u32,
    /// Whose facts.
    pub tenant: TenantId,
    /// What the store's derived rows rested on; holds a check value of the id key, never the key.
    pub profile: Profile,
}

impl Header {
    /// The newest format of this build.
    pub const FORMAT: u32 = 1;
}

/// One copy of a touchpoint, and how it reached us first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldTouchpoint {
    /// The copy.
    pub touchpoint: Touchpoint,
    /// How it reached us first.
    pub arrival: Arrival,
}

/// A decision with its entries in the outbox and in the ledger of its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeDecision {
    /// The decision.
    pub decision: Decision,
    /// How far the message got; `None` where none was to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbox: Option<OutboxEntry>,
    /// How far the reservation got; `None` where there is none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<LedgerEntry>,
}

impl MadeDecision {
    /// Which of two tellings of one decision stands, the larger: the decision that was made first,
    /// then the telling that got further. Total, so that the order of tellings changes nothing.
    pub fn standing(&self) -> impl Ord + use<> {
        let decision = (self.decision.at, Digest::of(&self.decision));
        let outbox = self.outbox.as_ref();
        let progress = outbox.map(|entry| {
            let closed = (!entry.is_open(), !entry.is_dead());
            (entry.fence, entry.attempts, closed, entry.due)
        });
        (std::cmp::Reverse(decision), progress, Digest::of(&(outbox, &self.reservation)))
    }
}

/// The last line of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// How many lines of facts stand before it.
    pub lines: u64,
    /// Whether no component was still changing when the export ended; if not, export again: what
    /// is known already costs nothing twice.
    pub settled: bool,
}

/// Why a text is no line of an export. Holds where, never what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Not JSON, or not the shape of a line: cut off, or never one.
    #[error("not a line of an export (column {column})")]
    Unreadable {
        /// Column of the first surprise, from 1.
        column: usize,
    },
    /// It is not what was written: the check differs.
    #[error("altered since it was written: its check differs")]
    Altered,
    /// As it was written, but of a kind that this build does not know.
    #[error("of a kind that this build does not know: use a newer build")]
    Newer,
    /// As it was written, but its content does not read as its kind says.
    #[error("its content does not read as its kind (column {column})")]
    Unfit {
        /// Column of the first surprise within the content, from 1.
        column: usize,
    },
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    check: Cow<'a, str>,
    #[serde(borrow)]
    fact: &'a RawValue,
}

impl Line {
    /// The line as it is written, without a line break.
    pub fn encode(&self) -> String {
        let (kind, fact) = match self {
            Self::Header(header) => ("header", serde_json::to_string(header)),
            Self::Configuration(known) => ("configuration", serde_json::to_string(known)),
            Self::Touchpoint(told) => ("touchpoint", serde_json::to_string(told)),
            Self::Verdict(verdict) => ("verdict", serde_json::to_string(verdict)),
            Self::Decision(made) => ("decision", serde_json::to_string(made)),
            Self::Remains(what) => ("remains", serde_json::to_string(what)),
            Self::Fact(told) => ("fact", serde_json::to_string(told)),
            Self::End(end) => ("end", serde_json::to_string(end)),
        };
        // No type of the model fails to be JSON.
        let fact = fact.unwrap_or_default();
        let check = check(kind, &fact);
        format!(r#"{{"kind":"{kind}","check":"{check}","fact":{fact}}}"#)
    }

    /// Reads what [`Line::encode`] wrote.
    ///
    /// # Errors
    ///
    /// [`BadLine`]; none shows the content.
    pub fn decode(line: &[u8]) -> Result<Self, BadLine> {
        let written: Written<'_> = serde_json::from_slice(line)
            .map_err(|error| BadLine::Unreadable { column: error.column() })?;
        let fact = written.fact.get();
        if written.check != check(&written.kind, fact) {
            return Err(BadLine::Altered);
        }
        let read = match &*written.kind {
            "header" => serde_json::from_str(fact).map(Self::Header),
            "configuration" => serde_json::from_str(fact).map(Self::Configuration),
            "touchpoint" => serde_json::from_str(fact).map(Self::Touchpoint),
            "verdict" => serde_json::from_str(fact).map(Self::Verdict),
            "decision" => serde_json::from_str(fact).map(Self::Decision),
            "remains" => serde_json::from_str(fact).map(Self::Remains),
            "fact" => serde_json::from_str(fact).map(Self::Fact),
            "end" => serde_json::from_str(fact).map(Self::End),
            _ => return Err(BadLine::Newer),
        };
        read.map_err(|error| BadLine::Unfit { column: error.column() })
    }
}

/// The first 64 bits of a digest, as 16 hexadecimal digits: finds accidents, not forgers.
fn check(kind: &str, fact: &str) -> String {
    let mut digest = Digest::of_bytes(format!("{kind} {fact}").as_bytes()).to_string();
    digest.truncate(16);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end() -> String {
        Line::End(End { lines: 7, settled: true }).encode()
    }

    #[test]
    fn a_line_comes_back_equal() {
        let line = Line::End(End { lines: 7, settled: true });
        assert_eq!(Line::decode(end().as_bytes()), Ok(line));
    }

    #[test]
    fn a_line_that_was_cut_or_altered_anywhere_is_found() {
        let line = end();
        for at in 0..line.len() {
            let cut = Line::decode(&line.as_bytes()[..at]);
            assert!(matches!(cut, Err(BadLine::Unreadable { .. })), "cut at {at}: {cut:?}");
            let mut altered = line.clone().into_bytes();
            altered[at] ^= 1;
            let altered = Line::decode(&altered);
            assert!(altered.is_err(), "altered at {at}: {altered:?}");
            assert_ne!(altered, Err(BadLine::Newer), "altered at {at}");
        }
    }

    #[test]
    fn a_newer_kind_is_told_from_a_broken_one() {
        let fact = r#"{"secret":"Zoé"}"#;
        let newer = format!(r#"{{"kind":"omen","check":"{}","fact":{fact}}}"#, check("omen", fact));
        assert_eq!(Line::decode(newer.as_bytes()), Err(BadLine::Newer));
        let unfit = format!(r#"{{"kind":"end","check":"{}","fact":{fact}}}"#, check("end", fact));
        let unfit = Line::decode(unfit.as_bytes()).unwrap_err();
        assert!(matches!(unfit, BadLine::Unfit { .. }));
        assert!(!unfit.to_string().contains("secret"), "{unfit}");
    }
}
