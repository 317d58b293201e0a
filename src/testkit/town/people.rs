//! People: what is true of each, whether anybody sees it or not.

use super::dice::{About, Dice};
use super::households::{Household, households};
use super::knobs::Knobs;
use super::names;

/// A phone number's part in somebody's year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Theirs all year, or their household's.
    Kept,
    /// Given up on `day`; another person has it later.
    GivenUp {
        /// Who has it later.
        to: u32,
        /// The first day without it, from 0.
        day: u32,
    },
    /// Another person's before; theirs from `day` on.
    Inherited {
        /// Who had it before.
        from: u32,
        /// The first day with it, from 0.
        day: u32,
    },
}

/// What is true of a person.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// With whom they live: the number of the household's first person.
    pub household: u32,
    /// Whether their phone number is their household's.
    pub shares_phone: bool,
    /// Whether their mailbox is their household's.
    pub shares_mailbox: bool,
    /// Whether they give a role's mailbox.
    pub role_mailbox: bool,
    /// Their phone number's year.
    pub number: Number,
    /// Whether they have an account.
    pub account: bool,
    /// Whether they have a loyalty card.
    pub loyalty_card: bool,
    /// Whether they browse before they log in.
    pub browses: bool,
    /// The kiosk at which they are seen.
    pub kiosk: Option<u32>,
    /// On which day they take another family name.
    pub marries_on: Option<u32>,
    /// Whether they take a new mailbox then.
    pub new_mailbox: bool,
    /// On which day they move.
    pub moves_on: Option<u32>,
    /// Whether they live as the British do: names, numbers, addresses.
    pub(super) british: bool,
}

impl Person {
    /// Whether others use their number or mailbox, at the same time or at another.
    pub fn shares_or_passes_on(&self) -> bool {
        self.shares_phone || self.shares_mailbox || self.number != Number::Kept
    }
}

/// Everybody, in the order of their numbers.
pub(super) fn people(knobs: &Knobs) -> Vec<Person> {
    let mut people = Vec::with_capacity(knobs.people as usize);
    for household in households(knobs) {
        let british = names::is_british(knobs.seed, household.first);
        for number in household.first..household.first + household.size {
            people.push(person(knobs, &household, number, british));
        }
    }
    hand_over(knobs, &mut people);
    for (number, person) in people.iter_mut().enumerate() {
        if person.shares_or_passes_on() {
            let dice = Dice::new(knobs.seed, About::HandOver, number as u64);
            let weak = dice.per_mille(knobs.weak_sharers);
            (person.account, person.loyalty_card) = (!weak, person.loyalty_card && !weak);
        }
        person.browses &= person.account;
    }
    people
}

fn person(knobs: &Knobs, household: &Household, number: u32, british: bool) -> Person {
    let dice = Dice::new(knobs.seed, About::Traits, u64::from(number));
    let day = |share: u32| {
        let (chosen, day) = (dice.per_mille(share), dice.between(60, 300));
        chosen.then_some(day)
    };
    let (marries_on, moves_on) = (day(knobs.marriages), day(knobs.moves));
    let role_mailbox = dice.per_mille(knobs.role_mailboxes) && !household.shares_mailbox;
    let seen_at_kiosk = dice.below(knobs.kiosk_every) < knobs.kiosk_people;
    Person {
        household: household.first,
        shares_phone: household.shares_phone,
        shares_mailbox: household.shares_mailbox,
        role_mailbox,
        number: Number::Kept,
        account: dice.per_mille(knobs.accounts),
        loyalty_card: dice.per_mille(knobs.loyalty_cards),
        browses: dice.per_mille(knobs.browsing),
        kiosk: seen_at_kiosk.then_some(number / knobs.kiosk_every),
        marries_on,
        new_mailbox: dice.per_mille(500) && marries_on.is_some() && !household.shares_mailbox,
        moves_on,
        british,
    }
}

/// Gives numbers of some to others, nobody twice.
fn hand_over(knobs: &Knobs, people: &mut [Person]) {
    let dice = Dice::new(knobs.seed, About::HandOver, u64::MAX);
    let everybody = 0..knobs.people;
    let mut free: Vec<u32> =
        everybody.filter(|number| !people[*number as usize].shares_phone).collect();
    let wanted = u64::from(knobs.people) * u64::from(knobs.reassigned) / 1_000;
    for _ in 0..wanted {
        let (Some(from), Some(to)) = (draw(&dice, &mut free), draw(&dice, &mut free)) else {
            return;
        };
        let given_up = dice.between(60, knobs.given_up_by());
        let day = given_up + knobs.reassigned_gap_days;
        people[from as usize].number = Number::GivenUp { to, day: given_up };
        people[to as usize].number = Number::Inherited { from, day };
    }
}

fn draw(dice: &Dice, free: &mut Vec<u32>) -> Option<u32> {
    let count = u32::try_from(free.len()).unwrap_or(u32::MAX);
    (count > 0).then(|| free.swap_remove(dice.below(count) as usize))
}
