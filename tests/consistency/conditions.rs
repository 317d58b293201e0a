//! What policies and intents make a message depend on, code by code.

use std::time::Duration;

use omnichannel::consistency::{AWAIT, Candidate, Conclusion, arbitrate, explain, obstacle};
use omnichannel::model::*;

use super::world::*;

use ConsentState::Given;

fn certainty(in_doubt: Doubt, shared_endpoints: bool) -> Option<Certainty> {
    Some(Certainty { purposes: Only::All, in_doubt, shared_endpoints })
}

fn bought(n: u128, when: Option<&str>, about: &[&ObjectRef]) -> Happening {
    Happening {
        touchpoint: TouchpointId::from_uuid(uuid::Uuid::from_u128(n)),
        act: Act::Purchased,
        about: about.iter().map(|it| (*it).clone()).collect(),
        at: when.map(at),
    }
}

fn got(message: u128, reached: Option<Milestone>, over: bool) -> Progress {
    Progress { message: decision_id(message), reached, over }
}

/// What stands in the way when the message is to leave, under a view that changed since.
fn later(world: &World, change: impl FnOnce(&mut ContactView)) -> Option<Obstacle> {
    let decision = world.decide();
    let mut view = world.view.clone();
    change(&mut view);
    obstacle(&world.policy, &decision, &view, world.now)
}

#[test]
fn while_it_is_in_doubt_who_it_is_a_person_decides_and_the_answer_counts() {
    let mut world = World::free();
    world.view.doubts = 2;
    assert_eq!(world.code("identity"), "not_demanded");
    world.policy.certainty = certainty(Doubt::Send, false);
    assert_eq!((world.code("identity").as_str(), world.sent().is_some()), ("in_doubt", true));
    world.policy.certainty = certainty(Doubt::Skip, false);
    assert_eq!(world.decide().outcome, Outcome::Suppress);
    world.policy.certainty = certainty(Doubt::Ask, false);
    assert_eq!(world.decide().outcome, Outcome::NeedsHuman);
    let told = explain(&world.decide());
    assert_eq!(
        told.outcome.to_string(),
        "a person decides whether `spring-sale` (`marketing`) is to be sent"
    );
    let change = "it could be sent by `email` if somebody said yes to it";
    assert_eq!(world.would_change(), [change]);
    world.intent.approved_by = Some("agent-12".to_owned());
    assert_eq!(world.sent().unwrap().0, "email");
    let told = explain(&world.decide()).to_string();
    assert!(told.contains("2 links of the customer wait for a verdict"), "{told}");
    let finding = world.decide().findings.into_iter().find(|it| it.rule == "identity").unwrap();
    assert_eq!(finding.fact("approved_by"), Some("agent-12"));
    world.view.doubts = 0;
    assert_eq!(world.code("identity"), "certain");
}

#[test]
fn what_needs_a_person_says_so_only_where_nothing_forbids_it() {
    let mut world = World::free();
    world.view.doubts = 1;
    world.policy.certainty = certainty(Doubt::Ask, false);
    world.view.reach[0].consent = None;
    assert_eq!(world.decide().outcome, Outcome::Suppress, "nobody may approve what is forbidden");
    world.view.reach.clear();
    assert_eq!(world.decide().outcome, Outcome::Suppress);
}

#[test]
fn an_endpoint_that_several_parties_bear_is_not_written_to_where_certainty_is_demanded() {
    let mut world = World::free();
    world.view.reach[0].shared = true;
    assert!(world.sent().is_some());
    world.policy.certainty = certainty(Doubt::Send, true);
    assert!(world.sent().is_some());
    world.policy.certainty = certainty(Doubt::Send, false);
    assert_eq!(world.blocks(), ["identity.shared_endpoint"]);
    // Another endpoint on the channel is the party's own.
    world.view.reach.push(reach("email", 2, Some(Given)));
    assert!(world.sent().is_some());
    let unlike = Only::Of([Purpose::new("invoices")].into());
    world.policy.certainty =
        certainty(Doubt::Skip, false).map(|it| Certainty { purposes: unlike, ..it });
    assert_eq!(world.code("identity"), "not_demanded");
}

