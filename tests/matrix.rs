//! The channel matrix of README.md is what the codecs declare.
//!
//! `OMNICHANNEL_WRITE=1` writes it anew.
#![cfg(all(feature = "mail", feature = "testkit"))]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use omnichannel::channel::{
    Ask, ChannelCodec, InStore, Mail, MailSender, Messenger, Segment, SignatureForm,
    SignatureScheme, Slack, Telegram, TouchpointJson, Twilio, Webhook, WhatsApp,
};
use omnichannel::model::{
    Channel, ChannelKind, LengthUnit, Namespace, Outside, RateScope, SendIdempotency,
};

const BEGIN: &str = "<!-- made by tests/matrix.rs -->\n";
const END: &str = "<!-- end -->\n";

fn channel() -> Channel {
    Channel::new("one", ChannelKind::Messaging).unwrap()
}

fn codecs() -> Vec<(&'static str, Box<dyn ChannelCodec>)> {
    let sender = MailSender::new("help@maison-lune.example").unwrap();
    let mail = Mail::new(channel(), ["help@maison-lune.example"]).sending_as(sender);
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let webhook = Webhook::new(channel()).sending_to(Namespace::CrmId, "/", secret).unwrap();
    let store = InStore::new(channel()).showing_to(Namespace::LoyaltyCard, "/", secret).unwrap();
    vec![
        ("`WhatsApp` (Cloud API)", Box::new(WhatsApp::new(channel()).sending_from("1"))),
        ("`Messenger::page`", Box::new(Messenger::page(channel()))),
        ("`Messenger::instagram`", Box::new(Messenger::instagram(channel()))),
        ("`Twilio`, text messages", Box::new(Twilio::new(channel()).sending_sms("AC1", "+33"))),
        ("`Twilio`, WhatsApp", Box::new(Twilio::new(channel()).sending_whatsapp("AC1", "+33"))),
        ("`Telegram`", Box::new(Telegram::new(channel()))),
        ("`Slack`", Box::new(Slack::new(channel()))),
        ("`Mail`", Box::new(mail)),
        ("`Webhook`", Box::new(webhook)),
        ("`InStore`", Box::new(store)),
        ("`Segment`", Box::new(Segment::new(channel()))),
        ("`TouchpointJson`", Box::new(TouchpointJson::new(channel()))),
    ]
}

fn unit(unit: LengthUnit) -> &'static str {
    match unit {
        LengthUnit::Utf8Byte => "bytes",
        LengthUnit::Utf16Unit => "UTF-16 units",
        LengthUnit::Scalar => "characters",
        _ => "others",
    }
}

fn signature(scheme: &SignatureScheme) -> String {
    match scheme {
        SignatureScheme::Attested => "the transport vouches".to_owned(),
        SignatureScheme::Signed(SignatureForm { digest, .. }) => format!("{digest:?}"),
        _ => "other".to_owned(),
    }
}

/// A value, and a dash where nothing is declared.
fn or_dash(told: impl Iterator<Item = String>) -> String {
    let told: Vec<String> = told.collect();
    if told.is_empty() { "–".to_owned() } else { told.join(", ") }
}

fn row(name: &str, codec: &dyn ChannelCodec) -> String {
    let (can, known) = (codec.capabilities(), codec.profile());
    let sends = can.sends_to.iter().map(|namespace| namespace.name().replace('_', " "));
    let text = can.sends_to.as_ref().and(can.text);
    let text = text.iter().map(|limit| format!("{} {}", limit.max, unit(limit.unit)));
    let elements = can.elements.iter().map(|element| format!("{element:?}").to_lowercase());
    let asked = Ask::each("42", "99").into_iter().filter(|ask| codec.ask(ask).is_some());
    let asked = asked.map(|ask| ask.name().to_owned());
    let receipts = match &known.receipts {
        None => "not known".to_owned(),
        Some(known) if known.value.emitted.is_empty() => "never".to_owned(),
        Some(known) => or_dash(known.value.emitted.iter().map(ToString::to_string)),
    };
    let windows = known.windows.iter().map(|known| {
        let hours = known.value.lasts.as_secs() / 3_600;
        let outside = match known.value.outside {
            Outside::Nothing => "",
            Outside::Templates => ", then templates",
        };
        format!("{hours} h after {}{outside}", known.value.opened_by)
    });
    let rates = known.rates.iter().map(|known| {
        let whom = match known.value.scope {
            RateScope::Channel => "in all",
            RateScope::Address => "to one",
        };
        format!("{} in {} s {whom}", known.value.max, known.value.per.as_secs())
    });
    let twice = match (&can.sends_to, can.send_idempotency) {
        (None, _) => "–",
        (_, SendIdempotency::Native) => "once",
        (_, SendIdempotency::None) => "never retried",
    };
    let cells = [
        name.to_owned(),
        or_dash(sends),
        or_dash(text),
        or_dash(elements),
        or_dash(asked),
        receipts,
        or_dash(windows),
        or_dash(rates),
        twice.to_owned(),
        signature(&codec.scheme()),
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn matrix() -> String {
    let mut matrix = "| channel | sends to | longest text | beside words | can be asked | \
                      receipts | free to write | rate | after an unknown outcome | \
                      requests prove themselves by |\n\
                      |---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (name, codec) in codecs() {
        matrix += &row(name, &*codec);
    }
    matrix
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever changes a codec writes the table anew")]
fn the_matrix_of_the_readme_is_what_the_codecs_declare() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var("OMNICHANNEL_WRITE").is_ok() {
        std::fs::write(path, format!("{before}{BEGIN}{}{END}{after}", matrix())).unwrap();
        return;
    }
    assert_eq!(written, matrix(), "run this test with OMNICHANNEL_WRITE=1");
}
