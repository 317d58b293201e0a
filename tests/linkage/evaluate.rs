//! Measures against a truth: by hand, and by looking at every pair.

use omnichannel::identity::linkage::{Curve, Link, Pairs, Truth, b_cubed, errors, pairwise};
use proptest::prelude::*;

/// Every pair of records, one by one.
fn every_pair(people: &[u32], truth: &[u8], sources: &[u8]) -> Pairs {
    let mut pairs = Pairs::default();
    for one in 0..people.len() {
        for other in one + 1..people.len() {
            if !sources.is_empty() && sources[one] == sources[other] {
                continue;
            }
            let (found, real) = (people[one] == people[other], truth[one] == truth[other]);
            pairs.found += u64::from(found);
            pairs.real += u64::from(real);
            pairs.right += u64::from(found && real);
        }
    }
    pairs
}

/// The groups that links from a threshold on connect, by following them.
fn connected(records: usize, links: &[Link], threshold: i64) -> Vec<u32> {
    let mut people: Vec<u32> = (0..).take(records).collect();
    for link in links.iter().filter(|link| link.weight >= threshold) {
        let (kept, gone) = (people[link.a as usize], people[link.b as usize]);
        people.iter_mut().filter(|person| **person == gone).for_each(|person| *person = kept);
    }
    people
}

#[test]
fn measures_are_as_counted_by_hand() {
    let truth = Truth::of(&["a", "a", "a", "b", "b", "c"]);
    let people = [0, 0, 3, 3, 3, 5];
    let pairs = pairwise(&people, &truth);
    assert_eq!((pairs.found, pairs.real, pairs.right), (4, 4, 2));
    assert_eq!((pairs.precision(), pairs.recall(), pairs.f1()), (0.5, 0.5, 0.5));
    let records = b_cubed(&people, &truth);
    // Of records 1 to 6: 1, 1, 1/3, 2/3, 2/3, 1; and 2/3, 2/3, 1/3, 1, 1, 1.
    assert!((records.precision - 14.0 / 18.0).abs() < 1e-15, "{records:?}");
    assert!((records.recall - 14.0 / 18.0).abs() < 1e-15, "{records:?}");
    let errors = errors(&people, &truth);
    assert_eq!((errors.joined, errors.parted), (vec![(2, 3)], vec![(0, 2)]));
}

#[test]
fn what_is_empty_or_perfect_is_measured_as_such() {
    let none = Truth::of::<u8>(&[]);
    assert_eq!((pairwise(&[], &none).f1(), b_cubed(&[], &none).f1()), (1.0, 1.0));
    assert_eq!(Curve::of_components(&[], &none).best(), None);
    let truth = Truth::of(&[1, 2, 1]);
    assert_eq!((pairwise(&[7, 8, 7], &truth).f1(), b_cubed(&[7, 8, 7], &truth).f1()), (1.0, 1.0));
    assert_eq!(pairwise(&[0, 1, 2], &truth).f1(), 0.0);
    let beyond = [Link { a: 0, b: 900, weight: 5 }];
    assert_eq!(Curve::of_components(&beyond, &truth).points()[0].pairs.found, 0);
}

#[test]
fn a_threshold_is_found_for_a_wanted_precision() {
    let truth = Truth::of(&[1, 1, 2, 2, 3]);
    let link = |a, b, weight| Link { a, b, weight };
    let links = [link(0, 1, 9_000), link(3, 4, 7_000), link(2, 3, 5_000), link(1, 2, 1_000)];
    let curve = Curve::of_links(&links, &truth);
    let found: Vec<(i64, f64)> =
        curve.points().iter().map(|point| (point.threshold, point.pairs.precision())).collect();
    assert_eq!(found, [(9_000, 1.0), (7_000, 0.5), (5_000, 2.0 / 3.0), (1_000, 0.5)]);
    assert_eq!(curve.threshold_for(0.95), Some(9_000));
    assert_eq!(curve.threshold_for(0.6), Some(5_000));
    assert_eq!(curve.threshold_for(0.0), Some(1_000));
    assert_eq!(curve.best().map(|best| best.threshold), Some(5_000));
    assert_eq!(Curve::of_links(&links[1..2], &truth).threshold_for(0.1), None);
}

proptest! {
    #[test]
    fn counting_groups_equals_looking_at_every_pair(
        records in prop::collection::vec((0_u32..9, 0_u8..9, 0_u8..2), 0..40),
        links in prop::collection::vec((0_usize..40, 0_usize..40, -4_i64..5), 0..60),
        across in any::<bool>(),
    ) {
        let people: Vec<u32> = records.iter().map(|record| record.0).collect();
        let labels: Vec<u8> = records.iter().map(|record| record.1).collect();
        let mut sources: Vec<u8> = records.iter().map(|record| record.2).collect();
        let mut truth = Truth::of(&labels);
        if across {
            truth = truth.across(&sources);
        } else {
            sources.clear();
        }
        prop_assert_eq!(pairwise(&people, &truth), every_pair(&people, &labels, &sources));

        let count = records.len();
        let links: Vec<Link> = links
            .into_iter()
            .filter(|(a, b, _)| a.max(b) < &count && a != b)
            .map(|(a, b, weight)| Link { a: a.min(b) as u32, b: a.max(b) as u32, weight })
            .collect();
        let curve = Curve::of_components(&links, &truth);
        let mut weights: Vec<i64> = links.iter().map(|link| link.weight).collect();
        weights.sort_unstable();
        weights.dedup();
        prop_assert_eq!(curve.points().len(), weights.len());
        for (point, weight) in curve.points().iter().zip(weights.iter().rev()) {
            prop_assert_eq!(point.threshold, *weight);
            let groups = connected(count, &links, *weight);
            prop_assert_eq!(point.pairs, every_pair(&groups, &labels, &sources));
        }
    }

    #[test]
    fn the_order_of_records_moves_no_digit(
        records in prop::collection::vec((0_u32..9, 0_u8..9), 1..40),
        turn in 0_usize..40,
    ) {
        let measure = |records: &[(u32, u8)]| {
            let people: Vec<u32> = records.iter().map(|record| record.0).collect();
            let labels: Vec<u8> = records.iter().map(|record| record.1).collect();
            let truth = Truth::of(&labels);
            let records = b_cubed(&people, &truth);
            (records.precision.to_bits(), records.recall.to_bits(), pairwise(&people, &truth))
        };
        let mut turned = records.clone();
        turned.rotate_left(turn % records.len());
        prop_assert_eq!(measure(&turned), measure(&records));
    }
}
