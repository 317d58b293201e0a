//! From raw request to sent message and back: what the hub promises.
#![cfg(feature = "testkit")]

mod common;

use std::sync::Arc;

use common::{keys, request, tenant};
use omnichannel::channel::{KeyRing, Listening, MemoryChannel, TouchpointJson};
use omnichannel::engine::{Facts, Fate, prepare};
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::model::{
    Author, Channel, ChannelId, ChannelKind, Configuration, DeliveryClass, IdKey, IdentityRules,
    Intent, LawfulBasis, Namespace, OutboxState, Outcome, Policy, Purpose, PurposeRules,
    QuietAction, QuietHours, RecordId, Refusal, Ruling, SendOutcome, Timestamp,
};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::testkit::recompute::{everything, take};
use omnichannel::{ErrorKind, Hub};

fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

struct World {
    store: Arc<MemoryStore>,
    clock: Arc<FixedClock>,
    mail: Arc<MemoryChannel>,
    hub: Hub,
}

fn configuration() -> Configuration {
    let rules = |basis, once_within_hours| PurposeRules {
        basis,
        respects_quiet_hours: basis == LawfulBasis::Consent,
        once_within_hours,
        delivery: DeliveryClass::default(),
    };
    let purposes = [
        (Purpose::new("marketing"), rules(LawfulBasis::Consent, 24)),
        (Purpose::new("order"), rules(LawfulBasis::Contract, 0)),
    ];
    let quiet = QuietHours {
        from_minute: 21 * 60,
        until_minute: 8 * 60,
        action: QuietAction::Hold,
        plausible_offsets: vec!["+01:00".parse().expect("an offset")],
    };
    let policy =
        Policy { purposes: purposes.into(), quiet_hours: Some(quiet), ..Policy::default() };
    Configuration { policy, ..Configuration::default() }
}

fn world() -> World {
    let (store, clock) =
        (Arc::new(MemoryStore::new()), Arc::new(FixedClock::new(at("2026-03-14T10:00:00Z"))));
    let channel = |id, kind| Channel::new(id, kind).expect("a channel");
    let mail = Arc::new(MemoryChannel::new(channel("mail", ChannelKind::Email), Namespace::Email));
    let store_channel = Listening::new(TouchpointJson::new(channel("store", ChannelKind::Store)));
    let hub = Hub::new(Arc::clone(&store), keys(), Arc::clone(&clock), SeededEntropy::new(1))
        .configured(configuration())
        .expect("a fine policy")
        .channel(tenant(), Arc::clone(&mail), KeyRing::default())
        .channel(tenant(), store_channel, KeyRing::default());
    World { store, clock, mail, hub }
}

impl World {
    fn tell(&self, body: &str) -> RecordId {
        let reception = block_on(self.hub.receive(request("store", body))).expect("received");
        assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
        reception.taken[0].record.expect("somebody")
    }

    /// The same buyer as another feed knows her: by her mailbox.
    fn reader(&self, id: &str) -> RecordId {
        self.tell(&format!(
            r#"{{"id":"{id}","occurred_at":"2026-03-01T11:00:00Z","act":"purchased",
            "sender":{{"namespace":"email","value":"camille@example.org"}}}}"#
        ))
    }

    fn buyer(&self, id: &str, card: &str, consent: &str) -> RecordId {
        self.tell(&format!(
            r#"{{"id":"{id}","occurred_at":"2026-03-01T10:00:00Z","act":"purchased",
            "sender":{{"namespace":"loyalty_card","value":"{card}"}},
            "identifiers":[{{"namespace":"email","value":"camille@example.org"}}],
            "consents":[{{"endpoint":{{"namespace":"email","value":"camille@example.org"}},
                "purpose":"marketing","state":"{consent}"}}]}}"#
        ))
    }

    fn intent(&self, key: &str, subject: RecordId, purpose: &str) -> Intent {
        Intent {
            occasion: "spring".to_owned(),
            ..Intent::new(
                key.to_owned(),
                subject,
                Purpose::new(purpose),
                ChannelId::new("mail").expect("a name"),
                "Bonjour".to_owned(),
            )
        }
    }
}

#[test]
fn a_message_goes_from_intent_to_timeline() {
    let world = world();
    let camille = world.buyer("1", "L1", "given");
    let decision = block_on(world.hub.decide(tenant(), &world.intent("k", camille, "marketing")))
        .expect("decided");
    let now = at("2026-03-14T10:00:01Z");
    let done = block_on(world.hub.dispatch_due(now)).expect("dispatched");
    assert_eq!((done.sent, done.next_due), (vec![decision.id], None));
    let sent = world.mail.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].address.expose(), "camille@example.org");
    let page =
        block_on(world.hub.timeline(tenant(), camille, None, 10)).expect("read").expect("known");
    let message = page.touchpoints[1].message.as_ref().expect("a message");
    assert_eq!((message.author, message.text().expose().as_str()), (Author::System, "Bonjour"));
    let again = block_on(world.hub.dispatch_due(now)).expect("dispatched");
    assert!(again.sent.is_empty(), "nothing is sent twice");
}

