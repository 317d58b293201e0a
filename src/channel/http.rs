//! Calls to providers over HTTPS, by the crate `reqwest`.
//!
//! # Law
//!
//! 1. One call, once: nothing is tried again, no redirect is followed.
//! 2. Nothing left ([`TransportAnswer::NotSent`]) is told apart from nobody answered
//!    ([`TransportAnswer::NoAnswer`]): the second may have been taken.
//! 3. Credentials travel encrypted, or within one machine.
//! 4. Of an answer at most 1 MiB is read, or as much as is said; a file that is longer is none.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, Url, redirect, retry};

use super::{RawOutbound, Transport, TransportAnswer};
use crate::{Error, ErrorKind, Result};

/// Largest part of an answer that is read, unless said otherwise.
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
    files: Option<Url>,
    has_public_files: bool,
    answer_bytes_max: usize,
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
        let base = place(base)?;
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(CONNECT_MAX)
            .build()
            .map_err(|_| invalid("the system's certificates cannot be read"))?;
        Ok(Self {
            client,
            base,
            headers: HeaderMap::new(),
            files: None,
            has_public_files: false,
            answer_bytes_max: ANSWER_BYTES_MAX,
            timeout: CALL_MAX,
        })
    }

    /// Fetches files from there, with the same credentials; without it no file is fetched.
    ///
    /// Some providers send from there to another place, once: that one is told no credentials.
    ///
    /// # Errors
    ///
    /// As [`Http::new`].
    pub fn files_from(mut self, base: &str) -> Result<Self> {
        self.files = Some(place(base)?);
        Ok(self)
    }

    /// Fetches files by any `https` URL, too, without credentials: for providers that put them
    /// where whoever knows the URL may read them. The URLs are those of verified requests.
    #[must_use]
    pub fn public_files(self) -> Self {
        Self { has_public_files: true, ..self }
    }

    /// Reads up to `bytes` of an answer, or a file, instead of 1 MiB.
    #[must_use]
    pub fn answers_up_to(self, bytes: usize) -> Self {
        Self { answer_bytes_max: bytes, ..self }
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
        let url = within(&self.base, call.path.strip_prefix('/')?)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &call.headers {
            headers.insert(name.parse::<HeaderName>().ok()?, value.parse().ok()?);
        }
        headers.extend(self.headers.clone());
        let request = self.client.request(method, url).timeout(self.timeout);
        Some(request.headers(headers).body(call.body))
    }

    /// Where a file is; `None` where that is not where the provider keeps them.
    fn file(&self, location: &str) -> Option<Url> {
        let files = self.files.as_ref()?;
        let root = format!("{}/", files.as_str().trim_end_matches('/'));
        match location.strip_prefix(&root) {
            Some(path) => within(files, path),
            // A place of its own is another than that of the provider's files.
            None if Url::parse(location).is_ok() => None,
            None => within(files, location),
        }
    }

    /// Where an answer sends to for a file, where nobody on the way can read it.
    fn elsewhere(&self, answer: &TransportAnswer) -> Option<Url> {
        let TransportAnswer::Answered { status: 301..=303 | 307 | 308, headers, .. } = answer
        else {
            return None;
        };
        let (_, location) = headers.iter().find(|(name, _)| name == "location")?;
        let url = Url::parse(location).ok()?;
        let is_test = self.files.as_ref().is_some_and(|files| files.scheme() == "http");
        (url.scheme() == "https" || is_test && is_private(&url)).then_some(url)
    }

    /// A file, whole or not at all.
    async fn whole(&self, request: RequestBuilder) -> TransportAnswer {
        let Ok(response) = request.send().await else { return TransportAnswer::NoAnswer };
        match read(response, self.answer_bytes_max).await {
            Some((answer, true)) => answer,
            _ => TransportAnswer::NoAnswer,
        }
    }

    async fn answer(&self, request: RequestBuilder) -> TransportAnswer {
        match request.send().await {
            Ok(response) => {
                let read = read(response, self.answer_bytes_max).await;
                read.map_or(TransportAnswer::NoAnswer, |(answer, _)| answer)
            }
            Err(error) if error.is_connect() || error.is_builder() => TransportAnswer::NotSent,
            Err(_) => TransportAnswer::NoAnswer,
        }
    }
}

/// A base to which paths are added.
fn place(base: &str) -> Result<Url> {
    let base = Url::parse(base.trim_end_matches('/'))
        .map_err(|_| invalid("the provider's base is no URL such as `https://api.example`"))?;
    if !is_private(&base) {
        return Err(invalid("the provider's base is not `https`, so credentials could be read"));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(invalid("the provider's base ends with a query, which no path can follow"));
    }
    Ok(base)
}

/// Whether nobody on the way can read what goes there.
fn is_private(url: &Url) -> bool {
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    url.scheme() == "https" || url.scheme() == "http" && is_here
}

/// A path added to a base; `None` where that leads out of it.
fn within(base: &Url, path: &str) -> Option<Url> {
    let root = base.as_str().trim_end_matches('/');
    let url = Url::parse(&format!("{root}/{path}")).ok()?;
    // `..` in a path would carry the credentials of one account to another.
    let base = base.path().trim_end_matches('/');
    url.path().strip_prefix(base)?.starts_with('/').then_some(url)
}

#[async_trait]
impl Transport for Http {
    async fn call(&self, call: RawOutbound) -> TransportAnswer {
        match self.request(call) {
            Some(request) => self.answer(request).await,
            None => TransportAnswer::NotSent,
        }
    }

    async fn fetch(&self, location: &str) -> TransportAnswer {
        let get = |url: Url| self.client.get(url).timeout(self.timeout);
        let Some(url) = self.file(location) else {
            let public = Url::parse(location).ok().filter(|_| self.has_public_files);
            return match public.filter(|url| url.scheme() == "https") {
                Some(url) => self.whole(get(url)).await,
                None => TransportAnswer::NotSent,
            };
        };
        let answer = self.whole(get(url).headers(self.headers.clone())).await;
        match self.elsewhere(&answer) {
            Some(url) => self.whole(get(url)).await,
            None => answer,
        }
    }
}

/// Reads an answer, and whether that is all of it; `None` where it broke off.
async fn read(mut response: Response, bytes_max: usize) -> Option<(TransportAnswer, bool)> {
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers = headers.filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let headers = headers.collect();
    let (mut body, mut is_whole) = (Vec::new(), true);
    while let Some(chunk) = response.chunk().await.ok()? {
        let room = bytes_max - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        is_whole = chunk.len() <= room;
        if !is_whole {
            break;
        }
    }
    Some((TransportAnswer::Answered { status, headers, body }, is_whole))
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
