//! Speaking: decide on an intent, dispatch what is due, requeue dead letters.

use std::sync::atomic::Ordering;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::engine::{self, Claim, Claimed, Decided, Requeued, Settlement, View};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Body, Decision, DecisionId, Delivery, Index, Intent, Key, OutboxEntry, OutboxState, Page,
    Range, RecordId, SendOutcome, Sort, TenantId, Timestamp,
};

use super::Hub;
use super::counts::count;
use super::in_force::is_outdated;
use super::trace;

/// Most entries that one call of [`Hub::dispatch_due`] dispatches.
const DISPATCH_MAX: usize = 1_000;

/// Most messages that one call of [`Hub::dispatch_due`] has on their way at once.
const ON_THEIR_WAY_MAX: usize = 32;

/// What one call of [`Hub::dispatch_due`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Messages that their channel took, whole or in part.
    pub sent: Vec<DecisionId>,
    /// Messages that were not sent, since something was lost after the decision.
    pub refused: Vec<DecisionId>,
    /// Messages that their channel asks to try later, or that are safe to try again.
    pub deferred: Vec<DecisionId>,
    /// Messages that were given up: see [`Hub::dead_letters`].
    pub dead: Vec<DecisionId>,
    /// Messages that were perhaps sent and are not tried again: see [`Hub::dead_letters`].
    pub ambiguous: Vec<DecisionId>,
    /// Due messages whose channel is not plugged in here.
    pub unplugged: Vec<DecisionId>,
    /// When to call again, at once where that is past; `None` where nothing waits for this hub.
    pub next_due: Option<Timestamp>,
}

/// What became of one entry.
enum Step {
    Nothing,
    Unplugged,
    Refused,
    Ambiguous,
    /// The channel was asked; the entry's state after its answer. `None` where a younger claim
    /// had the last word.
    Settled(Option<OutboxState>),
}

impl Dispatched {
    fn note(&mut self, id: DecisionId, step: Step) {
        let list = match step {
            Step::Nothing | Step::Settled(None) => return,
            Step::Unplugged => &mut self.unplugged,
            Step::Refused => &mut self.refused,
            Step::Ambiguous => &mut self.ambiguous,
            Step::Settled(Some(state)) => match state {
                OutboxState::Done(SendOutcome::Unknown) => &mut self.ambiguous,
                OutboxState::Done(_) => &mut self.sent,
                OutboxState::Dead(_) => &mut self.dead,
                _ => &mut self.deferred,
            },
        };
        list.push(id);
    }

    /// In one order, whichever answer came first.
    fn sorted(mut self) -> Self {
        for list in [
            &mut self.sent,
            &mut self.refused,
            &mut self.deferred,
            &mut self.dead,
            &mut self.ambiguous,
            &mut self.unplugged,
        ] {
            list.sort_unstable();
        }
        self
    }
}

impl Hub {
    /// Most intents of one call of [`Hub::decide_all`].
    pub const INTENTS_MAX: usize = 1_000;

    /// Decides whether, where and when to say something, and reserves it.
    ///
    /// Deciding twice on one key gives the first decision again. What is to be sent waits in the
    /// outbox for [`Hub::dispatch_due`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where the subject was never seen; [`ErrorKind::Invalid`] where the
    /// key was used for another intent: choose another, or where [`Intent::check`] refuses it.
    /// Else what the store says.
    pub async fn decide(&self, tenant: TenantId, intent: &Intent) -> Result<Decision> {
        let invalid = |why| Error::new(ErrorKind::Invalid, why).during("hub.decide");
        intent.check().map_err(invalid)?;
        let (context, now) = (self.ready(tenant).await?, self.clock.now());
        let step = |view: &View| engine::decide(&context, view, intent, now);
        let decided = self.transact("hub.decide", step).await?;
        count(&self.counters.decided, 1);
        match decided {
            Decided::New(decision) | Decided::Known(decision) => Ok(*decision),
            Decided::KeyReused => Err(key_reused()),
            Decided::UnknownSubject => Err(unknown_subject()),
        }
    }

    /// Decides on several intents together, in one commit: those of one customer beside each other,
    /// the most important first, so that caps and occasions hold among them, too. The policy's
    /// precedence of purposes ranks them, then their priority, value and end.
    ///
    /// The decisions are in the order of the intents. Cost: the rounds of one decision.
    ///
    /// # Errors
    ///
    /// As [`Hub::decide`], for the first intent that is refused; then none is decided on.
    /// [`ErrorKind::Invalid`] for more than [`Hub::INTENTS_MAX`]: decide on fewer at once, all
    /// of a customer together.
    pub async fn decide_all(&self, tenant: TenantId, intents: &[Intent]) -> Result<Vec<Decision>> {
        let invalid = |why| Error::new(ErrorKind::Invalid, why).during("hub.decide");
        if intents.len() > Self::INTENTS_MAX {
            return Err(invalid("more than 1,000 intents: decide on fewer at once"));
        }
        intents.iter().try_for_each(|intent| intent.check().map_err(invalid))?;
        let (context, now) = (self.ready(tenant).await?, self.clock.now());
        let step = |view: &View| {
            let (decided, changeset) = engine::decide_all(&context, view, intents, now)?;
            let is_refused =
                |it: &Decided| matches!(it, Decided::KeyReused | Decided::UnknownSubject);
            let changeset =
                if decided.iter().any(is_refused) { Default::default() } else { changeset };
            Ok((decided, changeset))
        };
        let decided = self.transact("hub.decide", step).await?;
        count(&self.counters.decided, intents.len());
        let made = decided.into_iter().map(|decided| match decided {
            Decided::New(decision) | Decided::Known(decision) => Ok(*decision),
            Decided::KeyReused => Err(key_reused()),
            Decided::UnknownSubject => Err(unknown_subject()),
        });
        made.collect()
    }

