//! Mails that are written: read back as meant, whole, and with nothing smuggled in.

use omnichannel::channel::{Mail, MailSender, TransportAnswer};
use omnichannel::model::{
    Channel, ChannelKind, DecisionId, Namespace, Outbound, Pii, Purpose, SendOutcome, TenantId,
    Timestamp,
};
use proptest::prelude::*;

use super::*;

pub(crate) const OWN: &str = "help@maison-lune.example";
pub(crate) const ZOE: &str = "zoe@example.org";
pub(crate) const KEY: &[u8] = b"32 random bytes, kept as a secret";

pub(crate) fn sender() -> MailSender {
    MailSender::new(OWN)
        .unwrap()
        .named("Maison Lune")
        .signed_with([KEY])
        .unwrap()
        .unsubscribed_at("https://maison-lune.example/u?shop=1", [Purpose::new("news")])
        .unwrap()
}

pub(crate) fn mailbox() -> Mail {
    Mail::new(Channel::new("help", ChannelKind::Email).unwrap(), [OWN]).sending_as(sender())
}

pub(crate) fn decision() -> DecisionId {
    DecisionId::from_uuid(TenantId::named("t").as_uuid())
}

pub(crate) fn outbound(text: &str) -> Outbound {
    let channel = mailbox().channel().id.clone();
    let at = "2026-11-22T13:45:07.5Z".parse::<Timestamp>().unwrap();
    Outbound { at, ..Outbound::new((decision(), channel), (Namespace::Email, ZOE), text) }
}

/// The envelope and the mail of a message.
pub(crate) fn written(message: &Outbound) -> (Vec<(String, String)>, String) {
    let mut calls = mailbox().plan(message).unwrap();
    assert_eq!(calls.len(), 1);
    let call = calls.remove(0);
    assert_eq!(call.method, "MAIL");
    (call.headers, String::from_utf8(call.body).unwrap())
}

/// What somebody who gets the mail reads in it.
fn received(mail: &str) -> Event {
    let reader = Mail::new(Channel::new("zoe", ChannelKind::Email).unwrap(), [ZOE]);
    let request = RawInbound::new(TenantId::named("t"), reader.channel().id.clone(), mail);
    let request = request.attested("a test");
    let request = verify(&reader.scheme(), &KeyRing::default(), request, Timestamp::MIN).unwrap();
    let mut decoded = reader.decode(&request);
    assert_eq!((decoded.events.len(), &*decoded.rejected), (1, &[][..]), "{mail}");
    decoded.events.remove(0)
}

fn header<'m>(mail: &'m str, name: &str) -> Option<&'m str> {
    let head = mail.split("\r\n\r\n").next().unwrap();
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn a_mail_says_who_writes_to_whom_when_and_what() {
    let title = Some(Pii::new("Votre commande n° 1007 est prête 🎁".to_owned()));
    let answers = Some("question-1@example.org".to_owned());
    let message =
        Outbound { title, answers, ..outbound("Bonjour Zoé,\n\nÀ bientôt !\n.\nلونا") };
    let (envelope, mail) = written(&message);
    let id = format!("{}@maison-lune.example", decision());
    assert_eq!(envelope[1], ("RCPT TO".to_owned(), ZOE.to_owned()));
    assert_eq!(envelope[2], ("Message-ID".to_owned(), format!("<{id}>")));
    assert_eq!(header(&mail, "Date"), Some("Sun, 22 Nov 2026 13:45:07 +0000"));
    assert!(mail.is_ascii() && mail.lines().all(|line| line.len() <= 998), "{mail}");

    let event = received(&mail);
    assert_eq!(event.external_id.as_deref(), Some(&*id));
    assert_eq!(event.sender.as_ref().unwrap().value.expose(), OWN);
    assert_eq!(event.attributes["name"].expose(), "Maison Lune");
    let read = event.message.unwrap();
    assert_eq!(
        read.subject.as_ref().map(|title| title.expose().as_str()),
        Some("Votre commande n° 1007 est prête 🎁")
    );
    assert_eq!(read.text().expose().trim_end(), "Bonjour Zoé,\n\nÀ bientôt !\n.\nلونا");
    assert_eq!(read.references, ["question-1@example.org"]);
    assert_eq!(header(&mail, "List-Unsubscribe"), None, "an order is no news");
    assert_eq!(written(&message), (envelope, mail), "writing is a function");
}

