//! What is said at the counter and on the telephone.

use crate::channel::json::Object;
use crate::channel::touchpoint::read::blob;
use crate::model::{
    Act, Author, Direction, Event, EventKind, Message, ObjectRef, Part, Pii, Rejection,
};

type Told = Result<&'static [&'static str], Rejection>;

/// The customer asks.
pub(super) fn enquiry(told: &Object<'_>, event: &mut Event) -> Told {
    say(told, event, (Direction::Inbound, Author::Customer), Act::Asked)
}

/// A clerk answers.
pub(super) fn answer(told: &Object<'_>, event: &mut Event) -> Told {
    say(told, event, (Direction::Outbound, Author::Clerk), Act::Replied)
}

/// A clerk's note about the customer, which nobody said to them.
pub(super) fn note(told: &Object<'_>, event: &mut Event) -> Result<Act, Rejection> {
    event.kind = EventKind::Track;
    match told.text(&["text"])? {
        Some(text) if !text.trim().is_empty() => Ok(Act::Custom("noted".to_owned())),
        _ => Err(told.missing("text", "a note has words")),
    }
}

/// A score, and words where there are some.
pub(super) fn feedback(told: &Object<'_>, event: &mut Event) -> Told {
    let (score, most) = (told.count(&["score"])?, told.count(&["of_most"])?);
    if told.has(&["text"]) {
        say(told, event, (Direction::Inbound, Author::Customer), Act::Rated)?;
    } else if score.is_none() {
        return Err(told.missing("score", "feedback has a score, words, or both"));
    }
    if score.zip(most).is_some_and(|(score, most)| score > most) {
        let what = "is more than `of_most` allows";
        return Err(told.refuse(crate::model::Code::WrongType, "score", what));
    }
    if event.message.is_none() {
        event.kind = EventKind::Track;
    }
    event.act = Act::Rated;
    Ok(&["text", "language", "to", "media"])
}

/// A step of a call.
pub(super) fn call(told: &Object<'_>, event: &mut Event) -> Told {
    of_call(told, event)?;
    event.kind = EventKind::Track;
    let status = told.text(&["status"])?.map(str::trim);
    let act = match status {
        Some("started") => "called",
        Some("answered") => "answered call",
        Some("held") => "held call",
        Some("transferred") => "transferred call",
        Some("ended") => "ended call",
        Some("missed") => "missed call",
        Some(_) => {
            let what = "is none of: started, answered, held, transferred, ended, missed";
            return Err(told.refuse(crate::model::Code::Unsupported, "status", what));
        }
        None => return Err(told.missing("status", "it says how far the call is")),
    };
    event.act = Act::Custom(act.to_owned());
    Ok(&["call", "status"])
}

/// What a caller chose or said in a menu.
pub(super) fn menu(told: &Object<'_>, event: &mut Event) -> Told {
    of_call(told, event)?;
    let owned = |text: &str| Pii::new(text.to_owned());
    let label = told.text(&["label"])?.map(owned);
    let chosen = told.id(&["key"])?.map(|id| Part::Choice { id: owned(id), label });
    let spoken = told.text(&["text"])?.map(|text| Part::Text(owned(text)));
    let parts: Vec<Part> = chosen.into_iter().chain(spoken).collect();
    if parts.is_empty() {
        return Err(told.missing("key", "a caller chose a `key`, or said a `text`"));
    }
    hear(told, event, parts)?;
    Ok(&["call", "key", "label", "text", "language"])
}

/// What a caller left behind.
pub(super) fn voicemail(told: &Object<'_>, event: &mut Event) -> Told {
    of_call(told, event)?;
    let words = told.text(&["text"])?.map(|text| Part::Text(Pii::new(text.to_owned())));
    let recording = told.object(&["recording"])?;
    let recording = recording.map(|file| blob(&file).map(Part::Media)).transpose()?;
    let parts: Vec<Part> = words.into_iter().chain(recording).collect();
    if parts.is_empty() {
        return Err(told.missing("recording", "a voicemail is a file, its words, or both"));
    }
    hear(told, event, parts)?;
    Ok(&["call", "recording", "text", "language"])
}

fn of_call(told: &Object<'_>, event: &mut Event) -> Result<(), Rejection> {
    let Some(call) = told.id(&["call"])? else {
        return Err(told.missing("call", "it names the call"));
    };
    event.objects.push(ObjectRef::new("call", call));
    Ok(())
}

/// A message of the caller's.
fn hear(told: &Object<'_>, event: &mut Event, parts: Vec<Part>) -> Result<(), Rejection> {
    (event.kind, event.act) = (EventKind::Message, Act::Said);
    let language = told.text(&["language"])?.map(str::to_owned);
    event.message = Some(Message { parts, language, ..Message::inbound("") });
    Ok(())
}

/// A message with words, files, or both.
fn say(
    told: &Object<'_>,
    event: &mut Event,
    (direction, author): (Direction, Author),
    act: Act,
) -> Told {
    let words = told.text(&["text"])?.filter(|text| !text.trim().is_empty());
    let mut parts: Vec<Part> =
        words.map(|text| Part::Text(Pii::new(text.to_owned()))).into_iter().collect();
    for file in told.objects(&["media"])? {
        parts.push(Part::Media(blob(&file)?));
    }
    if parts.is_empty() {
        return Err(told.missing("text", "a message has words, or files in `media`"));
    }
    (event.kind, event.act) = (EventKind::Message, act);
    event.message = Some(Message {
        direction,
        author,
        subject: None,
        parts,
        language: told.text(&["language"])?.map(str::to_owned),
        references: told.id(&["to"])?.map(str::to_owned).into_iter().collect(),
    });
    Ok(&["text", "language", "to", "media"])
}
