//! Who stands at the counter, or calls: identifiers and attributes.

use crate::channel::json::{Json, Leftovers, Object};
use crate::channel::touchpoint::read::most_lasting;
use crate::model::{Event, Identifier, Namespace, Rejection};

/// The identifiers of a customer, the most lasting first.
const NAMED: [(&str, Namespace); 6] = [
    ("account", Namespace::Account),
    ("loyalty_card", Namespace::LoyaltyCard),
    ("crm_id", Namespace::CrmId),
    ("email", Namespace::Email),
    ("phone", Namespace::Phone),
    ("postal_address", Namespace::PostalAddress),
];

/// Says whom an event is about.
pub(super) fn about(event: &mut Event, told: &Object<'_>) -> Result<(), Rejection> {
    let Some(customer) = told.object(&["customer"])? else { return Ok(()) };
    for (name, namespace) in NAMED {
        let known = match customer.get(&[name]) {
            None => continue,
            Some((_, Json::Object(_))) => of_object(&customer, name, namespace)?,
            Some(_) => customer.id(&[name])?.map(|value| Identifier::asserted(namespace, value)),
        };
        event.identifiers.extend(known);
    }
    event.sender = most_lasting(&event.identifiers);
    let mut rest = Leftovers::new();
    rest.add("", customer.fields(), |name, _| NAMED.iter().all(|(known, _)| *known != name));
    event.attributes = rest.into_details();
    Ok(())
}

fn of_object(
    customer: &Object<'_>,
    name: &str,
    namespace: Namespace,
) -> Result<Option<Identifier>, Rejection> {
    let Some(told) = customer.object(&[name])? else { return Ok(None) };
    let Some(value) = told.id(&["value"])? else {
        return Err(told.missing("value", "it is the identifier itself"));
    };
    let mut identifier = Identifier::asserted(namespace, value);
    identifier.scope = told.id(&["scope"])?.map(str::to_owned);
    let verified = told.flag(&["verified"])?.unwrap_or(false);
    Ok(Some(if verified { identifier.verified() } else { identifier }))
}
