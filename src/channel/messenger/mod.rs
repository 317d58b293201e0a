//! Messenger and Instagram: webhooks of a page or an account in, text messages out.
//!
//! # Why
//!
//! The id of the checkbox plugin (`user_ref`) is an identifier of its own kind: it is a party's
//! before the party has an id, and the first message brings both together.

mod comment;
mod content;
mod messaging;
mod notice;
mod send;

use super::json::{Leftovers, Object};
use super::meta::{self, Token, each};
use super::profile;
use super::{
    Ask, Call, ChannelCodec, KeyRing, RawInbound, RawOutbound, RawResponse, SignatureScheme,
    TransportAnswer, Verified, ask, calls, handshake,
};
use crate::model::{
    Act, Capabilities, Channel, ChannelProfile, Decoded, Event, EventKind, Identifier, Namespace,
    Occurred, Outbound, Purpose, Rejection, SendOutcome, Timestamp,
};

/// What stands before the decision's id on what this library sends.
const MARK: &str = "omnichannel/";

/// Messenger or Instagram, spoken by one page or account.
///
/// ```
/// use omnichannel::channel::{ChannelCodec, KeyRing, Messenger, RawInbound, verify};
/// use omnichannel::model::{Channel, ChannelKind, TenantId, Timestamp};
///
/// let channel = Channel::new("messenger-fr", ChannelKind::Messaging)?;
/// let codec = Messenger::page(channel.clone()).verify_token("our own word").of_app("42");
/// let body = r#"{"object":"page","entry":[{"id":"7","time":1795354200000,"messaging":[{
///     "sender":{"id":"100"},"recipient":{"id":"7"},"timestamp":1795354200000,
///     "message":{"mid":"m.1","text":"Have you got it in 38?"}}]}]}"#;
/// let request = RawInbound::new(TenantId::named("maison-lune"), channel.id, body)
///     .attested("an example");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let request = verify(&codec.scheme(), &KeyRing::default(), request, now).expect("attested");
///
/// let event = &codec.decode(&request).events[0];
/// assert_eq!(event.external_id.as_deref(), Some("m.1"));
/// assert_eq!(event.message.as_ref().unwrap().text().expose(), "Have you got it in 38?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// | question | answer |
/// |---|---|
/// | kind | by the field that holds the event; `delivery` and `read` are receipts, one a message |
/// | id | `mid`, or the comment's id; receipts, reactions and clicks have none |
/// | sender | the page-scoped id (Instagram: the account's), scoped by the entry's id |
/// | time | `timestamp`, else the entry's; milliseconds or seconds |
/// | text | `text`; a quick reply or a postback is a [`Part::Choice`](crate::model::Part) |
/// | files | the place of the bytes; the type is a range, such as `image/*` |
/// | answers | `reply_to.mid`; of a comment the comment above it |
/// | set aside | own echoes, notices about the page, figures |
/// | the rest | in details by dotted path |
///
/// A watermark (`read` up to an instant) may name no message: it is one receipt about all that were
/// sent to the party until then ([`Receipt::up_to`](crate::model::Receipt::up_to)).
///
/// # Echoes
///
/// Everything that is sent comes back. What this application sent is set aside: it is known by
/// [`Messenger::of_app`], or by the mark that [`plan`](ChannelCodec::plan) puts on it. Without the
/// application's id every echo of an application is taken for its own. The others are outbound: by
/// an agent, from the page's own inbox, or by another program.
#[derive(Debug, Clone)]
pub struct Messenger {
    channel: Channel,
    capabilities: Capabilities,
    profile: ChannelProfile,
    token: Token,
    app: Option<String>,
    marketing: Purpose,
}

impl Messenger {
    /// Speaks for a page on Messenger.
    pub fn page(channel: Channel) -> Self {
        Self::new(channel, profile::messenger())
    }

    /// Speaks for an account on Instagram.
    pub fn instagram(channel: Channel) -> Self {
        Self::new(channel, profile::instagram())
    }

