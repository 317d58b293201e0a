//! The channel socket: a pure codec and an async adapter around it.
//!
//! A codec turns verified requests into events, and authorised messages into calls; it does no I/O
//! and judges nothing. An adapter carries. Codecs emit raw identifiers and verbatim signals.
//!
//! # Law
//!
//! 1. Nothing enters unverified: [`ChannelCodec::decode`] takes [`Verified`], which only
//!    [`verify()`] makes.
//! 2. Decoding is total: any bytes give a [`Decoded`], in time and memory bounded by the declared
//!    limits.
//! 3. Nothing leaves unauthorised: [`ChannelAdapter::send`] takes [`Authorized`].

pub mod form;
pub mod handshake;
pub mod json;
pub mod layer;
pub mod profile;

mod answer;
mod ask;
mod calls;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "mail")]
mod mail;
mod memory;
mod messenger;
mod meta;
mod request;
mod segment;
mod slack;
#[cfg(feature = "smtp")]
mod smtp;
mod stop;
mod store;
mod telegram;
mod touchpoint;
mod twilio;
mod verify;
mod webhook;
mod whatsapp;
mod wired;

use std::fmt::Debug;

use async_trait::async_trait;

pub use answer::RawResponse;
pub use ask::{Ask, Call, Health, Page, Told};
#[cfg(feature = "http")]
pub use http::Http;
#[cfg(feature = "mail")]
pub use mail::{Mail, MailSender};
pub use memory::MemoryChannel;
pub use messenger::Messenger;
pub use request::{RawInbound, RawOutbound, TransportAnswer};
pub use segment::Segment;
pub use slack::Slack;
#[cfg(feature = "smtp")]
pub use smtp::Smtp;
pub use store::InStore;
pub use telegram::Telegram;
pub use touchpoint::TouchpointJson;
pub use twilio::Twilio;
pub use verify::{
    Digest, Encoding, KeyForm, KeyRing, PortPolicy, Proof, SignatureForm, SignatureList,
    SignaturePlace, SignatureScheme, SignedPart, Stated, Verified, verify,
};
pub use webhook::Webhook;
pub use whatsapp::WhatsApp;
pub use wired::{Listening, Transport, Wired};

use crate::model::{
    Authorized, Capabilities, Channel, ChannelProfile, Decoded, Outbound, SendOutcome, Timestamp,
};

/// What a channel speaks: pure functions of bytes. Object-safe.
///
/// # Contract
///
/// Each clause names the function of `testkit::channel` that checks it (feature `testkit`).
///
/// 1. `decode` never panics and keeps its declared limits on any bytes: `decode_is_total`.
/// 2. `decode` is a function: twice the same request, twice the same answer: `decode_is_pure`.
/// 3. Every rejection names its place and no value of the request: `rejections_name_no_value`.
/// 4. Every event with an external id keeps it when the request is delivered again:
///    `external_ids_are_stable`.
/// 5. A broken event among good ones costs only itself: `a_bad_event_costs_only_itself`.
/// 6. `Debug` shows no secret: `debug_shows_no_secret`.
/// 7. A body over the declared limit is refused as `too_large`, unread: `limits_are_kept`.
/// 8. What is declared to be sent is planned, and nothing else: `sending_is_as_declared`.
/// 9. A text as long as declared is planned, a longer one refused: `texts_keep_their_limit`.
/// 10. What says nothing about a message is no refusal of it: `a_transient_fault_rejects_nothing`.
/// 11. No receipt comes that is declared never to come: `receipts_are_declared`.
/// 12. Every value of the profile names its source: `sources_are_named`.
/// 13. What is declared beside words is planned, and nothing else: `forms_are_as_declared`.
/// 14. What can be asked is answered, whatever the provider says: `answers_are_total`.
/// 15. Bodies read and messages are written as the author's table says: `tables_hold`.
///
/// Numbers stay: a clause that goes leaves its number behind.
pub trait ChannelCodec: Debug + Send + Sync + 'static {
    /// The channel that it speaks for.
    fn channel(&self) -> &Channel;

    /// What the channel can do.
    fn capabilities(&self) -> &Capabilities;

    /// What is known of its provider: limits, receipts, rates, windows; nothing, unless stated.
    fn profile(&self) -> &ChannelProfile {
        static UNKNOWN: ChannelProfile = ChannelProfile::UNKNOWN;
        &UNKNOWN
    }

    /// How requests prove that they are genuine.
    fn scheme(&self) -> SignatureScheme;

    /// Answers a handshake, by which a provider asks whether the address is ours; `None` for any
    /// other request, which is verified and decoded. Nothing is kept of it.
    fn challenge(&self, request: &RawInbound, keys: &KeyRing) -> Option<RawResponse> {
        let _ = (request, keys);
        None
    }

    /// Reads a request that was proven genuine; another is no argument:
    ///
    /// ```compile_fail,E0308
    /// use omnichannel::channel::{ChannelCodec, RawInbound};
    /// use omnichannel::model::Decoded;
    /// fn believe(codec: &dyn ChannelCodec, request: &RawInbound) -> Decoded {
    ///     codec.decode(request)
    /// }
    /// ```
    ///
    /// ```
    /// use omnichannel::channel::{ChannelCodec, RawInbound, Verified};
    /// use omnichannel::model::Decoded;
    /// fn read(codec: &dyn ChannelCodec, request: &Verified<RawInbound>) -> Decoded {
    ///     codec.decode(request)
    /// }
    /// ```
    fn decode(&self, request: &Verified<RawInbound>) -> Decoded;

    /// What to answer once a request was taken in: what the provider takes for received, so that it
    /// does not deliver it again.
    fn ack(&self, decoded: &Decoded) -> RawResponse {
        let _ = decoded;
        RawResponse::received()
    }

    /// Writes a message as calls to the provider, in order.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Unsupported`] where the channel cannot send, which is the default.
    fn plan(&self, message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
        let _ = message;
        Err(crate::Error::new(crate::ErrorKind::Unsupported, "this channel only listens")
            .during("channel.plan"))
    }

    /// Reads what the provider answered to a call.
    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        let _ = (answer, now);
        SendOutcome::Rejected { reason: "this channel only listens".to_owned() }
    }

    /// Writes a question as a call; `None` where the channel cannot be asked that.
    fn ask(&self, ask: &Ask) -> Option<Call> {
        let _ = ask;
        None
    }

    /// Reads what the provider answered to a question.
    ///
    /// # Errors
    ///
    /// That nobody answered, that the provider refused, or that its answer cannot be read. Of
    /// [`Ask::Health`] it is [`Health::Down`] instead.
    fn told(&self, ask: &Ask, answer: &TransportAnswer) -> crate::Result<Told> {
        match ask {
            Ask::Health => Ok(Told::Health(Health::of(answer))),
            ask => Err(ask::not_asked(ask)),
        }
    }
}

