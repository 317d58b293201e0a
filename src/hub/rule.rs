//! Verdicts on two records: a person's rulings, a linkage model's links.

use std::ops::ControlFlow;

use crate::engine::{self, Facts, Fate};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::{self, Review};
use crate::model::{Component, Judge, Millibits, RecordId, Ruling, TenantId, Timestamp, Verdict};

use super::{Hub, trace};

/// Most scored links of one commit.
const LINKS_MAX: usize = 1_000;

impl Hub {
    /// Records a person's verdict on two records. Ruling twice with equal words changes nothing.
    ///
    /// `by` names who rules and `reason` why; both are kept as evidence. A later verdict on the
    /// same two records replaces an earlier one; [`Ruling::Undecided`] takes it back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where the two are one record. Else what the store says.
    pub async fn rule(
        &self,
        tenant: TenantId,
        (a, b): (RecordId, RecordId),
        ruling: Ruling,
        by: &str,
        reason: &str,
    ) -> Result<Verdict> {
        if a == b {
            let message = "a verdict is on two records; these are one";
            return Err(Error::new(ErrorKind::Invalid, message).during("hub.rule"));
        }
        let context = self.ready(tenant).await?;
        let verdict = engine::verdict(&context, (a, b), ruling, self.clock.now(), by, reason);
        self.record_verdict(tenant, verdict.clone()).await?;
        Ok(verdict)
    }

    /// Records the links that a linkage model scored, as evidence: pairs of records with their
    /// match weights in thousandths of a bit. `model` names its version, `at` says when it ran:
    /// recording the same run again changes nothing. Answers how many were new.
    ///
    /// A link joins from [`IdentityRules::link_weight_min`](crate::model::IdentityRules) on, after
    /// every identifier and under every constraint; what weighs less is kept for
    /// [`Hub::reviews`]. Of two records the latest word of a model is kept: where a model found a
    /// link and its successor finds none, record what it weighs now, and the link is taken back; a
    /// weight below [`Verdict::CONNECTS_FROM`] does no more than that. A person's verdict outranks
    /// both.
    ///
    /// A link rests on what the model read. Erasure takes a person's links along, and refuses new
    /// ones until their records are seen again: a table from before would else bring them back.
    ///
    /// One commit for each thousand links.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where the two are one record: links before it may have been recorded.
    /// Else what the store says; recording again is safe.
    pub async fn link(
        &self,
        tenant: TenantId,
        model: &str,
        at: Timestamp,
        links: impl IntoIterator<Item = (RecordId, RecordId, Millibits)>,
    ) -> Result<usize> {
        let context = self.ready(tenant).await?;
        let (mut links, mut new) = (links.into_iter(), 0);
        loop {
            let mut batch = Vec::new();
            for (a, b, weight) in links.by_ref().take(LINKS_MAX) {
                if a == b {
                    let message = "a link is of two records; these are one";
                    return Err(Error::new(ErrorKind::Invalid, message).during("hub.link"));
                }
                let scored = Ruling::Scored(weight);
                batch.push(engine::verdict(&context, (a, b), scored, at, model, ""));
            }
            if batch.is_empty() {
                return Ok(new);
            }
            let fates = self.take_verdicts("hub.link", tenant, batch).await?;
            new += fates.iter().filter(|fate| **fate == Fate::Accepted).count();
        }
    }

    /// Up to `max` scored links that a person should look at: [`identity::reviews`] of each
    /// component.
    ///
    /// Decide one with [`Hub::rule`]; it is gone from here then.
    ///
    /// Reads every component until there are enough.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn reviews(&self, tenant: TenantId, max: usize) -> Result<Vec<Review>> {
        let context = self.ready(tenant).await?;
        let (rules, mut open) = (&context.configuration.identity, Vec::new());
        let look = |whole: &Component| {
            let scored = |verdict: &Verdict| verdict.ruling.judge() == Judge::Model;
            if whole.verdicts.values().any(scored) {
                let partition = identity::partition(rules, whole);
                open.extend(identity::reviews(rules, whole, &partition));
            }
            if open.len() < max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        self.each_component("hub.reviews", tenant, look).await?;
        open.truncate(max);
        Ok(open)
    }

    /// Records a verdict that was made elsewhere, as it is.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn record_verdict(&self, tenant: TenantId, verdict: Verdict) -> Result<Fate> {
        let fates = self.take_verdicts("hub.rule", tenant, vec![verdict]).await?;
        Ok(fates.first().copied().unwrap_or(Fate::Duplicate))
    }

    pub(super) async fn take_verdicts(
        &self,
        operation: &'static str,
        tenant: TenantId,
        verdicts: Vec<Verdict>,
    ) -> Result<Vec<Fate>> {
        self.check_profile().await?;
        let facts = Facts { touchpoints: Vec::new(), verdicts };
        let taken = trace::within(operation, self.take_facts(operation, tenant, facts)).await?;
        Ok(taken.1)
    }
}
