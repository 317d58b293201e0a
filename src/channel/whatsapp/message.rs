//! Messages: said, changed, taken back, reacted to; by customers and by the company's people.

use super::content::{self, Content};
use super::party::Party;
use super::{Reading, revision};
use crate::channel::json::{Events, Json, Leftovers, Object};
use crate::channel::meta::{choose, each};
use crate::channel::stop::says_stop;
use crate::model::{
    Act, Author, ConsentState, Direction, Event, EventKind, Message, Namespace, ObjectRef,
    Rejection,
};

/// Fields that the event tells otherwise.
const TOLD: [&str; 13] = [
    "context",
    "edit",
    "from",
    "from_parent_user_id",
    "from_user_id",
    "group_id",
    "id",
    "revoke",
    "timestamp",
    "to",
    "to_parent_user_id",
    "to_user_id",
    "type",
];

/// A message with what is needed to read it.
struct Said<'m, 'a> {
    message: &'m Object<'a>,
    direction: Direction,
    party: Party<'a>,
}

impl<'a> Reading<'_, 'a> {
    /// A message of a customer, or a system's message about one.
    pub(super) fn message(&self, message: &Object<'a>) -> Result<Event, Rejection> {
        let sender = Party::told(message, &["from"], &["from_user_id"], &["from_parent_user_id"])?;
        if message.text(&["type"])? == Some("system") {
            return self.system(message, sender);
        }
        let party = self.known(sender);
        self.said(&Said { message, direction: Direction::Inbound, party })
    }

    /// A message that somebody of the company wrote in the business application.
    pub(super) fn echo(&self, message: &Object<'a>) -> Result<Event, Rejection> {
        let receiver = Party::told(message, &["to"], &["to_user_id"], &["to_parent_user_id"])?;
        let party = self.known(receiver);
        self.said(&Said { message, direction: Direction::Outbound, party })
    }

    /// Messages from before the account was connected, by the customer's thread.
    pub(super) fn history(&self, history: &Object<'a>, events: &mut Events) {
        each(history, "threads", events, |thread, events| {
            each(&thread, "messages", events, |message, events| {
                let from = message.id_leniently(&["from"]);
                let plain = |number: &str| number.replace(|c: char| !c.is_ascii_digit(), "");
                let own = self.own_number.map(plain);
                let direction = match from.map(plain).filter(|from| !from.is_empty()) == own {
                    true if own.is_some() => Direction::Outbound,
                    _ => Direction::Inbound,
                };
                let party = Party::told(&thread, &["id"], &["user_id"], &["parent_user_id"]);
                events.take(party.and_then(|party| {
                    let party = self.known(party);
                    self.said(&Said { message: &message, direction, party })
                }));
            });
        });
    }

    fn said(&self, said: &Said<'_, 'a>) -> Result<Event, Rejection> {
        let message = said.message;
        let kind = message.text(&["type"])?.unwrap_or_default();
        let id =
            message.id(&["id"])?.ok_or_else(|| message.missing("id", "it names the message"))?;
        let mut event = match kind {
            "edit" => self.edit(said)?,
            "revoke" => self.revoke(said)?,
            "reaction" => self.reaction(said, id)?,
            _ => self.content(said, kind, id)?,
        };
        let group = message.id_leniently(&["group_id"]);
        event.objects.extend(group.map(|id| ObjectRef::new("group", id)));
        self.about(&mut event, &said.party);
        if said.direction == Direction::Inbound {
            self.withdraw(&mut event);
        }
        Ok(event)
    }

    fn content(&self, said: &Said<'_, 'a>, kind: &str, id: &str) -> Result<Event, Rejection> {
        let message = said.message;
        let content = content::read(message, kind)?;
        let occurred = self.occurred(message)?;
        let mut rest = self.leftovers();
        let Some(content) = content else {
            let act = Act::Custom("unknown".to_owned());
            let mut event = Event::new(0, EventKind::Unknown, act, occurred);
            event.external_id = Some(id.to_owned());
            // It may be a deletion: see the codec.
            event.revision = revision(message)?;
            let told = |name: &str| name != "type" && TOLD.contains(&name);
            rest.add("", message.fields(), |name, _| !told(name));
            event.details = rest.into_details();
            return Ok(event);
        };
        let mut event = Event::new(0, EventKind::Message, Act::Said, occurred);
        event.external_id = Some(id.to_owned());
        fill(&mut event, said.direction, message, content, rest)?;
        Ok(event)
    }

    /// The message as it is now, under its first id.
    fn edit(&self, said: &Said<'_, 'a>) -> Result<Event, Rejection> {
        let (edit, id) = original(said.message, "edit")?;
        let why = "it holds the message as it is now";
        let inner = edit.object(&["message"])?.ok_or_else(|| edit.missing("message", why))?;
        let kind = inner.text(&["type"])?.unwrap_or_default();
        let occurred = self.occurred(said.message)?;
        let mut event = Event::new(0, EventKind::Edit, Act::Said, occurred);
        event.external_id = Some(id.to_owned());
        event.revision = revision(said.message)?;
        let content = content::read(&inner, kind)?.unwrap_or_default();
        fill(&mut event, said.direction, &inner, content, self.leftovers())?;
        Ok(event)
    }

    /// The message is gone.
    fn revoke(&self, said: &Said<'_, 'a>) -> Result<Event, Rejection> {
        let (_, id) = original(said.message, "revoke")?;
        let act = Act::Custom("deleted".to_owned());
        let mut event = Event::new(0, EventKind::Delete, act, self.occurred(said.message)?);
        event.external_id = Some(id.to_owned());
        event.revision = u32::MAX;
        let mut rest = self.leftovers();
        rest.add("", said.message.fields(), |name, _| !TOLD.contains(&name));
        event.details = rest.into_details();
        Ok(event)
    }

    /// A sign under a message; without a sign, one that was taken back.
    fn reaction(&self, said: &Said<'_, 'a>, id: &str) -> Result<Event, Rejection> {
        let message = said.message;
        let why = "it names the message and the sign";
        let reaction =
            message.object(&["reaction"])?.ok_or_else(|| message.missing("reaction", why))?;
        let of = reaction.id(&["message_id"])?;
        let of = of.ok_or_else(|| reaction.missing("message_id", "it names the message"))?;
        let act = if reaction.text(&["emoji"])?.is_some() { "reacted" } else { "unreacted" };
        let act = Act::Custom(act.to_owned());
        let mut event = Event::new(0, EventKind::Reaction, act, self.occurred(message)?);
        event.external_id = Some(id.to_owned());
        event.objects.push(ObjectRef::new("message", of));
        let mut rest = self.leftovers();
        rest.add("", message.fields(), |name, _| !TOLD.contains(&name) && name != "reaction");
        rest.add("reaction", reaction.fields(), |name, value| {
            name != "message_id" && !matches!(value, Json::Text(text) if text.is_empty())
        });
        event.details = rest.into_details();
        Ok(event)
    }

    /// A word that says stop, typed or chosen.
    fn withdraw(&self, event: &mut Event) {
        let Some(text) = event.message.as_ref().map(Message::text) else { return };
        let words = text.expose().trim();
        let marketing = words.eq_ignore_ascii_case("stop promotions");
        if marketing || says_stop(words) {
            let purpose = marketing.then_some(&self.codec.marketing);
            let (space, state) = (Namespace::WhatsApp, ConsentState::Withdrawn);
            event.consents = choose(&event.identifiers, &space, purpose, state, words);
        }
    }
}

