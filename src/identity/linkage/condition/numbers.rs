//! Numbers, read exactly and compared as integers.
//!
//! # Law
//!
//! 1. No float: a number is a count of millionths of a millionth, the same on every machine.
//!
//! # Why
//!
//! `1,234` is one and a bit in Paris and more than a thousand in London. One sign alone is taken
//! for the decimal sign; where a sign comes twice, or both come, groups of three tell which is
//! which. What leaves doubt is no number: a wrong one costs more than none.

/// What one is, in the unit in which numbers are read.
pub(super) const ONE: i128 = 1_000_000_000_000;

/// Most digits in front of the decimal sign, and behind it.
const WHOLE_MAX: usize = 15;
const PART_MAX: usize = 12;

/// Signs between groups of three digits.
const GAPS: [char; 6] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '\u{2019}'];

/// Reads a number in millionths of millionths; `None` where it is none, or not an exact one.
pub(in crate::identity::linkage) fn read(text: &str) -> Option<i128> {
    let text = text.trim();
    let bare = text.strip_prefix(['-', '\u{2212}']);
    let (sign, bare) = match bare {
        Some(bare) => (-1, bare),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = split(bare)?;
    let whole = digits_of_groups(whole)?;
    let part = part.trim_end_matches('0');
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_bounded = whole.len() <= WHOLE_MAX && part.len() <= PART_MAX;
    if !is_bounded || !are_digits(part) {
        return None;
    }
    let zero = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    let behind = zero(&format!("{part:0<PART_MAX$}"))?;
    Some(sign * (zero(&whole)? * ONE + behind))
}

/// What stands in front of the decimal sign and behind it; `None` where there is no digit.
fn split(bare: &str) -> Option<(&str, &str)> {
    if !bare.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = |sign: char| bare.matches(sign).count();
    let decimal = match (count('.'), count(',')) {
        (0, 0) => None,
        (1, 0) => bare.find('.'),
        (0, 1) => bare.find(','),
        (1, 1) => bare.rfind(['.', ',']),
        (1, _) => bare.find('.').filter(|at| !bare[*at..].contains(',')).map(Some)?,
        (_, 1) => bare.find(',').filter(|at| !bare[*at..].contains('.')).map(Some)?,
        (_, 0) | (0, _) => None,
        _ => return None,
    };
    Some(decimal.map_or((bare, ""), |at| (&bare[..at], &bare[at + 1..])))
}

/// The digits of a whole number, in groups of three or in one.
fn digits_of_groups(whole: &str) -> Option<String> {
    let is_gap = |c: char| GAPS.contains(&c) || c == '.' || c == ',';
    let mut groups = whole.split(is_gap);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !(1..=3).contains(&first.len()) {
            return None;
        }
        digits.push_str(group);
    }
    let one_gap = whole.chars().filter(|c| is_gap(*c)).all(|c| whole.find(is_gap) == whole.find(c));
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let digits = digits.trim_start_matches('0');
    (one_gap && are_digits).then(|| digits.to_owned())
}

/// Writes a number in its one form: `-12.5`.
pub(in crate::identity::linkage) fn write(number: i128) -> String {
    let (whole, part) = (number.unsigned_abs() / ONE as u128, number.unsigned_abs() % ONE as u128);
    let sign = if number < 0 { "-" } else { "" };
    let part = format!("{part:0PART_MAX$}");
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// Whether two numbers are so many millionths apart, or less.
pub(super) fn within(here: &str, there: &str, most: u64) -> bool {
    let (Some(here), Some(there)) = (read(here), read(there)) else { return false };
    (here - there).abs() <= i128::from(most) * (ONE / 1_000_000)
}

/// Whether they are so many millionths of the larger one apart, or less; signs aside which is
/// larger.
pub(super) fn within_share(here: &str, there: &str, most: u32) -> bool {
    let (Some(here), Some(there)) = (read(here), read(there)) else { return false };
    (here - there).abs() * 1_000_000 <= i128::from(most) * here.abs().max(there.abs())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("0", "0"),
            ("-0,0", "0"),
            ("007", "7"),
            ("1.50", "1.5"),
            ("1,5", "1.5"),
            ("1,234", "1.234"),
            (".5", "0.5"),
            ("5.", "5"),
            ("+12.5", "12.5"),
            ("-12,5", "-12.5"),
            ("\u{2212}3", "-3"),
            ("1 234,5", "1234.5"),
            ("1\u{202f}234\u{202f}567", "1234567"),
            ("1'234.5", "1234.5"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("1.234.567", "1234567"),
            ("1,234,567.89", "1234567.89"),
            ("999999999999999.999999999999", "999999999999999.999999999999"),
        ] {
            assert_eq!(read(text).map(write).as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn what_leaves_doubt_is_no_number() {
        for text in [
            "",
            "-",
            ".",
            "+-1",
            "--1",
            "1e5",
            "0x1",
            "12 kg",
            "1.2.3",
            "1,23,456",
            "1,234.567,8",
            "1 2",
            "12345 678",
            "1 234.567 8",
            "1.234 567",
            "٣",
            "inf",
            "NaN",
            "1000000000000000",
            "0.1234567890123",
        ] {
            assert_eq!(read(text), None, "{text}");
            assert!(!within(text, text, u64::MAX) && !within_share(text, "1", u32::MAX), "{text}");
        }
    }

    #[test]
    fn windows_are_exact() {
        assert!(within("0.1", "0.3", 200_000) && !within("0.1", "0.300001", 200_000));
        assert!(within("-2", "3", 5_000_000) && !within("-2", "3.000001", 5_000_000));
        assert!(within_share("90", "100", 100_000) && !within_share("89.9", "100", 100_000));
        assert!(within_share("-90", "-100", 100_000) && !within_share("-90", "100", 1_000_000));
        assert!(within_share("0", "0", 0) && !within_share("0", "0.000001", 999_999));
        let most = "999999999999999.999999999999";
        assert!(within_share(most, &format!("-{most}"), 2_000_000), "nothing overflows");
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_was_written(number in -ONE * 1_000_000..ONE * 1_000_000) {
            prop_assert_eq!(read(&write(number)), Some(number));
            prop_assert_eq!(read(&write(number).replace('.', ",")), Some(number));
        }

        #[test]
        fn any_text_is_a_number_or_none(text in "\\PC{0,12}|[-+0-9., ']{0,14}") {
            if let Some(number) = read(&text) {
                prop_assert_eq!(read(&write(number)), Some(number));
            }
        }
    }
}
