//! E-mail: a whole message as RFC 5322 and MIME write it, one event each.
//!
//! # Law
//!
//! 1. Any bytes give an answer, in time and memory bounded by the limits of the parts below
//!    (`tests/mail/bounds.rs`).
//! 2. No reason holds a value of the mail (`rejections_name_no_value` of the channel contract).
//!
//! # Why
//!
//! `Reply-To` is no identifier: lists, ticket systems and assistants write theirs into the mails of
//! others. `Return-Path` is no sender: it names the machine that takes bounces. A mail proves
//! nothing of its own, so the scheme is [`SignatureScheme::Attested`]: the server that took it
//! answers for it.

mod automatic;
mod body;
mod complaint;
mod encoding;
mod header;
mod report;
mod sender;
mod token;
mod unsubscribe;
mod write;

use std::collections::BTreeSet;
use std::fmt;

use self::body::Entity;
use self::header::{Header, Mailbox, clean};
use self::report::Report;
pub use self::sender::MailSender;
use self::token::Kind;
use super::{
    Ask, Call, ChannelCodec, RawInbound, RawOutbound, SignatureScheme, TransportAnswer, Verified,
    calls, profile,
};
use crate::model::{
    Act, Author, Capabilities, Channel, ChannelProfile, Code, Decoded, Direction, Event, EventKind,
    Identifier, Message, Namespace, Occurred, Outbound, Pii, Receipt, Rejection, SendOutcome,
    Timestamp,
};

/// Largest mail that is read.
const BODY_BYTES_MAX: usize = 32 << 20;

/// Most messages that one mail answers; the nearest are kept.
const REFERENCES_MAX: usize = 64;

/// Most addresses that a detail names.
const ADDRESSES_MAX: usize = 20;

/// Longest name or unreadable date that is kept, in characters.
const WORDS_CHARS_MAX: usize = 200;

/// E-mail, as one mailbox of the company receives it.
///
/// ```
/// use omnichannel::channel::{ChannelCodec, KeyRing, Mail, RawInbound, verify};
/// use omnichannel::model::{Channel, ChannelKind, TenantId, Timestamp};
///
/// let mailbox = Channel::new("help", ChannelKind::Email)?;
/// let codec = Mail::new(mailbox.clone(), ["help@maison-lune.example"]);
/// let mail = "From: Camille <camille@example.org>\r\nTo: help@maison-lune.example\r\n\
///             Message-ID: <1@example.org>\r\nSubject: Size\r\n\r\nDo you have it in 38?\r\n";
/// let request = RawInbound::new(TenantId::named("maison-lune"), mailbox.id, mail)
///     .attested("our own mail server");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let request = verify(&codec.scheme(), &KeyRing::default(), request, now).expect("attested");
///
/// let event = &codec.decode(&request).events[0];
/// assert_eq!(event.external_id.as_deref(), Some("1@example.org"));
/// assert_eq!(event.message.as_ref().unwrap().text().expose(), "Do you have it in 38?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// | question | answer |
/// |---|---|
/// | kind | `message`; reports on our mails are `receipt`s, complaints and clicks `consent` |
/// | id | `Message-ID` without its brackets |
/// | sender | the first address of `From`, else of `Sender`, verbatim and asserted |
/// | time | `Date`; one that cannot be read is a detail, and the time of receipt stands in |
/// | text | `text/plain`, else HTML in words; of alternatives one, of parts in a row all |
/// | files | everything else, mails within the mail included: `part:2.1`, numbered as IMAP does |
/// | answers | `In-Reply-To`, then `References` from the last, nearest first |
/// | set aside | `auto_reply`, `list_mail`, `report`, `echo` (the company writing to itself) |
/// | the rest | `to`, `cc`, `reply_to` and `date_unreadable` in details |
///
/// Quoted history and signatures stay in the text: what is said again is part of what was sent.
///
/// Mails are written with [`Mail::sending_as`]: a text, its subject, what it answers. A server that
/// takes them is `channel::Smtp` (feature `smtp`), or any [`Transport`](super::Transport) that
/// reads the headers `MAIL FROM`, `RCPT TO` and `Message-ID` of a call.
///
/// # The company's own addresses
///
/// A mail from one of them is what the company said: outbound, and about the first recipient that
/// is not the company's. Where every recipient is, and `Reply-To` is not, it is a form of the
/// website that mails itself in a customer's name: inbound, from `Reply-To`. A list that is one of
/// them is a shared mailbox, and what comes by it is no list mail.
#[derive(Clone)]
pub struct Mail {
    channel: Channel,
    addresses: BTreeSet<String>,
    capabilities: Capabilities,
    profile: ChannelProfile,
    sender: Option<MailSender>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("channel", &self.channel)
            .field("addresses", &self.addresses.len())
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

impl Mail {
    /// Speaks for `channel`; `addresses` are the company's own, compared without case.
    pub fn new<A: AsRef<str>>(channel: Channel, addresses: impl IntoIterator<Item = A>) -> Self {
        let addresses = addresses.into_iter().map(|address| folded(address.as_ref())).collect();
        let capabilities =
            Capabilities::INBOUND.with_limits(BODY_BYTES_MAX, report::RECIPIENTS_MAX);
        Self { channel, addresses, capabilities, profile: profile::email(), sender: None }
    }

