//! Frequency caps: what counts, which window, and the first instant with room.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::world::*;
use omnichannel::consistency::capped_until;
use omnichannel::model::*;

const HOUR: i64 = 3_600_000_000;

fn cap(max: u32, within: CapWindow) -> FrequencyCap {
    FrequencyCap {
        name: "quiet life".to_owned(),
        max,
        within,
        holds: Only::Of(BTreeSet::from([Purpose::new("marketing")])),
        counts: Only::All,
        channels: Only::All,
        action: QuietAction::Hold,
    }
}

fn days(days: u16, offsets: &[&str]) -> CapWindow {
    let plausible_offsets = offsets.iter().map(|text| text.parse().unwrap()).collect();
    CapWindow::CalendarDays { days, plausible_offsets }
}

/// The standard world with one cap, and messages said about other occasions.
fn world(cap: FrequencyCap, said_at: &[&str]) -> World {
    let mut world = World::free();
    world.policy.caps = vec![cap];
    let other = |(n, when): (usize, &&str)| LedgerEntry {
        occasion: format!("other {n}"),
        ..said(n as u128 + 1, "email", when, LedgerState::Sent)
    };
    world.view.ledger = said_at.iter().enumerate().map(other).collect();
    world
}

/// When it can be sent from; the world's now is 2026-03-20T10:00:00Z.
fn free(cap: FrequencyCap, said_at: &[&str]) -> String {
    world(cap, said_at).sent().unwrap().1.to_string()
}

#[test]
fn a_rolling_window_ends_with_the_hour() {
    let two_a_day = || cap(2, CapWindow::RollingHours(24));
    let (now, later) = ("2026-03-20T10:00:00Z", "2026-03-20T15:30:00Z");
    assert_eq!(free(two_a_day(), &[]), now);
    assert_eq!(free(two_a_day(), &["2026-03-19T15:30:00Z"]), now);
    assert_eq!(free(two_a_day(), &["2026-03-19T15:30:00Z", "2026-03-20T09:00:00Z"]), later);
    // What was said exactly a window ago no longer counts.
    assert_eq!(free(two_a_day(), &["2026-03-19T10:00:00Z", "2026-03-20T09:00:00Z"]), now);
    // What is planned for later counts: both are within a day of it.
    let planned = ["2026-03-20T20:00:00Z", "2026-03-21T09:00:00Z"];
    assert_eq!(free(two_a_day(), &planned), "2026-03-21T20:00:00Z");
}

#[test]
fn a_day_is_one_of_the_partys_calendar() {
    let one_a_day = || cap(1, days(1, &["+01:00"]));
    let at_night = ["2026-03-19T22:30:00Z"];
    assert_eq!(free(one_a_day(), &at_night), "2026-03-20T10:00:00Z", "23:30 was yesterday");
    assert_eq!(free(one_a_day(), &["2026-03-19T23:30:00Z"]), "2026-03-20T23:00:00Z");
    let mut world = world(one_a_day(), &["2026-03-19T23:30:00Z"]);
    world.view.utc_offset = Some("-05:00".parse().unwrap());
    assert_eq!(world.sent().unwrap().1, world.now, "there it was yesterday");
    let two_in_three = cap(2, days(3, &["+00:00"]));
    let said = ["2026-03-18T08:00:00Z", "2026-03-20T08:00:00Z"];
    assert_eq!(free(two_in_three, &said), "2026-03-21T00:00:00Z");
}

#[test]
fn where_the_place_is_unknown_a_cap_holds_in_every_plausible_one() {
    let said = ["2026-03-19T23:30:00Z"];
    let both = free(cap(1, days(1, &["+00:00", "+02:00"])), &said);
    // At +00:00 it was yesterday, at +02:00 today until 22:00Z.
    assert_eq!(both, "2026-03-20T22:00:00Z");
    let nowhere = world(cap(1, days(1, &[])), &said);
    assert_eq!(nowhere.blocks(), ["frequency_cap.no_offset"]);
}

