//! Comparisons of one's own: numbers, dates, lists, mailboxes; kept in a model.

use omnichannel::identity::linkage::{
    Cause, Comparison, Condition, Linker, Meaning, Model, ModelError, Table,
};

/// The level of two records by a comparison of the first column; `None` where it says nothing.
pub(crate) fn level<const N: usize>(
    columns: [Meaning; N],
    comparison: &Comparison,
    records: [[&str; N]; 2],
) -> Option<u8> {
    let names: Vec<String> = (0..N).map(|at| format!("c{at}")).collect();
    let mut table = Table::new(names.iter().map(String::as_str).zip(columns));
    for record in records {
        table.push(record.into_iter()).expect("as many values as columns");
    }
    let linker = Linker::comparing(table, vec![comparison.clone()]).expect("it fits the columns");
    let waterfall = linker.waterfall(&linker.learn(), 0, 1);
    let level = waterfall.terms.iter().find_map(|term| match &term.cause {
        Cause::Level { level, .. } => Some(*level),
        _ => None,
    });
    level.expect("one comparison")
}

/// Whether two values of a column fulfil a condition; `None` where one of them is none.
pub(crate) fn holds(of: Meaning, condition: Condition, here: &str, there: &str) -> Option<bool> {
    let comparison = Comparison::custom(0, [condition]);
    let found = level([of], &comparison, [[here], [there]]).map(|level| level == 0);
    let turned = level([of], &comparison, [[there], [here]]).map(|level| level == 0);
    assert_eq!(found, turned, "{condition:?} of {here} and {there}");
    found
}

#[test]
fn numbers_are_compared_exactly() {
    let five = Condition::Difference(5_000_000);
    let tenth = Condition::RelativeDifference(100_000);
    for (condition, here, there, expected) in [
        (five, "10", "15", Some(true)),
        (five, "10", "15.000001", Some(false)),
        (five, "-2,5", "+2.5", Some(true)),
        (five, "1 000", "1005", Some(true)),
        (five, "0", "-5", Some(true)),
        (five, "0", "n/a", None),
        (five, "1e3", "1000", None),
        (five, "12345678901234567890", "1", None),
        (tenth, "90", "100", Some(true)),
        (tenth, "89.99", "100", Some(false)),
        (tenth, "-90", "-100", Some(true)),
        (tenth, "-1", "1", Some(false)),
        (tenth, "0", "0.00", Some(true)),
        (Condition::Same, "1.50", "1,5", Some(true)),
    ] {
        assert_eq!(holds(Meaning::Number, condition, here, there), expected, "{here} {there}");
    }
}

#[test]
fn dates_are_compared_by_the_calendar() {
    for (condition, here, there, expected) in [
        (Condition::Days(1), "1999-12-31", "01/01/2000", Some(true)),
        (Condition::Days(1), "1999-12-31", "2000-01-02", Some(false)),
        (Condition::Months(1), "2000-01-31", "2000-02-29", Some(true)),
        (Condition::Months(1), "2000-01-31", "2000-03-01", Some(false)),
        (Condition::Years(1), "2000-02-29", "2001-02-28", Some(true)),
        (Condition::Years(10), "1984-05-06", "1994-05-06", Some(true)),
        (Condition::Years(10), "1984-05-06", "1994-05-07", Some(false)),
        (Condition::DayMonthSwapped, "1984-05-06", "1984-06-05", Some(true)),
        (Condition::DayMonthSwapped, "1984-05-06", "1985-06-05", Some(false)),
        (Condition::Days(u32::MAX), "1984-05-06", "31984", Some(false)),
        (Condition::Days(1), "1984-05-06", "", None),
    ] {
        assert_eq!(holds(Meaning::BirthDate, condition, here, there), expected, "{here} {there}");
    }
    // Of a column that means nothing else, a date is as it is written.
    assert_eq!(holds(Meaning::Other, Condition::Days(2), "2020-01-30", "2020-02-01"), Some(true));
}

