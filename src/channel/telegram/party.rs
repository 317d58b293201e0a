//! Who an update is about, where and when.

use crate::channel::json::{Json, Leftovers, Object};
use crate::model::{
    Code, ConsentSignal, ConsentState, Event, Identifier, LawfulBasis, Namespace, ObjectRef, Pii,
    Rejection, Timestamp,
};

/// Within what a user's or chat's id is unique: all of Telegram.
const SCOPE: &str = "telegram";

/// Fields of a user that the event tells elsewhere.
const TOLD: &[&str] = &["id", "is_bot", "first_name", "last_name", "language_code"];

/// The id of a user or of a chat, which Telegram itself vouches for.
pub(super) fn identifier(id: &str) -> Identifier {
    Identifier::proven(Namespace::MessagingId, id).scoped(SCOPE)
}

/// Makes the event one of `user`, which may also be the private chat with that user.
pub(super) fn about(event: &mut Event, user: &Object<'_>) {
    let Some(id) = user.id_leniently(&["id"]) else { return };
    let sender = identifier(id);
    event.identifiers = vec![sender.clone()];
    event.sender = Some(sender);
    let told =
        [("first_name", "given_name"), ("last_name", "family_name"), ("language_code", "language")];
    for (field, name) in told {
        if let Some(value) = user.text(&[field]).ok().flatten() {
            event.attributes.insert(name.to_owned(), Pii::new(value.to_owned()));
        }
    }
}

/// Keeps what a user's fields tell beside the event, the unstable `username` above all.
pub(super) fn leftovers(rest: &mut Leftovers, path: &str, user: &Object<'_>) {
    rest.add(path, user.fields(), |name, _| !TOLD.contains(&name));
}

/// Whether a chat is one between two.
pub(super) fn is_private(chat: &Object<'_>) -> bool {
    chat.id_leniently(&["type"]) == Some("private")
}

/// Names a chat of several people, and keeps what is told of it.
pub(super) fn in_chat(event: &mut Event, rest: &mut Leftovers, chat: &Object<'_>) {
    if is_private(chat) {
        return;
    }
    event.objects.extend(chat.id_leniently(&["id"]).map(|id| ObjectRef::new("chat", id)));
    rest.add("chat", chat.fields(), |name, _| name != "id");
}

/// The external id of a message, by how Telegram counts.
pub(super) fn message_id(chat: &Object<'_>, id: &str, connection: Option<&str>) -> String {
    if let Some(connection) = connection {
        return format!("{connection}:{id}");
    }
    match (chat.id_leniently(&["type"]), chat.id_leniently(&["id"])) {
        (Some("private" | "group"), _) | (_, None) => id.to_owned(),
        (_, Some(chat)) => format!("{chat}:{id}"),
    }
}

/// A time in seconds since 1970; 0 stands for none.
pub(super) fn seconds(of: &Object<'_>, name: &str) -> Result<Option<Timestamp>, Rejection> {
    let digits = match of.get(&[name]) {
        None => return Ok(None),
        Some((_, Json::Number(digits))) => *digits,
        Some((name, other)) => return Err(of.mismatch(name, "seconds since 1970", other)),
    };
    match digits.parse::<i64>().ok().map(|seconds| (seconds, Timestamp::from_seconds(seconds))) {
        Some((0, _)) => Ok(None),
        Some((_, Some(at))) => Ok(Some(at)),
        _ => {
            let what = "should be seconds since 1970, within the years 1 to 9999";
            Err(of.refuse(Code::BadTime, name, what))
        }
    }
}

/// The sender wants no more, for any purpose.
pub(super) fn withdrawal(event: &Event, evidence: &str) -> Option<ConsentSignal> {
    Some(ConsentSignal {
        endpoint: event.sender.clone()?,
        purpose: None,
        state: ConsentState::Withdrawn,
        basis: LawfulBasis::Consent,
        evidence: Some(evidence.to_owned()),
    })
}
