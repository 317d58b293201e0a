//! Sending: the call that is planned, and what each answer means.

use omnichannel::ErrorKind;
use omnichannel::channel::TransportAnswer;
use omnichannel::model::{DecisionId, Outbound, SendOutcome};

use super::*;

fn outbound(namespace: Namespace, address: &str, text: &str) -> Outbound {
    let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
    Outbound::new((decision, channel().id), (namespace, address), text)
}

fn body(codec: &Twilio, message: &Outbound) -> String {
    let call = codec.plan(message).unwrap().remove(0);
    assert_eq!((&*call.method, &*call.path), ("POST", "/2010-04-01/Accounts/AC0123/Messages.json"));
    assert_eq!(call.headers[0].1, "application/x-www-form-urlencoded");
    String::from_utf8(call.body).unwrap()
}

#[test]
fn a_text_is_one_form() {
    let written = body(&sms(), &outbound(Namespace::Phone, "+33612345678", "Prête & à vous"));
    assert_eq!(written, "To=%2B33612345678&From=%2B33700000000&Body=Pr%C3%AAte+%26+%C3%A0+vous");
    let written = body(&whatsapp(), &outbound(Namespace::WhatsApp, "33612345678", "Oui"));
    assert_eq!(written, "To=whatsapp%3A%2B33612345678&From=whatsapp%3A%2B33700000000&Body=Oui");
    let service = Twilio::new(channel()).sending_sms("AC0123", "MG1");
    let written = body(&service, &outbound(Namespace::Phone, "+33612345678", "Oui"));
    assert_eq!(written, "To=%2B33612345678&MessagingServiceSid=MG1&Body=Oui");
}

#[test]
fn what_no_call_can_carry_is_refused() {
    let kind = |codec: &Twilio, message: &Outbound| codec.plan(message).unwrap_err().kind();
    for address in ["", "zoe@example.org", "+33 6", "whatsapp:+33612345678"] {
        let message = outbound(Namespace::Phone, address, "Oui");
        assert_eq!(kind(&sms(), &message), ErrorKind::Invalid, "{address}");
    }
    let other = outbound(Namespace::WhatsApp, "33612345678", "Oui");
    assert_eq!(kind(&sms(), &other), ErrorKind::Unsupported);
    let silent = Twilio::new(channel());
    let message = outbound(Namespace::Phone, "+33612345678", "Oui");
    assert_eq!(kind(&silent, &message), ErrorKind::Unsupported);
    let evil = Twilio::new(channel()).sending_sms("../AC0", "+337");
    assert_eq!(kind(&evil, &message), ErrorKind::Invalid);
    assert!(!format!("{:?}", sms()).contains("700000000"));
}

#[test]
fn answers_say_what_became_of_a_message() {
    let heard = |status, body: &str| {
        let answer = TransportAnswer::Answered {
            status,
            headers: vec![("Retry-After".to_owned(), "7".to_owned())],
            body: body.as_bytes().to_vec(),
        };
        sms().interpret(&answer, time(RECEIVED))
    };
    let taken = heard(201, r#"{"sid": "SM9", "status": "queued", "error_code": null}"#);
    assert_eq!(taken, SendOutcome::Accepted { provider_id: "SM9".to_owned() });
    for (status, body) in [(429, "{}"), (400, r#"{"code": 20429}"#)] {
        assert_eq!(
            heard(status, body),
            SendOutcome::Deferred { retry_at: time("2026-11-22T12:00:07Z") }
        );
    }
    for (status, body) in [(201, "{}"), (200, "<html>"), (500, "{}"), (503, ""), (408, "")] {
        assert_eq!(heard(status, body), SendOutcome::Unknown, "{status}");
    }
    for (status, body, why) in [
        (400, r#"{"code": 21610, "message": "+33612345678"}"#, "the recipient wrote STOP"),
        (400, r#"{"code": 63016}"#, "only a template"),
        (400, r#"{"code": 12345}"#, "12345"),
        (404, "", "status 404"),
        (401, r#"{"code": 20003}"#, "credentials"),
        (201, r#"{"sid": "SM9", "status": "failed", "error_code": 21610}"#, "wrote STOP"),
    ] {
        let SendOutcome::Rejected { reason } = heard(status, body) else { panic!("{body}") };
        assert!(reason.contains(why) && !reason.contains("336"), "{reason}");
    }
}
