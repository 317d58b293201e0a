//! What the codecs of Meta's platforms share: handshake, body, calls, outcomes.
//!
//! All of them sign with HMAC-SHA256 of the raw bytes, wrap events in `entry`, and answer calls
//! with the errors of the Graph API.

mod outcome;

pub(super) use outcome::interpret;

use std::fmt;

use super::json::{Events, Json, Object, decode_object};
use crate::model::{
    Capabilities, Code, ConsentSignal, ConsentState, Decoded, Identifier, LawfulBasis, Namespace,
    Part, Pii, Purpose,
};

/// Largest request that is read: Meta sends up to 3 MB.
const BODY_BYTES_MAX: usize = 4 << 20;

/// Most events of one request that are read.
const EVENTS_MAX: usize = 10_000;

/// The limits of a request.
pub(super) fn capabilities() -> Capabilities {
    Capabilities::INBOUND.with_limits(BODY_BYTES_MAX, EVENTS_MAX)
}

/// The token of a handshake; never shown.
#[derive(Clone, Default)]
pub(super) struct Token(pub(super) Vec<u8>);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "[secret]" })
    }
}

/// Reads a body of `products`: hands over each entry, or refuses what stands in its place.
pub(super) fn decode(
    body: &[u8],
    limits: &Capabilities,
    products: &[&str],
    read: impl Fn(&Object<'_>, &mut Events),
) -> Decoded {
    decode_object(body, limits, |body, events| {
        let product = body.text(&["object"]);
        match product {
            Err(refused) => return events.take(Err(refused)),
            Ok(Some(product)) if !products.contains(&product) => {
                let what = format!("is none of {}", products.join(", "));
                return events.take(Err(body.refuse(Code::Unsupported, "object", &what)));
            }
            Ok(_) => {}
        }
        if !body.has(&["entry"]) {
            let why = "it holds what happened";
            return events.take(Err(body.missing("entry", why)));
        }
        each(body, "entry", events, |entry, events| read(&entry, events));
    })
}

/// Hands over each object of a list, and refuses what is none.
pub(super) fn each<'a>(
    object: &Object<'a>,
    list: &str,
    events: &mut Events,
    mut read: impl FnMut(Object<'a>, &mut Events),
) {
    for item in object.each(&[list]) {
        match item {
            Ok(item) => read(item, events),
            Err(refused) => events.take(Err(refused)),
        }
    }
}

/// A place, of two numbers in the source's own digits; `None` where they are no plain decimals.
pub(super) fn place(of: &Object<'_>, latitude: &[&str], longitude: &[&str]) -> Option<Part> {
    let number = |names: &[&str]| match of.get(names) {
        Some((_, Json::Number(digits))) if digits.bytes().all(|b| b"-.0123456789".contains(&b)) => {
            Some(*digits)
        }
        _ => None,
    };
    let (latitude, longitude) = (number(latitude)?, number(longitude)?);
    Some(Part::Location(Pii::new(format!("geo:{latitude},{longitude}"))))
}

/// What a party chose about some of its endpoints.
pub(super) fn choose(
    endpoints: &[Identifier],
    namespace: &Namespace,
    purpose: Option<&Purpose>,
    state: ConsentState,
    evidence: &str,
) -> Vec<ConsentSignal> {
    let endpoints = endpoints.iter().filter(|endpoint| endpoint.namespace == *namespace);
    let signal = |endpoint: &Identifier| ConsentSignal {
        endpoint: endpoint.clone(),
        purpose: purpose.cloned(),
        state,
        basis: LawfulBasis::Consent,
        evidence: Some(evidence.to_owned()),
    };
    endpoints.map(signal).collect()
}
