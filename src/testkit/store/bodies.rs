//! Clause 11: bodies of every kind come back equal.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rows::{at, channel, id};
use super::{apply, or_panic, puts};
use crate::model::{
    Act, Arrival, ArrivalMode, Assurance, Author, BlobRef, Blocked, Body, ChannelKind, Component,
    ComponentHead, ComponentId, ComponentRow, Configuration, Consent, ConsentLedger, ConsentSignal,
    ConsentState, ContactLedger, Copies, Copy, Decision, DecisionId, DeliveryClass, DeliveryStatus,
    Digest, EndedBy, Erasure, ErasureId, Erasures, FactHistory, FactId, FactKey, FactValue,
    Finding, Identifier, IdentifierHome, IdentifierId, IdentifierNode, Indexed, Intent, Keeping,
    Key, Kind, KnownFact, LawfulBasis, Layout, LedgerEntry, LedgerState, Message, MessageId,
    Milestone, Namespace, ObjectRef, Occurred, OptOut, OptOuts, OutboxEntry, OutboxState, Outcome,
    Part, Pii, Profile, Purpose, PurposeRules, Put, Reached, Receipt, RecordId, RecordNode, Ruled,
    Ruling, SendOutcome, Sighting, Source, TenantId, Timestamp, ToldFact, Tombstone, Touchpoint,
    TouchpointId, Towards, Verdict, VerdictId,
};
use crate::storage::Store;

/// Texts that a store's encoding, collation or escaping could spoil.
const TEXTS: [&str; 8] = [
    "",
    "Zoë O'Neill \"Zo\" \\ %_",
    "李小龍 שלום مرحبا Привет ไทย",
    "e\u{301} is not é",
    "👩‍👩‍👧‍👦🇫🇷",
    "line\nline\r\n\ttab\u{2028}\u{feff}",
    "nul\u{0}inside",
    "'; DROP TABLE rows; --",
];

/// Every kind of body comes back equal, in any script and at any time of the calendar.
pub async fn bodies_come_back_equal(store: &dyn Store) {
    let tenant = TenantId::named("bodies_come_back_equal");
    let times = [Timestamp::MIN, Timestamp::MAX, at(0), at(1_790_000_000).shifted_micros(123_456)];
    let mut rows: Vec<Put> = Vec::new();
    for text in TEXTS {
        for time in times {
            for body in sample_bodies(text, time) {
                rows.push(Put::new(tenant, id(rows.len() as u64), body, Vec::new()));
            }
        }
    }
    for kind in Kind::ALL {
        assert!(rows.iter().any(|put| put.key.kind == kind), "no sample of kind {}", kind.name());
    }
    let wanted: Vec<Key> = rows.iter().map(|put| put.key).collect();
    apply(store, puts(rows.clone())).await;
    for (row, put) in or_panic(store.load(&wanted).await).into_iter().zip(&rows) {
        assert_eq!(row.map(|row| row.body).as_ref(), Some(&put.body), "{}", put.key);
    }
}

/// One body of each kind, saying `text` at `time` wherever it can.
fn sample_bodies(text: &str, time: Timestamp) -> Vec<Body> {
    let kinds = Kind::ALL.into_iter().map(|kind| sample(kind, text, time));
    let head = ComponentHead { id: ComponentId::from_uuid(id(5)), parts: vec![0, u64::MAX] };
    kinds.chain([Body::Component(ComponentRow::Head(Arc::new(head)))]).collect()
}

fn sample(kind: Kind, text: &str, time: Timestamp) -> Body {
    match kind {
        Kind::Profile => Body::Profile(Arc::new(Profile {
            normaliser: u32::MAX,
            identity: Digest::of(text),
            phone_region: None,
            id_key: id(3),
            configuration: None,
        })),
        Kind::Touchpoint => Body::Touchpoint(Arc::new(copies(text, time))),
        Kind::Verdict => Body::Verdict(Arc::new(verdict(text, time))),
        Kind::RecordAt => Body::RecordAt(ComponentId::from_uuid(uuid::Uuid::max())),
        Kind::IdentifierAt => {
            Body::IdentifierAt(IdentifierHome::In(ComponentId::from_uuid(uuid::Uuid::nil())))
        }
        Kind::Component => Body::Component(component(text, time).into()),
        Kind::ComponentPart => {
            Body::ComponentPart(Arc::new(component(text, time).part(0, 1, u64::MAX)))
        }
        Kind::Indexed => Body::Indexed(Arc::new(Indexed {
            layout: Digest::of(text),
            values: vec![Pii::new(text.to_owned()), Pii::new(String::new())],
        })),
        Kind::Fact => Body::Fact(Arc::new(fact(text, time))),
        Kind::Consent => Body::Consent(Arc::new(consents(text, time))),
        Kind::Ledger => Body::Ledger(Arc::new(ledger(text, time))),
        Kind::Decision => Body::Decision(Arc::new(decision(text, time))),
        Kind::Outbox => Body::Outbox(Arc::new(outbox(text, time))),
        Kind::Erasures => Body::Erasures(Arc::new(Erasures { keys: [id(10), id(11)].into() })),
        Kind::Tombstone => {
            let erasure = Some(ErasureId::from_uuid(id(12)));
            Body::Tombstone(Arc::new(Tombstone { key: id(10), erased_at: time, erasure }))
        }
        Kind::OptOut => Body::OptOut(Arc::new(opt_outs(text, time))),
        Kind::Erasure => Body::Erasure(Arc::new(erasure(text, time))),
        Kind::Configuration => Body::Configuration(Arc::new(configuration(text))),
        Kind::Layout => Body::Layout(Arc::new(Layout {
            identity: Digest::of(text),
            towards: Some(Towards {
                identity: Digest::of("rules"),
                after: Some(ComponentId::from_uuid(id(5))),
            }),
        })),
    }
}

