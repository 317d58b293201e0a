//! The channel contract: a function for each clause of [`ChannelCodec`], and its test.
//!
//! A clause panics, with its name, where a codec breaks it. [`crate::channel_contract!`] makes one
//! named test of each; a codec outside this crate calls it in the same way:
//!
//! ```
//! use omnichannel::channel::TouchpointJson;
//! use omnichannel::model::{Channel, ChannelKind};
//! use omnichannel::testkit::channel::ChannelFixture;
//!
//! fn fixture() -> ChannelFixture {
//!     let store = Channel::new("store-0042", ChannelKind::Store).expect("a name");
//!     ChannelFixture::new(TouchpointJson::new(store))
//!    .sample(r#"{"id":"1","act":"visited","sender":{"namespace":"email","value":"c@x.org"}}"#)
//!    .secret("c@x.org") } omnichannel::channel_contract!(touchpoint_json, crate::fixture());
//! # fn main() {}
//! ```
//!
//! Bytes are fuzzed from fixed seeds: the same codec gives the same result everywhere.

mod forms;
mod honest;
mod provider;
mod tables;

pub use forms::{answers_are_total, forms_are_as_declared};
pub use honest::{
    a_transient_fault_rejects_nothing, receipts_are_declared, sending_is_as_declared,
    sources_are_named, texts_keep_their_limit,
};
pub use provider::{Dialect, FAULTS, Fault, FaultyProvider, TakenCall};
pub use tables::{line_of, line_of_call, tables_hold};

use crate::channel::{ChannelCodec, KeyRing, RawInbound, Verified, verify};
use crate::model::{Code, Decoded, Form, Outbound, TenantId, Timestamp};
use tables::{Reads, Writes};

/// Rounds of fuzzing for each sample, and for bytes of no sample.
pub const ROUNDS: usize = 400;

/// A body with broken events among good ones.
#[derive(Debug, Clone)]
struct Mixed {
    body: Vec<u8>,
    good: usize,
    broken: Vec<usize>,
}

/// A codec with what it should read, for the clauses to try.
#[derive(Debug)]
pub struct ChannelFixture {
    codec: Box<dyn ChannelCodec>,
    samples: Vec<Vec<u8>>,
    mixed: Vec<Mixed>,
    secrets: Vec<String>,
    address: Option<String>,
    forms: Vec<Form>,
    reads: Vec<Reads>,
    writes: Vec<Writes>,
}

impl ChannelFixture {
    /// A codec without samples yet.
    pub fn new(codec: impl ChannelCodec) -> Self {
        let codec = Box::new(codec);
        Self {
            codec,
            samples: Vec::new(),
            mixed: Vec::new(),
            secrets: Vec::new(),
            address: None,
            forms: Vec::new(),
            reads: Vec::new(),
            writes: Vec::new(),
        }
    }

    /// Adds a body that the codec reads into at least one event.
    #[must_use]
    pub fn sample(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.samples.push(body.into());
        self
    }

    /// Adds a body of `good` events and broken ones at the positions `broken`.
    #[must_use]
    pub fn mixed(mut self, body: impl Into<Vec<u8>>, good: usize, broken: &[usize]) -> Self {
        self.mixed.push(Mixed { body: body.into(), good, broken: broken.to_vec() });
        self
    }

    /// Adds a value of the samples, or of the codec's credentials, that must show nowhere.
    #[must_use]
    pub fn secret(mut self, value: impl Into<String>) -> Self {
        self.secrets.push(value.into());
        self
    }

    /// States an address that the codec can write to; without one, what it sends is not tried.
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Adds a form in which the codec can send; one for each element that it declares.
    #[must_use]
    pub fn form(mut self, form: Form) -> Self {
        self.forms.push(form);
        self
    }

    /// Adds a row: a body, and its events in lines as [`line_of`] writes them.
    #[must_use]
    pub fn reads(mut self, body: impl Into<Vec<u8>>, events: &[&str]) -> Self {
        let lines = events.iter().map(|line| (*line).to_owned()).collect();
        self.reads.push(Reads { body: body.into(), lines });
        self
    }

    /// Adds a row: a message, and its calls in lines as [`line_of_call`] writes them; of one that
    /// is refused `refused: ` and why.
    #[must_use]
    pub fn writes(mut self, message: Outbound, calls: &[&str]) -> Self {
        let lines = calls.iter().map(|line| (*line).to_owned()).collect();
        self.writes.push(Writes { message, lines });
        self
    }

    fn request(&self, body: &[u8]) -> RawInbound {
        let received_at = Timestamp::from_seconds(1_795_354_200).unwrap_or(Timestamp::MIN);
        RawInbound::new(TenantId::named("contract"), self.codec.channel().id.clone(), body)
            .received_at(received_at)
            .attested("the channel contract")
    }

