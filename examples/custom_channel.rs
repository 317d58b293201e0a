//! A whole channel of a stranger: a guestbook by the door of a shop.
//!
//! The guide's page `channel` says why each line is there.

use omnichannel::channel::json::{Object, decode_events};
use omnichannel::channel::{ChannelCodec, Encoding, RawInbound, SignatureScheme, Verified};
use omnichannel::model::*;
use omnichannel::testkit::channel::{CLAUSES, ChannelFixture};

/// Speaks `{"entry": "7", "at": TIME, "email": "...", "words": "..."}`, or a list of such.
#[derive(Debug)]
struct Guestbook(Channel);

impl ChannelCodec for Guestbook {
    fn channel(&self) -> &Channel {
        &self.0
    }

    fn capabilities(&self) -> &Capabilities {
        &Capabilities::INBOUND
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::hmac_sha256("X-Guestbook-Signature", "", Encoding::Hex)
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let request = request.request();
        let body = &request.body;
        decode_events(body, self.capabilities(), "entries", |entry, _| read(entry, request))
    }
}

fn read(entry: &Object<'_>, request: &RawInbound) -> Result<Event, Rejection> {
    let words = entry.text(&["words"])?.ok_or_else(|| entry.missing("words", "nothing is said"))?;
    let occurred = Occurred::stated(entry.time(&["at"])?, request.received_at);
    let mut event = Event::new(entry.index(), EventKind::Message, Act::Said, occurred);
    event.external_id = entry.id(&["entry"])?.map(str::to_owned);
    event.message = Some(Message::inbound(words));
    event.sender = entry.text(&["email"])?.map(|at| Identifier::asserted(Namespace::Email, at));
    event.identifiers = event.sender.iter().cloned().collect();
    Ok(event)
}

fn main() -> Result<(), BadChannelId> {
    let codec = Guestbook(Channel::new("tablet", ChannelKind::Other("guestbook".to_owned()))?);
    let fixture = ChannelFixture::new(codec)
        .sample(r#"{"entry":"7","at":"2026-03-14T10:02:00Z","email":"noe@x.org","words":"!"}"#)
        .mixed(r#"[{"entry":1,"words":"a"},{"entry":2},{"words":7}]"#, 1, &[1, 2])
        .secret("noe@x.org");
    for (name, clause) in CLAUSES {
        clause(&fixture); // panics where the channel breaks it
        println!("{name:<30} ok");
    }
    Ok(())
}
