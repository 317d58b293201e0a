//! Who is it now, what happened, what was said? Views answer.
//!
//! They are derived on every read; none is stored.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::{Context, Pause, Reading, Step, View};
use crate::identity::{self, Cluster, Health, Partition};
use crate::model::{
    Assurance, Body, Component, ComponentId, Conversation, Copies, Customer, Digest, Endpoint,
    Explanation, IdentifierId, Index, Key, MessageId, Range, Record, RecordId, Sort, Touchpoint,
};

/// Where a record is: its component, and the customer that holds it now.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The component's row.
    pub component: Arc<Component>,
    /// Its customers.
    pub partition: Partition,
    /// The customer that holds the record; empty where only verdicts name it.
    pub cluster: Cluster,
}

/// Finds the customer that holds a record now; `None` where the record was never seen.
///
/// # Errors
///
/// [`Pause`]: two rounds, three where its component is large.
pub fn resolve(context: &Context<'_>, view: &View, record: RecordId) -> Step<Option<Resolved>> {
    locate(context, &mut Reading::of(view), record)
}

pub(super) fn locate(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    record: RecordId,
) -> Step<Option<Resolved>> {
    let tenant = context.tenant;
    read.want(Key::record_at(tenant, record));
    read.settle()?;
    let Some(home) = read.record_home(tenant, record).copied() else { return Ok(None) };
    read.want(Key::component(tenant, home));
    read.settle()?;
    let component = read.component(tenant, home).ok_or(Pause::Stale)?;
    if !component.records.contains_key(&record) {
        return Err(Pause::Stale);
    }
    let partition = identity::partition(&context.configuration.identity, component);
    let cluster = partition.of(record).cloned();
    Ok(cluster.map(|cluster| Resolved { component: Arc::clone(component), partition, cluster }))
}

/// A component in one piece; `None` where it is not there any more.
///
/// # Errors
///
/// [`Pause`]: one round, two where it is large.
pub fn component(
    context: &Context<'_>,
    view: &View,
    id: ComponentId,
) -> Step<Option<Arc<Component>>> {
    let mut read = Reading::of(view);
    read.want(Key::component(context.tenant, id));
    read.settle()?;
    Ok(read.component(context.tenant, id).cloned())
}

/// Derives the customer that holds a record now. Three rounds.
///
/// # Errors
///
/// [`Pause`].
pub fn customer(context: &Context<'_>, view: &View, record: RecordId) -> Step<Option<Customer>> {
    let mut read = Reading::of(view);
    let Some(found) = locate(context, &mut read, record)? else { return Ok(None) };
    describe(context, &mut read, &found.component, &found.cluster).map(Some)
}

pub(super) fn describe(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    component: &Component,
    cluster: &Cluster,
) -> Step<Customer> {
    let stated = rows_of(context, read, Index::Attributes, cluster)?;
    let rules = &context.configuration.identity;
    let golden = identity::golden(rules, stated.iter().map(|copies| copies.chosen()));
    let records = cluster.records.iter().filter_map(|id| {
        let node = component.records.get(id)?;
        Some(Record { id: *id, source: node.source.clone()?, first_seen: node.first_seen })
    });
    let records = records.collect();
    Ok(Customer { id: cluster.customer, records, endpoints: endpoints(component, cluster), golden })
}

/// The copies of every touchpoint that the index lists for a customer's records.
fn rows_of<'v>(
    context: &Context<'_>,
    read: &mut Reading<'v>,
    index: Index,
    cluster: &Cluster,
) -> Step<Vec<&'v Arc<Copies>>> {
    let mut rows = Vec::new();
    for record in &cluster.records {
        let range = Range::all(context.tenant, index, record.as_uuid());
        rows.extend(read.group(range, false).unwrap_or_default());
    }
    read.settle()?;
    let copies = rows.into_iter().filter_map(|row| match &row.body {
        Body::Touchpoint(copies) => Some(copies),
        _ => None,
    });
    Ok(copies.collect())
}