#[test]
fn what_counts_and_what_is_held_is_as_the_cap_says() {
    let said_today = ["2026-03-20T08:00:00Z"];
    let one = || cap(1, CapWindow::RollingHours(24));
    let code = |cap: FrequencyCap, change: &dyn Fn(&mut World)| {
        let mut world = world(cap, &said_today);
        change(&mut world);
        world.code("frequency_cap")
    };
    assert_eq!(code(one(), &|_| {}), "held");
    assert_eq!(code(FrequencyCap { action: QuietAction::Skip, ..one() }, &|_| {}), "skipped");
    let released = |world: &mut World| world.view.ledger[0].state = LedgerState::Released;
    assert_eq!(code(one(), &released), "within");
    for state in [LedgerState::Reserved, LedgerState::Ambiguous] {
        assert_eq!(code(one(), &|world| world.view.ledger[0].state = state), "held");
    }
    let own = |world: &mut World| world.view.ledger[0].decision = decision_id(42);
    assert_eq!(code(one(), &own), "within", "what it reserved itself does not hold it back");
    let other = |world: &mut World| world.view.ledger[0].purpose = Purpose::new("order");
    assert_eq!(code(one(), &other), "held", "all purposes count");
    let marketing = || Only::Of(BTreeSet::from([Purpose::new("marketing")]));
    assert_eq!(code(FrequencyCap { counts: marketing(), ..one() }, &other), "within");
    let of = |name: &str| Only::Of(BTreeSet::from([channel(name)]));
    assert_eq!(code(FrequencyCap { channels: of("sms"), ..one() }, &|_| {}), "none");
    let by_sms = |world: &mut World| world.view.ledger[0].channel = channel("sms");
    assert_eq!(code(FrequencyCap { channels: of("email"), ..one() }, &by_sms), "within");
    let order = Only::Of(BTreeSet::from([Purpose::new("order")]));
    assert_eq!(code(FrequencyCap { holds: order, ..one() }, &|_| {}), "none", "it is bypassed");
}

#[test]
fn of_several_caps_the_last_one_to_make_room_binds() {
    let mut world = world(cap(1, CapWindow::RollingHours(24)), &["2026-03-20T08:00:00Z"]);
    let week = CapWindow::RollingHours(168);
    world.policy.caps.push(FrequencyCap { name: "a week".to_owned(), ..cap(1, week) });
    assert_eq!(world.sent().unwrap().1, at("2026-03-27T08:00:00Z"));
    let decision = world.decide();
    let said = omnichannel::consistency::explain(&decision).to_string();
    let words = "the cap `a week` allows 1 within 168 hours: there is room again from";
    assert!(said.contains(words), "{said}");
    world.policy.caps[1].action = QuietAction::Skip;
    assert_eq!(world.blocks(), ["frequency_cap.skipped"]);
    let change = ["it could be sent by `email` from 2026-03-27T08:00:00Z"];
    assert_eq!(world.would_change(), change);
}

