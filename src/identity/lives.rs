//! Lives of an identifier: an idle number may be given to another.

use crate::model::Days;

/// Divides the sightings of one identifier into lives: of each, its life, 0 for the first.
///
/// Where nobody bore it for more than `idle_days_max` days, a new life begins. A sighting of
/// unknown time belongs to the only life, or else to none.
pub(super) fn lives(sightings: &[Option<Days>], idle_days_max: Option<u32>) -> Vec<Option<u32>> {
    let Some(idle) = idle_days_max else { return vec![Some(0); sightings.len()] };
    let mut dated: Vec<(Days, usize)> =
        sightings.iter().enumerate().filter_map(|(at, days)| Some(((*days)?, at))).collect();
    dated.sort_unstable();
    let mut lives = vec![None; sightings.len()];
    let (mut life, mut last) = (0, i64::MAX);
    for (days, at) in dated {
        if i64::from(days.first).saturating_sub(last) > i64::from(idle) {
            life += 1;
            last = i64::MIN;
        }
        let until = i64::from(days.last);
        last = if last == i64::MAX { until } else { last.max(until) };
        lives[at] = Some(life);
    }
    if life == 0 {
        lives.fill(Some(0));
    }
    lives
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_silence_begins_a_new_life() {
        let days = |first, last| Some(Days { first, last });
        let seen = [days(500, 529), days(0, 29), days(20, 100), None];
        assert_eq!(lives(&seen, Some(90)), [Some(1), Some(0), Some(0), None]);
        assert_eq!(lives(&seen, Some(400)), [Some(0); 4]);
        assert_eq!(lives(&seen, None), [Some(0); 4]);
        assert_eq!(lives(&[None, None], Some(1)), [Some(0); 2]);
        assert!(lives(&[], Some(1)).is_empty());
    }
}
