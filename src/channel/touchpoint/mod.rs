//! The crate's own JSON: touchpoints as stores, phone systems and importers tell them.

pub(super) mod read;

use super::json::{Object, decode_events};
use super::{ChannelCodec, RawInbound, SignatureScheme, Verified};
use crate::model::{Capabilities, Channel, Decoded};

/// The crate's own JSON, spoken by one channel.
///
/// ```
/// use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, TouchpointJson, verify};
/// use omnichannel::model::{Channel, ChannelKind, EventKind, TenantId, Timestamp};
///
/// let store = Channel::new("store-0042", ChannelKind::Store)?;
/// let codec = TouchpointJson::new(store.clone());
/// let body = r#"{"id":"t-1","sender":{"namespace":"phone","value":"+33 6 12 34 56 78"},
///                "message":{"text":"Do you have it in blue?"}}"#;
/// let request = RawInbound::new(TenantId::named("maison-lune"), store.id, body)
///     .attested("the till's own line");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let request = verify(&codec.scheme(), &KeyRing::default(), request, now).expect("attested");
///
/// let decoded = codec.decode(&request);
/// assert_eq!(decoded.events[0].kind, EventKind::Message);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// A body is one touchpoint, a list of them, `{"touchpoints": [...]}`, or one a line (JSON lines).
/// Everything is optional but an act, which a message, receipt or consent also tells:
///
/// ```json
/// {
///   "version": 1,
///   "id": "till-3-000123", "revision": 0,
///   "occurred_at": "2026-11-22T13:45:00+01:00",
///   "act": "purchased",
///   "channel_kind": "store",
///   "sender": {"namespace": "loyalty_card", "value": "4-711", "verified": true},
///   "identifiers": [{"namespace": "crm_id", "scope": "pos", "value": "C-9"}],
///   "objects": [{"kind": "order", "id": "A-17"}],
///   "attributes": {"language": "fr", "address": {"city": "Lyon"}},
///   "message": {"direction": "inbound", "author": "customer", "text": "A gift, please.",
///               "subject": "Wrapping", "language": "en", "references": ["till-3-000122"],
///               "media": [{"location": "https://…", "media_type": "image/jpeg"}]},
///   "receipt": {"of": "msg-1", "status": "failed", "code": "30003"},
///   "consents": [{"endpoint": {"namespace": "email", "value": "c@example.org"},
///                 "purpose": "marketing", "state": "given", "basis": "consent",
///                 "evidence": "form 7, ticked"}],
///   "details": {"till": 3}
/// }
/// ```
///
/// | field | when it is absent |
/// |---|---|
/// | `id` | the content names the touchpoint: equal ones are one |
/// | `occurred_at` | the transport's receipt, else unknown |
/// | `act` | said, by status, or opted in / out, by what is there; else the event is refused |
/// | `sender` | the most lasting identifier, the first of equals, never a device; else none |
/// | `message.direction`, `.author` | inbound; the customer inbound, an agent outbound |
/// | `receipt.of` | `receipt.up_to`, an instant: every message to the sender up to it |
/// | `receipt.and_earlier` | false: only the message that `of` names, not those before it too |
/// | `consents[].purpose`, `.basis` | every purpose; consent |
///
/// Words (`act`, `namespace`, `channel_kind`) are those of the model in snake case; others are kept
/// as your own. Fields that are not listed are kept in details, never refused.
#[derive(Debug, Clone)]
pub struct TouchpointJson {
    channel: Channel,
    scheme: SignatureScheme,
    capabilities: Capabilities,
}

impl TouchpointJson {
    /// Speaks for `channel`; its transport attests requests.
    pub fn new(channel: Channel) -> Self {
        let (scheme, capabilities) = (SignatureScheme::Attested, Capabilities::INBOUND);
        Self { channel, scheme, capabilities }
    }

    /// The same, where requests are signed.
    #[must_use]
    pub fn signed_with(mut self, scheme: SignatureScheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// The same, for a channel that declares other capabilities and limits.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }
}

impl ChannelCodec for TouchpointJson {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme.clone()
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let request = request.request();
        let read = |told: &Object<'_>, _: Option<&Object<'_>>| read::read(told, request);
        decode_events(&request.body, &self.capabilities, "touchpoints", read)
    }
}
