//! Webhooks both ways, after the Standard Webhooks specification.
//!
//! # Law
//!
//! What is sent is read back as it was meant, and its signature fits (`tests/webhook`).

mod outcome;

use std::fmt;

use serde_json::{Value, json};

use super::json::{Leftovers, Object, decode_events};
use super::verify::sign::{webhook_key, webhook_signature};
use super::{
    ChannelCodec, RawInbound, RawOutbound, SignatureScheme, TransportAnswer, Verified, calls,
    touchpoint,
};
use crate::model::{
    Act, Capabilities, Channel, Decoded, Element, Event, EventKind, Form, Namespace, Occurred,
    Outbound, Rejection, SendIdempotency, SendOutcome, TimeOrigin, Timestamp,
};
use crate::{Error, ErrorKind, Result};

/// Fields of `data` that make it a touchpoint.
const TELLING: [&str; 4] = ["act", "message", "receipt", "consents"];

/// What can be sent beside words.
const ELEMENTS: [Element; 4] = [Element::Image, Element::Video, Element::Audio, Element::File];

/// A system that speaks Standard Webhooks, in either direction.
///
/// Requests are verified with the channel's key ring; what leaves is signed with the secret given
/// here. It sends by [`super::Wired`], to a transport whose base is the receiver's.
///
/// ```
/// use omnichannel::channel::{ChannelCodec, Webhook};
/// use omnichannel::model::{Channel, ChannelKind, DecisionId, Namespace, Outbound, TenantId};
///
/// let desk = Channel::new("desk", ChannelKind::Messaging)?;
/// let codec = Webhook::new(desk.clone()).sending_to(
///     Namespace::Email,
///     "/hooks/messages",
///     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
/// )?;
/// let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
/// let message =
///     Outbound::new((decision, desk.id), (Namespace::Email, "zoe@example.org"), "It is ready.");
/// let calls = codec.plan(&message)?;
/// assert_eq!((calls[0].method.as_str(), calls[0].path.as_str()), ("POST", "/hooks/messages"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// For a system that has no codec here: it posts what happened, and is posted what is to be said.
/// Both are `{"type", "timestamp", "data"}`, signed, where `data` is a touchpoint as
/// [`TouchpointJson`](super::TouchpointJson) reads it, so that two hubs understand each other.
///
/// | question | answer |
/// |---|---|
/// | kind | that of the touchpoint; `unknown` where `data` is none, with all its fields |
/// | id | `data.id`, else the header `webhook-id`, which repeated deliveries keep |
/// | time | `data.occurred_at`, else `timestamp`, else the transport's receipt |
/// | sent | `type` is `message`; `webhook-id` is the decision, at every try |
#[derive(Clone)]
pub struct Webhook {
    channel: Channel,
    capabilities: Capabilities,
    receiver: Option<Receiver>,
}

/// Where messages are posted, and the key that signs them.
#[derive(Clone)]
struct Receiver {
    path: String,
    key: Vec<u8>,
}

impl Webhook {
    /// Speaks for `channel`, and only listens.
    pub fn new(channel: Channel) -> Self {
        Self { channel, capabilities: Capabilities::INBOUND, receiver: None }
    }

    /// Posts messages, too: those to identifiers of `namespace`, to a path, signed with a secret.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where the secret is not written as the specification says (`whsec_`
    /// and base 64).
    pub fn sending_to(mut self, namespace: Namespace, path: &str, secret: &str) -> Result<Self> {
        let key = webhook_key(secret).ok_or_else(|| {
            let why = "a secret of webhooks is `whsec_` and base 64";
            Error::new(ErrorKind::Invalid, why).during("channel.webhook")
        })?;
        self.capabilities = self.capabilities.sending_to(namespace).with_elements(&ELEMENTS);
        self.receiver = Some(Receiver { path: path.to_owned(), key });
        Ok(self)
    }

    /// States that the receiver takes a `webhook-id` once, as the specification advises: a message
    /// of which nobody knows is then sent again.
    #[must_use]
    pub fn taken_once(mut self) -> Self {
        self.capabilities.send_idempotency = SendIdempotency::Native;
        self
    }
}

