//! Asking: customers, timelines, conversations, explanations. Views only; nothing is written.

use crate::consistency;
use crate::engine::{self, Portrait, TimelinePage, View};
use crate::error::Result;
use crate::identity::Health;
use crate::model::{
    Body, ComponentId, Conversation, Customer, Decision, DecisionId, Digest, Explanation, Index,
    Key, MessageId, Page, Quote, QuoteFacts, Range, RecordId, Row, Sort, TenantId,
};

use super::Hub;

impl Hub {
    /// The customer that holds a record now. Any record or customer id that was ever given
    /// resolves.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn customer(
        &self,
        tenant: TenantId,
        id: impl Into<RecordId>,
    ) -> Result<Option<Customer>> {
        let (context, id) = (self.ready(tenant).await?, id.into());
        self.ask("hub.customer", |view| engine::customer(&context, view, id)).await
    }

    /// A page of what happened to the customer that holds a record now, over all its records and
    /// channels; the earliest first, unknown times last. `after` is the last page's `next`.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn timeline(
        &self,
        tenant: TenantId,
        id: impl Into<RecordId>,
        after: Option<Sort>,
        limit: u32,
    ) -> Result<Option<TimelinePage>> {
        let (context, id) = (self.ready(tenant).await?, id.into());
        self.ask("hub.timeline", |view| engine::timeline(&context, view, id, after, limit)).await
    }

    /// The conversations of the customer that holds a record now, the earliest first.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn conversations(
        &self,
        tenant: TenantId,
        id: impl Into<RecordId>,
    ) -> Result<Vec<Conversation>> {
        let (context, id) = (self.ready(tenant).await?, id.into());
        let all = self.ask("hub.conversations", |view| engine::conversations(&context, view, id));
        Ok(all.await?.unwrap_or_default())
    }

    /// The conversation that holds a message now. Any message or conversation id that was ever
    /// given resolves.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn conversation(
        &self,
        tenant: TenantId,
        id: impl Into<MessageId>,
    ) -> Result<Option<Conversation>> {
        let (context, id) = (self.ready(tenant).await?, id.into());
        self.ask("hub.conversation", |view| engine::conversation(&context, view, id)).await
    }

    /// Why two records are one customer, or why they are two; `None` where one was never seen.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn why(
        &self,
        tenant: TenantId,
        a: impl Into<RecordId>,
        b: impl Into<RecordId>,
    ) -> Result<Option<Explanation>> {
        let (context, a, b) = (self.ready(tenant).await?, a.into(), b.into());
        self.ask("hub.why", |view| engine::why(&context, view, a, b)).await
    }

    /// Explains how the customer that holds a record came to be: every join from the strongest,
    /// what constraints refused, and how sound it is.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn how(
        &self,
        tenant: TenantId,
        id: impl Into<RecordId>,
    ) -> Result<Option<Explanation>> {
        let (context, id) = (self.ready(tenant).await?, id.into());
        self.ask("hub.how", |view| engine::how(&context, view, id)).await
    }

    /// How sound the customer is that holds a record: size, density, bridges, conflicts.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn health(
        &self,
        tenant: TenantId,
        id: impl Into<RecordId>,
    ) -> Result<Option<Health>> {
        let (context, id) = (self.ready(tenant).await?, id.into());
        self.ask("hub.health", |view| engine::health(&context, view, id)).await
    }

    /// What a basket costs and on what terms. No channel is asked: the answer is the same on each.
    ///
    /// Of a `person` who is known, by any record or customer id that was ever given, membership is
    /// what identity knows: whoever holds a loyalty card is a member. Where a channel differs by a
    /// declared exception, apply it to the finished quote:
    ///
    /// ```
    /// # use omnichannel::{Hub, Result, model::*};
    /// # async fn price(
    /// #     hub: &Hub, shop: TenantId, camille: RecordId, basket: Basket, at: Timestamp,
    /// #     till: ChannelId,
    /// # ) -> Result<()> {
    /// let quote = hub.quote(shop, Some(camille), &QuoteFacts::new(at, basket)).await?;
    /// let (at_the_till, used) = hub.configuration().exceptions.apply(&quote, &till, at);
    /// assert!(!used.is_empty() || at_the_till == quote);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the store says; without a `person` none.
    pub async fn quote(
        &self,
        tenant: TenantId,
        person: Option<RecordId>,
        facts: &QuoteFacts,
    ) -> Result<Quote> {
        let context = self.ready(tenant).await?;
        self.ask("hub.quote", |view| engine::quote(&context, view, person, facts)).await
    }

    /// Why a decision was made, and what would change it; `None` where it was not made here.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn explain(&self, tenant: TenantId, id: DecisionId) -> Result<Option<Explanation>> {
        let decision = self.decision(tenant, id).await?;
        Ok(decision.as_ref().map(consistency::explain))
    }

    /// A decision that was made.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn decision(&self, tenant: TenantId, id: DecisionId) -> Result<Option<Decision>> {
        self.check_profile().await?;
        let mut rows = self.store.load(&[Key::decision(tenant, id)]).await?;
        Ok(rows.pop().flatten().and_then(|row| match row.body {
            Body::Decision(decision) => Some(Decision::clone(&decision)),
            _ => None,
        }))
    }

    /// Everything that views say of a tenant's customers, by customer id.
    ///
    /// Reads every fact of the tenant: for exports, reports and tests.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn portraits(&self, tenant: TenantId) -> Result<Vec<Portrait>> {
        self.check_profile().await?;
        let context = self.context(tenant);
        let mut portraits = Vec::new();
        for row in self.listing(tenant, Index::Components).await? {
            let home = ComponentId::from_uuid(row.key.id);
            let step = |view: &View| engine::portraits(&context, view, home);
            portraits.extend(self.ask("hub.portraits", step).await?);
        }
        portraits.sort_by_key(|portrait| portrait.customer.id);
        Ok(portraits)
    }

    /// What happened on a tenant's channels while nobody was identified, the earliest first.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn unattributed(&self, tenant: TenantId) -> Result<Vec<engine::Fact>> {
        self.check_profile().await?;
        let rows = self.listing(tenant, Index::Unattributed).await?;
        let facts = rows.iter().filter_map(|row| match &row.body {
            Body::Touchpoint(copies) => Some(engine::Fact::of(copies)),
            _ => None,
        });
        Ok(facts.collect())
    }

    /// A digest of everything that views say of a tenant. Two replicas with the same facts and
    /// configuration have the same; any other fact gives another. Reads every fact.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn digest(&self, tenant: TenantId) -> Result<Digest> {
        let mut digests: Vec<Digest> =
            self.portraits(tenant).await?.iter().map(Digest::of).collect();
        let mut others = Vec::new();
        for index in [Index::Unattributed, Index::Verdicts, Index::Consents] {
            for row in self.listing(tenant, index).await? {
                others.push(match &row.body {
                    Body::Touchpoint(copies) => Digest::of(&engine::Fact::of(copies)),
                    body => Digest::of(&(row.key, body)),
                });
            }
        }
        others.sort_unstable();
        digests.extend(others);
        Ok(Digest::of(&digests))
    }

    /// Every row of a listing, page after page.
    pub(super) async fn listing(&self, tenant: TenantId, index: Index) -> Result<Vec<Row>> {
        let mut range = Range::all(tenant, index, uuid::Uuid::nil());
        let mut rows = Vec::new();
        loop {
            let page: Page = self.store.scan(&[range]).await?.pop().unwrap_or_default();
            let last = page.rows.last().map(|(sort, _)| *sort);
            rows.extend(page.rows.into_iter().map(|(_, row)| row));
            match last {
                Some(sort) if page.more => range.after = Some(sort),
                _ => return Ok(rows),
            }
        }
    }
}