#[test]
fn lists_share_elements_as_their_meaning_has_them() {
    let (one, two) = (Condition::ElementsInCommon(1), Condition::ElementsInCommon(2));
    for (of, condition, here, there, expected) in [
        (Meaning::Emails, one, "A@x.org; b@y.org", "[\"a@X.org\"]", Some(true)),
        (Meaning::Emails, two, "A@x.org; b@y.org", "[\"a@x.org\"]", Some(false)),
        (Meaning::Emails, one, "info@x.org, a@x.org", "info@x.org,b@x.org", Some(false)),
        (Meaning::Emails, Condition::Same, "b@y.org|a@x.org", "{a@x.org,b@y.org}", Some(true)),
        (Meaning::Emails, Condition::Same, "info@x.org", "a@x.org", None),
        (Meaning::Phones, one, "06 12 34 56 78; 0145454545", "01.45.45.45.45", Some(true)),
        (Meaning::List, two, "Café; Thé; Eau", "['eau', 'CAFE']", Some(true)),
        (Meaning::List, one, "[]", "a", None),
    ] {
        assert_eq!(holds(of, condition, here, there), expected, "{here} {there}");
    }
}

#[test]
fn mailboxes_are_compared_in_parts() {
    for (condition, here, there, expected) in [
        (Condition::SameUser, "ann.lee@x.org", "Ann.Lee@y.org", Some(true)),
        (Condition::SameUser, "ann.lee@x.org", "annlee@y.org", Some(false)),
        (Condition::SameUser, "info@x.org", "info@y.org", None),
        (Condition::SameMailbox, "ann.lee+shop@x.org", "annlee@x.org", Some(true)),
        (Condition::SameMailbox, "annlee@x.org", "annlee@y.org", Some(false)),
    ] {
        assert_eq!(holds(Meaning::Email, condition, here, there), expected, "{here} {there}");
    }
    // Whatever the column means, a mailbox that many read is nobody's.
    assert_eq!(holds(Meaning::Emails, Condition::SameUser, "ann@x.org", "ann@y.org"), Some(true));
}

fn all() -> (Table, Vec<Comparison>) {
    let columns = [
        ("name", Meaning::Surname),
        ("born", Meaning::BirthDate),
        ("code", Meaning::PostalCode),
        ("mail", Meaning::Email),
        ("phone", Meaning::Phone),
        ("income", Meaning::Number),
        ("mails", Meaning::Emails),
        ("lat", Meaning::Latitude),
        ("lon", Meaning::Longitude),
    ];
    let comparisons = vec![
        Comparison::custom(0, [Condition::Same, Condition::ReadsAlike, Condition::Nickname]),
        Comparison::custom(
            1,
            [
                Condition::Same,
                Condition::DayMonthSwapped,
                Condition::Days(3),
                Condition::Months(1),
                Condition::Years(10),
            ],
        ),
        Comparison::custom(2, [Condition::Same, Condition::SameArea, Condition::Beginning(2)]),
        Comparison::custom(3, [Condition::Same, Condition::SameMailbox, Condition::SameUser]),
        Comparison::custom(4, [Condition::Same, Condition::Ending(9)]),
        Comparison::custom(
            5,
            [
                Condition::Same,
                Condition::Difference(u64::MAX),
                Condition::RelativeDifference(100_000),
            ],
        ),
        Comparison::custom(6, [Condition::Same, Condition::ElementsInCommon(1)]),
        Comparison::geographic(7, 8, [0, 100, 1_000, u32::MAX]),
    ];
    let mut table = Table::new(columns);
    for at in 0..60 {
        let row = [
            format!("name{}", at / 2),
            format!("19{:02}-05-{:02}", 10 + at / 2, 1 + at % 2),
            format!("75{:03}", at),
            format!("user{}@x{at}.org", at / 2),
            format!("+33 6 12 34 5{:03}", at / 2),
            format!("{},{at}", at * 10),
            format!("user{at}@x.org; user{}@y.org", at / 2),
            format!("48.{:03}", at),
            format!("2.{:03}", at / 2),
        ];
        table.push(row.iter().map(String::as_str)).expect("nine values");
    }
    (table, comparisons)
}

#[test]
fn a_model_with_every_condition_is_read_as_it_was_written() {
    let (table, comparisons) = all();
    let linker = Linker::comparing(table.clone(), comparisons).expect("they fit");
    let model = linker.learn();
    let json = model.to_json().expect("names differ");
    for part in ["\"metres\": 1000", "\"difference\": 18446744073709551615", "\"reads_alike\""] {
        assert!(json.contains(part), "{part}");
    }
    let stored = Model::from_json(&json).expect("it reads");
    assert_eq!(stored, model);
    let again = Linker::with(table, &stored).expect("all columns");
    for (a, b) in [(0, 1), (0, 2), (7, 40)] {
        assert_eq!(again.weigh(&stored, a, b), linker.weigh(&model, a, b));
    }
}

