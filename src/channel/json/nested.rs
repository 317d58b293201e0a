//! Bodies of one object in which events lie deeper than one list.

use super::object::{Object, Place};
use super::{open, read_text};
use crate::model::{Capabilities, Code, Decoded, Event, Rejection};

/// What a codec finds in a body, one after the other: each gets its position.
///
/// Beyond the declared number of events nothing is kept but their count.
#[derive(Debug)]
pub struct Events {
    decoded: Decoded,
    max: usize,
    /// How many came, kept or not.
    count: usize,
}

impl Events {
    /// Takes what was read: an event, or why there is none. A position that it brings along is
    /// overwritten.
    pub fn take(&mut self, read: Result<Event, Rejection>) {
        let index = self.count;
        self.count += 1;
        if index >= self.max {
            return;
        }
        match read {
            Ok(event) => self.decoded.events.push(Event { index, ..event }),
            Err(refused) => {
                self.decoded.rejected.push(Rejection { index: Some(index), ..refused });
            }
        }
    }

    /// Sets something aside that is rightly no event; `reason` names no value.
    pub fn set_aside(&mut self, code: Code, reason: &str) {
        let index = self.count;
        self.count += 1;
        if index < self.max {
            self.decoded.ignored.push(Rejection::at(index, code, reason));
        }
    }

    fn finish(self) -> Decoded {
        let Self { mut decoded, max, count } = self;
        if count == 0 {
            let reason = "the body holds no event";
            decoded.ignored.push(Rejection::whole(Code::NoEvent, reason));
        }
        if count > max {
            let reason = format!("{count} events in one body: only the first {max} are read");
            decoded.rejected.push(Rejection::at(max, Code::TooMany, reason));
        }
        decoded
    }
}

/// Reads a body of one object: `read` walks it and hands over what it finds.
///
/// ```
/// use omnichannel::channel::json::decode_object;
/// use omnichannel::model::{Act, Capabilities, Event, EventKind, Occurred};
///
/// let body = br#"{"entry": [{"messages": [{"id": "a"}, {"id": "b"}]}, {"messages": [7]}]}"#;
/// let decoded = decode_object(body, &Capabilities::INBOUND, |body, events| {
///     for entry in body.each(&["entry"]) {
///         let entry = match entry {
///             Ok(entry) => entry,
///             Err(refused) => return events.take(Err(refused)),
///         };
///         for message in entry.each(&["messages"]) {
///             events.take(message.and_then(|message| {
///                 let mut event = Event::new(0, EventKind::Message, Act::Said, Occurred::UNKNOWN);
///                 event.external_id = message.id(&["id"])?.map(str::to_owned);
///                 Ok(event)
///             }));
///         }
///     }
/// });
/// assert_eq!((decoded.events.len(), decoded.events[1].index), (2, 1));
/// let refused = decoded.rejected[0].to_string();
/// let why = "wrong_type at event 2: `entry[1].messages[0]` should be an object, and is a number";
/// assert_eq!(refused, why);
/// ```
pub fn decode_object(
    body: &[u8],
    limits: &Capabilities,
    read: impl FnOnce(&Object<'_>, &mut Events),
) -> Decoded {
    let refused = |rejection| Decoded { rejected: vec![rejection], ..Decoded::default() };
    let text = match read_text(body, limits.body_bytes_max) {
        Ok(text) => text,
        Err(rejection) => return refused(rejection),
    };
    let document = match super::read_one(text) {
        Ok(document) => document,
        Err(rejection) => return refused(rejection),
    };
    match open(Place::default(), Ok(&document)) {
        Ok(object) => {
            let mut events =
                Events { decoded: Decoded::default(), max: limits.events_max, count: 0 };
            read(&object, &mut events);
            events.finish()
        }
        Err(rejection) => refused(Rejection { index: None, ..rejection }),
    }
}
