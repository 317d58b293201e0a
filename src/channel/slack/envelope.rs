//! Reads what is delivered: the envelope of an event, or an interaction.

use super::party::{self, Unread, of_message, stamp};
use super::{interactive, message};
use crate::channel::json::{Events, Leftovers, Object};
use crate::model::{
    Act, Code, Event, EventKind, Identifier, Namespace, ObjectRef, Occurred, Pii, Rejection,
    Timestamp,
};

/// Types that tell only that something was done, with the words for it.
const DONE: [(&str, &str); 14] = [
    ("app_home_opened", "opened app home"),
    ("app_rate_limited", "app rate limited"),
    ("app_uninstalled", "uninstalled app"),
    ("file_change", "changed file"),
    ("file_deleted", "deleted file"),
    ("file_shared", "shared file"),
    ("link_shared", "shared link"),
    ("member_joined_channel", "joined channel"),
    ("member_left_channel", "left channel"),
    ("pin_added", "pinned message"),
    ("pin_removed", "unpinned message"),
    ("team_access_granted", "granted access"),
    ("team_access_revoked", "revoked access"),
    ("tokens_revoked", "revoked tokens"),
];

/// Fields of an event that say how it was delivered, and the sender.
const DELIVERY: &[&str] = &["type", "user", "team", "event_ts", "channel_type"];

/// What the envelope tells beside its event.
pub(super) struct Delivery<'a> {
    /// The workspace, else the organisation.
    pub(super) team: Option<&'a str>,
    pub(super) app: Option<&'a str>,
    pub(super) event_id: Option<&'a str>,
    pub(super) at: Option<Timestamp>,
    /// The users as which the app itself writes.
    pub(super) own: Vec<String>,
    pub(super) received_at: Option<Timestamp>,
}

impl Delivery<'_> {
    /// An event of the envelope's id and time, unless it states a time of its own.
    pub(super) fn begin(&self, told: &Object<'_>, kind: EventKind) -> Result<Event, Rejection> {
        let at = stamp(told, &["event_ts"])?.or(self.at);
        let occurred = Occurred::stated(at, self.received_at);
        let mut event = Event::new(0, kind, Act::Said, occurred);
        event.external_id = self.event_id.map(str::to_owned);
        Ok(event)
    }

    /// The user of an event, in the workspace that the event names, else the envelope's.
    pub(super) fn user(&self, told: &Object<'_>) -> Option<Identifier> {
        let team = told.id_leniently(&["user_team", "source_team", "team"]).or(self.team);
        Some(party::identifier(told.id_leniently(&["user"])?, team))
    }
}

/// Reads a body and hands over what it holds.
pub(super) fn read(body: &Object<'_>, received_at: Option<Timestamp>, events: &mut Events) {
    let kind = match body.text(&["type"]) {
        Ok(kind) => kind.unwrap_or_default(),
        Err(refused) => return events.take(Err(refused)),
    };
    let taken = match body.object(&["event"]) {
        Err(refused) => return events.take(Err(refused)),
        Ok(Some(told)) => one(body, &told, received_at),
        Ok(None) if kind == "url_verification" => {
            Err(Unread::Aside(Code::NoEvent, "Slack asks whether the address is ours"))
        }
        Ok(None) if kind == "block_actions" => {
            return interactive::actions(body, received_at, events);
        }
        Ok(None) if kind.is_empty() => Err(body.missing("type", "it says what came").into()),
        Ok(None) => interactive::read(body, kind, received_at),
    };
    match taken {
        Ok(event) => events.take(Ok(event)),
        Err(Unread::Refused(refused)) => events.take(Err(refused)),
        Err(Unread::Aside(code, reason)) => events.set_aside(code, reason),
    }
}

fn one(
    body: &Object<'_>,
    told: &Object<'_>,
    received_at: Option<Timestamp>,
) -> Result<Event, Unread> {
    let authorizations = body.objects_leniently(&["authorizations"]);
    let bots = authorizations.iter().filter(|of| of.flag(&["is_bot"]) == Ok(Some(true)));
    let delivery = Delivery {
        team: body.id_leniently(&["team_id"]).or_else(|| body.id_leniently(&["enterprise_id"])),
        app: body.id_leniently(&["api_app_id"]),
        event_id: body.id(&["event_id"])?,
        at: stamp(body, &["event_time"])?,
        own: bots.filter_map(|bot| bot.id_leniently(&["user_id"]).map(str::to_owned)).collect(),
        received_at,
    };
    match told.text(&["type"])?.unwrap_or_default() {
        "message" | "app_mention" => message::read(told, &delivery),
        "reaction_added" => reaction(told, &delivery, "reacted"),
        "reaction_removed" => reaction(told, &delivery, "took back reaction"),
        "team_join" | "user_change" | "user_profile_changed" => person(told, &delivery),
        kind => {
            let known = DONE.iter().find(|(name, _)| *name == kind).map(|(_, act)| *act);
            done(told, &delivery, known)
        }
    }
}

