//! Reads what people do beside writing: buttons, menus, shortcuts, views, slash commands.

use super::party::{self, Unread, message_id, of_message, stamp};
use crate::channel::json::{Events, Leftovers, Object};
use crate::model::{
    Act, Author, Code, Direction, Event, EventKind, Identifier, Message, ObjectRef, Occurred, Part,
    Pii, Rejection, Timestamp,
};

/// Fields that are credentials, that copy a message, or that the event tells.
const TOLD: &[&str] = &[
    "action_ts",
    "actions",
    "container",
    "message",
    "response_url",
    "response_urls",
    "token",
    "trigger_id",
    "type",
    "user",
];

/// Elements in which people write, rather than choose.
const WRITTEN: &[&str] =
    &["email_text_input", "number_input", "plain_text_input", "url_text_input"];

/// Fields that hold what was chosen, where it is no option.
const CHOSEN: &[&str] = &[
    "value",
    "selected_channel",
    "selected_conversation",
    "selected_date",
    "selected_date_time",
    "selected_time",
    "selected_user",
];

/// Fields that hold a list of what was chosen.
const CHOSEN_LISTS: [&str; 3] = ["selected_channels", "selected_conversations", "selected_users"];

fn user(body: &Object<'_>) -> Option<Identifier> {
    let user = body.object_leniently(&["user"])?;
    let team = body.object_leniently(&["team"]);
    let team = team.and_then(|team| team.id_leniently(&["id"]));
    let team = user.id_leniently(&["team_id"]).or(team);
    Some(party::identifier(user.id_leniently(&["id"])?, team))
}

/// An interaction: whose, when, and all that is left of it.
fn begin(
    body: &Object<'_>,
    kind: EventKind,
    received_at: Option<Timestamp>,
) -> Result<Event, Rejection> {
    let occurred = Occurred::stated(stamp(body, &["action_ts"])?, received_at);
    let mut event = Event::new(0, kind, Act::Started, occurred);
    event.external_id = body.id(&["trigger_id"])?.map(str::to_owned);
    if let Some(sender) = user(body) {
        party::about(&mut event, sender);
    }
    let channel = body.object_leniently(&["channel"]);
    let channel = channel.and_then(|channel| channel.id_leniently(&["id"]));
    event.objects.extend(channel.map(|id| ObjectRef::new("channel", id)));
    let mut rest = Leftovers::new();
    rest.add("", body.fields(), |name, _| {
        !TOLD.contains(&name) && !["channel", "state", "team", "view"].contains(&name)
    });
    // Of a view only what was filled in, and what the app itself wrote into it.
    if let Some(view) = body.object_leniently(&["view"]) {
        let kept = ["callback_id", "external_id", "hash", "id", "private_metadata", "state"];
        rest.add("view", view.fields(), |name, _| kept.contains(&name));
    }
    if let Some(state) = body.object_leniently(&["state"]) {
        rest.add("state", state.fields(), |_, _| true);
    }
    event.details = rest.into_details();
    Ok(event)
}

/// Buttons were pressed, lines of menus chosen: an event for each.
pub(super) fn actions(body: &Object<'_>, received_at: Option<Timestamp>, events: &mut Events) {
    for (at, action) in body.each(&["actions"]).enumerate() {
        let event = action.and_then(|action| {
            let mut event = begin(body, EventKind::Message, received_at)?;
            act_on(&mut event, body, &action, received_at)?;
            // One interaction, one id: of several actions, each but the first adds its place.
            if let Some(id) = event.external_id.as_mut().filter(|_| at > 0) {
                *id = format!("{id}#{}", at + 1);
            }
            Ok(event)
        });
        events.take(event);
    }
}

fn act_on(
    event: &mut Event,
    body: &Object<'_>,
    action: &Object<'_>,
    received_at: Option<Timestamp>,
) -> Result<(), Rejection> {
    if let Some(at) = stamp(action, &["action_ts"])? {
        event.occurred = Occurred::stated(Some(at), received_at);
    }
    let offered = body.object_leniently(&["container"]).and_then(|place| {
        message_id(place.id_leniently(&["channel_id"]), place.id_leniently(&["message_ts"]))
    });
    event.act = Act::Replied;
    event.message = Some(inbound(parts(action), offered.into_iter().collect()));
    for field in ["action_id", "block_id"] {
        if let Some(id) = action.id_leniently(&[field]) {
            event.details.insert(field.to_owned(), Pii::new(id.to_owned()));
        }
    }
    Ok(())
}

