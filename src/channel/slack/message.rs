//! Reads messages: said, changed, deleted, and the notices of a channel.

use super::envelope::Delivery;
use super::party::{self, Unread, message_id, revision, stamp};
use crate::channel::json::{Leftovers, Object};
use crate::channel::stop::says_stop;
use crate::model::{
    Act, Author, BlobRef, Code, ConsentSignal, ConsentState, Direction, Event, EventKind,
    LawfulBasis, Message, ObjectRef, Occurred, Part, Pii,
};

/// Subtypes of a message in which somebody speaks.
const SPOKEN: &[&str] =
    &["bot_message", "file_share", "me_message", "reply_broadcast", "thread_broadcast"];

/// Subtypes by which a channel tells that something was done, each named by itself.
const NOTICES: &[&str] = &[
    "assistant_app_thread",
    "bot_add",
    "bot_remove",
    "channel_archive",
    "channel_convert_to_private",
    "channel_join",
    "channel_leave",
    "channel_name",
    "channel_posting_permissions",
    "channel_purpose",
    "channel_topic",
    "channel_unarchive",
    "ekm_access_denied",
    "group_archive",
    "group_join",
    "group_leave",
    "group_name",
    "group_purpose",
    "group_topic",
    "group_unarchive",
    "pinned_item",
    "reminder_add",
    "unpinned_item",
];

/// Fields that the event tells, that say how it was delivered, or that copy another message.
const TOLD: &[&str] = &[
    "channel",
    "channel_type",
    "edited",
    "event_ts",
    "files",
    "message",
    "previous_message",
    "root",
    "source_team",
    "team",
    "text",
    "thread_ts",
    "ts",
    "type",
    "user",
    "user_team",
];

/// Reads a message of any subtype.
pub(super) fn read(told: &Object<'_>, delivery: &Delivery<'_>) -> Result<Event, Unread> {
    match told.text(&["subtype"])? {
        None => said(told, told, delivery),
        Some("message_changed") => changed(told, delivery),
        Some("message_deleted") => {
            let gone = told.object(&["previous_message"])?;
            deleted(told, gone.as_ref(), delivery)
        }
        Some("message_replied") => {
            Err(Unread::Aside(Code::NoEvent, "a thread was answered: the answer comes by itself"))
        }
        Some(subtype) if SPOKEN.contains(&subtype) => said(told, told, delivery),
        Some(subtype) => notice(told, subtype, delivery),
    }
}

/// Whether a program wrote it: this app, which is refused, or another.
fn is_program(message: &Object<'_>, delivery: &Delivery<'_>) -> Result<bool, Unread> {
    let is_bot = message.has(&["bot_id"]) && message.id_leniently(&["bot_id"]).is_some();
    let is_classic = message.id_leniently(&["subtype"]) == Some("bot_message");
    let profile = message.object_leniently(&["bot_profile"]);
    let app = message.id_leniently(&["app_id"]);
    let app = app.or_else(|| profile.and_then(|profile| profile.id_leniently(&["app_id"])));
    let user = message.id_leniently(&["user"]);
    let is_own = app.is_some_and(|app| Some(app) == delivery.app)
        || user.is_some_and(|user| delivery.own.iter().any(|own| own == user));
    if is_bot && is_own {
        return Err(Unread::Aside(Code::Echo, "the app itself wrote it"));
    }
    Ok(is_bot || is_classic)
}

/// Somebody said something: `message` is `told` itself, or what is nested in it.
fn said(told: &Object<'_>, message: &Object<'_>, delivery: &Delivery<'_>) -> Result<Event, Unread> {
    let is_program = is_program(message, delivery)?;
    let channel = told.id(&["channel"])?;
    let ts = message.id(&["ts"])?;
    let at = stamp(message, &["ts"])?.or(stamp(told, &["event_ts"])?).or(delivery.at);
    let occurred = Occurred::stated(at, delivery.received_at);
    let mut event = Event::new(0, EventKind::Message, Act::Said, occurred);
    event.external_id = message_id(channel, ts).or_else(|| delivery.event_id.map(str::to_owned));
    if let Some(sender) = delivery.user(message).filter(|_| !is_program) {
        party::about(&mut event, sender);
    }
    let profile = message.object_leniently(&["user_profile"]).filter(|_| !is_program);
    let name = profile.as_ref().and_then(|profile| profile.id_leniently(&["real_name"]));
    if let Some(name) = name {
        event.attributes.insert("name".to_owned(), Pii::new(name.to_owned()));
    }

    let thread = message.id(&["thread_ts"])?.filter(|thread| Some(*thread) != ts);
    let thread = message_id(channel, thread);
    event.objects.extend(channel.map(|id| ObjectRef::new("channel", id)));
    event.objects.extend(thread.as_ref().map(|id| ObjectRef::new("thread", id)));
    let (direction, author) = match is_program {
        true => (Direction::Outbound, Author::Bot),
        false => (Direction::Inbound, Author::Customer),
    };
    event.act = match direction {
        _ if thread.is_some() => Act::Replied,
        Direction::Inbound => Act::Said,
        Direction::Outbound => Act::Sent,
    };
    let mut parts: Vec<Part> =
        message.objects_leniently(&["files"]).iter().filter_map(file).map(Part::Media).collect();
    let words = message.text(&["text"])?.map(unescaped);
    let is_direct = channel.is_some_and(|channel| channel.starts_with('D'));
    if let Some(words) = words.as_deref().filter(|words| is_direct && says_stop(words)) {
        event.consents.extend(withdrawal(&event, words));
    }
    parts.extend(words.map(|words| Part::Text(Pii::new(words))));
    let (subject, language, references) = (None, None, thread.into_iter().collect());
    event.message = Some(Message { direction, author, subject, parts, language, references });

    let mut rest = Leftovers::new();
    rest.add("", message.fields(), |name, _| match name {
        "user_profile" => profile.is_none(),
        name => !TOLD.contains(&name),
    });
    if let Some(profile) = &profile {
        rest.add("user_profile", profile.fields(), |name, _| name != "real_name");
    }
    event.details = rest.into_details();
    Ok(event)
}

