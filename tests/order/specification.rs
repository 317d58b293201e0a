//! Who is who, by brute force: sets of names, tried join after join.

use std::collections::{BTreeMap, BTreeSet};

use omnichannel::engine::Portrait;
use omnichannel::identity::normalise;
use omnichannel::model::{Assurance, IdentifierId, IdentityRules, Namespace, RecordId};

/// An identifier, as everything that names it.
type Value = (Namespace, Option<String>, String);

pub(crate) struct Town<'a> {
    rules: &'a IdentityRules,
    /// What each record shows, and how surely.
    shows: BTreeMap<RecordId, BTreeMap<Value, Assurance>>,
    names: BTreeMap<Value, IdentifierId>,
}

impl<'a> Town<'a> {
    pub(crate) fn of(rules: &'a IdentityRules, portraits: &[Portrait]) -> Self {
        let (mut shows, mut names) = (BTreeMap::new(), BTreeMap::new());
        for portrait in portraits {
            for held in &portrait.customer.endpoints {
                let value = held.value.expose().to_owned();
                names.insert((held.namespace.clone(), held.scope.clone(), value), held.id);
            }
            for fact in &portrait.timeline {
                let record = fact.touchpoint.record.expect("a timeline is of records");
                let shown: &mut BTreeMap<Value, Assurance> = shows.entry(record).or_default();
                for seen in &fact.touchpoint.identifiers {
                    let normalised = normalise(rules, seen);
                    if normalised.blocked.is_none() {
                        let value = normalised.value.expose().to_owned();
                        let value = (seen.namespace.clone(), seen.scope.clone(), value);
                        let best = shown.entry(value).or_insert(seen.assurance);
                        *best = (*best).max(seen.assurance);
                    }
                }
            }
        }
        Self { rules, shows, names }
    }

    /// Values that more parties show than one party has of a stronger kind.
    pub(crate) fn shared(&self) -> BTreeSet<Value> {
        let all: BTreeSet<&Value> = self.shows.values().flat_map(BTreeMap::keys).collect();
        let is_shared = |value: &&&Value| {
            let bearers: Vec<_> = self.shows.values().filter(|s| s.contains_key(**value)).collect();
            let mut told: BTreeMap<(&Namespace, &Option<String>), BTreeSet<&str>> = BTreeMap::new();
            for (namespace, scope, shown) in bearers.iter().flat_map(|shown| shown.keys()) {
                if self.rules.rule(namespace).priority > self.rules.rule(&value.0).priority {
                    told.entry((namespace, scope)).or_default().insert(shown);
                }
            }
            let over = |(of, values): (&(&Namespace, &Option<String>), &BTreeSet<&str>)| {
                self.rules.rule(of.0).sharing_over.is_some_and(|over| values.len() > over as usize)
            };
            told.iter().any(over) || bearers.len() > self.rules.bearers_max as usize
        };
        all.iter().filter(is_shared).map(|value| (*value).clone()).collect()
    }

    /// The customers, as sets of their records.
    pub(crate) fn customers(&self) -> BTreeSet<BTreeSet<RecordId>> {
        let shared = self.shared();
        let mut joins = Vec::new();
        for (record, shown) in &self.shows {
            for (value, assurance) in shown.iter().filter(|(value, _)| !shared.contains(*value)) {
                let priority = self.rules.rule(&value.0).priority;
                let order = std::cmp::Reverse((*assurance, priority));
                joins.push((order, self.names[value], *record, value));
            }
        }
        joins.sort();
        let mut customers: Vec<(BTreeSet<RecordId>, BTreeSet<&Value>)> =
            self.shows.keys().map(|record| (BTreeSet::from([*record]), BTreeSet::new())).collect();
        customers.extend(
            joins
                .iter()
                .map(|(.., value)| *value)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(|value| (BTreeSet::new(), BTreeSet::from([value]))),
        );
        for (_, _, record, value) in &joins {
            let one = customers.iter().position(|(records, _)| records.contains(record));
            let other = customers.iter().position(|(_, values)| values.contains(value));
            let (one, other) = (one.expect("a record"), other.expect("a value"));
            if one != other && self.fits(&customers[one], &customers[other]) {
                let (records, values) = customers[other].clone();
                customers[one].0.extend(records);
                customers[one].1.extend(values);
                customers.remove(other);
            }
        }
        customers.into_iter().map(|(records, _)| records).filter(|set| !set.is_empty()).collect()
    }

    /// Whether one customer may hold both sides: what their records show, and the values.
    fn fits(
        &self,
        (records, values): &(BTreeSet<RecordId>, BTreeSet<&'_ Value>),
        (more, others): &(BTreeSet<RecordId>, BTreeSet<&'_ Value>),
    ) -> bool {
        if records.len() + more.len() > self.rules.records_max as usize {
            return false;
        }
        let shared = self.shared();
        let all = |records: &BTreeSet<RecordId>, values: &BTreeSet<&Value>| -> BTreeSet<Value> {
            let shown = records.iter().flat_map(|record| self.shows[record].keys());
            let all = shown.chain(values.iter().copied());
            all.filter(|value| !shared.contains(value)).cloned().collect()
        };
        let (one, other) = (all(records, values), all(more, others));
        let both: BTreeSet<&Value> = one.union(&other).collect();
        both.iter().all(|(namespace, scope, _)| {
            let of = |known: &&Value| (&known.0, &known.1) == (namespace, scope);
            let here = one.iter().filter(of).count();
            let there = other.iter().filter(of).count();
            let all = both.iter().copied().filter(of).count();
            let bound = self.rules.rule(namespace).bound();
            bound.is_none_or(|bound| all <= bound.max as usize)
                || here == 0
                || there == 0
                || (all == here && all == there)
        })
    }
}
