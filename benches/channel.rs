//! What a codec costs, beside what it cannot do without, in one run.
//!
//! ```text
//! cargo bench --features mail --bench channel
//! ```
//!
//! 1. A text webhook of WhatsApp, verified and decoded, beside HMAC-SHA256 of it and a bare
//!    `serde_json::Value`: at most 3 times.
//! 2. A mail of 50 kB, decoded, beside `mail-parser` alone: at most 1.5 times.
//! 3. A megabyte of garbage, refused by each codec: at most 5 ms.

use std::hint::black_box;
use std::time::Duration;

#[path = "clock/mod.rs"]
mod clock;

use clock::on_core as time;
use hmac::{Hmac, KeyInit, Mac};
use omnichannel::channel::{
    ChannelCodec, InStore, KeyRing, Mail, Messenger, RawInbound, Segment, Slack, Telegram,
    TouchpointJson, Twilio, Webhook, WhatsApp, verify,
};
use omnichannel::model::{BadChannelId, Channel, ChannelKind, TenantId, Timestamp};
use sha2::Sha256;

const ROUNDS: usize = 41;
const SECRET: &[u8] = b"a secret of the application";

const TEXT: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"102290129340398",
    "changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
    "metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},
    "contacts":[{"profile":{"name":"Zoé Étienne"},"wa_id":"33612345678"}],
    "messages":[{"from":"33612345678","id":"wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQz",
    "timestamp":"1795354200","type":"text",
    "text":{"body":"Bonjour, ma commande 1007 est-elle prête ? 🎁"}}]}}]}]}"#;

fn main() -> Result<(), BadChannelId> {
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !std::env::args().any(|word| word == "--bench");
    let rounds = if trial { 1 } else { ROUNDS };
    let channel = Channel::new("one", ChannelKind::Messaging)?;
    webhook(&WhatsApp::new(channel.clone()), rounds);
    mail(&Mail::new(channel.clone(), ["help@maison-lune.example"]), rounds);
    garbage(&channel, rounds);
    Ok(())
}

fn request(codec: &dyn ChannelCodec, body: &[u8]) -> RawInbound {
    RawInbound::new(TenantId::named("bench"), codec.channel().id.clone(), body)
}

fn tag(body: &[u8]) -> Option<Vec<u8>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET).ok()?;
    mac.update(body);
    Some(mac.finalize().into_bytes().to_vec())
}

fn webhook(codec: &WhatsApp, rounds: usize) {
    const CALLS: usize = 200;
    let keys = KeyRing::new([SECRET]);
    let hex: String = tag(TEXT.as_bytes()).iter().flatten().map(|b| format!("{b:02x}")).collect();
    let signed =
        request(codec, TEXT.as_bytes()).header("X-Hub-Signature-256", format!("sha256={hex}"));
    let ours = || {
        for _ in 0..CALLS {
            let request = verify(&codec.scheme(), &keys, signed.clone(), Timestamp::MIN);
            let decoded = request.map(|request| codec.decode(&request));
            assert_eq!(black_box(decoded).map(|decoded| decoded.events.len()), Ok(1));
        }
    };
    let bare = || {
        for _ in 0..CALLS {
            black_box(tag(black_box(TEXT.as_bytes())));
            let value = serde_json::from_slice::<serde_json::Value>(black_box(TEXT.as_bytes()));
            assert!(black_box(value).is_ok());
        }
    };
    let (ours, bare) = contest(rounds, ours, bare);
    let each = |time: f64| time * 1e6 / CALLS as f64;
    println!("WhatsApp, verified and decoded  {:>7.1} us", each(ours));
    println!("HMAC and a bare value           {:>7.1} us", each(bare));
    println!("  {:.2} times (wanted: 3)", ours / bare);
}

