//! Reads one call: its kind, ids and content.

use super::names::{self, Meaning};
use super::{person, time};
use crate::channel::RawInbound;
use crate::channel::json::{Leftovers, Object, shorten};
use crate::model::{
    Act, Author, ChannelKind, Code, ConsentSignal, ConsentState, Details, Event, EventKind,
    Identifier, LawfulBasis, Message, Namespace, ObjectRef, Rejection,
};

const USER_ID: &[&str] = &["userId", "user_id"];
const ANONYMOUS_ID: &[&str] = &["anonymousId", "anonymous_id"];
const PREVIOUS_ID: &[&str] = &["previousId", "previous_id"];
const GROUP_ID: &[&str] = &["groupId", "group_id"];
const MESSAGE_ID: &[&str] = &["messageId", "message_id"];

/// Longest name of an event that becomes an act, in bytes; the whole name is kept as a detail.
const ACT_BYTES_MAX: usize = 100;

/// Most products of one order that are named as objects; all are kept as details.
const PRODUCTS_MAX: usize = 100;

/// The ids of a call.
struct Ids<'a> {
    user: Option<&'a str>,
    anonymous: Option<&'a str>,
    previous: Option<&'a str>,
    group: Option<&'a str>,
}

/// Reads one call into an event.
pub(super) fn read(
    call: &Object<'_>,
    batch: Option<&Object<'_>>,
    request: &RawInbound,
) -> Result<Event, Rejection> {
    let kind = kind_of(call)?;
    let ids = Ids {
        user: call.id(USER_ID)?,
        anonymous: call.id(ANONYMOUS_ID)?,
        previous: call.id(PREVIOUS_ID)?,
        group: call.id(GROUP_ID)?,
    };
    demand_ids(call, kind, &ids)?;
    let properties = call.object(&["properties"])?;
    let traits = call.object(&["traits"])?;
    let context = match call.object(&["context"])? {
        Some(context) => Some(context),
        None => batch.and_then(|batch| batch.object_leniently(&["context"])),
    };
    let name = if kind == EventKind::Track { call.text(&["event"])? } else { None };
    let meaning = name.and_then(names::meaning);

    let occurred = time::occurred(call, batch, request)?;
    let mut event = Event::new(call.index(), kind, act(kind, name, meaning), occurred);
    event.external_id = call.id(MESSAGE_ID)?.map(str::to_owned);
    event.sender = sender(&ids);
    event.channel_kind = channel_kind(call, kind, meaning);
    event.identifiers = identifiers(&ids);

    let about_person = traits.as_ref().filter(|_| kind != EventKind::Group);
    person::describe(&mut event, about_person, context.as_ref());
    event.objects = objects(&ids, properties.as_ref(), context.as_ref());
    event.objects.extend(place(call, kind));
    event.message = properties.as_ref().and_then(|properties| message(properties, meaning));
    event.consents.extend(withdrawal(&event, properties.as_ref(), meaning));
    event.details = leftovers(&event, call, traits.as_ref(), context.as_ref());
    Ok(event)
}

/// What kind of call it is.
fn kind_of(call: &Object<'_>) -> Result<EventKind, Rejection> {
    let field = if call.has(&["type"]) { "type" } else { "action" };
    if let Some(word) = call.text(&[field])? {
        return match word.trim().to_ascii_lowercase().as_str() {
            "identify" => Ok(EventKind::Identify),
            "track" => Ok(EventKind::Track),
            "page" => Ok(EventKind::Page),
            "screen" => Ok(EventKind::Screen),
            "group" => Ok(EventKind::Group),
            "alias" => Ok(EventKind::Alias),
            _ => {
                let what = "is none of the six calls: identify, track, page, screen, group, alias";
                Err(call.refuse(Code::Unsupported, field, what))
            }
        };
    }
    let shown = (call.has(&["event"]), call.has(PREVIOUS_ID), call.has(GROUP_ID));
    match shown {
        (true, false, false) => Ok(EventKind::Track),
        (false, true, false) => Ok(EventKind::Alias),
        (false, false, true) => Ok(EventKind::Group),
        (false, false, false) if call.has(&["traits"]) => Ok(EventKind::Identify),
        _ => Err(call.missing("type", "it says which of the six calls this is, such as `track`")),
    }
}

