//! Confirming at dispatch: each single loss refuses, and nothing personal shows.

use omnichannel::consistency::{confirm, explain};
use omnichannel::model::*;

use super::world::*;

const ADDRESS: &str = "PLANTED-ADDRESS@example.org";

fn standing(world: &mut World) -> Standing {
    Standing {
        address: Some((Namespace::Email, Pii::new(ADDRESS.to_owned()))),
        consent: Some(ConsentState::Given),
        reservation: Some(LedgerState::Reserved),
        rules: Some(world.rules().clone()),
        quiet_until: None,
        capped_until: None,
        obstacle: None,
        attempts: 2,
    }
}

#[test]
fn what_still_stands_is_authorised_with_its_words_and_its_try() {
    let mut world = World::free();
    let (decision, standing) = (world.decide(), standing(&mut world));
    let authorized = confirm(&decision, &standing, world.now).unwrap();
    assert_eq!(authorized.at(), world.now);
    let expected = Outbound {
        decision: decision.id,
        channel: channel("email"),
        namespace: Namespace::Email,
        address: Pii::new(ADDRESS.to_owned()),
        text: world.intent.text.clone(),
        title: None,
        answers: None,
        form: Form::Words,
        purpose: world.intent.purpose.clone(),
        at: world.now,
        attempt: 3,
    };
    assert_eq!(authorized.content(), &expected);
    let shown = format!("{authorized:?} {standing:?}");
    assert!(!shown.contains("PLANTED"), "{shown}");
}

#[test]
fn each_single_loss_refuses() {
    type Loss = fn(&mut Standing);
    let losses: [(Loss, Refusal); 10] = [
        (|it| it.address = None, Refusal::EndpointLost),
        (|it| it.consent = None, Refusal::ConsentLost),
        (|it| it.consent = Some(ConsentState::Withdrawn), Refusal::ConsentLost),
        (|it| it.reservation = None, Refusal::ReservationLost),
        (|it| it.reservation = Some(LedgerState::Released), Refusal::ReservationLost),
        (|it| it.reservation = Some(LedgerState::Sent), Refusal::ReservationLost),
        (|it| it.reservation = Some(LedgerState::Ambiguous), Refusal::ReservationLost),
        (|it| it.rules = None, Refusal::PurposeGone),
        (|it| it.quiet_until = Some(Timestamp::MAX), Refusal::TooEarly),
        (|it| it.quiet_until = Some(at(NOW).shifted_micros(1)), Refusal::TooEarly),
    ];
    let mut world = World::free();
    let decision = world.decide();
    for (place, (lose, refusal)) in losses.into_iter().enumerate() {
        let mut standing = standing(&mut world);
        lose(&mut standing);
        assert_eq!(confirm(&decision, &standing, world.now), Err(refusal), "loss {place}");
    }
}

#[test]
fn confirming_applies_the_same_law_of_consent_as_deciding() {
    use LawfulBasis::*;
    let bases =
        [Consent, Contract, LegalObligation, VitalInterests, PublicTask, LegitimateInterests];
    let choices = [None, Some(ConsentState::Given), Some(ConsentState::Withdrawn)];
    let decision = World::free().decide();
    for (basis, choice) in bases.into_iter().flat_map(|b| choices.map(|c| (b, c))) {
        let mut world = World::free();
        world.rules().basis = basis;
        world.view.reach = vec![reach("email", 1, choice)];
        let standing = Standing { consent: choice, ..standing(&mut world) };
        let confirmed = confirm(&decision, &standing, world.now).is_ok();
        assert_eq!(confirmed, world.sent().is_some(), "{basis:?} {choice:?}");
    }
}

#[test]
fn time_is_judged_to_the_microsecond_and_what_is_final_comes_first() {
    let mut world = World::free();
    world.intent.not_before = Some(at("2026-03-21T10:00:00Z"));
    world.intent.not_after = Some(at("2026-03-21T11:00:00Z"));
    let (decision, mut standing) = (world.decide(), standing(&mut world));
    let refused = |standing: &Standing, now: &str| confirm(&decision, standing, at(now)).err();
    assert_eq!(refused(&standing, "2026-03-21T09:59:59.999999Z"), Some(Refusal::TooEarly));
    assert_eq!(refused(&standing, "2026-03-21T10:00:00Z"), None);
    assert_eq!(refused(&standing, "2026-03-21T10:59:59.999999Z"), None);
    assert_eq!(refused(&standing, "2026-03-21T11:00:00Z"), Some(Refusal::Expired));
    standing.consent = None;
    assert_eq!(refused(&standing, NOW), Some(Refusal::ConsentLost));
}

#[test]
fn what_was_not_to_be_sent_is_never_authorised() {
    let mut world = World::free();
    world.view.reach.clear();
    let (decision, standing) = (world.decide(), standing(&mut world));
    assert_eq!(confirm(&decision, &standing, world.now), Err(Refusal::NotToSend));
}

#[test]
fn decisions_and_explanations_name_the_endpoint_only_when_asked() {
    let mut world = World::free();
    for consent in [None, Some(ConsentState::Given), Some(ConsentState::Withdrawn)] {
        world.view.reach = vec![reach("email", 1, consent)];
        let decision = world.decide();
        let told = explain(&decision);
        for shown in [format!("{decision:?}"), format!("{told:?}"), told.to_string()] {
            assert!(!shown.contains("PLANTED"), "{shown}");
        }
        let id = endpoint(1).to_string();
        assert!(!told.to_string().contains(&id) && told.to_string().contains("[email]"));
        assert!(told.text(Disclosure::Full).contains(&id));
        let json = serde_json::to_string(&decision.findings).unwrap();
        assert!(!json.contains("PLANTED"), "{json}");
        let stored = serde_json::to_string(&decision).unwrap();
        assert_eq!(serde_json::from_str::<Decision>(&stored).unwrap(), decision);
    }
}
