//! JSON for codecs: bounded reading, fields with their place, and what is left over.
//!
//! A codec of your own gets from here what ours do: [`decode_events`] splits a body into events
//! and keeps the good ones, [`decode_object`] does so where they lie deeper, [`Object`] reads
//! fields and refuses them by their path, [`Leftovers`] keeps the rest.
//!
//! # Law
//!
//! 1. A refusal names the place and the types, never a value nor a field name that the sender
//!    chose.
//! 2. A bad event costs only itself (`testkit::channel::a_bad_event_costs_only_itself`).

mod flatten;
mod nested;
mod object;
mod parse;

pub(super) use flatten::shorten;
pub use flatten::{DETAILS_CUT, DETAILS_MAX, Leftovers, VALUE_BYTES_MAX};
pub use nested::{Events, decode_object};
pub use object::Object;
use object::Place;
pub(super) use object::named;
pub use parse::{DEPTH_MAX, Field, Json};

use std::iter;

use crate::model::{Capabilities, Code, Decoded, Event, Rejection};
use parse::parse;

/// Reads a body of one event, several in a list, several under `list_field`, or one a line.
///
/// The shapes are told apart by what they are: a list is a list of events; an object with
/// `list_field` is an envelope around one, handed to `read` beside each of them; any other object
/// is one event; several objects, a line each (JSON lines), are one event each. In JSON lines a
/// line that is no JSON costs only itself. A byte order mark in front is allowed.
///
/// An empty list is set aside as [`Code::NoEvent`]. The surplus over the declared number of events
/// is refused once, as [`Code::TooMany`].
pub fn decode_events<F>(body: &[u8], limits: &Capabilities, list_field: &str, read: F) -> Decoded
where
    F: Fn(&Object<'_>, Option<&Object<'_>>) -> Result<Event, Rejection>,
{
    let refused = |rejection| Decoded { rejected: vec![rejection], ..Decoded::default() };
    decode(body, limits, list_field, read).unwrap_or_else(refused)
}

fn decode<F>(
    body: &[u8],
    limits: &Capabilities,
    list_field: &str,
    read: F,
) -> Result<Decoded, Rejection>
where
    F: Fn(&Object<'_>, Option<&Object<'_>>) -> Result<Event, Rejection>,
{
    let document = read_document(read_text(body, limits.body_bytes_max)?)?;
    let (envelope, items) = split(&document, list_field)?;
    let (count, max) = (items.len(), limits.events_max);
    let mut decoded = Decoded { events: Vec::with_capacity(count.min(max)), ..Decoded::default() };
    for (place, value) in items.take(max) {
        let event = open(place, value).and_then(|event| read(&event, envelope.as_ref()));
        match event {
            Ok(event) => decoded.events.push(event),
            Err(rejection) => decoded.rejected.push(rejection),
        }
    }
    if count == 0 {
        let reason = "the list of events is empty";
        decoded.ignored.push(Rejection::whole(Code::NoEvent, reason));
    }
    if count > max {
        let reason = format!("{count} events in one body: only the first {max} are read, split it");
        decoded.rejected.push(Rejection::at(max, Code::TooMany, reason));
    }
    Ok(decoded)
}