#[test]
fn a_cap_that_cannot_be_meant_so_is_named_by_its_path() {
    let faults = |change: &dyn Fn(&mut FrequencyCap)| {
        let mut policy = World::free().policy;
        let mut cap = cap(1, CapWindow::RollingHours(24));
        change(&mut cap);
        policy.caps = vec![cap];
        let faults = policy.check().err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.path).collect::<Vec<_>>().join(" ")
    };
    let none = || Only::Of(BTreeSet::new());
    type Change = Box<dyn Fn(&mut FrequencyCap)>;
    let cases: Vec<(&str, Change)> = vec![
        ("", Box::new(|_| {})),
        ("caps[0].name", Box::new(|cap| cap.name = " ".to_owned())),
        ("caps[0].max", Box::new(|cap| cap.max = 0)),
        ("caps[0].max", Box::new(|cap| cap.max = 257)),
        ("caps[0].within.rolling_hours", Box::new(|cap| cap.within = CapWindow::RollingHours(0))),
        (
            "caps[0].within.rolling_hours",
            Box::new(|cap| cap.within = CapWindow::RollingHours(u32::MAX)),
        ),
        ("caps[0].within.calendar_days.days", Box::new(|cap| cap.within = days(0, &["+00:00"]))),
        (
            "caps[0].within.calendar_days.plausible_offsets",
            Box::new(|cap| cap.within = days(1, &[])),
        ),
        ("caps[0].channels", Box::new(|cap| cap.channels = Only::Of(BTreeSet::new()))),
        ("caps[0].counts caps[0].counts", Box::new(move |cap| cap.counts = none())),
        (
            "caps[0].counts",
            Box::new(|cap| cap.counts = Only::Of(BTreeSet::from([Purpose::new("order")]))),
        ),
        (
            "caps[0].holds",
            Box::new(|cap| cap.holds = Only::Of(BTreeSet::from([Purpose::new("orders")]))),
        ),
    ];
    for (path, change) in cases {
        assert_eq!(faults(&*change), path);
    }
    let mut policy = World::free().policy;
    let one = || cap(1, CapWindow::RollingHours(24));
    policy.caps = vec![one(), one()];
    assert_eq!(policy.check().unwrap_err()[0].path, "caps[1].name");
    let unsaid = r#"{"name": "a", "max": 1, "within": {"rolling_hours": 1}, "holds": "all",
        "counts": "all", "channels": "all"}"#;
    let error = serde_json::from_str::<FrequencyCap>(unsaid).unwrap_err().to_string();
    assert!(error.contains("missing field `action`"), "{error}");
}

/// Whether one more at `at` keeps every window of so many hours within the cap, by counting.
fn fits(said: &[i64], at: i64, hours: i64, max: usize) -> bool {
    let all: Vec<i64> = said.iter().copied().chain([at]).collect();
    all.iter().all(|end| {
        let within = |said: &&i64| **said > end - hours && **said <= *end;
        let holds_it = at > end - hours && at <= *end;
        !holds_it || all.iter().filter(within).count() <= max
    })
}

proptest! {
    #[test]
    fn the_first_hour_with_room_is_found(
        said in proptest::collection::vec(-72_i64..72, 0..12),
        (hours, max) in (1_u32..48, 1_u32..5),
    ) {
        let mut world = World::free();
        world.policy.caps = vec![cap(max, CapWindow::RollingHours(hours))];
        let now = world.now.micros();
        let entry = |(n, hour): (usize, &i64)| LedgerEntry {
            occasion: format!("other {n}"),
            at: Timestamp::from_micros(now + hour * HOUR).unwrap(),
            ..super::world::said(n as u128 + 1, "email", NOW, LedgerState::Sent)
        };
        world.view.ledger = said.iter().enumerate().map(entry).collect();
        let (_, sent) = world.sent().unwrap();
        let hour = (sent.micros() - now) / HOUR;
        let first = (0..).find(|at| fits(&said, *at, i64::from(hours), max as usize));
        prop_assert_eq!(Some(hour), first);
        let (decision, by) = (world.decide(), channel("email"));
        let held = capped_until(&world.policy, &by, &decision, None, &world.view.ledger, world.now);
        prop_assert_eq!(held, (hour > 0).then_some(sent));
    }

    #[test]
    fn more_said_never_makes_room_sooner(
        said in proptest::collection::vec(-72_i64..72, 1..12),
        (max, is_days) in (1_u32..5, any::<bool>()),
    ) {
        let places = ["+01:00", "-05:00"];
        let within = if is_days { days(1, &places) } else { CapWindow::RollingHours(24) };
        let mut world = World::free();
        world.policy.caps = vec![cap(max, within)];
        let now = world.now.micros();
        let mut last = world.now;
        for (n, hour) in said.iter().enumerate() {
            world.view.ledger.push(LedgerEntry {
                occasion: format!("other {n}"),
                at: Timestamp::from_micros(now + hour * HOUR).unwrap(),
                ..super::world::said(n as u128 + 1, "email", NOW, LedgerState::Sent)
            });
            let (_, sent) = world.sent().unwrap();
            prop_assert!(sent >= last);
            last = sent;
        }
    }
}