#[test]
fn a_record_keeps_its_source_in_whatever_order_our_sendings_are_replayed() {
    let (world, replayed) = (world(), world());
    let camille = world.buyer("1", "L1", "given");
    block_on(world.hub.decide(tenant(), &world.intent("k", camille, "marketing")))
        .expect("decided");
    block_on(world.hub.dispatch_due(at("2026-03-14T10:00:01Z"))).expect("dispatched");
    let customer = block_on(world.hub.customer(tenant(), camille)).expect("read").expect("known");
    assert_eq!(customer.records[0].source.as_str(), "store");

    let context = world.hub.context(tenant());
    let all = block_on(everything(&world.store, tenant())).expect("read").touchpoints;
    let mut copies: Vec<_> = all.into_values().flatten().collect();
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.touchpoint.occurred.order()));
    for copy in copies {
        let touchpoints = vec![prepare(&context, copy.touchpoint, copy.arrival)];
        let facts = Facts { touchpoints, ..Facts::default() };
        block_on(take(&replayed.store, &context, &facts)).expect("taken");
    }
    let digest = |hub: &Hub| block_on(hub.digest(tenant())).expect("read");
    assert_eq!(digest(&replayed.hub), digest(&world.hub));
}

#[test]
fn deciding_twice_on_a_key_gives_one_decision_and_another_intent_is_refused() {
    let world = world();
    let camille = world.buyer("1", "L1", "given");
    let intent = world.intent("k", camille, "marketing");
    let first = block_on(world.hub.decide(tenant(), &intent)).expect("decided");
    world.clock.set(at("2026-03-15T10:00:00Z"));
    assert_eq!(block_on(world.hub.decide(tenant(), &intent)).expect("decided"), first);
    let other = world.intent("k", camille, "order");
    let error = block_on(world.hub.decide(tenant(), &other)).expect_err("reused");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("choose another key"), "{error}");
}

#[test]
fn an_occasion_is_said_once_by_way_of_any_record_of_the_customer() {
    let world = world();
    let (one, other) = (world.buyer("1", "L1", "given"), world.reader("2"));
    let first = block_on(world.hub.decide(tenant(), &world.intent("a", one, "marketing")))
        .expect("decided");
    assert!(matches!(first.outcome, Outcome::Send { .. }));
    let second = block_on(world.hub.decide(tenant(), &world.intent("b", other, "marketing")))
        .expect("decided");
    assert_eq!(second.outcome, Outcome::Suppress);
    assert!(second.findings.iter().any(|finding| finding.rule == "duplicate"), "{second:?}");
}

#[test]
fn consent_that_is_withdrawn_while_a_message_waits_stops_it() {
    let world = world();
    let camille = world.buyer("1", "L1", "given");
    world.clock.set(at("2026-03-14T22:00:00Z"));
    let decision = block_on(world.hub.decide(tenant(), &world.intent("k", camille, "marketing")))
        .expect("decided");
    let morning = at("2026-03-15T07:00:00Z");
    assert!(
        matches!(&decision.outcome, Outcome::Send { at, .. } if *at == morning),
        "{decision:?}"
    );
    let early = block_on(world.hub.dispatch_due(at("2026-03-14T23:00:00Z"))).expect("dispatched");
    assert_eq!((early.sent.len(), early.next_due), (0, Some(morning)));
    world.tell(
        r#"{"id":"2","occurred_at":"2026-03-14T22:30:00Z","act":"opted_out",
        "sender":{"namespace":"email","value":"camille@example.org"},
        "consents":[{"endpoint":{"namespace":"email","value":"camille@example.org"},
        "state":"withdrawn"}]}"#,
    );
    let done = block_on(world.hub.dispatch_due(morning)).expect("dispatched");
    assert_eq!(done.refused, [decision.id]);
    assert!(world.mail.sent().is_empty());
    let entry = block_on(world.hub.outbox(tenant(), decision.id)).expect("read").expect("kept");
    assert_eq!(entry.state, OutboxState::Refused(Refusal::ConsentLost));
}

