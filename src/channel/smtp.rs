//! Mails handed to a server by SMTP over TLS.
//!
//! RFC 5321, by the crate `lettre`.
//!
//! # Law
//!
//! 1. One connection, one mail, once: nothing is tried again.
//! 2. Until the mail's content leaves, nothing was sent. From then on only the server's word says
//!    what became of it; without one nobody knows ([`TransportAnswer::NoAnswer`]).
//! 3. Mails and credentials travel encrypted, or within one machine.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::time::timeout;

use super::{RawOutbound, Transport, TransportAnswer};
use crate::{Error, ErrorKind, Result};

/// How long all that precedes a mail's content may take, and then its content, each.
const STAGE_MAX: Duration = Duration::from_secs(60);

/// The server has no room for letters beyond ASCII in addresses (RFC 6531, section 3.5).
const ASCII_ONLY: u16 = 553;

/// A mail server that takes the company's mails.
///
/// For [`Mail`](super::Mail): `Wired::new(mail, smtp)`. Needs tokio. Each mail has a connection of
/// its own; a relay on the same machine ([`Smtp::on_this_machine`]) queues and keeps connections.
///
/// ```
/// use omnichannel::channel::{Mail, MailSender, Smtp, Wired};
/// use omnichannel::model::{Channel, ChannelKind};
///
/// let sender = MailSender::new("help@maison-lune.example")?.named("Maison Lune");
/// let mailbox = Channel::new("help", ChannelKind::Email)?;
/// let mail = Mail::new(mailbox, ["help@maison-lune.example"]).sending_as(sender);
/// let server = Smtp::new("smtp.maison-lune.example").credentials("help", "a password");
/// let adapter = Wired::new(mail, server);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    trusted: Vec<Certificate>,
    stage_max: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS after a greeting; without it nothing is sent.
    StartTls,
    /// None, within this machine.
    Local,
}

