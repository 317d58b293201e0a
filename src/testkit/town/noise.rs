//! Noise: what becomes of a value before it is recorded.

use super::dice::Dice;
use super::knobs::Knobs;
use crate::model::Namespace;

/// What is written where there is no value. All of it is on lists of such values.
const NOTHING: &[&str] =
    &["null", "n/a", "N/A", "undefined", "none", "unknown", "0000000000", "-", "test", "anonymous"];

/// What people type to be left alone. The last stands on nobody's list.
const MAILBOXES: &[&str] =
    &["null", "n/a", "undefined", "none@none", "aucun", "x@", "pasdemail@poste.example"];

/// As [`MAILBOXES`], for numbers. The last stands on nobody's list.
const NUMBERS: &[&str] = &["0000000000", "n/a", "1111111111", "undefined", "06", "+33612345678"];

/// The noise of one touchpoint.
#[derive(Debug)]
pub(super) struct Noise<'k> {
    pub(super) knobs: &'k Knobs,
    pub(super) dice: Dice,
}

impl Noise<'_> {
    /// What stands in the place of a value now and then; an account is never another's.
    pub(super) fn junk(&self, namespace: &Namespace) -> Option<&'static str> {
        let junk = match namespace {
            Namespace::Device => return None,
            Namespace::Email => self.dice.one_of(MAILBOXES),
            Namespace::Phone | Namespace::WhatsApp => self.dice.one_of(NUMBERS),
            _ => self.dice.one_of(NOTHING),
        };
        self.dice.per_mille(self.knobs.junk).then_some(junk)
    }

    /// What somebody typed, with a slip of the finger now and then.
    pub(super) fn typed(&self, meant: String) -> String {
        if !self.dice.per_mille(self.knobs.typos) {
            return meant;
        }
        let mut typed: Vec<char> = meant.chars().collect();
        let slips: Vec<usize> =
            (1..typed.len()).filter(|at| typed[*at].is_alphanumeric()).collect();
        if slips.is_empty() {
            return meant;
        }
        let at = self.dice.one_of(&slips);
        match self.dice.below(4) {
            0 => {
                typed.remove(at);
            }
            1 => typed.insert(at, typed[at]),
            2 if typed[at] != typed[at - 1] && typed[at - 1].is_alphanumeric() => {
                typed.swap(at, at - 1);
            }
            _ => typed[at] = self.neighbour(typed[at]),
        }
        typed.into_iter().collect()
    }

    /// The key beside the one that was meant.
    fn neighbour(&self, meant: char) -> char {
        const ROWS: [&str; 4] = ["1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"];
        let row = ROWS.iter().find(|row| row.contains(meant)).unwrap_or(&ROWS[1]);
        let at = row.find(meant).unwrap_or(0);
        let beside = if at + 1 < row.len() { at + 1 } else { at - 1 };
        row[beside..].chars().next().unwrap_or('e')
    }

    /// A mailbox as people write it.
    pub(super) fn mailbox_written(&self, mailbox: String) -> String {
        match self.dice.below(10) {
            0 => mailbox.to_uppercase(),
            1 => format!(" {mailbox}"),
            2 => {
                let first = mailbox.chars().next().map(|c| c.to_ascii_uppercase());
                first.into_iter().chain(mailbox.chars().skip(1)).collect()
            }
            _ => mailbox,
        }
    }

    /// A number as people write it: a French one, now and then, without its country.
    pub(super) fn number_written(&self, number: String) -> String {
        let pairs = |digits: &str, between: &str| {
            let pairs: Vec<&str> = (0..digits.len())
                .step_by(2)
                .map(|at| &digits[at..digits.len().min(at + 2)])
                .collect();
            pairs.join(between)
        };
        match (self.dice.below(6), number.strip_prefix("+33")) {
            (0, Some(rest)) => format!("+33 {} {}", &rest[..1], pairs(&rest[1..], " ")),
            (1, Some(rest)) => format!("0033{rest}"),
            (2, Some(rest)) => format!("+33 (0){}.{}", &rest[..1], pairs(&rest[1..], ".")),
            (3, Some(rest)) => pairs(&format!("0{rest}"), " "),
            (0 | 1, None) => format!("+44 {}", pairs(number.trim_start_matches("+44"), " ")),
            _ => number,
        }
    }

    /// A card's number as a clerk writes it.
    pub(super) fn card_written(&self, card: String) -> String {
        if self.dice.below(5) == 0 {
            format!("{} {} {}", &card[..4], &card[4..8], &card[8..])
        } else {
            card
        }
    }
}
