//! The laws of identity, as checks of what views say.

use std::collections::{BTreeMap, BTreeSet};

use omnichannel::Hub;
use omnichannel::engine::Portrait;
use omnichannel::identity::normalise;
use omnichannel::model::{
    CustomerId, IdentityRules, Judge, Limit, Namespace, RecordId, Ruling, Timestamp, Verdict,
};
use omnichannel::testkit::block_on;
use proptest::prelude::*;

use crate::common::tenant;

type Pair = (RecordId, RecordId);

/// An identifier by name.
type Named = (Namespace, Option<String>, String);

/// The people's verdicts in force: the latest on each pair, at one instant the larger id.
pub(crate) fn in_force(verdicts: &[Verdict]) -> BTreeMap<Pair, Ruling> {
    let mut latest: BTreeMap<Pair, &Verdict> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|of| of.ruling.judge() == Judge::Person) {
        let slot = latest.entry((verdict.a, verdict.b)).or_insert(verdict);
        if (verdict.at, verdict.id) > (slot.at, slot.id) {
            *slot = verdict;
        }
    }
    latest.into_iter().map(|(pair, verdict)| (pair, verdict.ruling)).collect()
}

/// Of each record, what its touchpoints show, and on which day first.
fn shown(portraits: &[Portrait]) -> BTreeMap<RecordId, BTreeMap<Named, Option<i64>>> {
    let mut shown: BTreeMap<RecordId, BTreeMap<Named, Option<i64>>> = BTreeMap::new();
    for touchpoint in portraits.iter().flat_map(|p| &p.timeline).map(|fact| &fact.touchpoint) {
        let record = touchpoint.record.expect("a timeline is of records");
        let day = touchpoint.occurred.at.map(day);
        for seen in &touchpoint.identifiers {
            let value = normalise(&IdentityRules::default(), seen).value.into_exposed();
            let named = (seen.namespace.clone(), seen.scope.clone(), value);
            let known = shown.entry(record).or_default().entry(named).or_insert(day);
            *known = day.into_iter().chain(*known).min();
        }
    }
    shown
}

fn day(at: Timestamp) -> i64 {
    at.micros().div_euclid(86_400_000_000)
}

/// Most values that count together.
fn most(limit: Limit, days: &[Option<i64>]) -> usize {
    let Some(window) = limit.within_days else { return days.len() };
    let unknown = days.iter().filter(|day| day.is_none()).count();
    let dated: Vec<i64> = days.iter().flatten().copied().collect();
    let within = |from: &i64| {
        let inside = dated.iter().filter(|day| (*from..from + i64::from(window)).contains(day));
        inside.count()
    };
    unknown + dated.iter().map(within).max().unwrap_or(0)
}

/// Groups of records that people joined, directly or by way of others.
fn joined_by_people(in_force: &BTreeMap<Pair, Ruling>) -> Vec<BTreeSet<RecordId>> {
    let mut groups: Vec<BTreeSet<RecordId>> = Vec::new();
    for ((a, b), _) in in_force.iter().filter(|(_, ruling)| **ruling == Ruling::Same) {
        let mut all = BTreeSet::from([*a, *b]);
        let (with, without): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.contains(a) || group.contains(b));
        with.into_iter().for_each(|group| all.extend(group));
        groups = without;
        groups.push(all);
    }
    groups
}

/// Each record is in one customer, and no customer exceeds what one record shows, or what people
/// joined, unless within every bound.
pub(crate) fn customers_keep_constraints(
    rules: &IdentityRules,
    portraits: &[Portrait],
    in_force: &BTreeMap<Pair, Ruling>,
) -> Result<(), TestCaseError> {
    let shown = shown(portraits);
    let mut first: BTreeMap<&Named, Option<i64>> = BTreeMap::new();
    for (named, day) in shown.values().flatten() {
        let known = first.entry(named).or_insert(*day);
        *known = day.iter().chain(known.iter()).min().copied();
    }
    let groups = joined_by_people(in_force);
    let mut held: BTreeSet<RecordId> = BTreeSet::new();
    for portrait in portraits {
        let customer = &portrait.customer;
        let records: BTreeSet<RecordId> = customer.records.iter().map(|r| r.id).collect();
        for record in &records {
            prop_assert!(held.insert(*record), "each record in exactly one customer");
        }
        for ((a, b), _) in in_force.iter().filter(|(_, ruling)| **ruling == Ruling::Different) {
            prop_assert!(!(records.contains(a) && records.contains(b)), "a cannot-link is kept");
        }
        // What is one without any join by evidence.
        let mut given: Vec<BTreeSet<RecordId>> =
            groups.iter().map(|group| group.intersection(&records).copied().collect()).collect();
        given.extend(records.iter().map(|record| BTreeSet::from([*record])));

        let largest = given.iter().map(BTreeSet::len).max().unwrap_or(0);
        prop_assert!(records.len() <= largest.max(rules.records_max as usize), "{customer:?}");
        let mut sources: BTreeMap<&str, BTreeSet<RecordId>> = BTreeMap::new();
        for record in &customer.records {
            sources.entry(record.source.as_str()).or_default().insert(record.id);
        }
        for (source, known) in sources {
            let alone = given.iter().map(|group| group.intersection(&known).count()).max();
            let once = rules.source(source).one_record_per_customer;
            prop_assert!(
                !once || known.len() <= alone.unwrap_or(0).max(1),
                "{source} {customer:?}"
            );
        }
        let linking: BTreeSet<Named> = customer
            .endpoints
            .iter()
            .filter(|held| held.linking)
            .map(|held| (held.namespace.clone(), held.scope.clone(), held.value.expose().clone()))
            .collect();
        // A bound counts the values of one scope.
        let kinds: BTreeSet<_> = linking.iter().map(|named| (&named.0, &named.1)).collect();
        for (namespace, scope) in kinds {
            let rule = rules.rule(namespace);
            // Each life of a value counts by itself, and no view shows lives.
            let Some(limit) = rule.bound().filter(|_| rule.idle_days_max.is_none()) else {
                continue;
            };
            let count = |records: &BTreeSet<RecordId>| {
                let values = records.iter().filter_map(|record| shown.get(record));
                let values = values.flat_map(BTreeMap::keys);
                let values = values.filter(|named| {
                    (&named.0, &named.1) == (namespace, scope) && linking.contains(*named)
                });
                let values: BTreeSet<&Named> = values.collect();
                most(limit, &values.into_iter().map(|named| first[named]).collect::<Vec<_>>())
            };
            let alone = given.iter().map(count).max().unwrap_or(0);
            let all = count(&records);
            let max = limit.max.max(1) as usize;
            prop_assert!(all <= alone.max(max), "{all} {namespace} of {max}: {customer:?}");
        }
    }
    Ok(())
}

