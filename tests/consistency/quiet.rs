//! Quiet hours: boundaries, midnight, and places that nobody knows.

use omnichannel::consistency::{explain, quiet_until};
use omnichannel::model::*;

use super::world::*;

use QuietAction::{Hold, Skip};

fn world(quiet: QuietHours, place: Option<&str>, now: &str) -> World {
    let mut world = World::free();
    world.policy.quiet_hours = Some(quiet);
    world.view.utc_offset = place.map(|text| text.parse().unwrap());
    world.now = at(now);
    world
}

#[test]
fn quiet_hours_hold_to_the_microsecond_and_pass_midnight() {
    let table = [
        ("2026-03-20T21:59:59.999999Z", None),
        ("2026-03-20T22:00:00Z", Some("2026-03-21T08:00:00Z")),
        ("2026-03-20T23:59:59.999999Z", Some("2026-03-21T08:00:00Z")),
        ("2026-03-21T00:00:00Z", Some("2026-03-21T08:00:00Z")),
        ("2026-03-21T07:59:59.999999Z", Some("2026-03-21T08:00:00Z")),
        ("2026-03-21T08:00:00Z", None),
    ];
    for (now, until) in table {
        let world = world(hours("22:00", "08:00", Hold, &[]), Some("+00:00"), now);
        let sent = at(until.unwrap_or(now));
        assert_eq!(world.sent(), Some(("email".to_owned(), sent)), "{now}");
        assert_eq!(world.code("quiet_hours"), if until.is_some() { "held" } else { "outside" });
        let quiet =
            quiet_until(&world.policy, &world.intent.purpose, world.view.utc_offset, at(now));
        assert_eq!(quiet, until.map(at), "{now}");
    }
}

#[test]
fn within_one_day_it_is_quiet_between_the_minutes() {
    let table = [
        ("2026-03-20T12:59:59Z", "2026-03-20T12:59:59Z"),
        ("2026-03-20T13:00:00Z", "2026-03-20T14:30:00Z"),
        ("2026-03-20T14:29:59Z", "2026-03-20T14:30:00Z"),
        ("2026-03-20T14:30:00Z", "2026-03-20T14:30:00Z"),
    ];
    for (now, sent) in table {
        let world = world(hours("13:00", "14:30", Hold, &[]), Some("+00:00"), now);
        assert_eq!(world.sent().map(|(_, at)| at), Some(at(sent)), "{now}");
    }
}

#[test]
fn the_partys_own_place_counts_from_one_edge_of_the_map_to_the_other() {
    let table = [
        ("+14:00", "2026-03-20T10:00:00Z", "2026-03-20T18:00:00Z"),
        ("+14:00", "2026-03-20T18:00:00Z", "2026-03-20T18:00:00Z"),
        ("+14:00", "2026-03-20T07:59:00Z", "2026-03-20T07:59:00Z"),
        ("-12:00", "2026-03-20T10:00:00Z", "2026-03-20T20:00:00Z"),
        ("-12:00", "2026-03-20T09:59:59Z", "2026-03-20T09:59:59Z"),
        ("+05:45", "2026-03-20T16:14:59Z", "2026-03-20T16:14:59Z"),
        ("+05:45", "2026-03-20T16:15:00Z", "2026-03-21T02:15:00Z"),
        ("-18:00", "2026-03-20T16:00:00Z", "2026-03-21T02:00:00Z"),
    ];
    for (place, now, sent) in table {
        // Plausible places do not count once the place is known.
        let quiet = hours("22:00", "08:00", Hold, &["+00:00", "+01:00"]);
        let world = world(quiet, Some(place), now);
        assert_eq!(world.sent().map(|(_, at)| at), Some(at(sent)), "{place} {now}");
    }
}

#[test]
fn in_an_unknown_place_it_is_quiet_when_it_is_quiet_in_any() {
    // Paris in winter or summer, and Lisbon in winter: quiet from 20:00 to 08:00 UTC.
    let places = ["+01:00", "+02:00", "+00:00"];
    let table = [
        ("2026-03-20T19:59:59Z", "2026-03-20T19:59:59Z"),
        ("2026-03-20T20:00:00Z", "2026-03-21T08:00:00Z"),
        ("2026-03-21T06:30:00Z", "2026-03-21T08:00:00Z"),
        ("2026-03-21T08:00:00Z", "2026-03-21T08:00:00Z"),
    ];
    for (now, sent) in table {
        let world = world(hours("22:00", "08:00", Hold, &places), None, now);
        assert_eq!(world.sent().map(|(_, at)| at), Some(at(sent)), "{now}");
    }
}

