//! A weight explained by its terms, and a run drawn as a page.

use omnichannel::identity::linkage::{
    Cause, Linker, Meaning, Model, Report, Table, Truth, Waterfall, errors,
};

const PEOPLE: &str = include_str!("../../examples/link/people.csv");

/// The people of the example: linker, model, and whose each record is.
fn people() -> (Linker, Model, Truth) {
    let mut rows = PEOPLE.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().expect("a header");
    let compared = &header[1..header.len() - 1];
    let mut table = Table::new(compared.iter().map(|name| (*name, Meaning::guess(name))));
    let mut truth = Vec::new();
    for row in rows {
        table.push(row[1..row.len() - 1].iter().copied()).expect("a value for each column");
        truth.push(row[row.len() - 1]);
    }
    let linker = Linker::of(table);
    let model = linker.learn();
    (linker, model, Truth::of(&truth))
}

fn sum(waterfall: &Waterfall) -> i64 {
    waterfall.terms.iter().map(|term| term.weight).sum()
}

#[test]
fn terms_sum_to_the_weight_and_the_last_corrects_for_related_people() {
    let (linker, learnt, _) = people();
    let (mut two, mut three) = (learnt.clone(), learnt);
    (two.prior_related, three.prior_related) = (None, Some(-9_000));
    for a in 0..60 {
        for b in 0..60 {
            // Without related people nothing is left to correct: each term is checked by itself.
            let plain = linker.waterfall(&two, a, b);
            assert_eq!((sum(&plain), plain.weight), (plain.weight, linker.weigh(&two, a, b)));
            assert!(plain.terms.iter().all(|term| term.cause != Cause::Related));
            let whole = linker.waterfall(&three, a, b);
            assert_eq!((sum(&whole), whole.weight), (whole.weight, linker.weigh(&three, a, b)));
            let (last, others) = whole.terms.split_last().expect("terms");
            assert_eq!((&last.cause, others), (&Cause::Related, &plain.terms[..]));
            assert!(last.weight <= 0);
        }
    }
}

