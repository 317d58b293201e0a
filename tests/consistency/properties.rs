//! The laws over generated worlds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use omnichannel::consistency::{Lift, changes, explain};
use omnichannel::model::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::*;

const CHANNELS: [&str; 3] = ["email", "sms", "push"];

fn bases() -> impl Strategy<Value = LawfulBasis> {
    use LawfulBasis::*;
    // Consent is what most of the laws are about.
    select(vec![Consent, Consent, Consent, Contract, PublicTask, LegitimateInterests])
}

fn choice() -> impl Strategy<Value = Option<ConsentState>> {
    use ConsentState::{Given, Withdrawn};
    select(vec![None, Some(Given), Some(Given), Some(Withdrawn)])
}

fn offset() -> impl Strategy<Value = UtcOffset> {
    let minutes = prop_oneof![select(vec![-720, -300, 0, 60, 345, 840]), -1_080..=1_080];
    minutes.prop_map(|minutes| UtcOffset::from_minutes(minutes).unwrap())
}

fn quiet() -> impl Strategy<Value = QuietHours> {
    let action = select(vec![QuietAction::Hold, QuietAction::Skip, QuietAction::Digest]);
    (0..1_440_u16, 0..1_440_u16, action, vec(offset(), 1..4)).prop_map(
        |(from_minute, until_minute, action, plausible_offsets)| QuietHours {
            from_minute,
            until_minute,
            action,
            plausible_offsets,
        },
    )
}

/// Instants around now, on the minute and off it.
fn instant(hours: i64) -> impl Strategy<Value = Timestamp> {
    (-hours * 60..=hours * 60, select(vec![0, 0, 1, 59_999_999]))
        .prop_map(|(minutes, micros)| at(NOW).shifted_micros(minutes * 60_000_000 + micros))
}

fn entry() -> impl Strategy<Value = LedgerEntry> {
    use LedgerState::{Ambiguous, Released, Reserved, Sent};
    let state = select(vec![Reserved, Sent, Ambiguous, Released]);
    (40..46_u128, select(CHANNELS.to_vec()), instant(40), state, any::<bool>()).prop_map(
        |(n, on, at, state, same)| {
            let occasion = if same { "spring-sale" } else { "autumn-sale" }.to_owned();
            LedgerEntry { at, occasion, ..said(n, on, NOW, state) }
        },
    )
}

fn place() -> impl Strategy<Value = Reach> {
    let on = select(CHANNELS.to_vec());
    (on, 1..6_u128, choice()).prop_map(|(on, n, consent)| reach(on, n, consent))
}

fn caps() -> impl Strategy<Value = Vec<FrequencyCap>> {
    let action = select(vec![QuietAction::Hold, QuietAction::Skip, QuietAction::Digest]);
    let cap = (1..3_u32, 1..40_u32, any::<bool>(), action, any::<bool>(), offset());
    let cap = cap.prop_map(|(max, long, is_days, action, is_of_mail, offset)| FrequencyCap {
        name: format!("{max} in {long}"),
        max,
        within: match is_days {
            true => CapWindow::CalendarDays { days: 1, plausible_offsets: vec![offset] },
            false => CapWindow::RollingHours(long),
        },
        holds: Only::All,
        counts: Only::All,
        channels: if is_of_mail { Only::Of([channel("email")].into()) } else { Only::All },
        action,
    });
    vec(cap, 0..2)
}

/// What a policy and an intent may make a message depend on.
#[derive(Debug, Clone)]
struct Conditions {
    certainty: Option<Certainty>,
    doubts: u32,
    restricted: bool,
    shared: Vec<bool>,
    windows: Vec<Option<SessionState>>,
    past: Vec<Happening>,
    progress: Vec<Progress>,
    form: Form,
    rests_on: u8,
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let certainty = (select(vec![Doubt::Send, Doubt::Ask, Doubt::Skip]), any::<bool>()).prop_map(
        |(in_doubt, shared_endpoints)| Certainty {
            purposes: Only::All,
            in_doubt,
            shared_endpoints,
        },
    );
    let window = (option::of(instant(30)), select(vec![Outside::Nothing, Outside::Templates]))
        .prop_map(|(closes_at, outside)| SessionState { closes_at, outside });
    let happened =
        (1..9_u128, option::weighted(0.9, instant(30))).prop_map(|(n, when)| Happening {
            touchpoint: TouchpointId::from_uuid(uuid::Uuid::from_u128(n)),
            act: Act::Purchased,
            about: vec![],
            at: when,
        });
    let milestone = select(vec![Milestone::Accepted, Milestone::Delivered, Milestone::Engaged]);
    let progress = (1..3_u128, option::of(milestone), any::<bool>())
        .prop_map(|(n, reached, over)| Progress { message: decision_id(n), reached, over });
    let template = Form::Template { name: "t".into(), language: "fr".into(), values: vec![] };
    let form = select(vec![Form::Words, Form::Words, template]);
    let of_party = (option::weighted(0.2, certainty), 0..2_u32, prop::bool::weighted(0.05));
    let of_places = (vec(any::<bool>(), 6), vec(option::weighted(0.2, window), 6));
    let of_past = (vec(happened, 0..2), vec(progress, 0..3), form, 0..16_u8);
    (of_party, of_places, of_past).prop_map(
        |((certainty, doubts, restricted), (shared, windows), (past, progress, form, rests_on))| {
            Conditions {
                certainty,
                doubts,
                restricted,
                shared,
                windows,
                past,
                progress,
                form,
                rests_on,
            }
        },
    )
}