#[test]
fn what_is_restricted_is_only_kept_unless_law_or_life_demands() {
    let mut world = World::free();
    world.view.restricted = true;
    for (basis, sent) in [
        (LawfulBasis::Consent, false),
        (LawfulBasis::Contract, false),
        (LawfulBasis::LegitimateInterests, false),
        (LawfulBasis::LegalObligation, true),
        (LawfulBasis::VitalInterests, true),
    ] {
        world.rules().basis = basis;
        assert_eq!(world.sent().is_some(), sent, "{basis:?}");
    }
    assert_eq!(world.code("restriction"), "demanded");
    world.policy.purposes.clear();
    assert_eq!(world.blocks(), ["purpose.undeclared", "restriction.restricted"]);
}

#[test]
fn who_bought_is_not_reminded_of_the_cart() {
    let mut world = World::free();
    assert_eq!(world.code("conversion"), "endless");
    let (cart, other) = (ObjectRef::new("cart", "7"), ObjectRef::new("cart", "8"));
    let since = at("2026-03-20T09:00:00Z");
    let end = EndedBy { act: Act::Purchased, about: Some(cart.clone()), since };
    world.intent.ended_by = vec![end];
    assert_eq!(world.code("conversion"), "open");
    // Before, about another cart, or another act: not that.
    let before = bought(1, Some("2026-03-20T08:59:59Z"), &[&cart]);
    let elsewhere = bought(2, Some("2026-03-20T09:30:00Z"), &[&other]);
    let viewed = Happening { act: Act::Viewed, ..bought(3, Some(NOW), &[&cart]) };
    world.view.past = vec![before, elsewhere, viewed];
    assert!(world.sent().is_some());
    world.view.past.push(bought(4, Some("2026-03-20T09:00:00Z"), &[&other, &cart]));
    assert_eq!(world.blocks(), ["conversion.ended"]);
    let told = explain(&world.decide()).to_string();
    assert!(told.contains("the customer has purchased at 2026-03-20T09:00:00Z"), "{told}");
    // Nobody knows when: in doubt nothing is said.
    world.view.past = vec![bought(5, None, &[&cart])];
    assert_eq!(world.blocks(), ["conversion.ended"]);
    assert_eq!(
        world.would_change(),
        ["it could be sent by `email` if `conversion` did not stand against it"]
    );
}

#[test]
fn a_purchase_while_the_message_waits_ends_it_at_dispatch() {
    let mut world = World::free();
    let end = EndedBy { act: Act::Purchased, about: None, since: at(NOW) };
    world.intent.ended_by = vec![end];
    assert_eq!(later(&world, |_| {}), None);
    let ended = later(&world, |view| view.past.push(bought(1, Some(NOW), &[])));
    assert_eq!(ended, Some(Obstacle::Lost(Refusal::Ended)));
}

#[test]
fn a_session_window_is_open_up_to_the_instant_at_which_it_closes() {
    let mut world = World::free();
    let window = |closes_at, outside| Some(SessionState { closes_at, outside });
    world.view.reach[0].window = window(Some(at(NOW).shifted_micros(1)), Outside::Nothing);
    assert_eq!((world.code("session_window").as_str(), world.sent().is_some()), ("open", true));
    world.view.reach[0].window = window(Some(at(NOW)), Outside::Nothing);
    assert_eq!(world.blocks(), ["session_window.closed"]);
    let change = "it could be sent by `email` if the customer had written there lately";
    assert_eq!(world.would_change(), [change]);
    // What waits until it is closed is judged at the instant to which it waits.
    world.view.reach[0].window = window(Some(at(NOW).shifted_micros(60_000_000)), Outside::Nothing);
    world.intent.not_before = Some(at(NOW).shifted_micros(60_000_000));
    assert_eq!(world.blocks(), ["session_window.closed"]);
}

#[test]
fn outside_the_window_only_templates_pass_and_only_where_the_provider_takes_them() {
    let mut world = World::free();
    let closed = |outside| Some(SessionState { closes_at: None, outside });
    world.view.reach[0].window = closed(Outside::Templates);
    assert_eq!(world.blocks(), ["session_window.closed"]);
    let name = "spring".to_owned();
    world.intent.form = Form::Template { name, language: "fr".to_owned(), values: vec![] };
    assert_eq!((world.code("session_window").as_str(), world.sent().is_some()), ("template", true));
    world.view.reach[0].window = closed(Outside::Nothing);
    assert_eq!(world.blocks(), ["session_window.closed"]);
    let told = explain(&world.decide()).to_string();
    assert!(told.contains("the customer never wrote there, so one may send nothing"), "{told}");
}

