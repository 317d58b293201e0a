//! Looking for what should not be so: conflicting copies, strange receipts, leases ahead.

use std::collections::BTreeMap;

use crate::engine::LEASE;
use crate::error::Result;
use crate::model::{
    Anomaly, Body, DeliveryState, Index, Key, MessageId, OutboxState, Range, Row, TenantId,
    TouchpointId,
};

use super::Hub;

impl Hub {
    /// Everything of a tenant that somebody should look at, in one order.
    ///
    /// Costs a page per 1,000 conflicts, receipts and open messages.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn anomalies(&self, tenant: TenantId) -> Result<Vec<Anomaly>> {
        self.check_profile().await?;
        let mut found = Vec::new();
        for row in self.listing(tenant, Index::Conflicts).await? {
            if let Body::Touchpoint(copies) = &row.body {
                let touchpoint = TouchpointId::from_uuid(row.key.id);
                found
                    .push(Anomaly::ConflictingDuplicate { touchpoint, copies: copies.all().len() });
            }
        }
        let receipts = self.listing(tenant, Index::Receipts).await?;
        for page in receipts.chunks(Range::LIMIT_MAX as usize) {
            found.extend(self.about_nothing(tenant, page).await?);
        }
        found.extend(contradictory(&receipts));
        let limit = self.clock.now().plus(LEASE);
        for row in self.listing(TenantId::SYSTEM, Index::Due).await? {
            if let (true, Body::Outbox(entry)) = (row.key.tenant == tenant, &row.body)
                && let OutboxState::Leased { until } = entry.state
                && until > limit
            {
                found.push(Anomaly::LeaseAhead { decision: entry.decision, until });
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Receipts about messages that are not there.
    async fn about_nothing(&self, tenant: TenantId, receipts: &[Row]) -> Result<Vec<Anomaly>> {
        let mut about = Vec::new();
        for row in receipts {
            let Body::Touchpoint(copies) = &row.body else { continue };
            let receipt = TouchpointId::from_uuid(row.key.id);
            about.extend(copies.chosen().answers.iter().map(|message| (receipt, *message)));
        }
        let key = |(_, message): &(_, _)| Key::touchpoint(tenant, TouchpointId::from(*message));
        let keys: Vec<Key> = about.iter().map(key).collect();
        let rows = self.store.load(&keys).await?;
        let absent = about.into_iter().zip(rows).filter(|(_, row)| row.is_none());
        Ok(absent
            .map(|((receipt, message), _)| Anomaly::UnknownMessage { receipt, message })
            .collect())
    }
}

/// Messages of which it is reported that they failed, and that they arrived.
fn contradictory(receipts: &[Row]) -> Vec<Anomaly> {
    let mut states: BTreeMap<MessageId, DeliveryState> = BTreeMap::new();
    for row in receipts {
        let Body::Touchpoint(copies) = &row.body else { continue };
        let told = copies.chosen();
        let Some(receipt) = &told.receipt else { continue };
        for message in &told.answers {
            let state = states.entry(*message).or_default();
            state.report(receipt.status, receipt.code.as_deref(), told.occurred);
        }
    }
    let failed = states.into_iter().filter(|(_, state)| state.is_contradictory());
    failed.map(|(message, _)| Anomaly::FailedYetDelivered { message }).collect()
}
