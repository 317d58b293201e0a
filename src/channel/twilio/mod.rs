//! Twilio: text messages, WhatsApp and calls in, text messages and WhatsApp out.
//!
//! # Why
//!
//! Twilio signs with SHA-1, so the feature `signatures` is needed, and it signs the URL that it
//! called ([`RawInbound::url`](super::RawInbound::url)). A form is read as an object of texts, so
//! that one reader and one set of limits serve all codecs.

mod body;
mod call;
mod message;
mod party;
mod send;
mod status;

use std::fmt;

use super::json::{Leftovers, Object, decode_object};
use super::{
    Ask, Call, ChannelCodec, RawInbound, RawOutbound, RawResponse, SignatureScheme,
    TransportAnswer, Verified, calls, profile,
};
use crate::model::{
    Act, Capabilities, Channel, ChannelProfile, Decoded, DeliveryStatus, Details, Element, Event,
    EventKind, LengthUnit, Namespace, Occurred, Outbound, Purpose, Rejection, SendOutcome,
    Timestamp,
};

/// Largest form that is read.
const BODY_BYTES_MAX: usize = 256 << 10;

/// Longest text of one message: Twilio's error 21617, on WhatsApp too.
const TEXT_MAX: u32 = 1_600;

/// One number, or one messaging service, of one account.
///
/// It sends by [`super::Wired`], to a transport whose base is `https://api.twilio.com` and which
/// adds the account's id and token (`Http::basic` of the feature `http`); files lie there, too
/// (`Http::files_from`).
///
/// ```
/// use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, Twilio, verify};
/// use omnichannel::model::{Channel, ChannelKind, TenantId, Timestamp};
///
/// let number = Channel::new("sms-fr", ChannelKind::Sms)?;
/// let codec = Twilio::new(number.clone()).sending_sms("AC1", "+33612345678");
/// let form = "MessageSid=SM1&SmsStatus=received&From=%2B33687654321&Body=Is+it+in%3F";
/// let request = RawInbound::new(TenantId::named("maison-lune"), number.id, form)
///     .attested("our gateway checks Twilio's signature");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let request = verify(&codec.scheme(), &KeyRing::default(), request, now).expect("attested");
///
/// let event = &codec.decode(&request).events[0];
/// assert_eq!(event.external_id.as_deref(), Some("SM1"));
/// assert_eq!(event.message.as_ref().unwrap().text().expose(), "Is it in?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// | form | event |
/// |---|---|
/// | a message (`SmsStatus` `received`) | `message`, with files, a place, a button's choice |
/// | a status of a sent message | `receipt`, about the recipient |
/// | a call (`CallSid`) | `track`: called, answered, ended; what was keyed or said is a `message` |
/// | a recording or its transcript | `message` with the file and the words |
/// | another form of Twilio's | `unknown`, with all its fields |
///
/// | question | answer |
/// |---|---|
/// | sender | the number, proven; on WhatsApp its id there, and the number too |
/// | id | `MessageSid`; of a receipt and a step of a call the status is a part of it |
/// | time | the transport's receipt: Twilio states none |
/// | answers | `OriginalRepliedMessageSid` |
/// | STOP | `OptOutType`, or the word alone; a refusal 21610 tells it of the recipient |
/// | the rest | in details, as Twilio names it |
#[derive(Clone)]
pub struct Twilio {
    channel: Channel,
    capabilities: Capabilities,
    profile: ChannelProfile,
    sends: Option<Sends>,
    start_means: Option<Purpose>,
}

/// As whom it sends.
#[derive(Clone)]
struct Sends {
    account: String,
    from: String,
}

impl Twilio {
    /// Speaks for `channel`, and only listens.
    pub fn new(channel: Channel) -> Self {
        let capabilities = Capabilities::INBOUND.with_limits(BODY_BYTES_MAX, 1);
        let profile = carried(profile::sms());
        Self { channel, capabilities, profile, sends: None, start_means: None }
    }

    /// Sends text messages by an account (`AC...`) from a number, or a messaging service (`MG...`).
    #[must_use]
    pub fn sending_sms(self, account: impl Into<String>, from: impl Into<String>) -> Self {
        self.sending(Namespace::Phone, account.into(), from.into())
    }

    /// Sends on WhatsApp by an account (`AC...`) from a number, or a messaging service (`MG...`).
    #[must_use]
    pub fn sending_whatsapp(self, account: impl Into<String>, from: impl Into<String>) -> Self {
        let profile = carried(profile::whatsapp());
        Self { profile, ..self.sending(Namespace::WhatsApp, account.into(), from.into()) }
    }

