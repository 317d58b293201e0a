//! Segment Spec: what websites and apps everywhere already send about their users.
//!
//! # Law
//!
//! 1. A group's traits describe the group, and `properties.email` describes anybody: neither is
//!    ever an identifier or attribute of the person (`tests/segment`).
//! 2. An event without ids is kept and names nobody; only identify, which is about a person, needs
//!    one.
//! 3. `sentAt`, `receivedAt` and the write key are in no event, so that a delivery tried again is
//!    equal to the first.
//!
//! # Why
//!
//! Segment's own webhooks sign with HMAC-SHA1, which the core does not compile: the scheme is
//! [`SignatureScheme::Attested`] unless [`Segment::signed_with`] says what your gateway does.

mod call;
mod names;
mod person;
mod time;

use super::json::{Object, decode_events};
use super::{ChannelCodec, RawInbound, SignatureScheme, Verified};
use crate::model::{Capabilities, Channel, Decoded};

/// The Segment Spec, spoken by one website, app or collector.
///
/// ```
/// use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, Segment, verify};
/// use omnichannel::model::{Channel, ChannelKind, TenantId, Timestamp};
///
/// let web = Channel::new("web", ChannelKind::Web)?;
/// let codec = Segment::new(web.clone());
/// let body = r#"{"type":"track","event":"Order Completed","userId":42,"messageId":"m-1"}"#;
/// let request = RawInbound::new(TenantId::named("maison-lune"), web.id, body)
///     .attested("our own collector, behind the firewall");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let request = verify(&codec.scheme(), &KeyRing::default(), request, now).expect("attested");
///
/// let decoded = codec.decode(&request);
/// assert_eq!(decoded.events[0].act.name(), "purchased");
/// assert_eq!(decoded.events[0].external_id.as_deref(), Some("m-1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// Reads the six calls (identify, track, page, screen, group, alias), alone, in a `batch`, as a
/// JSON array or one a line, as sent by the tracking libraries and as Segment-compatible collectors
/// pass them on. Names come in camel case and, from older libraries, in snake case.
///
/// | question | answer |
/// |---|---|
/// | kind | `type`, else the older `action`, else the one call whose fields are there |
/// | sender | `userId` (an account), else `anonymousId` (a cookie), else nobody |
/// | id | `messageId`; a repeat of it is a duplicate |
/// | time | see the `time` file's table |
/// | identifiers | the two ids, the person's e-mail and phone, `context.device` |
/// | `previousId` of an alias | an account and a cookie, since it may be either |
/// | attributes | scalar traits of the person, `context.locale` and `context.timezone` |
/// | the rest | kept in details by dotted path |
#[derive(Debug, Clone)]
pub struct Segment {
    channel: Channel,
    scheme: SignatureScheme,
    capabilities: Capabilities,
}

impl Segment {
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

    /// The same, with other limits of a request.
    #[must_use]
    pub fn with_limits(mut self, body_bytes_max: usize, events_max: usize) -> Self {
        self.capabilities = self.capabilities.with_limits(body_bytes_max, events_max);
        self
    }
}

impl ChannelCodec for Segment {
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
        let read = |call: &Object<'_>, batch: Option<&Object<'_>>| call::read(call, batch, request);
        decode_events(&request.body, &self.capabilities, "batch", read)
    }
}
