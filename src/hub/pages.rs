//! Groups of an index read page by page, and every component of a tenant.

use std::ops::ControlFlow;

use uuid::Uuid;

use super::Hub;
use crate::engine::{self, View};
use crate::error::Result;
use crate::model::{Body, Component, ComponentRow, Index, Range, Row, TenantId};

/// A group of an index, page by page.
pub(super) struct Pages<'h> {
    hub: &'h Hub,
    next: Option<Range>,
}

impl<'h> Pages<'h> {
    pub(super) fn of(hub: &'h Hub, range: Range) -> Self {
        Self { hub, next: Some(range) }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Vec<Row>>> {
        let Some(range) = self.next else { return Ok(None) };
        let page = self.hub.store.scan(&[range]).await?.pop().unwrap_or_default();
        let last = page.rows.last().filter(|_| page.more).map(|(sort, _)| *sort);
        self.next = last.map(|sort| Range { after: Some(sort), ..range });
        Ok(Some(page.rows.into_iter().map(|(_, row)| row).collect()))
    }
}

impl Hub {
    /// Shows every component of a tenant, until `take` has enough. Writes nothing.
    pub(super) async fn each_component(
        &self,
        operation: &'static str,
        tenant: TenantId,
        mut take: impl FnMut(&Component) -> ControlFlow<()>,
    ) -> Result<()> {
        let context = self.context(tenant);
        let mut pages = Pages::of(self, Range::all(tenant, Index::Components, Uuid::nil()));
        while let Some(rows) = pages.next().await? {
            for row in rows {
                let enough = match &row.body {
                    Body::Component(ComponentRow::Whole(whole)) => take(whole),
                    Body::Component(ComponentRow::Head(head)) => {
                        let step = |view: &View| engine::component(&context, view, head.id);
                        let whole = self.ask(operation, step).await?;
                        whole.iter().try_for_each(|whole| take(whole))
                    }
                    _ => ControlFlow::Continue(()),
                };
                if enough.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
