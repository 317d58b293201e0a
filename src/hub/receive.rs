//! Taking in: verify, decode, step, commit; one request or many.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::channel::{Proof, RawInbound, verify};
use crate::engine::{self, Facts, Fate, Prepared, View};
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::model::{
    Arrival, Code, Copies, EventKind, Identifier, RecordId, Rejection, Source, TenantId,
    Touchpoint, TouchpointId,
};

use super::Hub;
use super::counts::{Counters, Counts};
use super::run::{CONFLICTS_MAX, contended};
use super::trace;

/// Most facts of one commit.
const BATCH_MAX: usize = 1_000;

/// About how many bytes of requests one batch of [`Hub::receive_all`] holds.
const BATCH_BYTES_MAX: usize = 8 << 20;

/// When to come again with what the hub could not hold.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// Conflicts after which a batch is halved.
const CONFLICTS_BEFORE_HALVING: usize = 2;

/// One event that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its position in the request, from 0.
    pub index: usize,
    /// What it is in the channel's words.
    pub kind: EventKind,
    /// Who it is from, or about, as the codec read it.
    pub sender: Option<Identifier>,
    /// The touchpoint that it became.
    pub touchpoint: TouchpointId,
    /// The source record that it belongs to; `None` where nobody was identified.
    pub record: Option<RecordId>,
    /// What became of it.
    pub fate: Fate,
    copies: Arc<Copies>,
}

impl Taken {
    /// The touchpoint as it was told, whatever became of it.
    pub fn told(&self) -> &Touchpoint {
        self.copies.chosen()
    }
}

/// What became of one request. Everything in it is committed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reception {
    /// The events that were taken in, in the request's order.
    pub taken: Vec<Taken>,
    /// What was not taken, and why.
    pub rejected: Vec<Rejection>,
    /// What was rightly set aside, and why.
    pub ignored: Vec<Rejection>,
}

/// Bytes that a hub has in hand; given back when dropped.
struct InHand<'h> {
    of: &'h AtomicUsize,
    bytes: usize,
}

