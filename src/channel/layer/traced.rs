//! The trace: an adapter that tells `tracing` what it does.

use async_trait::async_trait;

use crate::channel::{Ask, ChannelAdapter, ChannelCodec, Told};
use crate::model::{Authorized, Outbound, SendOutcome, Timestamp};

/// An adapter that tells, where the feature `tracing` is on, what became of each message.
///
/// A span of the channel's id around each sending, an event with the outcome's name: no id of a
/// message, no address, no word. Without the feature it does nothing.
#[derive(Debug)]
pub struct Traced<A> {
    inner: A,
}

impl<A: ChannelAdapter> Traced<A> {
    /// Tells what `inner` does.
    pub fn new(inner: A) -> Self {
        Self { inner }
    }
}

#[async_trait]
impl<A: ChannelAdapter> ChannelAdapter for Traced<A> {
    fn codec(&self) -> &dyn ChannelCodec {
        self.inner.codec()
    }

    #[cfg(feature = "tracing")]
    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        let channel = self.codec().channel().id.as_str();
        let span = tracing::debug_span!("channel.send", channel);
        let sending = async {
            let attempt = message.content().attempt;
            let outcome = self.inner.send(message, now).await;
            tracing::debug!(attempt, outcome = outcome.name(), "sent");
            outcome
        };
        tracing::Instrument::instrument(sending, span).await
    }

    #[cfg(not(feature = "tracing"))]
    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        self.inner.send(message, now).await
    }

    async fn ask(&self, ask: Ask) -> crate::Result<Told> {
        self.inner.ask(ask).await
    }
}
