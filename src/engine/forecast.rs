//! What would other identity rules change? Which customers would split, which would be joined.
//!
//! Only components that hold an identifier which is judged otherwise can change, and only among
//! each other: they are laid out in memory as they would be. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::{Pool, judged, partition};
use crate::model::{Component, CustomerId, IdKey, IdentityRules, RecordId, TenantId};

/// Most records whose customers are laid out as they would be.
const RECORDS_MAX: usize = 200_000;

/// A forecast in the making; takes the tenant's components one by one.
#[derive(Debug)]
pub struct Forecast<'a> {
    rules: &'a IdentityRules,
    pool: Pool,
    /// The customer that holds each record of a component that can change.
    holders: BTreeMap<RecordId, CustomerId>,
    is_partial: bool,
}

/// What would become of a tenant's customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foretold {
    /// Customers whose records would be several customers'.
    pub split: BTreeSet<CustomerId>,
    /// Customers who would share a customer with others.
    pub joined: BTreeSet<CustomerId>,
    /// Whether more can change than fits: these are at least as many.
    pub is_partial: bool,
}

impl<'a> Forecast<'a> {
    /// Begins a forecast.
    pub fn new(rules: &'a IdentityRules) -> Self {
        Self { rules, pool: Pool::default(), holders: BTreeMap::new(), is_partial: false }
    }

    /// Looks at a component as it is.
    pub fn look(&mut self, component: &Component) {
        let Some(new) = judged(self.rules, component) else { return };
        if self.holders.len() + component.records.len() > RECORDS_MAX {
            self.is_partial = true;
            return;
        }
        for cluster in partition(component).clusters {
            self.holders.extend(cluster.records.iter().map(|record| (*record, cluster.customer)));
        }
        self.pool.take(&new);
    }

    /// What would become of the customers.
    pub fn tell(self, key: &IdKey, tenant: TenantId) -> Foretold {
        let mut told = Foretold { is_partial: self.is_partial, ..Foretold::default() };
        let mut seen: BTreeSet<CustomerId> = BTreeSet::new();
        let digest = crate::model::Digest::of(self.rules);
        for component in self.pool.into_components(|set| key.component(tenant, digest, set[0])) {
            for cluster in partition(&component).clusters {
                let held = cluster.records.iter().filter_map(|record| self.holders.get(record));
                let held: BTreeSet<CustomerId> = held.copied().collect();
                if held.len() > 1 {
                    told.joined.extend(held.iter().copied());
                }
                told.split.extend(held.iter().filter(|customer| seen.contains(*customer)));
                seen.extend(held);
            }
        }
        told
    }
}
