//! Calls: that they began and ended, what was keyed or said, what was recorded.

use super::{Reading, party};
use crate::channel::json::Object;
use crate::model::{
    Act, Author, BlobRef, Direction, Event, EventKind, Message, ObjectRef, Part, Pii, Rejection,
};

/// Fields that the event tells.
const TOLD: [&str; 9] = [
    "ApiVersion",
    "CallSid",
    "Digits",
    "Direction",
    "RecordingSid",
    "RecordingUrl",
    "SpeechResult",
    "TranscriptionText",
    "UnstableSpeechResult",
];

impl Reading<'_> {
    /// A step of a call.
    pub(super) fn call(&self, form: &Object<'_>, sid: &str) -> Result<Event, Rejection> {
        let status = form.text(&["CallStatus"])?.map(str::to_lowercase);
        let status = status.as_deref().unwrap_or_default();
        let parts = parts(form)?;
        let mut event = match (parts.is_empty(), act(status)) {
            (false, _) => self.event(EventKind::Message, Act::Said),
            (true, Some(act)) => self.event(EventKind::Track, act),
            (true, None) => self.unknown(form),
        };
        event.external_id = Some(step(form, sid, status)?);
        event.objects.push(ObjectRef::new("call", sid));
        let outbound = form.text(&["Direction"])?.is_some_and(|way| way.starts_with("outbound"));
        party::about(&mut event, form, if outbound { "To" } else { "From" })?;
        if !parts.is_empty() {
            event.message = Some(Message {
                direction: Direction::Inbound,
                author: Author::Customer,
                subject: None,
                parts,
                language: None,
                references: Vec::new(),
            });
        }
        event.details = self.rest(form, &TOLD);
        Ok(event)
    }
}

/// The step's id: a recording has one; else the status, what Twilio counts, and what was keyed.
fn step(form: &Object<'_>, sid: &str, status: &str) -> Result<String, Rejection> {
    if let Some(recording) = form.id(&["TranscriptionSid", "RecordingSid"])? {
        return Ok(format!("{sid}:{recording}"));
    }
    let said = form.id(&["Digits", "SpeechResult"])?.unwrap_or_default();
    let count = form.id(&["SequenceNumber"])?.unwrap_or_default();
    let named = [sid, status, count, said].into_iter().filter(|part| !part.is_empty());
    Ok(named.collect::<Vec<_>>().join(":"))
}

/// What a status of a call means; `None` where it is not known.
fn act(status: &str) -> Option<Act> {
    let name = match status {
        "queued" | "initiated" | "ringing" => "called",
        "in-progress" | "answered" => "answered call",
        "completed" => "ended call",
        "busy" | "no-answer" | "canceled" | "failed" => "missed call",
        _ => return None,
    };
    Some(Act::Custom(name.to_owned()))
}

/// What was keyed, said or recorded.
fn parts(form: &Object<'_>) -> Result<Vec<Part>, Rejection> {
    let text = |name: &str| form.text(&[name]);
    let mut parts = Vec::new();
    if let Some(keys) = form.id(&["Digits"])? {
        parts.push(Part::Choice { id: Pii::new(keys.to_owned()), label: None });
    }
    for name in ["SpeechResult", "TranscriptionText"] {
        parts.extend(text(name)?.map(|words| Part::Text(Pii::new(words.to_owned()))));
    }
    if let Some(url) = text("RecordingUrl")? {
        // Twilio serves the recording as WAV at its URL (Twilio, "Recordings").
        parts.push(Part::Media(BlobRef::new(url, "audio/wav")));
    }
    Ok(parts)
}
