//! Handing everything out: a tenant's facts as lines, page by page.

use crate::engine::{self, Walk};
use crate::error::Result;
use crate::model::{End, Header, Key, Line, TenantId};

use super::Hub;

/// An export under way; see [`Hub::export`].
#[derive(Debug)]
pub struct Export<'h> {
    hub: &'h Hub,
    tenant: TenantId,
    walk: Walk,
    stage: Stage,
    lines: u64,
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
        Export { hub: self, tenant, walk: Walk::new(tenant), stage: Stage::Header, lines: 0 }
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
            self.stage = Stage::Facts;
            let profile = self.hub.context(self.tenant).profile();
            let header = Header { format: Header::FORMAT, tenant: self.tenant, profile };
            return Ok(Some(vec![Line::Header(header).encode()]));
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
            let mut lines: Vec<String> = walked.lines.iter().map(Line::encode).collect();
            lines.extend(self.decisions(walked.decisions).await?);
            self.walk = walk;
            if !lines.is_empty() {
                self.lines += lines.len() as u64;
                return Ok(Some(lines));
            }
        }
    }

    async fn decisions(&self, decisions: Vec<crate::model::Decision>) -> Result<Vec<String>> {
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
