//! Every rule and every code, by hand.

use omnichannel::consistency::explain;
use omnichannel::model::*;

use super::world::*;

use ConsentState::{Given, Withdrawn};

#[test]
fn with_nothing_against_it_it_goes_now_and_every_rule_says_so_in_order() {
    let world = World::free();
    assert_eq!(world.sent(), Some(("email".to_owned(), at(NOW))));
    let expected = [
        "email purpose pass declared",
        "email identity pass not_demanded",
        "email restriction pass none",
        "email validity pass unbounded",
        "email conversion pass endless",
        "email fact_consistency pass none_stated",
        "email reachability pass endpoint",
        "email session_window pass none",
        "email consent pass given",
        "email duplicate pass first",
        "email sequence pass free",
        "email frequency_cap pass none",
        "email quiet_hours pass none",
        "email preference pass as_given",
    ];
    assert_eq!(world.findings(), expected);
    let told = explain(&world.decide());
    assert_eq!(
        told.outcome.to_string(),
        "`spring-sale` (`marketing`) is to be sent by `email` now"
    );
    assert!(told.reasons.iter().all(|reason| reason.weight == Weight::For));
    assert_eq!(told.would_change, []);
}

#[test]
fn a_channel_that_cannot_send_the_form_says_so_and_the_next_is_tried() {
    let mut world = World::free();
    let before = world.decide().view;
    world.view.formless = vec![channel("email")];
    assert_eq!(world.blocks(), ["reachability.no_such_form"]);
    assert_ne!(world.decide().view, before);
    let told = explain(&world.decide()).to_string();
    assert!(told.contains("the channel cannot send in that form"), "{told}");
    world.intent.channels.push(channel("sms"));
    world.view.reach.push(reach("sms", 2, Some(Given)));
    assert_eq!(world.sent(), Some(("sms".to_owned(), at(NOW))));
}

#[test]
fn an_undeclared_purpose_blocks_and_other_rules_do_not_guess() {
    let mut world = World::free();
    world.policy.purposes.clear();
    let expected = [
        "email purpose block undeclared",
        "email identity pass not_demanded",
        "email restriction pass none",
        "email validity pass unbounded",
        "email conversion pass endless",
        "email fact_consistency pass none_stated",
        "email reachability pass endpoint",
        "email session_window pass none",
        "email consent pass undeclared",
        "email duplicate pass undeclared",
        "email sequence pass free",
        "email frequency_cap pass none",
        "email quiet_hours pass undeclared",
        "email preference pass as_given",
    ];
    assert_eq!(world.findings(), expected);
    let change = "it could be sent by `email` if the policy declared the purpose `marketing` with \
                  rules that allow it";
    assert_eq!(world.would_change(), [change]);
}

#[test]
fn validity_holds_to_the_microsecond() {
    let now = at(NOW);
    let (before, after) = (now.shifted_micros(-1), now.shifted_micros(1));
    let table = [
        (None, Some(now), "expired", None),
        (None, Some(before), "expired", None),
        (None, Some(after), "open", Some(now)),
        (Some(now), None, "open", Some(now)),
        (Some(after), None, "not_yet", Some(after)),
        (Some(after), Some(after), "expires_waiting", None),
        (Some(after), Some(before), "expired", None),
        (Some(Timestamp::MAX), None, "not_yet", Some(Timestamp::MAX)),
        (Some(Timestamp::MIN), Some(Timestamp::MIN), "expired", None),
    ];
    for (not_before, not_after, code, sent) in table {
        let mut world = World::free();
        (world.intent.not_before, world.intent.not_after) = (not_before, not_after);
        assert_eq!(world.code("validity"), code, "{not_before:?} {not_after:?}");
        assert_eq!(world.sent().map(|(_, at)| at), sent, "{not_before:?} {not_after:?}");
    }
}

#[test]
fn a_later_start_is_told_with_its_instant() {
    let mut world = World::free();
    world.intent.not_before = Some(at("2026-03-21T07:00:00Z"));
    let told = explain(&world.decide());
    assert_eq!(
        told.outcome.to_string(),
        "`spring-sale` (`marketing`) is to be sent by `email`, not now: it can be sent from \
         2026-03-21T07:00:00Z"
    );
    assert_eq!(reason(&told, "validity"), "it is not to be said before 2026-03-21T07:00:00Z");
}

#[test]
fn without_an_endpoint_the_channel_is_blocked_and_the_next_is_tried() {
    let mut world = World::free();
    world.intent.channels = vec![channel("sms"), channel("email"), channel("push")];
    assert_eq!(world.sent(), Some(("email".to_owned(), at(NOW))));
    assert_eq!(world.blocks(), ["reachability.no_endpoint"]);
    assert_eq!(world.code("consent"), "no_endpoint");
    let change = "it could be sent by `sms` if an endpoint of the customer on it were known, with \
                  consent for `marketing`";
    assert_eq!(world.would_change(), [change]);
    world.rules().basis = LawfulBasis::Contract;
    let change = "it could be sent by `sms` if an endpoint of the customer on it were known";
    assert_eq!(world.would_change(), [change]);
    // Channels after the one decided on are not judged.
    assert_eq!(world.findings().len(), 28);
}

