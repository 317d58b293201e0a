//! The laws of the extractor, on generated texts.

use std::time::{Duration, Instant};

use omnichannel::consistency::{ClaimExtractor, SimpleExtractor};
use omnichannel::model::{
    Claim, ClaimValue, ClaimedDate, Currency, Delay, DelayUnit, Money, Percent,
};
use proptest::prelude::*;

fn assert_sound(text: &str) {
    let claims = SimpleExtractor.claims(text);
    let mut end = 0;
    for claim in &claims {
        assert!(claim.from >= end && claim.from < claim.until, "{text:?}: {claims:?}");
        assert!(text.get(claim.from..claim.until).is_some(), "{text:?}: {claims:?}");
        let again = Claim::new(claim.from, claim.until, claim.readings.clone());
        assert_eq!(again.as_ref(), Some(claim));
        end = claim.until;
    }
}

/// Whether `text` inside a sentence is one claim that can be read as `value`, and covers it.
fn assert_found(text: &str, value: ClaimValue) {
    let sentence = format!("Voici : {text}. Merci !");
    let claims = SimpleExtractor.claims(&sentence);
    let [claim] = claims.as_slice() else { panic!("{sentence:?}: {claims:?}") };
    assert_eq!(&sentence[claim.from..claim.until], text);
    assert!(claim.readings.contains(&value), "{sentence:?}: {claims:?}, not {value}");
}

fn grouped(digits: &str, separator: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    grouped
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["EUR", "USD", "CAD", "GBP", "CHF", "JPY", "XOF", "KWD", "TND"])
        .prop_map(|code| code.parse().unwrap())
}

