//! Speaking: decide on an intent, and dispatch what is due.

use std::time::Duration;

use crate::channel::ChannelAdapter;
use crate::engine::{self, Claim, Claimed, Decided, Settlement, View};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Body, Decision, DecisionId, Index, Intent, Range, SendOutcome, Sort, TenantId, Timestamp,
};

use super::Hub;

/// Most entries that one call of [`Hub::dispatch_due`] looks at.
const DISPATCH_MAX: u32 = 1_000;

/// What one call of [`Hub::dispatch_due`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Messages that their channel took.
    pub sent: Vec<DecisionId>,
    /// Messages that were not sent, since something was lost after the decision.
    pub refused: Vec<DecisionId>,
    /// Messages that their channel asks to try later.
    pub deferred: Vec<DecisionId>,
    /// Messages that their channel will not take.
    pub rejected: Vec<DecisionId>,
    /// Messages that were perhaps sent.
    pub ambiguous: Vec<DecisionId>,
    /// Due messages whose channel is not plugged in here.
    pub unplugged: Vec<DecisionId>,
    /// When to call again; `None` where nothing waits.
    pub next_due: Option<Timestamp>,
}

impl Hub {
    /// Decides whether, where and when to say something, and reserves it.
    ///
    /// Deciding twice on one key gives the first decision again. What is to be sent waits in the
    /// outbox for [`Hub::dispatch_due`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where the subject was never seen; [`ErrorKind::Invalid`] where the
    /// key was used for another intent: choose another. Else what the store says.
    pub async fn decide(&self, tenant: TenantId, intent: &Intent) -> Result<Decision> {
        let (context, now) = (self.context(tenant), self.clock.now());
        let step = |view: &View| engine::decide(&context, view, intent, now);
        match self.transact("hub.decide", step).await? {
            Decided::New(decision) | Decided::Known(decision) => Ok(*decision),
            Decided::KeyReused => Err(key_reused()),
            Decided::UnknownSubject => Err(unknown_subject()),
        }
    }

    /// Sends what is due at `now`: claims, confirms, sends and settles entry after entry, over all
    /// tenants. Owns no timer: `next_due` says when to call again.
    ///
    /// # Errors
    ///
    /// What the store says. What was claimed and not settled is looked at again after its lease.
    pub async fn dispatch_due(&self, now: Timestamp) -> Result<Dispatched> {
        self.check_profile().await?;
        let mut done = Dispatched::default();
        let all = Range::all(TenantId::SYSTEM, Index::Due, uuid::Uuid::nil());
        let until = Some(Sort { time: now.micros(), id: uuid::Uuid::max() });
        let due = Range { until, limit: DISPATCH_MAX, ..all };
        let page = self.store.scan(&[due]).await?.pop().unwrap_or_default();
        for (_, row) in page.rows {
            self.dispatch(row.key.tenant, DecisionId::from_uuid(row.key.id), now, &mut done)
                .await?;
        }
        let next = self.store.scan(&[Range { limit: 1, ..all }]).await?.pop().unwrap_or_default();
        done.next_due = next.rows.first().and_then(|(sort, _)| Timestamp::from_micros(sort.time));
        Ok(done)
    }

    async fn dispatch(
        &self,
        tenant: TenantId,
        id: DecisionId,
        now: Timestamp,
        done: &mut Dispatched,
    ) -> Result<()> {
        let Some(adapter) = self.adapter_of(tenant, id).await? else {
            done.unplugged.push(id);
            return Ok(());
        };
        let context = self.context(tenant);
        let step = |view: &View| engine::claim(&context, view, id, now);
        match self.transact("hub.dispatch", step).await? {
            Claimed::Send(claim) => self.hand_over(tenant, adapter, id, *claim, now, done).await?,
            Claimed::Refused(_) => done.refused.push(id),
            Claimed::Ambiguous => done.ambiguous.push(id),
            Claimed::NotDue => {}
        }
        Ok(())
    }

    async fn adapter_of(
        &self,
        tenant: TenantId,
        id: DecisionId,
    ) -> Result<Option<&dyn ChannelAdapter>> {
        let decision = self.decision(tenant, id).await?;
        let channel = decision.and_then(|decision| match decision.outcome {
            crate::model::Outcome::Send { channel, .. } => Some(channel),
            crate::model::Outcome::Suppress => None,
        });
        let plugged = channel.and_then(|channel| self.plugged(tenant, &channel));
        Ok(plugged.map(|plugged| plugged.adapter.as_ref()))
    }

    /// Sends what was claimed, and writes down what became of it.
    async fn hand_over(
        &self,
        tenant: TenantId,
        adapter: &dyn ChannelAdapter,
        id: DecisionId,
        claim: Claim,
        now: Timestamp,
        done: &mut Dispatched,
    ) -> Result<()> {
        let outcome = match adapter.send(claim.message, now).await {
            SendOutcome::Deferred { retry_at } => {
                SendOutcome::Deferred { retry_at: self.spread(retry_at, now) }
            }
            outcome => outcome,
        };
        let list = match &outcome {
            SendOutcome::Accepted { .. } => &mut done.sent,
            SendOutcome::Deferred { .. } => &mut done.deferred,
            SendOutcome::Rejected { .. } => &mut done.rejected,
            SendOutcome::Unknown => &mut done.ambiguous,
        };
        list.push(id);
        let context = self.context(tenant);
        let kind = &adapter.codec().channel().kind;
        let settlement = Settlement { id, fence: claim.fence, outcome };
        self.transact("hub.settle", |view| {
            let changeset = engine::settle(&context, view, &settlement, kind, now)?;
            Ok(((), changeset.unwrap_or_default()))
        })
        .await
    }

    /// Spreads retries over a tenth of their delay, so that they do not come back all at once.
    fn spread(&self, retry_at: Timestamp, now: Timestamp) -> Timestamp {
        let tenth = u64::try_from(retry_at.since(now).as_micros() / 10).unwrap_or(u64::MAX);
        let extra = self.entropy.next_u64().checked_rem(tenth).unwrap_or(0);
        retry_at.plus(Duration::from_micros(extra))
    }

    /// The state of a decided message in the outbox.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn outbox(
        &self,
        tenant: TenantId,
        id: DecisionId,
    ) -> Result<Option<crate::model::OutboxEntry>> {
        let mut rows = self.store.load(&[crate::model::Key::outbox(tenant, id)]).await?;
        Ok(rows.pop().flatten().and_then(|row| match row.body {
            Body::Outbox(entry) => Some(crate::model::OutboxEntry::clone(&entry)),
            _ => None,
        }))
    }
}

fn key_reused() -> Error {
    let message = "the intent's key was used before, for another intent; choose another key";
    Error::new(ErrorKind::Invalid, message).during("hub.decide")
}

fn unknown_subject() -> Error {
    let message = "no touchpoint of the subject was ever seen; receive one first";
    Error::new(ErrorKind::NotFound, message).during("hub.decide")
}
