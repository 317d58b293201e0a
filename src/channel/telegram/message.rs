//! Reads a message: who speaks, what is said, what it answers.

use super::content;
use super::party::{self, is_private, message_id};
use crate::channel::json::{Leftovers, Object};
use crate::channel::stop::says_stop;
use crate::model::{
    Act, Author, Direction, Event, EventKind, Identifier, Message, Namespace, ObjectRef, Occurred,
    Rejection, Timestamp,
};

/// Fields that the event tells, or that repeat what another said.
const TOLD: &[&str] = &[
    "message_id",
    "business_connection_id",
    "chat",
    "from",
    "date",
    "edit_date",
    "contact",
    "reply_to_message",
    "pinned_message",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
];

/// What a service message says was done.
const DONE: [(&str, Act); 2] =
    [("successful_payment", Act::Paid), ("refunded_payment", Act::Refunded)];

/// Other service messages, each named by its field.
const SERVICE: &[&str] = &[
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "channel_chat_created",
    "message_auto_delete_timer_changed",
    "pinned_message",
    "users_shared",
    "chat_shared",
    "gift",
    "unique_gift",
    "connected_website",
    "write_access_allowed",
    "passport_data",
    "proximity_alert_triggered",
    "boost_added",
    "chat_background_set",
    "checklist_tasks_done",
    "checklist_tasks_added",
    "direct_message_price_changed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "giveaway_created",
    "giveaway_winners",
    "giveaway_completed",
    "paid_message_price_changed",
    "video_chat_scheduled",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_participants_invited",
];

/// Who speaks in a message, and whom it is about.
struct Voice<'a> {
    party: Option<Object<'a>>,
    direction: Direction,
    author: Author,
}

/// Reads a message into an event; `edited` where the update tells of a change.
pub(super) fn read(
    message: &Object<'_>,
    edited: bool,
    received_at: Option<Timestamp>,
) -> Result<Event, Rejection> {
    let Some(chat) = message.object(&["chat"])? else {
        return Err(message.missing("chat", "it says where the message was written"));
    };
    let Some(id) = message.id(&["message_id"])? else {
        return Err(message.missing("message_id", "it names the message"));
    };
    let connection = message.id(&["business_connection_id"])?;
    let occurred = Occurred::stated(party::seconds(message, "date")?, received_at);
    let mut event = Event::new(0, EventKind::Message, Act::Said, occurred);
    event.external_id = Some(message_id(&chat, id, connection));
    let stated = message.count(&["edit_date"])?;
    event.revision = stated.unwrap_or(u32::from(edited));

    let voice = voice(message, &chat, connection.is_some());
    if let Some(party) = &voice.party {
        party::about(&mut event, party);
        if voice.direction == Direction::Outbound {
            event.attributes = Default::default();
        }
    }
    let mut rest = Leftovers::new();
    party::in_chat(&mut event, &mut rest, &chat);
    say(&mut event, message, &chat, &voice)?;
    if event.message.is_some() && edited {
        event.kind = EventKind::Edit;
    }
    if message.has(&["migrate_to_chat_id", "migrate_from_chat_id"]) {
        migrate(&mut event, message, &chat);
    }
    leftovers(rest, &mut event, message, &voice);
    Ok(event)
}

/// Who speaks.
///
/// Posts of a channel are the company's, which made the bot its administrator. A business
/// account's own people answer in its private chats as somebody else than the chat's person.
fn voice<'a>(message: &Object<'a>, chat: &Object<'a>, is_business: bool) -> Voice<'a> {
    let person = || is_private(chat).then(|| chat.clone());
    let is = |of: &Object<'_>, name| of.flag(&[name]).ok().flatten().unwrap_or(false);
    let outbound = |author, party| Voice { party, direction: Direction::Outbound, author };
    let inbound = |party| Voice { party, direction: Direction::Inbound, author: Author::Customer };
    let is_post = chat.id_leniently(&["type"]) == Some("channel");
    if is_post || is(message, "is_automatic_forward") {
        return outbound(Author::Agent, None);
    }
    if message.has(&["sender_chat"]) {
        return inbound(None);
    }
    let Some(from) = message.object_leniently(&["from"]) else { return inbound(person()) };
    if is(&from, "is_bot") {
        return outbound(Author::Bot, person());
    }
    let is_company =
        is_business && is_private(chat) && from.id_leniently(&["id"]) != chat.id_leniently(&["id"]);
    if is_company { outbound(Author::Agent, person()) } else { inbound(Some(from)) }
}