/// A message is another now; its id and time are those of the nested one.
fn changed(told: &Object<'_>, delivery: &Delivery<'_>) -> Result<Event, Unread> {
    let Some(now) = told.object(&["message"])? else {
        return Err(told.missing("message", "it is the message as it is now").into());
    };
    let before = told.object(&["previous_message"])?;
    if now.id_leniently(&["subtype"]) == Some("tombstone") {
        return deleted(told, Some(&now), delivery);
    }
    let text = |of: &Object<'_>| of.id_leniently(&["text"]).map(str::to_owned);
    let is_same = before.as_ref().is_some_and(|before| text(before) == text(&now));
    let edited = now.object(&["edited"])?;
    if edited.is_none() && is_same {
        let why = "Slack completed a message, nobody changed it";
        return Err(Unread::Aside(Code::NoEvent, why));
    }
    let mut event = said(told, &now, delivery)?;
    event.kind = EventKind::Edit;
    let at = match &edited {
        Some(edited) => stamp(edited, &["ts"])?,
        None => stamp(told, &["event_ts", "ts"])?,
    };
    event.revision = revision(at);
    if let (None, Some(before)) = (now.id_leniently(&["ts"]), &before) {
        let channel = told.id_leniently(&["channel"]);
        event.external_id = message_id(channel, before.id_leniently(&["ts"]));
        event.occurred = Occurred::stated(stamp(before, &["ts"])?, delivery.received_at);
    }
    Ok(event)
}

/// A message is gone; `gone` is what it was, or the stone in its place.
fn deleted(
    told: &Object<'_>,
    gone: Option<&Object<'_>>,
    delivery: &Delivery<'_>,
) -> Result<Event, Unread> {
    let of_program = gone.map(|gone| is_program(gone, delivery)).transpose()?.unwrap_or(false);
    let nested = gone.and_then(|gone| gone.id_leniently(&["ts"]));
    let ts = told.id(&["deleted_ts"])?.or(nested);
    let at = match (told.has(&["deleted_ts"]), gone) {
        (false, Some(gone)) => stamp(gone, &["ts"])?,
        _ => stamp(told, &["deleted_ts"])?,
    };
    let occurred = Occurred::stated(at, delivery.received_at);
    let act = Act::Custom("deleted".to_owned());
    let mut event = Event::new(0, EventKind::Delete, act, occurred);
    let channel = told.id(&["channel"])?;
    event.external_id = message_id(channel, ts);
    event.revision = u32::MAX;
    event.objects.extend(channel.map(|id| ObjectRef::new("channel", id)));
    let sender = gone.filter(|_| !of_program).and_then(|gone| delivery.user(gone));
    if let Some(sender) = sender {
        party::about(&mut event, sender);
    }
    if let Some(when) = told.id_leniently(&["event_ts", "ts"]) {
        event.details.insert("deleted_ts".to_owned(), Pii::new(when.to_owned()));
    }
    Ok(event)
}

/// A channel tells of something; the text of it is Slack's own.
fn notice(told: &Object<'_>, subtype: &str, delivery: &Delivery<'_>) -> Result<Event, Unread> {
    let mut event = delivery.begin(told, EventKind::Track)?;
    let (channel, ts) = (told.id(&["channel"])?, told.id(&["ts"])?);
    event.external_id = message_id(channel, ts);
    if let Some(at) = stamp(told, &["ts"])? {
        event.occurred = Occurred::stated(Some(at), delivery.received_at);
    }
    let is_known = NOTICES.contains(&subtype);
    let act = if is_known { subtype.replace('_', " ") } else { "unknown message".to_owned() };
    event.act = Act::Custom(act);
    event.kind = if is_known { EventKind::Track } else { EventKind::Unknown };
    if let Some(sender) = delivery.user(told) {
        party::about(&mut event, sender);
    }
    event.objects.extend(channel.map(|id| ObjectRef::new("channel", id)));
    let mut rest = Leftovers::new();
    rest.add("", told.fields(), |name, _| !is_known || name == "text" || !TOLD.contains(&name));
    event.details = rest.into_details();
    Ok(event)
}

fn file(of: &Object<'_>) -> Option<BlobRef> {
    let url = of.id_leniently(&["url_private_download"]).or(of.id_leniently(&["url_private"]));
    let location = url.or_else(|| of.id_leniently(&["id"]))?;
    let media_type = of.id_leniently(&["mimetype"]).unwrap_or("application/octet-stream");
    let mut file = BlobRef::new(location, media_type);
    file.file_name = of.id_leniently(&["name"]).map(|name| Pii::new(name.to_owned()));
    file.bytes = of.id_leniently(&["size"]).and_then(|digits| digits.parse().ok());
    Some(file)
}

/// What was written, before Slack escaped it; the ampersand last, since it may be an escape's.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn withdrawal(event: &Event, words: &str) -> Option<ConsentSignal> {
    Some(ConsentSignal {
        endpoint: event.sender.clone()?,
        purpose: None,
        state: ConsentState::Withdrawn,
        basis: LawfulBasis::Consent,
        evidence: Some(words.to_owned()),
    })
}
