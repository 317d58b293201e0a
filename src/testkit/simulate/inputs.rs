//! What people, providers and stores tell during a run, as raw requests.

use std::collections::BTreeMap;

use super::chance::Chance;
use crate::channel::{ChannelCodec, KeyRing, RawInbound, SignatureScheme, TouchpointJson, verify};
use crate::engine::{Context, prepare_event};
use crate::model::{
    Arrival, ArrivalMode, Capabilities, Channel, ChannelId, ChannelKind, Digest, Namespace,
    RecordId, Source, Timestamp, TouchpointId,
};
use crate::testkit::people::people;

/// One input: a request of one touchpoint, and which fact it is.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) request: RawInbound,
    pub(super) touchpoint: TouchpointId,
    pub(super) digest: Digest,
    pub(super) record: Option<RecordId>,
}

/// The codecs of a run's channels, by name.
#[derive(Debug)]
pub(super) struct Codecs(BTreeMap<&'static str, TouchpointJson>);

impl Codecs {
    /// Four that listen; `mail`, which cannot dedupe what it sends, and `sms`, which does.
    pub(super) fn new() -> Self {
        let mut codecs = BTreeMap::new();
        for (name, kind, capabilities) in [
            ("web", ChannelKind::Web, Capabilities::INBOUND),
            ("app", ChannelKind::App, Capabilities::INBOUND),
            ("store", ChannelKind::Store, Capabilities::INBOUND),
            ("social", ChannelKind::Social, Capabilities::INBOUND),
            ("mail", ChannelKind::Email, Capabilities::INBOUND.sending_to(Namespace::Email)),
            (
                "sms",
                ChannelKind::Sms,
                Capabilities::INBOUND.sending_to(Namespace::Phone).idempotent(),
            ),
        ] {
            let channel = Channel::new(name, kind).expect("a name");
            codecs.insert(name, TouchpointJson::new(channel).with_capabilities(capabilities));
        }
        Self(codecs)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &TouchpointJson> {
        self.0.values()
    }

    /// Reads a body as a hub would, to know which fact it is.
    pub(super) fn input(&self, context: &Context<'_>, channel: &str, body: &str) -> Input {
        let codec = &self.0[channel];
        let id = ChannelId::new(channel).expect("a name");
        let request = RawInbound::new(context.tenant, id, body).attested("made by the simulator");
        let ring = KeyRing::default();
        let verified = verify(&SignatureScheme::Attested, &ring, request.clone(), Timestamp::MIN);
        let mut decoded = codec.decode(&verified.expect("it is attested"));
        let event = decoded.events.pop().unwrap_or_else(|| panic!("no event: {body}"));
        let arrival = Arrival::new(ArrivalMode::Live, event.occurred, Timestamp::MIN);
        let source = Source::new(channel);
        let fact = prepare_event(context, codec.channel(), &source, event, arrival);
        let fact = fact.touchpoint();
        Input { request, touchpoint: fact.id, digest: Digest::of(fact), record: fact.record }
    }
}

/// What `customers` people tell: who they are and where they agree to be written to, then their
/// stories, in an order of the seed's.
pub(super) fn stories(chance: &Chance, customers: usize) -> Vec<(&'static str, String)> {
    let signed = (0..customers).map(|person| ("web", sign_up(chance, person)));
    let told = people(chance.number(), customers);
    let mut stories: Vec<_> = told.into_iter().map(|told| (told.channel, told.body)).collect();
    for at in (1..stories.len()).rev() {
        stories.swap(at, chance.below(at + 1));
    }
    signed.chain(stories).collect()
}

fn sign_up(chance: &Chance, person: usize) -> String {
    let state = if chance.percent(85) { "given" } else { "withdrawn" };
    let consents: Vec<String> =
        ENDPOINTS.iter().map(|of| consent(&of(person), Some("marketing"), state)).collect();
    format!(
        r#"{{"id":"u{person}","act":"identified","occurred_at":"2026-03-01T00:00:00Z",
        "sender":{},"identifiers":[{0},{},{}],"consents":[{}]}}"#,
        account(person),
        email(person),
        phone(person),
        consents.join(",")
    )
}

/// A choice that somebody makes now.
pub(super) fn choice(chance: &Chance, number: usize, customers: usize, now: Timestamp) -> String {
    let person = chance.below(customers);
    let state = if chance.percent(50) { "given" } else { "withdrawn" };
    let purpose = if chance.percent(70) { Some("marketing") } else { None };
    let endpoint = ENDPOINTS[chance.below(ENDPOINTS.len())](person);
    format!(
        r#"{{"id":"c{number}","occurred_at":"{now}","sender":{},"consents":[{}]}}"#,
        account(person),
        consent(&endpoint, purpose, state)
    )
}

/// What a provider reports of a message.
pub(super) fn receipt(number: usize, of: &str, failed: bool, now: Timestamp) -> String {
    let status = if failed { "failed" } else { "delivered" };
    format!(
        r#"{{"id":"r{number}","occurred_at":"{now}",
        "receipt":{{"of":"{of}","status":"{status}"}}}}"#
    )
}

const ENDPOINTS: [fn(usize) -> String; 2] = [email, phone];

fn consent(endpoint: &str, purpose: Option<&str>, state: &str) -> String {
    let purpose = purpose.map(|it| format!(r#""purpose":"{it}","#)).unwrap_or_default();
    format!(r#"{{"endpoint":{endpoint},{purpose}"state":"{state}"}}"#)
}

fn account(person: usize) -> String {
    format!(r#"{{"namespace":"account","value":"account-{person}"}}"#)
}

fn email(person: usize) -> String {
    format!(r#"{{"namespace":"email","value":"p{person}@example.org"}}"#)
}

fn phone(person: usize) -> String {
    format!(r#"{{"namespace":"phone","value":"+336000000{person:02}"}}"#)
}
