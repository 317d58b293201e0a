//! Reads an update: its kind, and what happened in it.

use super::message::{self, of_message};
use super::party;
use crate::channel::json::{Events, Json, Leftovers, Object};
use crate::model::{
    Act, Author, Code, Direction, Event, EventKind, Message, Occurred, Part, Pii, Rejection,
    Timestamp,
};

/// Kinds of update that are a message, and whether it was changed.
const MESSAGES: [(&str, bool); 6] = [
    ("message", false),
    ("edited_message", true),
    ("channel_post", false),
    ("edited_channel_post", true),
    ("business_message", false),
    ("edited_business_message", true),
];

/// Kinds that tell only that something was done: the act, who did it, and when, by paths.
const DONE: [(&str, &str, &[&str], &[&str]); 11] = [
    ("inline_query", "searched", &["from"], &[]),
    ("chosen_inline_result", "chose result", &["from"], &[]),
    ("shipping_query", "asked", &["from"], &[]),
    ("pre_checkout_query", "submitted", &["from"], &[]),
    ("purchased_paid_media", "purchased", &["from"], &[]),
    ("poll", "counted votes", &[], &[]),
    ("poll_answer", "voted", &["user"], &[]),
    ("chat_join_request", "asked to join", &["from"], &["date"]),
    ("chat_boost", "boosted", &["boost", "source", "user"], &["boost", "add_date"]),
    ("removed_chat_boost", "took back boost", &["source", "user"], &["remove_date"]),
    ("business_connection", "connected", &[], &["date"]),
];

/// Reads a body: one update, or the answer of `getUpdates`.
pub(super) fn read_all(body: &Object<'_>, received_at: Option<Timestamp>, events: &mut Events) {
    if body.has(&["update_id"]) || !body.has(&["result"]) {
        return read(body, received_at, events);
    }
    for update in body.each(&["result"]) {
        match update {
            Ok(update) => read(&update, received_at, events),
            Err(refused) => events.take(Err(refused)),
        }
    }
}

/// Reads an update and hands over what it holds.
fn read(update: &Object<'_>, received_at: Option<Timestamp>, events: &mut Events) {
    if let Some(post) = update.object_leniently(&["business_message", "edited_business_message"])
        && post.has(&["sender_business_bot"])
    {
        return events.set_aside(Code::Echo, "a bot wrote it in the name of the business account");
    }
    match update.object(&["deleted_business_messages"]) {
        Ok(None) => events.take(one(update, received_at)),
        Ok(Some(gone)) => {
            if let Err(refused) = deleted(&gone, received_at, events) {
                events.take(Err(refused));
            }
        }
        Err(refused) => events.take(Err(refused)),
    }
}

fn one(update: &Object<'_>, received_at: Option<Timestamp>) -> Result<Event, Rejection> {
    let Some(id) = update.id(&["update_id"])? else {
        // Archives keep messages without their updates.
        if update.has(&["message_id"]) && update.has(&["chat"]) {
            let edited = update.has(&["edit_date"]);
            return message::read(update, edited, received_at);
        }
        return Err(update.missing("update_id", "every update of the Bot API has it"));
    };
    for (name, edited) in MESSAGES {
        if let Some(message) = update.object(&[name])? {
            return message::read(&message, edited, received_at);
        }
    }
    let begin = |of: &Object<'_>| -> Result<Event, Rejection> {
        let occurred = Occurred::stated(party::seconds(of, "date")?, received_at);
        let mut event = Event::new(0, EventKind::Track, Act::Said, occurred);
        event.external_id = Some(format!("update:{id}"));
        Ok(event)
    };
    if let Some(click) = update.object(&["callback_query"])? {
        return Ok(clicked(begin(&click)?, &click));
    }
    if let Some(reaction) = update.object(&["message_reaction", "message_reaction_count"])? {
        return Ok(reacted(begin(&reaction)?, &reaction));
    }
    if let Some(change) = update.object(&["my_chat_member"])? {
        return Ok(bot_is(begin(&change)?, &change));
    }
    if let Some(change) = update.object(&["chat_member"])? {
        return Ok(member_is(begin(&change)?, &change));
    }
    for (name, act, who, when) in DONE {
        if let Some(done) = update.object(&[name])? {
            let mut event = begin(&done)?;
            if let [path @ .., field] = when
                && let Some(of) = walk(&done, path)
            {
                event.occurred = Occurred::stated(party::seconds(&of, field)?, received_at);
            }
            // Beside a chat that votes as itself stands a user whom all such chats share.
            let is_person = !who.is_empty() && !done.has(&["voter_chat"]);
            let who = walk(&done, who).filter(|_| is_person);
            return Ok(finish(event, act_of(act), who.as_ref(), &done, &[]));
        }
    }
    let mut event = begin(update)?;
    (event.kind, event.act) = (EventKind::Unknown, Act::Custom("unknown update".to_owned()));
    let mut rest = Leftovers::new();
    rest.add("", update.fields(), |name, _| name != "update_id");
    event.details = rest.into_details();
    Ok(event)
}

