//! WhatsApp Cloud API: webhooks of a business account in, messages out.
//!
//! # Law
//!
//! 1. What stands in free words is never an identifier: a system message tells the former id only
//!    in a sentence that holds a name, and who chooses the name could choose an id
//!    (`tests/whatsapp`).
//! 2. A contact lends its name and ids to a message only where nothing contradicts it.
//!
//! # Why
//!
//! A deletion can come as an `unsupported` message, and so can a poll. It is `unknown` under its
//! id, with the revision of an edit: if it was a deletion the words are no longer shown, and if it
//! was not nothing is lost.

mod asked;
mod content;
mod message;
mod notice;
mod party;
mod send;
mod status;

use super::json::{Events, Leftovers, Object};
use super::meta::{self, Token, each};
use super::profile;
use super::{
    Ask, Call, ChannelCodec, KeyRing, RawInbound, RawOutbound, RawResponse, SignatureScheme, Told,
    TransportAnswer, Verified, calls, handshake,
};
use crate::model::{
    Act, Capabilities, Channel, ChannelProfile, Code, Decoded, Event, EventKind, Namespace,
    Occurred, Outbound, Purpose, Rejection, SendOutcome, Timestamp,
};

/// Changes that tell of the account and of no customer.
const NOTICES: [&str; 20] = [
    "account_alerts",
    "account_offboarded",
    "account_reconnected",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "business_capability_update",
    "business_status_update",
    "flows",
    "group_lifecycle_update",
    "group_settings_update",
    "group_status_update",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "template_category_update",
];

/// The WhatsApp Cloud API, spoken by one business account.
///
/// It sends by [`super::Wired`], to a transport whose base is `https://graph.facebook.com/v24.0` and
/// which adds the system user's token; files lie under `https://lookaside.fbsbx.com`
/// (`Http::files_from`).
///
/// ```
/// use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, WhatsApp, verify};
/// use omnichannel::model::{Channel, ChannelKind, TenantId, Timestamp};
///
/// let channel = Channel::new("whatsapp-fr", ChannelKind::Messaging)?;
/// let codec = WhatsApp::new(channel.clone()).sending_from("1065").verify_token("our own word");
/// let body = r#"{"object":"whatsapp_business_account","entry":[{"id":"7","changes":[{
///     "field":"messages","value":{"messages":[{"from":"33612345678","id":"wamid.1",
///     "timestamp":"1795354200","type":"text","text":{"body":"Have you got it in 38?"}}]}}]}]}"#;
/// let request = RawInbound::new(TenantId::named("maison-lune"), channel.id, body)
///     .attested("an example");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let request = verify(&codec.scheme(), &KeyRing::default(), request, now).expect("attested");
///
/// let event = &codec.decode(&request).events[0];
/// assert_eq!(event.external_id.as_deref(), Some("wamid.1"));
/// assert_eq!(event.message.as_ref().unwrap().text().expose(), "Have you got it in 38?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// | question | answer |
/// |---|---|
/// | kind | by the message's `type`; statuses are receipts; an unknown type is `unknown` |
/// | id | the message's `id`; an edit or a deletion has that of the message it is about |
/// | sender | the number (`from`), else the business-scoped id, else the only contact's |
/// | identifiers | number, the same as a telephone number, business-scoped id, the parent's |
/// | time | `timestamp`, in seconds; an edit states no other |
/// | text | body or caption; a chosen button or line is a [`Part::Choice`](crate::model::Part) |
/// | files | the media id, to be asked for; nothing says how long it is kept |
/// | answers | `context.id` |
/// | set aside | notices about the account: templates, quality, limits |
/// | the rest | in details by dotted path, with `phone_number_id`: which number was written to |
///
/// What people write in the business application (`message_echoes`, `history`) is outbound, by an
/// agent, about the receiver.
///
/// # Business-scoped ids
///
/// A party may hide its number; then only an id is told, which means something within one business
/// portfolio. Webhooks do not name the portfolio: it is [`WhatsApp::of_portfolio`], else the
/// business account of the entry, by which the accounts of one portfolio are kept apart. The parent
/// id, which several portfolios share, identifies and is never written to.
#[derive(Debug, Clone)]
pub struct WhatsApp {
    channel: Channel,
    capabilities: Capabilities,
    profile: ChannelProfile,
    phone_number_id: Option<String>,
    token: Token,
    portfolio: Option<String>,
    marketing: Purpose,
}