#[test]
fn conditions_have_sql_or_are_said_to_have_none() {
    let (table, comparisons) = all();
    let model = Linker::comparing(table, comparisons).expect("they fit").learn();
    let exported = model.to_splink();
    let left_out: Vec<&String> =
        exported.notes.iter().filter(|note| note.ends_with("is left out")).collect();
    assert_eq!(left_out.len(), 2, "readings and nicknames: {left_out:?}");
    for part in ["asin(sqrt(", "to_months(120)", "list_intersect", "\\\"lon_l\\\" IS NULL"] {
        assert!(exported.json.contains(part), "{part} is not in {}", exported.json);
    }
    // None of it is guessed at when it comes back.
    let (table, _) = all();
    let said = Linker::from_splink(table, &exported.json).expect_err("SQL of no known form");
    assert!(said.to_string().contains("`lat`, level 2: its `sql_condition`"), "{said}");
}

#[test]
fn a_condition_that_says_nothing_of_its_column_is_refused() {
    let unsound = |columns: [Meaning; 2], comparison: Comparison| {
        let mut table = Table::new(["a", "b"].into_iter().zip(columns));
        table.push(["1", "2"].into_iter()).expect("two values");
        let refused = Linker::comparing(table, vec![comparison]).expect_err("it does not fit");
        assert!(matches!(refused, ModelError::Unsound { .. }), "{refused}");
        refused.to_string()
    };
    let other = [Meaning::Other, Meaning::Other];
    for (columns, comparison, part) in [
        (other, Comparison::geographic(0, 1, [1]), "a `latitude` beside a `longitude`"),
        (
            [Meaning::Longitude, Meaning::Latitude],
            Comparison::geographic(0, 1, [1]),
            "a `latitude` beside a `longitude`",
        ),
        (
            [Meaning::Latitude, Meaning::Longitude],
            Comparison::custom(0, [Condition::Metres(1)]),
            "a `latitude` beside a `longitude`",
        ),
        (other, Comparison::custom(0, [Condition::Difference(1)]), "means `number`"),
        (other, Comparison::custom(0, [Condition::ElementsInCommon(1)]), "means `list`"),
        (
            other,
            Comparison { beside: Some(1), ..Comparison::custom(0, [Condition::SoundsAlike]) },
            "and nothing else",
        ),
    ] {
        let said = unsound(columns, comparison);
        assert!(said.contains(part), "`{part}` is not in `{said}`");
    }
    let (table, comparisons) = all();
    let model = Linker::comparing(table, comparisons).expect("they fit").learn();
    let json = model.to_json().expect("names differ");
    let wrong = json.replace("\"meaning\": \"number\"", "\"meaning\": \"other\"");
    let said = Model::from_json(&wrong).expect_err("a document is checked, too").to_string();
    assert!(said.contains("comparison of `income`: a difference is of a column"), "{said}");
}

#[test]
fn new_meanings_call_for_their_comparisons() {
    let compared = |columns: &[(&str, Meaning)]| {
        let mut table = Table::new(columns.iter().copied());
        let row = ["48.85", "2.35", "x", "a@x.org;b@x.org"];
        for _ in 0..3 {
            table
                .push(row.into_iter().take(columns.len()).collect::<Vec<_>>().into_iter())
                .expect("");
        }
        let comparisons = Comparison::default_for(table.columns());
        comparisons.iter().map(|of| (of.column, of.beside, of.level_count())).collect::<Vec<_>>()
    };
    let lat = ("lat", Meaning::guess("lat"));
    let lon = ("geo long", Meaning::guess("geo long"));
    assert_eq!(compared(&[lat, lon]), [(0, Some(1), 5)]);
    assert_eq!(compared(&[lat]), [], "half a point");
    let city = ("city", Meaning::City);
    assert_eq!(compared(&[lat, lon, city]), [(2, None, 3)], "a place is one fact");
    let lists = ("mails", Meaning::Emails);
    assert_eq!(
        compared(&[lat, lon, ("c", Meaning::Source), lists]),
        [(0, Some(1), 5), (3, None, 3)]
    );
    assert_eq!(Meaning::guess("long_name"), Meaning::Other);
    let degrees: Vec<String> = (0..20).map(|at| format!("{at}.5")).collect();
    let of = |name, values: &[String]| Meaning::of(name, values.iter().map(String::as_str));
    assert_eq!(of("lat", &degrees), Meaning::Latitude);
    let words: Vec<String> = (0..20).map(|at| format!("lat{at}")).collect();
    assert_eq!(of("lat", &words), Meaning::Other);
    assert_eq!(of("c1", &degrees), Meaning::Other, "a number may be anything");
}
