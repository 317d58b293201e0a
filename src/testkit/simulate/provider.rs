//! Providers that accept, lose answers, ask to wait, refuse, or never answer.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use super::chance::Chance;
use super::truth::{Event, Sending, Shared, brief};
use crate::channel::{ChannelAdapter, ChannelCodec, TouchpointJson};
use crate::model::{Authorized, Outbound, SendIdempotency, SendOutcome, Timestamp};

/// The provider of one channel, for every hub.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) codec: TouchpointJson,
    pub(super) chance: Chance,
    pub(super) truth: Shared,
    /// Whether all goes well from now on.
    pub(super) calm: Arc<AtomicBool>,
}

impl Provider {
    /// What happens to a message: whether it arrives, what is answered, and how that is called.
    fn fate(
        &self,
        id: &str,
        knows: bool,
        now: Timestamp,
    ) -> (bool, Option<SendOutcome>, &'static str) {
        let provider_id = id.to_owned();
        if knows {
            // It dedupes by the key before it looks at anything else.
            return match self.chance.below(if self.calm.load(Ordering::Relaxed) { 1 } else { 4 }) {
                3 => (true, Some(SendOutcome::Unknown), "provider: answer lost"),
                _ => (true, Some(SendOutcome::Replayed { provider_id }), "provider: replayed"),
            };
        }
        let accepted = Some(SendOutcome::Accepted { provider_id: id.to_owned() });
        if self.calm.load(Ordering::Relaxed) {
            return (true, accepted, "provider: accepted");
        }
        let minutes = u64::try_from(self.chance.between(1, 90)).unwrap_or(1);
        let retry_at = now.plus(Duration::from_secs(60 * minutes));
        match self.chance.below(100) {
            0..50 => (true, accepted, "provider: accepted"),
            50..60 => (true, Some(SendOutcome::Unknown), "provider: answer lost"),
            60..66 => (false, Some(SendOutcome::Unknown), "provider: message lost"),
            66..80 => (false, Some(SendOutcome::Deferred { retry_at }), "provider: deferred"),
            80..88 => {
                let reason = "no such address".to_owned();
                (false, Some(SendOutcome::Rejected { reason }), "provider: rejected")
            }
            88..91 => {
                let (provider_ids, reason) = (vec![provider_id], "too long".to_owned());
                let partial = SendOutcome::Partial { provider_ids, reason };
                (true, Some(partial), "provider: took a part")
            }
            91..96 => (true, None, "provider: delivered and never answered"),
            _ => (false, None, "provider: never answered"),
        }
    }

    /// Takes a message as the run's chance has it; what is answered, if anything.
    fn take(&self, message: Outbound, now: Timestamp) -> Option<SendOutcome> {
        let dedupes = self.codec.capabilities().send_idempotency == SendIdempotency::Native;
        let (channel, decision) = (&message.channel, message.decision);
        let id = if dedupes {
            format!("{channel}-{decision}")
        } else {
            format!("{channel}-{decision}-{}", message.attempt)
        };
        let mut truth = self.truth.get();
        let known = |sent: &Sending| sent.message.decision == decision && sent.delivered;
        let knows = dedupes && truth.sendings.iter().any(known);
        let (arrives, answer, called) = self.fate(&id, knows, now);
        let delivered = arrives && !knows;
        let sending = Sending { message, dedupes, delivered, answer: answer.clone() };
        *truth.seen.entry(called).or_default() += 1;
        truth.tell(format!("       {called}: decision {}", brief(&decision.as_uuid())));
        truth.judge(&Event::Sending(&sending));
        truth.claims.remove(&(decision, sending.message.attempt));
        truth.sendings.push(sending);
        answer
    }
}

#[async_trait]
impl ChannelAdapter for Provider {
    fn codec(&self) -> &dyn ChannelCodec {
        &self.codec
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        match self.take(message.content().clone(), now) {
            Some(answer) => answer,
            None => pending().await,
        }
    }
}