#[test]
fn levels_rarity_and_missing_facts_are_told_apart() {
    let (linker, model, _) = people();
    let own = linker.waterfall(&model, 0, 0);
    let about = |cause: &Cause| match cause {
        Cause::Level { columns, level, .. } => Some((columns.join("+"), *level)),
        _ => None,
    };
    let levels: Vec<_> = own.terms.iter().filter_map(|term| about(&term.cause)).collect();
    assert_eq!(levels[0], ("first_name".to_owned(), Some(0)));
    assert_eq!(levels[3], ("postcode+city".to_owned(), Some(0)));
    let rare: Vec<&str> = own
        .terms
        .iter()
        .filter_map(|term| match &term.cause {
            Cause::Rarity { columns, .. } => Some(columns[0].as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(rare, ["first_name", "surname", "birth_date", "postcode", "email", "phone"]);
    // The third record has no telephone number.
    let without = linker.waterfall(&model, 0, 2);
    let phone = without.terms.iter().filter_map(|term| about(&term.cause)).next_back();
    assert_eq!(phone, Some(("phone".to_owned(), None)));
    let json = serde_json::to_string(&without).expect("it is JSON");
    assert_eq!(serde_json::from_str::<Waterfall>(&json).expect("it is read"), without);
    assert!(json.contains(r#"{"kind":"level","field":"phone""#), "{json}");
}

#[test]
fn what_records_say_is_shown_only_if_asked_for() {
    let (linker, model, truth) = people();
    let waterfall = linker.waterfall(&model, 0, 1);
    let shown = waterfall.clone().exposing(linker.table());
    let secret = ["wexford", "59800", "elizabeth", "r001"];
    let linked = linker.link(&model, 0);
    let report = || Report::of(&linker, &model, &linked, 0).titled("people").against(&truth);
    let hidden = [
        serde_json::to_string(&waterfall).expect("JSON"),
        waterfall.svg(),
        report().html(),
        format!("{waterfall:?} {:?}", report()),
    ];
    for text in &hidden {
        assert!(secret.iter().all(|secret| !text.contains(secret)), "{text}");
    }
    for text in [serde_json::to_string(&shown).expect("JSON"), shown.svg()] {
        assert!(text.contains("wexford"), "{text}");
    }
    let names = |place: u32| format!("r{:03}", place + 1);
    assert!(report().exposing(&names).html().contains(">\u{2068}r0"));
}

#[test]
fn a_picture_takes_any_text() {
    let column = "</svg><script>alert(1)</script>&\u{202e}\u{0}";
    let (arabic, emoji) = ("\u{202e}محمد", "👩\u{200d}👩\u{200d}👧 & <b>\"");
    let mut table = Table::new([(column, Meaning::Surname), ("email", Meaning::Email)]);
    for email in [arabic, emoji, "a@example.org"] {
        table.push([email, email].into_iter()).expect("two values");
    }
    let linker = Linker::of(table);
    let model = linker.learn();
    let picture = linker.waterfall(&model, 0, 1).exposing(linker.table()).svg();
    let linked = linker.link(&model, 0);
    let names = |_| "</title><b>".to_owned();
    let report = Report::of(&linker, &model, &linked, 0).titled(column).exposing(&names);
    for text in [&picture, &report.html()] {
        assert!(!text.contains("<script") && !text.contains("<b>"), "{text}");
        assert!(!text.contains('\u{202e}') && !text.contains('\0'), "{text}");
        assert!(text.contains("&lt;/svg&gt;&lt;script&gt;"), "{text}");
    }
    assert!(picture.starts_with("<svg xmlns=") && picture.contains("prefers-color-scheme: dark"));
    assert!(picture.contains("محمد") && picture.contains("👩\u{200d}👩\u{200d}👧"), "{picture}");
    // Every element that is opened is closed.
    let count = |what: &str| picture.matches(what).count();
    assert_eq!(count("<text"), count("</text>"));
    assert_eq!(count("<rect"), count("</rect>") + 1, "the ground is closed at once");
}

#[test]
fn a_report_draws_what_there_is() {
    let (linker, model, truth) = people();
    let linked = linker.link(&model, 0);
    let plain = Report::of(&linker, &model, &linked, 0).html();
    let measured = Report::of(&linker, &model, &linked, 0).against(&truth).html();
    let titles = |page: &str| page.matches("<h2>").count();
    assert_eq!((titles(&plain), plain.contains("B-cubed")), (6, false));
    assert!(titles(&measured) > titles(&plain) && measured.contains("B-cubed"));
    assert!(!errors(&linked.people, &truth).parted.is_empty() || !measured.contains("not joined"));
    for page in [&plain, &measured] {
        assert!(!page.contains("NaN") && !page.contains("inf\"") && !page.contains("href"));
    }
    // Of nothing, a page that says so.
    let empty = Linker::of(Table::new([("surname", Meaning::Surname)]));
    let model = empty.learn();
    let page = Report::of(&empty, &model, &empty.link(&model, 0), 0).html();
    assert!(page.contains("0 of 0 records") && !page.contains("NaN"), "{page}");
}

#[test]
fn a_survey_counts_every_candidate_once() {
    let (linker, model, truth) = people();
    let linked = linker.link(&model, 0);
    let survey = linker.survey(&model, 0, Some(&truth));
    let added: u64 = survey.rules.iter().map(|rule| rule.pairs).sum();
    let weighed: u64 = survey.weights.values().map(|(pairs, _)| pairs).sum();
    assert_eq!((added, weighed), (linked.candidates, linked.candidates));
    let alone: u64 = survey.alone.values().sum();
    assert_eq!((alone, survey.unlinkable(i64::MAX)), (200, 200));
    let right: u64 = survey.rules.iter().map(|rule| rule.right).sum();
    assert!(right <= survey.real && right * 10 >= survey.real * 9, "{right} of {}", survey.real);
    let lowest = survey.curve().points().last().expect("points").pairs;
    assert_eq!((lowest.found, lowest.right, lowest.real), (linked.candidates, right, survey.real));
    let nearest = survey.doubtful.first().expect("a pair");
    assert!(survey.doubtful.iter().all(|link| link.weight.abs() >= nearest.weight.abs()));
}