#[test]
fn a_window_that_closed_while_the_message_waited_refuses_it() {
    let mut world = World::free();
    let open = SessionState { closes_at: Some(Timestamp::MAX), outside: Outside::Nothing };
    world.view.reach[0].window = Some(open);
    assert_eq!(later(&world, |_| {}), None);
    let closed = SessionState { closes_at: Some(world.now), ..open };
    let closed = later(&world, |view| view.reach[0].window = Some(closed));
    assert_eq!(closed, Some(Obstacle::Lost(Refusal::WindowClosed)));
}

#[test]
fn a_message_waits_for_those_before_it_and_not_for_what_never_comes() {
    use Milestone::{Accepted, Delivered, Read};
    let mut world = World::free();
    assert_eq!(world.code("sequence"), "free");
    world.intent.after = vec![Reached { message: decision_id(1), milestone: Delivered }];
    assert_eq!(world.blocks(), ["sequence.unknown"]);
    world.view.progress = vec![got(1, None, false)];
    assert_eq!((world.code("sequence").as_str(), world.sent().is_some()), ("awaited", true));
    assert_eq!(later(&world, |_| {}), Some(Obstacle::Until(world.now.plus(AWAIT))));
    world.view.progress = vec![got(1, Some(Accepted), false)];
    assert_eq!(world.code("sequence"), "awaited");
    let read = later(&world, |view| view.progress = vec![got(1, Some(Read), false)]);
    assert_eq!(read, None);
    let failed = later(&world, |view| view.progress = vec![got(1, Some(Accepted), true)]);
    assert_eq!(failed, Some(Obstacle::Lost(Refusal::Unmet)));
    world.view.progress = vec![got(1, Some(Accepted), true)];
    assert_eq!(world.blocks(), ["sequence.never"]);
    world.view.progress = vec![got(1, Some(Delivered), true)];
    assert_eq!(world.code("sequence"), "reached");
}

#[test]
fn a_message_is_needless_once_another_got_far_enough() {
    use Milestone::{Delivered, Engaged, Read};
    let mut world = World::free();
    world.intent.unless = vec![Reached { message: decision_id(1), milestone: Read }];
    assert_eq!(world.code("sequence"), "reached");
    world.view.progress = vec![got(1, Some(Delivered), false)];
    assert!(world.sent().is_some());
    let read = later(&world, |view| view.progress = vec![got(1, Some(Engaged), false)]);
    assert_eq!(read, Some(Obstacle::Lost(Refusal::Needless)));
    world.view.progress = vec![got(1, Some(Read), false)];
    assert_eq!(world.blocks(), ["sequence.needless"]);
}

#[test]
fn what_falls_into_quiet_hours_or_beyond_a_cap_may_wait_for_a_digest() {
    let mut world = World::free();
    let night = hours("09:00", "11:00", QuietAction::Digest, &["+00:00"]);
    world.policy.quiet_hours = Some(night);
    assert_eq!(world.decide().outcome, Outcome::Digest);
    let told = explain(&world.decide());
    let outcome = "`spring-sale` (`marketing`) waits to be gathered with others";
    assert_eq!(told.outcome.to_string(), outcome);
    assert_eq!(world.would_change(), ["it could be sent by `email` from 2026-03-20T11:00:00Z"]);
    // A channel on which nothing is forbidden goes first, one that forbids more goes last.
    world.view.reach[0].consent = None;
    assert_eq!(world.decide().outcome, Outcome::Suppress);
}

#[test]
fn steps_of_one_ladder_repeat_nothing_and_count_once() {
    let mut world = World::free();
    let cap = FrequencyCap {
        name: "one a day".to_owned(),
        max: 1,
        within: CapWindow::RollingHours(24),
        holds: Only::All,
        counts: Only::All,
        channels: Only::All,
        action: QuietAction::Skip,
    };
    world.policy.caps = vec![cap];
    world.view.ledger = vec![said(1, "sms", "2026-03-20T09:00:00Z", LedgerState::Sent)];
    assert_eq!(world.blocks(), ["duplicate.said", "frequency_cap.skipped"]);
    world.intent.step_of = Some(decision_id(1));
    assert!(world.sent().is_some());
    // Another message meets both steps as one.
    let step = LedgerEntry {
        step_of: Some(decision_id(1)),
        told: Vec::new(),
        ..said(2, "push", "2026-03-20T09:30:00Z", LedgerState::Sent)
    };
    world.view.ledger.push(step);
    world.intent.step_of = None;
    world.intent.occasion = "another".to_owned();
    world.policy.caps[0].max = 2;
    assert!(world.sent().is_some(), "two steps are one message");
    world.policy.caps[0].max = 1;
    assert_eq!(world.blocks(), ["frequency_cap.skipped"]);
    let free = world.would_change();
    assert_eq!(free, ["it could be sent by `email` from 2026-03-21T09:30:00Z"]);
}

