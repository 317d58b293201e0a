//! What a party did beside speaking: came by a link, agreed, logged in, paid.

use super::messaging::{Item, TOLD};
use super::{Reading, content, keep};
use crate::channel::json::Object;
use crate::channel::meta::choose;
use crate::model::{
    Act, ConsentState, Event, EventKind, Identifier, Namespace, ObjectRef, Pii, Rejection,
};

/// Changes of who holds a conversation, and what they are called.
const HAND_OVERS: [(&str, &str); 3] = [
    ("pass_thread_control", "passed conversation"),
    ("take_thread_control", "took conversation"),
    ("request_thread_control", "asked for conversation"),
];

impl Reading<'_> {
    /// An event that is none of speaking; of an unknown type, `unknown` with all it tells.
    pub(super) fn notice(&self, item: &Item<'_, '_>) -> Result<Event, Rejection> {
        let all = item.all;
        if let Some(optin) = all.object(&["optin"])? {
            return self.optin(item, &optin);
        }
        let linked = all.object_leniently(&["account_linking"]);
        let linked = linked.and_then(|it| it.id_leniently(&["status"]));
        let hand_over = HAND_OVERS.iter().find(|(name, _)| all.has(&[name]));
        let custom = |act: &str| Act::Custom(act.to_owned());
        let (kind, act) = match (linked, hand_over) {
            (Some("linked"), _) => (EventKind::Identify, Act::Identified),
            (Some("unlinked"), _) => (EventKind::Track, custom("unlinked account")),
            (_, Some((_, act))) => (EventKind::Track, custom(act)),
            _ if all.has(&["referral"]) => (EventKind::Track, Act::Clicked),
            _ if all.has(&["payment"]) => (EventKind::Track, Act::Paid),
            _ => (EventKind::Unknown, custom("unknown")),
        };
        let mut event = self.event(kind, act, all, "timestamp")?;
        event.objects.extend(content::ad(all));
        self.about(&mut event, item.party);
        if let Some(payment) = all.object_leniently(&["payment"]) {
            pay(&mut event, &payment);
        }
        keep(&mut event, all, &TOLD);
        Ok(event)
    }

    /// A party agreed to be written to, or no longer does.
    fn optin(&self, item: &Item<'_, '_>, optin: &Object<'_>) -> Result<Event, Rejection> {
        let status = optin.id_leniently(&["notification_messages_status"]);
        let (state, act) = match status {
            Some("STOP_NOTIFICATIONS") => (ConsentState::Withdrawn, Act::OptedOut),
            _ => (ConsentState::Given, Act::OptedIn),
        };
        let mut event = self.event(EventKind::Consent, act, item.all, "timestamp")?;
        self.about(&mut event, item.party);
        let evidence = match (optin.id_leniently(&["type"]), state) {
            (Some("notification_messages"), ConsentState::Given) => "agreed to notifications",
            (_, ConsentState::Withdrawn) => "stopped notifications",
            (_, ConsentState::Given) => "agreed by a plugin of the website",
        };
        let (space, purpose) = (Namespace::SocialHandle, Some(&self.codec.marketing));
        event.consents = choose(&event.identifiers, &space, purpose, state, evidence);
        if let Some(id) = optin.id(&["user_ref"])? {
            let user_ref = self.user_ref(id);
            event.sender.get_or_insert_with(|| user_ref.clone());
            event.identifiers.push(user_ref);
        }
        keep(&mut event, item.all, &TOLD);
        Ok(event)
    }
}

/// Who paid, as the party wrote it.
fn pay(event: &mut Event, payment: &Object<'_>) {
    let Some(told) = payment.object_leniently(&["requested_user_info"]) else { return };
    for (space, name) in [(Namespace::Email, "contact_email"), (Namespace::Phone, "contact_phone")]
    {
        let id = told.id_leniently(&[name]);
        event.identifiers.extend(id.map(|id| Identifier::asserted(space, id)));
    }
    if let Some(name) = told.id_leniently(&["contact_name"]) {
        event.attributes.insert("name".to_owned(), Pii::new(name.to_owned()));
    }
    let charge = payment.object_leniently(&["payment_credential"]);
    let charge = charge.and_then(|it| it.id_leniently(&["charge_id"]).map(str::to_owned));
    event.objects.extend(charge.map(|id| ObjectRef::new("payment", id)));
}
