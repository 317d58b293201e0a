//! Broken requests to every codec: no panic, an answer, nothing over the limits.
//!
//! `OMNICHANNEL_INPUTS` says how many in all (30,000). Bodies are the published payloads, where
//! there are some, and a few of our own, broken from a fixed seed.
#![cfg(all(feature = "mail", feature = "testkit"))]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]
#![expect(clippy::disallowed_methods, reason = "a test is told how long and where by its caller")]

use std::path::{Path, PathBuf};

use omnichannel::channel::{
    ChannelCodec, InStore, KeyRing, Mail, MailSender, Messenger, RawInbound, Segment, Slack,
    Telegram, TouchpointJson, Twilio, Webhook, WhatsApp, verify,
};
use omnichannel::model::{Channel, ChannelKind, Purpose, TenantId, Timestamp};

/// Largest payload that is broken: longer ones would take the time of many.
const BODY_BYTES_MAX: u64 = 20_000;

/// Bytes that mean something to one reader or another.
const WORDS: [&[u8]; 20] = [
    b"null",
    b"-1e999",
    b"{}",
    b"[]",
    b"\"\"",
    b"\\u0000",
    b"[[[[[[[[",
    b"\xff\xfe",
    b"\0",
    b"9007199254740993",
    b"\\ud800",
    b"%ff",
    b"&",
    b"=",
    b"\r\n\r\n",
    b"--b",
    b"=?utf-8?b?",
    b"\xf0\x9f\x8e\x81",
    b"asdf",
    b"1e400",
];

/// A codec and the bodies that are broken for it.
struct Target {
    codec: Box<dyn ChannelCodec>,
    bodies: Vec<Vec<u8>>,
}

impl Target {
    fn new(codec: impl ChannelCodec, folders: &[&str], own: &[&str]) -> Self {
        let published = folders.iter().flat_map(|folder| published(folder));
        let own = own.iter().map(|body| body.as_bytes().to_vec());
        Self { codec: Box::new(codec), bodies: own.chain(published).collect() }
    }
}

/// The files of a folder of published payloads; none where they are not there.
fn published(folder: &str) -> Vec<Vec<u8>> {
    let told = std::env::var("OMNICHANNEL_PAYLOADS").map(PathBuf::from);
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let folder = told.unwrap_or_else(|_| default()).join(folder);
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no payloads at {} (set OMNICHANNEL_PAYLOADS)", folder.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let fits = |path: &PathBuf| path.metadata().is_ok_and(|file| file.len() <= BODY_BYTES_MAX);
    files.into_iter().filter(fits).map(|path| std::fs::read(path).unwrap()).collect()
}

const SALE: &str = r#"{"type":"sale","id":"1","at":"2026-01-01T00:00:00Z","of":"2","codes":["A"],
    "customer":{"loyalty_card":{"value":"4","verified":true},"email":"a@b.fr"},"till":3,
    "lines":[{"product":"a","quantity":1,"amount":"89.00 EUR"}],"total":"89.00 EUR"}"#;

const CALL: &str = r#"{"events":[{"type":"voicemail","call":"1","text":"hm",
    "customer":{"phone":"+336"},
    "recording":{"location":"a","media_type":"audio/wav"}},{"type":"keyed","call":"1","key":2}]}"#;