/// Refuses a call that lacks what makes it one.
fn demand_ids(call: &Object<'_>, kind: EventKind, ids: &Ids<'_>) -> Result<(), Rejection> {
    match kind {
        EventKind::Identify if ids.user.is_none() && ids.anonymous.is_none() => {
            Err(call
                .missing("userId", "identify needs it, or `anonymousId`, to say whom it is about"))
        }
        EventKind::Alias if ids.previous.is_none() => {
            Err(call.missing("previousId", "alias needs the id that the user had before"))
        }
        EventKind::Alias if ids.user.is_none() => {
            Err(call.missing("userId", "alias needs the id that the user has now"))
        }
        EventKind::Group if ids.group.is_none() => {
            Err(call.missing("groupId", "group needs the id of the group that the user joined"))
        }
        EventKind::Track if call.text(&["event"])?.is_none() => {
            Err(call.missing("event", "track needs the name of what the user did"))
        }
        _ => Ok(()),
    }
}

fn act(kind: EventKind, name: Option<&str>, meaning: Option<&Meaning>) -> Act {
    match (kind, meaning) {
        (EventKind::Page | EventKind::Screen, _) => Act::Visited,
        (EventKind::Group, _) => Act::Custom("joined group".to_owned()),
        (EventKind::Track, Some(meaning)) => meaning.act(),
        (EventKind::Track, None) => {
            let name = name.unwrap_or_default().trim();
            Act::Custom(shorten(name, ACT_BYTES_MAX).to_owned())
        }
        _ => Act::Identified,
    }
}

/// The strongest id of the sender; nobody where there is none.
fn sender(ids: &Ids<'_>) -> Option<Identifier> {
    let account = ids.user.map(|id| Identifier::asserted(Namespace::Account, id));
    account.or_else(|| ids.anonymous.map(|id| Identifier::asserted(Namespace::Cookie, id)))
}

/// The ids of the call; the id before an alias may have been an account or a cookie.
fn identifiers(ids: &Ids<'_>) -> Vec<Identifier> {
    let mut seen = Vec::new();
    let stated = [
        (Namespace::Account, ids.user),
        (Namespace::Cookie, ids.anonymous),
        (Namespace::Account, ids.previous),
        (Namespace::Cookie, ids.previous),
    ];
    for (namespace, id) in stated {
        person::see(&mut seen, namespace, id);
    }
    seen
}

/// Where it happened, if the call knows better than its channel.
fn channel_kind(
    call: &Object<'_>,
    kind: EventKind,
    meaning: Option<&Meaning>,
) -> Option<ChannelKind> {
    if let Some(kind) = meaning.and_then(Meaning::channel_kind) {
        return Some(kind);
    }
    match (call.text(&["channel"]).ok().flatten(), kind) {
        (Some("browser"), _) | (None, EventKind::Page) => Some(ChannelKind::Web),
        (Some("mobile"), _) | (None, EventKind::Screen) => Some(ChannelKind::App),
        _ => None,
    }
}