fn fact(text: &str, time: Timestamp) -> FactHistory {
    let key = FactKey::new(ObjectRef::new("product", text), "price");
    let mut history = FactHistory::new(key.clone());
    history.add(KnownFact {
        from: Some(time),
        until: Some(time),
        ..KnownFact::new(key, u64::MAX, FactValue::Text(text.to_owned()), text)
    });
    history
}

fn configuration(text: &str) -> Configuration {
    let mut configuration = Configuration::default();
    configuration.identity.blocked_values.insert(text.to_owned());
    let rules = PurposeRules {
        basis: LawfulBasis::Consent,
        respects_quiet_hours: true,
        once_within_hours: u32::MAX,
        delivery: DeliveryClass::AtLeastOnce,
    };
    configuration.policy.purposes.insert(Purpose::new(text), rules);
    configuration
}

fn copies(text: &str, time: Timestamp) -> Copies {
    let attested = Some(text.into());
    let arrival = Arrival { recorded_at: time, mode: ArrivalMode::Late, attested };
    let stated = touchpoint(text, Occurred::at(time));
    let mut copies = Copies::new(Copy::new(stated, arrival.clone()));
    copies.insert(Copy::new(touchpoint(text, Occurred::UNKNOWN), arrival));
    copies
}

fn touchpoint(text: &str, occurred: Occurred) -> Touchpoint {
    let pii = || Pii::new(text.to_owned());
    let identifier = Identifier::proven(Namespace::Other(text.to_owned()), text).scoped(text);
    let mut message = Message::outbound(Author::Agent, text);
    message.subject = Some(pii());
    message.references = vec![text.to_owned()];
    message.parts.push(Part::Media(BlobRef {
        location: pii(),
        media_type: "image/jpeg".to_owned(),
        file_name: Some(pii()),
        bytes: Some(u64::MAX),
        expires_at: Some(Timestamp::MAX),
    }));
    message.parts.push(Part::Location(pii()));
    message.parts.push(Part::Choice { id: pii(), label: Some(pii()) });
    Touchpoint {
        id: TouchpointId::from_uuid(id(1)),
        source: Source::new(text),
        external_id: Some(text.to_owned()),
        revision: u32::MAX,
        record: Some(RecordId::from_uuid(id(2))),
        channel: channel("store-0042"),
        channel_kind: ChannelKind::Other(text.to_owned()),
        act: Act::Custom(text.to_owned()),
        occurred,
        objects: vec![ObjectRef::new(text, text)],
        identifiers: vec![identifier.clone()],
        attributes: [(text.to_owned(), pii())].into(),
        message: Some(Box::new(message)),
        answers: vec![MessageId::from_uuid(id(9))],
        receipt: Some(Box::new(Receipt {
            of: text.to_owned(),
            status: DeliveryStatus::Failed,
            code: Some(text.to_owned()),
            watermark: None,
        })),
        consents: vec![ConsentSignal {
            endpoint: identifier,
            purpose: Some(Purpose::new(text)),
            state: ConsentState::Withdrawn,
            basis: LawfulBasis::Contract,
            evidence: Some(text.to_owned()),
        }],
        details: [("a.b".to_owned(), pii())].into(),
    }
}

fn verdict(text: &str, time: Timestamp) -> Verdict {
    Verdict {
        id: VerdictId::from_uuid(id(4)),
        a: RecordId::from_uuid(id(1)),
        b: RecordId::from_uuid(id(2)),
        ruling: Ruling::Different,
        at: time,
        by: Pii::new(text.to_owned()),
        reason: Pii::new(text.to_owned()),
    }
}