/// Tells what was said or done.
fn say(
    event: &mut Event,
    message: &Object<'_>,
    chat: &Object<'_>,
    voice: &Voice<'_>,
) -> Result<(), Rejection> {
    let done = DONE.iter().find(|(name, _)| message.has(&[name])).map(|(_, act)| act.clone());
    let named = || SERVICE.iter().find(|name| message.has(&[name]));
    let done = done.or_else(|| named().map(|name| Act::Custom(name.replace('_', " "))));
    if let Some(act) = done {
        (event.kind, event.act) = (EventKind::Track, act);
        let pinned = message.object_leniently(&["pinned_message"]);
        event.objects.extend(pinned.and_then(|pinned| other(&pinned, chat, None)).map(of_message));
        return Ok(());
    }
    let Some(parts) = content::parts(message)? else {
        (event.kind, event.act) = (EventKind::Unknown, Act::Custom("unknown message".to_owned()));
        return Ok(());
    };
    let connection = message.id_leniently(&["business_connection_id"]);
    let answered = message.object_leniently(&["reply_to_message"]);
    let answered = answered.and_then(|answered| other(&answered, chat, connection));
    let elsewhere = message.object_leniently(&["external_reply"]);
    let elsewhere = elsewhere.and_then(|answered| other(&answered, chat, None));
    let references: Vec<String> = answered.into_iter().chain(elsewhere).collect();
    event.act = match voice.direction {
        _ if !references.is_empty() => Act::Replied,
        Direction::Inbound => Act::Said,
        Direction::Outbound => Act::Sent,
    };
    for (field, kind) in [("media_group_id", "album"), ("message_thread_id", "topic")] {
        event.objects.extend(message.id_leniently(&[field]).map(|id| ObjectRef::new(kind, id)));
    }
    let (direction, author) = (voice.direction, voice.author);
    let (subject, language) = (None, None);
    let said = Message { direction, author, subject, parts, language, references };
    let text = said.text().into_exposed();
    if direction == Direction::Inbound && is_private(chat) && says_stop(&text) {
        event.consents.extend(party::withdrawal(event, &text));
    }
    event.message = Some(said);
    event.identifiers.extend(own_phone(message, voice));
    Ok(())
}

/// The external id of another message that this one names.
fn other(named: &Object<'_>, chat: &Object<'_>, connection: Option<&str>) -> Option<String> {
    let of = named.object_leniently(&["chat"]);
    let id = named.id_leniently(&["message_id"])?;
    Some(message_id(of.as_ref().unwrap_or(chat), id, connection))
}

pub(super) fn of_message(id: String) -> ObjectRef {
    ObjectRef::new("message", id)
}

/// The phone of a contact card that is the sender's own.
///
/// Asserted: Telegram found the person by the number, but nobody saw a proof of it.
fn own_phone(message: &Object<'_>, voice: &Voice<'_>) -> Option<Identifier> {
    let card = message.object_leniently(&["contact"])?;
    let sender = voice.party.as_ref()?.id_leniently(&["id"])?;
    let is_own =
        voice.direction == Direction::Inbound && card.id_leniently(&["user_id"]) == Some(sender);
    let phone = card.id_leniently(&["phone_number"]).filter(|_| is_own)?;
    Some(Identifier::asserted(Namespace::Phone, phone))
}

/// A group became a supergroup: the chat has another id from now on.
fn migrate(event: &mut Event, message: &Object<'_>, chat: &Object<'_>) {
    let here = chat.id_leniently(&["id"]);
    let (new, old) = match message.id_leniently(&["migrate_to_chat_id"]) {
        Some(new) => (Some(new), here),
        None => (here, message.id_leniently(&["migrate_from_chat_id"])),
    };
    (event.kind, event.act) = (EventKind::IdentityChange, Act::Identified);
    event.sender = new.map(party::identifier);
    event.identifiers = new.into_iter().chain(old).map(party::identifier).collect();
    event.attributes = Default::default();
    event.message = None;
}

/// Keeps what the event does not tell.
fn leftovers(mut rest: Leftovers, event: &mut Event, message: &Object<'_>, voice: &Voice<'_>) {
    rest.add("", message.fields(), |name, _| {
        !TOLD.contains(&name) && !content::READ.contains(&name)
    });
    content::leftovers(&mut rest, message);
    if let Some(from) = message.object_leniently(&["from"]).filter(|_| voice.party.is_some()) {
        party::leftovers(&mut rest, "from", &from);
    }
    if let Some(card) = message.object_leniently(&["contact"]) {
        let is_own = event.identifiers.iter().any(|seen| seen.namespace == Namespace::Phone);
        rest.add("contact", card.fields(), |name, _| !is_own || name == "vcard");
    }
    event.details = rest.into_details();
}
