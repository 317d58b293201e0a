//! Who wrote, when, under which id, in answer to what.

use omnichannel::model::{Act, Author, Direction, Namespace, TimeOrigin};

use super::{decode_at, event, ignored, mail, references, sender, subject, text};
use omnichannel::model::Code;

#[test]
fn a_letter_is_a_question_of_its_sender() {
    let event = event(mail(super::LETTER, "Do you have it in 38?\n"));
    assert_eq!(
        (sender(&event), text(&event).as_str()),
        (Some("camille.secret@example.org"), "Do you have it in 38?")
    );
    assert_eq!(event.external_id.as_deref(), Some("letter-1@example.org"));
    assert_eq!(event.occurred.at, Some(super::time("2026-11-22T08:00:00Z")));
    assert_eq!(subject(&event), Some("Secret size"));
    assert_eq!(event.attributes["name"].expose(), "Camille Secret");
    assert_eq!(event.identifiers.len(), 1);
    assert_eq!(event.identifiers[0].namespace, Namespace::Email);
    assert_eq!(
        (event.act.clone(), references(&event)),
        (Act::Replied, vec!["question-1@maison-lune.example"])
    );
}

#[test]
fn names_and_subjects_are_decoded() {
    let cases = [
        ("=?ISO-8859-1?Q?Andr=E9?= Pirard <a@b.be>", "André Pirard"),
        ("=?windows-1252?Q?L=92atelier?= <a@b.be>", "L’atelier"),
        ("=?UTF-8?B?w4lsb8Ov?=\n =?UTF-8?B?c2U=?= <a@b.be>", "Éloïse"),
        ("=?GB2312?B?zfXQodD8?= <a@b.cn>", "王小悬"),
        ("\"Doe, \\\"Joe\\\"\" <a@b.be>", "Doe, \"Joe\""),
        ("a@b.be (Joe Doe)", "Joe Doe"),
    ];
    for (from, name) in cases {
        let event = event(mail(&format!("From: {from}"), "x"));
        assert_eq!(event.attributes.get("name").map(|n| n.expose().as_str()), Some(name), "{from}");
    }
    let raw = [b"Subject: Fr\xf6sche".as_slice(), b"\n\nx"].concat();
    assert_eq!(subject(&event(raw)), Some("Frösche"));
    let folded = mail("Subject: one\n two\n\tthree", "x");
    assert_eq!(subject(&event(folded)), Some("one two three"));
}

#[test]
fn a_mail_without_a_sender_names_nobody() {
    let nobody = ["Subject: x", "From: undisclosed\nSubject: x", "From: <>\nReply-To: <r@x.org>"];
    for header in nobody {
        let event = event(mail(header, "words"));
        assert_eq!((sender(&event), event.identifiers.len()), (None, 0), "{header}");
    }
    let by_sender = event(mail("Sender: <s@x.org>\nReturn-Path: <b@x.org>", "words"));
    assert_eq!(sender(&by_sender), Some("s@x.org"));
    let first = event(mail("From: broken, A <a@x.org>, b@x.org", "words"));
    assert_eq!(sender(&first), Some("a@x.org"));
}

#[test]
fn a_reply_address_is_a_detail_and_never_an_identifier() {
    let event =
        event(mail("From: a@x.org\nReply-To: Desk <desk@y.org>\nCc: c@x.org, d@x.org", "x"));
    assert_eq!(event.identifiers.len(), 1);
    assert_eq!(event.details["reply_to"].expose(), "desk@y.org");
    assert_eq!(event.details["cc"].expose(), "c@x.org, d@x.org");
}

#[test]
fn dates_are_read_in_every_zone_they_are_written_in() {
    let cases = [
        ("Sun, 22 Nov 2026 09:00:00 +0100", "2026-11-22T08:00:00Z"),
        ("22 Nov 2026 09:00 -0000", "2026-11-22T09:00:00Z"),
        ("Sun, 22 Nov 26 03:30:00 EST", "2026-11-22T08:30:00Z"),
        ("Sat, 21 Nov 2026 23:30:00 PST (winter)", "2026-11-22T07:30:00Z"),
        ("Sun, 22 Nov 2026 09:00:00 GMT", "2026-11-22T09:00:00Z"),
        ("Sun, 22 Nov 2026 09:00:00 Z", "2026-11-22T09:00:00Z"),
        ("Sun, 22 Nov 2026 09:00:00 K", "2026-11-22T09:00:00Z"),
        ("Sun, 22 Nov 2026 09:00:00", "2026-11-22T09:00:00Z"),
        ("Thu, 31 Dec 1998 23:59:60 +0000", "1998-12-31T23:59:59Z"),
        ("Sun, 22 Nov\n 2026 (a\n comment) 09:00:00 +0530", "2026-11-22T03:30:00Z"),
    ];
    for (written, meant) in cases {
        let event = event(mail(&format!("From: a@x.org\nDate: {written}"), "x"));
        assert_eq!(event.occurred.at, Some(super::time(meant)), "{written}");
        assert_eq!(event.occurred.origin, TimeOrigin::Event);
    }
}