#[test]
fn a_gap_between_three_places_is_found_exactly() {
    // Quiet from 22:00 to 08:00, from 14:00 to 00:00 and from 09:00 to 19:00 UTC: one hour is left.
    let places = ["+00:00", "+08:00", "+13:00"];
    let table = [
        ("2026-03-20T08:59:59.999999Z", "2026-03-20T08:59:59.999999Z"),
        ("2026-03-20T09:00:00Z", "2026-03-21T08:00:00Z"),
        ("2026-03-20T18:30:00Z", "2026-03-21T08:00:00Z"),
    ];
    for (now, sent) in table {
        let world = world(hours("22:00", "08:00", Hold, &places), None, now);
        assert_eq!(world.sent().map(|(_, at)| at), Some(at(sent)), "{now}");
    }
}

#[test]
fn where_it_is_always_quiet_somewhere_it_is_blocked() {
    let world = world(hours("22:00", "10:00", Hold, &["+00:00", "+12:00"]), None, NOW);
    assert_eq!(world.blocks(), ["quiet_hours.never_ends"]);
    let quiet = quiet_until(&world.policy, &world.intent.purpose, None, world.now);
    assert_eq!(quiet, Some(Timestamp::MAX));
    // One minute less, and that minute is found.
    let world = self::world(hours("22:00", "09:59", Hold, &["+00:00", "+12:00"]), None, NOW);
    assert_eq!(world.sent().map(|(_, at)| at), Some(at("2026-03-20T21:59:00Z")));
}

#[test]
fn skipped_messages_say_when_they_could_be_sent() {
    let quiet = hours("22:00", "08:00", Skip, &["+01:00"]);
    let world = world(quiet, None, "2026-03-20T23:00:00Z");
    assert_eq!(world.blocks(), ["quiet_hours.skipped"]);
    assert_eq!(world.would_change(), ["it could be sent by `email` from 2026-03-21T07:00:00Z"]);
    let sentence = "it falls into quiet hours (22:00 to 08:00, at any of 1 plausible places) until \
                    2026-03-21T07:00:00Z";
    assert_eq!(reason(&explain(&world.decide()), "quiet_hours"), sentence);
}

#[test]
fn a_wait_that_outlasts_the_validity_blocks() {
    let quiet = hours("22:00", "08:00", Hold, &["+00:00"]);
    let mut world = world(quiet, None, "2026-03-20T23:00:00Z");
    world.intent.not_after = Some(at("2026-03-21T08:00:00Z"));
    assert_eq!(world.blocks(), ["validity.expires_waiting"]);
    let change = "it could be sent by `email` if it stayed valid beyond 2026-03-21T08:00:00Z";
    assert_eq!(world.would_change(), [change]);
    world.intent.not_after = Some(at("2026-03-21T08:00:00.000001Z"));
    assert_eq!(world.sent().map(|(_, at)| at), Some(at("2026-03-21T08:00:00Z")));
    assert_eq!(world.code("validity"), "open");
}

#[test]
fn a_later_start_that_falls_into_quiet_hours_is_held_there() {
    let mut world = world(hours("22:00", "08:00", Hold, &["+00:00"]), None, NOW);
    world.intent.not_before = Some(at("2026-03-20T22:30:00Z"));
    assert_eq!(world.sent().map(|(_, at)| at), Some(at("2026-03-21T08:00:00Z")));
    assert_eq!(world.code("validity"), "not_yet");
    assert_eq!(world.code("quiet_hours"), "held");
}

#[test]
fn what_the_policy_leaves_open_is_not_guessed() {
    let night = "2026-03-20T23:00:00Z";
    let mut quiet = hours("22:00", "08:00", Hold, &[]);
    assert_eq!(world(quiet.clone(), None, night).blocks(), ["quiet_hours.no_offset"]);
    quiet.until_minute = 1_440;
    assert_eq!(world(quiet, Some("+00:00"), night).blocks(), ["quiet_hours.bad_minutes"]);
    let same = hours("22:00", "22:00", Hold, &["+00:00"]);
    assert_eq!(world(same, None, "2026-03-20T22:00:00Z").code("quiet_hours"), "outside");
    let mut loud = world(hours("22:00", "08:00", Hold, &["+00:00"]), None, night);
    loud.rules().respects_quiet_hours = false;
    assert_eq!(loud.code("quiet_hours"), "not_respected");
    assert_eq!(quiet_until(&loud.policy, &loud.intent.purpose, None, loud.now), None);
}

#[test]
fn the_ends_of_the_calendar_are_decided_too() {
    for now in [Timestamp::MIN, Timestamp::MAX] {
        let mut world = world(hours("12:00", "11:59", Hold, &["-18:00", "+18:00"]), None, NOW);
        world.now = now;
        assert!(matches!(world.decide().outcome, Outcome::Suppress));
        world.policy.quiet_hours = Some(hours("00:00", "23:59", Hold, &["+00:01"]));
        let _ = world.decide();
    }
}
