//! Published mails that nobody here wrote, each as a person reads it.

use std::path::PathBuf;

use omnichannel::model::Code;

use super::{decode_at, references, sender, subject, text};

/// What a person reads in a mail.
struct Read {
    sender: Option<&'static str>,
    /// How the subject begins, or the text where there is no subject.
    subject: Option<&'static str>,
    text: &'static str,
    at: Option<&'static str>,
    id: Option<&'static str>,
    files: usize,
}

const NOTHING: Read = Read { sender: None, subject: None, text: "", at: None, id: None, files: 0 };

enum Expected {
    Message(Read),
    Ignored(Code),
}

fn text_of(words: &'static str) -> Expected {
    Expected::Message(Read { text: words, ..NOTHING })
}

fn with_files(words: &'static str, files: usize) -> Expected {
    Expected::Message(Read { text: words, files, ..NOTHING })
}

fn fable(
    sender: &'static str,
    subject: &'static str,
    at: &'static str,
    id: &'static str,
) -> Expected {
    let text = if subject.starts_with("The") {
        "The Hare and the Tortoise"
    } else {
        "Die Hasen und die Frösche\n"
    };
    Expected::Message(Read {
        sender: Some(sender),
        subject: Some(subject),
        text,
        at: Some(at),
        id: Some(id),
        files: 0,
    })
}

fn legacy() -> Vec<(&'static str, Expected)> {
    let (outlook, frogs) =
        ("Die Hasen und die Frösche (Microsoft Outlook 00)", "Die Hasen und die Frösche");
    let (doug, eudora) = ("doug@example.com", "dwsauder@example.com");
    vec![
        (
            "mailparser_legacy_001.eml",
            fable(
                doug,
                outlook,
                "2000-05-17T23:18:39Z",
                "NDBBIAKOPKHFGPLCODIGMEKCCHAA.doug@example.com",
            ),
        ),
        (
            "mailparser_legacy_003.eml",
            fable(
                eudora,
                frogs,
                "2000-05-19T04:29:55Z",
                "4.2.0.58.20000519002557.00a88870@pop.example.com",
            ),
        ),
        (
            "mailparser_legacy_004.eml",
            fable(
                eudora,
                "The Hare and the Tortoise",
                "2000-05-19T05:13:19Z",
                "4.2.0.58.20000519011207.00a8cd70@pop.example.com",
            ),
        ),
        (
            "mailparser_legacy_009.eml",
            fable(
                eudora,
                frogs,
                "2000-05-19T05:06:18Z",
                "4.2.0.58.20000519010441.00a8d140@pop.example.com",
            ),
        ),
        (
            "mailparser_legacy_013.eml",
            fable(
                doug,
                outlook,
                "2000-05-17T23:13:51Z",
                "NDBBIAKOPKHFGPLCODIGEEKCCHAA.doug@example.com",
            ),
        ),
        (
            "mailparser_legacy_036.eml",
            fable(
                "doug@penguin.example.com",
                frogs,
                "2000-05-19T14:18:03Z",
                "Pine.LNX.4.21.0005191014500.8452-100000@penguin.example.com",
            ),
        ),
    ]
}

fn broken() -> Vec<(&'static str, Expected)> {
    let read = Expected::Message;
    vec![
        ("mailparser_malformed_011.eml", text_of("1\n22\n333")),
        ("mailparser_malformed_016.eml", text_of("1\n22\n--12345678901")),
        ("mailparser_malformed_018.eml", text_of("Best\nEnviado desde mi BlackBerry®")),
        (
            "mailparser_malformed_019.eml",
            read(Read {
                subject: Some("Sprint 3 multipart fixture"),
                text: "JPlain text body of the multi",
                at: Some("2026-04-07T10:00:00Z"),
                id: Some("multi-001@example.test"),
                ..NOTHING
            }),
        ),
        ("mailparser_malformed_023.eml", text_of("5\nContent-Type:message/rfc822")),
        (
            "mailparser_regressions_date-zone-military.eml",
            read(Read {
                subject: Some("s"),
                text: "body",
                at: Some("1997-07-10T14:53:31Z"),
                ..NOTHING
            }),
        ),
        ("mailparser_regressions_doubly-encoded-message.eml", with_files("", 1)),
        ("mailparser_regressions_header-name-smuggled-subject.eml", text_of("body")),
        ("mailparser_regressions_inline-text-with-filename.eml", with_files("body", 1)),
        ("mailparser_regressions_missing-close-delimiter.eml", text_of("no end")),
        ("mailparser_regressions_mixed-calendar.eml", with_files("text", 1)),
    ]
}