#[test]
fn what_people_may_refuse_offers_one_click_on_one_line() {
    let (_, mail) = written(&Outbound { purpose: Purpose::new("news"), ..outbound("New dresses") });
    let offer = header(&mail, "List-Unsubscribe").unwrap();
    assert!(offer.starts_with("<https://maison-lune.example/u?shop=1&u="), "{offer}");
    assert!(offer.ends_with('>') && !offer.contains(ZOE), "{offer}");
    assert_eq!(header(&mail, "List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
}

#[test]
fn nothing_in_a_message_becomes_a_header_or_a_command() {
    let evil = "Hi\r\nBcc: everybody@example.org\r\n\r\n<script>\u{0}\u{2028}";
    let message = Outbound {
        title: Some(Pii::new(evil.to_owned())),
        answers: Some("a@b>\r\nBcc: c@d".to_owned()),
        ..outbound("one\r\n.\r\nMAIL FROM:<x@y>\r\n\r\nRCPT")
    };
    let (_, mail) = written(&message);
    assert_eq!((header(&mail, "Bcc"), header(&mail, "In-Reply-To")), (None, None), "{mail}");
    let subject = received(&mail).message.unwrap().subject.unwrap();
    assert!(subject.expose().starts_with("Hi Bcc: everybody@example.org"), "{}", subject.expose());
    for address in
        ["zoe@example.org\r\nRCPT TO:<x@y>", "zoe@example.org, x@y.fr", "<zoe>", "zoe", ""]
    {
        let message = Outbound { address: Pii::new(address.to_owned()), ..outbound("Hi") };
        let error = mailbox().plan(&message).unwrap_err();
        assert!(error.message().contains("no e-mail address"), "{address}: {error}");
    }
}

#[test]
fn a_mailbox_that_sends_as_nobody_says_what_to_do() {
    let silent = Mail::new(Channel::new("help", ChannelKind::Email).unwrap(), [OWN]);
    let error = silent.plan(&outbound("Hi")).unwrap_err();
    assert_eq!(error.message(), "this channel only listens: say from where it sends");
    for (made, why) in [
        (MailSender::new("help"), "no e-mail address in ASCII"),
        (MailSender::new("aide@été.example"), "no e-mail address in ASCII"),
        (MailSender::new(OWN).unwrap().signed_with([b"short"]), "at least 16 bytes"),
        (MailSender::new(OWN).unwrap().signed_with::<&[u8]>([]), "at least 16 bytes"),
        (
            MailSender::new("the-customer-service-of-maison@lune.example")
                .unwrap()
                .signed_with([KEY]),
            "no room",
        ),
        (MailSender::new(OWN).unwrap().unsubscribed_at("https://x.example", []), "signed_with"),
        (sender().unsubscribed_at("http://x.example", []), "not `https`"),
        (sender().unsubscribed_at("https://x.example/ >", []), "not `https`"),
    ] {
        let error = made.unwrap_err();
        assert!(error.message().contains(why), "{why}: {error}");
    }
}

#[test]
fn no_key_and_no_address_shows() {
    let shown = format!("{:?} {:?} {:?}", sender(), mailbox(), mailbox().plan(&outbound("Hi")));
    assert!(!shown.contains("random") && !shown.contains("zoe"), "{shown}");
}

#[test]
fn a_servers_reply_says_what_became_of_a_mail() {
    let now = Timestamp::from_seconds(1_795_354_200).unwrap();
    let heard = |status, body: &str| {
        let headers = vec![("Message-ID".to_owned(), "<1@x>".to_owned())];
        let body = body.as_bytes().to_vec();
        mailbox().interpret(&TransportAnswer::Answered { status, headers, body }, now)
    };
    assert_eq!(heard(250, ""), SendOutcome::Accepted { provider_id: "1@x".to_owned() });
    for status in [421, 450, 451, 452] {
        assert!(matches!(heard(status, ""), SendOutcome::Deferred { .. }), "{status}");
    }
    let refused = heard(550, "5.1.1 <zoe@example.org>: nobody");
    let reason = "the mail server refused the mail: 550 5.1.1".to_owned();
    assert_eq!(refused, SendOutcome::Rejected { reason });
    let reason = "the mail server does not take our credentials".to_owned();
    assert_eq!(heard(535, "5.7.8"), SendOutcome::Rejected { reason });
    assert_eq!(mailbox().interpret(&TransportAnswer::NoAnswer, now), SendOutcome::Unknown);
    let unsent = mailbox().interpret(&TransportAnswer::NotSent, now);
    assert!(matches!(unsent, SendOutcome::Deferred { .. }));
}

proptest! {
    #[test]
    fn any_words_are_read_back(words in "\\PC{1,200}( |\\PC|\n){0,400}", title in "\\PC{0,80}") {
        prop_assume!(!words.trim().is_empty());
        let message = Outbound { title: Some(Pii::new(title)), ..outbound(&words) };
        let (_, mail) = written(&message);
        prop_assert!(mail.is_ascii());
        let read = received(&mail).message.unwrap();
        let text = read.text();
        prop_assert_eq!(text.expose().trim(), words.trim());
    }
}