fn inbound(parts: Vec<Part>, references: Vec<String>) -> Message {
    let (direction, author) = (Direction::Inbound, Author::Customer);
    Message { direction, author, subject: None, parts, language: None, references }
}

/// What was chosen or written in one element.
fn parts(action: &Object<'_>) -> Vec<Part> {
    let label = |of: &Object<'_>| {
        let text = of.object_leniently(&["text"])?;
        text.id_leniently(&["text"]).map(|text| Pii::new(text.to_owned()))
    };
    let choice = |id: &str, label| Part::Choice { id: Pii::new(id.to_owned()), label };
    let value = action.id_leniently(&["value"]);
    let is_written = action.id_leniently(&["type"]).is_some_and(|kind| WRITTEN.contains(&kind));
    if is_written {
        return value.map(|text| Part::Text(Pii::new(text.to_owned()))).into_iter().collect();
    }
    let options = action.object_leniently(&["selected_option"]);
    let options = options.into_iter().chain(action.objects_leniently(&["selected_options"]));
    let options = options.filter_map(|of| Some(choice(of.id_leniently(&["value"])?, label(&of))));
    let mut parts: Vec<Part> = options.collect();
    for list in CHOSEN_LISTS {
        let ids = action.ids(&[list]).unwrap_or_default();
        parts.extend(ids.iter().map(|id| choice(id, None)));
    }
    if parts.is_empty() {
        let id = CHOSEN.iter().find_map(|name| action.id_leniently(&[name]));
        let id = id.or_else(|| action.id_leniently(&["action_id"]));
        parts.extend(id.map(|id| choice(id, label(action))));
    }
    parts
}

/// An interaction that is no press of a button.
pub(super) fn read(
    body: &Object<'_>,
    kind: &str,
    received_at: Option<Timestamp>,
) -> Result<Event, Unread> {
    if kind == "block_suggestion" {
        return Err(Unread::Aside(Code::NoEvent, "somebody types into a menu"));
    }
    let mut event = begin(body, EventKind::Track, received_at)?;
    event.act = match kind {
        "view_submission" => Act::Submitted,
        "view_closed" => Act::Custom("closed view".to_owned()),
        "shortcut" | "message_action" => Act::Started,
        _ => {
            event.kind = EventKind::Unknown;
            Act::Custom("unknown interaction".to_owned())
        }
    };
    let channel = body.object_leniently(&["channel"]);
    let channel = channel.and_then(|channel| channel.id_leniently(&["id"]));
    event.objects.extend(of_message(channel, body.id_leniently(&["message_ts"])));
    Ok(event)
}

/// A slash command: its name is the choice, what was written behind it the text.
pub(super) fn command(
    form: &Object<'_>,
    received_at: Option<Timestamp>,
) -> Result<Event, Rejection> {
    let Some(command) = form.text(&["command"])? else {
        return Err(form.missing("command", "it says what was asked for"));
    };
    let occurred = Occurred::stated(None, received_at);
    let mut event = Event::new(0, EventKind::Message, Act::Asked, occurred);
    event.external_id = form.id(&["trigger_id"])?.map(str::to_owned);
    if let Some(user) = form.id(&["user_id"])? {
        let team = form.id_leniently(&["team_id"]);
        party::about(&mut event, party::identifier(user, team));
    }
    let channel = form.id_leniently(&["channel_id"]);
    event.objects.extend(channel.map(|id| ObjectRef::new("channel", id)));
    let chosen = Part::Choice { id: Pii::new(command.to_owned()), label: None };
    let words = form.text(&["text"])?.map(|text| Part::Text(Pii::new(text.to_owned())));
    event.message = Some(inbound([chosen].into_iter().chain(words).collect(), Vec::new()));
    let mut rest = Leftovers::new();
    rest.add("", form.fields(), |name, _| {
        !TOLD.contains(&name)
            && !["channel_id", "command", "team_id", "text", "user_id"].contains(&name)
    });
    event.details = rest.into_details();
    Ok(event)
}
