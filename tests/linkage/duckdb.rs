//! The SQL that is written for Splink, in a real DuckDB.
//!
//! Needs a `python3` with the package `duckdb`; where there is none it says so.

use std::io::Write as _;
use std::process::{Command, Stdio};

use omnichannel::identity::linkage::{
    BlockingRule, Cause, Comparison, Condition, Facet, Linker, Matcher, Meaning, Model, Table,
};
use serde_json::{Value, json};

use crate::town::town;

/// What DuckDB says of all pairs of these rows, and whether it says what we do.
fn worked_off(linker: &Linker, model: &Model, table: &Table, rows: &[Vec<String>]) -> String {
    let matcher = Matcher::new(model);
    let cleaned: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let row: Vec<&str> = row.iter().map(String::as_str).collect();
            let read = matcher.read(&row).expect("a value for each column");
            read.values().map(str::to_owned).collect()
        })
        .collect();
    let pairs =
        (0..rows.len() as u32).flat_map(|a| (a + 1..rows.len() as u32).map(move |b| (a, b)));
    let levels: Vec<Value> = pairs
        .map(|(a, b)| {
            let terms = linker.waterfall(model, a, b).terms.into_iter();
            let words = terms.filter_map(|term| match term.cause {
                Cause::Level { words, .. } => Some(words),
                _ => None,
            });
            json!([a, b, words.collect::<Vec<_>>()])
        })
        .collect();
    let settings: Value = serde_json::from_str(&model.to_splink().json).expect("JSON");
    let written = model
        .blocking()
        .iter()
        .filter(|rule| !rule.parts().iter().any(|(_, facet)| *facet == Facet::Sound));
    let found = written.map(|rule| {
        let alone = Linker::of(table.clone()).blocking([rule.clone()]).expect("sound");
        let links = alone.link(model, i64::MIN).links.into_iter().map(|link| [link.a, link.b]);
        json!({ "pairs": links.collect::<Vec<_>>(), "swaps": swapped_letters(rule) })
    });
    let found: Vec<Value> = found.collect();
    let columns: Vec<&str> = model.columns.iter().map(|of| of.name.as_str()).collect();
    let given = json!({ "columns": columns, "rows": cleaned, "settings": settings,
        "levels": levels, "found": found });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/linkage/splink_sql.py");
    let python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else { return "skipped: there is no python3".to_owned() };
    // Without DuckDB it ends before it has read all.
    let _ = python.stdin.take().expect("piped").write_all(given.to_string().as_bytes());
    let output = python.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.code() {
        Some(77) => "skipped: python3 has no package duckdb".to_owned(),
        Some(0) => text(&output.stdout),
        _ => panic!("{}\n{}", text(&output.stdout), text(&output.stderr)),
    }
}

/// Of how many first letters of names in each other's place a rule finds pairs: DuckDB does not.
fn swapped_letters(rule: &BlockingRule) -> u8 {
    let of = |name: usize| rule.parts().iter().find(|(at, _)| *at == name).map(|(_, facet)| facet);
    match (of(0), of(1)) {
        (Some(Facet::Whole), Some(Facet::Whole)) => u8::MAX,
        (Some(Facet::First(one)), Some(Facet::First(other))) if one == other => *one,
        _ => 0,
    }
}

fn table(columns: &[(&str, Meaning)], rows: &[Vec<String>]) -> Table {
    let mut table = Table::new(columns.iter().copied());
    for row in rows {
        table.push(row.iter().map(String::as_str)).expect("a value for each column");
    }
    table
}

const COLUMNS: [(&str, Meaning); 10] = [
    ("first_name", Meaning::FirstName),
    ("surname", Meaning::Surname),
    ("dob", Meaning::BirthDate),
    ("postcode", Meaning::PostalCode),
    ("city", Meaning::City),
    ("email", Meaning::Email),
    ("phone", Meaning::Phone),
    ("ssn", Meaning::NationalId),
    ("address", Meaning::AddressLine),
    ("number", Meaning::HouseNumber),
];

/// People at the edges of what levels mean.
const EDGES: [&str; 9] = [
    "Ann;Smith;1980-02-03;SW1A 1AA;Bath;ann@example.org;0612345678;1;mill lane;1",
    "A;Smith-Jones;1980-03-02;SW1A 2AA;Bath;anne@example.org;0612345679;12;mill lanes;12",
    "Anne;Jones;1980-01-01;SW1A1AB;Batth;ann@example.com;0612345687;21;lane mill;1a",
    "Smith;Ann;1980-12-24;SW;York;nna@example.org;612345678;123;mill;",
    "Smit;Anna;1981-02-03;SW1;;;;132;l;2",
    "Élodie;O'Hara;1980-02-13;;bath;elodie@example.org;;;;",
    "Elodie;van der Berg;1980;75011;;lodie@example.org;+33612345678;;;",
    "an;Berg;02/1980;75012;bth;x;;;;",
    ";;;;;;;;;",
];

