//! Slack: events, interactions and commands of one app in, messages out.
//!
//! # Law
//!
//! 1. The verification token and response URLs are credentials: no event holds one
//!    (`tests/slack`).
//! 2. A message that comes both as `message` and as `app_mention` is one: both give the same event.
//! 3. Copies of other messages (`root`, `previous_message`) are named, never kept.
//!
//! # Why
//!
//! Slack has no receipts and takes no idempotency key: after a call without an answer nobody knows,
//! and nothing is sent again.

mod asked;
mod body;
mod envelope;
mod interactive;
mod message;
mod outcome;
mod party;
mod send;

use self::body::Body;
use super::json::decode_object;
use super::{
    Ask, Call, ChannelCodec, KeyRing, RawInbound, RawOutbound, RawResponse, SignatureScheme, Told,
    TransportAnswer, Verified, handshake, profile,
};
use crate::model::{
    Capabilities, Channel, ChannelProfile, Code, Decoded, Namespace, Outbound, Rejection,
    SendOutcome, Timestamp,
};

/// One app on Slack, in one workspace or several.
///
/// It sends by [`super::Wired`], to a transport whose base is `https://slack.com/api` and which
/// adds the bot's token; files lie under `https://files.slack.com` (`Http::files_from`).
///
/// ```
/// use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, Slack, verify};
/// use omnichannel::model::{Channel, ChannelKind, TenantId, Timestamp};
///
/// let app = Channel::new("slack", ChannelKind::Messaging)?;
/// let codec = Slack::new(app.clone());
/// let body = r#"{"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {
///     "type": "message", "channel": "D1", "user": "U1", "ts": "1763819100.000200",
///     "text": "Do you have it in 38?"}}"#;
/// let request = RawInbound::new(TenantId::named("maison-lune"), app.id, body)
///     .attested("our gateway checks Slack's signature");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let request = verify(&codec.scheme(), &KeyRing::default(), request, now).expect("attested");
///
/// let event = &codec.decode(&request).events[0];
/// assert_eq!(event.external_id.as_deref(), Some("D1:1763819100.000200"));
/// assert_eq!(event.sender.as_ref().unwrap().scope.as_deref(), Some("T1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// | body | event |
/// |---|---|
/// | `message`, `app_mention` | `message` |
/// | `message_changed` | `edit` of the nested message, whose revision is the second of its edit |
/// | `message_deleted`, a tombstone | `delete` |
/// | `reaction_added`, `reaction_removed` | `reaction` |
/// | `block_actions` | `message` with the choice, which answers the message that offered it |
/// | a slash command | `message`: the command is the choice, what follows it the text |
/// | `team_join`, `user_change` | `identify`, with the profile's e-mail and phone |
/// | members, shortcuts, submitted views, notices of a channel | `track` |
/// | `url_verification`, `ssl_check`, an unfurled link | set aside as `no_event` |
/// | another | `unknown`, with all its fields |
///
/// | question | answer |
/// |---|---|
/// | sender | the user's id, proven, in the scope of the user's workspace (`T...`) |
/// | id of a message | `channel:ts`: a `ts` is unique in its channel only |
/// | id of an event | `event_id`; of an interaction `trigger_id`; both the same at every delivery |
/// | time | `ts` to the microsecond; else `event_ts`, `event_time`, the time of receipt |
/// | text | without Slack's escapes of `&`, `<` and `>`; mentions stay `<@U...>` |
/// | answers | `thread_ts`, where it is another's |
/// | `bot_id` | this app's own is set aside as `echo`; another program's is outbound, by a bot |
#[derive(Debug, Clone)]
pub struct Slack {
    channel: Channel,
    capabilities: Capabilities,
    profile: ChannelProfile,
}

impl Slack {
    /// Speaks for `channel`, which is one app.
    pub fn new(channel: Channel) -> Self {
        let profile = profile::slack();
        let capabilities = Capabilities::INBOUND
            .sending_to(Namespace::MessagingId)
            .with_elements(&send::ELEMENTS)
            .within(&profile);
        Self { channel, capabilities, profile }
    }
}

impl ChannelCodec for Slack {
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
        SignatureScheme::slack()
    }

    fn challenge(&self, request: &RawInbound, _keys: &KeyRing) -> Option<RawResponse> {
        handshake::url_verification(request)
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let (request, limits) = (request.request(), &self.capabilities);
        let at = request.received_at;
        match body::read(&request.body, limits.body_bytes_max) {
            Body::Json(json) => decode_object(&json, limits, |body, events| {
                envelope::read(body, at, events);
            }),
            Body::Command(json) => {
                // Written out as JSON a form may be longer than it came.
                let limits = limits.clone().with_limits(usize::MAX, limits.events_max);
                decode_object(&json, &limits, |form, events| {
                    events.take(interactive::command(form, at));
                })
            }
            Body::Ping => {
                let ping = Rejection::whole(Code::NoEvent, "Slack checks the certificate");
                Decoded { ignored: vec![ping], ..Decoded::default() }
            }
            Body::Unreadable(refused) => Decoded { rejected: vec![refused], ..Decoded::default() },
        }
    }

    fn plan(&self, message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
        super::calls::check(message, self)?;
        send::plan(message)
    }

    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        outcome::interpret(answer, now)
    }

    fn ask(&self, ask: &Ask) -> Option<Call> {
        asked::ask(ask)
    }

    fn told(&self, ask: &Ask, answer: &TransportAnswer) -> crate::Result<Told> {
        asked::told(ask, answer)
    }
}