/// Whom people joined is one customer, or `why` and `how` name a cannot-link.
pub(crate) fn must_links_are_kept_or_reported(
    hub: &Hub,
    in_force: &BTreeMap<Pair, Ruling>,
) -> Result<(), TestCaseError> {
    for ((a, b), _) in in_force.iter().filter(|(_, ruling)| **ruling == Ruling::Same) {
        let holder = |id| block_on(hub.customer(tenant(), id)).expect("views");
        let (Some(one), Some(_)) = (holder(*a), holder(*b)) else { continue };
        if !one.holds(*b) {
            let why = block_on(hub.why(tenant(), *a, *b)).expect("views").expect("known");
            prop_assert!(why.to_string().contains("two parties"), "{why}");
            let how = block_on(hub.how(tenant(), *a)).expect("views").expect("known");
            prop_assert!(how.to_string().contains("two parties"), "{how}");
        }
    }
    Ok(())
}

/// Every id that was ever shown resolves to the one customer that holds it, or is gone; and a
/// customer is named by its earliest record.
pub(crate) fn every_id_resolves(
    hub: &Hub,
    portraits: &[Portrait],
    ever: &BTreeSet<RecordId>,
) -> Result<(), TestCaseError> {
    let mut holders: BTreeMap<RecordId, CustomerId> = BTreeMap::new();
    for customer in portraits.iter().map(|portrait| &portrait.customer) {
        holders.extend(customer.records.iter().map(|record| (record.id, customer.id)));
        let first = customer.records.iter().min_by_key(|record| {
            (record.first_seen.map_or(i64::MAX, Timestamp::micros), record.id)
        });
        prop_assert_eq!(Some(customer.id), first.map(|record| record.id.into()));
    }
    for id in ever {
        let found = block_on(hub.customer(tenant(), *id)).expect("views");
        prop_assert_eq!(found.as_ref().map(|found| found.id), holders.get(id).copied());
        if let Some(found) = found {
            // One step further is no step: resolution ends.
            let again = block_on(hub.customer(tenant(), found.id)).expect("views");
            prop_assert_eq!(again.map(|again| again.id), Some(found.id));
        }
    }
    Ok(())
}

/// Customers without a touched record are, to the last word of their views, as they were.
pub(crate) fn only_touched_changed(
    before: &[Portrait],
    after: &[Portrait],
    touched: &BTreeSet<RecordId>,
) -> Result<(), TestCaseError> {
    let others = |portraits: &[Portrait]| -> BTreeMap<CustomerId, Portrait> {
        let untouched = |portrait: &&Portrait| {
            !portrait.customer.records.iter().any(|record| touched.contains(&record.id))
        };
        let others = portraits.iter().filter(untouched);
        others.map(|portrait| (portrait.customer.id, portrait.clone())).collect()
    };
    prop_assert_eq!(others(after), others(before), "only what is connected changes");
    Ok(())
}

/// What connects records, before a step or after it.
pub(crate) struct Ties {
    near: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

impl Ties {
    pub(crate) fn of<'v>(
        before: &[Portrait],
        after: &[Portrait],
        verdicts: impl Iterator<Item = &'v Verdict>,
    ) -> Self {
        let mut bearers: BTreeMap<Named, BTreeSet<RecordId>> = BTreeMap::new();
        let mut linking: BTreeSet<Named> = BTreeSet::new();
        for portraits in [before, after] {
            for (record, seen) in shown(portraits) {
                for named in seen.into_keys() {
                    bearers.entry(named).or_default().insert(record);
                }
            }
            let endpoints = portraits.iter().flat_map(|p| &p.customer.endpoints);
            linking.extend(endpoints.filter(|held| held.linking).map(|held| {
                (held.namespace.clone(), held.scope.clone(), held.value.expose().clone())
            }));
        }
        let mut near: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        let mut tie = |all: &BTreeSet<RecordId>| {
            for record in all {
                near.entry(*record).or_default().extend(all);
            }
        };
        bearers.iter().filter(|(named, _)| linking.contains(*named)).for_each(|(_, all)| tie(all));
        verdicts.for_each(|verdict| tie(&BTreeSet::from([verdict.a, verdict.b])));
        Self { near }
    }

    /// Everything that is connected with these records.
    pub(crate) fn from(&self, records: BTreeSet<RecordId>) -> BTreeSet<RecordId> {
        let (mut found, mut open) = (records.clone(), Vec::from_iter(records));
        while let Some(record) = open.pop() {
            for next in self.near.get(&record).into_iter().flatten() {
                if found.insert(*next) {
                    open.push(*next);
                }
            }
        }
        found
    }
}