    fn decode_request(&self, request: RawInbound) -> Decoded {
        self.codec.decode(&self.verified(request))
    }

    fn verified(&self, request: RawInbound) -> Verified<RawInbound> {
        match verify(&self.codec.scheme(), &KeyRing::default(), request, Timestamp::MIN) {
            Ok(verified) => verified,
            Err(rejection) => panic!("an attested request was refused: {rejection}"),
        }
    }

    fn decode(&self, body: &[u8]) -> Decoded {
        self.decode_request(self.request(body))
    }

    /// Every sample, then bytes and broken samples from fixed seeds.
    fn for_each_body(&self, mut look: impl FnMut(&[u8])) {
        let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
        for body in self.samples.iter().chain(self.mixed.iter().map(|mixed| &mixed.body)) {
            look(body);
            for _ in 0..ROUNDS {
                look(&noise.breaking(body));
            }
        }
        for _ in 0..ROUNDS {
            look(&noise.bytes(64));
        }
        look(b"");
    }
}

/// Pseudo-random numbers (Marsaglia's xorshift64): no entropy, the same everywhere.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }

    fn bytes(&mut self, length_max: usize) -> Vec<u8> {
        (0..self.below(length_max)).map(|_| self.byte()).collect()
    }

    /// The body cut, with bytes changed, left out, repeated or put in.
    fn breaking(&mut self, body: &[u8]) -> Vec<u8> {
        const WORDS: &[&[u8]] =
            &[b"null", b"0", b"-1e999", b"{}", b"[]", b"\"\"", b"\\u0000", b"[[[[", b"\xff", b"\0"];
        let mut broken = body.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(broken.len());
            let end = (at + self.below(24)).min(broken.len());
            match self.below(6) {
                0 => broken.truncate(at),
                1 => drop(broken.drain(at..end)),
                2 => {
                    let piece = broken[at..end].to_vec();
                    drop(broken.splice(at..at, piece));
                }
                3 => {
                    let word = WORDS[self.below(WORDS.len())];
                    drop(broken.splice(at..end, word.iter().copied()));
                }
                _ => {
                    let byte = self.byte();
                    broken.iter_mut().skip(at).take(1).for_each(|b| *b = byte);
                }
            }
        }
        broken
    }
}

/// Clause 1: `decode` never panics, answers to any bytes, and reads no more events than declared.
pub fn decode_is_total(fixture: &ChannelFixture) {
    fixture.for_each_body(|body| {
        let decoded = fixture.decode(body);
        let answers = decoded.events.len() + decoded.rejected.len() + decoded.ignored.len();
        assert!(answers > 0, "decode_is_total: {} bytes gave no answer", body.len());
        assert!(
            decoded.events.len() <= fixture.codec.capabilities().events_max,
            "decode_is_total: more events than `events_max`"
        );
    });
    for (at, sample) in fixture.samples.iter().enumerate() {
        let decoded = fixture.decode(sample);
        assert!(!decoded.events.is_empty(), "decode_is_total: sample {at} gave no event");
    }
}

/// Clause 2: twice the same request, twice the same answer, whatever was read in between.
pub fn decode_is_pure(fixture: &ChannelFixture) {
    let first: Vec<Decoded> = fixture.samples.iter().map(|body| fixture.decode(body)).collect();
    fixture.for_each_body(|body| {
        assert_eq!(fixture.decode(body), fixture.decode(body), "decode_is_pure");
    });
    let again: Vec<Decoded> = fixture.samples.iter().map(|body| fixture.decode(body)).collect();
    assert!(first == again, "decode_is_pure: a sample reads otherwise after others were read");
}

/// Clause 3: every rejection has a sentence, and none holds a value of the request.
pub fn rejections_name_no_value(fixture: &ChannelFixture) {
    fixture.for_each_body(|body| {
        let decoded = fixture.decode(body);
        for rejection in decoded.rejected.iter().chain(&decoded.ignored) {
            let (code, reason) = (rejection.code, &rejection.reason);
            assert!(!reason.trim().is_empty(), "rejections_name_no_value: {code} without a reason");
            for secret in &fixture.secrets {
                assert!(
                    !reason.contains(secret.as_str()),
                    "rejections_name_no_value: {code} shows a value of the request"
                );
            }
        }
    });
}

