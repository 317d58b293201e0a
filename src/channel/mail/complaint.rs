//! Complaints: somebody called a mail of ours unwanted.
//!
//! The mailbox's provider passes it on (abuse reporting format, RFC 5965). A complaint is a
//! withdrawal: of the purpose that the mail's own offer to unsubscribe names, else of every one.

use super::body::Entity;
use super::header::Header;
use super::sender::MailSender;
use crate::model::{
    Act, Code, ConsentSignal, ConsentState, Event, EventKind, Identifier, LawfulBasis, Namespace,
    Occurred, Purpose, Rejection,
};

/// What is said of a mail that nobody wants more of; other reports tell of viruses, or that a mail
/// was wanted after all.
const UNWANTED: [&str; 4] = ["abuse", "fraud", "opt-out", "opt-out-list"];

/// Reads a complaint; `None` where the mail is none.
pub(super) fn read(
    mail: &Entity<'_>,
    sender: Option<&MailSender>,
    occurred: Occurred,
) -> Option<Result<Event, Rejection>> {
    let report = mail.find("message/feedback-report")?.bytes();
    let (report, _) = Header::split(&report);
    let aside = |reason: &str| Some(Err(Rejection::whole(Code::Report, reason)));
    let kind = report.word("feedback-type").unwrap_or_default();
    if !UNWANTED.contains(&kind.as_str()) {
        return aside("a mailbox's provider reports on a mail, and nobody complained");
    }
    let named = sender.and_then(|sender| offered(mail, sender));
    let named = named.or_else(|| Some((recipient(&report)?, None)));
    let Some((address, purpose)) = named else {
        return aside("a recipient complained about a mail, which the report does not name to us");
    };
    let mut event = withdrawal(address, purpose, occurred);
    event.external_id = mail.header.ids("message-id").into_iter().next();
    event.consents[0].evidence = Some(format!("feedback report (RFC 5965): {kind}"));
    Some(Ok(event))
}

/// A withdrawal of consent for an address.
pub(super) fn withdrawal(address: String, purpose: Option<Purpose>, occurred: Occurred) -> Event {
    let endpoint = Identifier::asserted(Namespace::Email, address);
    let mut event = Event::new(0, EventKind::Consent, Act::OptedOut, occurred);
    event.sender = Some(endpoint.clone());
    event.identifiers = vec![endpoint.clone()];
    event.consents = vec![ConsentSignal {
        endpoint,
        purpose,
        state: ConsentState::Withdrawn,
        basis: LawfulBasis::Consent,
        evidence: None,
    }];
    event
}

/// Whom and what for, by our own signed word in the copy of the mail.
fn offered(mail: &Entity<'_>, sender: &MailSender) -> Option<(String, Option<Purpose>)> {
    let copies = ["message/rfc822", "message/global", "text/rfc822-headers"];
    let copy = copies.iter().find_map(|media_type| mail.find(media_type))?.bytes();
    let offer = Header::split(&copy).0.text("list-unsubscribe")?;
    let url = offer.split(['<', '>']).find(|part| part.starts_with("https://"))?;
    let (address, purpose) = sender.unsubscribed(url)?;
    Some((address, Some(purpose)))
}

/// Whom, by the report itself; many providers leave it out.
fn recipient(report: &Header<'_>) -> Option<String> {
    let fields = ["original-rcpt-to", "removal-recipient"];
    let mut stated = fields.iter().flat_map(|field| report.mailboxes(field));
    stated.next().map(|stated| stated.address)
}
