//! A channel of its own: a doorbell that tells whose card was held to it.

use omnichannel::channel::{ChannelCodec, RawInbound, SignatureScheme, Verified};
use omnichannel::model::{
    Act, BadChannelId, Capabilities, Channel, ChannelKind, Code, Decoded, Event, EventKind,
    Identifier, Namespace, Occurred, Rejection, Timestamp,
};

/// Speaks `id time card`, a line for each ring.
#[derive(Debug)]
pub struct Doorbell(Channel, Capabilities);

impl Doorbell {
    /// The doorbell of that name.
    pub fn new(name: &str) -> Result<Self, BadChannelId> {
        let channel = Channel::new(name, ChannelKind::Other("doorbell".to_owned()))?;
        Ok(Self(channel, Capabilities::INBOUND))
    }
}

impl ChannelCodec for Doorbell {
    fn channel(&self) -> &Channel {
        &self.0
    }

    fn capabilities(&self) -> &Capabilities {
        &self.1
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Attested
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let mut decoded = Decoded::default();
        let body = &request.request().body;
        match std::str::from_utf8(body) {
            _ if body.len() > self.1.body_bytes_max => {
                decoded.rejected.push(Rejection::whole(Code::TooLarge, "over the body's limit"));
            }
            Err(_) => decoded.rejected.push(Rejection::whole(Code::Encoding, "not UTF-8")),
            Ok("") => decoded.ignored.push(Rejection::whole(Code::NoEvent, "nobody rang")),
            Ok(text) => {
                for (index, line) in text.lines().take(self.1.events_max).enumerate() {
                    match ring(index, line) {
                        Ok(event) => decoded.events.push(event),
                        Err((code, why)) => decoded.rejected.push(Rejection::at(index, code, why)),
                    }
                }
                if text.lines().nth(self.1.events_max).is_some() {
                    let why = "more rings than one body may hold; the rest is not read";
                    decoded.rejected.push(Rejection::at(self.1.events_max, Code::TooMany, why));
                }
            }
        }
        decoded
    }
}

fn ring(index: usize, line: &str) -> Result<Event, (Code, &'static str)> {
    let [id, time, card] = line.split_whitespace().collect::<Vec<_>>()[..] else {
        return Err((Code::MissingField, "a ring is an id, a time and a card"));
    };
    let at: Timestamp = time.parse().map_err(|_| (Code::BadTime, "the time is not RFC 3339"))?;
    let card = Identifier::proven(Namespace::LoyaltyCard, card);
    let mut event = Event::new(index, EventKind::Track, Act::Visited, Occurred::at(at));
    event.external_id = Some(id.to_owned());
    event.sender = Some(card.clone());
    event.identifiers = vec![card];
    Ok(event)
}
