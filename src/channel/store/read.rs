//! Reads one event of a store: what all types share.

use super::{customer, talk, trade};
use crate::channel::RawInbound;
use crate::channel::json::{DETAILS_CUT, Leftovers, Object};
use crate::channel::touchpoint::read::consent;
use crate::model::{
    Act, ChannelKind, ConsentState, Event, EventKind, ObjectRef, Occurred, Receipt, Rejection,
};

/// Fields that every event tells in another way than as details.
const TOLD: [&str; 9] =
    ["type", "id", "at", "revision", "customer", "consents", "store", "till", "kiosk"];

/// Reads one event.
pub(super) fn read(told: &Object<'_>, request: &RawInbound) -> Result<Event, Rejection> {
    let Some(word) = told.text(&["type"])? else {
        return Err(told.missing("type", "it says what happened, such as `sale` or `call`"));
    };
    let occurred = Occurred::stated(told.time(&["at"])?, request.received_at);
    let act = Act::Custom(word.trim().to_owned());
    let mut event = Event::new(told.index(), EventKind::Unknown, act, occurred);
    event.external_id = told.id(&["id"])?.map(str::to_owned);
    event.revision = told.count(&["revision"])?.unwrap_or(0);
    customer::about(&mut event, told)?;
    for kind in ["store", "till", "kiosk"] {
        let thing = told.id(&[kind])?.map(|id| ObjectRef::new(kind, id));
        event.objects.extend(thing);
    }
    let consents = told.objects(&["consents"])?;
    event.consents = consents.iter().map(consent).collect::<Result<_, _>>()?;
    let read = of_type(word.trim(), told, &mut event)?;
    let mut rest = Leftovers::new();
    rest.add("", told.fields(), |name, _| !TOLD.contains(&name) && !read.contains(&name));
    event.details = rest.into_details();
    if let Some(note) = event.attributes.remove(DETAILS_CUT) {
        event.details.insert("attributes_cut".to_owned(), note);
    }
    Ok(event)
}

/// Reads what only events of a type have; the names of the fields that it tells.
fn of_type(
    word: &str,
    told: &Object<'_>,
    event: &mut Event,
) -> Result<&'static [&'static str], Rejection> {
    let trade = match word {
        "sale" => Some(Act::Purchased),
        "return" => Some(Act::Returned),
        "exchange" => Some(Act::Exchanged),
        "pick_up" => Some(Act::PickedUp),
        "basket" => Some(Act::Added),
        _ => None,
    };
    if let Some(act) = trade {
        (event.kind, event.act) = (EventKind::Track, act);
        return trade::read(told, event);
    }
    match word {
        "visit" => (event.kind, event.act) = (EventKind::Track, Act::Visited),
        "identified" => (event.kind, event.act) = (EventKind::Identify, Act::Identified),
        "consent" => {
            let Some(chosen) = event.consents.first() else {
                return Err(told.missing("consents", "it says what was chosen"));
            };
            event.kind = EventKind::Consent;
            event.act = match chosen.state {
                ConsentState::Given => Act::OptedIn,
                ConsentState::Withdrawn => Act::OptedOut,
            };
        }
        "shown" => {
            let Some(of) = told.id(&["of"])? else {
                return Err(told.missing("of", "it names the message that was shown"));
            };
            let receipt = Receipt::new(of, crate::model::DeliveryStatus::Read);
            (event.kind, event.act) = (EventKind::Receipt, receipt.status.act());
            event.receipt = Some(receipt);
            return Ok(&["of"]);
        }
        "enquiry" => return talk::enquiry(told, event),
        "answer" => return talk::answer(told, event),
        "note" => event.act = talk::note(told, event)?,
        "feedback" => return talk::feedback(told, event),
        "call" => {
            event.channel_kind = Some(ChannelKind::Phone);
            return talk::call(told, event);
        }
        "keyed" | "spoken" => {
            event.channel_kind = Some(ChannelKind::Ivr);
            return talk::menu(told, event);
        }
        "voicemail" => {
            event.channel_kind = Some(ChannelKind::Phone);
            return talk::voicemail(told, event);
        }
        _ => {}
    }
    Ok(&[])
}