fn others() -> Vec<(&'static str, Expected)> {
    let read = Expected::Message;
    vec![
        (
            "anymail_sample_email.eml",
            read(Read {
                sender: Some("someone@example.com"),
                subject: Some("Test email"),
                text: "Hi Bob, This is a message.",
                at: Some("2013-05-03T18:26:27Z"),
                id: Some("20130503182626.18666.16540@example.com"),
                files: 0,
            }),
        ),
        (
            "mailparser_rfc_000.eml",
            read(Read {
                sender: Some("nsb@nsb.fv.com"),
                subject: Some("A multipart example"),
                text: "... Some text appears here ...",
                at: Some("1994-10-07T23:15:05Z"),
                files: 4,
                ..NOTHING
            }),
        ),
        (
            "mailparser_rfc_002.eml",
            read(Read {
                sender: Some("vice-president@whitehouse.gov"),
                subject: Some("[Fwd: Map of Argentina with Description]"),
                text: "Fred,\n\nFire up Air Force One!",
                files: 1,
                ..NOTHING
            }),
        ),
        (
            "mailparser_rfc_007.eml",
            read(Read {
                subject: Some("RFC 8621 Section 4.1.4 test"),
                text: "A\nB\nD\nK",
                files: 5,
                ..NOTHING
            }),
        ),
        ("mailparser_rfc_008.eml", with_files("This is a message with a base64", 1)),
        (
            "mailparser_thirdparty_010.eml",
            read(Read { subject: Some("こんにちは"), text: "人権の無視及", ..NOTHING }),
        ),
        ("mailparser_thirdparty_014.eml", Expected::Ignored(Code::ListMail)),
        (
            "mailparser_thirdparty_015.eml",
            read(Read {
                sender: Some("jsterr@proxforge.de"),
                subject: Some("Re: (#5290765) Proxmox Shop E-Mails"),
                text: "Hallo Stoiko,\n\nalles klar",
                at: Some("2026-02-13T21:38:16Z"),
                id: Some("7da78721a8a234894af702fe25fc64a5@proxforge.de"),
                files: 3,
            }),
        ),
    ]
}

/// Where the published payloads are; `None`, said aloud, where they are not.
fn folder(name: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test is told where the payloads are")]
    let told = std::env::var("OMNICHANNEL_PAYLOADS").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let folder = told.unwrap_or_else(|_| default()).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let line =
        format!("skipped: payloads not found at {} (set OMNICHANNEL_PAYLOADS)\n", folder.display());
    // Straight to standard error: the harness hides what a passing test prints.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    None
}

fn mails(folder: &PathBuf) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".eml"));
    names.sort();
    names
}

#[test]
fn every_published_mail_reads_as_the_table_says() {
    let Some(folder) = folder("email") else { return };
    let mut table: Vec<_> = legacy().into_iter().chain(broken()).chain(others()).collect();
    table.sort_by_key(|(name, _)| *name);
    let named: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    assert_eq!(mails(&folder), named, "every mail of the folder is in the table");
    for (name, expected) in table {
        let decoded = decode_at(std::fs::read(folder.join(name)).unwrap(), None);
        assert_eq!(decoded.rejected, [], "{name}");
        let read = match expected {
            Expected::Ignored(code) => {
                assert_eq!(decoded.ignored[0].code, code, "{name}");
                continue;
            }
            Expected::Message(read) => read,
        };
        assert_eq!((decoded.ignored.len(), decoded.events.len()), (0, 1), "{name}");
        let event = &decoded.events[0];
        assert_eq!(event.kind.name(), "message", "{name}");
        assert_eq!(sender(event), read.sender, "{name}");
        assert_eq!(subject(event), read.subject, "{name}");
        assert!(text(event).starts_with(read.text), "{name}: {}", text(event));
        assert_eq!(text(event).is_empty(), read.text.is_empty(), "{name}");
        assert_eq!(event.occurred.at.map(|at| at.to_string()).as_deref(), read.at, "{name}");
        assert_eq!(event.external_id.as_deref(), read.id, "{name}");
        assert_eq!(super::files(event).len(), read.files, "{name}");
        assert_eq!(references(event), [""; 0], "{name}");
    }
}

#[test]
fn published_bounces_and_automatic_replies_open_no_conversation() {
    let Some(folder) = folder("email_bounce") else { return };
    for name in mails(&folder) {
        let decoded = decode_at(std::fs::read(folder.join(&name)).unwrap(), None);
        let told = decoded.events.first().map(|event| event.kind.name());
        let told = told.or(decoded.ignored.first().map(|ignored| ignored.code.name()));
        let expected: &[&str] = if name.contains("is-not-bounce") {
            &["message"]
        } else if name.contains("rfc3834") {
            &["auto_reply"]
        } else {
            &["receipt", "report", "consent"]
        };
        assert!(told.is_some_and(|told| expected.contains(&told)), "{name}: {told:?}");
    }
}

#[test]
fn published_replies_are_messages_of_their_senders() {
    let Some(folder) = folder("email_replies") else { return };
    for name in mails(&folder) {
        let decoded = decode_at(std::fs::read(folder.join(&name)).unwrap(), None);
        let event = decoded.events.first().unwrap_or_else(|| panic!("{name}: no event"));
        assert!(event.kind.name() == "message" && sender(event).is_some(), "{name}");
        assert!(!text(event).is_empty(), "{name}");
    }
}
