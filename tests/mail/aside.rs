//! Mail that no customer wrote to us: replies of programs, lists, reports.

use omnichannel::model::{Act, Code, DeliveryStatus, EventKind, Receipt};

use super::{decode, event, ignored, mail, sender};

#[test]
fn what_programs_answer_is_set_aside() {
    let signs = [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "auto-submitted: Auto-Notified; owner-email=\"a@x.org\"",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "Precedence: auto_reply",
        "X-Apple-Action: VACATION",
        "Subject: Automatic reply: Your order",
        "Subject: =?utf-8?Q?R=C3=A9ponse_automatique_:_absence?=",
        "Subject: Out of Office: back on Monday",
        "Auto-Submitted: auto-replied\nPrecedence: bulk\nList-Id: <l.x.org>",
    ];
    for sign in signs {
        assert_eq!(
            ignored(mail(&format!("From: a@x.org\n{sign}"), "I am away.")),
            Code::AutoReply,
            "{sign}"
        );
    }
}

#[test]
fn what_lists_send_is_set_aside() {
    let signs = [
        "List-Id: Cats <cats.x.org>",
        "List-Post: <mailto:cats@x.org>",
        "List-Unsubscribe: <https://x.org/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Precedence: list",
        "Precedence: Bulk",
        "Precedence: junk",
    ];
    for sign in signs {
        assert_eq!(
            ignored(mail(&format!("From: a@x.org\n{sign}"), "News.")),
            Code::ListMail,
            "{sign}"
        );
    }
}

#[test]
fn what_a_person_wrote_is_not_set_aside() {
    let no_signs = [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: All",
        "List-Unsubscribe: <mailto:u@x.org>",
        "Precedence: normal",
        "Subject: Re: Automatic reply: Your order",
        "Subject: Auto insurance",
        "Subject: Undelivered Mail Returned to Sender",
        "List-Id: <help.maison-lune.example>\nPrecedence: list",
        "List-Post: <mailto:help@maison-lune.example>\nMailing-list: list help@maison-lune.example",
    ];
    for sign in no_signs {
        let event = event(mail(&format!("From: a@x.org\n{sign}"), "Where is my parcel?"));
        assert_eq!((event.kind, sender(&event)), (EventKind::Message, Some("a@x.org")), "{sign}");
    }
}

fn report(kind: &str, told: &str, original: &str) -> Vec<u8> {
    let header = "From: MAILER-DAEMON@x.org\nMessage-ID: <r@x.org>\nAuto-Submitted: auto-replied\n\
        Date: Sun, 22 Nov 2026 10:00:00 +0000\nContent-Type: multipart/report; boundary=b";
    let parts = format!(
        "--b\n\nSorry.\n--b\nContent-Type: message/{kind}\n\n{told}\n--b\n\
         Content-Type: message/rfc822\n\n{original}\n--b--\n"
    );
    mail(header, &parts)
}

const OURS: &str =
    "From: help@maison-lune.example\nMessage-ID: <ours@maison-lune.example>\n\nHello";

fn receipt(status: DeliveryStatus, code: Option<&str>) -> Option<Receipt> {
    let (of, code) = ("ours@maison-lune.example".to_owned(), code.map(str::to_owned));
    Some(Receipt::new(of, status).with_code(code))
}

#[test]
fn a_bounce_that_names_our_mail_is_a_receipt() {
    let told = "Reporting-MTA: dns; x.org\n\nOriginal-Recipient: rfc822;c@x.org\n\
        Final-Recipient: rfc822; c@y.org\nAction: Failed\nStatus: 5.1.1 (unknown)\n";
    let event = event(report("delivery-status", told, OURS));
    assert_eq!((event.kind, event.act.clone()), (EventKind::Receipt, Act::Failed));
    assert_eq!(event.receipt, receipt(DeliveryStatus::Failed, Some("5.1.1")));
    assert_eq!((sender(&event), event.message.is_none()), (Some("c@x.org"), true));
    assert_eq!(event.external_id.as_deref(), Some("r@x.org"));
}

#[test]
fn several_recipients_are_a_receipt_each() {
    let told = "Reporting-MTA: dns; x.org\n\nFinal-Recipient: rfc822; c@x.org\nAction: failed\n\n\
        Final-Recipient: rfc822; d@x.org\nAction: delayed\n\n\
        Final-Recipient: rfc822; e@x.org\nAction: delivered\nStatus: 2.0.0";
    let decoded = decode(report("delivery-status", told, OURS));
    let seen: Vec<_> =
        decoded.events.iter().map(|e| (sender(e), e.index, e.external_id.as_deref())).collect();
    let expected = [(Some("c@x.org"), 0, Some("r@x.org")), (Some("e@x.org"), 1, Some("r@x.org#2"))];
    assert_eq!(seen, expected);
    assert_eq!(decoded.events[1].receipt, receipt(DeliveryStatus::Delivered, Some("2.0.0")));
}

#[test]
fn a_mail_that_was_shown_is_read() {
    let told = "Final-Recipient: rfc822;c@x.org\nOriginal-Message-ID: <ours@maison-lune.example>\n\
        Disposition: manual-action/MDN-sent-manually; displayed";
    let event = event(report("disposition-notification", told, ""));
    assert_eq!(event.receipt, receipt(DeliveryStatus::Read, None));
}

#[test]
fn reports_that_name_no_mail_of_ours_are_set_aside() {
    let failed = "Final-Recipient: rfc822; c@x.org\nAction: failed";
    let delayed = "Final-Recipient: rfc822; c@x.org\nAction: delayed";
    let cases = [
        report("delivery-status", failed, "From: a@x.org\n\nno id"),
        report("delivery-status", delayed, OURS),
        report("delivery-status", "nothing: here", OURS),
        report("feedback-report", "Feedback-Type: abuse", OURS),
        report("disposition-notification", "Disposition: a/b; deleted", OURS),
        mail("From: Mail Delivery <mailer-daemon@x.org>\nReturn-Path: <>", "Could not deliver."),
    ];
    for case in cases {
        assert_eq!(ignored(case), Code::Report);
    }
}

#[test]
fn a_bounce_within_a_persons_mail_is_a_file_of_that_mail() {
    let inner = String::from_utf8(report("delivery-status", "Action: failed", OURS)).unwrap();
    let body =
        format!("--o\n\nWhy did I get this?\n--o\nContent-Type: message/rfc822\n\n{inner}\n--o--");
    let event = event(mail("From: a@x.org\nContent-Type: multipart/mixed; boundary=o", &body));
    assert_eq!(
        (event.kind, super::text(&event).as_str()),
        (EventKind::Message, "Why did I get this?")
    );
}
