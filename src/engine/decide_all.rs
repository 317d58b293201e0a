//! What becomes of several intents? One changeset, the most important of each customer first.
//!
//! Costs the rounds of one decision; rows as for each of them, each ledger once.

use std::collections::BTreeMap;

use super::contact::contact_view;
use super::decide::Decided;
use super::deciding::Deciding;
use super::in_force;
use super::read::locate;
use super::tombstone::Tombstones;
use super::{Context, Reading, Resolved, Step, View};
use crate::consistency::{self, Candidate};
use crate::model::{
    Changeset, ContactView, CustomerId, Decision, DecisionId, Intent, Key, Timestamp,
};

/// An intent on which is to be decided.
struct Wanted<'a> {
    place: usize,
    id: DecisionId,
    intent: &'a Intent,
    found: Resolved,
}

/// Decides on intents together: those of one customer beside each other. The answers are in the
/// order of the intents; of two with one key the first counts.
///
/// # Errors
///
/// [`super::Pause`].
pub fn decide_all(
    context: &Context<'_>,
    view: &View,
    intents: &[Intent],
    now: Timestamp,
) -> Step<(Vec<Decided>, Changeset)> {
    let mut read = Reading::of(view);
    let id = |intent: &Intent| context.id_key.decision(context.tenant, intent);
    let ids: Vec<DecisionId> = intents.iter().map(id).collect();
    ids.iter().for_each(|id| read.want(Key::decision(context.tenant, *id)));
    Tombstones::want_gate(context, &mut read);
    read.want(Key::profile());
    let mut located = Vec::with_capacity(intents.len());
    for intent in intents {
        let found = locate(context, &mut read, intent.subject);
        located.push(read.go_on(found)?.flatten());
    }
    read.settle()?;
    in_force::configuration(context, &read)?;
    let mut answers: Vec<Option<Decided>> = Vec::with_capacity(intents.len());
    let mut customers: BTreeMap<CustomerId, Vec<Wanted<'_>>> = BTreeMap::new();
    let mut first: BTreeMap<DecisionId, usize> = BTreeMap::new();
    for (place, ((intent, id), found)) in intents.iter().zip(ids).zip(located).enumerate() {
        let known = read.decision(context.tenant, id).map(|known| Decision::clone(known));
        let repeats = *first.entry(id).or_insert(place) != place;
        answers.push(match (known, found) {
            (Some(known), _) if known.intent == *intent => Some(Decided::Known(Box::new(known))),
            (Some(_), _) => Some(Decided::KeyReused),
            (None, None) => Some(Decided::UnknownSubject),
            (None, Some(_)) if repeats => None,
            (None, Some(found)) => {
                let wanted = Wanted { place, id, intent, found };
                customers.entry(wanted.found.cluster.customer).or_default().push(wanted);
                None
            }
        });
    }
    let (made, changeset) = decide_each(context, &mut read, &customers, now)?;
    for (place, decision) in made {
        answers[place] = Some(Decided::New(Box::new(decision)));
    }
    let repeated = |(place, intent): (usize, &Intent)| {
        let earlier = first.get(&id(intent)).filter(|earlier| **earlier != place)?;
        let same = intents[*earlier] == *intent;
        if same { answers[*earlier].clone() } else { Some(Decided::KeyReused) }
    };
    let all = intents.iter().enumerate();
    let all = all.map(|it| answers[it.0].clone().or_else(|| repeated(it)));
    Ok((all.map(|it| it.unwrap_or(Decided::UnknownSubject)).collect(), changeset))
}

/// Decides on the intents of each customer beside each other.
fn decide_each<'a>(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    customers: &BTreeMap<CustomerId, Vec<Wanted<'a>>>,
    now: Timestamp,
) -> Step<(Vec<(usize, Decision)>, Changeset)> {
    let mut views: BTreeMap<usize, ContactView> = BTreeMap::new();
    for wanted in customers.values().flatten() {
        let contact = contact_view(context, read, &wanted.found, wanted.intent, now);
        let contact = read.go_on(contact)?;
        views.extend(contact.map(|contact| (wanted.place, contact)));
    }
    read.settle()?;
    let mut deciding = Deciding::new(context, now);
    let mut made = Vec::new();
    for wanted in customers.values() {
        let candidate = |it: &Wanted<'a>| {
            Some(Candidate { id: it.id, intent: it.intent, view: views.get(&it.place)? })
        };
        let candidates: Vec<Candidate<'_>> = wanted.iter().filter_map(candidate).collect();
        let policy = &context.configuration.policy;
        let concluded = consistency::arbitrate(policy, &candidates, now);
        for ((candidate, conclusion), it) in candidates.iter().zip(concluded).zip(wanted) {
            let decision = Decision {
                id: it.id,
                intent: it.intent.clone(),
                outcome: conclusion.outcome,
                findings: conclusion.findings,
                view: consistency::digest(candidate.view),
                configuration: context.version,
                at: now,
            };
            deciding.add(read, &decision, &it.found.cluster.records);
            made.push((it.place, decision));
        }
    }
    Ok((made, deciding.finish(read)))
}
