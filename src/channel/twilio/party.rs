//! Who a form is from or about: a number, alone or on WhatsApp.

use crate::channel::json::Object;
use crate::model::{ChannelKind, Event, Identifier, Namespace, Pii, Rejection};

/// Digits of a telephone number with its country, as E.164 says; a short code has fewer.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The namespace of addresses on other services that Twilio carries: `messenger:123`.
const OTHER: &str = "twilio_address";

/// The identifiers that an address is, the strongest first.
pub(super) fn identifiers(address: &str) -> Vec<Identifier> {
    let address = address.trim();
    match address.split_once(':') {
        Some((service, id)) if service.eq_ignore_ascii_case("whatsapp") => {
            let digits = id.trim_start_matches('+');
            let mut found = vec![Identifier::proven(Namespace::WhatsApp, digits)];
            found.extend(number(id));
            found
        }
        // Of RCS it is the telephone's own number.
        Some((service, id)) if service.eq_ignore_ascii_case("rcs") && number(id).is_some() => {
            number(id).into_iter().collect()
        }
        Some(_) => vec![Identifier::proven(Namespace::Other(OTHER.to_owned()), address)],
        None => vec![Identifier::proven(Namespace::Phone, address)],
    }
}

/// A telephone number in international form.
fn number(id: &str) -> Option<Identifier> {
    let digits = id.strip_prefix('+')?;
    let is_number =
        NUMBER_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Identifier::proven(Namespace::Phone, id))
}

/// Says whom an event is about: the address in the field `name`.
pub(super) fn about(event: &mut Event, form: &Object<'_>, name: &str) -> Result<(), Rejection> {
    let Some(address) = form.id(&[name])? else { return Ok(()) };
    event.identifiers = identifiers(address);
    event.sender = event.identifiers.first().cloned();
    if address.to_ascii_lowercase().starts_with("whatsapp:") {
        event.channel_kind = Some(ChannelKind::Messaging);
    }
    if let Some(name) = form.text(&["ProfileName"])?.filter(|_| name == "From") {
        event.attributes.insert("name".to_owned(), Pii::new(name.to_owned()));
    }
    Ok(())
}
