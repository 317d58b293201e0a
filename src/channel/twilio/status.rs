//! What became of a message that was sent.

use super::message::signal;
use super::{Reading, party};
use crate::channel::json::Object;
use crate::model::{Act, ConsentState, DeliveryStatus, Event, EventKind, Receipt, Rejection};

/// The error that says: this recipient wrote STOP (Twilio, error 21610).
pub(super) const OPTED_OUT: &str = "21610";

/// Fields that the event tells.
const TOLD: [&str; 7] =
    ["ApiVersion", "ErrorCode", "MessageSid", "MessageStatus", "SmsSid", "SmsStatus", "To"];

impl Reading<'_> {
    /// A status of a message, about its recipient.
    pub(super) fn status(
        &self,
        form: &Object<'_>,
        sid: &str,
        status: &str,
    ) -> Result<Event, Rejection> {
        let known = known(status);
        let mut event = match known {
            Some(status) => self.event(EventKind::Receipt, status.act()),
            None => self.event(EventKind::Unknown, Act::Custom("unknown".to_owned())),
        };
        // Each status of a message is a fact of its own.
        event.external_id = Some(format!("{sid}:{status}"));
        party::about(&mut event, form, "To")?;
        let code = form.id(&["ErrorCode"])?.map(str::to_owned);
        let is_opted_out = code.as_deref() == Some(OPTED_OUT);
        if let (true, Some(endpoint)) = (is_opted_out, event.sender.as_ref()) {
            let evidence = "Twilio's error 21610: the recipient wrote STOP".to_owned();
            event.consents = vec![signal(endpoint, ConsentState::Withdrawn, None, Some(evidence))];
        }
        event.receipt = known.map(|status| Receipt::new(sid, status).with_code(code));
        let told = if known.is_some() { &TOLD[..] } else { &[] };
        event.details = self.rest(form, told);
        Ok(event)
    }
}

/// What a status means; `None` where it is not known.
fn known(status: &str) -> Option<DeliveryStatus> {
    Some(match status {
        "accepted" | "scheduled" | "queued" | "sending" => DeliveryStatus::Accepted,
        "sent" => DeliveryStatus::Sent,
        "delivered" => DeliveryStatus::Delivered,
        "read" => DeliveryStatus::Read,
        "failed" | "undelivered" | "canceled" => DeliveryStatus::Failed,
        _ => return None,
    })
}
