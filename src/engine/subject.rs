//! What is known of one person? Everything, read at once.
//!
//! Five rounds, and one more for each thousand facts of a record.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cancel::decisions;
use super::opt_out::{choices, want_choices};
use super::read::{describe, locate};
use super::{Context, Reading, Resolved, Step, View};
use crate::consistency;
use crate::conversation;
use crate::model::{
    Body, Copies, Customer, Decision, Disclosure, Index, Judge, Key, KnownChoice,
    KnownConversation, KnownDecision, KnownTouchpoint, KnownVerdict, Pii, Range, RecordId, Row,
    SubjectExport, Timestamp, Touchpoint, VerdictId,
};

/// Gathers everything known of the customer that holds a record now; `None` where it was never
/// seen.
///
/// # Errors
///
/// [`super::Pause`].
pub fn subject(
    context: &Context<'_>,
    view: &View,
    record: RecordId,
    now: Timestamp,
) -> Step<Option<SubjectExport>> {
    let mut read = Reading::of(view);
    let Some(found) = locate(context, &mut read, record)? else { return Ok(None) };
    let customer = describe(context, &mut read, &found.component, &found.cluster)?;
    let facts = facts(context, &mut read, &found)?;
    let said = facts.iter().map(|copies| copies.chosen());
    let threads = conversation::thread(&context.configuration.threads, said);
    let known = |thread: crate::model::Conversation| KnownConversation {
        id: thread.id,
        messages: thread.messages.iter().map(|message| message.id).collect(),
    };
    Ok(Some(SubjectExport {
        schema: SubjectExport::SCHEMA,
        exported_at: now,
        touchpoints: facts.iter().map(|copies| touchpoint(copies)).collect(),
        receipts: receipts(context, &mut read, &facts)?,
        conversations: threads.into_iter().map(known).collect(),
        consents: consents(context, &mut read, &customer)?,
        decisions: decided(context, &mut read, &found)?,
        verdicts: verdicts(context, &mut read, &found)?,
        customer,
    }))
}

/// The rows of an index over all records of the customer.
fn rows<'v>(
    context: &Context<'_>,
    read: &mut Reading<'v>,
    found: &Resolved,
    index: Index,
) -> Step<Vec<&'v Row>> {
    let mut rows = Vec::new();
    for record in &found.cluster.records {
        let range = Range::all(context.tenant, index, record.as_uuid());
        rows.extend(read.group(range, false).unwrap_or_default());
    }
    read.settle()?;
    Ok(rows)
}

fn facts<'v>(
    context: &Context<'_>,
    read: &mut Reading<'v>,
    found: &Resolved,
) -> Step<Vec<&'v Arc<Copies>>> {
    let rows = rows(context, read, found, Index::Timeline)?;
    let mut facts: Vec<&Arc<Copies>> = rows.into_iter().filter_map(copies).collect();
    facts.sort_by_key(|copies| (copies.chosen().occurred.order(), copies.chosen().id));
    Ok(facts)
}

fn copies(row: &Row) -> Option<&Arc<Copies>> {
    match &row.body {
        Body::Touchpoint(copies) => Some(copies),
        _ => None,
    }
}

fn touchpoint(copies: &Copies) -> KnownTouchpoint {
    let all = copies.all();
    KnownTouchpoint { taken: all[0].clone(), others: all[1..].to_vec() }
}

/// Receipts of the messages that stand on nobody's record; the others are touchpoints.
fn receipts(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    facts: &[&Arc<Copies>],
) -> Step<Vec<Touchpoint>> {
    let mut rows = Vec::new();
    for fact in facts.iter().map(|copies| copies.chosen()).filter(|fact| fact.message.is_some()) {
        let range = Range::all(context.tenant, Index::Receipts, fact.id.as_uuid());
        rows.extend(read.group(range, false).unwrap_or_default());
    }
    read.settle()?;
    let reports = rows.into_iter().filter_map(copies).map(|copies| copies.chosen());
    Ok(reports.filter(|report| report.record.is_none()).cloned().collect())
}

fn consents(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    customer: &Customer,
) -> Step<Vec<KnownChoice>> {
    for endpoint in &customer.endpoints {
        want_choices(context, read, endpoint.id)?;
    }
    read.settle()?;
    let mut known = Vec::new();
    for endpoint in customer.endpoints.iter().map(|endpoint| endpoint.id) {
        for (touchpoint, said) in choices(context, read, endpoint)?.choices {
            let choice = |choice| KnownChoice { endpoint, touchpoint, choice };
            known.extend(said.into_iter().map(choice));
        }
    }
    known.sort_by_key(|known| (known.choice.occurred.order(), known.touchpoint));
    Ok(known)
}

fn decided(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
) -> Step<Vec<KnownDecision>> {
    let rows = rows(context, read, found, Index::Decisions)?;
    let mut made: Vec<&Arc<Decision>> = decisions(rows).collect();
    made.sort_by_key(|decision| (decision.at, decision.id));
    for decision in &made {
        read.want(Key::outbox(context.tenant, decision.id));
    }
    read.settle()?;
    let known = made.into_iter().map(|decision| KnownDecision {
        why: Pii::new(consistency::explain(decision).text(Disclosure::Full)),
        state: read.outbox(context.tenant, decision.id).map(|entry| entry.state.clone()),
        decision: decision.as_ref().clone(),
    });
    Ok(known.collect())
}

fn verdicts(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
) -> Step<Vec<KnownVerdict>> {
    let rows = rows(context, read, found, Index::Verdicts)?;
    let known = rows.into_iter().filter_map(|row| match &row.body {
        Body::Verdict(verdict) => Some((verdict.id, verdict)),
        _ => None,
    });
    // One on two records of the customer is listed under both.
    let known: BTreeMap<VerdictId, _> = known.collect();
    let known = known.into_values().map(|verdict| KnownVerdict {
        a: verdict.a,
        b: verdict.b,
        ruling: verdict.ruling,
        at: verdict.at,
        model: (verdict.ruling.judge() == Judge::Model).then(|| verdict.by.clone()),
        reason: verdict.reason.clone(),
    });
    Ok(known.collect())
}