impl Conditions {
    fn put_into(self, world: &mut World) {
        world.policy.certainty = self.certainty;
        let view = &mut world.view;
        (view.doubts, view.restricted) = (self.doubts, self.restricted);
        for reach in &mut view.reach {
            // Copies of an endpoint differ in nothing but what was chosen there.
            let place = (1..7).position(|n| endpoint(n) == reach.endpoint).unwrap();
            (reach.shared, reach.window) = (self.shared[place], self.windows[place]);
        }
        (view.past, view.progress) = (self.past, self.progress);
        world.intent.form = self.form;
        let on = |milestone| vec![Reached { message: decision_id(1), milestone }];
        // One in sixteen each, so that most worlds can send.
        match self.rests_on {
            0 => world.intent.after = on(Milestone::Delivered),
            1 => world.intent.unless = on(Milestone::Delivered),
            2 => {
                let (act, about, since) = (Act::Purchased, None, at(NOW));
                world.intent.ended_by = vec![EndedBy { act, about, since }];
            }
            _ => {}
        }
    }
}

fn worlds() -> impl Strategy<Value = World> {
    (plain_worlds(), conditions()).prop_map(|(mut world, conditions)| {
        conditions.put_into(&mut world);
        world
    })
}

fn plain_worlds() -> impl Strategy<Value = World> {
    let rules = (bases(), any::<bool>(), select(vec![0, 1, 24, 24])).prop_map(
        |(basis, respects_quiet_hours, once_within_hours)| PurposeRules {
            basis,
            respects_quiet_hours,
            once_within_hours,
            delivery: DeliveryClass::default(),
        },
    );
    let policy = (option::weighted(0.9, rules), option::weighted(0.6, quiet()), caps());
    let view = (vec(place(), 0..6), vec(entry(), 0..3), option::of(offset()));
    let bounds = (option::weighted(0.3, instant(30)), option::weighted(0.3, instant(40)));
    let channels = subsequence(CHANNELS.to_vec(), 0..=3).prop_shuffle();
    (policy, view, bounds, channels, instant(12)).prop_map(
        |((rules, quiet_hours, caps), (reach, ledger, utc_offset), bounds, channels, now)| {
            let mut world = World::free();
            let purpose = world.intent.purpose.clone();
            let purposes: BTreeMap<_, _> =
                rules.map(|rules| (purpose, rules)).into_iter().collect();
            world.policy = Policy { purposes, quiet_hours, caps, ..Policy::default() };
            world.view = ContactView { reach, ledger, utc_offset, ..world.view };
            world.intent.channels = channels.into_iter().map(channel).collect();
            (world.intent.not_before, world.intent.not_after) = bounds;
            world.now = now;
            world
        },
    )
}

/// How late an outcome is; suppressed is later than any time.
fn lateness(world: &World) -> i64 {
    world.sent().map_or(i64::MAX, |(_, at)| at.micros())
}

/// Whether it is quiet, said another way than the rule says it.
fn is_quiet(world: &World, when: Timestamp) -> bool {
    let Some(hours) = &world.policy.quiet_hours else { return false };
    let rules = world.policy.purposes.get(&world.intent.purpose);
    let places = world.view.utc_offset.map_or(hours.plausible_offsets.clone(), |known| vec![known]);
    let (from, until) = (hours.from_minute, hours.until_minute);
    rules.is_some_and(|rules| rules.respects_quiet_hours)
        && places.iter().any(|place| {
            let minute = place.minute_of_day(when);
            if from <= until {
                (from..until).contains(&minute)
            } else {
                minute >= from || minute < until
            }
        })
}