    /// The same, which sends, too, and knows its own mails and their readers' clicks again.
    #[must_use]
    pub fn sending_as(mut self, sender: MailSender) -> Self {
        self.addresses.insert(folded(sender.address.as_ref()));
        self.capabilities = self.capabilities.sending_to(Namespace::Email);
        self.capabilities = self.capabilities.with_elements(&write::ELEMENTS);
        self.sender = Some(sender);
        self
    }

    /// The bytes of a file of a mail, by the place that its event names: `part:2`. For whoever
    /// still holds the mail: nothing else does.
    ///
    /// `None` where the mail has no such part, cannot be read, or names an uuencoded file.
    pub fn file(&self, mail: &[u8], location: &str) -> Option<Vec<u8>> {
        let number = location.strip_prefix("part:")?;
        let mail = mail.get(..self.capabilities.body_bytes_max).unwrap_or(mail);
        let mail = mail.strip_prefix(b"\xef\xbb\xbf").unwrap_or(mail).trim_ascii_start();
        Entity::read(mail).ok()?.numbered(number).map(|part| part.bytes().into_owned())
    }

    /// The same, with another limit of a mail.
    #[must_use]
    pub fn with_limit(mut self, body_bytes_max: usize) -> Self {
        self.capabilities.body_bytes_max = body_bytes_max;
        self
    }

    fn is_own(&self, address: &str) -> bool {
        self.addresses.contains(&folded(address))
            || self.sender.as_ref().is_some_and(|sender| sender.is_way_back(address))
    }

    fn read(&self, request: &RawInbound) -> Result<Vec<Event>, Unread> {
        let bytes = request.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&request.body);
        let bytes = bytes.trim_ascii_start();
        let max = self.capabilities.body_bytes_max;
        if request.body.len() > max {
            let reason = format!("the mail is larger than {max} bytes");
            return Err(Unread::Rejected(Rejection::whole(Code::TooLarge, reason)));
        }
        if bytes.is_empty() {
            return Err(Unread::Rejected(Rejection::whole(Code::Syntax, "the mail is empty")));
        }
        if !Header::split(bytes).0.is_of_a_mail() {
            let reason =
                "this is no mail: no header field of one stands before the first empty line";
            return Err(Unread::Rejected(Rejection::whole(Code::Syntax, reason)));
        }
        let mail = Entity::read(bytes).map_err(Unread::Rejected)?;
        let occurred = Occurred::stated(mail.header.date("date"), request.received_at);
        if let Some(complaint) = complaint::read(&mail, self.sender.as_ref(), occurred) {
            return complaint.map(|event| vec![event]).map_err(Unread::SetAside);
        }
        let named = self.named_by(&mail.header, Kind::Bounce, "");
        if let Some(report) = report::read(&mail, named) {
            return Ok(receipts(&mail, report.map_err(Unread::SetAside)?, occurred));
        }
        let aside = automatic::set_aside(&mail.header, |address| self.is_own(address));
        match aside {
            Some(aside) => Err(Unread::SetAside(aside)),
            None => Ok(vec![self.message(&mail, occurred)?]),
        }
    }

    fn message(&self, mail: &Entity<'_>, occurred: Occurred) -> Result<Event, Unread> {
        let (direction, party) = self.party(&mail.header)?;
        let author = match direction {
            Direction::Inbound => Author::Customer,
            Direction::Outbound => Author::Agent,
        };
        let mut references = references(&mail.header);
        // An answer that came by the signed address of one mail answers it, whatever it names.
        let whom = party.as_ref().map_or("", |party| &party.address);
        if let Some(named) = self.named_by(&mail.header, Kind::Reply, whom) {
            references.retain(|id| *id != named);
            references.insert(0, named);
        }
        let act = match direction {
            _ if !references.is_empty() => Act::Replied,
            Direction::Inbound => Act::Asked,
            Direction::Outbound => Act::Sent,
        };
        let mut event = Event::new(0, EventKind::Message, act, occurred);
        event.external_id = mail.header.ids("message-id").into_iter().next();
        event.message = Some(Message {
            direction,
            author,
            subject: mail.header.text("subject").map(Pii::new),
            parts: mail.seen(),
            language: mail.language(),
            references,
        });
        if let Some(Mailbox { name, address }) = party {
            if let Some(name) = name.filter(|_| direction == Direction::Inbound) {
                event.attributes.insert("name".to_owned(), Pii::new(shortened(&name)));
            }
            about(&mut event, address);
        }
        for (detail, field) in [("to", "to"), ("cc", "cc"), ("reply_to", "reply-to")] {
            let addresses = mail.header.mailboxes(field).into_iter().take(ADDRESSES_MAX);
            let addresses: Vec<String> = addresses.map(|mailbox| mailbox.address).collect();
            if !addresses.is_empty() {
                event.details.insert(detail.to_owned(), Pii::new(addresses.join(", ")));
            }
        }
        if let (None, Some(date)) = (mail.header.date("date"), mail.header.text("date")) {
            event.details.insert("date_unreadable".to_owned(), Pii::new(shortened(&date)));
        }
        Ok(event)
    }

