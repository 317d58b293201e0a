//! What carriers hand over: raw requests in, raw calls out.

use std::fmt;

use crate::model::{ArrivalMode, ChannelId, Source, TenantId, Timestamp};

/// A request as it came from a channel, in plain bytes. Nothing in it is believed yet.
#[derive(Clone, PartialEq, Eq)]
pub struct RawInbound {
    /// The tenant that owns the channel.
    pub tenant: TenantId,
    /// The instance of the channel that it came by.
    pub channel: ChannelId,
    /// The feed, where it is not the channel itself: an import's file, an older system.
    pub source: Option<Source>,
    /// The method by which it came, in HTTP's words.
    pub method: String,
    /// The whole URL as the provider called it, before any proxy rewrote it: some providers sign
    /// it, and some ask by its query.
    pub url: Option<String>,
    /// Headers in order; names are compared without case.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
    /// When the transport received it, where known.
    pub received_at: Option<Timestamp>,
    /// In what way it came.
    pub mode: ArrivalMode,
    /// Why it can be believed without a signature, in the words of the transport that says so.
    pub attested: Option<String>,
}

impl RawInbound {
    /// A live `POST` of unknown URL and time, not attested.
    pub fn new(tenant: TenantId, channel: ChannelId, body: impl Into<Vec<u8>>) -> Self {
        Self {
            tenant,
            channel,
            source: None,
            method: "POST".to_owned(),
            url: None,
            headers: Vec::new(),
            body: body.into(),
            received_at: None,
            mode: ArrivalMode::Live,
            attested: None,
        }
    }

    /// States the method: `GET`.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = method.into();
        self
    }

    /// States the whole URL as the provider called it: `https://shop.example/hooks/sms?tenant=1`.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// States the feed.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    /// States when the transport received it.
    #[must_use]
    pub fn received_at(mut self, at: Timestamp) -> Self {
        self.received_at = Some(at);
        self
    }

    /// States in what way it came.
    #[must_use]
    pub fn mode(mut self, mode: ArrivalMode) -> Self {
        self.mode = mode;
        self
    }

    /// Vouches for the request: it was authenticated in another way, which `reason` states.
    /// Recorded.
    #[must_use]
    pub fn attested(mut self, reason: impl Into<String>) -> Self {
        self.attested = Some(reason.into());
        self
    }

    /// The value of the first header of that name, whatever the case.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for RawInbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawInbound")
            .field("tenant", &self.tenant)
            .field("channel", &self.channel)
            // Providers put tokens and people into a URL.
            .field("has_url", &self.url.is_some())
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .field("received_at", &self.received_at)
            .field("mode", &self.mode)
            .field("attested", &self.attested)
            .finish_non_exhaustive()
    }
}

/// A call to a provider, in plain bytes; secrets are added by the transport.
#[derive(Clone, PartialEq, Eq)]
pub struct RawOutbound {
    /// The method or verb.
    pub method: String,
    /// Where to, relative to the account's base.
    pub path: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl fmt::Debug for RawOutbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawOutbound")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What became of a call.
#[derive(Clone, PartialEq, Eq)]
pub enum TransportAnswer {
    /// The provider answered.
    Answered {
        /// The status, in HTTP's numbers.
        status: u16,
        /// Headers in order.
        headers: Vec<(String, String)>,
        /// The bytes.
        body: Vec<u8>,
    },
    /// Nothing left: the provider could not be reached.
    NotSent,
    /// Bytes left and no answer came.
    NoAnswer,
}

impl fmt::Debug for TransportAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered { status, body, .. } => {
                write!(f, "Answered({status}, {} bytes)", body.len())
            }
            Self::NotSent => f.write_str("NotSent"),
            Self::NoAnswer => f.write_str("NoAnswer"),
        }
    }
}
