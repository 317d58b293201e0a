//! Telegram's Bot API: one update each, and messages out.
//!
//! # Law
//!
//! 1. A chat that speaks as itself (an anonymous administrator, a channel) names nobody: many
//!    people write behind it, and the `from` beside it is a stand-in that all such chats share.
//! 2. A contact card is an identifier of its sender only where it is the sender's own.
//! 3. A message that is answered or pinned is named, never copied: its words are another's.
//!
//! # Why
//!
//! Taking the block back withdraws nothing and permits nothing: `track`. A yes to every purpose
//! would be more than the person said.
//!
//! Telegram has no receipts and takes no idempotency key: after a call without an answer nobody
//! knows, and nothing is sent again.

mod asked;
mod content;
mod message;
mod outcome;
mod party;
mod send;
mod update;

use super::json::decode_object;
use super::profile;
use super::{
    Ask, Call, ChannelCodec, RawInbound, RawOutbound, SignatureScheme, Told, TransportAnswer,
    Verified,
};
use crate::model::{
    Capabilities, Channel, ChannelProfile, Decoded, Namespace, Outbound, SendOutcome, Timestamp,
};

/// One bot on Telegram.
///
/// Give its key ring the `secret_token` of `setWebhook`. It sends by [`super::Wired`], to a
/// transport whose base is `https://api.telegram.org/bot<token>`; files lie under
/// `https://api.telegram.org/file/bot<token>` (`Http::files_from`).
///
/// ```
/// use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, Telegram, verify};
/// use omnichannel::model::{Channel, ChannelKind, TenantId, Timestamp};
///
/// let bot = Channel::new("telegram", ChannelKind::Messaging)?;
/// let codec = Telegram::new(bot.clone());
/// let body = r#"{"update_id": 1, "message": {"message_id": 7, "date": 1763819100,
///     "chat": {"id": 42, "type": "private"}, "from": {"id": 42, "first_name": "Noé"},
///     "text": "Do you have it in 38?"}}"#;
/// let request = RawInbound::new(TenantId::named("maison-lune"), bot.id, body)
///     .header("X-Telegram-Bot-Api-Secret-Token", "a long secret");
/// let now = "2026-11-22T13:45:00Z".parse::<Timestamp>()?;
/// let keys = KeyRing::new(["a long secret"]);
/// let request = verify(&codec.scheme(), &keys, request, now).expect("the secret is the same");
///
/// let event = &codec.decode(&request).events[0];
/// assert_eq!(event.external_id.as_deref(), Some("7"));
/// assert_eq!(event.sender.as_ref().unwrap().value.expose(), "42");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it reads
///
/// Updates come one by one, or as the list that `getUpdates` answers with; a message alone, as
/// archives keep it, is read, too.
///
/// | update | event |
/// |---|---|
/// | `message`, `channel_post`, `business_message` | `message`; a service message is `track` |
/// | the same, `edited_...` | `edit`, whose revision is the second of `edit_date` |
/// | `deleted_business_messages` | a `delete` for each message |
/// | `callback_query` | `message` with the choice, which answers the message that offered it |
/// | `message_reaction`, `message_reaction_count` | `reaction` |
/// | `my_chat_member` of a person who blocks the bot | `consent`: a withdrawal |
/// | a group that became a supergroup | `identity_change` of the chat |
/// | votes, payments, members, boosts, inline queries | `track` |
/// | another | `unknown`, with all its fields |
///
/// | question | answer |
/// |---|---|
/// | sender | the user's id, proven, in the scope `telegram`: it is the same for every bot |
/// | id of a message | see [below](#ids) |
/// | id of anything else | `update:` and `update_id`, which is the same at every delivery |
/// | time | `date`; a click has none, so the time of receipt stands in |
/// | files | `file_id`, to be asked of `getFile`; of a photo the largest size |
/// | place | `geo:` with Telegram's digits; a venue's name is a detail |
/// | `username` | a detail: people change it, and others take it |
/// | own contact | a phone, asserted, where the card's `user_id` is the sender's |
///
/// # Ids
///
/// Telegram counts messages per bot in private chats and groups, but per chat in supergroups and
/// channels, and per connection for a business account. So the id is `6557`, `-100123:36` and
/// `connection:7`. The first form keeps the user's id, which is a private chat's id, out of it.
#[derive(Debug, Clone)]
pub struct Telegram {
    channel: Channel,
    capabilities: Capabilities,
    profile: ChannelProfile,
}

impl Telegram {
    /// Speaks for `channel`, which is one bot.
    pub fn new(channel: Channel) -> Self {
        let profile = profile::telegram();
        let capabilities = Capabilities::INBOUND
            .sending_to(Namespace::MessagingId)
            .with_elements(&send::ELEMENTS)
            .within(&profile);
        Self { channel, capabilities, profile }
    }
}

impl ChannelCodec for Telegram {
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
        SignatureScheme::telegram()
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let request = request.request();
        decode_object(&request.body, &self.capabilities, |body, events| {
            update::read_all(body, request.received_at, events);
        })
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