fn reaction(told: &Object<'_>, delivery: &Delivery<'_>, act: &str) -> Result<Event, Unread> {
    let mut event = delivery.begin(told, EventKind::Reaction)?;
    event.act = Act::Custom(act.to_owned());
    if let Some(sender) = delivery.user(told) {
        party::about(&mut event, sender);
    }
    let mut rest = Leftovers::new();
    if let Some(item) = told.object_leniently(&["item"]) {
        let channel = item.id_leniently(&["channel"]);
        event.objects.extend(of_message(channel, item.id_leniently(&["ts"])));
        event.objects.extend(item.id_leniently(&["file"]).map(|id| ObjectRef::new("file", id)));
    }
    rest.add("", told.fields(), |name, _| !DELIVERY.contains(&name) && name != "item");
    event.details = rest.into_details();
    Ok(event)
}

/// Something was done, of a type that is known or not.
fn done(told: &Object<'_>, delivery: &Delivery<'_>, act: Option<&str>) -> Result<Event, Unread> {
    let mut event = delivery.begin(told, EventKind::Track)?;
    event.act = match act {
        Some("opened app home") => Act::Visited,
        Some(act) => Act::Custom(act.to_owned()),
        None => Act::Custom("unknown event".to_owned()),
    };
    if let Some(sender) = delivery.user(told) {
        party::about(&mut event, sender);
    }
    let channel = told.id_leniently(&["channel"]);
    event.objects.extend(channel.map(|id| ObjectRef::new("channel", id)));
    let mut rest = Leftovers::new();
    if act.is_none() {
        event.kind = EventKind::Unknown;
        rest.add("", told.fields(), |_, _| true);
    } else {
        rest.add("", told.fields(), |name, _| {
            !DELIVERY.contains(&name) && (channel.is_none() || name != "channel")
        });
    }
    event.details = rest.into_details();
    Ok(event)
}

/// Attributes of a person, by the fields of a profile.
const ATTRIBUTES: [(&str, &str); 4] = [
    ("real_name", "name"),
    ("first_name", "given_name"),
    ("last_name", "family_name"),
    ("title", "title"),
];

/// A user is new, or says something else of herself.
fn person(told: &Object<'_>, delivery: &Delivery<'_>) -> Result<Event, Unread> {
    let Some(user) = told.object(&["user"])? else {
        return Err(told.missing("user", "it says whom this is about").into());
    };
    if user.flag(&["is_bot"])? == Some(true) {
        return Err(Unread::Aside(Code::NoEvent, "it is about a program, not about a person"));
    }
    let mut event = delivery.begin(told, EventKind::Identify)?;
    event.act = Act::Identified;
    let team = user.id_leniently(&["team_id"]).or(delivery.team);
    if let Some(id) = user.id_leniently(&["id"]) {
        party::about(&mut event, party::identifier(id, team));
    }
    let profile = user.object_leniently(&["profile"]);
    if let Some(profile) = &profile {
        for (field, namespace) in [("email", Namespace::Email), ("phone", Namespace::Phone)] {
            let stated = profile.id_leniently(&[field]);
            event.identifiers.extend(stated.map(|value| Identifier::asserted(namespace, value)));
        }
    }
    let mut tell = |of: &Object<'_>, field: &str, name: &str| {
        if let Some(value) = of.text(&[field]).ok().flatten() {
            event.attributes.insert(name.to_owned(), Pii::new(value.to_owned()));
        }
    };
    for (field, name) in ATTRIBUTES {
        profile.iter().for_each(|profile| tell(profile, field, name));
    }
    tell(&user, "tz", "timezone");
    tell(&user, "locale", "language");
    let mut rest = Leftovers::new();
    rest.add("user", user.fields(), |name, _| {
        !["id", "team_id", "profile", "tz", "locale"].contains(&name)
    });
    if let Some(profile) = &profile {
        rest.add("user.profile", profile.fields(), |name, _| {
            let is_told = ATTRIBUTES.iter().any(|(field, _)| *field == name);
            !is_told && !["email", "phone"].contains(&name) && !name.starts_with("image_")
        });
    }
    event.details = rest.into_details();
    Ok(event)
}