#[test]
fn an_intent_without_channels_is_suppressed_and_says_why() {
    let mut world = World::free();
    world.intent.channels.clear();
    assert_eq!(world.blocks(), ["reachability.no_channel"]);
    assert_eq!(world.sent(), None);
    assert_eq!(
        world.would_change(),
        ["it could be sent if `reachability` did not stand against it"]
    );
}

#[test]
fn of_several_endpoints_the_most_welcome_then_the_smallest_counts() {
    let mut world = World::free();
    world.rules().basis = LawfulBasis::Contract;
    let chosen = |world: &World| match world.decide().outcome {
        Outcome::Send { endpoint, .. } => Some(endpoint),
        _ => None,
    };
    world.view.reach = vec![reach("email", 2, Some(Withdrawn)), reach("email", 9, None)];
    assert_eq!(chosen(&world), Some(endpoint(9)));
    world.view.reach.push(reach("email", 10, None));
    assert_eq!(chosen(&world), Some(endpoint(9)));
    world.view.reach.push(reach("email", 12, Some(Given)));
    assert_eq!(chosen(&world), Some(endpoint(12)));
    // A copy that says no outweighs one that says yes.
    world.view.reach.push(reach("email", 12, Some(Withdrawn)));
    assert_eq!(chosen(&world), Some(endpoint(9)));
}

#[test]
fn consent_is_the_table_of_the_law() {
    use LawfulBasis::*;
    let table = [
        (Consent, [("given", true), ("missing", false), ("withdrawn", false)]),
        (Contract, [("not_needed", true), ("not_needed", true), ("not_open", true)]),
        (LegalObligation, [("not_needed", true), ("not_needed", true), ("not_open", true)]),
        (VitalInterests, [("not_needed", true), ("not_needed", true), ("not_open", true)]),
        (PublicTask, [("not_needed", true), ("not_needed", true), ("objected", false)]),
        (LegitimateInterests, [("not_needed", true), ("not_needed", true), ("objected", false)]),
    ];
    for (basis, row) in table {
        for (choice, (code, sends)) in [Some(Given), None, Some(Withdrawn)].into_iter().zip(row) {
            let mut world = World::free();
            world.rules().basis = basis;
            world.view.reach = vec![reach("email", 1, choice)];
            assert_eq!(world.code("consent"), code, "{basis:?} {choice:?}");
            assert_eq!(world.sent().is_some(), sends, "{basis:?} {choice:?}");
            if !sends {
                let change =
                    "it could be sent by `email` if consent for `marketing` were given at [email]";
                assert_eq!(world.would_change(), [change]);
            }
        }
    }
}

#[test]
fn one_occasion_is_said_once_over_all_channels_within_its_hours() {
    use LedgerState::*;
    let table = [
        ("2026-03-19T10:00:00Z", Sent, "first"),
        ("2026-03-19T10:00:00.000001Z", Sent, "said"),
        ("2026-03-19T10:00:01Z", Ambiguous, "perhaps_said"),
        ("2026-03-20T09:00:00Z", Reserved, "reserved"),
        ("2026-03-25T09:00:00Z", Reserved, "reserved"),
        ("2026-03-20T09:00:00Z", Released, "first"),
    ];
    for (when, state, code) in table {
        let mut world = World::free();
        world.view.ledger = vec![said(5, "sms", when, state)];
        assert_eq!(world.code("duplicate"), code, "{when} {state:?}");
        assert_eq!(world.sent().is_some(), code == "first", "{when} {state:?}");
    }
}

#[test]
fn what_is_another_matter_is_no_duplicate() {
    let entry = said(5, "sms", "2026-03-20T09:00:00Z", LedgerState::Sent);
    let others = [
        LedgerEntry { decision: decision_id(42), ..entry.clone() },
        LedgerEntry { occasion: "autumn-sale".to_owned(), ..entry.clone() },
        LedgerEntry { purpose: Purpose::new("service"), ..entry.clone() },
    ];
    for other in others {
        let mut world = World::free();
        world.view.ledger = vec![other];
        assert_eq!(world.code("duplicate"), "first");
    }
    let mut world = World::free();
    world.view.ledger = vec![entry];
    world.rules().once_within_hours = 0;
    assert_eq!(world.code("duplicate"), "not_limited");
    world.rules().once_within_hours = u32::MAX;
    assert_eq!(world.code("duplicate"), "said");
}