impl Smtp {
    /// Hands mails to `host`, with TLS from the first byte (RFC 8314), on port 465.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: 465,
            security: Security::Tls,
            credentials: None,
            trusted: Vec::new(),
            stage_max: STAGE_MAX,
        }
    }

    /// The same, with TLS that begins after a greeting (`STARTTLS`), on port 587. A server that
    /// offers none is sent nothing.
    #[must_use]
    pub fn starttls(self) -> Self {
        Self { port: 587, security: Security::StartTls, ..self }
    }

    /// Hands mails to a relay on this machine (127.0.0.1), without TLS.
    pub fn on_this_machine(port: u16) -> Self {
        Self { port, security: Security::Local, ..Self::new("127.0.0.1") }
    }

    /// On another port.
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Logs in.
    #[must_use]
    pub fn credentials(self, name: impl Into<String>, password: impl Into<String>) -> Self {
        Self { credentials: Some(Credentials::new(name.into(), password.into())), ..self }
    }

    /// Trusts a certificate, in PEM, beside the system's: that of a server in one's own house.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where it is none.
    pub fn trusting(mut self, pem: &[u8]) -> Result<Self> {
        let begin = b"-----BEGIN CERTIFICATE-----";
        let certificate = Certificate::from_pem(pem).ok();
        // One that holds no certificate at all is read as none, and as no error.
        let certificate = certificate.filter(|_| pem.windows(begin.len()).any(|at| at == begin));
        self.trusted.push(certificate.ok_or_else(|| invalid("this is no certificate in PEM"))?);
        Ok(self)
    }

    /// How long the talk before a mail's content may take, and its content, each; instead of 60
    /// seconds.
    #[must_use]
    pub fn timeout(self, each: Duration) -> Self {
        Self { stage_max: each, ..self }
    }

    fn tls(&self) -> std::result::Result<TlsParameters, Stopped> {
        let mut tls = TlsParameters::builder(self.host.clone());
        for certificate in &self.trusted {
            tls = tls.add_root_certificate(certificate.clone());
        }
        tls.build().map_err(Stopped::from)
    }

    /// A connection, encrypted and logged in.
    async fn connect(&self, hello: &ClientId) -> std::result::Result<AsyncSmtpConnection, Stopped> {
        let at_once = (self.security == Security::Tls).then(|| self.tls()).transpose()?;
        let (server, most) = ((self.host.as_str(), self.port), Some(self.stage_max));
        let mut server =
            AsyncSmtpConnection::connect_tokio1(server, most, hello, at_once, None).await?;
        if self.security == Security::StartTls {
            if !server.can_starttls() {
                return Err(Stopped::NotSent);
            }
            server.starttls(self.tls()?, hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            server.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(server)
    }

    /// Connects and says good-bye.
    async fn greet(&self) -> TransportAnswer {
        let hello = ClientId::default();
        let mut server = match timeout(self.stage_max, self.connect(&hello)).await {
            Ok(Ok(server)) => server,
            Ok(Err(stopped)) => return stopped.before_the_content(),
            Err(_) => return TransportAnswer::NotSent,
        };
        drop(timeout(self.stage_max, server.quit()).await);
        told(250, String::new(), "")
    }

    /// Everything up to the mail's content.
    async fn open(&self, envelope: &Envelope) -> std::result::Result<AsyncSmtpConnection, Stopped> {
        let hello = ClientId::Domain(envelope.from.domain().to_owned());
        let mut server = self.connect(&hello).await?;
        let parameters = match envelope.is_ascii() {
            true => Vec::new(),
            false if server.server_info().supports_feature(Extension::SmtpUtfEight) => {
                vec![MailParameter::SmtpUtfEight]
            }
            false => return Err(Stopped::Told { status: ASCII_ONLY, code: String::new() }),
        };
        server.command(Mail::new(Some(envelope.from.clone()), parameters)).await?;
        server.command(Rcpt::new(envelope.to.clone(), Vec::new())).await?;
        server.command(Data).await?;
        Ok(server)
    }

    async fn hand_over(&self, envelope: &Envelope, mail: &[u8]) -> TransportAnswer {
        let mut server = match timeout(self.stage_max, self.open(envelope)).await {
            Ok(Ok(server)) => server,
            Ok(Err(stopped)) => return stopped.before_the_content(),
            Err(_) => return TransportAnswer::NotSent,
        };
        let answer = match timeout(self.stage_max, server.message(mail)).await {
            Ok(Ok(_)) => told(250, String::new(), &envelope.id),
            Ok(Err(error)) => match Stopped::from(error) {
                Stopped::Told { status, code } => told(status, code, &envelope.id),
                Stopped::NotSent => TransportAnswer::NoAnswer,
            },
            Err(_) => TransportAnswer::NoAnswer,
        };
        // A farewell that fails changes nothing.
        drop(timeout(self.stage_max, server.quit()).await);
        answer
    }
}

/// Between whom a mail goes, and its id.
struct Envelope {
    from: Address,
    to: Address,
    id: String,
}

impl Envelope {
    /// That of a call which [`Mail`](super::Mail) planned.
    fn of(call: &RawOutbound) -> Option<Self> {
        let header = |wanted: &str| {
            call.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        let from = header("MAIL FROM")?.parse().ok()?;
        let to = header("RCPT TO")?.parse().ok()?;
        Some(Self { from, to, id: header("Message-ID")?.to_owned() })
    }

    fn is_ascii(&self) -> bool {
        [&self.from, &self.to].iter().all(|address| {
            let text: &str = address.as_ref();
            text.is_ascii()
        })
    }
}

/// Why a talk came to its end.
enum Stopped {
    /// The server said no: its reply code, and its enhanced one (RFC 3463).
    Told { status: u16, code: String },
    /// It said nothing.
    NotSent,
}

impl Stopped {
    fn before_the_content(self) -> TransportAnswer {
        match self {
            Self::Told { status, code } => told(status, code, ""),
            Self::NotSent => TransportAnswer::NotSent,
        }
    }
}

impl From<SmtpError> for Stopped {
    fn from(error: SmtpError) -> Self {
        match error.status() {
            // A server's words may name people; its enhanced code is the first of them.
            Some(status) => {
                let words = std::error::Error::source(&error).map(ToString::to_string);
                let word = words.as_deref().and_then(|words| words.split_whitespace().next());
                let is_code = |word: &&str| word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                let code = word.filter(is_code).unwrap_or_default().to_owned();
                Self::Told { status: status.into(), code }
            }
            None => Self::NotSent,
        }
    }
}

fn told(status: u16, code: String, id: &str) -> TransportAnswer {
    let headers = vec![("Message-ID".to_owned(), id.to_owned())];
    TransportAnswer::Answered { status, headers, body: code.into_bytes() }
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, why).during("channel.smtp")
}

#[async_trait]
impl Transport for Smtp {
    async fn call(&self, call: RawOutbound) -> TransportAnswer {
        if call.method == "NOOP" {
            return self.greet().await;
        }
        match Envelope::of(&call) {
            Some(envelope) => self.hand_over(&envelope, &call.body).await,
            None => TransportAnswer::NotSent,
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("logs_in", &self.credentials.is_some())
            .finish_non_exhaustive()
    }
}