/// A channel as the hub holds it.
///
/// Sending takes an authorised message; nobody outside `consistency::confirm` can make one:
///
/// ```compile_fail,E0308
/// use omnichannel::channel::ChannelAdapter;
/// use omnichannel::model::{Outbound, Timestamp};
/// async fn leak(channel: &dyn ChannelAdapter, message: Outbound, now: Timestamp) {
///     channel.send(message, now).await;
/// }
/// ```
///
/// ```
/// use omnichannel::channel::ChannelAdapter;
/// use omnichannel::model::{Authorized, Outbound, Timestamp};
/// async fn send(channel: &dyn ChannelAdapter, message: Authorized<Outbound>, now: Timestamp) {
///     channel.send(message, now).await;
/// }
/// ```
#[async_trait]
pub trait ChannelAdapter: Debug + Send + Sync + 'static {
    /// What the channel speaks.
    fn codec(&self) -> &dyn ChannelCodec;

    /// Hands a message to the provider, once; never retries by itself.
    ///
    /// Where bytes left and no answer came, the outcome is [`SendOutcome::Unknown`].
    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        let _ = (message, now);
        SendOutcome::Rejected { reason: "this channel only listens".to_owned() }
    }

    /// Asks the provider something beside sending.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Unsupported`] where the channel cannot be asked that, which is the
    /// default; else what the provider's answer says.
    async fn ask(&self, ask: Ask) -> crate::Result<Told> {
        Err(ask::not_asked(&ask))
    }

    /// What came in at the provider since `after`, for a channel that is not called back.
    ///
    /// # Errors
    ///
    /// Those of [`ChannelAdapter::ask`].
    async fn poll(&self, after: Option<String>) -> crate::Result<Page> {
        match self.ask(Ask::News { after }).await? {
            Told::Page(page) => Ok(page),
            _ => Err(ask::failed(crate::ErrorKind::Unexpected, "asked for news, told of another")),
        }
    }

    /// Whether the provider is there and takes our credentials.
    async fn health(&self) -> Health {
        match self.ask(Ask::Health).await {
            Ok(Told::Health(health)) => health,
            Err(error) if error.kind() != crate::ErrorKind::Unsupported => {
                Health::Down { reason: error.message().to_owned() }
            }
            _ => Health::Unknown,
        }
    }
}

#[async_trait]
impl<A: ChannelAdapter + ?Sized> ChannelAdapter for std::sync::Arc<A> {
    fn codec(&self) -> &dyn ChannelCodec {
        (**self).codec()
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        (**self).send(message, now).await
    }

    async fn ask(&self, ask: Ask) -> crate::Result<Told> {
        (**self).ask(ask).await
    }
}
