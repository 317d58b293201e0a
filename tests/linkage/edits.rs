//! Levenshtein, optimal string alignment, Damerau: as the oracles, and metrics where they are.

use omnichannel::identity::linkage::distance::{
    Levenshtein, damerau, damerau_within, levenshtein, levenshtein_within, osa, osa_within,
};
use proptest::prelude::*;
use rapidfuzz::distance as rapid;

use super::texts::{pair, text};

type Within<'a> = &'a dyn Fn(usize) -> Option<usize>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_distance_is_the_oracles((a, b) in pair()) {
        prop_assert_eq!(levenshtein(&a, &b), strsim::levenshtein(&a, &b));
        prop_assert_eq!(osa(&a, &b), strsim::osa_distance(&a, &b));
        prop_assert_eq!(damerau(&a, &b), strsim::damerau_levenshtein(&a, &b));
        let (x, y) = (a.chars(), b.chars());
        prop_assert_eq!(levenshtein(&a, &b), rapid::levenshtein::distance(x.clone(), y.clone()));
        prop_assert_eq!(osa(&a, &b), rapid::osa::distance(x.clone(), y.clone()));
        prop_assert_eq!(damerau(&a, &b), rapid::damerau_levenshtein::distance(x, y));
    }

    #[test]
    fn which_text_comes_first_changes_no_distance((a, b) in pair()) {
        for distance in [levenshtein, osa, damerau] {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
        }
    }

    #[test]
    fn no_detour_is_shorter((a, b) in pair(), c in text()) {
        for distance in [levenshtein, damerau] {
            prop_assert!(distance(&a, &b) <= distance(&a, &c) + distance(&c, &b));
        }
    }

    #[test]
    fn each_freedom_only_shortens((a, b) in pair()) {
        prop_assert!(damerau(&a, &b) <= osa(&a, &b));
        prop_assert!(osa(&a, &b) <= levenshtein(&a, &b));
    }

    #[test]
    fn one_to_many_is_the_distance_of_two((a, b) in pair()) {
        prop_assert_eq!(Levenshtein::of(&a).distance(&b), levenshtein(&a, &b));
    }

    #[test]
    fn a_bound_only_leaves_out((a, b) in pair(), most in 0..40usize) {
        let one = Levenshtein::of(&a);
        let bounded: [(usize, Within<'_>); 4] = [
            (levenshtein(&a, &b), &|most| levenshtein_within(&a, &b, most)),
            (levenshtein(&a, &b), &|most| one.within(&b, most)),
            (osa(&a, &b), &|most| osa_within(&a, &b, most)),
            (damerau(&a, &b), &|most| damerau_within(&a, &b, most)),
        ];
        for (distance, within) in bounded {
            // At the distance itself, and just below, a bound that is too tight would show.
            for most in [most, distance, distance.saturating_sub(1), usize::MAX] {
                prop_assert_eq!(within(most), (distance <= most).then_some(distance));
            }
        }
    }
}

#[test]
fn a_symbol_is_edited_once_or_again() {
    assert_eq!((osa("ca", "abc"), damerau("ca", "abc"), levenshtein("ca", "abc")), (3, 2, 3));
    // The way over `ac` is shorter than the straight one.
    assert!(osa("ca", "ac") + osa("ac", "abc") < osa("ca", "abc"));
    assert_eq!((osa("a cat", "an abct"), damerau("a cat", "an abct")), (4, 3));
}

#[test]
fn published_distances_are_met() {
    for (a, b, edits) in [
        ("kitten", "sitting", 3),
        ("saturday", "sunday", 3),
        ("gumbo", "gambol", 2),
        ("", "abc", 3),
        ("中村", "中林", 1),
        ("👍🏽", "👍", 1),
        ("e\u{301}", "é", 2),
    ] {
        assert_eq!(levenshtein(a, b), edits, "{a} {b}");
    }
    for (a, b) in [("smtih", "smith"), ("1984-03-21", "1984-03-12"), ("стерн", "стенр")] {
        assert_eq!((levenshtein(a, b), osa(a, b), damerau(a, b)), (2, 1, 1), "{a} {b}");
    }
}

#[test]
fn a_change_of_places_is_seen_across_blocks() {
    for before in 60..70 {
        let (ends, other) = (["x".repeat(before), "y".repeat(80)], "z".repeat(70));
        // Different ends, so that nothing is set aside first.
        let a = format!("1{}ab{}2", ends[0], ends[1]);
        let b = format!("3{}ba{}4", ends[0], ends[1]);
        assert_eq!((levenshtein(&a, &b), osa(&a, &b), damerau(&a, &b)), (4, 3, 3), "{before}");
        assert_eq!(osa_within(&a, &b, 3), Some(3), "{before}");
        assert_eq!(osa_within(&a, &other, 3), None);
    }
}

#[test]
fn nothing_prepared_for_edits_shows_its_text() {
    assert_eq!(format!("{:?}", Levenshtein::of("Ada")), "Levenshtein { symbols: 3, .. }");
}

#[test]
fn ten_thousand_symbols_are_counted() {
    let (a, b) = ("lovelace, ".repeat(1_000), "countess of ".repeat(900));
    let distance = levenshtein(&a, &b);
    assert_eq!(distance, rapid::levenshtein::distance(a.bytes(), b.bytes()));
    assert_eq!(levenshtein_within(&a, &b, 3), None);
    assert_eq!(damerau_within(&a, &b, 3), None);
}