/// A mail of 50 kB as people write them: an answer in two forms, and a picture.
fn letter() -> String {
    let line = "Bonjour, ma commande est-elle d=C3=A9j=C3=A0 pr=C3=AAte ? Merci d'avance.\r\n";
    let words = line.repeat(120);
    let page = format!("<html><body>{}</body></html>", "<p>Bonjour, merci.</p>\r\n".repeat(300));
    let picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4\r\n".repeat(560);
    format!(
        "From: =?utf-8?Q?Zo=C3=A9?= <zoe@example.org>\r\nTo: help@maison-lune.example\r\n\
         Subject: =?utf-8?Q?Ma_commande_est-elle_pr=C3=AAte?=\r\nMessage-ID: <1@example.org>\r\n\
         Date: Sun, 22 Nov 2026 13:45:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\
         Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n{words}\r\n--b\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n--b--\r\n--a\r\n\
         Content-Type: image/png; name=dress.png\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {picture}--a--\r\n"
    )
}

fn mail(codec: &Mail, rounds: usize) {
    let letter = letter();
    let attested = request(codec, letter.as_bytes()).attested("a bench");
    let keys = KeyRing::default();
    let ours = || {
        let request = verify(&codec.scheme(), &keys, attested.clone(), Timestamp::MIN);
        let decoded = request.map(|request| codec.decode(&request));
        assert_eq!(black_box(decoded).map(|decoded| decoded.events.len()), Ok(1));
    };
    let bare = || {
        let parsed = mail_parser::MessageParser::default().parse(black_box(letter.as_bytes()));
        let parsed = black_box(parsed);
        assert!(parsed.is_some_and(|mail| mail.body_text(0).is_some()));
    };
    let (ours, bare) = contest(rounds, ours, bare);
    println!("mail of {} kB, decoded          {:>7.1} us", letter.len() / 1_000, ours * 1e6);
    println!("mail-parser alone               {:>7.1} us", bare * 1e6);
    println!("  {:.2} times (wanted: 1.5)", ours / bare);
}

fn garbage(channel: &Channel, rounds: usize) {
    let megabyte = |unit: &str| unit.repeat((1 << 20) / unit.len()).into_bytes();
    let kinds = ["\u{fffd}", "[", "{\"a\":", "a=b&", "--b\r\n", "\"\\u0000", "\0", "From: a\r\n"];
    let channel = || channel.clone();
    let codecs: [Box<dyn ChannelCodec>; 10] = [
        Box::new(WhatsApp::new(channel())),
        Box::new(Messenger::page(channel())),
        Box::new(Telegram::new(channel())),
        Box::new(Slack::new(channel())),
        Box::new(Twilio::new(channel())),
        Box::new(Segment::new(channel())),
        Box::new(TouchpointJson::new(channel())),
        Box::new(Webhook::new(channel())),
        Box::new(InStore::new(channel())),
        Box::new(Mail::new(channel(), [""; 0])),
    ];
    let (mut worst, mut named) = (0.0, String::new());
    for codec in &codecs {
        for kind in kinds {
            let attested = request(&**codec, &megabyte(kind)).attested("a bench");
            let request = verify(&codec.scheme(), &KeyRing::default(), attested, Timestamp::MIN);
            let Ok(request) = request else { continue };
            let times = (0..rounds.min(5)).map(|_| {
                let began = time();
                black_box(codec.decode(black_box(&request)));
                time() - began
            });
            let seconds = median(times.collect());
            if seconds > worst {
                (worst, named) = (seconds, format!("{codec:.12?} of {kind:?}"));
            }
        }
    }
    let named = named.split(' ').next().unwrap_or_default();
    println!("a megabyte of garbage, at worst {:>7.2} ms ({named}; wanted: 5)", worst * 1e3);
}

/// Both in turn, so that a slow moment of the machine meets both; their median seconds.
fn contest(rounds: usize, ours: impl Fn(), bare: impl Fn()) -> (f64, f64) {
    let (mut us, mut them) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let began = time();
        ours();
        us.push(time() - began);
        let began = time();
        bare();
        them.push(time() - began);
    }
    (median(us), median(them))
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
