//! Comparisons of one's own: points, numbers, dates, lists, mailboxes and names of two alphabets.

use omnichannel::identity::linkage::{
    Cause, Comparison, Condition, Linker, Meaning, Model, ModelError, Table,
};
use proptest::prelude::*;

/// The level of two records by a comparison of the first column; `None` where it says nothing.
fn level<const N: usize>(
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
fn holds(of: Meaning, condition: Condition, here: &str, there: &str) -> Option<bool> {
    let comparison = Comparison::custom(0, [condition]);
    let found = level([of], &comparison, [[here], [there]]).map(|level| level == 0);
    let turned = level([of], &comparison, [[there], [here]]).map(|level| level == 0);
    assert_eq!(found, turned, "{condition:?} of {here} and {there}");
    found
}

type Point = (f64, f64);

fn within(metres: u32, one: Point, other: Point) -> Option<bool> {
    let comparison = Comparison::geographic(0, 1, [metres]);
    let texts = [one, other].map(|(north, east)| [format!("{north:.6}"), format!("{east:.6}")]);
    let records = [0, 1].map(|at| [texts[at][0].as_str(), texts[at][1].as_str()]);
    level([Meaning::Latitude, Meaning::Longitude], &comparison, records).map(|level| level == 0)
}

/// Sinnott's formula with the machine's sines.
fn haversine((north, east): Point, (other_north, other_east): Point) -> f64 {
    let half = |a: f64, b: f64| ((a - b).to_radians() / 2.0).sin().powi(2);
    let cosines = north.to_radians().cos() * other_north.to_radians().cos();
    let square = half(north, other_north) + cosines * half(east, other_east);
    2.0 * 6_371_008.771 * square.min(1.0).sqrt().asin()
}

#[test]
fn cities_are_as_far_apart_as_maps_say() {
    const PARIS: Point = (48.856_614, 2.352_222);
    const LONDON: Point = (51.507_351, -0.127_758);
    const SUVA: Point = (-18.124_809, 178.450_079);
    const APIA: Point = (-13.850_696, -171.751_355);
    const QUITO: Point = (-0.180_653, -78.467_838);
    const SINGAPORE: Point = (1.352_083, 103.819_836);
    // Great circles on a sphere, to the kilometre.
    for (one, other, kilometres) in [
        (PARIS, LONDON, 344),
        (PARIS, SINGAPORE, 10_729),
        (QUITO, SINGAPORE, 19_729),
        // Over the 180th meridian.
        (SUVA, APIA, 1_144),
        ((0.0, 179.999_999), (0.0, -179.999_999), 0),
        // Poles: every longitude is the same point.
        ((90.0, 12.0), (90.0, -150.0), 0),
        ((90.0, 0.0), (-90.0, 45.0), 20_015),
        ((89.999_999, 0.0), (89.999_999, 180.0), 0),
        ((90.0, 7.0), (0.0, -100.0), 10_008),
        // Nearly on the other side of the Earth.
        ((48.856_614, 2.352_222), (-48.856_614, -177.647_778), 20_015),
    ] {
        let exact = haversine(one, other);
        assert!(
            (exact / 1_000.0 - f64::from(kilometres)).abs() < 1.0,
            "{exact}: {one:?} {other:?}"
        );
        let (above, below) = ((exact * (1.0 + 1e-7)) as u32 + 1, (exact * (1.0 - 1e-7)) as u32);
        assert_eq!(within(above, one, other), Some(true), "{exact}");
        assert_eq!(within(above, other, one), Some(true), "{exact}");
        if exact > 1.0 {
            assert_eq!(within(below.saturating_sub(1), one, other), Some(false), "{exact}");
        }
    }
    assert_eq!(within(0, PARIS, PARIS), Some(true));
}

#[test]
fn a_point_that_cannot_be_says_nothing() {
    let columns = [Meaning::Latitude, Meaning::Longitude];
    let comparison = Comparison::geographic(0, 1, [100, 1_000, 10_000, 100_000]);
    let paris = ["48.8566", "2.3522"];
    for (other, expected) in [
        (["48,8566° N", "2,3522° E"], Some(0)),
        (["48.8600", "2.3522"], Some(1)),
        (["48.9000", "2.4000"], Some(2)),
        (["49.4431", "1.0993"], Some(4)),
        (["91", "2.3522"], None),
        (["48.8566", "180.01"], None),
        (["48.8566", ""], None),
        (["", "2.3522"], None),
        (["48 51 24", "2.3522"], None),
        (["n/a", "n/a"], None),
        // What programs write when they know no place.
        (["0.0", "0"], None),
    ] {
        assert_eq!(level(columns, &comparison, [paris, other]), expected, "{other:?}");
        assert_eq!(level(columns, &comparison, [other, paris]), expected, "{other:?}");
    }
    assert_eq!(level(columns, &comparison, [["0", "9.5"], ["0,0", "9.5"]]), Some(0), "the equator");
    assert_eq!(level(columns, &comparison, [["0", "9.5"], ["0", "9.6"]]), Some(3), "11 kilometres");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn distances_are_those_of_the_haversine(
        north in -90_000_000..=90_000_000_i32,
        east in -180_000_000..=180_000_000_i32,
        far in prop_oneof![1..1_000_i32, 1..1_000_000_i32, 1..90_000_000_i32],
        aside in prop_oneof![-1_000..1_000_i32, -1_000_000..1_000_000_i32, -360_000_000..360_000_000_i32],
    ) {
        let other_north = if north > 0 { north - far } else { north + far };
        let other_east = (east + aside + 540_000_000).rem_euclid(360_000_000) - 180_000_000;
        let degrees = |micro: i32| f64::from(micro) / 1e6;
        let one = (degrees(north), degrees(east));
        let other = (degrees(other_north), degrees(other_east));
        let exact = haversine(one, other);
        let slack = exact * 1e-7 + 0.01;
        let above = (exact + slack).ceil() as u32;
        prop_assert_eq!(within(above, one, other), Some(true), "{} m", exact);
        prop_assert_eq!(within(above, other, one), Some(true), "{} m", exact);
        let below = (exact - slack).floor();
        if below >= 0.0 && (below as u32) < above && exact > below + slack {
            prop_assert_eq!(within(below as u32, one, other), Some(false), "{} m", exact);
        }
    }
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
    for (of, condition, here, there, expected) in [
        (
            Meaning::Emails,
            Condition::ElementsInCommon(1),
            "A@x.org; b@y.org",
            "[\"a@X.org\"]",
            Some(true),
        ),
        (
            Meaning::Emails,
            Condition::ElementsInCommon(2),
            "A@x.org; b@y.org",
            "[\"a@x.org\"]",
            Some(false),
        ),
        (
            Meaning::Emails,
            Condition::ElementsInCommon(1),
            "info@x.org, a@x.org",
            "info@x.org,b@x.org",
            Some(false),
        ),
        (Meaning::Emails, Condition::Same, "b@y.org|a@x.org", "{a@x.org,b@y.org}", Some(true)),
        (Meaning::Emails, Condition::Same, "info@x.org", "a@x.org", None),
        (
            Meaning::Phones,
            Condition::ElementsInCommon(1),
            "06 12 34 56 78; 0145454545",
            "01.45.45.45.45",
            Some(true),
        ),
        (
            Meaning::List,
            Condition::ElementsInCommon(2),
            "Café; Thé; Eau",
            "['eau', 'CAFE']",
            Some(true),
        ),
        (Meaning::List, Condition::ElementsInCommon(1), "[]", "a", None),
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

/// Names as their bearers and passports write them, and as others do.
const NAMES: [(&str, &str); 44] = [
    ("Иванов", "Ivanov"),
    ("Иванов", "Ivanow"),
    ("Иванов", "Ivanoff"),
    ("Щербаков", "Shcherbakov"),
    ("Чехов", "Chekhov"),
    ("Чехов", "Tschechow"),
    ("Чехов", "Tchekhov"),
    ("Достоевский", "Dostoyevsky"),
    ("Достоевский", "Dostoevskij"),
    ("Чайковский", "Tchaikovsky"),
    ("Чайковский", "Čajkovskij"),
    ("Шостакович", "Schostakowitsch"),
    ("Шостакович", "Šostakovič"),
    ("Жуков", "Zhukov"),
    ("Жуков", "Žukov"),
    ("Юлия", "Yuliya"),
    ("Юлия", "Iuliia"),
    ("Юлия", "Julija"),
    ("Сергей", "Sergey"),
    ("Сергей", "Sergei"),
    ("Елена", "Yelena"),
    ("Евгений", "Evgeny"),
    ("Дмитрий", "Dmitri"),
    ("Александр", "Aleksandr"),
    ("Михаил", "Mikhail"),
    ("Филипп", "Philip"),
    ("Марья", "Maria"),
    ("Григорій", "Hryhorii"),
    ("Шевченко", "Shevchenko"),
    ("Петровић", "Petrović"),
    ("Ђоковић", "Đoković"),
    ("Παπαδόπουλος", "Papadopoulos"),
    ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "Papadopulos"),
    ("Ευάγγελος", "Evangelos"),
    ("Χρήστος", "Christos"),
    ("Χρήστος", "Khristos"),
    ("Γεωργίου", "Georgiou"),
    ("Θεόδωρος", "Theodoros"),
    ("Αλέξανδρος", "Alexandros"),
    ("محمد", "Muhammad"),
    ("محمد", "Mohamed"),
    ("حسين", "Hussein"),
    ("إبراهيم", "Ibrahim"),
    ("אברהם", "Abraham"),
];

#[test]
fn names_of_two_alphabets_read_alike() {
    let wrong: Vec<_> = NAMES
        .into_iter()
        .filter(|(one, other)| {
            holds(Meaning::Surname, Condition::ReadsAlike, one, other) != Some(true)
        })
        .collect();
    assert_eq!(wrong, []);
    for (one, other) in [
        ("Иванов", "Petrov"),
        ("Иванова", "Ivanov"),
        ("Юлия", "Julius"),
        ("Παπαδόπουλος", "Papandreou"),
        ("محمد", "Ahmed"),
        ("علي", "Ali"),
        ("李", "Li"),
        ("李", "王"),
        ("อมร", "Amon"),
    ] {
        assert_eq!(
            holds(Meaning::Surname, Condition::ReadsAlike, one, other),
            Some(false),
            "{one}"
        );
    }
}

#[test]
fn names_of_two_alphabets_are_one_fact_without_configuration() {
    let columns = [Meaning::FirstName, Meaning::Surname];
    let names = |one: [&'static str; 2], other: [&'static str; 2]| {
        let mut table = Table::new(["first", "last"].into_iter().zip(columns));
        [one, other].iter().for_each(|row| table.push(row.iter().copied()).expect("two values"));
        let linker = Linker::of(table);
        let waterfall = linker.waterfall(&linker.learn(), 0, 1);
        let levels = waterfall.terms.iter().filter_map(|term| match &term.cause {
            Cause::Level { level, .. } => Some(*level),
            _ => None,
        });
        levels.collect::<Vec<_>>()
    };
    for (one, other, expected) in [
        (["Иван", "Иванов"], ["Ivan", "Ivanov"], [Some(0), Some(0)]),
        (["Юлия", "Чехова"], ["Julia", "Tschechowa"], [Some(0), Some(0)]),
        (["Иван", "Иванов"], ["Ivanov", "Ivan"], [Some(1), None]),
        (["И.", "Иванов"], ["Ivan", "Ivanof"], [Some(3), Some(2)]),
        (["Νίκος", "Παπαδόπουλος"], ["Nikos", "Papadopoullos"], [Some(0), Some(0)]),
        (["Νίκος", "Παπαδόπουλος"], ["Maria", "Smith"], [Some(7), Some(4)]),
        (["محمد", "إبراهيم"], ["Mohamed", "Ibrahim"], [Some(5), Some(3)]),
        (["李", "王"], ["Li", "Wang"], [Some(7), Some(4)]),
        // Of one alphabet they are compared as they are written.
        (["Сергей", "Иванов"], ["Сергеи", "Ивонов"], [Some(0), Some(2)]),
        (["Serge", "Ivanow"], ["Serge", "Ivanov"], [Some(0), Some(2)]),
        (["Əli", "Əliyev"], ["Ali", "Aliyev"], [Some(4), Some(2)]),
    ] {
        assert_eq!(names(one, other), expected, "{one:?} {other:?}");
        assert_eq!(names(other, one), expected, "{other:?} {one:?}");
    }
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