fn unit() -> impl Strategy<Value = DelayUnit> {
    use DelayUnit::{Day, Hour, Minute, Month, Week, WorkingDay, Year};
    prop::sample::select(vec![Minute, Hour, Day, WorkingDay, Week, Month, Year])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_has_claims_in_order_on_characters(text in any::<String>()) {
        assert_sound(&text);
    }

    #[test]
    fn pieces_of_claims_in_any_order_have_claims_in_order_on_characters(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "0", "1", "12", "200", "2026", "80123", " ", "\u{a0}", ",", ".", "-", "/", ":", "'",
            "€", "$", "EUR", "KWD", "%", "pour", "cent", "mars", "March", "May", "er", "th", "of",
            "à", "to", "h", "jours", "ouvrés", "working", "days", "un", "deux", "sous", "k", "US",
            "\u{200f}", "\u{301}", "🎉", "https://", "www.", "\n", "٣", "é",
        ]), 0..24),
    ) {
        assert_sound(&pieces.concat());
    }

    #[test]
    fn any_amount_is_found_however_it_is_written(
        minor in prop_oneof![0_i64..10_000_000, 0..=i64::MAX],
        currency in currency(),
    ) {
        let value = ClaimValue::Money(Money::new(minor, currency));
        let plain = Money::new(minor, currency).to_string();
        let (amount, code) = plain.split_once(' ').unwrap();
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        let point = if fraction.is_empty() { "" } else { "." };
        let comma = if fraction.is_empty() { "" } else { "," };
        for text in [
            format!("{amount} {code}"),
            format!("{code} {amount}"),
            format!("{code}{}{point}{fraction}", grouped(whole, ",")),
            format!("{}{comma}{fraction} {code}", grouped(whole, ".")),
            format!("{}{comma}{fraction}{code}", grouped(whole, " ")),
            format!("{}{comma}{fraction}\u{a0}{code}", grouped(whole, "\u{202f}")),
            format!("{whole}{comma}{fraction}\u{202f}{code}"),
        ] {
            assert_found(&text, value);
        }
    }

    #[test]
    fn any_amount_with_a_sign_is_found(minor in 0_i64..1_000_000_000) {
        let (whole, cents) = (minor / 100, minor % 100);
        let euros = ClaimValue::Money(Money::new(minor, Currency::EUR));
        let dollars = ClaimValue::Money(Money::new(minor, "USD".parse().unwrap()));
        let pounds = ClaimValue::Money(Money::new(minor, "GBP".parse().unwrap()));
        let thousands = grouped(&whole.to_string(), ",");
        assert_found(&format!("{whole},{cents:02} €"), euros);
        assert_found(&format!("{whole}.{cents:02}€"), euros);
        assert_found(&format!("€{thousands}.{cents:02}"), euros);
        assert_found(&format!("{whole}€{cents:02}"), euros);
        assert_found(&format!("{whole},{cents:02} euros"), euros);
        assert_found(&format!("${thousands}.{cents:02}"), dollars);
        assert_found(&format!("£{whole}.{cents:02}"), pounds);
    }

    #[test]
    fn any_percentage_is_found_however_it_is_written(points in 0..=i32::MAX) {
        let percent = Percent::from_basis_points(points);
        let number = percent.to_string().trim_end_matches('%').to_owned();
        let comma = number.replace('.', ",");
        for text in [
            format!("{number}%"),
            format!("{number} %"),
            format!("{comma}\u{202f}%"),
            format!("{comma} pour cent"),
            format!("{number} percent"),
            format!("{}.{:02} %", points / 100, points % 100),
        ] {
            assert_found(&text, ClaimValue::Percent(percent));
        }
    }

    #[test]
    fn any_day_is_found_however_it_is_written(
        year in 1_900..2_200,
        month in 1_u8..=12,
        day in 1_u8..=31,
    ) {
        let french = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
            "septembre", "octobre", "novembre", "décembre"][usize::from(month) - 1];
        let english = ["January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December"][usize::from(month) - 1];
        if let Some(date) = ClaimedDate::new(Some(year), month, day) {
            for text in [
                format!("{year}-{month:02}-{day:02}"),
                format!("{day:02}/{month:02}/{year}"),
                format!("{month:02}/{day:02}/{year}"),
                format!("{day}.{month}.{year}"),
                format!("{day} {french} {year}"),
                format!("{english} {day}, {year}"),
                format!("{day}th of {english} {year}"),
            ] {
                assert_found(&text, ClaimValue::Date(date));
            }
        }
        if let Some(date) = ClaimedDate::new(None, month, day) {
            for text in [
                format!("{day} {}", french.to_uppercase()),
                format!("{english} {day}"),
                format!("{}. {day}", &english[..3]),
            ] {
                assert_found(&text, ClaimValue::Date(date));
            }
        }
    }

    #[test]
    fn any_delay_is_found_however_it_is_written(min: u32, more in 0_u32..100, unit in unit()) {
        let delay = Delay::new(min, min.saturating_add(more), unit).unwrap();
        let (min, max) = (delay.min(), delay.max());
        let (french, english) = match unit {
            DelayUnit::Minute => ("minutes", "minutes"),
            DelayUnit::Hour => ("heures", "hours"),
            DelayUnit::Day => ("jours", "days"),
            DelayUnit::WorkingDay => ("jours ouvrés", "business days"),
            DelayUnit::Week => ("semaines", "weeks"),
            DelayUnit::Month => ("mois", "months"),
            DelayUnit::Year => ("ans", "years"),
        };
        for text in [
            delay.to_string(),
            format!("{min} à {max} {french}"),
            format!("{min}-{max} {english}"),
            format!("{min}–{max}\u{a0}{french}"),
            format!("{min}/{max} {english}"),
        ] {
            assert_found(&text, ClaimValue::Delay(delay));
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is tested is the time it takes")]
fn a_megabyte_of_anything_is_read_in_linear_time() {
    for piece in [
        "9",
        " ",
        "€",
        "1 ",
        "1 000 ",
        "000 ",
        "1,",
        "1.",
        "1/",
        "1-",
        "12/03/",
        "€ 1 000 ",
        "a",
        "un ",
        "3 à ",
        "3 - ",
        "March 1 ",
        "March ",
        "1 mars ",
        "18 h ",
        "80 € ",
        "20 % ",
        "\u{301}",
        "\u{200f}",
        "a\u{301}",
        "https://",
        "www.",
        "1 pour ",
        "$",
        "1:",
        "et ",
        "1\u{200f}",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let begin = Instant::now();
        let count = SimpleExtractor.claims(&text).len();
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(2), "{piece:?}: {took:?} for {count} claims");
    }
}