#[test]
fn what_replaces_takes_the_place_of_what_waits_and_not_of_what_was_said() {
    let mut world = World::free();
    world.view.ledger = vec![said(1, "sms", "2026-03-20T11:00:00Z", LedgerState::Reserved)];
    assert_eq!(world.blocks(), ["duplicate.reserved"]);
    world.intent.replaces = true;
    assert!(world.sent().is_some());
    for state in [LedgerState::Sent, LedgerState::Ambiguous] {
        world.view.ledger[0].state = state;
        assert!(world.sent().is_none(), "{state:?}");
    }
}

#[test]
fn a_ladder_that_goes_round_or_waits_for_nothing_is_refused() {
    let world = World::free();
    let step = |within_s, on: &[&str]| Fallback {
        unless: Milestone::Delivered,
        within_s,
        channels: on.iter().map(|name| channel(name)).collect(),
    };
    let check = |steps: Vec<Fallback>| Intent { fallbacks: steps, ..world.intent.clone() }.check();
    assert_eq!(check(vec![step(60, &["sms"]), step(60, &["voice"])]), Ok(()));
    let cycle = "a fallback names only channels that no step before it names: a cycle";
    assert_eq!(check(vec![step(60, &["sms"]), step(60, &["email"])]), Err(cycle));
    let empty = "a fallback names a channel, and a time of at least one second";
    assert_eq!(check(vec![step(0, &["sms"])]), Err(empty));
    assert_eq!(check(vec![step(1, &[])]), Err(empty));
    let names: Vec<String> = (0..9).map(|n| format!("c{n}")).collect();
    let many = names.iter().map(|name| step(1, &[name])).collect();
    assert_eq!(check(many), Err("a ladder has at most 8 fallbacks"));
}

#[test]
fn a_policy_that_demands_or_orders_what_it_does_not_declare_is_refused() {
    let mut world = World::free();
    let other = Purpose::new("news");
    let demand = Certainty {
        purposes: Only::Of([other.clone()].into()),
        in_doubt: Doubt::Ask,
        shared_endpoints: false,
    };
    world.policy.certainty = Some(demand);
    let marketing = world.intent.purpose.clone();
    world.policy.precedence = vec![marketing.clone(), other, marketing];
    let paths: Vec<_> = world.policy.check().unwrap_err().into_iter().map(|it| it.path).collect();
    assert_eq!(paths, ["certainty.purposes", "precedence[1]", "precedence[2]"]);
    assert_eq!(AWAIT, Duration::from_secs(300));
}

#[test]
fn candidates_are_decided_the_same_in_any_order() {
    let mut world = World::free();
    world.policy.caps = vec![FrequencyCap {
        name: "two a day".to_owned(),
        max: 2,
        within: CapWindow::RollingHours(24),
        holds: Only::All,
        counts: Only::All,
        channels: Only::All,
        action: QuietAction::Skip,
    }];
    let end = |minutes: i64| Some(at(NOW).shifted_micros(minutes * 60_000_000));
    let of = |n: i32, priority, value, not_after| Intent {
        occasion: format!("occasion {}", n % 5),
        priority,
        value,
        not_after,
        ..world.intent.clone()
    };
    let intents: Vec<Intent> =
        (0..8).map(|n| of(n, n % 3, i64::from(n % 2), end(i64::from(n) * 7 + 1))).collect();
    let candidates: Vec<Candidate<'_>> = intents
        .iter()
        .zip(1..)
        .map(|(intent, n)| Candidate { id: decision_id(n), intent, view: &world.view })
        .collect();
    let concluded = arbitrate(&world.policy, &candidates, world.now);
    let sent = |it: &&Conclusion| matches!(it.outcome, Outcome::Send { .. });
    assert_eq!(concluded.iter().filter(sent).count(), 2);
    // Of the highest priority (2, 5) the one of the higher value first, then the other.
    assert!(sent(&&concluded[5]) && sent(&&concluded[2]));
    assert_eq!(concluded[0].outcome, Outcome::Superseded { by: decision_id(6) }, "one occasion");
    for by in 1..8 {
        let mut other = candidates.clone();
        other.rotate_left(by);
        let mut again = arbitrate(&world.policy, &other, world.now);
        again.rotate_right(by);
        assert_eq!(again, concluded);
    }
    assert_eq!(arbitrate(&world.policy, &[], world.now), []);
}
