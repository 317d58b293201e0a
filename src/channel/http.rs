//! Calls to providers over HTTPS, by the crate `reqwest`.
//!
//! # Law
//!
//! 1. One call, once: nothing is tried again, no redirect is followed.
//! 2. Nothing left ([`TransportAnswer::NotSent`]) is told apart from nobody answered
//!    ([`TransportAnswer::NoAnswer`]): the second may have been taken.
//! 3. Credentials travel encrypted, or within one machine.
//! 4. Of an answer at most 1 MiB is read.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, Url, redirect, retry};

use super::{RawOutbound, Transport, TransportAnswer};
use crate::{Error, ErrorKind, Result};

/// Largest part of an answer that is read.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// How long a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// How long a call may take in all, unless said otherwise.
const CALL_MAX: Duration = Duration::from_secs(30);

/// A transport over HTTPS: one provider's address, and the credentials of one account.
///
/// Needs tokio. Keeps connections open between calls. Reads no proxy from the environment.
///
/// ```
/// use std::time::Duration;
///
/// use omnichannel::channel::{Http, Telegram, Wired};
/// use omnichannel::model::{Channel, ChannelKind};
///
/// # let secret = "123:secret";
/// let provider = Http::new(&format!("https://api.telegram.org/bot{secret}"))?
///     .timeout(Duration::from_secs(10));
/// assert!(!format!("{provider:?}").contains(secret));
/// let bot = Telegram::new(Channel::new("bot", ChannelKind::Messaging)?);
/// let adapter = Wired::new(bot, provider);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Http {
    client: Client,
    base: Url,
    headers: HeaderMap,
    timeout: Duration,
}

impl Http {
    /// Calls the provider at `base`, to which the paths of calls are added.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where `base` is no `https` URL; `http` is taken on this machine alone
    /// (`localhost`, `127.0.0.1`, `[::1]`).
    pub fn new(base: &str) -> Result<Self> {
        let base = Url::parse(base.trim_end_matches('/'))
            .map_err(|_| invalid("the provider's base is no URL such as `https://api.example`"))?;
        let is_here = matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if base.scheme() != "https" && !(base.scheme() == "http" && is_here) {
            return Err(invalid(
                "the provider's base is not `https`, so credentials could be read",
            ));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(invalid("the provider's base ends with a query, which no path can follow"));
        }
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(CONNECT_MAX)
            .build()
            .map_err(|_| invalid("the system's certificates cannot be read"))?;
        Ok(Self { client, base, headers: HeaderMap::new(), timeout: CALL_MAX })
    }

    /// Adds a token to every call: `Authorization: Bearer ...`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where no header can hold it.
    pub fn bearer(self, token: &str) -> Result<Self> {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Adds a name and a password to every call: `Authorization: Basic ...` (RFC 7617).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where the name holds a colon.
    pub fn basic(mut self, name: &str, password: &str) -> Result<Self> {
        if name.contains(':') {
            return Err(invalid("a name with a colon cannot be told from its password"));
        }
        // The crate writes the header, so that nobody here encodes base64.
        let request = self.client.get(self.base.clone()).basic_auth(name, Some(password)).build();
        let mut written = request.map_err(|_| invalid("no header can hold these credentials"))?;
        if let Some(value) = written.headers_mut().remove(AUTHORIZATION) {
            self.headers.insert(AUTHORIZATION, value);
        }
        Ok(self)
    }

    /// Adds a header to every call; its value is never shown.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where it is no header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        let name: HeaderName = name.parse().map_err(|_| invalid("this is no header's name"))?;
        let value = HeaderValue::from_str(value);
        let mut value = value.map_err(|_| invalid("no header can hold this value"))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }

    /// How long a call may take in all, instead of 30 seconds.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The call as it leaves; `None` where it is none.
    fn request(&self, call: RawOutbound) -> Option<RequestBuilder> {
        let method = Method::from_bytes(call.method.as_bytes()).ok()?;
        let path = call.path.strip_prefix('/')?;
        let root = self.base.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{root}/{path}")).ok()?;
        // `..` in a path would carry the credentials of one account to another.
        let base = self.base.path().trim_end_matches('/');
        if !url.path().strip_prefix(base)?.starts_with('/') {
            return None;
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &call.headers {
            headers.insert(name.parse::<HeaderName>().ok()?, value.parse().ok()?);
        }
        headers.extend(self.headers.clone());
        let request = self.client.request(method, url).timeout(self.timeout);
        Some(request.headers(headers).body(call.body))
    }
}

#[async_trait]
impl Transport for Http {
    async fn call(&self, call: RawOutbound) -> TransportAnswer {
        let Some(request) = self.request(call) else { return TransportAnswer::NotSent };
        match request.send().await {
            Ok(response) => read(response).await.unwrap_or(TransportAnswer::NoAnswer),
            Err(error) if error.is_connect() || error.is_builder() => TransportAnswer::NotSent,
            Err(_) => TransportAnswer::NoAnswer,
        }
    }
}

/// Reads an answer; `None` where it broke off.
async fn read(mut response: Response) -> Option<TransportAnswer> {
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers = headers.filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let headers = headers.collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        let room = ANSWER_BYTES_MAX - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    Some(TransportAnswer::Answered { status, headers, body })
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, why).during("channel.http")
}

/// Some providers want their token in the path: only the host is shown.
impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("host", &self.base.host_str())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
