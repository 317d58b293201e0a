//! Writes a message as one mail, and reads what a mail server answers.
//!
//! The call's verb is `MAIL`; the headers `MAIL FROM` and `RCPT TO` are the envelope, the body the
//! mail. The server's reply code is the status, and the transport hands the `Message-ID` back.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

use super::encoding::transferred;
use super::sender::MailSender;
use super::token::Kind;
use crate::channel::{Ask, Call, RawOutbound, TransportAnswer};
use crate::model::{BlobRef, Element, Form, Outbound, SendOutcome, Timestamp};
use crate::{Error, ErrorKind, Result};

/// What can be sent beside words.
pub(super) const ELEMENTS: [Element; 4] =
    [Element::Image, Element::Video, Element::Audio, Element::File];

/// The last second that a mail's date can tell: the end of the year 9999.
const DATE_SECS_MAX: i64 = 253_402_300_799;

/// Longest subject, in characters; more is cut. A line has at most 998 (RFC 5322, section 2.1.1).
const SUBJECT_CHARS_MAX: usize = 250;

/// Longest message id that is named, in bytes.
const ID_BYTES_MAX: usize = 900;

/// After how long a mail that was put off is tried again: what greylisting mostly asks for.
const RETRY: Duration = Duration::from_secs(300);

/// After how long a server that was not reached is tried again.
const RECONNECT: Duration = Duration::from_secs(60);

/// The call that sends a message.
pub(super) fn plan(sender: &MailSender, message: &Outbound) -> Result<RawOutbound> {
    let whom = message.address.expose().trim();
    let to: Address = whom.parse().map_err(|_| invalid("the address is no e-mail address"))?;
    let id = format!("<{}>", sender.message_id(message.decision));
    let mut mail = Message::builder()
        .message_id(Some(id.clone()))
        .date(date(message.at))
        .from(Mailbox::new(sender.name.as_deref().map(plain), sender.address.clone()))
        .to(Mailbox::new(None, to));
    if !sender.keys.is_empty() {
        let back = sender.way_back(Kind::Reply, message.decision, whom);
        let back =
            back.parse().map_err(|_| invalid("the address for answers cannot be written"))?;
        mail = mail.reply_to(Mailbox::new(sender.name.as_deref().map(plain), back));
    }
    if let Some(title) = &message.title {
        let title: String = plain(title.expose()).chars().take(SUBJECT_CHARS_MAX).collect();
        mail = mail.subject(title);
    }
    if let Some(answered) = message.answers.as_deref().filter(|id| is_message_id(id)) {
        mail = mail.in_reply_to(format!("<{answered}>")).references(format!("<{answered}>"));
    }
    if let Some(url) = sender.unsubscribe_url(&message.purpose, whom) {
        mail = mail.raw_header(unfolded("List-Unsubscribe", &format!("<{url}>")));
        mail = mail.raw_header(unfolded("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let text = message.text.expose().clone();
    let mail = match &message.form {
        Form::File(file) => {
            // A boundary of its own choice would be another at every call.
            let both = MultiPart::mixed().boundary(format!("{}-parts", message.decision));
            mail.multipart(both.singlepart(SinglePart::plain(text)).singlepart(attached(file)?))
        }
        _ => mail.header(ContentType::TEXT_PLAIN).body(text),
    };
    let mail = mail.map_err(|_| invalid("the message cannot be written as a mail"))?;
    let envelope = sender.way_back(Kind::Bounce, message.decision, "");
    Ok(RawOutbound {
        method: "MAIL".to_owned(),
        path: String::new(),
        headers: vec![
            ("MAIL FROM".to_owned(), envelope),
            ("RCPT TO".to_owned(), whom.to_owned()),
            ("Message-ID".to_owned(), id),
        ],
        body: mail.formatted(),
    })
}

/// A file that its location holds, as `data:image/png;base64,...` (RFC 2397).
fn attached(file: &BlobRef) -> Result<SinglePart> {
    let why = "a mail takes a file whose location holds it: `data:image/png;base64,...`";
    let data = file.location.expose().strip_prefix("data:").and_then(|url| url.split_once(','));
    let data = data.and_then(|(said, data)| said.ends_with(";base64").then_some(data));
    let bytes = transferred(data.ok_or_else(|| invalid(why))?.as_bytes(), Some("base64"));
    let media_type = ContentType::parse(&file.media_type);
    let media_type = media_type.map_err(|_| invalid("the file's media type is none"))?;
    let name = file.file_name.as_ref().map_or("file".to_owned(), |name| plain(name.expose()));
    Ok(Attachment::new(name).body(bytes.into_owned(), media_type))
}

/// Whether the server is there, by a connection and no mail.
pub(super) fn ask(ask: &Ask) -> Option<Call> {
    let (method, path) = ("NOOP".to_owned(), String::new());
    let call = RawOutbound { method, path, headers: Vec::new(), body: Vec::new() };
    (*ask == Ask::Health).then_some(Call::Provider(call))
}

/// Reads what a mail server answered (RFC 5321, section 4.2.3).
pub(super) fn interpret(answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
    let (status, headers, body) = match answer {
        TransportAnswer::Answered { status, headers, body } => (*status, headers, body),
        TransportAnswer::NotSent => {
            return SendOutcome::Deferred { retry_at: now.plus(RECONNECT) };
        }
        TransportAnswer::NoAnswer => return SendOutcome::Unknown,
    };
    match status {
        200..=299 => {
            let id = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("message-id"));
            let id = id.map_or("", |(_, id)| id.trim_matches(['<', '>']));
            SendOutcome::Accepted { provider_id: id.to_owned() }
        }
        400..=499 => SendOutcome::Deferred { retry_at: now.plus(RETRY) },
        530 | 534 | 535 | 538 => rejected("the mail server does not take our credentials".into()),
        _ => rejected(format!("the mail server refused the mail: {status}{}", enhanced(body))),
    }
}

fn rejected(reason: String) -> SendOutcome {
    SendOutcome::Rejected { reason }
}

/// The enhanced status code (RFC 3463) among a server's words, which may name people.
fn enhanced(words: &[u8]) -> String {
    let words = String::from_utf8_lossy(words);
    let is_code = |word: &&str| {
        let mut numbers = word.split('.');
        let class = numbers.next().is_some_and(|class| matches!(class, "4" | "5"));
        let is_number = |part: &str| (1..=3).contains(&part.len()) && part.parse::<u16>().is_ok();
        class && numbers.clone().count() == 2 && numbers.all(is_number)
    };
    words.split_whitespace().find(is_code).map_or(String::new(), |code| format!(" {code}"))
}

/// A time as a mail's date has it; what lies outside its years is their end.
fn date(at: Timestamp) -> SystemTime {
    let seconds = at.to_chrono().timestamp().clamp(0, DATE_SECS_MAX);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

/// Words of one line: nothing in them ends a header.
fn plain(words: &str) -> String {
    let words = words.split(|c: char| c.is_control() || c.is_whitespace());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether an id can stand in a header as it is.
fn is_message_id(id: &str) -> bool {
    (3..=ID_BYTES_MAX).contains(&id.len())
        && id.contains('@')
        && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte))
}

/// A header on one line: folded, signatures of some servers no longer fit it.
fn unfolded(name: &'static str, value: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned())
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, why).during("channel.plan")
}
