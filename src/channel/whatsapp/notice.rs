//! What is told about a party: other ids, choices, calls, groups.

use super::Reading;
use super::party::Party;
use crate::channel::json::{Events, Leftovers, Object};
use crate::channel::meta::choose;
use crate::model::{
    Act, Code, ConsentState, Event, EventKind, Identifier, Namespace, ObjectRef, Rejection,
};

/// Fields that the event tells otherwise.
const TOLD: [&str; 7] =
    ["id", "parent_user_id", "timestamp", "user_id", "user_id_update", "username", "wa_id"];

impl<'a> Reading<'_, 'a> {
    /// A system's message: a party has another number or another id, or something else.
    pub(super) fn system(
        &self,
        message: &Object<'a>,
        sender: Party<'a>,
    ) -> Result<Event, Rejection> {
        let id =
            message.id(&["id"])?.ok_or_else(|| message.missing("id", "it names the message"))?;
        let why = "it says what has changed";
        let system = message.object(&["system"])?.ok_or_else(|| message.missing("system", why))?;
        let occurred = self.occurred(message)?;
        let fresh =
            Party::told(&system, &["new_wa_id", "wa_id"], &["user_id"], &["parent_user_id"])?;
        let fresh = fresh.identifiers(self.scope);
        let (kind, act) = match fresh.is_empty() {
            false => (EventKind::IdentityChange, Act::Identified),
            true => (EventKind::Track, Act::Custom("identity confirmed anew".to_owned())),
        };
        let mut event = Event::new(0, kind, act, occurred);
        event.external_id = Some(id.to_owned());
        self.about(&mut event, &self.known(sender));
        replace(&mut event, fresh);
        let mut rest = self.leftovers();
        let told = ["from", "from_user_id", "from_parent_user_id", "system", "type"];
        rest.add("", message.fields(), |name, _| !told.contains(&name) && !TOLD.contains(&name));
        rest.add("system", system.fields(), |name, _| name != "new_wa_id" && !TOLD.contains(&name));
        event.details = rest.into_details();
        Ok(event)
    }

    /// A business-scoped id was replaced.
    pub(super) fn user_id_update(&self, update: &Object<'a>) -> Result<Event, Rejection> {
        let party = Party::told(update, &["wa_id"], &[], &[])?;
        let change = update.object(&["user_id"])?;
        let change = change.ok_or_else(|| update.missing("user_id", "it tells both ids"))?;
        let parents = update.object_leniently(&["parent_user_id"]);
        let of = |name: &str| Party {
            user: change.id_leniently(&[name]),
            parent: parents.as_ref().and_then(|parents| parents.id_leniently(&[name])),
            ..Party::default()
        };
        let current = of("current").identifiers(self.scope);
        if current.is_empty() {
            return Err(change.missing("current", "it is the id from now on"));
        }
        let mut event =
            Event::new(0, EventKind::IdentityChange, Act::Identified, self.occurred(update)?);
        self.about(&mut event, &self.known(party));
        event.identifiers.extend(of("previous").identifiers(self.scope));
        replace(&mut event, current);
        event.details = self.rest(update, &[]);
        Ok(event)
    }

    /// A choice about marketing messages.
    pub(super) fn preference(&self, choice: &Object<'a>) -> Result<Event, Rejection> {
        let party = Party::told(choice, &["wa_id"], &["user_id"], &["parent_user_id"])?;
        let (state, act) = match choice.text(&["value"])?.unwrap_or_default() {
            "stop" => (Some(ConsentState::Withdrawn), Act::OptedOut),
            "resume" | "signup" => (Some(ConsentState::Given), Act::OptedIn),
            _ => (None, Act::Custom("unknown".to_owned())),
        };
        let is_marketing = choice.text(&["category"])?.is_none_or(|it| it == "marketing_messages");
        let state = state.filter(|_| is_marketing);
        let kind = if state.is_some() { EventKind::Consent } else { EventKind::Unknown };
        let mut event = Event::new(0, kind, act, self.occurred(choice)?);
        self.about(&mut event, &self.known(party));
        if let Some(state) = state {
            let words = choice.text(&["detail"])?.unwrap_or("a choice in the application");
            let (space, purpose) = (Namespace::WhatsApp, Some(&self.codec.marketing));
            event.consents = choose(&event.identifiers, &space, purpose, state, words);
        }
        event.details = self.rest(choice, &[]);
        Ok(event)
    }

    /// A call that began or ended.
    pub(super) fn call(&self, call: &Object<'a>) -> Result<Event, Rejection> {
        let id = call.id(&["id"])?.ok_or_else(|| call.missing("id", "it names the call"))?;
        let word = call.text(&["event"])?.unwrap_or_default();
        let act = match word {
            "connect" => Act::Started,
            "terminate" => Act::Custom("ended call".to_owned()),
            _ => Act::Custom("called".to_owned()),
        };
        let ours = call.id_leniently(&["direction"]) == Some("BUSINESS_INITIATED");
        let own = |party: &Party<'_>| party.number.is_some() && party.number == self.own_number;
        let caller = Party::told(call, &["from"], &["from_user_id"], &["from_parent_user_id"])?;
        let called = Party::told(call, &["to"], &["to_user_id"], &["to_parent_user_id"])?;
        let party = match ours {
            true if own(&called) => caller,
            true => called,
            false if own(&caller) => called,
            false => caller,
        };
        let mut event = Event::new(0, EventKind::Track, act, self.occurred(call)?);
        // Each step of a call has an id of its own.
        event.external_id = Some(format!("{id}#{word}"));
        event.objects.push(ObjectRef::new("call", id));
        self.about(&mut event, &self.known(party));
        let told =
            ["from", "from_user_id", "from_parent_user_id", "to_user_id", "event", "session"];
        event.details = self.rest(call, &told);
        Ok(event)
    }

    /// Members that came or went, or asked to come: one event each.
    pub(super) fn group(&self, group: &Object<'a>, events: &mut Events) {
        let kind = group.id_leniently(&["type"]).unwrap_or_default();
        let (act, list) = match kind {
            "group_participants_add" => ("joined group", "added_participants"),
            "group_participants_remove" => ("left group", "removed_participants"),
            "group_join_request_created" => ("asked to join group", ""),
            "group_join_request_revoked" => ("no longer asked to join group", ""),
            _ => {
                let reason = "a notice about a group, which concerns no customer";
                return events.set_aside(Code::NoEvent, reason);
            }
        };
        if list.is_empty() {
            return events.take(self.member(group, group, act, list));
        }
        let members = group.each(&[list]);
        for member in members {
            events.take(member.and_then(|member| self.member(group, &member, act, list)));
        }
    }

    fn member(
        &self,
        group: &Object<'a>,
        member: &Object<'a>,
        act: &str,
        list: &str,
    ) -> Result<Event, Rejection> {
        let id = group.id(&["group_id"])?;
        let id = id.ok_or_else(|| group.missing("group_id", "it names the group"))?;
        let act = Act::Custom(act.to_owned());
        let mut event = Event::new(0, EventKind::Group, act, self.occurred(group)?);
        event.objects.push(ObjectRef::new("group", id));
        let party = Party::told(member, &["wa_id", "input"], &["user_id"], &["parent_user_id"])?;
        self.about(&mut event, &self.known(party));
        event.details = self.rest(group, &["group_id", "type", list]);
        Ok(event)
    }

    /// What an object tells that its event does not.
    fn rest(&self, object: &Object<'a>, told: &[&str]) -> crate::model::Details {
        let mut rest: Leftovers = self.leftovers();
        rest.add("", object.fields(), |name, _| !told.contains(&name) && !TOLD.contains(&name));
        rest.into_details()
    }
}

/// Makes new identifiers the first, and the first of them the sender's.
fn replace(event: &mut Event, fresh: Vec<Identifier>) {
    let mut identifiers = fresh;
    for former in std::mem::take(&mut event.identifiers) {
        if !identifiers.contains(&former) {
            identifiers.push(former);
        }
    }
    event.sender = identifiers.first().cloned();
    event.identifiers = identifiers;
}
