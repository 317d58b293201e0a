//! The store: tills, clerks, kiosks and the store's telephone.
//!
//! # Law
//!
//! 1. A device of the store's is a thing of the event and never an identifier of the customer: five
//!    hundred people a day touch a kiosk.
//! 2. A caller's number is asserted: networks let callers choose it.
//!
//! # Why
//!
//! Requests prove themselves as the Standard Webhooks specification says, with a time, so that a
//! till on a store's network cannot be replayed; what leaves is signed in the same way.

mod customer;
mod read;
mod talk;
mod trade;

use super::json::{Object, decode_events};
use super::{
    ChannelCodec, RawInbound, RawOutbound, SignatureScheme, TransportAnswer, Verified, Webhook,
};
use crate::Result;
use crate::model::{Capabilities, Channel, Decoded, Namespace, Outbound, SendOutcome, Timestamp};

/// One store, or one fleet of its devices.
///
/// ```
/// use omnichannel::channel::{ChannelCodec, InStore, KeyRing, RawInbound, verify};
/// use omnichannel::model::{Act, Channel, ChannelKind, TenantId, Timestamp};
///
/// let lyon = Channel::new("store-lyon", ChannelKind::Store)?;
/// let codec = InStore::new(lyon.clone());
/// let body = r#"{"type": "return", "id": "till-3/000124", "of": "app-order-17",
///                "customer": {"loyalty_card": "4-711"},
///                "lines": [{"product": "dress", "quantity": 1, "amount": "89.00 EUR"}]}"#;
/// let request = RawInbound::new(TenantId::named("maison-lune"), lyon.id, body)
///     .attested("the till's own line");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let request = verify(&codec.scheme(), &KeyRing::default(), request, now).expect("attested");
///
/// let event = &codec.decode(&request).events[0];
/// assert_eq!(event.act, Act::Returned);
/// assert!(event.objects.iter().any(|it| it.kind == "receipt" && it.id == "app-order-17"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// Signed JSON over HTTP, for whoever writes the software of a till, a clerk's tablet or a
/// telephone menu. A body is one event, a list of them, `{"events": [...]}`, or one a line:
///
/// ```json
/// {"type": "sale", "id": "till-3/000123", "at": "2026-11-22T13:45:00+01:00",
///  "store": "lyon-2", "till": "3", "clerk": "c-17", "order": "A-17", "codes": ["SPRING"],
///  "customer": {"loyalty_card": {"value": "4-711", "verified": true}, "email": "z@x.org"},
///  "lines": [{"product": "dress", "quantity": 1, "amount": "89.00 EUR"}],
///  "total": "89.00 EUR"}
/// ```
///
/// | `type` | event |
/// |---|---|
/// | `sale`, `return`, `exchange`, `pick_up`, `basket` | `track`: purchased, returned ... |
/// | `visit` | `track`: visited |
/// | `identified` | `identify`: a card shown, an account named |
/// | `enquiry`, `answer` | `message` in, or out by a clerk |
/// | `note` | `track`: noted, about the customer and not to them |
/// | `feedback` | `track`: rated; with words a `message` |
/// | `consent` | `consent` |
/// | `call` | `track`: called, answered, held, transferred, ended, missed call |
/// | `keyed`, `spoken` | `message` of a caller to a menu: a choice, words |
/// | `voicemail` | `message` of a caller: a recording, its words |
/// | `shown` | `receipt`: what we sent there was read |
/// | another | `unknown`, with all its fields |
///
/// | field | of | meaning |
/// |---|---|---|
/// | `type`, `id`, `at`, `revision` | any | without an id the content names it |
/// | `customer` | any | its identifiers and attributes |
/// | `consents` | any | as [`TouchpointJson`](super::TouchpointJson) writes them |
/// | `store`, `till`, `kiosk` | any | things of the event |
/// | `lines`, `total` | trade | `product`, `quantity`, `amount`; amounts as `89.00 EUR` |
/// | `order`, `cart`, `codes` | trade | what it belongs to, what was redeemed |
/// | `of` | trade, `shown` | the receipt that is brought back; the message that was shown |
/// | `text`, `language`, `to`, `media` | words | `to` is the enquiry that is answered |
/// | `score`, `of_most` | `feedback` | whole numbers |
/// | `call`, `status` | calls | `started`, `answered`, `held`, `transferred`, `ended`, `missed` |
/// | `key`, `label`, `recording` | menus, voicemail | what was pressed, what for; the file |
///
/// A customer's identifiers are `account`, `loyalty_card`, `crm_id`, `email`, `phone` and
/// `postal_address`, each a text or `{"value", "scope", "verified"}`; the most lasting is the
/// sender, and all other fields are attributes. Without a time the transport's receipt stands in.
/// Whatever else is told, a clerk, a reason, payments, stays in the details.
/// The kind of a call is `phone`, of a menu `ivr`.
#[derive(Debug, Clone)]
pub struct InStore {
    webhook: Webhook,
    scheme: SignatureScheme,
}

impl InStore {
    /// Speaks for `channel`, and only listens.
    pub fn new(channel: Channel) -> Self {
        let scheme = SignatureScheme::standard_webhooks();
        Self { webhook: Webhook::new(channel), scheme }
    }

    /// The same, where requests prove themselves in another way.
    #[must_use]
    pub fn signed_with(mut self, scheme: SignatureScheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Posts messages, too, for the store's system to show to whoever it knows by `namespace`: on a
    /// clerk's tablet, a till's display, a kiosk. As [`Webhook::sending_to`].
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Invalid`] where the secret is not `whsec_` and base 64.
    pub fn showing_to(mut self, namespace: Namespace, path: &str, secret: &str) -> Result<Self> {
        self.webhook = self.webhook.sending_to(namespace, path, secret)?;
        Ok(self)
    }
}

impl ChannelCodec for InStore {
    fn channel(&self) -> &Channel {
        self.webhook.channel()
    }

    fn capabilities(&self) -> &Capabilities {
        self.webhook.capabilities()
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme.clone()
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let request = request.request();
        let read = |told: &Object<'_>, _: Option<&Object<'_>>| read::read(told, request);
        decode_events(&request.body, self.capabilities(), "events", read)
    }

    fn plan(&self, message: &Outbound) -> Result<Vec<RawOutbound>> {
        self.webhook.plan(message)
    }

    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        self.webhook.interpret(answer, now)
    }
}