    /// The mail of ours that an address among the recipients names to `whom`.
    fn named_by(&self, header: &Header<'_>, kind: Kind, whom: &str) -> Option<String> {
        let sender = self.sender.as_ref()?;
        let fields = ["to", "cc", "delivered-to", "x-original-to"].into_iter();
        let mut recipients = fields.flat_map(|field| header.mailboxes(field));
        recipients.find_map(|recipient| sender.named_by(kind, &recipient.address, whom))
    }

    /// Which way the mail went, and who the party is.
    fn party(&self, header: &Header<'_>) -> Result<(Direction, Option<Mailbox>), Unread> {
        let first = |field: &str| header.mailboxes(field).into_iter().next();
        let sender = first("from").or_else(|| first("sender"));
        if !sender.as_ref().is_some_and(|sender| self.is_own(&sender.address)) {
            return Ok((Direction::Inbound, sender));
        }
        let recipients = ["to", "cc", "bcc"].into_iter().flat_map(|field| header.mailboxes(field));
        let mut others = recipients.filter(|mailbox| !self.is_own(&mailbox.address));
        if let Some(other) = others.next() {
            return Ok((Direction::Outbound, Some(other)));
        }
        match first("reply-to").filter(|mailbox| !self.is_own(&mailbox.address)) {
            Some(customer) => Ok((Direction::Inbound, Some(customer))),
            None => {
                let reason = "the company wrote to itself: no address is another's";
                Err(Unread::SetAside(Rejection::whole(Code::Echo, reason)))
            }
        }
    }
}

/// Why a mail gives no event.
enum Unread {
    Rejected(Rejection),
    SetAside(Rejection),
}

impl ChannelCodec for Mail {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn profile(&self) -> &ChannelProfile {
        &self.profile
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Attested
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let mut decoded = Decoded::default();
        let clicked = unsubscribe::read(request.request(), self.sender.as_ref());
        let read = match clicked {
            Some(clicked) => clicked.map(|event| vec![event]).map_err(Unread::Rejected),
            None => self.read(request.request()),
        };
        match read {
            Ok(events) => decoded.events = events,
            Err(Unread::Rejected(rejection)) => decoded.rejected.push(rejection),
            Err(Unread::SetAside(rejection)) => decoded.ignored.push(rejection),
        }
        decoded
    }

    fn plan(&self, message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
        calls::check(message, self)?;
        self.sender.iter().map(|sender| write::plan(sender, message)).collect()
    }

    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        write::interpret(answer, now)
    }

    fn ask(&self, ask: &Ask) -> Option<Call> {
        self.sender.as_ref().and_then(|_| write::ask(ask))
    }
}

fn receipts(mail: &Entity<'_>, report: Report, occurred: Occurred) -> Vec<Event> {
    let id = mail.header.ids("message-id").into_iter().next();
    let Report { of, outcomes } = report;
    let receipt = |(index, outcome): (usize, report::Outcome)| {
        let act = outcome.status.act();
        let mut event = Event::new(index, EventKind::Receipt, act, occurred);
        // One report, one id: of several recipients, each but the first adds its place.
        event.external_id =
            id.clone().map(|id| if index == 0 { id } else { format!("{id}#{}", index + 1) });
        event.receipt = Some(Receipt::new(&of, outcome.status).with_code(outcome.code));
        if let Some(address) = outcome.recipient {
            about(&mut event, address);
        }
        event
    };
    outcomes.into_iter().enumerate().map(receipt).collect()
}

fn about(event: &mut Event, address: String) {
    let sender = Identifier::asserted(Namespace::Email, address);
    event.identifiers = vec![sender.clone()];
    event.sender = Some(sender);
}

/// The messages that a mail answers, nearest first, each once, never itself.
fn references(header: &Header<'_>) -> Vec<String> {
    let own = header.ids("message-id").into_iter().next();
    let mut seen: BTreeSet<String> = own.into_iter().collect();
    let nearest = header.ids("in-reply-to").into_iter();
    let nearest = nearest.chain(header.ids("references").into_iter().rev());
    nearest.filter(|id| seen.insert(id.clone())).take(REFERENCES_MAX).collect()
}

fn folded(address: &str) -> String {
    address.trim().to_lowercase()
}

fn shortened(words: &str) -> String {
    clean(&words.chars().take(WORDS_CHARS_MAX).collect::<String>()).unwrap_or_default()
}
