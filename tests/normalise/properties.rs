//! What holds for any text: a bounded result that is its own normal form.

use chrono::NaiveDate;
use omnichannel::identity::{
    DateOrder, Note, comparable_mailbox, comparable_name, normalise, postal_code, read_date,
};
use omnichannel::model::{Country, Identifier, IdentityRules, Namespace};
use proptest::prelude::*;

use crate::{country, rules_of};

const NAMESPACES: [Namespace; 7] = [
    Namespace::Email,
    Namespace::Phone,
    Namespace::WhatsApp,
    Namespace::SocialHandle,
    Namespace::LoyaltyCard,
    Namespace::Account,
    Namespace::PostalAddress,
];

/// Texts per property.
const CASES: u32 = 2_000;

/// Most bytes by which a folded text may be longer, per byte: U+FDFA is eighteen characters of 33
/// bytes in NFKC, from three.
const GROWTH_MAX: usize = 12;

fn value(rules: &IdentityRules, namespace: &Namespace, seen: &str) -> String {
    normalise(rules, &Identifier::asserted(namespace.clone(), seen)).value.into_exposed()
}

fn countries() -> Vec<Option<Country>> {
    let known = ["FR", "GB", "US", "CA", "IE", "NL", "PT", "SE", "DE", "JP"];
    known.into_iter().map(|code| Some(country(code))).chain([None]).collect()
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 14).expect("a day")
}

/// Text of any characters, and of those that mean something to a normaliser.
fn any_text() -> impl Strategy<Value = String> {
    let telling = prop::sample::select(vec![
        "@", ".", "。", "+", "mailto:", "tel:", "xn--", " ", "\t", "\u{200b}", "\u{301}",
        "\u{338}", "ß", "ẞ", "İ", "ı", "ς", "Σ", "ǆ", "ﬃ", "ŉ", "ΐ", "\u{345}", "ﷺ", "Ⅷ", "℡",
        "＠", "⒈", "é", "0", "06", "+33", "(0)", ";ext=", "x", "12", "/", "-", "mars", "1984", "'",
        "’", "\0", "한", "\u{1100}", "\u{1161}", "᾽", "¨", "Å", "K", "2000", "00", "poste",
    ]);
    prop_oneof![
        any::<String>(),
        prop::collection::vec(telling, 0..12).prop_map(|parts| parts.concat()),
        prop::collection::vec(prop_oneof![any::<char>(), Just('@'), Just('.')], 0..24)
            .prop_map(|chars| chars.into_iter().collect::<String>()),
        "[0-9 +().-]{0,24}".prop_map(|text: String| text),
    ]
}

/// Text whose letters have one counterpart of the other case.
fn letters() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9àâäéèêëîïôöùûüçœæøéа-яА-Яα-ρ@. '+-]{0,24}".prop_map(|text: String| text)
}

fn with_invisible(text: &str, at: usize) -> String {
    let marks = ['\u{200b}', '\u{202a}', '\u{ad}', '\u{feff}', '\0', '\u{2066}'];
    let place = |(i, c): (usize, char)| [marks[(i + at) % marks.len()], c];
    text.chars().enumerate().flat_map(place).collect()
}

