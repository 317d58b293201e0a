//! What comes back for a mail of ours: answers, bounces, clicks, complaints.

use omnichannel::model::{Act, ConsentState, DeliveryStatus, EventKind, Outbound, Purpose};

use super::sent::{KEY, OWN, ZOE, decision, mailbox, outbound, written};
use super::*;

fn decode_request(request: RawInbound) -> Decoded {
    let codec = mailbox();
    let request = request.attested("a test");
    codec.decode(&verify(&codec.scheme(), &KeyRing::default(), request, Timestamp::MIN).unwrap())
}

fn request(body: impl Into<Vec<u8>>) -> RawInbound {
    RawInbound::new(TenantId::named("t"), mailbox().channel().id.clone(), body)
}

fn decode(mail: &str) -> Decoded {
    decode_request(request(mail))
}

/// Our own mail's id, where answers to it go, and where reports of it go.
fn ways_back() -> (String, String, String) {
    let (envelope, mail) = written(&outbound("Hi"));
    let reply = mail.lines().find_map(|line| line.strip_prefix("Reply-To: ")).unwrap();
    let reply = reply.split(['<', '>']).nth(1).unwrap();
    (format!("{}@maison-lune.example", decision()), reply.to_owned(), envelope[0].1.clone())
}

fn reply(from: &str, to: &str, more: &str) -> Vec<String> {
    let mail = format!("From: {from}\r\nTo: {to}\r\n{more}Subject: Re\r\n\r\nThank you\r\n");
    let mut decoded = decode(&mail);
    assert_eq!(decoded.events.len(), 1, "{decoded:?}");
    decoded.events.remove(0).message.unwrap().references
}

#[test]
fn an_answer_finds_its_mail_although_a_relay_replaced_its_id() {
    let (id, back, _) = ways_back();
    let relayed = "In-Reply-To: <new-id@relay.example>\r\n";
    assert_eq!(reply(ZOE, &back, relayed), [id.as_str(), "new-id@relay.example"]);
    assert_eq!(reply("Zoé <ZOE@Example.org>", &back.to_uppercase(), ""), [id.as_str()]);
    let kept = format!("References: <first@x.example> <{id}>\r\n");
    assert_eq!(reply(ZOE, &back, &kept), [id.as_str(), "first@x.example"], "named once");
}

#[test]
fn an_answer_by_somebody_else_is_not_attached_by_the_address() {
    let (_, back, bounce) = ways_back();
    assert!(reply("noe@example.org", &back, "").is_empty());
    assert!(reply(ZOE, &bounce, "").is_empty(), "bounces are another word");
    assert!(reply(ZOE, OWN, "").is_empty());
    let changed = back.replacen("+r", "+ra", 1).replacen("a@", "@", 1);
    assert!(reply(ZOE, &changed, "").is_empty());
}

#[test]
fn a_signed_address_of_ours_is_our_own() {
    let (_, back, _) = ways_back();
    let mail = format!("From: {OWN}\r\nTo: {back}\r\n\r\nTo ourselves\r\n");
    assert_eq!(decode(&mail).ignored[0].code, Code::Echo);
}

#[test]
fn a_bounce_that_brings_no_copy_names_the_mail_by_its_address() {
    let (id, reply, bounce) = ways_back();
    let report = |to: &str| {
        decode(&format!(
            "From: MAILER-DAEMON@relay.example\r\nTo: {to}\r\nMessage-ID: <b@relay.example>\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\n\r\nIt could not be delivered.\r\n--b\r\nContent-Type: message/delivery-status\
             \r\n\r\nReporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; {ZOE}\r\n\
             Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
        ))
    };
    let told = report(&bounce);
    let receipt = told.events[0].receipt.as_ref().unwrap();
    assert_eq!((&*receipt.of, receipt.status), (&*id, DeliveryStatus::Failed));
    assert_eq!(receipt.code.as_deref(), Some("5.1.1"));
    assert_eq!(report(&reply).ignored[0].code, Code::Report, "an answer's word is no bounce's");
    assert_eq!(report(OWN).ignored[0].code, Code::Report);
}

