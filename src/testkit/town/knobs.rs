//! Knobs: how large a town is, and how much trouble it makes.

use serde::{Deserialize, Serialize};

use super::YEAR_DAYS;

/// A knob that cannot be meant so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the knob `{knob}` is {value}: {why}")]
pub struct BadKnob {
    /// Its name.
    pub knob: &'static str,
    /// What it was set to.
    pub value: u32,
    /// What it may be.
    pub why: String,
}

/// Makes of each line a field, its default, a method that sets it, and the check of its range.
macro_rules! knobs {
    ($($(#[$doc:meta])* $name:ident = $default:literal in $range:expr;)*) => {
        /// What a town is made of. Counts, and shares in per mille (of 1,000); no floats.
        ///
        /// Each knob has a method of its name:
        ///
        /// ```
        /// use omnichannel::testkit::town::{Knobs, Town};
        ///
        /// let town = Town::new(Knobs::default().people(500).seed(7).sharing(0))?;
        /// assert!((0..500).all(|person| !town.person(person).shares_phone));
        ///
        /// let wrong = Town::new(Knobs::default().junk(1_001)).expect_err("more than all");
        /// assert_eq!(wrong.to_string(), "the knob `junk` is 1001: it goes from 0 to 1000");
        /// # Ok::<(), omnichannel::testkit::town::BadKnob>(())
        /// ```
        #[non_exhaustive]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Knobs {
            /// From which everything is drawn: the same seed gives the same bytes everywhere.
            pub seed: u64,
            $($(#[$doc])* pub $name: u32,)*
        }

        impl Default for Knobs {
            fn default() -> Self {
                Self { seed: 1, $($name: $default,)* }
            }
        }

        impl Knobs {
            /// From which everything is drawn: the same seed gives the same bytes everywhere.
            #[must_use]
            pub fn seed(self, seed: u64) -> Self {
                Self { seed, ..self }
            }

            $($(#[$doc])*
            #[must_use]
            pub fn $name(self, $name: u32) -> Self {
                Self { $name, ..self }
            })*

            fn out_of_range(&self) -> Option<BadKnob> {
                $(if !($range).contains(&self.$name) {
                    let (least, most) = ($range).into_inner();
                    let why = format!("it goes from {least} to {most}");
                    return Some(BadKnob { knob: stringify!($name), value: self.$name, why });
                })*
                None
            }
        }
    };
}

/// All of a thousand.
const ALL: u32 = 1_000;

knobs! {
    /// People who live in the town: 1 to 10,000,000.
    people = 10_000 in 1..=10_000_000;
    /// Most touchpoints of one person in the year, copies not counted: 1 to 8. Each count from 1 on
    /// is equally likely.
    touchpoints_max = 8 in 1..=8;
    /// People who share a phone number, a mailbox or both with two to four of one household, per
    /// mille of people.
    sharing = 100 in 0..=ALL;
    /// People whose phone number was another person's earlier in the year, per mille of people. As
    /// many others are its former holders.
    reassigned = 20 in 0..=ALL;
    /// Days in which a reassigned number is nobody's: 1 to 120.
    reassigned_gap_days = 90 in 1..=120;
    /// For how many people there is one kiosk, the last for the rest: at least 1.
    kiosk_every = 1_000 in 1..=10_000_000;
    /// How many of those people are seen at it, in the mean: 0 to `kiosk_every`.
    kiosk_people = 300 in 0..=10_000_000;
    /// People who give the mailbox of a role (`info@`, `contact@`), per mille of those who share
    /// no mailbox.
    role_mailboxes = 10 in 0..=ALL;
    /// Values that say nothing (`null`, `n/a`, `0000000000`, `undefined`), per mille of the
    /// identifiers that a person or a script wrote down and nobody proved, devices excepted. One
    /// mailbox and one number of them stand on nobody's list.
    junk = 10 in 0..=ALL;
    /// Values with one slip of the finger, per mille of names, mailboxes, numbers and streets that
    /// somebody typed. Accounts and cards have check digits and are never mistyped.
    typos = 20 in 0..=ALL;
    /// People who take another family name in the year, per mille of people; half of those with a
    /// mailbox of their own take a new one.
    marriages = 10 in 0..=ALL;
    /// People who move to another address in the year, per mille of people.
    moves = 80 in 0..=ALL;
    /// People with an account, per mille of those who share and inherit nothing.
    accounts = 850 in 0..=ALL;
    /// People with a loyalty card, per mille of people (see `weak_sharers`).
    loyalty_cards = 400 in 0..=ALL;
    /// People without account and card, per mille of those who share a number or mailbox, or whose
    /// number is another person's before or after. Nothing but names tells those apart, which exact
    /// identifiers cannot: by default all of them have accounts.
    weak_sharers = 0 in 0..=ALL;
    /// People who browse before they log in, per mille of people with an account: the cookie first,
    /// the account later.
    browsing = 500 in 0..=ALL;
    /// Touchpoints that arrive a day to 60 days late, per mille.
    late = 50 in 0..=ALL;
    /// Touchpoints that arrive some minutes to three hours late, per mille of those that are not
    /// late; the others arrive within a minute.
    unordered = 100 in 0..=ALL;
    /// Touchpoints that arrive a second time, with the same bytes, within three days, per mille.
    duplicated = 30 in 0..=ALL;
}

impl Knobs {
    /// Whether a town can be built so.
    pub(super) fn check(&self) -> Result<(), BadKnob> {
        if let Some(bad) = self.out_of_range() {
            return Err(bad);
        }
        let bad = |knob, value, why| Err(BadKnob { knob, value, why });
        if self.kiosk_people > self.kiosk_every {
            let why = format!("a kiosk stands for `kiosk_every` ({}) people", self.kiosk_every);
            return bad("kiosk_people", self.kiosk_people, why);
        }
        // Whoever shares a number cannot pass it on.
        let free = (ALL - self.sharing) / 2;
        if self.reassigned > free {
            let why = format!("`sharing` ({}) leaves at most {free}", self.sharing);
            return bad("reassigned", self.reassigned, why);
        }
        Ok(())
    }

    /// The last day on which a number is given up, so that its next holder still has a season.
    pub(super) fn given_up_by(&self) -> u32 {
        YEAR_DAYS - 60 - self.reassigned_gap_days
    }
}