/// People of the town with slips, and those at the edges.
fn rows() -> Vec<Vec<String>> {
    let cities = ["bath", "batth", "york", "new york", ""];
    let (town, _) = town(40, 30);
    let mut rows: Vec<Vec<String>> = town
        .into_iter()
        .enumerate()
        .map(|(at, [first, last, born, code, mail, phone])| {
            let city = cities[at % 5].to_owned();
            let ssn = format!("{}", 880_101 + at / 3 * 7);
            vec![
                first,
                last,
                born,
                code,
                city,
                mail,
                phone,
                ssn,
                format!("{last_of} lane", last_of = at % 6),
                format!("{}", at % 4),
            ]
        })
        .collect();
    rows.extend(EDGES.iter().map(|row| row.split(';').map(str::to_owned).collect()));
    rows
}

#[test]
fn levels_and_rules_of_known_fields_mean_the_same_in_duckdb() {
    let rows = rows();
    let table = table(&COLUMNS, &rows);
    let linker = Linker::of(table.clone());
    println!("{}", worked_off(&linker, &linker.learn(), &table, &rows));
}

#[test]
fn conditions_of_ones_own_mean_the_same_in_duckdb() {
    use Condition as C;
    let own = |at: usize, conditions: &[Condition]| {
        conditions.iter().map(move |one| Comparison::custom(at, [*one])).collect::<Vec<_>>()
    };
    let rows = rows();
    let table = table(&COLUMNS, &rows);
    let names = [
        C::Same,
        C::JaroWinkler(880_000),
        C::Levenshtein(2),
        C::Osa(1),
        C::Damerau(2),
        C::Beginning(2),
        C::Ending(2),
    ];
    let of_dates = [C::Days(40), C::Months(1), C::Years(1), C::DayMonthSwapped];
    let mut comparisons = own(0, &names);
    comparisons.extend(own(1, &[C::Jaccard(500_000), C::WordsInCommon(1)]));
    comparisons.extend(own(2, &of_dates));
    comparisons.extend(own(3, &[C::SameArea]));
    comparisons.extend(own(5, &[C::SameUser, C::SameMailbox]));
    let linker = Linker::comparing(table.clone(), comparisons).expect("sound");
    let rules = [
        BlockingRule::of([(0, Facet::First(2)), (2, Facet::Year)]),
        BlockingRule::of([(1, Facet::Gram(3))]),
        BlockingRule::of([(4, Facet::Whole), (8, Facet::Gram(2))]),
        BlockingRule::of([(2, Facet::Day)]),
        BlockingRule::of([(1, Facet::Sound)]),
    ];
    let linker = linker.blocking(rules).expect("sound");
    println!("{}", worked_off(&linker, &linker.learn(), &table, &rows));
}

#[test]
fn numbers_points_and_lists_mean_the_same_in_duckdb() {
    let columns = [
        ("lat", Meaning::Latitude),
        ("lon", Meaning::Longitude),
        ("income", Meaning::Number),
        ("tags", Meaning::List),
    ];
    let rows: Vec<Vec<String>> = (0..40)
        .map(|at| {
            let place = |step: i32| format!("{:.4}", 48.8 + f64::from(at % 7 * step) / 1_000.0);
            let tags: Vec<String> = (0..at % 4).map(|own| format!("t{}", (at + own) % 9)).collect();
            let income = if at % 9 == 0 { String::new() } else { format!("{}.5", at * at - 200) };
            vec![place(3), place(-5), income, tags.join(";")]
        })
        .collect();
    let table = table(&columns, &rows);
    let comparisons = vec![
        Comparison::geographic(0, 1, [100, 1_000, 10_000]),
        Comparison::custom(2, [Condition::Difference(20_000_000)]),
        Comparison::custom(2, [Condition::RelativeDifference(100_000)]),
        Comparison::custom(3, [Condition::Same, Condition::ElementsInCommon(1)]),
    ];
    let linker = Linker::comparing(table.clone(), comparisons).expect("sound");
    let linker = linker.blocking([BlockingRule::of([(3, Facet::Element)])]).expect("sound");
    println!("{}", worked_off(&linker, &linker.learn(), &table, &rows));
}
