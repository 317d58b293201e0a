//! Notes: what normalising did to a value, and what it could not tell.
//!
//! # Why
//!
//! A set of bits, so that noting costs nothing on the way in, where each identifier of each
//! touchpoint is normalised; the words are looked up by whoever explains.

use std::fmt;

use crate::model::Pii;

/// One thing that was done to a value, or that could not be told from it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// Space at an end went, or space within became one.
    Trimmed,
    /// Characters that nobody sees went.
    InvisibleRemoved,
    /// Letters are of one case.
    CaseFolded,
    /// Characters that can be written in several ways are written in one.
    UnicodeComposed,
    /// What says only of what kind the value is went: `mailto:`, `tel:`, `@`, `F-`.
    PrefixRemoved,
    /// Marks between the characters that count went, or were put in their places.
    PunctuationFolded,
    /// The domain is written in ASCII, as it is on the wire.
    DomainEncoded,
    /// A zero that is dialled only within the country went.
    TrunkZeroRemoved,
    /// The number was read as dialled in the configured region.
    RegionAssumed,
    /// An extension behind the number is a part of the value.
    ExtensionKept,
    /// The plan of its country has no such number, though its length is right.
    NotInPlan,
    /// Accents went.
    AccentsRemoved,
    /// Dots in the mailbox do not count.
    DotsIgnored,
    /// The tag behind the mailbox does not count.
    TagIgnored,
    /// Day and month could be the other way round.
    AmbiguousDayMonth,
    /// Day and month are the other way round than was expected.
    DayMonthSwapped,
    /// The year was written with two digits; its century was assumed.
    CenturyAssumed,
    /// There is no such day.
    ImpossibleDate,
    /// A date that programs write when they have none, such as 1900-01-01.
    PlaceholderDate,
    /// After the latest day that was expected.
    InFuture,
    /// A zero that spreadsheets drop was put back in front.
    LeadingZeroRestored,
    /// Not of the shape that such a value has; kept as it was written.
    Unreadable,
    /// Too long to be folded; kept as it was written.
    TooLong,
}

impl Note {
    /// Every note.
    pub const ALL: [Self; 23] = [
        Self::Trimmed,
        Self::InvisibleRemoved,
        Self::CaseFolded,
        Self::UnicodeComposed,
        Self::PrefixRemoved,
        Self::PunctuationFolded,
        Self::DomainEncoded,
        Self::TrunkZeroRemoved,
        Self::RegionAssumed,
        Self::ExtensionKept,
        Self::NotInPlan,
        Self::AccentsRemoved,
        Self::DotsIgnored,
        Self::TagIgnored,
        Self::AmbiguousDayMonth,
        Self::DayMonthSwapped,
        Self::CenturyAssumed,
        Self::ImpossibleDate,
        Self::PlaceholderDate,
        Self::InFuture,
        Self::LeadingZeroRestored,
        Self::Unreadable,
        Self::TooLong,
    ];

    /// The note in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Trimmed => "space was removed",
            Self::InvisibleRemoved => "invisible characters were removed",
            Self::CaseFolded => "letters were brought to one case",
            Self::UnicodeComposed => "characters were brought to one form",
            Self::PrefixRemoved => "a prefix was removed",
            Self::PunctuationFolded => "marks between the characters were removed or put in place",
            Self::DomainEncoded => "the domain was written in ASCII",
            Self::TrunkZeroRemoved => "a zero for calls within the country was removed",
            Self::RegionAssumed => "the configured region was assumed",
            Self::ExtensionKept => "the extension was kept",
            Self::NotInPlan => "its country has no such number",
            Self::AccentsRemoved => "accents were removed",
            Self::DotsIgnored => "dots of the mailbox were ignored",
            Self::TagIgnored => "the tag of the mailbox was ignored",
            Self::AmbiguousDayMonth => "day and month could be the other way round",
            Self::DayMonthSwapped => "day and month are the other way round than expected",
            Self::CenturyAssumed => "the century was assumed",
            Self::ImpossibleDate => "there is no such day",
            Self::PlaceholderDate => "a date that stands for none",
            Self::InFuture => "later than can be",
            Self::LeadingZeroRestored => "a zero was put back in front",
            Self::Unreadable => "not of the expected shape",
            Self::TooLong => "too long",
        }
    }
}

/// A set of notes.
///
/// ```
/// use omnichannel::identity::{Note, comparable_name};
/// let noted = comparable_name("Zoë");
/// assert!(noted.notes.has(Note::AccentsRemoved));
/// assert_eq!(format!("{:?}", noted.notes), "{CaseFolded, AccentsRemoved}");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Notes(u32);

impl Notes {
    /// None.
    pub const NONE: Self = Self(0);

    /// Whether a note is among them.
    pub const fn has(self, note: Note) -> bool {
        self.0 & 1 << note as u32 != 0
    }

    /// Whether nothing was noted: the value is as it was written.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The notes, in the order of [`Note::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Note> {
        Note::ALL.into_iter().filter(move |note| self.has(*note))
    }

    pub(super) const fn add(&mut self, note: Note) {
        self.0 |= 1 << note as u32;
    }

    pub(super) const fn add_if(&mut self, is_so: bool, note: Note) {
        self.0 |= (is_so as u32) << note as u32;
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A value, and what was noted in making it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted<T> {
    /// The value. Personal data.
    pub value: Pii<T>,
    /// What was done to it.
    pub notes: Notes,
}

impl<T> Noted<T> {
    pub(super) fn new(value: T, notes: Notes) -> Self {
        Self { value: Pii::new(value), notes }
    }
}
