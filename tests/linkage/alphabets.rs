//! Names of two alphabets: alike as they read in Latin letters.

use omnichannel::identity::linkage::{Cause, Condition, Linker, Meaning, Table, link};

use crate::conditions::holds;

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

#[test]
fn names_of_two_alphabets_meet_in_a_block() {
    let mut table = Table::new(["first_name", "surname"].map(|of| (of, Meaning::guess(of))));
    for row in [
        ["Иван", "Иванов"],
        ["Ivan", "Ivanov"],
        ["Νίκος", "Παπαδόπουλος"],
        ["Papadopoulos", "Nikos"],
        ["李", "王"],
        ["محمد", "حسين"],
    ] {
        table.push(row.into_iter()).expect("two values");
    }
    let links = link(table, i64::MIN).1.links;
    let pairs: Vec<(u32, u32)> = links.iter().map(|link| (link.a, link.b)).collect();
    assert_eq!(pairs, [(0, 1), (2, 3)]);
}
