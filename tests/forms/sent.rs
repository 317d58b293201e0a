//! What leaves for each form, and what cannot.

use omnichannel::channel::{ChannelCodec, Mail, MailSender, TransportAnswer, Twilio};
use omnichannel::model::{
    BlobRef, DecisionId, Form, Outbound, Pii, SendOutcome, TenantId, Timestamp,
};
use omnichannel::{ErrorKind, Result};

use super::{channel, messenger, slack, telegram, twilio, whatsapp};

fn outbound(codec: &dyn ChannelCodec, (address, text): (&str, &str), form: Form) -> Outbound {
    let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
    let namespace = codec.capabilities().sends_to.clone().unwrap();
    let at = "2026-11-22T12:00:00Z".parse().unwrap();
    let said = Outbound::new((decision, channel().id), (namespace, address), text);
    Outbound { form, at, ..said }
}

/// The calls as text, without what marks every message of a channel.
fn calls(codec: &dyn ChannelCodec, said: (&str, &str), form: Form) -> Result<String> {
    let message = outbound(codec, said, form);
    let mark = message.decision.to_string();
    let calls = codec.plan(&message)?.into_iter().map(|call| {
        let body = String::from_utf8(call.body).unwrap().replace(&mark, "D");
        format!("{} {} {body}", call.method, call.path)
    });
    Ok(calls.collect::<Vec<_>>().join("\n"))
}

fn file(location: &str, media_type: &str) -> Form {
    Form::File(BlobRef::new(location, media_type))
}

fn template(name: &str, values: &[&str]) -> Form {
    Form::Template {
        name: name.to_owned(),
        language: "fr".to_owned(),
        values: values.iter().map(|value| Pii::new((*value).to_owned())).collect(),
    }
}

const PNG: &str = "https://m.example/a.png";

