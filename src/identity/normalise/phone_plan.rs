//! E.164: what the numbering plans of the world make of a number (feature `phone`).
//!
//! The plans are those of libphonenumber, compiled into the crate that reads them. They are read
//! into memory at the first call and never change: the same text gives the same number.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::note::{Note, Notes};
use crate::model::Country;

/// The number in E.164, an extension behind it as RFC 3966 writes it; `None` where it is none.
pub(super) fn read(region: Country, written: &str, notes: &mut Notes) -> Option<String> {
    let region: Region = region.code().parse().ok()?;
    let spoken = translated(written);
    let written = spoken.as_deref().unwrap_or(written);
    let number = PHONE_NUMBER_UTIL.parse(written, Some(region)).ok()?;
    // Too short to be dialled from elsewhere is no number of the world.
    let length = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number);
    if !matches!(length, Ok(NumberLengthType::IsPossible)) {
        return None;
    }
    let mut value = number.format_as(PhoneNumberFormat::E164).into_owned();
    let national = value.get(1 + digits_of(number.country_code)..).unwrap_or_default();
    let before = digits_before(written, national);
    notes.add_if(before.ends_with('0') && before != "00", Note::TrunkZeroRemoved);
    notes.add_if(!written.starts_with(['+', '\u{ff0b}']), Note::RegionAssumed);
    notes.add_if(!number.is_valid(), Note::NotInPlan);
    if let Some(extension) = number.extension.as_deref().filter(|digits| !digits.is_empty()) {
        value.push_str(";ext=");
        value.push_str(extension);
        notes.add(Note::ExtensionKept);
    }
    notes.add_if(value != written, Note::PunctuationFolded);
    Some(value)
}

/// The French word for an extension in the form that libphonenumber reads.
fn translated(written: &str) -> Option<String> {
    const WORD: &str = "poste";
    let at = written.as_bytes().windows(WORD.len());
    let at = at.into_iter().position(|word| word.eq_ignore_ascii_case(WORD.as_bytes()))?;
    let (before, after) = (written.get(..at)?, written.get(at + WORD.len()..)?);
    Some(format!("{before} ext {after}"))
}

fn digits_of(country_code: i32) -> usize {
    country_code.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// The digits that stand before those of the national number; empty where it is written otherwise.
fn digits_before(written: &str, national: &str) -> String {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    digits.find(national).map_or_else(String::new, |at| digits[..at].to_owned())
}