#[test]
fn an_unreadable_date_is_the_receipt_or_unknown_and_never_a_refusal() {
    for written in
        ["yesterday", "Sun, 31 Feb 2026 09:00:00 +0000", "99 Foo 0000 77:99:99 +9999", ""]
    {
        let body = mail(&format!("From: a@x.org\nDate: {written}"), "x");
        let event = event(body.clone());
        assert_eq!(event.occurred.at, Some(super::time(super::RECEIVED)), "{written}");
        assert_eq!(event.occurred.origin, TimeOrigin::Transport);
        assert_eq!(event.details.contains_key("date_unreadable"), !written.is_empty());
        assert_eq!(decode_at(body, None).events[0].occurred.at, None);
    }
    let future = event(mail("From: a@x.org\nDate: Mon, 1 Jan 2029 00:00:00 +0000", "x"));
    assert_eq!(future.occurred.at, Some(super::time(super::RECEIVED)));
    assert!(!future.details.contains_key("date_unreadable"));
}

#[test]
fn ids_lose_their_brackets_and_nothing_else() {
    let id = |header: &str| event(mail(&format!("Subject: x\n{header}"), "x")).external_id;
    assert_eq!(id("Message-ID: <A.b+C@x.org>").as_deref(), Some("A.b+C@x.org"));
    assert_eq!(id("Message-Id:\n <a@\n x.org>  ").as_deref(), Some("a@x.org"));
    assert_eq!(id("MESSAGE-ID: bare@x.org").as_deref(), Some("bare@x.org"));
    for absent in ["Message-ID:", "Message-ID: <>", "Message-ID: < >", "X: y", "Message-ID: no id"]
    {
        assert_eq!(id(absent), None, "{absent}");
    }
}

#[test]
fn references_are_nearest_first_each_once_never_itself() {
    let answers = |header: &str| {
        let event = event(mail(&format!("From: a@x.org\nMessage-ID: <me@x>\n{header}"), "x"));
        references(&event).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let thread = "In-Reply-To: <3@x>\nReferences: <1@x> <2@x>\n\t<3@x> <me@x> <1@x>";
    assert_eq!(answers(thread), ["3@x", "1@x", "2@x"]);
    assert_eq!(answers("References: <1@x> broken <2@x"), ["1@x"]);
    assert_eq!(answers("In-Reply-To: Your message of Sunday <1@x>"), ["1@x"]);
    assert_eq!(answers("In-Reply-To:\nReferences: <1@x>"), ["1@x"]);
    assert_eq!(answers("In-Reply-To: your mail of today"), [""; 0]);
    let long: String = (0..100).map(|n| format!("<{n}@x> ")).collect();
    let kept = answers(&format!("References: {long}"));
    assert_eq!((kept.len(), kept[0].as_str()), (64, "99@x"));
}

#[test]
fn what_the_company_wrote_is_outbound_and_about_the_recipient() {
    let event = event(mail(
        "From: Help <HELP@Maison-Lune.example>\nTo: help@maison-lune.example, C <c@x.org>",
        "Yes.",
    ));
    let message = event.message.as_ref().unwrap();
    assert_eq!((message.direction, message.author), (Direction::Outbound, Author::Agent));
    assert_eq!((sender(&event), event.act.clone()), (Some("c@x.org"), Act::Sent));
    assert_eq!(event.attributes.len(), 0);
}

#[test]
fn a_form_that_mails_itself_is_the_customers_and_a_note_to_self_is_an_echo() {
    let own = "From: help@maison-lune.example\nTo: help@maison-lune.example";
    let form = event(mail(&format!("{own}\nReply-To: Camille <c@x.org>"), "x"));
    assert_eq!(sender(&form), Some("c@x.org"));
    assert_eq!(form.message.unwrap().direction, Direction::Inbound);
    assert_eq!(ignored(mail(own, "x")), Code::Echo);
}