#[test]
fn whatsapp_sends_templates_files_signs_and_reactions() {
    let to = |text, form| calls(&*whatsapp(), ("33612345678", text), form).unwrap();
    let rest = r#""messaging_product":"whatsapp","recipient_type":"individual","#;
    let head = |kind: &str| {
        let mark = r#"{"biz_opaque_callback_data":"D","#;
        format!("POST /1065/messages {mark}{kind}")
    };
    let told = to("Commande 1007 prête", template("ready", &["1007"]));
    let body = r#""template":{"components":[{"parameters":[{"text":"1007","type":"text"}],"#;
    let tail = r#""type":"body"}],"language":{"code":"fr"},"name":"ready"},"to":"+33612345678","#;
    assert_eq!(told, format!(r#"{}{body}{tail}"type":"template"}}"#, head(rest)));
    let image = format!(r#""image":{{"caption":"La robe","link":"{PNG}"}},"#);
    let told = to("La robe", file(PNG, "image/png"));
    let tail = r#""to":"+33612345678","type":"image"}"#;
    assert_eq!(told, format!("{}{rest}{tail}", head(&image)));
    let audio = to("", file("1093", "audio/ogg"));
    assert!(audio.contains(r#""audio":{"id":"1093"}"#), "{audio}");
    let sign = to("", Form::Reaction { to: "wamid.1".into(), sign: "❤".into() });
    assert!(sign.contains(r#""reaction":{"emoji":"❤","message_id":"wamid.1"}"#), "{sign}");
    let typing = to("", Form::Typing { to: Some("wamid.1".into()) });
    let body = r#"{"message_id":"wamid.1","messaging_product":"whatsapp","status":"read","#;
    let tail = r#""typing_indicator":{"type":"text"}}"#;
    assert_eq!(typing, format!("POST /1065/messages {body}{tail}"));
}

#[test]
fn messenger_sends_the_words_of_a_file_after_it() {
    let to = |text, form| calls(&*messenger(), ("100", text), form).unwrap();
    let head = r#"POST /me/messages {"message":{"#;
    let tail =
        r#""metadata":"omnichannel/D"},"messaging_type":"RESPONSE","recipient":{"id":"100"}}"#;
    let picture = format!(r#"{{"attachment":{{"payload":{{"url":"{PNG}"}},"type":"image"}},"#);
    let picture = format!("POST /me/messages {{\"message\":{picture}{}", tail);
    assert_eq!(to("", file(PNG, "image/png")), picture);
    let words = tail.replace(r#"D"},"#, r#"D","text":"Voilà"},"#);
    assert_eq!(to("Voilà", file(PNG, "image/png")), format!("{picture}\n{head}{words}"));
    let typing = r#"POST /me/messages {"recipient":{"id":"100"},"sender_action":"typing_on"}"#;
    assert_eq!(to("", Form::Typing { to: None }), typing);
}

#[test]
fn telegram_sends_each_form_by_its_method() {
    for (text, form, call) in [
        ("", file("AwAC", "audio/ogg"), r#"/sendAudio {"audio":"AwAC","chat_id":42}"#),
        (
            "Hi",
            file("AwAC", "x/y"),
            r#"/sendDocument {"caption":"Hi","chat_id":42,"document":"AwAC"}"#,
        ),
        (
            "Hi",
            Form::Edit { of: "7".into() },
            r#"/editMessageText {"chat_id":42,"message_id":7,"text":"Hi"}"#,
        ),
        ("", Form::Delete { of: "42:7".into() }, r#"/deleteMessage {"chat_id":42,"message_id":7}"#),
        (
            "",
            Form::Reaction { to: "7".into(), sign: "❤".into() },
            concat!(
                r#"/setMessageReaction {"chat_id":42,"message_id":7,"#,
                r#""reaction":[{"emoji":"❤","type":"emoji"}]}"#,
            ),
        ),
        ("", Form::Typing { to: None }, r#"/sendChatAction {"action":"typing","chat_id":42}"#),
    ] {
        assert_eq!(calls(&*telegram(), ("42", text), form).unwrap(), format!("POST {call}"));
    }
}

#[test]
fn slack_sends_each_form_by_its_method() {
    let ts = || "U1:1763819000.000100".to_owned();
    for (text, form, call) in [
        (
            "A<b",
            Form::Edit { of: ts() },
            concat!(
                r#"/chat.update {"channel":"U1","mrkdwn":false,"text":"A&lt;b","#,
                r#""ts":"1763819000.000100"}"#,
            ),
        ),
        (
            "",
            Form::Delete { of: ts() },
            r#"/chat.delete {"channel":"U1","ts":"1763819000.000100"}"#,
        ),
        (
            "",
            Form::Reaction { to: ts(), sign: ":+1:".into() },
            r#"/reactions.add {"channel":"U1","name":"+1","timestamp":"1763819000.000100"}"#,
        ),
        (
            "",
            file(PNG, "image/png"),
            concat!(
                r#"/chat.postMessage {"blocks":[{"alt_text":"","#,
                r#""image_url":"https://m.example/a.png","type":"image"}],"#,
                r#""channel":"U1","mrkdwn":false,"text":""}"#,
            ),
        ),
    ] {
        assert_eq!(calls(&*slack(), ("U1", text), form).unwrap(), format!("POST {call}"));
    }
}

#[test]
fn twilio_sends_a_template_by_its_id_and_a_picture_by_its_url() {
    let head = "POST /2010-04-01/Accounts/AC1/Messages.json To=%2B33612345678&From=%2B33700000000";
    let ready = template("HX1", &["1007", "18 h"]);
    let told = calls(&*twilio(), ("+33612345678", "Commande 1007 prête"), ready).unwrap();
    let values = "%7B%221%22%3A%221007%22%2C%222%22%3A%2218+h%22%7D";
    assert_eq!(told, format!("{head}&ContentSid=HX1&ContentVariables={values}"));
    let chat = Twilio::new(channel()).sending_whatsapp("AC1", "+33700000000");
    let told = calls(&chat, ("33612345678", ""), file(PNG, "image/png")).unwrap();
    let head = head.replace("=%2B", "=whatsapp%3A%2B");
    assert_eq!(told, format!("{head}&MediaUrl=https%3A%2F%2Fm.example%2Fa.png"));
}

#[test]
fn a_mail_carries_the_file_that_its_location_holds() {
    let sender = MailSender::new("help@maison-lune.example").unwrap();
    let mail = Mail::new(channel(), ["help@maison-lune.example"]).sending_as(sender);
    let receipt = BlobRef {
        file_name: Some(Pii::new("reçu \"1007\".pdf".to_owned())),
        ..BlobRef::new("data:application/pdf;base64,JVBERi0=", "application/pdf")
    };
    let written = calls(&mail, ("zoe@example.org", "Voici."), Form::File(receipt)).unwrap();
    assert!(written.contains("boundary=\"D-parts\""), "{written}");
    assert!(written.contains("\r\nVoici.\r\n") && written.contains("%PDF-"), "{written}");
    assert!(written.contains("Content-Disposition: attachment"), "{written}");
    for location in [PNG, "data:application/pdf,abc", "part:2"] {
        let error = calls(&mail, ("zoe@example.org", "Voici."), file(location, "x/y")).unwrap_err();
        assert!(error.message().contains("whose location holds it"), "{error}");
    }
}

#[test]
fn what_no_provider_could_take_is_refused() {
    let refused = |codec: &dyn ChannelCodec, address, text, form| {
        calls(codec, (address, text), form).unwrap_err().kind()
    };
    let (chat, bot, app) = (whatsapp(), telegram(), slack());
    for (kind, found) in [
        (ErrorKind::Unsupported, refused(&*chat, "336", "Hi", Form::Edit { of: "1".into() })),
        (ErrorKind::Unsupported, refused(&*app, "U1", "Hi", file(PNG, "application/pdf"))),
        (ErrorKind::Invalid, refused(&*chat, "336", "", file("http://m.example/a", "image/png"))),
        (ErrorKind::Invalid, refused(&*chat, "336", "Hi", file(PNG, "audio/ogg"))),
        (ErrorKind::Invalid, refused(&*chat, "336", &"é".repeat(1_025), file(PNG, "image/png"))),
        (ErrorKind::Invalid, refused(&*chat, "336", " ", template("ready", &[]))),
        (ErrorKind::Invalid, refused(&*chat, "336", "", Form::Typing { to: None })),
        (ErrorKind::Invalid, refused(&*bot, "42", "Hi", Form::Edit { of: "-100:7".into() })),
        (ErrorKind::Invalid, refused(&*bot, "42", "", Form::Edit { of: "7".into() })),
        (ErrorKind::Invalid, refused(&*app, "U1", "", Form::Delete { of: "U2:1.1".into() })),
        (
            ErrorKind::Invalid,
            refused(&*app, "U1", "", Form::Reaction { to: "U1:1.1".into(), sign: "❤".into() }),
        ),
        (ErrorKind::Invalid, refused(&*twilio(), "+336", "Hi", template("ready", &[]))),
    ] {
        assert_eq!(found, kind);
    }
}

#[test]
fn what_a_provider_takes_without_an_id_is_accepted_under_none() {
    let told = |codec: &dyn ChannelCodec, body: &str| {
        let (headers, body) = (Vec::new(), body.as_bytes().to_vec());
        let answer = TransportAnswer::Answered { status: 200, headers, body };
        codec.interpret(&answer, Timestamp::MIN)
    };
    let taken = SendOutcome::Accepted { provider_id: String::new() };
    assert_eq!(told(&*telegram(), r#"{"ok":true,"result":true}"#), taken);
    assert_eq!(told(&*slack(), r#"{"ok":true}"#), taken);
    assert_eq!(told(&*whatsapp(), r#"{"success":true}"#), taken);
    assert_eq!(told(&*messenger(), r#"{"recipient_id":"100"}"#), taken);
    assert_eq!(told(&*telegram(), r#"{"ok":true,"result":{}}"#), SendOutcome::Unknown);
    assert_eq!(told(&*whatsapp(), r#"{"success":false}"#), SendOutcome::Unknown);
}
