//! The company as a writer of mails: its address, its name, what it signs.

use std::collections::BTreeSet;
use std::fmt;

use lettre::Address;

use super::token::{self, Kind};
use crate::model::{DecisionId, Purpose};
use crate::{Error, ErrorKind, Result};

/// Longest part of an address before its `@` (RFC 5321, section 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;

/// What stands between one's own name in an address and a signed word.
const MARK: char = '+';

/// Shortest key.
const KEY_BYTES_MIN: usize = 16;

/// Who writes: an address of the company, and how answers find their way back.
///
/// ```
/// use omnichannel::channel::{Mail, MailSender};
/// use omnichannel::model::{Channel, ChannelKind, Purpose};
///
/// let sender = MailSender::new("help@maison-lune.example")?
///     .named("Maison Lune")
///     .signed_with([b"32 random bytes, kept as a secret"])?
///     .unsubscribed_at("https://maison-lune.example/unsubscribe", [Purpose::new("news")])?;
/// let mailbox = Channel::new("help", ChannelKind::Email)?;
/// let codec = Mail::new(mailbox, ["help@maison-lune.example"]).sending_as(sender);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct MailSender {
    pub(super) address: Address,
    pub(super) name: Option<String>,
    pub(super) keys: Vec<Vec<u8>>,
    unsubscribe: Option<(String, BTreeSet<Purpose>)>,
}

impl MailSender {
    /// Writes from an address; its domain in ASCII (`xn--...`).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where it is none.
    pub fn new(address: &str) -> Result<Self> {
        let address = address.trim().parse::<Address>().ok().filter(|address| {
            let text: &str = address.as_ref();
            text.is_ascii()
        });
        let address = address.ok_or_else(|| invalid("the sender is no e-mail address in ASCII"))?;
        Ok(Self { address, name: None, keys: Vec::new(), unsubscribe: None })
    }

    /// The name that people see beside the address.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Signs where answers and bounces go (`help+r...@`, `help+b...@`), so that they find their
    /// message even where a relay replaced its id. The first key signs, all are taken.
    ///
    /// The mailbox must take addresses with a `+`, as most do (RFC 5233).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where a key is shorter than 16 bytes, or the address has no room.
    pub fn signed_with<K: AsRef<[u8]>>(
        mut self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Self> {
        self.keys = keys.into_iter().map(|key| key.as_ref().to_vec()).collect();
        if self.keys.is_empty() || self.keys.iter().any(|key| key.len() < KEY_BYTES_MIN) {
            return Err(invalid("a key that signs addresses has at least 16 bytes"));
        }
        if self.address.user().len() + 2 + token::DECISION_CHARS > LOCAL_BYTES_MAX {
            return Err(invalid(
                "the sender's address has no room for a signed word of 44 letters",
            ));
        }
        Ok(self)
    }

    /// Offers unsubscription by one click (RFC 8058) in mails for these purposes.
    ///
    /// Mailbox providers post to `url`, with a signed word added as the field `u`; hand such a
    /// request to the mailbox's channel as it came, with its URL. The mail's DKIM signature, which
    /// your server makes, must cover `List-Unsubscribe` and `List-Unsubscribe-Post`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where `url` is not `https`, or no key is given yet
    /// ([`MailSender::signed_with`]).
    pub fn unsubscribed_at(
        mut self,
        url: &str,
        purposes: impl IntoIterator<Item = Purpose>,
    ) -> Result<Self> {
        if self.keys.is_empty() {
            return Err(invalid("unsubscription needs a key: call `signed_with` first"));
        }
        let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>,#".contains(&byte));
        if !url.starts_with("https://") || !plain {
            return Err(invalid("the URL to unsubscribe at is not `https`, as RFC 8058 demands"));
        }
        self.unsubscribe = Some((url.to_owned(), purposes.into_iter().collect()));
        Ok(self)
    }

    /// The address where answers to, or reports of, a message come; the own one without a key.
    pub(super) fn way_back(&self, kind: Kind, id: DecisionId, whom: &str) -> String {
        let (user, domain) = (self.address.user(), self.address.domain());
        match self.keys.first() {
            None => format!("{user}@{domain}"),
            Some(key) => {
                let (letter, word) = (kind.letter(), token::decision(key, kind, id, whom));
                format!("{user}{MARK}{letter}{word}@{domain}")
            }
        }
    }

    /// The id of a mail of ours.
    pub(super) fn message_id(&self, id: DecisionId) -> String {
        format!("{id}@{}", self.address.domain())
    }

    /// The mail of ours that an address of ours names to `whom`.
    pub(super) fn named_by(&self, kind: Kind, address: &str, whom: &str) -> Option<String> {
        let (letter, word) = self.word(address)?;
        let named = (letter == kind.letter())
            .then(|| token::read_decision(&self.keys, kind, word, whom))
            .flatten();
        named.map(|id| self.message_id(id))
    }

    /// Whether an address is the own one with a signed word in it, whoever signed it.
    pub(super) fn is_way_back(&self, address: &str) -> bool {
        self.word(address).is_some_and(|(_, word)| word.len() == token::DECISION_CHARS)
    }

    /// The letter and the word in an address.
    fn word<'a>(&self, address: &'a str) -> Option<(char, &'a str)> {
        let (local, domain) = address.rsplit_once('@')?;
        let (user, word) = local.rsplit_once(MARK)?;
        let is_own = user.eq_ignore_ascii_case(self.address.user())
            && domain.eq_ignore_ascii_case(self.address.domain());
        let letter = word.chars().next().filter(char::is_ascii).filter(|_| is_own)?;
        Some((letter.to_ascii_lowercase(), &word[1..]))
    }

    /// Where one click ends mails for `purpose` to `whom`, where that is offered.
    pub(super) fn unsubscribe_url(&self, purpose: &Purpose, whom: &str) -> Option<String> {
        let (url, purposes) = self.unsubscribe.as_ref()?;
        let key = self.keys.first().filter(|_| purposes.contains(purpose))?;
        let joint = if url.contains('?') { '&' } else { '?' };
        let word = token::unsubscription(key, whom, purpose.as_str());
        Some(format!("{url}{joint}u={word}"))
    }

    /// Who no longer wants what, by a URL of ours.
    pub(super) fn unsubscribed(&self, url: &str) -> Option<(String, Purpose)> {
        let query = crate::channel::form::query(url).as_bytes();
        let mut fields = crate::channel::form::fields(query);
        let (_, word) = fields.find(|(name, _)| &**name == b"u")?;
        let word = std::str::from_utf8(&word).ok()?.to_owned();
        let (address, purpose) = token::read_unsubscription(&self.keys, &word)?;
        Some((address, Purpose::new(&purpose)))
    }
}

/// Keys are secrets; the address is the company's own, and shown nowhere all the same.
impl fmt::Debug for MailSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSender")
            .field("keys", &self.keys.len())
            .field("offers_unsubscription", &self.unsubscribe.is_some())
            .finish_non_exhaustive()
    }
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, why).during("channel.mail")
}
