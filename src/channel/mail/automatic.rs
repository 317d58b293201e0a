//! Mail that no customer wrote to us: automatic replies and lists.
//!
//! Signs are fields (RFC 3834, RFC 2919, RFC 2369, RFC 8058, and what mailers wrote before them).
//! The subject is read last, and only for the phrases that mailers put before a colon.
//!
//! # Why
//!
//! `List-Unsubscribe` alone is no sign: mailing services add it to single mails too. Neither is
//! `X-Auto-Response-Suppress`, by which a sender only asks for peace. A list that is one of the
//! company's own addresses is a shared mailbox (`support@` kept as a group), and what comes by it
//! is from customers.

use super::header::Header;
use crate::model::{Code, Rejection};

/// Fields that only programs which answer write; the value does not matter unless it is `no`.
const OF_RESPONDERS: &[&str] = &[
    "x-autoreply",
    "x-autoreply-from",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-mail-autoreply",
];

/// What mailers put before the subject of an automatic reply, up to the colon.
const PHRASES: &[&str] = &[
    "abwesenheitsnotiz",
    "auto",
    "auto reply",
    "auto response",
    "auto-reply",
    "automatic reply",
    "automatische antwort",
    "automatisch antwoord",
    "autoreply",
    "out of office",
    "out of office autoreply",
    "out of the office",
    "respuesta automática",
    "risposta automatica",
    "resposta automática",
    "réponse automatique",
];

/// Why a mail is set aside, where it is.
pub(super) fn set_aside(header: &Header<'_>, is_own: impl Fn(&str) -> bool) -> Option<Rejection> {
    if let Some(sign) = automatic(header) {
        let reason = format!("written by a program and by no person: {sign}");
        return Some(Rejection::whole(Code::AutoReply, reason));
    }
    let sign = listed(header).filter(|_| !is_own_list(header, is_own))?;
    Some(Rejection::whole(Code::ListMail, format!("sent to many, not to us: {sign}")))
}

fn automatic(header: &Header<'_>) -> Option<&'static str> {
    if header.word("auto-submitted").is_some_and(|word| word != "no") {
        return Some("the field Auto-Submitted says so");
    }
    let says = |name: &str| header.word(name).is_some_and(|word| word != "no");
    if OF_RESPONDERS.iter().any(|name| says(name)) {
        return Some("it has a field of programs that answer");
    }
    let precedence = header.word("precedence");
    if matches!(precedence.as_deref(), Some("auto_reply" | "auto-reply")) {
        return Some("the field Precedence says so");
    }
    if header.word("x-apple-action").is_some_and(|word| word == "vacation") {
        return Some("it has a field of programs that answer");
    }
    let subject = header.text("subject")?.to_lowercase();
    let (phrase, _) = subject.split_once(':')?;
    PHRASES.contains(&phrase.trim_end()).then_some("its subject begins as automatic replies do")
}

fn listed(header: &Header<'_>) -> Option<&'static str> {
    if header.has("list-id") {
        return Some("the field List-Id names a list");
    }
    if header.has("list-post") {
        return Some("the field List-Post names a list");
    }
    if header.has("list-unsubscribe-post") {
        return Some("the field List-Unsubscribe-Post is of mass mailings");
    }
    let precedence = header.word("precedence");
    let many = matches!(precedence.as_deref(), Some("list" | "bulk" | "junk"));
    many.then_some("the field Precedence says so")
}

/// Whether the list is an address of ours, by where one posts to it or by its id.
fn is_own_list(header: &Header<'_>, is_own: impl Fn(&str) -> bool) -> bool {
    let between = |text: String| {
        let (_, rest) = text.rsplit_once('<')?;
        rest.split_once('>').map(|(inner, _)| inner.trim().to_lowercase())
    };
    let post = header.text("list-post").and_then(between);
    let post = post.as_deref().and_then(|url| url.strip_prefix("mailto:"));
    let id = header.text("list-id").map(|id| between(id.clone()).unwrap_or(id));
    let id = id.as_deref().and_then(|id| id.split_once('.'));
    post.is_some_and(|post| is_own(post.split('?').next().unwrap_or(post)))
        || id.is_some_and(|(name, domain)| is_own(&format!("{name}@{domain}")))
}
