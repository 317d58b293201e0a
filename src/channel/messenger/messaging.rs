//! One event between a party and the page: said, changed, reacted to, delivered, read.

use super::{MARK, Reading, content, keep, second};
use crate::channel::json::{Events, Leftovers, Object};
use crate::channel::meta::choose;
use crate::channel::stop::says_stop;
use crate::model::{
    Act, Author, Code, ConsentState, DeliveryStatus, Direction, Event, EventKind, Identifier,
    Message, Namespace, ObjectRef, Receipt, Rejection,
};

/// The ids of the inboxes of Pages and of Instagram, in which people write.
const INBOXES: [&str; 2] = ["263902037430900", "1217981644879628"];

/// The namespace of the ids that the checkbox plugin makes.
pub(super) const USER_REF: &str = "messenger_user_ref";

/// Fields of an event that are told otherwise.
pub(super) const TOLD: [&str; 3] = ["sender", "recipient", "timestamp"];

/// An event and whom it is between.
pub(super) struct Item<'i, 'a> {
    pub(super) all: &'i Object<'a>,
    /// The party that is not the page.
    pub(super) party: Option<&'a str>,
    /// Whether the page is the sender.
    pub(super) is_own: bool,
}

impl Reading<'_> {
    /// Reads one event of `messaging` or `standby`.
    pub(super) fn messaging(&self, item: &Object<'_>, events: &mut Events) {
        if let Err(refused) = self.item(item, events) {
            events.take(Err(refused));
        }
    }

    fn item(&self, all: &Object<'_>, events: &mut Events) -> Result<(), Rejection> {
        let id = |name: &str| -> Result<_, Rejection> {
            Ok(all.object(&[name])?.map(|party| party.id(&["id"])).transpose()?.flatten())
        };
        let (sender, receiver) = (id("sender")?, id("recipient")?);
        let message = all.object(&["message"])?;
        let is_echo = match &message {
            Some(message) => message.flag(&["is_echo"])?.unwrap_or(false),
            None => false,
        };
        let is_own = is_echo || self.is_page(sender);
        // An echo goes to the party, unless both ids are told the wrong way round.
        let party = if is_own && !self.is_page(receiver) { receiver } else { sender };
        let item = Item { all, party, is_own };
        if let Some(message) = message {
            return self.message(&item, &message, events);
        }
        for (name, status) in
            [("delivery", DeliveryStatus::Delivered), ("read", DeliveryStatus::Read)]
        {
            if let Some(told) = all.object(&[name])? {
                return self.receipts(&item, name, &told, status, events);
            }
        }
        let event = if let Some(edit) = all.object(&["message_edit"])? {
            self.edit(&item, &edit)
        } else if let Some(reaction) = all.object(&["reaction"])? {
            self.reaction(&item, &reaction)
        } else if let Some(postback) = all.object(&["postback"])? {
            self.postback(&item, &postback)
        } else if all.has(&["policy-enforcement", "policy_enforcement", "app_roles"]) {
            events.set_aside(Code::NoEvent, "a notice about the page, which concerns no customer");
            return Ok(());
        } else {
            self.notice(&item)
        };
        events.take(event);
        Ok(())
    }

    fn message(
        &self,
        item: &Item<'_, '_>,
        message: &Object<'_>,
        events: &mut Events,
    ) -> Result<(), Rejection> {
        let is_self = message.flag(&["is_self"])?.unwrap_or(false);
        if item.is_own && (is_self || self.is_ours(message)) {
            events.set_aside(Code::Echo, "what the company sent, reported back");
            return Ok(());
        }
        events.take(self.said(item, message));
        Ok(())
    }

    /// Whether an echo is of this application's own sending.
    fn is_ours(&self, message: &Object<'_>) -> bool {
        let marked = message.id_leniently(&["metadata"]).is_some_and(|it| it.starts_with(MARK));
        let app = message.id_leniently(&["app_id"]).filter(|app| !INBOXES.contains(app));
        let ours = match &self.codec.app {
            Some(own) => app == Some(own.as_str()),
            None => app.is_some(),
        };
        marked || ours
    }

    fn said(&self, item: &Item<'_, '_>, message: &Object<'_>) -> Result<Event, Rejection> {
        let id = message.id(&["mid"])?;
        let id = id.ok_or_else(|| message.missing("mid", "it names the message"))?.to_owned();
        let event =
            |kind, act: &str| self.event(kind, Act::Custom(act.to_owned()), item.all, "timestamp");
        let mut event = if message.flag(&["is_deleted"])? == Some(true) {
            let mut event = event(EventKind::Delete, "deleted")?;
            event.revision = u32::MAX;
            event
        } else if message.flag(&["is_unsupported"])? == Some(true) {
            let mut event = event(EventKind::Unknown, "unknown")?;
            event.revision = second(item.all.time(&["timestamp"])?);
            event
        } else {
            let mut event = event(EventKind::Message, "")?;
            self.fill(&mut event, item, message)?;
            event
        };
        event.external_id = Some(id);
        self.about(&mut event, item.party);
        self.add_prior(&mut event, item.all);
        self.withdraw(&mut event);
        let mut rest = Leftovers::new();
        rest.add("", item.all.fields(), |name, _| name != "message" && !TOLD.contains(&name));
        content::leftovers(&mut rest, message);
        event.details = rest.into_details();
        Ok(event)
    }

    /// Says in an event what a message says.
    fn fill(
        &self,
        event: &mut Event,
        item: &Item<'_, '_>,
        message: &Object<'_>,
    ) -> Result<(), Rejection> {
        let answered = message.object(&["reply_to"])?;
        let answered = answered.map(|answered| answered.id(&["mid"])).transpose()?.flatten();
        let app = message.id_leniently(&["app_id"]);
        let (direction, author) = match item.is_own {
            false => (Direction::Inbound, Author::Customer),
            true if app.is_none_or(|app| INBOXES.contains(&app)) => {
                (Direction::Outbound, Author::Agent)
            }
            true => (Direction::Outbound, Author::Bot),
        };
        event.act = match direction {
            _ if message.has(&["reply_to"]) => Act::Replied,
            Direction::Inbound => Act::Said,
            Direction::Outbound => Act::Sent,
        };
        event.objects = content::objects(message);
        event.message = Some(Message {
            direction,
            author,
            subject: None,
            parts: content::parts(message)?,
            language: None,
            references: answered.map(str::to_owned).into_iter().collect(),
        });
        Ok(())
    }

    /// The id under which the party ticked a box before it had written.
    fn add_prior(&self, event: &mut Event, item: &Object<'_>) {
        let prior = item.object_leniently(&["prior_message"]);
        let prior = prior.filter(|it| it.id_leniently(&["source"]) == Some("checkbox_plugin"));
        if let Some(id) = prior.and_then(|it| it.id_leniently(&["identifier"])) {
            event.identifiers.push(self.user_ref(id));
        }
    }

    pub(super) fn user_ref(&self, id: &str) -> Identifier {
        self.scoped(Identifier::proven(Namespace::Other(USER_REF.to_owned()), id))
    }

    /// A word of the party's that says stop, typed or chosen.
    fn withdraw(&self, event: &mut Event) {
        let inbound = event.message.as_ref().filter(|it| it.direction == Direction::Inbound);
        let Some(text) = inbound.map(Message::text) else { return };
        let words = text.expose().trim();
        if says_stop(words) {
            let (space, state) = (Namespace::SocialHandle, ConsentState::Withdrawn);
            event.consents = choose(&event.identifiers, &space, None, state, words);
        }
    }

    /// The message as it is now, under its first id.
    fn edit(&self, item: &Item<'_, '_>, edit: &Object<'_>) -> Result<Event, Rejection> {
        let mut event = self.event(EventKind::Edit, Act::Said, item.all, "timestamp")?;
        let id = edit.id(&["mid"])?;
        let id = id.ok_or_else(|| edit.missing("mid", "it names the message"))?;
        event.external_id = Some(id.to_owned());
        event.revision = second(item.all.time(&["timestamp"])?.or(self.entry_at));
        self.fill(&mut event, item, edit)?;
        self.about(&mut event, item.party);
        self.withdraw(&mut event);
        let mut rest = Leftovers::new();
        rest.add("", item.all.fields(), |name, _| name != "message_edit" && !TOLD.contains(&name));
        rest.add("message_edit", edit.fields(), |name, _| !["mid", "text"].contains(&name));
        event.details = rest.into_details();
        Ok(event)
    }

    /// A sign under a message, or one that was taken back.
    fn reaction(&self, item: &Item<'_, '_>, reaction: &Object<'_>) -> Result<Event, Rejection> {
        let act = match reaction.id(&["action"])? {
            Some("unreact") => "unreacted",
            _ => "reacted",
        };
        let act = Act::Custom(act.to_owned());
        let mut event = self.event(EventKind::Reaction, act, item.all, "timestamp")?;
        let of = reaction.id(&["mid"])?;
        let of = of.ok_or_else(|| reaction.missing("mid", "it names the message"))?;
        event.objects.push(ObjectRef::new("message", of));
        self.about(&mut event, item.party);
        let mut rest = Leftovers::new();
        rest.add("", item.all.fields(), |name, _| name != "reaction" && !TOLD.contains(&name));
        rest.add("reaction", reaction.fields(), |name, _| !["mid", "action"].contains(&name));
        event.details = rest.into_details();
        Ok(event)
    }

    /// A button that was pressed.
    fn postback(&self, item: &Item<'_, '_>, postback: &Object<'_>) -> Result<Event, Rejection> {
        let mut event = self.event(EventKind::Message, Act::Said, item.all, "timestamp")?;
        event.external_id = postback.id(&["mid"])?.map(str::to_owned);
        let label = postback.text(&["title"])?;
        let id = postback.text(&["payload"])?.or(label);
        event.message = Some(Message {
            parts: id.map(|id| content::choice(id, label)).into_iter().collect(),
            ..Message::inbound("")
        });
        event.objects.extend(content::ad(postback));
        self.about(&mut event, item.party);
        self.withdraw(&mut event);
        let mut rest = Leftovers::new();
        rest.add("", item.all.fields(), |name, _| name != "postback" && !TOLD.contains(&name));
        rest.add("postback", postback.fields(), |name, _| {
            !["mid", "title", "payload"].contains(&name)
        });
        event.details = rest.into_details();
        Ok(event)
    }

    /// What became of messages: one receipt each, the last with the watermark; or that alone.
    fn receipts(
        &self,
        item: &Item<'_, '_>,
        name: &str,
        told: &Object<'_>,
        status: DeliveryStatus,
        events: &mut Events,
    ) -> Result<(), Rejection> {
        let mut event = self.event(EventKind::Receipt, status.act(), item.all, "timestamp")?;
        self.about(&mut event, item.party);
        let mut of = told.ids(&["mids"])?;
        of.extend(told.id(&["mid"])?.map(str::to_owned));
        let until = told.time(&["watermark"])?;
        let mut receipts: Vec<_> = of.into_iter().map(|of| Receipt::new(of, status)).collect();
        match (receipts.pop(), until) {
            (Some(last), Some(until)) => receipts.push(last.and_until(until)),
            (None, Some(until)) => receipts.push(Receipt::up_to(until, status)),
            (last, None) => receipts.extend(last),
        }
        if receipts.is_empty() {
            keep(&mut event, item.all, &TOLD);
            events.take(Ok(event));
            return Ok(());
        }
        let mut rest = Leftovers::new();
        rest.add(name, told.fields(), |name, _| !["mids", "mid", "watermark"].contains(&name));
        event.details = rest.into_details();
        for receipt in receipts {
            events.take(Ok(Event { receipt: Some(receipt), ..event.clone() }));
        }
        Ok(())
    }
}