    /// The decisions of a message's ladder, the first step first, as far as they are made: see
    /// [`Fallback`](crate::model::Fallback). Empty where nobody decided on it.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn ladder(&self, tenant: TenantId, id: DecisionId) -> Result<Vec<Decision>> {
        let context = self.ready(tenant).await?;
        self.ask("hub.ladder", |view| engine::ladder(&context, view, id)).await
    }

    /// The messages of a customer that wait to be gathered into one, the oldest first. Say them in
    /// an intent that names them: [`Intent::gathers`].
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn digested(&self, tenant: TenantId, record: RecordId) -> Result<Vec<Decision>> {
        let context = self.ready(tenant).await?;
        self.ask("hub.digested", |view| engine::digested(&context, view, record)).await
    }

    /// Sends what is due at `now`, over all tenants: claims, confirms, sends and settles.
    ///
    /// Any number of hubs may do so at once. Messages of one conversation leave one after the
    /// other; of others up to 32 are on their way at once. Owns no timer: `next_due` says when to
    /// call again. A message whose channel never answers holds only this call: give it a time
    /// limit of your own, and drop it then; what was on its way is looked at again after its lease.
    ///
    /// # Errors
    ///
    /// The first that the store says, after everything else is settled. What was claimed and not
    /// settled is looked at again after its lease.
    pub async fn dispatch_due(&self, now: Timestamp) -> Result<Dispatched> {
        trace::within("hub.dispatch", self.dispatch_all(now)).await
    }

    async fn dispatch_all(&self, now: Timestamp) -> Result<Dispatched> {
        self.check_profile().await?;
        let mut done = Dispatched::default();
        let mut failed = None;
        let mut steps = FuturesUnordered::new();
        let mut due = Due::until(now);
        let (mut begun, mut more) = (0, true);
        loop {
            while more && steps.len() < ON_THEIR_WAY_MAX && begun < DISPATCH_MAX {
                match due.next(self).await {
                    Ok(Some((tenant, id))) if !self.is_stopped() => {
                        begun += 1;
                        steps.push(async move { (id, self.dispatch(tenant, id, now).await) });
                    }
                    Ok(_) => more = false,
                    // What is on its way is settled first.
                    Err(error) => (failed, more) = (failed.or(Some(error)), false),
                }
            }
            let Some((id, step)) = steps.next().await else { break };
            match step {
                Ok(step) => {
                    // A hub without the channel does not use up its share of the work.
                    begun -= usize::from(matches!(step, Step::Unplugged));
                    done.note(id, step);
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        self.counters.dispatch(&done);
        trace::counted("hub.dispatch", &self.counts());
        let mut done = done.sorted();
        done.next_due = self.next_due(&done.unplugged).await?;
        Ok(done)
    }

    /// Begins no further sending; a call of [`Hub::dispatch_due`] that is at work settles what it
    /// has sent and returns. For a shutdown that leaves no message in doubt.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether [`Hub::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    async fn dispatch(&self, tenant: TenantId, id: DecisionId, now: Timestamp) -> Result<Step> {
        let context = self.context(tenant);
        let step = |view: &View| engine::claim(&context, view, id, now);
        Ok(match self.transact("hub.dispatch", step).await? {
            Claimed::Send(claim) => Step::Settled(self.hand_over(tenant, id, *claim, now).await?),
            Claimed::Refused(_) => Step::Refused,
            Claimed::Ambiguous => Step::Ambiguous,
            Claimed::Unplugged => Step::Unplugged,
            Claimed::NotDue | Claimed::Waiting => Step::Nothing,
        })
    }

    /// Sends what was claimed, and writes down what became of it.
    async fn hand_over(
        &self,
        tenant: TenantId,
        id: DecisionId,
        claim: Claim,
        now: Timestamp,
    ) -> Result<Option<OutboxState>> {
        let Claim { message, fence } = claim;
        let channel = &message.content().channel;
        let adapter = &self.plugged_in(tenant, channel, "hub.dispatch")?.adapter;
        let kind = &adapter.codec().channel().kind;
        let outcome = adapter.send(message, now).await;
        let settlement = Settlement { id, fence, outcome, jitter: self.entropy.next_u64() };
        loop {
            let context = self.context(tenant);
            let step = |view: &View| {
                let settled = engine::settle(&context, view, &settlement, kind, now)?;
                Ok(match settled {
                    Some((state, changeset)) => (Some(state), changeset),
                    None => Default::default(),
                })
            };
            match self.transact("hub.settle", step).await {
                // What left is written down, whatever was put in force meanwhile.
                Err(error) if is_outdated(&error) => self.catch_up(tenant).await?,
                settled => return settled,
            }
        }
    }

    /// When the first entry is due that is not among `unplugged`.
    async fn next_due(&self, unplugged: &[DecisionId]) -> Result<Option<Timestamp>> {
        let mut due = Due::all();
        while let Some((place, _, id)) = due.next_place(self).await? {
            if unplugged.binary_search(&id).is_err() {
                return Ok(Timestamp::from_micros(place.time));
            }
        }
        Ok(None)
    }

    /// The messages of a tenant that were given up or perhaps sent, page by page, the first due
    /// first. `after` is the last page's last place.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn dead_letters(
        &self,
        tenant: TenantId,
        after: Option<Sort>,
        limit: u32,
    ) -> Result<Vec<(Sort, OutboxEntry)>> {
        self.check_profile().await?;
        let all = Range::all(tenant, Index::DeadLetters, uuid::Uuid::nil());
        let page = self.store.scan(&[Range { after, limit, ..all }]).await?;
        let rows = page.into_iter().flat_map(|page| page.rows);
        let letter = |(sort, row): (Sort, crate::model::Row)| match row.body {
            Body::Outbox(entry) => Some((sort, OutboxEntry::clone(&entry))),
            _ => None,
        };
        Ok(rows.filter_map(letter).collect())
    }

    /// Puts a message that was given up, or perhaps sent, back into the outbox.
    ///
    /// It is confirmed again before it leaves. One that was perhaps sent is marked as a possible
    /// duplicate, unless its channel tells repetitions.
    ///
    /// # Errors
    ///
    /// What the store says; what stands against it is an answer.
    pub async fn requeue(&self, tenant: TenantId, id: DecisionId) -> Result<Requeued> {
        let (context, now) = (self.ready(tenant).await?, self.clock.now());
        self.transact("hub.requeue", |view| engine::requeue(&context, view, id, now)).await
    }

    /// How far a message got, as the outbox and the provider's receipts tell; `None` where nothing
    /// was to be sent.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn delivery(&self, tenant: TenantId, id: DecisionId) -> Result<Option<Delivery>> {
        let context = self.ready(tenant).await?;
        self.ask("hub.delivery", |view| engine::delivery(&context, view, id)).await
    }

    /// The state of a decided message in the outbox.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn outbox(&self, tenant: TenantId, id: DecisionId) -> Result<Option<OutboxEntry>> {
        let mut rows = self.store.load(&[Key::outbox(tenant, id)]).await?;
        Ok(rows.pop().flatten().and_then(|row| match row.body {
            Body::Outbox(entry) => Some(OutboxEntry::clone(&entry)),
            _ => None,
        }))
    }
}