#[test]
fn an_endpoint_that_a_verdict_takes_away_is_not_written_to() {
    let world = world();
    let one = world.buyer("1", "L1", "given");
    let other = world.tell(
        r#"{"id":"9","act":"visited","sender":{"namespace":"loyalty_card","value":"L9"},
        "identifiers":[{"namespace":"phone","value":"+33612345678"}]}"#,
    );
    block_on(world.hub.rule(tenant(), (one, other), Ruling::Same, "Ana", "she said so"))
        .expect("ruled");
    let decision = block_on(world.hub.decide(tenant(), &world.intent("k", other, "marketing")))
        .expect("decided");
    assert!(matches!(decision.outcome, Outcome::Send { .. }));
    world.clock.set(at("2026-03-14T11:00:00Z"));
    block_on(world.hub.rule(tenant(), (one, other), Ruling::Different, "Ana", "a mistake"))
        .expect("ruled");
    let done = block_on(world.hub.dispatch_due(at("2026-03-14T12:00:00Z"))).expect("dispatched");
    assert_eq!(done.refused, [decision.id]);
    assert!(world.mail.sent().is_empty());
}

#[test]
fn a_deferred_message_is_tried_again_and_a_rejected_one_frees_its_occasion() {
    let world = world();
    let camille = world.buyer("1", "L1", "given");
    let now = at("2026-03-14T10:00:00Z");
    let later = at("2026-03-14T10:10:00Z");
    world.mail.answer_with([
        SendOutcome::Deferred { retry_at: later },
        SendOutcome::Rejected { reason: "mailbox full".to_owned() },
    ]);
    let decision = block_on(world.hub.decide(tenant(), &world.intent("k", camille, "marketing")))
        .expect("decided");
    let first = block_on(world.hub.dispatch_due(now)).expect("dispatched");
    assert_eq!(first.deferred, [decision.id]);
    let due = first.next_due.expect("waits");
    assert!(due >= later && due <= at("2026-03-14T10:11:00Z"), "{due}");
    let second = block_on(world.hub.dispatch_due(due)).expect("dispatched");
    assert_eq!(second.dead, [decision.id]);
    let again = block_on(world.hub.decide(tenant(), &world.intent("k2", camille, "marketing")))
        .expect("decided");
    assert!(matches!(again.outcome, Outcome::Send { .. }), "the reservation was given back");
}

#[test]
fn an_unknown_outcome_is_never_sent_again_blindly() {
    let world = world();
    let camille = world.buyer("1", "L1", "given");
    world.mail.answer_with([SendOutcome::Unknown]);
    let decision = block_on(world.hub.decide(tenant(), &world.intent("k", camille, "marketing")))
        .expect("decided");
    let done = block_on(world.hub.dispatch_due(at("2026-03-14T10:00:00Z"))).expect("dispatched");
    assert_eq!(done.ambiguous, [decision.id]);
    let later = block_on(world.hub.dispatch_due(at("2026-03-15T10:00:00Z"))).expect("dispatched");
    assert_eq!((later.sent.len(), later.next_due), (0, None));
    let again = block_on(world.hub.decide(tenant(), &world.intent("k2", camille, "marketing")))
        .expect("decided");
    assert_eq!(again.outcome, Outcome::Suppress, "it counts as said");
}

#[test]
fn a_wrong_join_is_parted_by_a_verdict_and_joined_again_exactly() {
    let world = world();
    let (one, other) = (world.buyer("1", "L1", "given"), world.reader("2"));
    let joined = block_on(world.hub.customer(tenant(), one)).expect("read").expect("known");
    assert!(joined.holds(other));
    let why = block_on(world.hub.why(tenant(), one, other)).expect("read").expect("known");
    assert_eq!(why.reasons.len(), 1, "{why}");
    assert!(!why.to_string().contains("camille@"), "redacted: {why}");
    block_on(world.hub.rule(tenant(), (one, other), Ruling::Different, "Ana", "sisters"))
        .expect("ruled");
    let alone = block_on(world.hub.customer(tenant(), one)).expect("read").expect("known");
    assert!(!alone.holds(other));
    let why_not = block_on(world.hub.why(tenant(), one, other)).expect("read").expect("known");
    assert!(why_not.to_string().contains("two parties"), "{why_not}");
    world.clock.set(at("2026-03-14T11:00:00Z"));
    block_on(world.hub.rule(tenant(), (other, one), Ruling::Undecided, "Ana", "no"))
        .expect("ruled");
    let again = block_on(world.hub.customer(tenant(), other)).expect("read").expect("known");
    assert_eq!(again, joined, "to the byte");
}