impl ChannelCodec for Webhook {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::standard_webhooks()
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let request = request.request();
        let read = |told: &Object<'_>, _: Option<&Object<'_>>| read(told, request);
        decode_events(&request.body, &self.capabilities, "events", read)
    }

    fn plan(&self, message: &Outbound) -> Result<Vec<RawOutbound>> {
        calls::check(message, self)?;
        Ok(self.receiver.iter().map(|receiver| receiver.call(message)).collect())
    }

    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        outcome::interpret(answer, now)
    }
}

/// Reads one event.
fn read(told: &Object<'_>, request: &RawInbound) -> std::result::Result<Event, Rejection> {
    let stated = told.time(&["timestamp"])?;
    let kind = told.text(&["type"])?;
    let data = told.object(&["data"])?.filter(|data| data.has(&TELLING));
    let mut event = match data {
        Some(data) => touchpoint::read::read(&data, request)?,
        None => {
            let act = kind.ok_or_else(|| told.missing("type", "it says what happened"))?;
            let occurred = Occurred::stated(None, request.received_at);
            let act = Act::Custom(act.to_owned());
            let mut event = Event::new(told.index(), EventKind::Unknown, act, occurred);
            let mut rest = Leftovers::new();
            rest.add("", told.fields(), |name, _| !["type", "timestamp"].contains(&name));
            event.details = rest.into_details();
            event
        }
    };
    event.index = told.index();
    if event.occurred.origin != TimeOrigin::Event && stated.is_some() {
        event.occurred = Occurred::stated(stated, request.received_at);
    }
    if event.external_id.is_none() {
        event.external_id = delivery(request, event.index);
    }
    Ok(event)
}

/// The delivery's own id, which every event of one body but the first adds its place to.
fn delivery(request: &RawInbound, index: usize) -> Option<String> {
    let id = request.header_value("webhook-id").filter(|id| !id.is_empty())?;
    Some(if index == 0 { id.to_owned() } else { format!("{id}#{}", index + 1) })
}

impl Receiver {
    fn call(&self, message: &Outbound) -> RawOutbound {
        let (id, at) = (message.decision.to_string(), message.at);
        let body = json!({
            "type": "message",
            "timestamp": at.to_string(),
            "data": touchpoint(message),
        });
        let body = body.to_string().into_bytes();
        let seconds = at.to_chrono().timestamp();
        let signature = webhook_signature(&self.key, (&id, seconds), &body).unwrap_or_default();
        let headers = [
            ("Content-Type", "application/json".to_owned()),
            ("webhook-id", id),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signature),
        ];
        RawOutbound {
            method: "POST".to_owned(),
            path: self.path.clone(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body,
        }
    }
}

/// A message as the touchpoint that it is to the receiver.
fn touchpoint(message: &Outbound) -> Value {
    let mut said = json!({
        "direction": "outbound",
        "author": "system",
    });
    if !message.text.expose().trim().is_empty() {
        said["text"] = message.text.expose().as_str().into();
    }
    if let Form::File(file) = &message.form {
        let mut media = json!({
            "location": file.location.expose(),
            "media_type": file.media_type,
        });
        if let Some(name) = &file.file_name {
            media["file_name"] = name.expose().as_str().into();
        }
        said["media"] = json!([media]);
    }
    if let Some(title) = &message.title {
        said["subject"] = title.expose().as_str().into();
    }
    if let Some(answered) = &message.answers {
        said["references"] = json!([answered]);
    }
    let party = json!({ "namespace": message.namespace.name(), "value": message.address.expose() });
    json!({
        "version": 1,
        "id": message.decision.to_string(),
        "occurred_at": message.at.to_string(),
        "act": "sent",
        "sender": party,
        "message": said,
        "details": { "purpose": message.purpose.as_str(), "channel": message.channel.as_str() },
    })
}

/// The key is a secret, and a path may hold one.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("channel", &self.channel)
            .field("sends", &self.receiver.is_some())
            .finish_non_exhaustive()
    }
}
