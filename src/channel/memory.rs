//! A channel in memory: hears the crate's own JSON, remembers what it sent.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{ChannelAdapter, ChannelCodec, TouchpointJson};
use crate::model::{Authorized, Channel, Namespace, Outbound, SendOutcome, Timestamp};

/// A channel in memory, for tests, examples and simulations.
///
/// Inbound it speaks [`TouchpointJson`]. What is sent is kept, in order, and answered as scripted
/// by [`MemoryChannel::answer_with`]; unscripted it is accepted, under an id made of the decision's
/// and the attempt.
///
/// ```
/// use omnichannel::channel::{ChannelAdapter, MemoryChannel};
/// use omnichannel::model::{Channel, ChannelKind, Namespace};
///
/// let channel = MemoryChannel::new(Channel::new("sms", ChannelKind::Sms)?, Namespace::Phone);
/// assert_eq!(channel.codec().capabilities().sends_to, Some(Namespace::Phone));
/// assert!(channel.sent().is_empty());
/// # Ok::<(), omnichannel::model::BadChannelId>(())
/// ```
#[derive(Debug)]
pub struct MemoryChannel {
    codec: TouchpointJson,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sent: Vec<Outbound>,
    answers: VecDeque<SendOutcome>,
}

impl MemoryChannel {
    /// A channel that sends to identifiers of `sends_to`.
    pub fn new(channel: Channel, sends_to: Namespace) -> Self {
        let codec = TouchpointJson::new(channel);
        let capabilities = codec.capabilities().clone().sending_to(sends_to);
        Self::speaking(codec.with_capabilities(capabilities))
    }

    /// A channel with a codec of your own setting.
    pub fn speaking(codec: TouchpointJson) -> Self {
        Self { codec, state: Mutex::default() }
    }

    /// Scripts the outcomes of the next sendings, after those scripted before.
    pub fn answer_with(&self, outcomes: impl IntoIterator<Item = SendOutcome>) {
        self.state().answers.extend(outcomes);
    }

    /// What was handed over so far, in order, whatever became of it.
    pub fn sent(&self) -> Vec<Outbound> {
        self.state().sent.clone()
    }

    /// A panic elsewhere cannot leave the state half written: each use is one call.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, message: &Outbound) -> SendOutcome {
        let mut state = self.state();
        state.sent.push(message.clone());
        state.answers.pop_front().unwrap_or_else(|| SendOutcome::Accepted {
            provider_id: format!("memory-{}-{}", message.decision, message.attempt),
        })
    }
}

#[async_trait]
impl ChannelAdapter for MemoryChannel {
    fn codec(&self) -> &dyn ChannelCodec {
        &self.codec
    }

    async fn send(&self, message: Authorized<Outbound>, _now: Timestamp) -> SendOutcome {
        self.take(message.content())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChannelKind, DecisionId, TenantId};

    #[test]
    fn what_is_sent_is_kept_and_answered_as_scripted() {
        let sms = Channel::new("sms", ChannelKind::Sms).unwrap();
        let memory = MemoryChannel::new(sms.clone(), Namespace::Phone);
        let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
        let first = Outbound::new((decision, sms.id), (Namespace::Phone, "+33 6"), "Bonjour");
        let message = |attempt| Outbound { attempt, ..first.clone() };
        memory.answer_with([SendOutcome::Unknown]);
        assert_eq!(memory.take(&message(1)), SendOutcome::Unknown);
        let provider_id = format!("memory-{decision}-2");
        assert_eq!(memory.take(&message(2)), SendOutcome::Accepted { provider_id });
        assert_eq!(memory.sent(), [message(1), message(2)]);
        assert!(!format!("{memory:?}").contains("Bonjour"));
    }
}
