//! What one asks of a provider beside sending: news, history, health, reach, files.
//!
//! Only some channels can be asked each of these. A codec that can gives a call
//! ([`ChannelCodec::ask`]) and reads the answer ([`ChannelCodec::told`]); an adapter makes the
//! calls ([`ChannelAdapter::ask`]). Nothing that is asked reaches a customer, so it needs no
//! authorisation.

use super::{ChannelCodec, RawOutbound, Transport, TransportAnswer};
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::model::Pii;

/// Most calls of one question: a file is named by one and fetched by another.
const CALLS_MAX: usize = 3;

/// A question.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// What came in since.
    News {
        /// Where the last page ended ([`Told::Page`]); `None` at first.
        after: Option<String>,
    },
    /// What was said with a party, or in a room, the newest first.
    History {
        /// Its address.
        address: Pii<String>,
        /// Where the last page ended; `None` at first.
        before: Option<String>,
    },
    /// Whether the provider is there and takes our credentials.
    Health,
    /// Whether an address can be written to.
    Reach {
        /// The address.
        address: Pii<String>,
    },
    /// The bytes of a file that came in.
    File {
        /// Its place ([`crate::model::BlobRef::location`]).
        location: Pii<String>,
    },
}

impl Ask {
    /// One question of each sort, for those who list what a channel can be asked.
    pub fn each(address: &str, location: &str) -> [Self; 5] {
        let address = Pii::new(address.to_owned());
        [
            Self::News { after: None },
            Self::History { address: address.clone(), before: None },
            Self::Health,
            Self::Reach { address },
            Self::File { location: Pii::new(location.to_owned()) },
        ]
    }

    /// The question's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::News { .. } => "news",
            Self::History { .. } => "history",
            Self::Health => "health",
            Self::Reach { .. } => "reach",
            Self::File { .. } => "files",
        }
    }
}

/// What has to be called to learn it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// The provider.
    Provider(RawOutbound),
    /// The place where the provider keeps files ([`Transport::fetch`]).
    File(Pii<String>),
}

/// What was learnt.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// News, or history.
    Page(Page),
    /// How the provider is.
    Health(Health),
    /// Whether the address can be written to; `None` where the provider does not say.
    Reach(Option<bool>),
    /// The file.
    File(Vec<u8>),
    /// Nothing yet: this has to be called next.
    Next(Call),
}

/// Some of what a provider holds: bodies that the codec decodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The bodies, as if they had been delivered.
    pub bodies: Vec<Pii<Vec<u8>>>,
    /// Where it ended; to be asked for next. `None` where it is the last.
    pub next: Option<String>,
}

/// How a provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It answers, and takes our credentials.
    Up,
    /// It does not.
    Down {
        /// Why; no secret.
        reason: String,
    },
    /// This channel cannot be asked.
    Unknown,
}

impl Health {
    /// By the status of an answer, in HTTP's numbers.
    pub fn of(answer: &TransportAnswer) -> Self {
        let reason = match answer {
            TransportAnswer::Answered { status: 200..=299, .. } => return Self::Up,
            TransportAnswer::Answered { status: 401 | 403, .. } => {
                "the provider does not take our credentials".to_owned()
            }
            TransportAnswer::Answered { status, .. } => {
                format!("the provider answered with status {status}")
            }
            TransportAnswer::NotSent => "the provider cannot be reached".to_owned(),
            TransportAnswer::NoAnswer => "the provider does not answer".to_owned(),
        };
        Self::Down { reason }
    }
}

/// Asks by a codec's calls.
pub(super) async fn ask<C: ChannelCodec, T: Transport>(
    codec: &C,
    transport: &T,
    ask: &Ask,
) -> Result<Told> {
    let mut next = codec.ask(ask);
    for _ in 0..CALLS_MAX {
        let told = match next {
            None => return Err(not_asked(ask)),
            Some(Call::File(location)) => return fetched(transport.fetch(location.expose()).await),
            Some(Call::Provider(call)) => codec.told(ask, &transport.call(call).await)?,
        };
        match told {
            Told::Next(call) => next = Some(call),
            told => return Ok(told),
        }
    }
    Err(failed(ErrorKind::Unexpected, "the provider sends from one place to the next"))
}

/// That a channel cannot be asked this.
pub(super) fn not_asked(ask: &Ask) -> Error {
    failed(ErrorKind::Unsupported, "this channel cannot be asked that").with("asked", ask.name())
}

/// The body of a good answer; of another, what is wrong with it.
///
/// # Errors
///
/// [`ErrorKind::Unavailable`] where nobody answered or the provider is at fault;
/// [`ErrorKind::RateLimited`]; [`ErrorKind::Denied`]; [`ErrorKind::NotFound`]; and
/// [`ErrorKind::Invalid`] for every other refusal.
pub(super) fn good(answer: &TransportAnswer) -> Result<&[u8]> {
    let (status, body) = match answer {
        TransportAnswer::Answered { status, body, .. } => (*status, body),
        TransportAnswer::NotSent | TransportAnswer::NoAnswer => {
            let why = "the provider did not answer";
            return Err(failed(ErrorKind::Unavailable, why).retry(Retry::Unknown));
        }
    };
    let (kind, why) = match status {
        200..=299 => return Ok(body),
        401 | 403 => (ErrorKind::Denied, "the provider does not take our credentials"),
        404 | 410 => (ErrorKind::NotFound, "the provider does not know what was asked for"),
        429 => (ErrorKind::RateLimited, "the provider was asked too often"),
        408 | 500..=599 => (ErrorKind::Unavailable, "the provider is at fault"),
        _ => (ErrorKind::Invalid, "the provider refused the question"),
    };
    Err(failed(kind, why).with("status", status))
}

fn fetched(answer: TransportAnswer) -> Result<Told> {
    good(&answer)?;
    match answer {
        TransportAnswer::Answered { body, .. } => Ok(Told::File(body)),
        TransportAnswer::NotSent | TransportAnswer::NoAnswer => Ok(Told::File(Vec::new())),
    }
}

pub(super) fn failed(kind: ErrorKind, why: &'static str) -> Error {
    Error::new(kind, why).during("channel.ask")
}

/// A question as a call without a body.
pub(super) fn get(path: impl Into<String>) -> Option<Call> {
    let (method, path) = ("GET".to_owned(), path.into());
    Some(Call::Provider(RawOutbound { method, path, headers: Vec::new(), body: Vec::new() }))
}
