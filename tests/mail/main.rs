//! E-mail: published mails by a table, our own by rule, and no mails.

#![cfg(all(feature = "mail", feature = "testkit"))]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod aside;
mod back;
mod bounds;
mod parts;
mod published;
mod sent;
mod who;

use omnichannel::channel::{ChannelCodec, KeyRing, Mail, RawInbound, verify};
use omnichannel::channel_contract;
use omnichannel::model::{
    BlobRef, Channel, ChannelKind, Code, Decoded, Event, Form, Part, TenantId, Timestamp,
};
use omnichannel::testkit::channel::ChannelFixture;

const RECEIVED: &str = "2026-11-22T12:00:00Z";
const OURS: &str = "help@maison-lune.example";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn codec() -> Mail {
    Mail::new(Channel::new("help", ChannelKind::Email).unwrap(), [OURS])
}

fn decode_at(body: impl Into<Vec<u8>>, received_at: Option<&str>) -> Decoded {
    let codec = codec();
    let mut request =
        RawInbound::new(TenantId::named("maison-lune"), codec.channel().id.clone(), body);
    request.received_at = received_at.map(time);
    let request = request.attested("a test");
    codec.decode(&verify(&codec.scheme(), &KeyRing::default(), request, time(RECEIVED)).unwrap())
}

fn decode(body: impl Into<Vec<u8>>) -> Decoded {
    decode_at(body, Some(RECEIVED))
}

/// The one event of a mail.
#[track_caller]
fn event(body: impl Into<Vec<u8>>) -> Event {
    let mut decoded = decode(body);
    assert_eq!((&*decoded.rejected, &*decoded.ignored), (&[][..], &[][..]));
    assert_eq!(decoded.events.len(), 1);
    decoded.events.remove(0)
}

/// The code under which a mail was set aside.
#[track_caller]
fn ignored(body: impl Into<Vec<u8>>) -> Code {
    let decoded = decode(body);
    assert_eq!((decoded.events.len(), decoded.rejected.len()), (0, 0));
    decoded.ignored[0].code
}

/// The code under which a mail was refused.
#[track_caller]
fn rejected(body: impl Into<Vec<u8>>) -> Code {
    let decoded = decode(body);
    assert_eq!((decoded.events.len(), decoded.ignored.len()), (0, 0));
    decoded.rejected[0].code
}

fn text(event: &Event) -> String {
    event.message.as_ref().map(|m| m.text().into_exposed()).unwrap_or_default()
}

fn subject(event: &Event) -> Option<&str> {
    event.message.as_ref()?.subject.as_ref().map(|subject| subject.expose().as_str())
}

fn sender(event: &Event) -> Option<&str> {
    event.sender.as_ref().map(|sender| sender.value.expose().as_str())
}

fn references(event: &Event) -> Vec<&str> {
    let message = event.message.as_ref().unwrap();
    message.references.iter().map(String::as_str).collect()
}

/// Place, media type, name and size of each file.
fn files(event: &Event) -> Vec<(String, String, Option<String>, Option<u64>)> {
    let parts = event.message.iter().flat_map(|message| &message.parts);
    let files = parts.filter_map(|part| match part {
        Part::Media(file) => Some((
            file.location.expose().clone(),
            file.media_type.clone(),
            file.file_name.as_ref().map(|name| name.expose().clone()),
            file.bytes,
        )),
        _ => None,
    });
    files.collect()
}

/// A mail with these header lines and body, lines ended as SMTP does.
fn mail(header: &str, body: &str) -> Vec<u8> {
    format!("{header}\n\n{body}").replace('\n', "\r\n").into_bytes()
}

const LETTER: &str = "From: Camille Secret <camille.secret@example.org>\n\
    To: help@maison-lune.example\n\
    Date: Sun, 22 Nov 2026 09:00:00 +0100\nMessage-ID: <letter-1@example.org>\n\
    In-Reply-To: <question-1@maison-lune.example>\nSubject: Secret size";

fn mail_fixture() -> ChannelFixture {
    let several = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"";
    let body = "--b\nContent-Type: text/html; charset=iso-8859-1\n\
        Content-Transfer-Encoding: quoted-printable\n\n<p>the words are s=E9cret</p>\n--b\n\
        Content-Type: image/png; name=\"secret.png\"\n\
        Content-Transfer-Encoding: base64\n\niVBORw==\n--b--";
    ChannelFixture::new(sent::mailbox())
        .address("zoe@example.org")
        .form(Form::File(BlobRef::new("data:image/png;base64,iVBO", "image/png")))
        .form(Form::File(BlobRef::new("data:video/mp4;base64,iVBO", "video/mp4")))
        .form(Form::File(BlobRef::new("data:audio/ogg;base64,iVBO", "audio/ogg")))
        .form(Form::File(BlobRef::new("data:application/pdf;base64,iVBO", "application/pdf")))
        .sample(mail(LETTER, "the words are secret"))
        .sample(mail(&format!("{LETTER}\n{several}"), body))
        .secret("camille.secret")
        .secret("Camille Secret")
        .secret("Secret size")
        .secret("the words are")
        .secret("secret.png")
        .secret(OURS)
}

channel_contract!(mail_keeps_the_contract, crate::mail_fixture());
