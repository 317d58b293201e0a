//! Arrival: in which order touchpoints come, late, twice and out of turn.

use super::Town;
use super::dice::{About, Dice};
use super::sightings::{Sighting, sighting};
use super::touchpoints::story;

/// One arrival; ordered by when, then by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    /// In minutes from the beginning of the year.
    minute: u32,
    person: u32,
    nth: u8,
    repeated: bool,
}

const DAY: u32 = 24 * 60;

/// Every arrival of a town, in order; 12 bytes each.
fn arrivals(town: &Town) -> Vec<Arrival> {
    let knobs = &town.knobs;
    let about = knobs.people as usize * (knobs.touchpoints_max as usize + 2) / 2;
    let mut arrivals = Vec::with_capacity(about);
    for person in 0..knobs.people {
        let dice = Dice::new(knobs.seed, About::Arrival, u64::from(person));
        for (nth, scene) in (0..).zip(story(town, person)) {
            let delay = if dice.per_mille(knobs.late) {
                dice.between(DAY, 60 * DAY)
            } else if dice.per_mille(knobs.unordered) {
                dice.between(2, 180)
            } else {
                1
            };
            let minute = scene.minute + delay;
            arrivals.push(Arrival { minute, person, nth, repeated: false });
            if dice.per_mille(knobs.duplicated) {
                let minute = minute + dice.between(1, 3 * DAY);
                arrivals.push(Arrival { minute, person, nth, repeated: true });
            }
        }
    }
    arrivals.sort_unstable();
    arrivals
}

/// What arrives from a town, in order; see [`Town::sightings`].
#[derive(Debug)]
pub struct Sightings<'t> {
    town: &'t Town,
    arrivals: std::vec::IntoIter<Arrival>,
}

impl<'t> Sightings<'t> {
    pub(super) fn new(town: &'t Town) -> Self {
        Self { town, arrivals: arrivals(town).into_iter() }
    }
}

impl Iterator for Sightings<'_> {
    type Item = Sighting;

    fn next(&mut self) -> Option<Sighting> {
        let Arrival { minute, person, nth, repeated } = self.arrivals.next()?;
        let scene = story(self.town, person)[usize::from(nth)];
        let arrived = self.town.instant(minute);
        Some(Sighting { arrived, repeated, ..sighting(self.town, person, nth, scene) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.arrivals.size_hint()
    }
}

impl ExactSizeIterator for Sightings<'_> {}
