//! What would other identity rules change? Which customers would split, which would be joined.
//!
//! A component whose identifiers join as before is divided under both rules. Those that hold an
//! identifier which is judged otherwise, or shared, can change among each other: they are laid out
//! in memory as they would be. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::{Partition, Pool, finds_shared, judged, partition};
use crate::model::{Component, CustomerId, IdKey, IdentifierId, IdentityRules, RecordId, TenantId};

/// Most records whose customers are laid out as they would be.
const RECORDS_MAX: usize = 200_000;

/// A forecast in the making; takes the tenant's components one by one.
#[derive(Debug)]
pub struct Forecast<'a> {
    now: &'a IdentityRules,
    then: &'a IdentityRules,
    pool: Pool,
    /// Shared identifiers of components that the pool holds.
    shared: BTreeSet<IdentifierId>,
    /// The customer that holds each record of a component that can change.
    holders: BTreeMap<RecordId, CustomerId>,
    /// Customers of which a part was met.
    met: BTreeSet<CustomerId>,
    told: Foretold,
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
    /// Begins a forecast of what `then` would make of what `now` made.
    pub fn new(now: &'a IdentityRules, then: &'a IdentityRules) -> Self {
        Self {
            now,
            then,
            pool: Pool::default(),
            shared: BTreeSet::new(),
            holders: BTreeMap::new(),
            met: BTreeSet::new(),
            told: Foretold::default(),
        }
    }

    /// Looks at a component as it is.
    pub fn look(&mut self, component: &Component) {
        let new = judged(self.then, component);
        let lies_otherwise = new.is_some()
            || component.shared().next().is_some()
            || finds_shared(self.then, component);
        let before = partition(self.now, component);
        if !lies_otherwise {
            self.compare(&holders(&before), &partition(self.then, component));
            return;
        }
        if self.holders.len() + component.records.len() > RECORDS_MAX {
            self.told.is_partial = true;
            return;
        }
        self.holders.extend(holders(&before));
        let new = new.as_ref().unwrap_or(component);
        self.shared.extend(new.shared());
        self.pool.take(new);
    }

    /// What would become of the customers.
    pub fn tell(mut self, key: &IdKey, tenant: TenantId) -> Foretold {
        self.shared.iter().for_each(|id| self.pool.open(*id));
        let digest = crate::model::Digest::of(self.then);
        let name = |set: &[RecordId]| key.component(tenant, digest, set[0]);
        let holders = std::mem::take(&mut self.holders);
        for component in std::mem::take(&mut self.pool).into_components(self.then, name) {
            self.compare(&holders, &partition(self.then, &component));
        }
        self.told
    }

    /// Compares who holds each record with the customers that would be.
    fn compare(&mut self, holders: &BTreeMap<RecordId, CustomerId>, then: &Partition) {
        for cluster in &then.clusters {
            let held = cluster.records.iter().filter_map(|record| holders.get(record));
            let held: BTreeSet<CustomerId> = held.copied().collect();
            if held.len() > 1 {
                self.told.joined.extend(held.iter().copied());
            }
            // Whoever was met in another customer is two.
            self.told.split.extend(held.intersection(&self.met).copied());
            self.met.extend(held);
        }
    }
}

/// The customer that holds each record.
fn holders(partition: &Partition) -> BTreeMap<RecordId, CustomerId> {
    let clusters = partition.clusters.iter();
    let each = clusters
        .flat_map(|cluster| cluster.records.iter().map(|record| (*record, cluster.customer)));
    each.collect()
}