/// What the call concerns, as far as the spec names it.
fn objects(
    ids: &Ids<'_>,
    properties: Option<&Object<'_>>,
    context: Option<&Object<'_>>,
) -> Vec<ObjectRef> {
    let mut objects: Vec<ObjectRef> = Vec::new();
    let mut add = |kind: &str, id: Option<&str>| {
        if let Some(object) = id.map(|id| ObjectRef::new(kind, id))
            && !objects.contains(&object)
        {
            objects.push(object);
        }
    };
    add("group", ids.group.or_else(|| context.and_then(|c| c.id_leniently(GROUP_ID))));
    let Some(properties) = properties else { return objects };
    add("order", properties.id_leniently(&["order_id", "orderId"]));
    add("cart", properties.id_leniently(&["cart_id", "cartId"]));
    add("wish_list", properties.id_leniently(&["wishlist_id", "wishlistId"]));
    add("conversation", properties.id_leniently(&["conversation_id", "conversationId"]));
    let product =
        |of: &Object<'_>| of.id_leniently(&["product_id", "productId", "sku"]).map(str::to_owned);
    add("product", product(properties).as_deref());
    for each in properties.objects_leniently(&["products"]).iter().take(PRODUCTS_MAX) {
        add("product", product(each).as_deref());
    }
    objects
}

/// The page or screen that was visited, by the name that the call gives it.
fn place(call: &Object<'_>, kind: EventKind) -> Option<ObjectRef> {
    let visited = matches!(kind, EventKind::Page | EventKind::Screen);
    let name = call.id_leniently(&["name"]).filter(|_| visited)?;
    Some(ObjectRef::new(kind.name(), name))
}

/// The words of a live chat.
///
/// The spec's events are told from the customer's side: what the customer *sent*, or began the
/// conversation with, is inbound; what the customer *received* is the agent's. The agent's fields
/// name who serves the conversation, not who speaks. The end of a conversation says nothing new:
/// its words stay a detail.
fn message(properties: &Object<'_>, meaning: Option<&Meaning>) -> Option<Message> {
    let text = properties.text(&["message_body", "messageBody"]).ok().flatten()?;
    match meaning? {
        Meaning::ChatStarted | Meaning::ChatSent => Some(Message::inbound(text)),
        Meaning::ChatReceived => Some(Message::outbound(Author::Agent, text)),
        _ => None,
    }
}

/// The party's no to being written to, on the address that it was written to.
///
/// Here alone `properties.email` counts: taking a permission away from the wrong address is the
/// smaller evil.
fn withdrawal(
    event: &Event,
    properties: Option<&Object<'_>>,
    meaning: Option<&Meaning>,
) -> Option<ConsentSignal> {
    let evidence = match meaning? {
        Meaning::Unsubscribed => "unsubscribed from an e-mail",
        Meaning::MarkedAsSpam => "marked an e-mail as spam",
        _ => return None,
    };
    let known = event.identifiers.iter().find(|seen| seen.namespace == Namespace::Email).cloned();
    let stated = || {
        let email = properties?.id_leniently(&["email"])?;
        Some(Identifier::asserted(Namespace::Email, email))
    };
    Some(ConsentSignal {
        endpoint: known.or_else(stated)?,
        purpose: None,
        state: ConsentState::Withdrawn,
        basis: LawfulBasis::Consent,
        evidence: Some(evidence.to_owned()),
    })
}

/// Everything that the event does not tell yet, by path.
fn leftovers(
    event: &Event,
    call: &Object<'_>,
    traits: Option<&Object<'_>>,
    context: Option<&Object<'_>>,
) -> Details {
    const OTHERS: &[&str] = &["type", "action", "traits", "context", "writeKey", "write_key"];
    let read = [USER_ID, ANONYMOUS_ID, PREVIOUS_ID, GROUP_ID, MESSAGE_ID, OTHERS, time::FIELDS];
    let mut rest = Leftovers::new();
    rest.add("", call.fields(), |name, _| !read.iter().any(|names| names.contains(&name)));
    if let Some(context) = context {
        person::leftovers_of_context(&mut rest, event, context);
    }
    match traits {
        Some(group) if event.kind == EventKind::Group => {
            rest.add("traits", group.fields(), |_, _| true);
        }
        Some(person) => person::leftovers_of_traits(&mut rest, event, "traits", person),
        None => {}
    }
    rest.into_details()
}