impl WhatsApp {
    /// Listens for `channel`.
    pub fn new(channel: Channel) -> Self {
        let profile = profile::whatsapp();
        Self {
            channel,
            capabilities: meta::capabilities().within(&profile),
            profile,
            phone_number_id: None,
            token: Token::default(),
            portfolio: None,
            marketing: Purpose::new("marketing"),
        }
    }

    /// The same, sending from the number of that id, which Meta shows beside the number.
    #[must_use]
    pub fn sending_from(mut self, phone_number_id: impl Into<String>) -> Self {
        self.phone_number_id = Some(phone_number_id.into());
        self.capabilities =
            self.capabilities.sending_to(Namespace::WhatsApp).with_elements(&send::ELEMENTS);
        self
    }

    /// The same, answering handshakes that state `token`; without one none is answered.
    #[must_use]
    pub fn verify_token(mut self, token: impl Into<Vec<u8>>) -> Self {
        self.token = Token(token.into());
        self
    }

    /// The same, with business-scoped ids that mean something within that portfolio.
    #[must_use]
    pub fn of_portfolio(mut self, portfolio: impl Into<String>) -> Self {
        self.portfolio = Some(portfolio.into());
        self
    }

    /// The same, where choices about marketing messages are about `purpose`; else `marketing`.
    #[must_use]
    pub fn marketing_is(mut self, purpose: Purpose) -> Self {
        self.marketing = purpose;
        self
    }

    fn read(&self, request: &RawInbound) -> Decoded {
        let products = ["whatsapp_business_account"];
        meta::decode(&request.body, &self.capabilities, &products, |entry, events| {
            each(entry, "changes", events, |change, events| {
                self.change(request, entry, &change, events);
            });
        })
    }

    fn change(
        &self,
        request: &RawInbound,
        entry: &Object<'_>,
        change: &Object<'_>,
        events: &mut Events,
    ) {
        let (field, value) = match (change.text(&["field"]), change.object(&["value"])) {
            (Ok(field), Ok(Some(value))) => (field.unwrap_or_default(), value),
            (Ok(_), Ok(None)) => {
                let why = "it holds what has changed";
                return events.take(Err(change.missing("value", why)));
            }
            (Err(refused), _) | (_, Err(refused)) => return events.take(Err(refused)),
        };
        let account = self.portfolio.as_deref().or_else(|| entry.id_leniently(&["id"]));
        let reading = Reading::new(self, request.received_at, account, &value);
        if reading.lists(events) {
        } else if NOTICES.contains(&field) {
            let reason = "a notice about the account, which concerns no customer";
            events.set_aside(Code::NoEvent, reason);
        } else if is_empty(&value) {
            events.set_aside(Code::NoEvent, "a change that tells nothing");
        } else {
            events.take(unknown(entry, change, request.received_at));
        }
    }
}

/// Whether a value holds nothing but what each of them has.
fn is_empty(value: &Object<'_>) -> bool {
    let usual = ["messaging_product", "metadata", "contacts"];
    value.fields().iter().all(|(name, _)| usual.contains(&name.as_ref()))
}

/// A change of a field that is not known, with all it tells.
fn unknown(
    entry: &Object<'_>,
    change: &Object<'_>,
    received_at: Option<Timestamp>,
) -> Result<Event, Rejection> {
    let occurred = Occurred::stated(entry.time(&["time"]).ok().flatten(), received_at);
    let act = Act::Custom("unknown".to_owned());
    let mut event = Event::new(0, EventKind::Unknown, act, occurred);
    let mut rest = Leftovers::new();
    rest.add("", change.fields(), |_, _| true);
    event.details = rest.into_details();
    Ok(event)
}