impl<'h> InHand<'h> {
    /// Takes what a call brings. A call alone may bring anything.
    fn take(hub: &'h Hub, requests: &[RawInbound]) -> Result<Self> {
        let bytes = requests.iter().map(|request| request.body.len()).sum();
        let before = hub.in_hand.fetch_add(bytes, Ordering::Relaxed);
        let taken = Self { of: &hub.in_hand, bytes };
        if before > 0 && before.saturating_add(bytes) > hub.in_hand_max {
            let message = "the hub has as much in hand as it may hold; receive again later";
            return Err(Error::new(ErrorKind::RateLimited, message)
                .during("hub.receive")
                .with("bytes_in_hand", before)
                .retry(Retry::After(COME_AGAIN)));
        }
        Ok(taken)
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.of.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Reception {
    /// What belongs to an erased person was not taken.
    fn refuse_erased(&mut self) {
        let (erased, taken) =
            std::mem::take(&mut self.taken).into_iter().partition(|t| t.fate == Fate::Erased);
        self.taken = taken;
        let reason = "it belongs to a person who was erased, or its time is over";
        let refused = |t: Taken| Rejection::at(t.index, Code::Erased, reason);
        self.rejected.extend(Vec::into_iter(erased).map(refused));
    }
}

impl Hub {
    /// Takes in one raw request of a plugged-in channel.
    ///
    /// A request that cannot be verified or read is an outcome, told in the reception; a bad event
    /// costs only itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where the channel is not plugged in for the tenant: plug it in. Else
    /// what the store says; then nothing is known to be taken, and receiving again is safe.
    pub async fn receive(&self, request: RawInbound) -> Result<Reception> {
        let mut receptions = self.receive_many(vec![request]).await?;
        Ok(receptions.pop().unwrap_or_default())
    }

    /// Takes in many raw requests with as few commits as possible. One reception each, in order.
    ///
    /// # Errors
    ///
    /// As [`Hub::receive`]; requests before the failing commit may have been taken.
    /// [`ErrorKind::RateLimited`] where other calls have as much in hand as the hub may hold
    /// ([`Hub::in_hand_max`]): nothing was taken, come again as the error's advice says.
    pub async fn receive_many(&self, requests: Vec<RawInbound>) -> Result<Vec<Reception>> {
        trace::within("hub.receive", self.take_in(requests)).await
    }

    /// Takes in requests without end, batch by batch: of an import, or of a queue.
    ///
    /// Holds one batch at a time. `progress` hears of each: what was counted so far, and what
    /// became of the batch's requests. Answers the counts of the whole.
    ///
    /// # Errors
    ///
    /// As [`Hub::receive_many`]; `progress` has heard of everything that was taken for certain.
    pub async fn receive_all(
        &self,
        requests: impl IntoIterator<Item = RawInbound>,
        mut progress: impl FnMut(&Counts, &[Reception]),
    ) -> Result<Counts> {
        let counters = Counters::default();
        let mut requests = requests.into_iter().peekable();
        while requests.peek().is_some() {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            while batch.len() < BATCH_MAX && bytes < BATCH_BYTES_MAX {
                let Some(request) = requests.next() else { break };
                bytes += request.body.len();
                batch.push(request);
            }
            let receptions = self.receive_many(batch).await?;
            receptions.iter().for_each(|reception| counters.receive(reception));
            progress(&counters.read(), &receptions);
        }
        Ok(counters.read())
    }

    async fn take_in(&self, requests: Vec<RawInbound>) -> Result<Vec<Reception>> {
        let _in_hand = InHand::take(self, &requests)?;
        // What a request shows is read under the identity rules in force.
        self.check_profile().await?;
        let mut receptions = Vec::with_capacity(requests.len());
        let mut facts: Vec<(TenantId, Prepared)> = Vec::new();
        for request in requests {
            let tenant = request.tenant;
            let (reception, prepared) = self.read_request(request)?;
            facts.extend(prepared.into_iter().map(|fact| (tenant, fact)));
            receptions.push(reception);
        }
        let fates = self.take_all(facts).await?;
        let taken = receptions.iter_mut().flat_map(|reception| &mut reception.taken);
        for (taken, fate) in taken.zip(fates) {
            taken.fate = fate;
        }
        receptions.iter_mut().for_each(Reception::refuse_erased);
        receptions.iter().for_each(|reception| self.counters.receive(reception));
        trace::counted("hub.receive", &self.counts());
        Ok(receptions)
    }

    /// Verifies and decodes a request; the fates in the reception are still to be set.
    fn read_request(&self, request: RawInbound) -> Result<(Reception, Vec<Prepared>)> {
        let context = self.context(request.tenant);
        let plugged = self.plugged_in(request.tenant, &request.channel, "hub.receive")?;
        let codec = plugged.adapter.codec();
        let (mode, now) = (request.mode, self.clock.now());
        let source =
            request.source.clone().unwrap_or_else(|| Source::new(request.channel.as_str()));
        let verified = match verify(&codec.scheme(), &plugged.keys, request, now) {
            Ok(verified) => verified,
            Err(rejection) => {
                let rejected = vec![rejection];
                return Ok((Reception { rejected, ..Reception::default() }, Vec::new()));
            }
        };
        let attested: Option<Arc<str>> = match verified.proof() {
            Proof::Attested { reason } => Some(reason.as_str().into()),
            Proof::Signature { .. } => None,
        };
        let decoded = codec.decode(&verified);
        let mut taken = Vec::with_capacity(decoded.events.len());
        let mut facts = Vec::with_capacity(decoded.events.len());
        for event in decoded.events {
            let (index, kind, sender) = (event.index, event.kind, event.sender.clone());
            let arrival = Arrival::new(mode, event.occurred, now).attested(attested.clone());
            let fact = engine::prepare_event(&context, codec.channel(), &source, event, arrival);
            let (touchpoint, record) = (fact.touchpoint().id, fact.touchpoint().record);
            let (fate, copies) = (Fate::Accepted, fact.copies());
            taken.push(Taken { index, kind, sender, touchpoint, record, fate, copies });
            facts.push(fact);
        }
        let (rejected, ignored) = (decoded.rejected, decoded.ignored);
        Ok((Reception { taken, rejected, ignored }, facts))
    }

    /// Takes facts of several tenants in, run by run of one tenant.
    async fn take_all(&self, facts: Vec<(TenantId, Prepared)>) -> Result<Vec<Fate>> {
        let mut fates = Vec::with_capacity(facts.len());
        let mut run: Option<(TenantId, Vec<Prepared>)> = None;
        for (tenant, fact) in facts {
            match &mut run {
                Some((of, batch)) if *of == tenant && batch.len() < BATCH_MAX => batch.push(fact),
                _ => {
                    if let Some((of, batch)) = run.replace((tenant, vec![fact])) {
                        fates.extend(self.take(of, batch).await?);
                    }
                }
            }
        }
        if let Some((of, batch)) = run {
            fates.extend(self.take(of, batch).await?);
        }
        Ok(fates)
    }

    /// Takes touchpoints in, as a set.
    pub(super) async fn take(&self, tenant: TenantId, facts: Vec<Prepared>) -> Result<Vec<Fate>> {
        self.check_profile().await?;
        let facts = Facts { touchpoints: facts, verdicts: Vec::new() };
        Ok(self.take_facts("hub.receive", tenant, facts).await?.0)
    }

    /// Takes facts in; what became of touchpoints, and of verdicts. After two conflicts they are
    /// halved: a hot row then delays few.
    pub(super) async fn take_facts(
        &self,
        operation: &'static str,
        tenant: TenantId,
        facts: Facts,
    ) -> Result<(Vec<Fate>, Vec<Fate>)> {
        let context = self.context(tenant);
        let (mut fates, mut verdict_fates) = (Vec::new(), Vec::new());
        let mut waiting = VecDeque::from([facts]);
        let mut conflicts = 0;
        while let Some(mut facts) = waiting.pop_front() {
            let mut view = View::default();
            for tries in 0.. {
                let step = |view: &View| {
                    let received = engine::receive(&context, view, &facts)?;
                    Ok(((received.fates, received.verdict_fates), received.changeset))
                };
                if let Some((done, ruled)) = self.attempt(operation, &mut view, &step).await? {
                    fates.extend(done);
                    verdict_fates.extend(ruled);
                    break;
                }
                conflicts += 1;
                if conflicts > CONFLICTS_MAX {
                    return Err(contended(operation));
                }
                if tries + 1 >= CONFLICTS_BEFORE_HALVING
                    && let Some(second) = facts.split_half()
                {
                    waiting.push_front(second);
                    waiting.push_front(facts);
                    break;
                }
                view = self.read_again(&view).await?;
            }
        }
        Ok((fates, verdict_fates))
    }
}
