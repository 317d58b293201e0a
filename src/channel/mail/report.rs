//! Reports of mail systems on mails of ours: delivered, failed, seen, complained about.
//!
//! Delivery status (RFC 3464) and disposition (RFC 8098) become receipts where they say for which
//! message; everything else is set aside, since no customer wrote it.

use super::body::Entity;
use super::header::Header;
use crate::model::{Code, DeliveryStatus, Rejection};

/// Most recipients of one report that are read.
pub(super) const RECIPIENTS_MAX: usize = 64;

/// What a report says of one recipient.
pub(super) struct Outcome {
    /// The recipient, where it is an address.
    pub(super) recipient: Option<String>,
    pub(super) status: DeliveryStatus,
    /// The system's own status, such as `5.1.1`.
    pub(super) code: Option<String>,
}

/// What a report says.
pub(super) struct Report {
    /// The message id of the mail of ours.
    pub(super) of: String,
    pub(super) outcomes: Vec<Outcome>,
}

/// Reads a report; `None` where the mail is none.
///
/// `named` is the mail of ours that the address names to which it came.
pub(super) fn read(mail: &Entity<'_>, named: Option<String>) -> Option<Result<Report, Rejection>> {
    if mail.media_type != "multipart/report" && !is_from_mail_system(&mail.header) {
        return None;
    }
    let told = if let Some(status) = mail.find("message/delivery-status") {
        delivery(original(mail).or(named), &status.bytes())
    } else if let Some(disposition) = mail.find("message/disposition-notification") {
        seen(&disposition.bytes())
    } else {
        Err("a mail system reports in words that only people read")
    };
    Some(told.map_err(|reason| Rejection::whole(Code::Report, reason)))
}

fn is_from_mail_system(header: &Header<'_>) -> bool {
    let from = header.mailboxes("from");
    let local = from.first().and_then(|from| from.address.split('@').next());
    local.is_some_and(|local| local.eq_ignore_ascii_case("mailer-daemon"))
}

fn delivery(of: Option<String>, status: &[u8]) -> Result<Report, &'static str> {
    let of = of.ok_or("a mail system reports on a mail that it does not name")?;
    let mut outcomes = Vec::new();
    let (mut rest, mut delayed) = (status, false);
    while !rest.is_empty() && outcomes.len() < RECIPIENTS_MAX {
        let (block, after) = Header::split(rest);
        rest = after;
        let status = match block.word("action").as_deref() {
            Some("failed") => DeliveryStatus::Failed,
            Some("delivered") => DeliveryStatus::Delivered,
            Some("relayed" | "expanded") => DeliveryStatus::Sent,
            Some("delayed") => {
                delayed = true;
                continue;
            }
            _ => continue,
        };
        let recipient = recipient(&block, "original-recipient");
        let recipient = recipient.or_else(|| self::recipient(&block, "final-recipient"));
        outcomes.push(Outcome { recipient, status, code: block.word("status") });
    }
    match (outcomes.is_empty(), delayed) {
        (false, _) => Ok(Report { of, outcomes }),
        (true, true) => Err("a mail system has not delivered a mail yet and goes on trying"),
        (true, false) => Err("a mail system reports nothing about any recipient"),
    }
}

fn seen(disposition: &[u8]) -> Result<Report, &'static str> {
    let (block, _) = Header::split(disposition);
    let of = block.ids("original-message-id").into_iter().next();
    let of = of.ok_or("a reader's mailer reports on a mail that it does not name")?;
    let displayed = block.text("disposition").is_some_and(|text| {
        text.split_once(';')
            .is_some_and(|(_, kind)| kind.trim().to_lowercase().starts_with("displayed"))
    });
    if !displayed {
        return Err("a reader's mailer reports that a mail was not shown");
    }
    let recipient = recipient(&block, "original-recipient");
    let recipient = recipient.or_else(|| self::recipient(&block, "final-recipient"));
    let outcomes = vec![Outcome { recipient, status: DeliveryStatus::Read, code: None }];
    Ok(Report { of, outcomes })
}

/// The id of the mail of ours, from the copy of it or of its header that comes with the report.
pub(super) fn original(mail: &Entity<'_>) -> Option<String> {
    let copies = ["message/rfc822", "message/global", "text/rfc822-headers"];
    let copy = copies.iter().find_map(|media_type| mail.find(media_type))?;
    Header::split(&copy.bytes()).0.ids("message-id").into_iter().next()
}

/// The address of a recipient field: `rfc822; camille@example.org`.
fn recipient(block: &Header<'_>, name: &str) -> Option<String> {
    let text = block.text(name)?;
    let (kind, address) = text.split_once(';')?;
    let address = address.trim().trim_start_matches('<').trim_end_matches('>');
    let fine = kind.trim().eq_ignore_ascii_case("rfc822")
        && address.contains('@')
        && !address.contains(char::is_whitespace);
    fine.then(|| address.to_owned())
}
