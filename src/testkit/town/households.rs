//! Households: who lives together, and what they share.

use super::dice::{About, Dice};
use super::knobs::Knobs;

/// People who live together, numbered in a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Household {
    /// The first of them; names the household.
    pub(super) first: u32,
    pub(super) size: u32,
    pub(super) shares_phone: bool,
    pub(super) shares_mailbox: bool,
}

/// Sizes of households that share something: 8/3 people in the mean.
const SHARING: [u32; 6] = [2, 2, 2, 3, 3, 4];

/// Sizes of the others: 2 people in the mean.
const OTHERS: [u32; 6] = [1, 1, 2, 2, 2, 4];

/// The households of a town, one after the other.
pub(super) fn households(knobs: &Knobs) -> impl Iterator<Item = Household> + '_ {
    let chance = chance_of_sharing(knobs.sharing);
    let mut first = 0;
    std::iter::from_fn(move || {
        let left = knobs.people.checked_sub(first).filter(|left| *left > 0)?;
        let dice = Dice::new(knobs.seed, About::Household, u64::from(first));
        let shares = dice.below(1_000_000) < chance;
        let size = dice.one_of(if shares { &SHARING } else { &OTHERS }).min(left);
        let (phone, mailbox) = dice.one_of(&[(true, false), (false, true), (true, true)]);
        // The last household of the town may have shrunk to one person, who shares with nobody.
        let shares = shares && size > 1;
        let shares_phone = shares && phone;
        let shares_mailbox = shares && mailbox;
        let household = Household { first, size, shares_phone, shares_mailbox };
        first += size;
        Some(household)
    })
}

/// How many households of a million share, so that `share` of a thousand people do.
fn chance_of_sharing(share: u32) -> u32 {
    let (sharing, others) = (SHARING.iter().sum::<u32>(), OTHERS.iter().sum::<u32>());
    let (share, rest) = (u64::from(share), u64::from(1_000 - share));
    let weight = share * u64::from(others);
    let chance = weight * 1_000_000 / (weight + rest * u64::from(sharing));
    u32::try_from(chance).unwrap_or(0)
}