fn act_of(name: &str) -> Act {
    match name {
        "asked" => Act::Asked,
        "purchased" => Act::Purchased,
        "searched" => Act::Searched,
        "submitted" => Act::Submitted,
        other => Act::Custom(other.to_owned()),
    }
}

/// The object at the end of a path.
fn walk<'a>(from: &Object<'a>, path: &[&str]) -> Option<Object<'a>> {
    path.iter().try_fold(from.clone(), |at, name| at.object_leniently(&[name]))
}

/// Adds whom it is about, where it was, and all that is left.
fn finish(
    mut event: Event,
    act: Act,
    who: Option<&Object<'_>>,
    told: &Object<'_>,
    read: &[&str],
) -> Event {
    event.act = act;
    let mut rest = Leftovers::new();
    if let Some(user) = who {
        party::about(&mut event, user);
        party::leftovers(&mut rest, "from", user);
    }
    if let Some(chat) = told.object_leniently(&["chat"]) {
        party::in_chat(&mut event, &mut rest, &chat);
    }
    let is_told = |name: &str| ["from", "user", "chat", "date"].contains(&name);
    rest.add("", told.fields(), |name, _| !is_told(name) && !read.contains(&name));
    for (name, value) in rest.into_details().iter() {
        event.details.insert(name.clone(), value.clone());
    }
    event
}

/// A button below a message was pressed.
fn clicked(mut event: Event, click: &Object<'_>) -> Event {
    let chosen = click.id_leniently(&["data"]).or_else(|| click.id_leniently(&["game_short_name"]));
    let offered = click.object_leniently(&["message"]);
    let label = chosen.zip(offered.as_ref()).and_then(|(data, offer)| label(offer, data));
    let answered = offered.as_ref().and_then(|offer| {
        let chat = offer.object_leniently(&["chat"])?;
        Some(party::message_id(&chat, offer.id_leniently(&["message_id"])?, None))
    });
    let pii = |text: &str| Pii::new(text.to_owned());
    let choice = |id: &str| Part::Choice { id: pii(id), label: label.map(pii) };
    event.kind = EventKind::Message;
    event.message = Some(Message {
        direction: Direction::Inbound,
        author: Author::Customer,
        subject: None,
        parts: chosen.map(choice).into_iter().collect(),
        language: None,
        references: answered.into_iter().collect(),
    });
    let chat = offered.and_then(|offer| offer.object_leniently(&["chat"]));
    let mut rest = Leftovers::new();
    if let Some(chat) = &chat {
        party::in_chat(&mut event, &mut rest, chat);
    }
    event.details = rest.into_details();
    let who = click.object_leniently(&["from"]);
    finish(event, Act::Replied, who.as_ref(), click, &["message", "data"])
}

/// What the customer read on the button that sends `data`.
fn label<'a>(offer: &Object<'a>, data: &str) -> Option<&'a str> {
    let markup = offer.object_leniently(&["reply_markup"])?;
    let (_, Json::List(rows)) = markup.get(&["inline_keyboard"])? else { return None };
    let field = |button: &'a Json<'a>, wanted: &str| match button {
        Json::Object(fields) => fields.iter().find_map(|(name, value)| match value {
            Json::Text(text) if name == wanted => Some(text.as_ref()),
            _ => None,
        }),
        _ => None,
    };
    let buttons = rows.iter().flat_map(|row| match row {
        Json::List(buttons) => buttons.as_slice(),
        _ => &[],
    });
    let mut buttons = buttons.filter(|button| field(button, "callback_data") == Some(data));
    field(buttons.next()?, "text")
}