/// Whether one more at an instant would be too many, by counting in every window that holds it.
fn is_full(world: &World, by: &ChannelId, when: Timestamp) -> bool {
    const HOUR: i64 = 3_600_000_000;
    world.policy.caps.iter().filter(|cap| cap.channels.has(by)).any(|cap| {
        let (length, unit, offset) = match &cap.within {
            CapWindow::RollingHours(hours) => (i64::from(*hours) * HOUR, 1, 0),
            CapWindow::CalendarDays { days, plausible_offsets } => {
                let place = world.view.utc_offset.unwrap_or(plausible_offsets[0]);
                (i64::from(*days), 24 * HOUR, i64::from(place.minutes()) * 60_000_000)
            }
        };
        let scaled = |at: Timestamp| (at.micros() + offset).div_euclid(unit);
        let counted = world.view.ledger.iter().filter(|entry| {
            let own = entry.decision == decision_id(42);
            entry.state != LedgerState::Released && !own && cap.channels.has(&entry.channel)
        });
        let said = counted.map(|entry| (scaled(entry.at), entry.decision));
        let now = scaled(when);
        let all: Vec<_> = said.chain([(now, decision_id(42))]).collect();
        all.iter().map(|(end, _)| *end).filter(|end| end - length < now && now <= *end).any(|end| {
            let within = all.iter().filter(|(at, _)| *at > end - length && *at <= end);
            // A list may hold copies of one message.
            within.map(|(_, of)| of).collect::<BTreeSet<_>>().len() > cap.max as usize
        })
    })
}