#[test]
fn a_mark_among_the_digits_of_a_whats_app_id_hides_no_country() {
    for rules in [rules_of("FR"), rules_of("US")] {
        let once = value(&rules, &Namespace::WhatsApp, "492010+000");
        assert_eq!(value(&rules, &Namespace::WhatsApp, &once), once);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn a_normalised_value_is_its_own_normal_form(text in any_text(), which in 0usize..7) {
        let namespace = &NAMESPACES[which];
        for rules in [IdentityRules::default(), rules_of("FR"), rules_of("US")] {
            let once = value(&rules, namespace, &text);
            prop_assert_eq!(value(&rules, namespace, &once), once.as_str());
            prop_assert!(once.len() <= GROWTH_MAX * text.len() + 2);
        }
    }

    #[test]
    fn forms_for_comparing_are_their_own(text in any_text()) {
        let name = comparable_name(&text);
        prop_assert_eq!(&comparable_name(name.value.expose()).value, &name.value);
        prop_assert!(name.value.expose().len() <= GROWTH_MAX * text.len());
        let mailbox = comparable_mailbox(&text);
        prop_assert_eq!(&comparable_mailbox(mailbox.value.expose()).value, &mailbox.value);
        for country in countries() {
            let code = postal_code(country, &text);
            prop_assert_eq!(&postal_code(country, code.value.expose()).value, &code.value);
            prop_assert!(code.value.expose().len() <= GROWTH_MAX * text.len() + 2);
        }
    }

    #[test]
    fn a_day_that_was_read_is_read_again(text in any_text()) {
        for order in [DateOrder::DayFirst, DateOrder::MonthFirst] {
            let read = read_date(&text, order, today());
            if let Some(day) = read.value.expose() {
                let again = read_date(&day.format("%Y-%m-%d").to_string(), order, today());
                prop_assert_eq!(again.value, read.value);
            } else {
                let told = [Note::Unreadable, Note::ImpossibleDate, Note::TooLong];
                prop_assert!(told.into_iter().any(|note| read.notes.has(note)));
            }
        }
    }

    #[test]
    fn every_day_is_read_however_it_is_written(
        days in 0i32..80_000,
        order in prop_oneof![Just(DateOrder::DayFirst), Just(DateOrder::MonthFirst)],
    ) {
        let day = NaiveDate::from_num_days_from_ce_opt(657_437 + days).expect("a day");
        let numbers = match order {
            DateOrder::DayFirst => "%d/%m/%Y",
            DateOrder::MonthFirst => "%m-%d-%Y",
        };
        for format in ["%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%a, %d %b %Y", numbers] {
            let written = day.format(format).to_string();
            prop_assert_eq!(read_date(&written, order, today()).value.into_exposed(), Some(day));
        }
    }

    #[test]
    fn case_and_invisible_marks_change_nothing(text in letters(), at in 0usize..6) {
        let folds_case = [Namespace::Email, Namespace::SocialHandle, Namespace::LoyaltyCard];
        let rules = IdentityRules::default();
        for namespace in &NAMESPACES {
            let plain = value(&rules, namespace, &text);
            prop_assert_eq!(&value(&rules, namespace, &with_invisible(&text, at)), &plain);
            if folds_case.contains(namespace) {
                prop_assert_eq!(&value(&rules, namespace, &text.to_uppercase()), &plain);
                prop_assert_eq!(&value(&rules, namespace, &text.to_lowercase()), &plain);
            }
        }
        let name = comparable_name(&text).value;
        for other in [text.to_uppercase(), text.to_lowercase(), with_invisible(&text, at)] {
            prop_assert_eq!(comparable_name(&other).value, name.clone());
        }
    }

    #[test]
    fn typing_an_accent_in_two_characters_changes_nothing(text in letters()) {
        let apart: String = text.chars().flat_map(|c| match c {
            'é' => vec!['e', '\u{301}'],
            'ç' => vec!['c', '\u{327}'],
            'ü' => vec!['u', '\u{308}'],
            c => vec![c],
        }).collect();
        let rules = IdentityRules::default();
        for namespace in &NAMESPACES {
            prop_assert_eq!(value(&rules, namespace, &apart), value(&rules, namespace, &text));
        }
        prop_assert_eq!(comparable_name(&apart).value, comparable_name(&text).value);
    }
}

#[test]
fn every_character_has_a_form_that_stays() {
    let rules = IdentityRules::default();
    for c in (0..=0x0010_ffff).filter_map(char::from_u32) {
        let text = format!("a{c}b@x{c}y.fr");
        for namespace in [Namespace::Email, Namespace::LoyaltyCard, Namespace::Account] {
            let once = value(&rules, &namespace, &text);
            assert_eq!(
                value(&rules, &namespace, &once),
                once,
                "{namespace} U+{:04X}",
                u32::from(c)
            );
        }
        let name = comparable_name(&text).value;
        assert_eq!(comparable_name(name.expose()).value, name, "U+{:04X}", u32::from(c));
    }
}

#[test]
fn what_is_too_long_is_kept_as_it_is() {
    let long = "É".repeat(5_000);
    for rules in [IdentityRules::default(), rules_of("FR")] {
        for namespace in &NAMESPACES {
            let got = normalise(&rules, &Identifier::asserted(namespace.clone(), long.as_str()));
            assert!(got.notes.has(Note::TooLong) && got.value.expose() == &long);
        }
    }
    assert!(comparable_name(&long).notes.has(Note::TooLong));
    assert!(comparable_mailbox(&long).notes.has(Note::TooLong));
    assert!(postal_code(None, &long).notes.has(Note::TooLong));
    assert!(read_date(&long, DateOrder::DayFirst, today()).notes.has(Note::TooLong));
}