/// Every identifier seen on the customer's records, whatever its linking power.
pub(super) fn endpoints(component: &Component, cluster: &Cluster) -> Vec<Endpoint> {
    let seen: BTreeSet<IdentifierId> = cluster
        .records
        .iter()
        .filter_map(|record| component.records.get(record))
        .flat_map(|node| node.identifiers.keys().copied())
        .collect();
    let endpoint = |id: IdentifierId| {
        let node = component.identifiers.get(&id)?;
        let seen_on = cluster.records.iter().filter_map(|record| component.records.get(record));
        let seen = seen_on.filter_map(|node| node.identifiers.get(&id));
        let best = seen.map(|seen| seen.assurance).max();
        Some(Endpoint {
            id,
            namespace: node.namespace.clone(),
            scope: node.scope.clone(),
            value: node.value.clone(),
            assurance: best.unwrap_or(Assurance::Asserted),
            linking: node.blocked.is_none(),
        })
    };
    seen.into_iter().filter_map(endpoint).collect()
}

/// A page of a customer's timeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimelinePage {
    /// What happened, in the order asked for.
    pub touchpoints: Vec<Touchpoint>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<Sort>,
}

/// Reads a page of the timeline of the customer that holds a record now, over all its records.
/// `limit` counts from 1 to [`Range::LIMIT_MAX`]. Three rounds.
///
/// # Errors
///
/// [`Pause`].
pub fn timeline(
    context: &Context<'_>,
    view: &View,
    record: RecordId,
    after: Option<Sort>,
    limit: u32,
) -> Step<Option<TimelinePage>> {
    let mut read = Reading::of(view);
    let Some(found) = locate(context, &mut read, record)? else { return Ok(None) };
    let limit = limit.clamp(1, Range::LIMIT_MAX);
    let mut merged: Vec<(Sort, &Arc<Copies>)> = Vec::new();
    let mut more = false;
    for record in &found.cluster.records {
        let group = Range::all(context.tenant, Index::Timeline, record.as_uuid());
        let Some(page) = read.page(Range { after, limit, ..group }) else { continue };
        more |= page.more;
        merged.extend(page.rows.iter().filter_map(|(sort, row)| match &row.body {
            Body::Touchpoint(copies) => Some((*sort, copies)),
            _ => None,
        }));
    }
    read.settle()?;
    merged.sort_by_key(|(sort, _)| *sort);
    more |= merged.len() > limit as usize;
    merged.truncate(limit as usize);
    let next = merged.last().map(|(sort, _)| *sort).filter(|_| more);
    let touchpoints = merged.into_iter().map(|(_, copies)| copies.chosen().clone()).collect();
    Ok(Some(TimelinePage { touchpoints, next }))
}

/// Derives the conversations of the customer that holds a record now, the earliest first.
///
/// # Errors
///
/// [`Pause`].
pub fn conversations(
    context: &Context<'_>,
    view: &View,
    record: RecordId,
) -> Step<Option<Vec<Conversation>>> {
    let mut read = Reading::of(view);
    let Some(found) = locate(context, &mut read, record)? else { return Ok(None) };
    let rows = rows_of(context, &mut read, Index::Timeline, &found.cluster)?;
    let said = rows.iter().map(|copies| copies.chosen());
    Ok(Some(crate::conversation::thread(&context.configuration.threads, said)))
}

/// Derives the conversation that holds a message now.
///
/// # Errors
///
/// [`Pause`].
pub fn conversation(
    context: &Context<'_>,
    view: &View,
    message: MessageId,
) -> Step<Option<Conversation>> {
    let mut read = Reading::of(view);
    read.want(Key::touchpoint(context.tenant, message.into()));
    read.settle()?;
    let copies = read.copies(context.tenant, message.into());
    let Some(record) = copies.and_then(|copies| copies.chosen().record) else { return Ok(None) };
    let all = conversations(context, view, record)?.unwrap_or_default();
    let holds = |conversation: &Conversation| conversation.messages.iter().any(|m| m.id == message);
    Ok(all.into_iter().find(holds))
}

