//! Asking a channel: what came in since, and what was said before.

use crate::channel::{Ask, Page, RawInbound, Told};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ArrivalMode, ChannelId, Pii, TenantId};

use super::Hub;
use super::receive::Reception;

/// What one call of [`Hub::poll`] or [`Hub::backfill`] took in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Polled {
    /// What became of each body, in order.
    pub receptions: Vec<Reception>,
    /// Where the page ended: keep it, and ask for what follows it next time. `None` where nothing
    /// follows, of news: where nothing came; then go on from where you were.
    pub next: Option<String>,
}

impl Hub {
    /// Takes in what a channel's provider holds for us since `after`, for a channel that is not
    /// called back.
    ///
    /// What is asked for again is taken once, so a lost `next` costs nothing but the asking.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where the channel is not plugged in; [`ErrorKind::Unsupported`]
    /// where its provider holds nothing; else what the provider's answer or the store says. Nothing
    /// is lost: ask again from the same place.
    pub async fn poll(
        &self,
        tenant: TenantId,
        channel: &ChannelId,
        after: Option<String>,
    ) -> Result<Polled> {
        let page = self.plugged_in(tenant, channel, "hub.poll")?.adapter.poll(after).await?;
        self.take_page(tenant, channel, page, ArrivalMode::Live).await
    }

    /// Takes in what was said with an address before, page by page, the newest first. It triggers
    /// nothing ([`ArrivalMode::Backfill`]).
    ///
    /// # Errors
    ///
    /// Those of [`Hub::poll`].
    pub async fn backfill(
        &self,
        tenant: TenantId,
        channel: &ChannelId,
        (address, before): (Pii<String>, Option<String>),
    ) -> Result<Polled> {
        let ask = Ask::History { address, before };
        match self.plugged_in(tenant, channel, "hub.backfill")?.adapter.ask(ask).await? {
            Told::Page(page) => self.take_page(tenant, channel, page, ArrivalMode::Backfill).await,
            _ => Err(Error::new(ErrorKind::Unexpected, "asked for history, told of another")
                .during("hub.backfill")),
        }
    }

    async fn take_page(
        &self,
        tenant: TenantId,
        channel: &ChannelId,
        page: Page,
        mode: ArrivalMode,
    ) -> Result<Polled> {
        let now = self.clock.now();
        let request = |body: Pii<Vec<u8>>| {
            let request = RawInbound::new(tenant, channel.clone(), body.into_exposed());
            request.received_at(now).mode(mode).attested("we asked the provider for it")
        };
        let requests = page.bodies.into_iter().map(request).collect();
        let receptions = self.receive_many(requests).await?;
        Ok(Polled { receptions, next: page.next })
    }
}
