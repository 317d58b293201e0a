//! Identifiers: which values are somebody's, and when.
//!
//! # Law
//!
//! Two people never have one account, card, record number, device, cookie, handle or token, nor a
//! number or mailbox that is theirs alone: each value is a one-to-one function of its owner's
//! number (`tests/town.rs`).

use super::Town;
use super::dice::{About, scramble};
use super::names::{self, Name};
use super::people::Number;

/// Mailboxes live here: a top-level domain that nobody can own (RFC 2606).
const DOMAINS: [&str; 4] = ["poste.example", "courrier.example", "inbox.example", "mel.example"];

const ROLES: [&str; 8] =
    ["info", "contact", "accueil", "sales", "support", "office", "hello", "commercial"];

/// For how many people there is one mailbox of a role.
const PEOPLE_PER_ROLE: u32 = 2_000;

/// Numbers of one person, and one of their household.
const NUMBERS_EACH: u64 = 4;

impl Town {
    /// The name by which somebody goes on a day.
    pub(super) fn name(&self, person: u32, day: u32) -> Name {
        let is = self.person(person);
        let married = is.marries_on.is_some_and(|on| on <= day);
        names::name(self.knobs.seed, is.british, is.household, person, married)
    }

    /// The address at which somebody lives on a day.
    pub(super) fn address(&self, person: u32, day: u32) -> names::Address {
        let is = self.person(person);
        let moved = is.moves_on.is_some_and(|on| on <= day);
        let number = if moved { u64::from(person) | 1 << 40 } else { u64::from(is.household) };
        names::address(self.knobs.seed, is.british, number)
    }

    /// The mailbox that somebody gives on a day.
    pub(super) fn mailbox(&self, person: u32, day: u32) -> String {
        let is = self.person(person);
        if is.role_mailbox {
            let roles = self.knobs.people / PEOPLE_PER_ROLE + 1;
            let office = person % roles;
            let role = ROLES[office as usize % ROLES.len()];
            return format!("{role}@maison-{office}.example");
        }
        if is.shares_mailbox {
            let home = is.household;
            let family = plain(self.name(home, 0).family);
            return format!("famille.{family}{home}@{}", DOMAINS[home as usize % DOMAINS.len()]);
        }
        let name = self.name(person, if is.new_mailbox { day } else { 0 });
        let (given, family) = (plain(name.given), plain(name.family));
        let domain = DOMAINS[self.value(person, 0) as usize % DOMAINS.len()];
        match self.value(person, 1) % 3 {
            0 => format!("{given}.{family}{person}@{domain}"),
            1 => format!("{}{family}{person}@{domain}", &given[..1]),
            _ => format!("{given}{person}@{domain}"),
        }
    }

    /// The phone number that somebody has on a day, as E.164.
    pub(super) fn phone(&self, person: u32, day: u32) -> String {
        let is = self.person(person);
        match is.number {
            _ if is.shares_phone => self.number(is.household, NUMBERS_EACH - 1),
            Number::GivenUp { day: until, .. } if day >= until => self.number(person, 1),
            Number::Inherited { from, day: since } if day >= since => self.number(from, 0),
            _ => self.number(person, 0),
        }
    }

    /// A mobile number of the ranges that are in use: no range for fiction is large enough.
    fn number(&self, owner: u32, nth: u64) -> String {
        /// Spreads neighbours apart; prime to both ranges.
        const STEP: u64 = 7_654_321;
        let index = u64::from(owner) * NUMBERS_EACH + nth;
        let spread = |range: u64| (index * STEP + self.knobs.seed % range) % range;
        if self.person(owner).british {
            let at = spread(300_000_000);
            format!("+447{}{:08}", 1 + at / 100_000_000, at % 100_000_000)
        } else {
            let at = spread(50_000_000);
            let block = [1, 2, 6, 7, 8][usize::try_from(at / 10_000_000).unwrap_or(0)];
            format!("+336{block}{:07}", at % 10_000_000)
        }
    }

    /// An account number.
    pub(super) fn account(&self, person: u32) -> String {
        format!("acc-{:016x}", self.value(person, 2))
    }

    /// The number of a loyalty card, with its check digit.
    pub(super) fn loyalty_card(&self, person: u32) -> String {
        let digits = format!("29{person:010}");
        let weighed = digits.bytes().zip([1, 3].iter().cycle());
        let sum: u32 = weighed.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        format!("{digits}{}", (10 - sum % 10) % 10)
    }

    /// A number under which an agent's system knows somebody; one in ten is there twice.
    pub(super) fn contact(&self, person: u32, again: bool) -> String {
        format!("C-{}", u64::from(person) * 2 + u64::from(again))
    }

    /// The cookie of somebody's browser, after it was emptied so many times.
    pub(super) fn cookie(&self, person: u32, emptied: u8) -> String {
        format!("ck-{:016x}", self.value(person, 16 + emptied))
    }

    /// The anonymous id of somebody's app.
    pub(super) fn installation(&self, person: u32) -> String {
        format!("in-{:016x}", self.value(person, 3))
    }

    /// Somebody's own device.
    pub(super) fn device(&self, person: u32) -> String {
        format!("dv-{:016x}", self.value(person, 4))
    }

    /// The token under which somebody's app receives.
    pub(super) fn push_token(&self, person: u32) -> String {
        format!("pt-{:016x}", self.value(person, 5))
    }

    /// Somebody's user id at a service.
    pub(super) fn user(&self, person: u32) -> String {
        format!("{}", self.value(person, 6))
    }

    /// Somebody's handle on the network.
    pub(super) fn handle(&self, person: u32) -> String {
        format!("@{}_{person}", plain(self.name(person, 0).given))
    }

    /// A number that looks like chance; no other owner and kind has it.
    fn value(&self, person: u32, kind: u8) -> u64 {
        scramble(self.knobs.seed, About::Value, u64::from(person) << 8 | u64::from(kind))
    }
}

/// The letters of a name that a mailbox can hold, without accents.
fn plain(name: &str) -> String {
    let letter = |c: char| {
        Some(match c.to_lowercase().next()? {
            'à' | 'á' | 'â' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'û' | 'ü' => 'u',
            lower if lower.is_ascii_alphabetic() => lower,
            _ => return None,
        })
    };
    let letters: String = name.chars().filter_map(letter).collect();
    if letters.is_empty() { "client".to_owned() } else { letters }
}