/// Clause 4: events keep their external ids when the request is delivered again, later.
pub fn external_ids_are_stable(fixture: &ChannelFixture) {
    let ids = |decoded: &Decoded| {
        decoded.events.iter().map(|event| event.external_id.clone()).collect::<Vec<_>>()
    };
    for (at, sample) in fixture.samples.iter().enumerate() {
        let once = fixture.decode(sample);
        let later = Timestamp::from_seconds(1_795_357_800).unwrap_or(Timestamp::MAX);
        let again = fixture.request(sample).received_at(later).header("X-Delivery", "2");
        let again = fixture.decode_request(again);
        assert_eq!(ids(&once), ids(&again), "external_ids_are_stable: sample {at}");
    }
}

/// Clause 5: broken events among good ones are refused at their positions, the good ones kept.
///
/// A channel whose bodies carry one event each has nothing to give here and passes.
pub fn a_bad_event_costs_only_itself(fixture: &ChannelFixture) {
    for (at, mixed) in fixture.mixed.iter().enumerate() {
        let decoded = fixture.decode(&mixed.body);
        let refused: Vec<_> = decoded.rejected.iter().filter_map(|r| r.index).collect();
        assert_eq!(
            refused, mixed.broken,
            "a_bad_event_costs_only_itself: positions refused in body {at}"
        );
        assert_eq!(
            decoded.events.len(),
            mixed.good,
            "a_bad_event_costs_only_itself: events kept of body {at}"
        );
        assert!(
            decoded.events.iter().all(|event| !mixed.broken.contains(&event.index)),
            "a_bad_event_costs_only_itself: an event of body {at} has a broken one's position"
        );
    }
}

/// Clause 6: neither the codec, nor a request, nor what was read of it shows a secret in `Debug`.
pub fn debug_shows_no_secret(fixture: &ChannelFixture) {
    let mut shown = vec![format!("{:?}", fixture.codec)];
    for sample in &fixture.samples {
        shown.push(format!("{:?}", fixture.verified(fixture.request(sample))));
        shown.push(format!("{:?}", fixture.decode(sample)));
    }
    for secret in &fixture.secrets {
        assert!(
            !shown.iter().any(|text| text.contains(secret.as_str())),
            "debug_shows_no_secret: a secret shows"
        );
    }
}

/// Clause 7: a body over the declared limit is refused as `too_large`, and nothing of it is read.
pub fn limits_are_kept(fixture: &ChannelFixture) {
    let over = fixture.codec.capabilities().body_bytes_max.saturating_add(1);
    for mut body in fixture.samples.iter().cloned().chain([Vec::new()]) {
        body.resize(over, b' ');
        let decoded = fixture.decode(&body);
        let codes: Vec<Code> = decoded.rejected.iter().map(|rejection| rejection.code).collect();
        assert_eq!(codes, [Code::TooLarge], "limits_are_kept");
        assert!(decoded.events.is_empty(), "limits_are_kept: events were read");
    }
}

/// A clause of the contract: its name, and the function that panics where it is broken.
pub type Clause = (&'static str, fn(&ChannelFixture));

/// Every clause of the channel contract, in order: for a program of your own that checks them.
pub const CLAUSES: [Clause; 15] = [
    ("decode_is_total", decode_is_total),
    ("decode_is_pure", decode_is_pure),
    ("rejections_name_no_value", rejections_name_no_value),
    ("external_ids_are_stable", external_ids_are_stable),
    ("a_bad_event_costs_only_itself", a_bad_event_costs_only_itself),
    ("debug_shows_no_secret", debug_shows_no_secret),
    ("limits_are_kept", limits_are_kept),
    ("sending_is_as_declared", sending_is_as_declared),
    ("texts_keep_their_limit", texts_keep_their_limit),
    ("a_transient_fault_rejects_nothing", a_transient_fault_rejects_nothing),
    ("receipts_are_declared", receipts_are_declared),
    ("sources_are_named", sources_are_named),
    ("forms_are_as_declared", forms_are_as_declared),
    ("answers_are_total", answers_are_total),
    ("tables_hold", tables_hold),
];

/// Makes a module of one named test for each clause of the channel contract.
///
/// `$fixture` is an expression that makes a [`ChannelFixture`]; name it by a path that starts with
/// `crate::` or `super::`.
#[macro_export]
macro_rules! channel_contract {
    ($name:ident, $fixture:expr) => {
        mod $name {
            $crate::channel_contract!(@clauses $fixture;
                decode_is_total
                decode_is_pure
                rejections_name_no_value
                external_ids_are_stable
                a_bad_event_costs_only_itself
                debug_shows_no_secret
                limits_are_kept
                sending_is_as_declared
                texts_keep_their_limit
                a_transient_fault_rejects_nothing
                receipts_are_declared
                sources_are_named
                forms_are_as_declared
                answers_are_total
                tables_hold
            );
        }
    };
    (@clauses $fixture:expr; $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            $crate::testkit::channel::$clause(&$fixture);
        }
    )*};
}