fn offer() -> String {
    let (_, mail) = written(&Outbound { purpose: Purpose::new("news"), ..outbound("Dresses") });
    let offer = mail.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: <")).unwrap();
    offer.trim_end_matches('>').to_owned()
}

fn click(url: &str, body: &str) -> Decoded {
    decode_request(request(body).url(url))
}

#[test]
fn one_click_withdraws_what_the_mail_was_for() {
    let parts = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
                 One-Click\r\n--x--\r\n";
    for body in ["List-Unsubscribe=One-Click", parts] {
        let event = click(&offer(), body).events.remove(0);
        assert_eq!((event.kind, &event.act), (EventKind::Consent, &Act::OptedOut));
        let said = &event.consents[0];
        assert_eq!(said.endpoint.value.expose(), ZOE);
        assert_eq!(said.purpose, Some(Purpose::new("news")));
        assert_eq!(said.state, ConsentState::Withdrawn);
        assert!(said.evidence.as_ref().unwrap().contains("RFC 8058"));
    }
}

#[test]
fn a_look_at_the_link_or_a_forged_word_withdraws_nothing() {
    let look = decode_request(request("List-Unsubscribe=One-Click").method("GET").url(offer()));
    assert!(look.events.is_empty());
    assert!(click(&offer(), "List-Unsubscribe=Two-Clicks").events.is_empty());
    let url = offer();
    let (start, word) = url.split_once("&u=").unwrap();
    for forged in ["", "aaaa", &word[..word.len() - 1], &word.replace('a', "b"), "é", "%00"] {
        let told = click(&format!("{start}&u={forged}"), "List-Unsubscribe=One-Click");
        assert!(told.events.is_empty(), "{forged}");
        assert_eq!(told.rejected[0].code, Code::BadSignature, "{forged}");
    }
    assert!(!KEY.is_empty() && !url.contains("zoe"));
}

fn complaint(kind: &str, more: &str, copy: &str) -> Decoded {
    decode(&format!(
        "From: fbl@provider.example\r\nTo: {OWN}\r\nMessage-ID: <c@provider.example>\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
         --b\r\n\r\nA complaint.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n\
         Feedback-Type: {kind}\r\nUser-Agent: F/1\r\nVersion: 1\r\n{more}\r\n--b\r\n\
         Content-Type: message/rfc822\r\n\r\n{copy}\r\n--b--\r\n"
    ))
}

#[test]
fn a_complaint_withdraws_what_the_mail_offered_to_end() {
    let copy = format!("From: {OWN}\r\nList-Unsubscribe: <{}>\r\n\r\nDresses\r\n", offer());
    let told = complaint("abuse", "", &copy);
    let said = &told.events[0].consents[0];
    assert_eq!((said.endpoint.value.expose().as_str(), said.state), (ZOE, ConsentState::Withdrawn));
    assert_eq!(said.purpose, Some(Purpose::new("news")));
    assert_eq!(told.events[0].external_id.as_deref(), Some("c@provider.example"));
}

#[test]
fn a_complaint_that_names_its_recipient_withdraws_everything() {
    let copy = "From: x@y.fr\r\n\r\nDresses\r\n";
    let told = complaint("abuse", &format!("Original-Rcpt-To: <{ZOE}>\r\n"), copy);
    let said = &told.events[0].consents[0];
    assert_eq!((said.endpoint.value.expose().as_str(), &said.purpose), (ZOE, &None));
    assert_eq!(complaint("abuse", "", copy).ignored[0].code, Code::Report, "it names nobody");
    let wanted = complaint("not-spam", &format!("Original-Rcpt-To: <{ZOE}>\r\n"), copy);
    assert_eq!((wanted.events.len(), wanted.ignored[0].code), (0, Code::Report));
}