#[test]
fn a_verdict_may_precede_its_records() {
    let (early, late) = (world(), world());
    let (one, other) = (late.buyer("1", "L1", "given"), late.tell(LONELY));
    let verdict = block_on(late.hub.rule(tenant(), (one, other), Ruling::Same, "Ana", "known"))
        .expect("ruled");
    assert_eq!(
        block_on(early.hub.record_verdict(tenant(), verdict.clone())).expect("ruled"),
        Fate::Accepted
    );
    assert_eq!(block_on(early.hub.customer(tenant(), one)).expect("read"), None, "nobody was seen");
    early.buyer("1", "L1", "given");
    early.tell(LONELY);
    let digest = |world: &World| block_on(world.hub.digest(tenant())).expect("digest");
    assert_eq!(digest(&early), digest(&late));
    assert_eq!(
        block_on(early.hub.record_verdict(tenant(), verdict)).expect("ruled"),
        Fate::Duplicate
    );
}

const LONELY: &str =
    r#"{"id":"9","act":"visited","sender":{"namespace":"loyalty_card","value":"L9"}}"#;

#[test]
fn nothing_links_across_tenants() {
    let world = world();
    let camille = world.buyer("1", "L1", "given");
    let stranger = omnichannel::model::TenantId::named("another house");
    assert_eq!(block_on(world.hub.customer(stranger, camille)).expect("read"), None);
    assert!(block_on(world.hub.portraits(stranger)).expect("read").is_empty());
}

#[test]
fn a_store_of_another_profile_is_refused_with_advice() {
    let world = world();
    world.buyer("1", "L1", "given");
    let open = |id_key: &[u8; 32], configuration: Configuration| {
        let keys = omnichannel::hub::Keys { id_key: IdKey::new(id_key).expect("a key") };
        let clock = FixedClock::new(at("2026-03-14T10:00:00Z"));
        let hub = Hub::new(Arc::clone(&world.store), keys, clock, SeededEntropy::new(1))
            .configured(configuration)
            .expect("a fine policy");
        block_on(hub.digest(tenant()))
    };
    assert!(open(&[7; 32], configuration()).is_ok());
    let error = open(&[8; 32], configuration()).expect_err("another key");
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("another id key"), "{error}");
    let identity =
        IdentityRules { blocked_values: ["x".to_owned()].into(), ..IdentityRules::default() };
    let error =
        open(&[7; 32], Configuration { identity, ..configuration() }).expect_err("other rules");
    assert!(error.to_string().contains("other identity rules"), "{error}");
}

#[test]
fn a_channel_that_is_not_plugged_in_and_an_unknown_subject_are_named() {
    let world = world();
    let error = block_on(world.hub.receive(request("fax", "{}"))).expect_err("no fax");
    assert_eq!(
        error.to_string(),
        "not found during hub.receive: the channel is not plugged in for this tenant (channel: fax)"
    );
    let nobody = RecordId::from_uuid(uuid::Uuid::nil());
    let error = block_on(world.hub.decide(tenant(), &world.intent("k", nobody, "order")))
        .expect_err("nobody");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn an_unsigned_request_is_told_and_nothing_is_taken() {
    let world = world();
    let mut raw = request("store", LONELY);
    raw.attested = None;
    let reception = block_on(world.hub.receive(raw)).expect("an outcome");
    assert!(reception.taken.is_empty());
    assert_eq!(reception.rejected[0].code, omnichannel::model::Code::Unsigned);
}

#[test]
fn the_calls_of_a_hub_can_move_between_threads() {
    fn moves<F: Send>(future: F) -> F {
        future
    }
    let world = world();
    let camille = world.buyer("1", "L1", "given");
    let intent = world.intent("k", camille, "marketing");
    let now = at("2026-03-14T10:00:00Z");
    block_on(moves(world.hub.receive(request("store", LONELY)))).expect("received");
    block_on(moves(world.hub.decide(tenant(), &intent))).expect("decided");
    block_on(moves(world.hub.dispatch_due(now))).expect("dispatched");
    block_on(moves(world.hub.customer(tenant(), camille))).expect("read");
}

#[test]
fn a_corrected_choice_about_being_written_to_replaces_the_wrong_one() {
    let world = world();
    let camille = world.buyer("1", "L1", "given");
    let corrected = r#"{"id":"1","revision":1,"occurred_at":"2026-03-01T10:00:00Z",
        "act":"purchased","sender":{"namespace":"loyalty_card","value":"L1"},
        "identifiers":[{"namespace":"email","value":"camille@example.org"}]}"#;
    let reception = block_on(world.hub.receive(request("store", corrected))).expect("received");
    assert_eq!(reception.taken[0].fate, Fate::Conflicting, "both copies are kept");
    let intent = world.intent("k", camille, "marketing");
    let decision = block_on(world.hub.decide(tenant(), &intent)).expect("decided");
    assert_eq!(decision.outcome, Outcome::Suppress, "the clerk's tick was a mistake");
}