/// What a body holds.
enum Document<'a> {
    /// One value.
    One(Json<'a>),
    /// What each line that is not blank holds, with the line's number from 1.
    Lines(Vec<(usize, serde_json::Result<Json<'a>>)>),
}

/// The events of a body, or what stands in their place.
type Items<'d> = Box<
    dyn ExactSizeIterator<Item = (Place<'d>, Result<&'d Json<'d>, &'d serde_json::Error>)> + 'd,
>;

/// Tells the shapes of a body apart: the envelope where there is one, and the events.
fn split<'d>(
    document: &'d Document<'d>,
    list_field: &'d str,
) -> Result<(Option<Object<'d>>, Items<'d>), Rejection> {
    let list = |field: &'d str, items: &'d [Json<'d>]| -> Items<'d> {
        let item = move |(at, value)| (Place::listed(at, field), Ok(value));
        Box::new(items.iter().enumerate().map(item))
    };
    let one = match document {
        Document::Lines(lines) => {
            let items = lines
                .iter()
                .enumerate()
                .map(|(at, (line, value))| (Place::line(at, *line), value.as_ref()));
            return Ok((None, Box::new(items)));
        }
        Document::One(one) => one,
    };
    match one {
        Json::List(items) => Ok((None, list("", items))),
        Json::Object(fields) => {
            let object = Object::new(Place::default(), fields);
            match object.get(&[list_field]) {
                None => Ok((None, Box::new(iter::once((Place::default(), Ok(one)))))),
                Some((_, Json::List(items))) => Ok((Some(object), list(list_field, items))),
                Some((_, other)) => Err(Rejection::whole(
                    Code::WrongType,
                    format!("`{list_field}` should be a list, and is {}", other.type_name()),
                )),
            }
        }
        other => Err(Rejection::whole(
            Code::WrongType,
            format!("the body should be an object or a list, and is {}", other.type_name()),
        )),
    }
}

/// Takes what stands in an event's place as its object.
fn open<'d>(
    place: Place<'d>,
    value: Result<&'d Json<'d>, &serde_json::Error>,
) -> Result<Object<'d>, Rejection> {
    match value {
        Ok(value) if value.is_too_deep() => {
            let what = format!("is nested deeper than {DEPTH_MAX} levels");
            Err(place.refuse(Code::TooDeep, &what))
        }
        Ok(value) => Object::of(place, value),
        Err(error) => {
            // The place names the line already.
            let error = error.to_string().replace(" at line 1 column", " at column");
            Err(place.refuse(Code::Syntax, &format!("is not JSON: {error}")))
        }
    }
}

/// Reads the bytes of a body as text.
fn read_text(body: &[u8], bytes_max: usize) -> Result<&str, Rejection> {
    if body.len() > bytes_max {
        let reason = format!("the body has {} bytes: at most {bytes_max} are read", body.len());
        return Err(Rejection::whole(Code::TooLarge, reason));
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to() + 1;
        Rejection::whole(Code::Encoding, format!("byte {at} of the body is not UTF-8"))
    })?;
    if text.trim().is_empty() {
        return Err(Rejection::whole(Code::Syntax, "the body is empty: JSON was expected"));
    }
    Ok(text)
}

fn read_document(text: &str) -> Result<Document<'_>, Rejection> {
    parse(text)
        .map(Document::One)
        .or_else(|error| read_lines(text).ok_or_else(|| unreadable(text, &error)))
}

/// Reads a body that is one value.
fn read_one(text: &str) -> Result<Json<'_>, Rejection> {
    parse(text).map_err(|error| unreadable(text, &error))
}

fn unreadable(text: &str, error: &serde_json::Error) -> Rejection {
    if error.is_eof() && opens_too_deep(text) {
        // Brackets without end are first of all too many; the missing end is what follows.
        let reason = format!("the body is nested deeper than {DEPTH_MAX} levels");
        return Rejection::whole(Code::TooDeep, reason);
    }
    Rejection::whole(Code::Syntax, format!("the body is not JSON: {error}"))
}

/// Whether more brackets are open at once, outside of strings, than are read. One pass.
fn opens_too_deep(text: &str) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    text.bytes().any(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEPTH_MAX
    })
}

/// Reads JSON lines: two lines or more, each opening an object, at least one of them whole.
fn read_lines(text: &str) -> Option<Document<'_>> {
    let lines = text.lines().map(str::trim).zip(1..).filter(|(line, _)| !line.is_empty());
    if lines.clone().count() < 2 || !lines.clone().all(|(line, _)| line.starts_with('{')) {
        return None;
    }
    let lines: Vec<_> = lines.map(|(line, number)| (number, parse(line))).collect();
    lines.iter().any(|(_, value)| value.is_ok()).then_some(Document::Lines(lines))
}
