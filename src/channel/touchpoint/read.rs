//! Reads one touchpoint of the crate's own JSON.

use crate::channel::RawInbound;
use crate::channel::json::{DETAILS_CUT, Leftovers, Object, named};
use crate::model::{
    Act, Author, BlobRef, ChannelKind, Code, ConsentSignal, ConsentState, Direction, Event,
    EventKind, Identifier, LawfulBasis, Message, Namespace, ObjectRef, Occurred, Part, Pii,
    Purpose, Receipt, Rejection,
};

/// Every field that is read; the others are details.
const FIELDS: &[&str] = &[
    "version",
    "id",
    "revision",
    "occurred_at",
    "act",
    "channel_kind",
    "sender",
    "identifiers",
    "objects",
    "attributes",
    "message",
    "receipt",
    "consents",
    "details",
];

/// Reads one touchpoint into an event.
pub(in crate::channel) fn read(
    told: &Object<'_>,
    request: &RawInbound,
) -> Result<Event, Rejection> {
    if told.count(&["version"])?.is_some_and(|version| version != 1) {
        let what = "is not 1, the one version of this format";
        return Err(told.refuse(Code::Unsupported, "version", what));
    }
    let message = told.object(&["message"])?.map(|object| message(&object)).transpose()?;
    let receipt = told.object(&["receipt"])?.map(|object| receipt(&object)).transpose()?;
    let consents = told.objects(&["consents"])?;
    let consents = consents.iter().map(consent).collect::<Result<Vec<_>, _>>()?;
    let identifiers = told.objects(&["identifiers"])?;
    let identifiers = identifiers.iter().map(identifier).collect::<Result<Vec<_>, _>>()?;
    let sender = told.object(&["sender"])?.map(|object| identifier(&object)).transpose()?;

    let stated = told.text(&["act"])?.map(act);
    let implied = implied_act(message.as_ref(), receipt.as_ref(), &consents);
    let kind = kind(message.is_some(), receipt.is_some(), &consents, stated.as_ref());
    let Some(act) = stated.or(implied) else {
        return Err(told.missing("act", "it says what happened, such as `visited` or `purchased`"));
    };
    let occurred = Occurred::stated(told.time(&["occurred_at"])?, request.received_at);
    let mut event = Event::new(told.index(), kind, act, occurred);
    event.external_id = told.id(&["id"])?.map(str::to_owned);
    event.revision = told.count(&["revision"])?.unwrap_or(0);
    event.sender = sender.or_else(|| most_lasting(&identifiers));
    event.identifiers = all_seen(event.sender.as_ref(), identifiers);
    event.channel_kind = told.text(&["channel_kind"])?.map(channel_kind);
    event.objects = objects(told)?;
    (event.message, event.receipt, event.consents) = (message, receipt, consents);

    let mut rest = Leftovers::new();
    rest.add("", told.fields(), |name, _| !FIELDS.contains(&name));
    if let Some(details) = told.object(&["details"])? {
        rest.add("", details.fields(), |_, _| true);
    }
    event.details = rest.into_details();
    if let Some(attributes) = told.object(&["attributes"])? {
        let mut told = Leftovers::new();
        told.add("", attributes.fields(), |_, _| true);
        event.attributes = told.into_details();
        if let Some(note) = event.attributes.remove(DETAILS_CUT) {
            event.details.insert("attributes_cut".to_owned(), note);
        }
    }
    Ok(event)
}

fn kind(message: bool, receipt: bool, consents: &[ConsentSignal], act: Option<&Act>) -> EventKind {
    let chosen_only = matches!(act, None | Some(Act::OptedIn | Act::OptedOut));
    if message {
        EventKind::Message
    } else if receipt {
        EventKind::Receipt
    } else if !consents.is_empty() && chosen_only {
        EventKind::Consent
    } else {
        EventKind::Touchpoint
    }
}

fn implied_act(
    message: Option<&Message>,
    receipt: Option<&Receipt>,
    consents: &[ConsentSignal],
) -> Option<Act> {
    if message.is_some() {
        return Some(Act::Said);
    }
    if let Some(receipt) = receipt {
        return Some(receipt.status.act());
    }
    consents.first().map(|choice| match choice.state {
        ConsentState::Given => Act::OptedIn,
        ConsentState::Withdrawn => Act::OptedOut,
    })
}

/// A word of the model, else one of the application's own.
fn act(word: &str) -> Act {
    named(word).unwrap_or_else(|| Act::Custom(word.trim().to_owned()))
}

fn channel_kind(word: &str) -> ChannelKind {
    named(word).unwrap_or_else(|| ChannelKind::Other(word.trim().to_owned()))
}

fn namespace(word: &str) -> Namespace {
    named(word).unwrap_or_else(|| Namespace::Other(word.trim().to_lowercase()))
}