fn targets() -> Vec<Target> {
    let channel = || Channel::new("one", ChannelKind::Messaging).unwrap();
    let own = "help@maison-lune.example";
    let sender = MailSender::new(own).unwrap().signed_with([b"32 random bytes, kept"]).unwrap();
    let sender = sender.unsubscribed_at("https://m.example/u", [Purpose::new("news")]).unwrap();
    let mail = Mail::new(channel(), [own]).sending_as(sender);
    let touchpoint = r#"{"id":"1","act":"visited","sender":{"namespace":"email","value":"a@b.fr"},
        "message":{"text":"hm"},"receipt":{"of":"1","status":"read"},"consents":[]}"#;
    let wrapped =
        format!(r#"{{"type":"a","timestamp":"2026-01-01T00:00:00Z","data":{touchpoint}}}"#);
    let letter = "From: a@b.fr\r\nTo: help+raaaa@maison-lune.example\r\nMessage-ID: <1@b.fr>\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhm\r\n--b--\r\n";
    let form = "MessageSid=SM1&SmsStatus=received&From=whatsapp%3A%2B336&Body=STOP&NumMedia=1";
    let call = "CallSid=CA1&CallStatus=ringing&From=%2B33612345678&Digits=1";
    vec![
        Target::new(WhatsApp::new(channel()), &["whatsapp_cloud"], &["{}"]),
        Target::new(Messenger::page(channel()), &["messenger"], &["{}"]),
        Target::new(Messenger::instagram(channel()), &["instagram"], &["{}"]),
        Target::new(Telegram::new(channel()), &["telegram"], &[r#"{"update_id":1}"#]),
        Target::new(Slack::new(channel()), &["slack"], &["command=%2Fa&user_id=U1"]),
        Target::new(Twilio::new(channel()), &["twilio"], &[form, call]),
        Target::new(Segment::new(channel()), &["segment"], &[r#"{"type":"track"}"#]),
        Target::new(TouchpointJson::new(channel()), &[], &[touchpoint]),
        Target::new(Webhook::new(channel()), &[], &[&wrapped]),
        Target::new(InStore::new(channel()), &[], &[SALE, CALL]),
        Target::new(mail, &["email", "email_bounce", "email_replies"], &[letter]),
    ]
}

/// Pseudo-random numbers (Marsaglia's xorshift64).
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    /// A body with bytes changed, left out, repeated or put in, up to four times.
    fn breaking(&mut self, body: &[u8], other: &[u8]) -> Vec<u8> {
        let mut broken = body.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(broken.len());
            let end = (at + self.below(40)).min(broken.len());
            match self.below(7) {
                0 => broken.truncate(at),
                1 => drop(broken.drain(at..end)),
                2 => {
                    let piece = broken[at..end].to_vec();
                    drop(broken.splice(at..at, piece));
                }
                3 | 4 => {
                    let word = WORDS[self.below(WORDS.len())];
                    drop(broken.splice(at..end, word.iter().copied()));
                }
                5 => {
                    let from = self.below(other.len());
                    let to = (from + self.below(60)).min(other.len());
                    drop(broken.splice(at..at, other[from..to].iter().copied()));
                }
                _ => {
                    let bit = 1 << self.below(8);
                    broken.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
                }
            }
        }
        broken
    }
}

#[test]
fn no_codec_panics_or_says_nothing() {
    let inputs = std::env::var("OMNICHANNEL_INPUTS").ok().and_then(|text| text.parse().ok());
    let inputs: usize = inputs.unwrap_or(30_000);
    let (targets, mut noise) = (targets(), Noise(0x9e37_79b9_7f4a_7c15));
    let received_at = Timestamp::from_seconds(1_795_354_200).unwrap();
    for input in 0..inputs {
        let Target { codec, bodies } = &targets[input % targets.len()];
        let body = &bodies[noise.below(bodies.len())];
        let other = &bodies[noise.below(bodies.len())];
        let body = noise.breaking(body, other);
        let request = RawInbound::new(TenantId::named("t"), codec.channel().id.clone(), body)
            .received_at(received_at)
            .attested("a test");
        let request = verify(&codec.scheme(), &KeyRing::default(), request, received_at);
        // One that carries a wrong signature is refused; these carry none.
        let decoded = codec.decode(&request.unwrap());
        let answers = decoded.events.len() + decoded.rejected.len() + decoded.ignored.len();
        assert!(answers > 0, "{codec:?} said nothing to input {input}");
        assert!(decoded.events.len() <= codec.capabilities().events_max, "{codec:?}");
    }
    println!("{inputs} inputs over {} codecs", targets.len());
}