/// One value of a change, and what is needed to read it.
struct Reading<'r, 'a> {
    codec: &'r WhatsApp,
    received_at: Option<Timestamp>,
    /// Within what business-scoped ids mean something.
    scope: &'r str,
    value: &'r Object<'a>,
    contacts: Vec<Object<'a>>,
    /// The company's own number, as it is shown to people.
    own_number: Option<&'a str>,
}

impl<'r, 'a> Reading<'r, 'a> {
    fn new(
        codec: &'r WhatsApp,
        received_at: Option<Timestamp>,
        account: Option<&'r str>,
        value: &'r Object<'a>,
    ) -> Self {
        let metadata = value.object_leniently(&["metadata"]);
        let own_number = metadata.and_then(|it| it.id_leniently(&["display_phone_number"]));
        let contacts = value.objects_leniently(&["contacts"]);
        let scope = account.unwrap_or("whatsapp");
        Self { codec, received_at, scope, value, contacts, own_number }
    }

    /// Reads every list that the value holds; `false` where it holds none that is known.
    fn lists(&self, events: &mut Events) -> bool {
        type Read<'r, 'a> = fn(&Reading<'r, 'a>, &Object<'a>, &mut Events);
        let lists: [(&str, Read<'r, 'a>); 8] = [
            ("messages", |it, message, events| events.take(it.message(message))),
            ("statuses", |it, status, events| events.take(it.status(status))),
            ("message_echoes", |it, message, events| events.take(it.echo(message))),
            ("history", Self::history),
            ("user_id_update", |it, update, events| events.take(it.user_id_update(update))),
            ("user_preferences", |it, choice, events| events.take(it.preference(choice))),
            ("calls", |it, call, events| events.take(it.call(call))),
            ("groups", Self::group),
        ];
        let mut known = false;
        for (name, read) in lists {
            if self.value.has(&[name]) {
                known = true;
                each(self.value, name, events, |item, events| read(self, &item, events));
            }
        }
        known
    }

    /// When something happened.
    fn occurred(&self, of: &Object<'_>) -> Result<Occurred, Rejection> {
        Ok(Occurred::stated(of.time(&["timestamp"])?, self.received_at))
    }

    /// What all events of this value tell beside their own: which number, and what went wrong.
    fn leftovers(&self) -> Leftovers {
        let mut rest = Leftovers::new();
        rest.add("", self.value.fields(), |name, _| name == "errors");
        if let Some(metadata) = self.value.object_leniently(&["metadata"]) {
            rest.add("", metadata.fields(), |name, _| name == "phone_number_id");
        }
        rest
    }
}

/// The second that an object states, by which a later telling of an event replaces an earlier one.
fn revision(of: &Object<'_>) -> Result<u32, Rejection> {
    let seconds = of.time(&["timestamp"])?.map_or(0, |at| at.micros() / 1_000_000);
    // The highest of all is a deletion's.
    Ok(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX).min(u32::MAX - 1))
}

impl ChannelCodec for WhatsApp {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn profile(&self) -> &ChannelProfile {
        &self.profile
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::meta()
    }

    /// Answers the handshake ([`handshake::hub_challenge`]).
    fn challenge(&self, request: &RawInbound, _keys: &KeyRing) -> Option<RawResponse> {
        handshake::hub_challenge(request, &self.token.0)
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        self.read(request.request())
    }

    fn plan(&self, message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
        calls::check(message, self)?;
        send::plan(message, self.phone_number_id.as_deref().unwrap_or_default())
    }

    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        meta::interpret(answer, now)
    }

    fn ask(&self, ask: &Ask) -> Option<Call> {
        asked::ask(ask, self.phone_number_id.as_deref())
    }

    fn told(&self, ask: &Ask, answer: &TransportAnswer) -> crate::Result<Told> {
        asked::told(ask, answer)
    }
}