/// Explains why two records are one customer, or why they are two. Two rounds.
///
/// # Errors
///
/// [`Pause`].
pub fn why(
    context: &Context<'_>,
    view: &View,
    a: RecordId,
    b: RecordId,
) -> Step<Option<Explanation>> {
    let mut read = Reading::of(view);
    let (one, other) = (locate(context, &mut read, a), locate(context, &mut read, b));
    let (Some(one), Some(other)) = (one?, other?) else { return Ok(None) };
    if one.component.id != other.component.id {
        return Ok(Some(identity::why_apart((&one.component, a), (&other.component, b))));
    }
    let joined = identity::why(&one.component, &one.partition, a, b);
    Ok(joined.or_else(|| identity::why_not(&one.component, &one.partition, a, b)))
}

/// Explains how the customer that holds a record came to be: every join from the strongest, what
/// constraints refused, what joins nobody, and how sound it is. Two rounds.
///
/// # Errors
///
/// [`Pause`].
pub fn how(context: &Context<'_>, view: &View, record: RecordId) -> Step<Option<Explanation>> {
    let found = locate(context, &mut Reading::of(view), record)?;
    Ok(found.map(|found| identity::how(&found.component, &found.partition, &found.cluster)))
}

/// How sound the customer is that holds a record. Two rounds.
///
/// # Errors
///
/// [`Pause`].
pub fn health(context: &Context<'_>, view: &View, record: RecordId) -> Step<Option<Health>> {
    let found = locate(context, &mut Reading::of(view), record)?;
    Ok(found.map(|found| identity::health(&found.component, &found.partition, &found.cluster)))
}

/// A touchpoint in a portrait, with the digests of copies that views do not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The touchpoint.
    pub touchpoint: Touchpoint,
    /// Its other copies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicting: Vec<Digest>,
}

impl Fact {
    /// What views take of a touchpoint's copies.
    pub fn of(copies: &Copies) -> Self {
        let conflicting = copies.all()[1..].iter().map(|copy| copy.digest).collect();
        Self { touchpoint: copies.chosen().clone(), conflicting }
    }
}

/// Everything that views say of one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Portrait {
    /// The customer.
    pub customer: Customer,
    /// Its whole timeline.
    pub timeline: Vec<Fact>,
    /// Its conversations, the earliest first.
    pub conversations: Vec<Conversation>,
}

/// Derives everything that views say of a component's customers.
///
/// # Errors
///
/// [`Pause`].
pub fn portraits(context: &Context<'_>, view: &View, home: ComponentId) -> Step<Vec<Portrait>> {
    let mut read = Reading::of(view);
    read.want(Key::component(context.tenant, home));
    read.settle()?;
    let Some(component) = read.component(context.tenant, home) else { return Err(Pause::Stale) };
    // All groups are asked for at once: a component costs two rounds, whatever its customers.
    for (record, index) in component
        .records
        .keys()
        .flat_map(|record| [(record, Index::Attributes), (record, Index::Timeline)])
    {
        read.group(Range::all(context.tenant, index, record.as_uuid()), false);
    }
    read.settle()?;
    let mut portraits = Vec::new();
    for cluster in identity::partition(&context.configuration.identity, component).clusters {
        let customer = describe(context, &mut read, component, &cluster)?;
        let mut rows = rows_of(context, &mut read, Index::Timeline, &cluster)?;
        rows.sort_by_key(|copies| (copies.chosen().occurred.order(), copies.chosen().id));
        let said = rows.iter().map(|copies| copies.chosen());
        let conversations = crate::conversation::thread(&context.configuration.threads, said);
        let timeline = rows.iter().map(|copies| Fact::of(copies)).collect();
        portraits.push(Portrait { customer, timeline, conversations });
    }
    Ok(portraits)
}
