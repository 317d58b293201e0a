//! Mails handed to servers on this machine: failing ones and a real one.
#![cfg(feature = "smtp")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]
#![expect(clippy::disallowed_methods, reason = "a server has a thread of its own")]

mod real;
mod server;

use std::time::Duration;

use omnichannel::channel::{
    ChannelCodec as _, Mail, MailSender, RawOutbound, Smtp, Transport as _, TransportAnswer,
};
use omnichannel::model::{
    Channel, ChannelKind, DecisionId, Namespace, Outbound, Pii, TenantId, Timestamp,
};
use server::{Stage, serve};

const OWN: &str = "help@maison-lune.example";
const TEXT: &str = "Bonjour Zoé,\n\n.\n..\nÀ bientôt 🎁";

fn mailbox() -> Mail {
    let sender = MailSender::new(OWN).unwrap().named("Maison Lune");
    Mail::new(Channel::new("help", ChannelKind::Email).unwrap(), [OWN]).sending_as(sender)
}

fn planned(address: &str) -> RawOutbound {
    let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
    let channel = mailbox().channel().id.clone();
    let message = Outbound {
        at: "2026-11-22T13:45:00Z".parse::<Timestamp>().unwrap(),
        title: Some(Pii::new("Votre commande".to_owned())),
        ..Outbound::new((decision, channel), (Namespace::Email, address), TEXT)
    };
    mailbox().plan(&message).unwrap().remove(0)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn sent(smtp: &Smtp, address: &str) -> TransportAnswer {
    run(smtp.call(planned(address)))
}

fn at(port: u16) -> Smtp {
    Smtp::on_this_machine(port).timeout(Duration::from_millis(500))
}

fn status(answer: &TransportAnswer) -> Option<(u16, String)> {
    match answer {
        TransportAnswer::Answered { status, body, .. } => {
            Some((*status, String::from_utf8(body.clone()).unwrap()))
        }
        TransportAnswer::NotSent | TransportAnswer::NoAnswer => None,
    }
}

#[test]
fn a_mail_that_a_server_takes_goes_by_its_own_id() {
    let (port, heard) = serve(None);
    let answer = sent(&at(port), "zoe@example.org");
    let TransportAnswer::Answered { status: 250, headers, .. } = answer else { panic!("taken") };
    let id = format!("<{}@maison-lune.example>", TenantId::named("t"));
    assert_eq!(headers, [("Message-ID".to_owned(), id)]);
    let heard = heard.recv().unwrap();
    let [hello, from, to, ..] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(hello, "EHLO maison-lune.example");
    assert_eq!(
        (from.as_str(), to.as_str()),
        ("MAIL FROM:<help@maison-lune.example>", "RCPT TO:<zoe@example.org>")
    );
}

#[test]
fn what_a_server_refuses_before_the_content_is_told_with_its_code_alone() {
    for (stage, reply, told) in [
        (Stage::Greeting, "421 4.3.2 come back", (421, "4.3.2")),
        (Stage::From, "451 4.7.1 greylisted help@maison-lune.example", (451, "4.7.1")),
        (Stage::To, "550 5.1.1 <zoe@example.org> nobody", (550, "5.1.1")),
        (Stage::To, "550 zoe@example.org: nobody", (550, "")),
        (Stage::Data, "554 5.7.1 no", (554, "5.7.1")),
        (Stage::Content, "552 5.3.4 too large", (552, "5.3.4")),
    ] {
        let (port, _heard) = serve(Some((stage, Some(reply))));
        let answer = status(&sent(&at(port), "zoe@example.org"));
        assert_eq!(answer, Some((told.0, told.1.to_owned())), "{reply}");
    }
}

#[test]
fn a_server_that_is_gone_before_the_content_was_sent_nothing_and_after_it_nobody_knows() {
    for stage in [Stage::Greeting, Stage::From, Stage::To, Stage::Data] {
        let (port, _heard) = serve(Some((stage, None)));
        assert_eq!(sent(&at(port), "zoe@example.org"), TransportAnswer::NotSent, "{stage:?}");
    }
    let (port, _heard) = serve(Some((Stage::Content, None)));
    assert_eq!(sent(&at(port), "zoe@example.org"), TransportAnswer::NoAnswer);
}

#[test]
fn nothing_leaves_unencrypted() {
    let (port, _heard) = serve(None);
    let bare = Smtp::new("127.0.0.1").port(port).timeout(Duration::from_millis(500));
    assert_eq!(sent(&bare, "zoe@example.org"), TransportAnswer::NotSent, "it speaks no TLS");
    let (port, heard) = serve(None);
    let offered = Smtp::new("127.0.0.1").starttls().port(port).credentials("help", "secret");
    assert_eq!(sent(&offered, "zoe@example.org"), TransportAnswer::NotSent, "it offers none");
    let heard = heard.recv().unwrap();
    assert!(!heard.iter().any(|line| line.starts_with("AUTH")), "{heard:?}");
}

#[test]
fn letters_beyond_ascii_are_for_servers_that_take_them() {
    let (port, _heard) = serve(None);
    assert_eq!(status(&sent(&at(port), "zoé@example.org")), Some((553, String::new())));
}

#[test]
fn what_is_no_mail_never_leaves_and_no_secret_shows() {
    let (port, _heard) = serve(None);
    for left_out in ["MAIL FROM", "RCPT TO", "Message-ID"] {
        let mut call = planned("zoe@example.org");
        call.headers.retain(|(name, _)| name != left_out);
        assert_eq!(run(at(port).call(call)), TransportAnswer::NotSent, "{left_out}");
    }
    let smtp = at(1).credentials("the-name", "the-secret");
    assert!(!format!("{smtp:?}").contains("the-"));
    assert!(at(1).trusting(b"no certificate").is_err());
}
