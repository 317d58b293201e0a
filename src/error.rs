//! The one error that strangers meet: its kind, whether to retry, where it arose.
//!
//! Outcomes of the domain (a refused message, a rejected event, a conflict of versions) are values,
//! not errors. An error says that the library or a socket could not do its work.
//!
//! # Law
//!
//! 1. A message names no personal data: it is safe to log (`tests/privacy.rs`).
//! 2. Whether to try again is a field ([`Error::retry`]): the outbox reads it and nothing else.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the caller can do about an error.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The input breaks a rule that the message names; mend the input.
    Invalid,
    /// What was asked for does not exist.
    NotFound,
    /// Others kept changing the same rows; try again later.
    Conflict,
    /// The socket or the build cannot do this; see [`crate::model::Capabilities`] or the features.
    Unsupported,
    /// The other side refused us; mend the credentials or permissions.
    Denied,
    /// Too much in too little time; see [`Retry::After`].
    RateLimited,
    /// The other side could not be reached or was busy.
    Unavailable,
    /// Stored bytes do not read as what they should be; restore or rebuild.
    Corrupt,
    /// A bug or an impossible state; report it.
    Unexpected,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Unsupported => "unsupported",
            Self::Denied => "denied",
            Self::RateLimited => "rate limited",
            Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
            Self::Unexpected => "unexpected",
        })
    }
}

/// Whether the same call may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// The same call fails again.
    Never,
    /// Try at once.
    Now,
    /// Try after this long.
    After(Duration),
    /// Nobody can tell: the call may even have succeeded.
    Unknown,
}

/// An error of the library, a store or a channel.
///
/// One word wide. Strangers construct it too:
///
/// ```
/// use omnichannel::{Error, ErrorKind, Retry};
///
/// let error = Error::new(ErrorKind::Unavailable, "the server closed the connection")
///     .during("smtp.send")
///     .with("code", "421")
///     .retry(Retry::After(std::time::Duration::from_secs(30)));
/// assert_eq!(
///     error.to_string(),
///     "unavailable during smtp.send: the server closed the connection (code: 421)"
/// );
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    retry: Retry,
    operation: &'static str,
    message: Cow<'static, str>,
    context: Vec<(&'static str, String)>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Makes an error of `kind`; `message` is one line, says what to do, and names no personal
    /// data.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let retry = match kind {
            ErrorKind::Conflict => Retry::Now,
            ErrorKind::RateLimited | ErrorKind::Unavailable => Retry::Unknown,
            _ => Retry::Never,
        };
        let message = message.into();
        Self(Box::new(Inner {
            kind,
            retry,
            operation: "",
            message,
            context: Vec::new(),
            source: None,
        }))
    }

    /// Names the operation that failed, as `room.verb`.
    #[must_use]
    pub fn during(mut self, operation: &'static str) -> Self {
        self.0.operation = operation;
        self
    }

    /// Says whether to try again, where the default of the kind is wrong.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Adds a fact about the failure; never personal data.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.context.push((name, value.to_string()));
        self
    }

    /// Keeps the error below, for [`std::error::Error::source`].
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same call may succeed later.
    pub fn retry_advice(&self) -> Retry {
        self.0.retry
    }

    /// The operation that failed, as `room.verb`; empty where nobody named it.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The sentence without kind, operation and context.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.kind)?;
        if !self.0.operation.is_empty() {
            write!(f, " during {}", self.0.operation)?;
        }
        write!(f, ": {}", self.0.message)?;
        for (at, (name, value)) in self.0.context.iter().enumerate() {
            f.write_str(if at == 0 { " (" } else { ", " })?;
            write!(f, "{name}: {value}")?;
        }
        if !self.0.context.is_empty() {
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("retry", &self.0.retry)
            .field("operation", &self.0.operation)
            .field("message", &self.0.message)
            .field("context", &self.0.context)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|e| e as &(dyn StdError + 'static))
    }
}
