//! What became of messages that were sent: one receipt each.

use super::Reading;
use super::party::Party;
use crate::channel::json::Object;
use crate::channel::meta::choose;
use crate::model::{
    Act, ConsentState, DeliveryStatus, Event, EventKind, Namespace, ObjectRef, Receipt, Rejection,
};

/// The code by which a receiver is told to have stopped marketing messages.
const STOPPED_MARKETING: &str = "131050";

/// Fields that the event tells otherwise.
const TOLD: [&str; 11] = [
    "id",
    "parent_recipient_user_id",
    "recipient_id",
    "recipient_parent_user_id",
    "recipient_participant_id",
    "recipient_participant_parent_user_id",
    "recipient_participant_user_id",
    "recipient_type",
    "recipient_user_id",
    "status",
    "timestamp",
];

impl<'a> Reading<'_, 'a> {
    /// A receipt; of a group's message one for each member.
    pub(super) fn status(&self, status: &Object<'a>) -> Result<Event, Rejection> {
        let of = status.id(&["id"])?.ok_or_else(|| status.missing("id", "it names the message"))?;
        let word = status.text(&["status"])?;
        let word = word.ok_or_else(|| status.missing("status", "it says what became of it"))?;
        let is_call = status.id_leniently(&["type"]) == Some("call");
        let known = if is_call { None } else { known(word) };
        let occurred = self.occurred(status)?;
        let mut event = match &known {
            Some(status) => {
                let mut event = Event::new(0, EventKind::Receipt, status.act(), occurred);
                event.receipt = Some(Receipt::new(of, *status));
                event
            }
            None => {
                let kind = if is_call { EventKind::Track } else { EventKind::Unknown };
                let act = if is_call { "called" } else { "unknown" };
                let mut event = Event::new(0, kind, Act::Custom(act.to_owned()), occurred);
                let object = if is_call { "call" } else { "message" };
                event.objects.push(ObjectRef::new(object, of));
                event
            }
        };
        let party = self.receiver(&mut event, status)?;
        self.about(&mut event, &self.known(party));
        let errors = status.objects_leniently(&["errors"]);
        let code = errors.first().and_then(|error| error.id_leniently(&["code"]));
        if let Some(receipt) = &mut event.receipt {
            receipt.code = code.map(str::to_owned);
        }
        if code == Some(STOPPED_MARKETING) {
            let (purpose, state) = (Some(&self.codec.marketing), ConsentState::Withdrawn);
            let evidence = "the provider says that marketing messages were stopped";
            let space = Namespace::WhatsApp;
            event.consents = choose(&event.identifiers, &space, purpose, state, evidence);
        }
        let mut rest = self.leftovers();
        rest.add("", status.fields(), |name, _| match name {
            "status" => known.is_none(),
            _ => !TOLD.contains(&name),
        });
        event.details = rest.into_details();
        Ok(event)
    }

    /// Who received it: of a group the member, and the group is an object.
    fn receiver(&self, event: &mut Event, status: &Object<'a>) -> Result<Party<'a>, Rejection> {
        if status.id_leniently(&["recipient_type"]) != Some("group") {
            let parent = ["recipient_parent_user_id", "parent_recipient_user_id"];
            return Party::told(status, &["recipient_id"], &["recipient_user_id"], &parent);
        }
        let group = status.id_leniently(&["recipient_id"]);
        event.objects.extend(group.map(|id| ObjectRef::new("group", id)));
        Party::told(
            status,
            &["recipient_participant_id"],
            &["recipient_participant_user_id"],
            &["recipient_participant_parent_user_id"],
        )
    }
}

/// What a status means; `None` where it is not known.
fn known(word: &str) -> Option<DeliveryStatus> {
    Some(match word {
        "sent" => DeliveryStatus::Sent,
        "delivered" => DeliveryStatus::Delivered,
        "read" => DeliveryStatus::Read,
        "played" => DeliveryStatus::Played,
        "failed" => DeliveryStatus::Failed,
        _ => return None,
    })
}
