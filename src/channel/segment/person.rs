//! What a call tells about the person: identifiers and attributes.

use crate::channel::json::{Json, Leftovers, Object, VALUE_BYTES_MAX};
use crate::model::{Event, Identifier, Namespace, Pii};

/// Most attributes that one event tells; more stay details.
const ATTRIBUTES_MAX: usize = 128;

/// Longest name of a trait that becomes an attribute, in bytes.
const NAME_BYTES_MAX: usize = 100;

/// Traits that are identifiers.
const EMAIL: &[&str] = &["email"];
const PHONE: &[&str] = &["phone"];

/// Traits that the spec names otherwise than we do.
const RENAMED: &[(&str, &str)] = &[
    ("firstName", "given_name"),
    ("first_name", "given_name"),
    ("firstname", "given_name"),
    ("lastName", "family_name"),
    ("last_name", "family_name"),
    ("lastname", "family_name"),
];

/// Fields of `traits.address` and `traits.company` that become attributes.
const NESTED: &[(&str, &str, &str)] = &[
    ("address", "street", "address.street"),
    ("address", "city", "address.city"),
    ("address", "state", "address.state"),
    ("address", "postalCode", "address.postal_code"),
    ("address", "postal_code", "address.postal_code"),
    ("address", "country", "address.country"),
    ("company", "name", "company.name"),
];

/// Adds an identifier that is not blank and not yet seen.
pub(super) fn see(seen: &mut Vec<Identifier>, namespace: Namespace, value: Option<&str>) {
    if let Some(identifier) = value.map(|value| Identifier::asserted(namespace, value))
        && !seen.contains(&identifier)
    {
        seen.push(identifier);
    }
}

/// Adds what traits and context tell; the call's own traits win over the context's.
pub(super) fn describe(
    event: &mut Event,
    traits: Option<&Object<'_>>,
    context: Option<&Object<'_>>,
) {
    let of_context = context.and_then(|context| context.object_leniently(&["traits"]));
    for traits in traits.into_iter().chain(of_context.as_ref()) {
        see(&mut event.identifiers, Namespace::Email, traits.id_leniently(EMAIL));
        see(&mut event.identifiers, Namespace::Phone, traits.id_leniently(PHONE));
        for (name, value) in attributes(traits) {
            add(event, name, value);
        }
    }
    let Some(context) = context else { return };
    if let Some(device) = context.object_leniently(&["device"]) {
        let advertising = &["advertisingId", "advertising_id", "idfa"];
        let seen = &mut event.identifiers;
        see(seen, Namespace::Device, device.id_leniently(&["id"]));
        see(seen, Namespace::AdvertisingId, device.id_leniently(advertising));
        see(seen, Namespace::PushToken, device.id_leniently(&["token"]));
    }
    for (field, name) in [("locale", "language"), ("timezone", "timezone")] {
        if let Some(value) = context.text(&[field]).ok().flatten() {
            add(event, name, value);
        }
    }
}

fn add(event: &mut Event, name: &str, value: &str) {
    if event.attributes.len() < ATTRIBUTES_MAX && !event.attributes.contains_key(name) {
        event.attributes.insert(name.to_owned(), Pii::new(value.to_owned()));
    }
}

/// The attributes that traits tell.
fn attributes<'a>(traits: &Object<'a>) -> Vec<(&'a str, &'a str)> {
    let plain = traits.fields().iter().filter_map(|(name, value)| attribute(name, value));
    let nested = NESTED.iter().filter_map(|(outer, inner, name)| {
        let (_, value) = traits.object_leniently(&[outer])?.get(&[inner])?;
        Some((*name, scalar(value)?))
    });
    plain.chain(nested).collect()
}

/// The attribute that a trait tells; the others are identifiers or stay details.
fn attribute<'a>(name: &'a str, value: &'a Json<'a>) -> Option<(&'a str, &'a str)> {
    let identifies = EMAIL.contains(&name) || PHONE.contains(&name);
    if identifies || name.len() > NAME_BYTES_MAX {
        return None;
    }
    let renamed = RENAMED.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
    Some((renamed.unwrap_or(name), scalar(value)?))
}

/// A value as text, if it is one that an attribute can hold.
fn scalar<'a>(value: &'a Json<'a>) -> Option<&'a str> {
    match value {
        Json::Text(text) => {
            Some(text.as_ref()).filter(|t| !t.trim().is_empty() && t.len() <= VALUE_BYTES_MAX)
        }
        Json::Number(digits) => Some(digits),
        Json::Bool(true) => Some("true"),
        Json::Bool(false) => Some("false"),
        _ => None,
    }
}

fn tells(event: &Event, name: &str, value: &str) -> bool {
    event.attributes.get(name).is_some_and(|told| told.expose() == value)
}

fn names(event: &Event, value: Option<&str>) -> bool {
    value.is_some_and(|value| event.identifiers.iter().any(|seen| seen.value.expose() == value))
}

/// Keeps of the traits what the event does not tell.
pub(super) fn leftovers_of_traits(
    rest: &mut Leftovers,
    event: &Event,
    prefix: &str,
    traits: &Object<'_>,
) {
    let nests = |name: &str, value: &Json<'_>| {
        matches!(value, Json::Object(_)) && NESTED.iter().any(|(outer, _, _)| *outer == name)
    };
    rest.add(prefix, traits.fields(), |name, value| {
        let told = attribute(name, value).is_some_and(|(name, value)| tells(event, name, value));
        let identifies = EMAIL.contains(&name) || PHONE.contains(&name);
        let seen = identifies && names(event, traits.id_leniently(&[name]));
        !told && !seen && !nests(name, value)
    });
    for (outer, value) in traits.fields().iter().filter(|(name, value)| nests(name, value)) {
        let Json::Object(fields) = value else { continue };
        rest.add(&format!("{prefix}.{outer}"), fields, |inner, value| {
            let known = NESTED.iter().find(|(o, i, _)| o == outer && *i == inner);
            let told = known.zip(scalar(value));
            !told.is_some_and(|((_, _, name), value)| tells(event, name, value))
        });
    }
}

/// Keeps of the context what the event does not tell.
pub(super) fn leftovers_of_context(rest: &mut Leftovers, event: &Event, context: &Object<'_>) {
    let is_object = |value: &Json<'_>| matches!(value, Json::Object(_));
    rest.add("context", context.fields(), |name, value| match name {
        "locale" => !scalar(value).is_some_and(|value| tells(event, "language", value)),
        "timezone" => !scalar(value).is_some_and(|value| tells(event, "timezone", value)),
        "traits" | "device" => !is_object(value),
        _ => true,
    });
    if let Some(traits) = context.object_leniently(&["traits"]) {
        leftovers_of_traits(rest, event, "context.traits", &traits);
    }
    if let Some(device) = context.object_leniently(&["device"]) {
        let ids = ["id", "advertisingId", "advertising_id", "idfa", "token"];
        rest.add("context.device", device.fields(), |name, _| {
            !(ids.contains(&name) && names(event, device.id_leniently(&[name])))
        });
    }
}