/// What an edit or a deletion holds, and the id of the message that it is about.
fn original<'a>(message: &Object<'a>, kind: &str) -> Result<(Object<'a>, &'a str), Rejection> {
    let why = "it names the message";
    let about = message.object(&[kind])?.ok_or_else(|| message.missing(kind, why))?;
    let id = about.id(&["original_message_id"])?;
    let id = id.ok_or_else(|| about.missing("original_message_id", why))?;
    Ok((about, id))
}

/// Says in an event what a message says.
fn fill<'a>(
    event: &mut Event,
    direction: Direction,
    message: &Object<'a>,
    content: Content<'a>,
    mut rest: Leftovers,
) -> Result<(), Rejection> {
    let context = message.object(&["context"])?;
    let answered = context.as_ref().map(|context| context.id(&["id"])).transpose()?.flatten();
    let product = context.as_ref().and_then(|it| it.object_leniently(&["referred_product"]));
    let product = product.and_then(|it| it.id_leniently(&["product_retailer_id"]));
    let referral = message.object_leniently(&["referral"]);
    let ad = referral.filter(|it| it.id_leniently(&["source_type"]) == Some("ad"));
    let ad = ad.and_then(|it| it.id_leniently(&["source_id"]));
    content.leftovers(&mut rest, message, &TOLD);
    if let Some(context) = &context {
        rest.add("context", context.fields(), |name, _| name != "id");
    }
    event.details = rest.into_details();
    event.objects = content.objects;
    event.objects.extend(product.map(|id| ObjectRef::new("product", id)));
    event.objects.extend(ad.map(|id| ObjectRef::new("ad", id)));
    event.act = content.act.unwrap_or(match direction {
        _ if answered.is_some() => Act::Replied,
        Direction::Inbound => Act::Said,
        Direction::Outbound => Act::Sent,
    });
    let author = match direction {
        Direction::Inbound => Author::Customer,
        Direction::Outbound => Author::Agent,
    };
    event.message = Some(Message {
        direction,
        author,
        subject: None,
        parts: content.parts,
        language: None,
        references: answered.map(str::to_owned).into_iter().collect(),
    });
    Ok(())
}
