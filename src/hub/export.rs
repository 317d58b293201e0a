//! Handing everything out: a tenant's facts as lines, page by page.

use std::collections::BTreeSet;

use crate::engine::{self, Walk};
use crate::error::Result;
use crate::model::{Body, ConfigurationVersion, Decision, End, Header, Key, Line, TenantId};

use super::Hub;

/// An export under way; see [`Hub::export`].
#[derive(Debug)]
pub struct Export<'h> {
    hub: &'h Hub,
    tenant: TenantId,
    walk: Walk,
    stage: Stage,
    lines: u64,
    /// The versions of the configuration that were handed out.
    versions: BTreeSet<ConfigurationVersion>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    Facts,
    Done,
}

impl Hub {
    /// Hands out all facts of a tenant as JSON lines, pulled page by page.
    ///
    /// Every copy of every touchpoint with its arrival, every verdict, every decision with how far
    /// it got. What is derived is not among them: [`Hub::import`] derives it again. **The lines
    /// hold personal data in plain text**; no key is among them.
    ///
    /// Others may write meanwhile. Whatever was there when the export began is exported, but for
    /// what a correction moves while it runs; lines may stand twice. To carry a store over for
    /// good, stop its hubs first: an open outbox entry that two stores know is sent by both.
    ///
    /// ```
    /// # use omnichannel::{Hub, Result, model::TenantId};
    /// # async fn carry_over(from: &Hub, to: &Hub, tenant: TenantId) -> Result<()> {
    /// let (mut export, mut import) = (from.export(tenant), to.import(tenant));
    /// while let Some(lines) = export.next().await? {
    ///     import.take(&lines).await?;
    /// }
    /// assert!(import.progress().is_complete());
    /// # Ok(())
    /// # }
    /// ```
    pub fn export(&self, tenant: TenantId) -> Export<'_> {
        let (walk, stage) = (Walk::new(tenant), Stage::Header);
        Export { hub: self, tenant, walk, stage, lines: 0, versions: BTreeSet::new() }
    }
}

impl Export<'_> {
    /// The next page of lines, without line breaks; `None` after the last.
    ///
    /// # Errors
    ///
    /// What the store says. Asking again goes on where it stopped.
    pub async fn next(&mut self) -> Result<Option<Vec<String>>> {
        if self.stage == Stage::Done {
            return Ok(None);
        }
        self.hub.check_profile().await?;
        if self.stage == Stage::Header {
            let context = self.hub.context(self.tenant);
            let profile = context.profile();
            let header = Header { format: Header::FORMAT, tenant: self.tenant, profile };
            let mut lines = vec![Line::Header(header).encode()];
            lines.extend(self.configurations(&[context.version].into()).await?);
            self.versions.insert(context.version);
            self.lines += lines.len() as u64 - 1;
            self.stage = Stage::Facts;
            return Ok(Some(lines));
        }
        loop {
            let ranges = self.walk.ranges();
            if ranges.is_empty() {
                self.stage = Stage::Done;
                let end = End { lines: self.lines, settled: self.walk.is_settled() };
                return Ok(Some(vec![Line::End(end).encode()]));
            }
            let pages = self.hub.store.scan(&ranges).await?;
            super::run::answered(ranges.len(), pages.len(), "storage.scan")?;
            // The walk goes on once nothing can fail any more.
            let mut walk = self.walk.clone();
            let walked = walk.take(&pages);
            let versions = walked.decisions.iter().map(|decision| decision.configuration);
            let seen: BTreeSet<ConfigurationVersion> = versions.collect();
            let mut lines = self.configurations(&seen).await?;
            lines.extend(self.decisions(walked.decisions).await?);
            lines.extend(walked.lines.iter().map(Line::encode));
            self.walk = walk;
            self.versions.extend(seen);
            if !lines.is_empty() {
                self.lines += lines.len() as u64;
                return Ok(Some(lines));
            }
        }
    }

    /// The lines of those versions that were not handed out yet. One that the store never knew is
    /// left out: the decision still names it.
    async fn configurations(
        &self,
        versions: &BTreeSet<ConfigurationVersion>,
    ) -> Result<Vec<String>> {
        let new: Vec<ConfigurationVersion> = versions.difference(&self.versions).copied().collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = new.iter().map(|version| Key::configuration(*version)).collect();
        let rows = self.hub.store.load(&keys).await?;
        super::run::answered(keys.len(), rows.len(), "storage.load")?;
        let known = rows.into_iter().flatten().filter_map(|row| match row.body {
            Body::Configuration(known) => Some(known),
            _ => None,
        });
        let lines =
            known.map(|known| Line::Configuration(Box::new(known.as_ref().clone())).encode());
        Ok(lines.collect())
    }

    async fn decisions(&self, decisions: Vec<Decision>) -> Result<Vec<String>> {
        if decisions.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = decisions
            .iter()
            .flat_map(|decision| {
                let subject = decision.intent.subject;
                [Key::outbox(self.tenant, decision.id), Key::ledger(self.tenant, subject)]
            })
            .collect();
        let rows = self.hub.store.load(&keys).await?;
        super::run::answered(keys.len(), rows.len(), "storage.load")?;
        let lines = decisions.into_iter().zip(rows.chunks(2)).map(|(decision, rows)| {
            engine::made(decision, rows[0].as_ref(), rows[1].as_ref()).encode()
        });
        Ok(lines.collect())
    }
}