    fn sending(mut self, namespace: Namespace, account: String, from: String) -> Self {
        let elements: &[Element] = match namespace {
            Namespace::WhatsApp => &send::ELEMENTS_WHATSAPP,
            _ => &send::ELEMENTS_SMS,
        };
        let can = self.capabilities.sending_to(namespace).with_elements(elements);
        self.capabilities = can.with_text(TEXT_MAX, LengthUnit::Utf16Unit);
        self.sends = Some(Sends { account, from });
        self
    }

    /// What somebody agrees to who writes START; without it START is only what was said.
    #[must_use]
    pub fn start_means(mut self, purpose: Purpose) -> Self {
        self.start_means = Some(purpose);
        self
    }

    fn read(&self, form: &Object<'_>, at: Option<Timestamp>) -> Result<Event, Rejection> {
        let it = Reading { at, start_means: self.start_means.as_ref() };
        let status = form.text(&["MessageStatus", "SmsStatus"])?.map(str::to_lowercase);
        let sid = form.id(&["MessageSid", "SmsMessageSid", "SmsSid"])?;
        match (form.id(&["CallSid"])?, sid, status.as_deref()) {
            (Some(call), ..) => it.call(form, call),
            (None, Some(sid), None | Some("received" | "receiving")) => it.message(form, sid),
            (None, Some(sid), Some(status)) => it.status(form, sid, status),
            (None, None, _) => Ok(it.unknown(form)),
        }
    }
}

/// What is known of a service that Twilio carries: it tells that it took a message, too.
fn carried(mut profile: ChannelProfile) -> ChannelProfile {
    if let Some(receipts) = &mut profile.receipts {
        receipts.value.emitted.insert(0, DeliveryStatus::Accepted);
    }
    profile
}

/// What every reader of a form knows.
struct Reading<'c> {
    at: Option<Timestamp>,
    start_means: Option<&'c Purpose>,
}

impl Reading<'_> {
    fn event(&self, kind: EventKind, act: Act) -> Event {
        Event::new(0, kind, act, Occurred::stated(None, self.at))
    }

    /// All of a form's fields but those that the event tells, and files, which it tells as parts.
    fn rest(&self, form: &Object<'_>, told: &[&str]) -> Details {
        let mut rest = Leftovers::new();
        let is_file = |name: &str| name.starts_with("MediaUrl") || name.starts_with("MediaContent");
        rest.add("", form.fields(), |name, value| {
            !told.contains(&name) && !is_file(name) && !body::is_empty(value)
        });
        rest.into_details()
    }

    fn unknown(&self, form: &Object<'_>) -> Event {
        let mut event = self.event(EventKind::Unknown, Act::Custom("unknown".to_owned()));
        event.details = self.rest(form, &[]);
        event
    }
}

impl ChannelCodec for Twilio {
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
        SignatureScheme::twilio()
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let request = request.request();
        match body::as_json(&request.body, self.capabilities.body_bytes_max) {
            Ok(json) => {
                // Written out as JSON a form may be longer than it came.
                let limits = self.capabilities.clone().with_limits(usize::MAX, 1);
                decode_object(&json, &limits, |form, events| {
                    events.take(self.read(form, request.received_at));
                })
            }
            Err(refused) => Decoded { rejected: vec![refused], ..Decoded::default() },
        }
    }

    /// An empty answer in TwiML: nothing is said in return.
    fn ack(&self, decoded: &Decoded) -> RawResponse {
        let _ = decoded;
        RawResponse::received().with_body("text/xml", "<Response/>")
    }

    fn plan(&self, message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
        calls::check(message, self)?;
        self.sends.iter().map(|sends| send::plan(sends, message)).collect()
    }

    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        send::interpret(answer, now)
    }

    /// The account, and files by their URLs.
    fn ask(&self, ask: &Ask) -> Option<Call> {
        match ask {
            Ask::Health => send::account(self.sends.as_ref()?),
            Ask::File { location } => Some(Call::File(location.clone())),
            _ => None,
        }
    }
}

/// Numbers of an account are its own; they are shown nowhere all the same.
impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio")
            .field("channel", &self.channel)
            .field("sends_to", &self.capabilities.sends_to)
            .finish_non_exhaustive()
    }
}