/// Somebody set, changed or took back a reaction; or a channel counted them.
fn reacted(mut event: Event, told: &Object<'_>) -> Event {
    let signs: Vec<&str> = told
        .objects_leniently(&["new_reaction"])
        .iter()
        .filter_map(|sign| sign.id_leniently(&["emoji", "custom_emoji_id", "type"]))
        .collect();
    event.kind = EventKind::Reaction;
    let of = told.object_leniently(&["chat"]).zip(told.id_leniently(&["message_id"]));
    event.objects.extend(of.map(|(chat, id)| of_message(party::message_id(&chat, id, None))));
    let took_back = told.has(&["new_reaction"]) && signs.is_empty();
    let act = if took_back { "took back reaction" } else { "reacted" };
    if !signs.is_empty() {
        event.details.insert("reaction".to_owned(), Pii::new(signs.join(" ")));
    }
    let who = told.object_leniently(&["user"]);
    let read = ["message_id", "new_reaction"];
    finish(event, Act::Custom(act.to_owned()), who.as_ref(), told, &read)
}

fn status<'a>(change: &Object<'a>, name: &str) -> Option<&'a str> {
    change.object_leniently(&[name])?.id_leniently(&["status"])
}

/// What became of the bot in a chat; in a private one its person blocked it, or no longer does.
fn bot_is(event: Event, change: &Object<'_>) -> Event {
    let is_private = change.object_leniently(&["chat"]).is_some_and(|c| party::is_private(&c));
    let is_blocked = status(change, "new_chat_member") == Some("kicked");
    let act = match (is_private, is_blocked) {
        (true, true) => Act::OptedOut,
        (true, false) => Act::Custom("unblocked".to_owned()),
        (false, _) => Act::Custom("changed what the bot may do".to_owned()),
    };
    let who = change.object_leniently(&["from"]);
    let mut event = finish(event, act, who.as_ref(), change, &[]);
    if event.act == Act::OptedOut {
        event.kind = EventKind::Consent;
        event.consents.extend(party::withdrawal(&event, "blocked the bot"));
    }
    event
}

/// Somebody's standing in a chat changed; who changed it is a detail.
fn member_is(event: Event, change: &Object<'_>) -> Event {
    let is_in = |name| {
        let member = change.object_leniently(&[name]);
        match status(change, name) {
            Some("creator" | "administrator" | "member") => true,
            Some("restricted") => {
                member.and_then(|m| m.flag(&["is_member"]).ok().flatten()).unwrap_or(false)
            }
            _ => false,
        }
    };
    let act = match (is_in("old_chat_member"), is_in("new_chat_member")) {
        (false, true) => "joined chat",
        (true, false) => "left chat",
        _ => "changed standing in chat",
    };
    let who = walk(change, &["new_chat_member", "user"]);
    let mut event = finish(event, Act::Custom(act.to_owned()), who.as_ref(), change, &[]);
    if let Some(by) = walk(change, &["from"]).and_then(|by| by.id_leniently(&["id"])) {
        event.details.insert("changed_by".to_owned(), Pii::new(by.to_owned()));
    }
    event
}

/// Messages of a business account's chat were deleted; by whom or when is not told.
fn deleted(
    gone: &Object<'_>,
    received_at: Option<Timestamp>,
    events: &mut Events,
) -> Result<(), Rejection> {
    let Some(chat) = gone.object(&["chat"])? else {
        return Err(gone.missing("chat", "it says where the messages were"));
    };
    let connection = gone.id(&["business_connection_id"])?;
    for id in gone.ids(&["message_ids"])? {
        let occurred = Occurred::stated(None, received_at);
        let act = Act::Custom("deleted".to_owned());
        let mut event = Event::new(0, EventKind::Delete, act, occurred);
        event.external_id = Some(party::message_id(&chat, &id, connection));
        event.revision = u32::MAX;
        if party::is_private(&chat) {
            party::about(&mut event, &chat);
        }
        events.take(Ok(event));
    }
    Ok(())
}
