//! Jaro and Jaro-Winkler: as the oracles to the bit, in every form.

use omnichannel::identity::linkage::distance::{
    JaroWinkler, jaro, jaro_winkler, jaro_winkler_at_least, jaro_winkler_at_least_bytes,
    jaro_winkler_bytes,
};
use proptest::prelude::*;
use rapidfuzz::distance as rapid;

use super::texts::pair;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn both_measures_are_the_oracles_to_the_bit((a, b) in pair()) {
        let (ours, winkler) = (jaro(&a, &b), jaro_winkler(&a, &b));
        prop_assert_eq!(ours.to_bits(), strsim::jaro(&a, &b).to_bits());
        prop_assert_eq!(winkler.to_bits(), strsim::jaro_winkler(&a, &b).to_bits());
        let theirs = rapid::jaro::similarity(a.chars(), b.chars());
        prop_assert_eq!(ours.to_bits(), theirs.to_bits());
        let theirs = rapid::jaro_winkler::similarity(a.chars(), b.chars());
        prop_assert_eq!(winkler.to_bits(), theirs.to_bits());
    }

    #[test]
    fn bytes_are_symbols_of_their_own((a, b) in pair()) {
        let (a, b) = (a.as_bytes(), b.as_bytes());
        let theirs = rapid::jaro_winkler::similarity(a.iter().copied(), b.iter().copied());
        prop_assert_eq!(jaro_winkler_bytes(a, b).to_bits(), theirs.to_bits());
        prop_assert_eq!(jaro_winkler_at_least_bytes(a, b, 0.0), Some(theirs));
        if a.is_ascii() {
            let one = JaroWinkler::of(std::str::from_utf8(a).unwrap());
            prop_assert_eq!(one.similarity_bytes(b), theirs);
            prop_assert_eq!(one.at_least_bytes(b, 0.0), Some(theirs));
        }
    }

    #[test]
    fn which_text_comes_first_changes_nothing((a, b) in pair()) {
        prop_assert_eq!(jaro(&a, &b).to_bits(), jaro(&b, &a).to_bits());
        prop_assert_eq!(jaro_winkler(&a, &b).to_bits(), jaro_winkler(&b, &a).to_bits());
    }

    #[test]
    fn only_equal_texts_are_one((a, b) in pair()) {
        prop_assert_eq!(jaro(&a, &a), 1.0);
        prop_assert_eq!(jaro_winkler(&a, &b) == 1.0, a == b);
        prop_assert!((0.0..=1.0).contains(&jaro_winkler(&a, &b)));
    }

    #[test]
    fn one_to_many_is_one_to_one((a, b) in pair()) {
        let (one, expected) = (JaroWinkler::of(&a), jaro_winkler(&a, &b));
        prop_assert_eq!(one.similarity(&b).to_bits(), expected.to_bits());
    }

    #[test]
    fn a_cut_off_only_leaves_out((a, b) in pair(), cut in 0..=1_000u32) {
        let (similarity, one) = (jaro_winkler(&a, &b), JaroWinkler::of(&a));
        // At the similarity itself, and just above it, a bound that is too tight would show.
        let exact = [similarity, similarity.next_up(), 0.7, 1.0, f64::NEG_INFINITY, f64::NAN];
        for cut in exact.into_iter().chain([f64::from(cut) / 1_000.0]) {
            let expected = (similarity >= cut).then_some(similarity);
            prop_assert_eq!(jaro_winkler_at_least(&a, &b, cut), expected, "{}", cut);
            prop_assert_eq!(one.at_least(&b, cut), expected, "{}", cut);
        }
    }
}

#[test]
fn published_values_are_met() {
    for (a, b, measure, winkler) in [
        ("martha", "marhta", 0.944, 0.961),
        ("dwayne", "duane", 0.822, 0.840),
        ("dixon", "dicksonx", 0.767, 0.813),
        ("jones", "johnson", 0.790, 0.832),
        ("abroms", "abrams", 0.889, 0.922),
        ("jeraldine", "geraldine", 0.926, 0.926),
        ("massey", "massie", 0.889, 0.933),
        ("", "", 1.0, 1.0),
        ("", "a", 0.0, 0.0),
    ] {
        let near = |ours: f64, published: f64| (ours - published).abs() < 0.0006;
        assert!(near(jaro(a, b), measure), "{a} {b}: {}", jaro(a, b));
        assert!(near(jaro_winkler(a, b), winkler), "{a} {b}: {}", jaro_winkler(a, b));
    }
}

#[test]
fn a_symbol_beyond_ascii_is_seen_wherever_it_stands() {
    for length in 0..40 {
        for at in 0..=length {
            let text = format!("{}é{}", "ab".repeat(at), "ab".repeat(length - at));
            let other = "ab".repeat(length);
            assert_eq!(jaro_winkler(&text, &other), strsim::jaro_winkler(&text, &other));
            assert_eq!(JaroWinkler::of(&other).similarity(&text), jaro_winkler(&text, &other));
        }
    }
}

#[test]
fn nothing_prepared_shows_its_text() {
    assert_eq!(format!("{:?}", JaroWinkler::of("Ada")), "JaroWinkler { symbols: 3, .. }");
}

#[test]
fn texts_of_ten_thousand_symbols_are_compared() {
    let (a, b) = ("lovelace, ".repeat(1_000), "countess of ".repeat(900));
    assert_eq!(jaro_winkler(&a, &b).to_bits(), strsim::jaro_winkler(&a, &b).to_bits());
    assert_eq!(jaro_winkler_at_least(&a, &b, 0.95), None);
}