fn component(text: &str, time: Timestamp) -> Component {
    let mut component = Component::new(ComponentId::from_uuid(id(5)));
    let seen = RecordNode {
        source: Some(Source::new(text)),
        first_seen: Some(time),
        identifiers: [(IdentifierId::from_uuid(id(6)), Sighting::new(Assurance::Asserted, None))]
            .into(),
    };
    component.records.insert(RecordId::from_uuid(id(1)), Arc::new(seen));
    component.records.insert(RecordId::from_uuid(id(2)), Arc::new(RecordNode::unseen()));
    let node = IdentifierNode {
        namespace: Namespace::Other(text.to_owned()),
        scope: Some(text.to_owned()),
        value: Pii::new(text.to_owned()),
        blocked: Some(Blocked::Listed),
    };
    component.identifiers.insert(IdentifierId::from_uuid(id(6)), Arc::new(node));
    component.verdicts.insert(VerdictId::from_uuid(id(4)), verdict(text, time));
    component
}

fn consents(text: &str, time: Timestamp) -> ConsentLedger {
    let choice = |occurred| Consent {
        purpose: Some(Purpose::new(text)),
        state: ConsentState::Given,
        basis: LawfulBasis::Consent,
        occurred,
        evidence: Some(text.to_owned()),
    };
    let choices = vec![choice(Occurred::at(time)), choice(Occurred::UNKNOWN)];
    ConsentLedger { choices: BTreeMap::from([(TouchpointId::from_uuid(id(1)), choices)]) }
}

fn ledger(text: &str, time: Timestamp) -> ContactLedger {
    let mut ledger = ContactLedger::default();
    ledger.put(LedgerEntry {
        decision: DecisionId::from_uuid(id(7)),
        purpose: Purpose::new(text),
        occasion: text.to_owned(),
        channel: channel("mail"),
        at: time,
        state: LedgerState::Ambiguous,
        step_of: Some(DecisionId::from_uuid(id(8))),
        told: vec![ToldFact { fact: FactId::from_uuid(id(13)), version: u64::MAX }],
    });
    ledger
}

fn decision(text: &str, time: Timestamp) -> Decision {
    let facts = vec![(text.to_owned().into(), text.to_owned())];
    let finding = |ruled| Finding {
        rule: "quiet_hours".into(),
        channel: Some(channel("mail")),
        ruled,
        why: text.to_owned().into(),
        facts: facts.clone(),
    };
    Decision {
        id: DecisionId::from_uuid(id(7)),
        intent: Intent {
            channels: vec![channel("mail"), channel("sms")],
            not_before: Some(time),
            ended_by: vec![EndedBy { act: Act::Paid, about: None, since: time }],
            unless: vec![Reached {
                message: DecisionId::from_uuid(id(8)),
                milestone: Milestone::Read,
            }],
            approved_by: Some(text.to_owned()),
            ..Intent::new(
                text,
                RecordId::from_uuid(id(1)),
                Purpose::new(text),
                channel("mail"),
                text,
            )
        },
        outcome: Outcome::Send {
            channel: channel("mail"),
            endpoint: IdentifierId::from_uuid(id(6)),
            at: time,
        },
        findings: vec![finding(Ruled::Pass), finding(Ruled::Wait(time)), finding(Ruled::Block)],
        view: Digest::of(text),
        configuration: Configuration::default().version(),
        at: time,
    }
}

fn outbox(text: &str, time: Timestamp) -> OutboxEntry {
    let (decision, subject) = (DecisionId::from_uuid(id(7)), RecordId::from_uuid(id(1)));
    let state = OutboxState::Done(SendOutcome::Accepted { provider_id: text.to_owned() });
    let entry = OutboxEntry::new(decision, subject, time);
    OutboxEntry { attempts: u32::MAX, fence: u64::MAX, state, ..entry }
}

fn opt_outs(text: &str, time: Timestamp) -> OptOuts {
    let mut left = OptOuts::under(id(10));
    left.add(OptOut { purpose: Some(Purpose::new(text)), at: time });
    left.add(OptOut { purpose: None, at: time });
    left
}

fn erasure(text: &str, time: Timestamp) -> Erasure {
    Erasure {
        id: ErasureId::from_uuid(id(12)),
        erased_at: time,
        reason: text.to_owned(),
        key: id(10),
        erased: [(Kind::Touchpoint, u64::MAX), (Kind::Consent, 1)].into(),
        kept: [(Keeping::Tombstones, 2), (Keeping::OptOuts, u64::MAX)].into(),
        left: vec![RecordId::from_uuid(id(1))],
    }
}