/// Walks the index of due work, page by page.
struct Due {
    range: Range,
    page: std::vec::IntoIter<(Sort, TenantId, DecisionId)>,
    more: bool,
}

impl Due {
    fn all() -> Self {
        let range = Range::all(TenantId::SYSTEM, Index::Due, uuid::Uuid::nil());
        Self { range: Range { limit: 1, ..range }, page: Vec::new().into_iter(), more: true }
    }

    fn until(now: Timestamp) -> Self {
        let until = Some(Sort { time: now.micros(), id: uuid::Uuid::max() });
        let limit = Range::LIMIT_MAX;
        let all = Self::all();
        Self { range: Range { until, limit, ..all.range }, ..all }
    }

    async fn next(&mut self, hub: &Hub) -> Result<Option<(TenantId, DecisionId)>> {
        Ok(self.next_place(hub).await?.map(|(_, tenant, id)| (tenant, id)))
    }

    async fn next_place(&mut self, hub: &Hub) -> Result<Option<(Sort, TenantId, DecisionId)>> {
        if let Some(place) = self.page.next() {
            return Ok(Some(place));
        }
        if !self.more {
            return Ok(None);
        }
        let Page { rows, more, .. } =
            hub.store.scan(&[self.range]).await?.pop().unwrap_or_default();
        self.range.after = rows.last().map(|(sort, _)| *sort).or(self.range.after);
        self.range.limit = Range::LIMIT_MAX;
        self.more = more && !rows.is_empty();
        let place = |(sort, row): (Sort, crate::model::Row)| {
            (sort, row.key.tenant, DecisionId::from_uuid(row.key.id))
        };
        self.page = rows.into_iter().map(place).collect::<Vec<_>>().into_iter();
        Ok(self.page.next())
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
