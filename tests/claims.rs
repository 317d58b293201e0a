//! What free text states is found: sentences by hand, laws by generation.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "claims/properties.rs"]
mod properties;
#[path = "claims/sentences.rs"]
mod sentences;

use omnichannel::consistency::{ClaimExtractor, SimpleExtractor};
use omnichannel::model::{Claim, ClaimValue, ClaimedDate, Currency, Delay, DelayUnit, Money};

/// The claims of a text as `words that state it = reading | reading`, joined by semicolons.
fn found(text: &str) -> String {
    let claims = SimpleExtractor.claims(text);
    let lines = claims.iter().map(|claim| {
        let readings: Vec<String> = claim.readings.iter().map(ToString::to_string).collect();
        format!("{} = {}", &text[claim.from..claim.until], readings.join(" | "))
    });
    lines.collect::<Vec<_>>().join("; ")
}

fn delay(min: u32, max: u32, unit: DelayUnit) -> Delay {
    Delay::new(min, max, unit).unwrap()
}

#[test]
fn delays_mean_the_same_in_units_of_one_length() {
    use DelayUnit::{Day, Hour, Minute, Month, Week, WorkingDay, Year};
    for (a, b, same) in [
        (delay(48, 48, Hour), delay(2, 2, Day), true),
        (delay(2, 2, Week), delay(14, 14, Day), true),
        (delay(12, 12, Month), delay(1, 1, Year), true),
        (delay(60, 120, Minute), delay(1, 2, Hour), true),
        (delay(24, 48, Hour), delay(1, 2, Day), true),
        (delay(24, 48, Hour), delay(2, 2, Day), false),
        (delay(1, 1, Month), delay(30, 30, Day), false),
        (delay(1, 1, Month), delay(31, 31, Day), false),
        (delay(1, 1, Year), delay(365, 365, Day), false),
        (delay(5, 5, WorkingDay), delay(5, 5, Day), false),
        (delay(5, 5, WorkingDay), delay(1, 1, Week), false),
        (delay(u32::MAX, u32::MAX, Week), delay(u32::MAX, u32::MAX, Day), false),
    ] {
        assert_eq!(a.means(&b), same, "{a}, {b}");
        assert_eq!(b.means(&a), same, "{b}, {a}");
    }
    assert_eq!(Delay::new(5, 3, Day), None);
}

#[test]
fn what_no_calendar_has_is_no_date_in_json_either() {
    for (year, month, day, valid) in [
        (None, 2, 29, true),
        (Some(2024), 2, 29, true),
        (Some(2000), 2, 29, true),
        (Some(1900), 2, 29, false),
        (Some(2026), 2, 29, false),
        (None, 2, 30, false),
        (None, 4, 31, false),
        (None, 12, 31, true),
        (None, 13, 1, false),
        (None, 0, 1, false),
        (None, 1, 0, false),
        (Some(0), 1, 1, false),
        (Some(10_000), 1, 1, false),
    ] {
        assert_eq!(ClaimedDate::new(year, month, day).is_some(), valid, "{year:?} {month} {day}");
        let said = year.map_or(String::new(), |year| format!("\"year\":{year},"));
        let json = format!("{{{said}\"month\":{month},\"day\":{day}}}");
        let read: Result<ClaimedDate, _> = serde_json::from_str(&json);
        assert_eq!(read.ok(), ClaimedDate::new(year, month, day), "{json}");
    }
    let backwards = r#"{"min":5,"max":3,"unit":"day"}"#;
    assert!(serde_json::from_str::<Delay>(backwards).is_err());
}

#[test]
fn readings_are_sorted_and_distinct() {
    let value = |text: &str| ClaimValue::Money(text.parse().unwrap());
    let (small, large, other) = (value("1 CAD"), value("2 CAD"), value("1 USD"));
    let day = ClaimValue::Delay(delay(1, 1, DelayUnit::Day));
    let claim = Claim::new(3, 5, vec![day, other, large, small, other]).unwrap();
    assert_eq!(claim.readings, [small, large, other, day]);
    assert_eq!(Claim::new(3, 3, vec![small]), None);
    assert_eq!(Claim::new(3, 5, vec![]), None);
}

#[test]
fn claims_are_kept_as_json() {
    let claims = SimpleExtractor.claims("12/03/2026, 80 €, 20 %, 3 à 5 jours ouvrés");
    let json = serde_json::to_string(&claims).unwrap();
    assert!(
        json.contains(r#"{"from":12,"until":18,"readings":[{"money":"80.00 EUR"}]}"#),
        "{json}"
    );
    assert!(json.contains(r#"{"date":{"year":2026,"month":3,"day":12}}"#), "{json}");
    assert!(json.contains(r#"{"delay":{"min":3,"max":5,"unit":"working_day"}}"#), "{json}");
    assert_eq!(serde_json::from_str::<Vec<Claim>>(&json).unwrap(), claims);
}

#[test]
fn an_amount_too_large_is_no_claim() {
    assert_eq!(
        found("92233720368547758.07 EUR"),
        "92233720368547758.07 EUR = 92233720368547758.07 EUR"
    );
    for text in ["92233720368547758.08 EUR", "99999999999999999999999 €", "21474836.48 %"] {
        assert_eq!(found(text), "", "{text}");
    }
    assert_eq!(found(&format!("{} €", "9".repeat(4_000))), "");
    assert_eq!(found("5000000000 jours"), "");
    assert_eq!(Money::new(1, Currency::EUR).to_string(), "0.01 EUR");
}
