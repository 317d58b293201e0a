//! The gift journey, told of as many customers as asked for, in batches.
//!
//! Every customer's values differ; words, shapes and sizes are those of `examples/data/gift.json`.
//! A customer's requests lie [`GAP`] customers apart, so that hardly any two of them share a batch
//! and every one finds its customer in the store: the plainest case would flatter.

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, Segment, TouchpointJson};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{Channel, ChannelId, ChannelKind, IdKey, TenantId, Timestamp};
use omnichannel::storage::Store;
use serde_json::Value;

use crate::Failure;

/// How many customers begin between two requests of one customer.
const GAP: usize = 1_500;

/// About how many touchpoints are received at once.
const BATCH: usize = 1_000;

pub(crate) fn tenant() -> TenantId {
    TenantId::named("maison-lune")
}

/// A hub over the five channels of the journey.
pub(crate) fn hub(store: impl Store) -> Result<Hub, Failure> {
    let keys = Keys { id_key: IdKey::new(&[7; 32])? };
    let now: Timestamp = "2026-03-14T20:40:00Z".parse()?;
    let hub = Hub::new(store, keys, FixedClock::new(now), SeededEntropy::new(1));
    let segment = |id, kind| Channel::new(id, kind).map(Segment::new).map(Listening::new);
    let told = |id, kind| Channel::new(id, kind).map(TouchpointJson::new).map(Listening::new);
    Ok(hub
        .channel(tenant(), segment("web", ChannelKind::Web)?, KeyRing::default())
        .channel(tenant(), segment("app", ChannelKind::App)?, KeyRing::default())
        .channel(tenant(), told("social", ChannelKind::Social)?, KeyRing::default())
        .channel(tenant(), told("post", ChannelKind::Post)?, KeyRing::default())
        .channel(tenant(), told("store-lyon", ChannelKind::Store)?, KeyRing::default()))
}

/// One request of the journey, with the first customer's values.
struct Request {
    channel: ChannelId,
    body: String,
    touchpoints: usize,
}

/// Tells the journeys batch by batch; none is kept.
pub(crate) struct Journeys {
    requests: Vec<Request>,
    customers: usize,
    /// The next place in the feed: (customer that begins, request).
    next: (usize, usize),
}

impl Journeys {
    /// The journeys of about `touchpoints` touchpoints.
    pub(crate) fn of(touchpoints: usize) -> Result<Self, Failure> {
        let gift: Value = serde_json::from_str(include_str!("../../examples/data/gift.json"))?;
        let mut requests = Vec::new();
        for told in gift["inputs"].as_array().ok_or("the journey has no inputs")? {
            let body = &told["body"];
            let count = body.as_array().or(body["batch"].as_array()).map_or(1, Vec::len);
            let channel = told["channel"].as_str().ok_or("an input without a channel")?;
            let channel = ChannelId::new(channel)?;
            requests.push(Request { channel, body: body.to_string(), touchpoints: count });
        }
        let each: usize = requests.iter().map(|request| request.touchpoints).sum();
        Ok(Self { requests, customers: touchpoints.div_ceil(each), next: (0, 0) })
    }

    /// The next batch and its touchpoints; an empty one after the last.
    pub(crate) fn batch(&mut self) -> (Vec<RawInbound>, usize) {
        let (mut batch, mut touchpoints) = (Vec::new(), 0);
        let last = self.customers + GAP * self.requests.len();
        while touchpoints < BATCH && self.next.0 < last {
            let (begins, at) = self.next;
            self.next =
                if at + 1 < self.requests.len() { (begins, at + 1) } else { (begins + 1, 0) };
            let Some(customer) = begins.checked_sub(at * GAP) else { continue };
            if customer < self.customers {
                let request = &self.requests[at];
                touchpoints += request.touchpoints;
                let raw =
                    RawInbound::new(tenant(), request.channel.clone(), personal(request, customer));
                batch.push(raw.attested("made by the bench"));
            }
        }
        (batch, touchpoints)
    }
}

/// The request's body as customer number `customer` would cause it.
fn personal(request: &Request, customer: usize) -> String {
    let digits = format!("{customer:08}");
    let (a, b, c, d) = (&digits[..2], &digits[2..4], &digits[4..6], &digits[6..]);
    let mut body = request
        .body
        .replace("4b7f0c9e-visitor", &format!("{digits}-visitor"))
        .replace("c-4821", &format!("c-{customer}"))
        .replace("amille.etienne", &format!("amille.{customer}"))
        .replace("amille.Etienne", &format!("amille.{customer}"))
        .replace("phone-of-camille", &format!("phone-of-{customer}"))
        .replace("12 34 56 78", &format!("{a} {b} {c} {d}"))
        .replace("12345678", &digits)
        .replace("LUNE 0042 17", &format!("LUNE {digits}"))
        .replace("\"1007\"", &format!("\"{customer}\""));
    // The ids of touchpoints: `w-1` becomes `w-1-42`.
    for letter in ["w", "a", "s", "p", "t"] {
        for number in 1..=4 {
            let id = format!("\"{letter}-{number}\"");
            body = body.replace(&id, &format!("\"{letter}-{number}-{customer}\""));
        }
    }
    body
}