fn identifier(object: &Object<'_>) -> Result<Identifier, Rejection> {
    let Some(word) = object.text(&["namespace"])? else {
        return Err(object.missing("namespace", "it says what kind of identifier this is"));
    };
    let Some(value) = object.id(&["value"])? else {
        return Err(object.missing("value", "it is the identifier itself"));
    };
    let mut identifier = Identifier::asserted(namespace(word), value);
    identifier.scope = object.id(&["scope"])?.map(str::to_owned);
    let verified = object.flag(&["verified"])?.unwrap_or(false);
    Ok(if verified { identifier.verified() } else { identifier })
}

/// The identifier that names a party longest, the first of equals; a device names nobody.
pub(in crate::channel) fn most_lasting(identifiers: &[Identifier]) -> Option<Identifier> {
    let mut best: Option<&Identifier> = None;
    for seen in identifiers.iter().filter(|seen| seen.namespace != Namespace::Device) {
        if best.is_none_or(|best| seen.namespace.stability() > best.namespace.stability()) {
            best = Some(seen);
        }
    }
    best.cloned()
}

/// The sender first, then the others, each once.
fn all_seen(sender: Option<&Identifier>, identifiers: Vec<Identifier>) -> Vec<Identifier> {
    let mut seen: Vec<Identifier> = sender.cloned().into_iter().collect();
    for identifier in identifiers {
        if !seen.contains(&identifier) {
            seen.push(identifier);
        }
    }
    seen
}

fn objects(told: &Object<'_>) -> Result<Vec<ObjectRef>, Rejection> {
    let object = |object: &Object<'_>| {
        let Some(kind) = object.text(&["kind"])? else {
            return Err(object.missing("kind", "it says what the object is, such as `order`"));
        };
        let Some(id) = object.id(&["id"])? else {
            return Err(object.missing("id", "it names the object"));
        };
        Ok(ObjectRef::new(kind.trim().to_lowercase(), id))
    };
    told.objects(&["objects"])?.iter().map(object).collect()
}

fn message(object: &Object<'_>) -> Result<Message, Rejection> {
    let direction = object.word(&["direction"], "inbound, outbound")?;
    let direction = direction.unwrap_or(Direction::Inbound);
    let author = object.word(&["author"], "customer, agent, clerk, bot, system")?;
    let author = author.unwrap_or(match direction {
        Direction::Inbound => Author::Customer,
        Direction::Outbound => Author::Agent,
    });
    let text = object.text(&["text"])?;
    let mut parts: Vec<Part> =
        text.iter().map(|text| Part::Text(Pii::new((*text).to_owned()))).collect();
    for media in object.objects(&["media"])? {
        parts.push(Part::Media(blob(&media)?));
    }
    if parts.is_empty() {
        return Err(object.missing("text", "a message has words, or files in `media`"));
    }
    Ok(Message {
        direction,
        author,
        subject: object.text(&["subject"])?.map(|text| Pii::new(text.to_owned())),
        parts,
        language: object.text(&["language"])?.map(str::to_owned),
        references: object.ids(&["references"])?,
    })
}

pub(in crate::channel) fn blob(object: &Object<'_>) -> Result<BlobRef, Rejection> {
    let Some(location) = object.id(&["location"])? else {
        return Err(object.missing("location", "it says where the file is"));
    };
    Ok(BlobRef {
        location: Pii::new(location.to_owned()),
        media_type: object.text(&["media_type"])?.unwrap_or("application/octet-stream").to_owned(),
        file_name: object.text(&["file_name"])?.map(|name| Pii::new(name.to_owned())),
        bytes: object.count(&["bytes"])?.map(u64::from),
        expires_at: object.time(&["expires_at"])?,
    })
}

fn receipt(object: &Object<'_>) -> Result<Receipt, Rejection> {
    let words = "accepted, sent, delivered, read, played, clicked, failed";
    let Some(status) = object.word(&["status"], words)? else {
        return Err(object.missing("status", "it says how far the message got"));
    };
    let receipt = match (object.id(&["of"])?, object.time(&["up_to"])?) {
        (Some(of), _) if object.flag(&["and_earlier"])?.unwrap_or(false) => {
            Receipt::new(of, status).and_earlier()
        }
        (Some(of), _) => Receipt::new(of, status),
        (None, Some(at)) => Receipt::up_to(at, status),
        (None, None) => return Err(object.missing("of", "it names the message that was sent")),
    };
    Ok(receipt.with_code(object.id(&["code"])?.map(str::to_owned)))
}

pub(in crate::channel) fn consent(object: &Object<'_>) -> Result<ConsentSignal, Rejection> {
    let Some(endpoint) = object.object(&["endpoint"])? else {
        return Err(object.missing("endpoint", "it says which address the choice is about"));
    };
    let Some(state) = object.word(&["state"], "given, withdrawn")? else {
        return Err(object.missing("state", "it says what was chosen"));
    };
    let bases = "consent, contract, legal_obligation, vital_interests, public_task, \
                 legitimate_interests";
    Ok(ConsentSignal {
        endpoint: identifier(&endpoint)?,
        purpose: object.text(&["purpose"])?.map(Purpose::new),
        state,
        basis: object.word(&["basis"], bases)?.unwrap_or(LawfulBasis::Consent),
        evidence: object.text(&["evidence"])?.map(str::to_owned),
    })
}