/// Makes the change that an explanation proposes.
fn apply(world: &mut World, lift: &Lift, on: &ChannelId, which: usize) {
    match lift {
        Lift::Time(at) => world.now = *at,
        Lift::DeclaredPurpose(purpose) => {
            let rules = PurposeRules {
                basis: LawfulBasis::Contract,
                respects_quiet_hours: false,
                once_within_hours: 0,
                delivery: DeliveryClass::default(),
            };
            world.policy.purposes.insert(purpose.clone(), rules);
        }
        Lift::Consent { purpose, endpoints, .. } => {
            assert_eq!(*purpose, world.intent.purpose);
            let endpoint = &endpoints[which % endpoints.len()];
            let proof = "98f13708-2101-84c4-b56e-0e4f6a0e5f8d".parse().unwrap();
            for known in world.view.reach.iter_mut().filter(|known| known.endpoint == *endpoint) {
                known.consent = Some((ConsentState::Given, proof));
            }
        }
        Lift::Endpoint { consent } => {
            let consent = consent.as_ref().map(|_| ConsentState::Given);
            world.view.reach.push(reach(on.as_str(), 99, consent));
        }
        Lift::Heard => {
            let open =
                |window: SessionState| SessionState { closes_at: Some(Timestamp::MAX), ..window };
            for known in world.view.reach.iter_mut().filter(|known| known.channel == *on) {
                known.window = known.window.map(open);
            }
        }
        Lift::Approval => world.intent.approved_by = Some("zoe".to_owned()),
        Lift::ValidBeyond(at) => world.intent.not_after = Some(at.shifted_micros(1)),
        other => panic!("no rule of ours proposes {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn deciding_is_a_function_and_the_order_of_lists_is_nothing(
        world in worlds(),
        by in 0..6_usize,
        reversed in any::<bool>(),
    ) {
        let mut other = world.clone();
        let (reach, ledger) = (&mut other.view.reach, &mut other.view.ledger);
        if !reach.is_empty() {
            let by = by % reach.len();
            reach.rotate_left(by);
        }
        ledger.extend(ledger.first().cloned());
        if reversed {
            reach.reverse();
            ledger.reverse();
        }
        prop_assert_eq!(world.decide(), world.decide());
        prop_assert_eq!(world.decide(), other.decide());
        prop_assert_eq!(explain(&world.decide()), explain(&other.decide()));
    }

    #[test]
    fn an_opt_out_a_sending_a_cap_or_a_quiet_interval_never_helps(
        world in worlds(),
        which in 0..6_usize,
        entry in entry(),
        hours in quiet(),
        more in caps(),
    ) {
        let mut world = world;
        // Where a cap holds on one channel only, another block there lets the next one send sooner;
        // and what is held may be carried past what would have skipped it.
        let action = world.policy.quiet_hours.as_ref().unwrap_or(&hours).action;
        let hours = QuietHours { action, ..hours };
        let alike = |cap| FrequencyCap { channels: Only::All, action, ..cap };
        world.policy.caps = world.policy.caps.into_iter().map(alike).collect();
        let before = lateness(&world);
        let mut opted_out = world.clone();
        if let Some(endpoint) = world.view.reach.get(which).map(|reach| reach.endpoint) {
            for reach in opted_out.view.reach.iter_mut().filter(|it| it.endpoint == endpoint) {
                let proof = "98f13708-2101-84c4-b56e-0e4f6a0e5f8d".parse().unwrap();
                reach.consent = Some((ConsentState::Withdrawn, proof));
            }
        }
        prop_assert!(lateness(&opted_out) >= before, "an opt-out helped");

        let mut told = world.clone();
        told.view.ledger.push(entry);
        prop_assert!(lateness(&told) >= before, "a sending helped");

        let mut capped = world.clone();
        capped.policy.caps.extend(more.into_iter().map(alike));
        prop_assert!(lateness(&capped) >= before, "a cap helped");

        let mut quieter = world;
        match &mut quieter.policy.quiet_hours {
            Some(known) => known.plausible_offsets.extend(hours.plausible_offsets),
            none => *none = Some(hours),
        }
        prop_assert!(lateness(&quieter) >= before, "a quiet interval helped");
    }

    #[test]
    fn what_is_sent_keeps_every_law(world in worlds()) {
        let decision = world.decide();
        let Outcome::Send { channel, endpoint, at } = &decision.outcome else { return Ok(()) };
        let rules = world.policy.purposes.get(&world.intent.purpose).cloned();
        let rules = rules.ok_or_else(|| TestCaseError::fail("sent for an undeclared purpose"))?;
        prop_assert!(world.intent.channels.contains(channel));
        let there = |it: &&Reach| it.channel == *channel && it.endpoint == *endpoint;
        let choices: Vec<_> = world.view.reach.iter().filter(there).map(|it| it.consent).collect();
        prop_assert!(!choices.is_empty());
        for choice in choices {
            let choice = choice.map(|(state, _)| state);
            let given = choice == Some(ConsentState::Given);
            prop_assert!(rules.basis != LawfulBasis::Consent || given);
            let open = rules.basis == LawfulBasis::Contract;
            prop_assert!(open || choice != Some(ConsentState::Withdrawn));
        }
        prop_assert!(!is_quiet(&world, *at), "sent in quiet hours");
        prop_assert!(*at >= world.now.max(world.intent.not_before.unwrap_or(Timestamp::MIN)));
        prop_assert!(world.intent.not_after.is_none_or(|end| *at < end));
        let window = Duration::from_secs(u64::from(rules.once_within_hours) * 3_600);
        for entry in &world.view.ledger {
            let counts = entry.occasion == world.intent.occasion
                && entry.decision != decision.id
                && entry.state != LedgerState::Released;
            prop_assert!(window.is_zero() || !counts || entry.at.plus(window) <= *at, "said twice");
        }
    }

    #[test]
    fn what_is_sent_goes_at_the_first_instant_that_is_not_quiet_and_has_room(world in worlds()) {
        let Some((by, sent)) = world.sent() else { return Ok(()) };
        let start = world.now.max(world.intent.not_before.unwrap_or(Timestamp::MIN));
        let held = |at| is_quiet(&world, at) || is_full(&world, &channel(&by), at);
        prop_assert!(!held(sent));
        let mut before = start;
        while before < sent {
            prop_assert!(held(before), "it could be sent at {}", before);
            let minute = before.micros().div_euclid(60_000_000) + 1;
            before = Timestamp::from_micros(minute * 60_000_000).unwrap();
        }
    }

    #[test]
    fn every_proposed_change_alone_sends_by_its_channel(
        world in worlds(),
        which in 0..6_usize,
    ) {
        let decision = world.decide();
        for change in changes(&decision) {
            let mut other = world.clone();
            apply(&mut other, &change.lift, &change.channel, which);
            let sent = other.sent();
            prop_assert_eq!(
                sent.as_ref().map(|(channel, _)| channel.as_str()),
                Some(change.channel.as_str()),
                "{:?}", change
            );
            if let Lift::Time(at) = change.lift {
                prop_assert_eq!(sent.map(|(_, at)| at), Some(at));
                let mut earlier = world.clone();
                earlier.now = at.shifted_micros(-1);
                let at_once = earlier.sent() == Some((change.channel.to_string(), earlier.now));
                prop_assert!(!at_once, "an earlier instant would do");
            }
        }
    }

    #[test]
    fn a_block_says_what_would_change_it_and_every_finding_why(world in worlds()) {
        let decision = world.decide();
        let told = explain(&decision);
        prop_assert_eq!(told.reasons.len(), decision.findings.len());
        let against = [" block ", " human ", " digest "];
        let blocked =
            world.findings().iter().any(|finding| against.iter().any(|it| finding.contains(it)));
        prop_assert_eq!(told.would_change.is_empty(), !blocked);
        prop_assert!(blocked || world.sent().is_some());
        let reasons = told.reasons.iter().map(|reason| &reason.sentence);
        for sentence in reasons.chain(&told.would_change) {
            prop_assert!(!sentence.to_string().contains("unknown"), "{}", sentence);
        }
    }
}
