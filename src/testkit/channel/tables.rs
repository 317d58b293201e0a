//! Tables: a body and its events, a message and its calls.

use super::ChannelFixture;
use crate::channel::RawOutbound;
use crate::model::{Event, Outbound};

/// A body and the lines of its events.
#[derive(Debug, Clone)]
pub(super) struct Reads {
    pub(super) body: Vec<u8>,
    pub(super) lines: Vec<String>,
}

/// A message and the lines of its calls.
#[derive(Debug, Clone)]
pub(super) struct Writes {
    pub(super) message: Outbound,
    pub(super) lines: Vec<String>,
}

/// An event in a line: kind, act, external id, sender, time, text; `-` for what is not there.
///
/// For tables of a codec's own tests, whose people are invented: it shows what it reads.
///
/// ```
/// use omnichannel::model::{Act, Event, EventKind, Message, Occurred};
/// use omnichannel::testkit::channel::line_of;
///
/// let mut event = Event::new(0, EventKind::Message, Act::Said, Occurred::UNKNOWN);
/// event.external_id = Some("7".to_owned());
/// event.message = Some(Message::inbound("Bonjour\n\"Zoé\""));
/// assert_eq!(line_of(&event), r#"message said 7 - - "Bonjour\n\"Zoé\"""#);
/// ```
pub fn line_of(event: &Event) -> String {
    let dash = || "-".to_owned();
    let sender =
        event.sender.as_ref().map(|it| format!("{}:{}", it.namespace.name(), it.value.expose()));
    let text = event.message.as_ref().map(|message| format!("{:?}", message.text().expose()));
    let cells = [
        event.kind.name().to_owned(),
        event.act.name().replace(' ', "_"),
        event.external_id.clone().unwrap_or_else(dash),
        sender.unwrap_or_else(dash),
        event.occurred.at.map_or_else(dash, |at| at.to_string()),
        text.unwrap_or_else(dash),
    ];
    cells.join(" ")
}

/// A call in a line: method, path, body.
pub fn line_of_call(call: &RawOutbound) -> String {
    format!("{} {} {}", call.method, call.path, String::from_utf8_lossy(&call.body))
}

/// Clause 15: each body reads as its table says, each message is written as it says.
pub fn tables_hold(fixture: &ChannelFixture) {
    for (at, Reads { body, lines }) in fixture.reads.iter().enumerate() {
        let read: Vec<String> = fixture.decode(body).events.iter().map(line_of).collect();
        assert_eq!(read, *lines, "tables_hold: body {at} reads otherwise");
    }
    for (at, Writes { message, lines }) in fixture.writes.iter().enumerate() {
        let written = match fixture.codec.plan(message) {
            Ok(calls) => calls.iter().map(line_of_call).collect(),
            Err(error) => vec![format!("refused: {}", error.message())],
        };
        assert_eq!(written, *lines, "tables_hold: message {at} is written otherwise");
    }
}