    fn new(channel: Channel, profile: ChannelProfile) -> Self {
        let capabilities =
            meta::capabilities().sending_to(Namespace::SocialHandle).with_elements(&send::ELEMENTS);
        let capabilities = capabilities.within(&profile);
        let (token, marketing) = (Token::default(), Purpose::new("marketing"));
        Self { channel, capabilities, profile, token, app: None, marketing }
    }

    /// The same, answering handshakes that state `token`; without one none is answered.
    #[must_use]
    pub fn verify_token(mut self, token: impl Into<Vec<u8>>) -> Self {
        self.token = Token(token.into());
        self
    }

    /// The same, knowing by which application's id its own echoes are marked.
    #[must_use]
    pub fn of_app(mut self, app_id: impl Into<String>) -> Self {
        self.app = Some(app_id.into());
        self
    }

    /// The same, where opt-ins and opt-outs are about `purpose`; else `marketing`.
    #[must_use]
    pub fn marketing_is(mut self, purpose: Purpose) -> Self {
        self.marketing = purpose;
        self
    }

    fn read(&self, request: &RawInbound) -> Decoded {
        let products = ["page", "instagram"];
        meta::decode(&request.body, &self.capabilities, &products, |entry, events| {
            let reading = Reading {
                codec: self,
                received_at: request.received_at,
                page: entry.id_leniently(&["id"]),
                entry_at: entry.time(&["time"]).ok().flatten(),
            };
            for list in ["messaging", "standby"] {
                each(entry, list, events, |item, events| reading.messaging(&item, events));
            }
            each(entry, "changes", events, |change, events| reading.change(&change, events));
        })
    }
}

/// One entry, and what is needed to read it.
struct Reading<'r> {
    codec: &'r Messenger,
    received_at: Option<Timestamp>,
    /// The page or account, within which the ids of parties mean something.
    page: Option<&'r str>,
    entry_at: Option<Timestamp>,
}

impl Reading<'_> {
    /// An event of a kind, at the time that `of` states under `name`, else the entry's.
    fn event(
        &self,
        kind: EventKind,
        act: Act,
        of: &Object<'_>,
        name: &str,
    ) -> Result<Event, Rejection> {
        let stated = of.time(&[name])?.or(self.entry_at);
        Ok(Event::new(0, kind, act, Occurred::stated(stated, self.received_at)))
    }

    /// Says whom an event is about.
    fn about(&self, event: &mut Event, id: Option<&str>) {
        let party = id.map(|id| self.scoped(Identifier::proven(Namespace::SocialHandle, id)));
        event.sender = party.clone();
        event.identifiers = party.into_iter().collect();
    }

    fn scoped(&self, identifier: Identifier) -> Identifier {
        identifier.scoped(self.page.unwrap_or("meta"))
    }

    fn is_page(&self, id: Option<&str>) -> bool {
        id.is_some() && id == self.page
    }
}

/// Something of a type that is not known, with all it tells.
fn keep(event: &mut Event, of: &Object<'_>, told: &[&str]) {
    let mut rest = Leftovers::new();
    rest.add("", of.fields(), |name, _| !told.contains(&name));
    event.details = rest.into_details();
}

/// The second of a time since 1970, by which a later telling of an event replaces an earlier one.
fn second(stated: Option<Timestamp>) -> u32 {
    let seconds = stated.map_or(0, |at| at.micros() / 1_000_000);
    // The highest of all is a deletion's.
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX).min(u32::MAX - 1)
}

impl ChannelCodec for Messenger {
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
        send::plan(message)
    }

    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        meta::interpret(answer, now)
    }

    /// Itself, and files by their URLs.
    fn ask(&self, ask: &Ask) -> Option<Call> {
        match ask {
            Ask::Health => ask::get("/me"),
            Ask::File { location } => Some(Call::File(location.clone())),
            _ => None,
        }
    }
}