#[test]
fn a_duplicate_says_from_when_it_could_be_said_again() {
    let mut world = World::free();
    world.view.ledger = vec![
        said(5, "sms", "2026-03-20T09:00:00Z", LedgerState::Sent),
        said(6, "email", "2026-03-20T08:00:00Z", LedgerState::Sent),
    ];
    let told = explain(&world.decide());
    let sentence = "`spring-sale` was already said by `sms` at 2026-03-20T09:00:00Z; it could be \
                    said again from 2026-03-21T09:00:00Z";
    assert_eq!(reason(&told, "duplicate"), sentence);
    assert_eq!(weight(&told, "duplicate"), Weight::Against);
    assert_eq!(world.would_change(), ["it could be sent by `email` from 2026-03-21T09:00:00Z"]);

    // Where that falls into quiet hours that skip, the instant is their end ...
    world.policy.quiet_hours = Some(hours("08:00", "11:30", QuietAction::Skip, &["+00:00"]));
    world.now = at("2026-03-20T12:00:00Z");
    assert_eq!(world.would_change(), ["it could be sent by `email` from 2026-03-21T11:30:00Z"]);
    // ... and where the message is pointless by then, time alone does not help.
    world.intent.not_after = Some(at("2026-03-21T11:00:00Z"));
    assert_eq!(
        world.would_change(),
        ["it could be sent by `email` if `duplicate` did not stand against it"]
    );
}

#[test]
fn every_block_is_reported_and_none_hides_another() {
    let mut world = World::free();
    world.intent.not_after = Some(at(NOW));
    world.view.reach = vec![reach("email", 1, Some(Withdrawn))];
    world.view.ledger = vec![said(5, "sms", "2026-03-20T09:00:00Z", LedgerState::Sent)];
    world.policy.quiet_hours = Some(hours("09:00", "12:00", QuietAction::Skip, &["+00:00"]));
    let blocks = ["validity.expired", "consent.withdrawn", "duplicate.said", "quiet_hours.skipped"];
    assert_eq!(world.blocks(), blocks);
    let change = "it could be sent by `email` only if all of these went: `validity`, `consent`, \
                  `duplicate`, `quiet_hours`";
    assert_eq!(world.would_change(), [change]);
}

#[test]
fn a_change_that_frees_two_channels_is_named_for_the_preferred() {
    let mut world = World::free();
    world.intent.channels = vec![channel("email"), channel("sms")];
    world.view.reach.push(reach("sms", 2, Some(Given)));
    world.view.ledger = vec![said(5, "sms", "2026-03-20T09:00:00Z", LedgerState::Sent)];
    assert_eq!(world.would_change(), ["it could be sent by `email` from 2026-03-21T09:00:00Z"]);
    // Where only the other is freed by it, it is named for that.
    world.view.reach[0].consent = None;
    let changes = [
        "it could be sent by `email` only if all of these went: `consent`, `duplicate`",
        "it could be sent by `sms` from 2026-03-21T09:00:00Z",
    ];
    assert_eq!(world.would_change(), changes);
}

#[test]
fn consent_at_any_endpoint_of_the_channel_would_do() {
    let mut world = World::free();
    world.intent.channels = vec![channel("sms"), channel("whatsapp")];
    world.view.reach =
        vec![reach("sms", 2, Some(Withdrawn)), reach("sms", 1, None), reach("whatsapp", 2, None)];
    // By the second channel alone it would never go: its endpoint is one of the first channel too.
    let change =
        "it could be sent by `sms` if consent for `marketing` were given at [phone] or [phone]";
    assert_eq!(world.would_change(), [change]);
    // Any other endpoint of the second channel would do.
    world.view.reach.push(reach("whatsapp", 3, None));
    let other = "it could be sent by `whatsapp` if consent for `marketing` were given at [email]";
    assert_eq!(world.would_change(), [change, other]);
}

#[test]
fn a_channel_named_twice_is_judged_once() {
    let mut world = World::free();
    world.view.reach.clear();
    world.intent.channels = vec![channel("email"), channel("sms"), channel("email")];
    assert_eq!(world.findings().len(), 28);
    assert_eq!(world.would_change().len(), 2);
    let told = explain(&world.decide());
    let sentence = "by `sms`: no endpoint of the customer on the channel is known";
    assert_eq!(reason(&told, "reachability"), sentence);
}

#[test]
fn a_policy_that_cannot_be_meant_so_is_refused_with_its_paths() {
    let mut world = World::free();
    assert_eq!(world.policy.check(), Ok(()));
    world.policy.quiet_hours = Some(QuietHours {
        from_minute: 1_440,
        until_minute: 1_440,
        action: QuietAction::Hold,
        plausible_offsets: vec![],
    });
    let rules = world.rules().clone();
    let loud: Purpose = serde_json::from_str("\" Loud\"").unwrap();
    world.policy.purposes.insert(loud, rules);
    let faults = world.policy.check().unwrap_err();
    let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
    let expected = [
        "purposes. Loud",
        "quiet_hours.from_minute",
        "quiet_hours.until_minute",
        "quiet_hours.until_minute",
        "quiet_hours.plausible_offsets",
    ];
    assert_eq!(paths, expected);
    assert_eq!(
        faults[1].to_string(),
        "policy.quiet_hours.from_minute: a minute of the day lies between 0 and 1439"
    );
}
