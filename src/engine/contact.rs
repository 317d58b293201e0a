//! Gathers how the party can be reached, and what it did.
//!
//! Conditions that neither the policy nor the intent states are not read: a plain message costs the
//! component, the choices at its endpoints and the ledgers of the customer's records.

use super::delivery;
use super::opt_out::{choices, want_choices};
use super::preference::{self, PREFERRED_CHANNEL_FIELD};
use super::read::{endpoints, locate};
use super::{Context, Reading, Resolved, Step, View};
use crate::identity;
use crate::model::{
    Blocked, Body, ContactView, Decision, Direction, Doubt, FactHistory, FactId, Happening,
    IdentifierId, Index, Intent, Key, LedgerEntry, LedgerState, OutboxEntry, OutboxState, Outcome,
    Range, Reach, RecordId, Row, SessionState, SessionWindow, Sort, Timestamp, Touchpoint,
    UtcOffset,
};

/// The golden record's field that states the party's own offset from UTC, written like `+01:00`.
pub const UTC_OFFSET_FIELD: &str = "utc_offset";

/// The golden record's field that states, by the value `restricted`, that the party's data are only
/// kept (GDPR article 18).
pub const PROCESSING_FIELD: &str = "processing";

const RESTRICTED: &str = "restricted";

/// Everything that a decision on an intent rests on.
pub(super) fn contact_view(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    intent: &Intent,
    now: Timestamp,
) -> Step<ContactView> {
    let tenant = context.tenant;
    let mut reach = reach(context, found, intent);
    for place in &reach {
        want_choices(context, read, place.endpoint)?;
    }
    for record in &found.cluster.records {
        read.want(Key::ledger(tenant, *record));
    }
    want_facts(context, read, intent);
    add_windows(context, read, found, &mut reach, now);
    let (view, preferred) = conditions(context, read, found, intent)?;
    let preference = if intent.by_preference {
        preference::evidence(context, read, found, (intent, preferred.as_deref()), now)
    } else {
        Vec::new()
    };
    read.settle()?;
    for place in &mut reach {
        let choices = choices(context, read, place.endpoint)?;
        let choice = choices.in_force(&intent.purpose);
        place.consent = choice.map(|(touchpoint, choice)| (choice.state, touchpoint));
    }
    let ledger = ledger(context, read, found, intent)?;
    let formless = intent.channels.iter().filter(|channel| {
        let declared = context.channels.get(channel);
        declared.is_some_and(|can| can.sends_to.is_some() && !can.can_send(&intent.form))
    });
    let facts = stated_facts(context, read, intent);
    Ok(ContactView {
        reach,
        ledger,
        formless: formless.cloned().collect(),
        facts,
        preference,
        ..view
    })
}

/// What was said to any of the customer's records, in order.
fn ledger(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    intent: &Intent,
) -> Step<Vec<LedgerEntry>> {
    let tenant = context.tenant;
    let records = found.cluster.records.iter();
    let records = records.filter(|it| **it == intent.subject || !bug!("one_ledger_only"));
    let ledgers = records.filter_map(|record| read.ledger(tenant, *record));
    let mut ledger: Vec<LedgerEntry> = ledgers.flat_map(|row| row.entries.clone()).collect();
    ledger.sort_by_key(|entry| (entry.at, entry.decision));
    if !intent.replaces {
        return Ok(ledger);
    }
    // Of what it would replace, the messages on their way are perhaps said.
    let waits = |entry: &LedgerEntry| {
        entry.state == LedgerState::Reserved
            && (&entry.purpose, &entry.occasion) == (&intent.purpose, &intent.occasion)
    };
    for entry in ledger.iter().filter(|entry| waits(entry)) {
        read.want(Key::outbox(tenant, entry.decision));
    }
    read.settle()?;
    for entry in ledger.iter_mut().filter(|entry| waits(entry)) {
        let outbox = read.outbox(tenant, entry.decision);
        let on_its_way =
            |it: &OutboxEntry| it.uncertain || matches!(it.state, OutboxState::Leased { .. });
        if outbox.is_some_and(|it| on_its_way(it)) {
            entry.state = LedgerState::Ambiguous;
        }
    }
    Ok(ledger)
}

/// What may have changed since a decision, apart from consent and ledgers; for the standing at
/// dispatch. Missing rows are asked for and not waited for.
pub(super) fn at_dispatch(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    decision: &Decision,
    now: Timestamp,
) -> Step<ContactView> {
    let (mut view, _) = conditions(context, read, found, &decision.intent)?;
    view.facts = stated_facts(context, read, &decision.intent);
    if let Outcome::Send { channel, endpoint, .. } = &decision.outcome {
        let held = endpoints(&found.component, &found.cluster);
        let held = held.into_iter().find(|held| held.id == *endpoint);
        view.reach.extend(held.map(|held| Reach {
            shared: is_shared(found, held.id),
            ..Reach::new(channel.clone(), held.id, held.namespace)
        }));
        add_windows(context, read, found, &mut view.reach, now);
    }
    Ok(view)
}

/// Asks for the facts that an intent states.
pub(super) fn want_facts(context: &Context<'_>, read: &mut Reading<'_>, intent: &Intent) {
    for stated in &intent.states {
        read.want(Key::fact(context.tenant, context.id_key.fact(context.tenant, &stated.fact)));
    }
}

/// What is known of the facts that an intent states.
fn stated_facts(
    context: &Context<'_>,
    read: &Reading<'_>,
    intent: &Intent,
) -> Vec<(FactId, FactHistory)> {
    let known = intent.states.iter().filter_map(|stated| {
        let id = context.id_key.fact(context.tenant, &stated.fact);
        Some((id, FactHistory::clone(read.fact(context.tenant, id)?)))
    });
    known.collect()
}

/// What the policy and the intent make a message depend on, and the channel that the party named.
fn conditions(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    intent: &Intent,
) -> Step<(ContactView, Option<String>)> {
    let mut progress = Vec::new();
    for named in intent.after.iter().chain(&intent.unless) {
        let known = delivery::progress(context, read, named.message);
        progress.extend(read.go_on(known)?.flatten());
    }
    let certainty = context.configuration.policy.certainty.as_ref();
    let certainty = certainty.filter(|demand| demand.purposes.has(&intent.purpose));
    let doubts = certainty.filter(|demand| demand.in_doubt != Doubt::Send);
    let Own { utc_offset, restricted, preferred } = stated(context, read, found);
    let view = ContactView {
        utc_offset,
        restricted,
        doubts: doubts.map_or(0, |_| doubts_of(context, found)),
        past: past(context, read, found, intent),
        progress,
        ..ContactView::new(found.cluster.customer)
    };
    Ok((view, preferred))
}

/// How many links between the customer and others wait for somebody's verdict.
fn doubts_of(context: &Context<'_>, found: &Resolved) -> u32 {
    let rules = &context.configuration.identity;
    let open = identity::reviews(rules, &found.component, &found.partition);
    let own = |id: &RecordId| found.cluster.records.contains(id);
    let open = open.iter().filter(|it| own(&it.scored.a) || own(&it.scored.b)).count();
    u32::try_from(open).unwrap_or(u32::MAX)
}

/// What the customer did of what ends the intent, over all of its records.
fn past(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    intent: &Intent,
) -> Vec<Happening> {
    let Some(since) = intent.ended_by.iter().map(|end| end.since).min() else { return Vec::new() };
    let mut rows = Vec::new();
    for record in &found.cluster.records {
        let all = Range::all(context.tenant, Index::Timeline, record.as_uuid());
        rows.extend(
            read.group(Range { after: Some(before(since)), ..all }, false).unwrap_or_default(),
        );
    }
    let ends = |it: &&Touchpoint| {
        intent.ended_by.iter().any(|end| end.is_met_by(&it.act, &it.objects, it.occurred.at))
    };
    let happened = rows.into_iter().filter_map(touchpoint).filter(ends).map(|it| Happening {
        touchpoint: it.id,
        act: it.act.clone(),
        about: it.objects.clone(),
        at: it.occurred.at,
    });
    happened.collect()
}

/// The last place of an index before an instant.
pub(super) fn before(at: Timestamp) -> Sort {
    Sort { time: at.micros().saturating_sub(1), id: uuid::Uuid::max() }
}

pub(super) fn touchpoint(row: &Row) -> Option<&Touchpoint> {
    match &row.body {
        Body::Touchpoint(copies) => Some(copies.chosen()),
        _ => None,
    }
}

/// Every endpoint of the customer on the intent's channels, in the intent's order.
fn reach(context: &Context<'_>, found: &Resolved, intent: &Intent) -> Vec<Reach> {
    let held = endpoints(&found.component, &found.cluster);
    let mut reach = Vec::new();
    for channel in &intent.channels {
        let declared = context.channels.get(channel);
        let declared = declared.filter(|declared| declared.can_send(&intent.form));
        let Some(namespace) = declared.and_then(|declared| declared.sends_to.as_ref()) else {
            continue;
        };
        for endpoint in held.iter().filter(|endpoint| endpoint.namespace == *namespace) {
            let node = found.component.identifiers.get(&endpoint.id);
            let blocked = node.and_then(|node| node.blocked);
            // Linking is not addressability: a family's phone rings for whoever shares it.
            if blocked.is_none_or(Blocked::is_an_address) {
                let shared = is_shared(found, endpoint.id);
                let place = Reach::new(channel.clone(), endpoint.id, namespace.clone());
                reach.push(Reach { shared, ..place });
            }
        }
    }
    reach
}

/// Whether several parties bear an endpoint.
fn is_shared(found: &Resolved, endpoint: IdentifierId) -> bool {
    let node = found.component.identifiers.get(&endpoint);
    let blocked = node.and_then(|node| node.blocked);
    matches!(blocked, Some(Blocked::Shared | Blocked::RoleMailbox))
}

/// Adds until when one may write freely to each endpoint, on channels that limit that.
fn add_windows(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    reach: &mut [Reach],
    now: Timestamp,
) {
    for place in reach {
        let declared = context.channels.get(&place.channel);
        let Some(window) = declared.and_then(|it| it.window.as_ref()) else { continue };
        let heard = heard(context, read, found, place, window, now);
        place.window = Some(SessionState {
            closes_at: heard.map(|heard| heard.plus(window.lasts)),
            outside: window.outside,
        });
    }
}

/// When the party last wrote from an endpoint on its channel, if that was within the window.
///
/// Of each record that bears the endpoint the last 1,000 touchpoints within the window are read.
fn heard(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    place: &Reach,
    window: &SessionWindow,
    now: Timestamp,
) -> Option<Timestamp> {
    let records = found.cluster.records.iter().filter(|record| {
        let node = found.component.records.get(record);
        node.is_some_and(|node| node.identifiers.contains_key(&place.endpoint))
    });
    let opened = now.minus(window.lasts);
    let mut last = None;
    for record in records {
        let all = Range::all(context.tenant, Index::Timeline, record.as_uuid());
        let recent = Range { after: Some(before(opened)), descending: true, ..all };
        let Some(page) = read.page(recent) else { continue };
        let wrote = page.rows.iter().filter_map(|(_, row)| touchpoint(row)).filter(|it| {
            let message = it.message.as_ref();
            it.channel == place.channel
                && message.is_some_and(|message| message.direction == Direction::Inbound)
        });
        // A time ahead of our clock opens no window beyond its length.
        let times = wrote.filter_map(|it| it.occurred.at).map(|at| at.min(now));
        last = last.max(times.max());
    }
    last
}

/// What the party stated of itself.
struct Own {
    utc_offset: Option<UtcOffset>,
    restricted: bool,
    preferred: Option<String>,
}

/// The party's own offset, whether its data are only kept, and the channel that it prefers.
///
/// Attributes do not bear on permission, so the step does not rest on them.
fn stated(context: &Context<'_>, read: &mut Reading<'_>, found: &Resolved) -> Own {
    let mut stated = Vec::new();
    for record in &found.cluster.records {
        let range = Range::all(context.tenant, Index::Attributes, record.as_uuid());
        stated.extend(read.group(range, false).unwrap_or_default());
    }
    let touchpoints = stated.iter().filter_map(|row| touchpoint(row));
    let golden = identity::golden(&context.configuration.identity, touchpoints);
    let field = |name: &str| golden.get(name).map(|it| it.value.expose().as_str());
    let offset = field(UTC_OFFSET_FIELD).and_then(|offset| offset.parse().ok());
    Own {
        utc_offset: offset,
        restricted: field(PROCESSING_FIELD) == Some(RESTRICTED),
        preferred: field(PREFERRED_CHANNEL_FIELD).map(str::to_owned),
    }
}

/// The decisions of a customer that wait to be gathered into one message, the oldest first.
///
/// # Errors
///
/// [`super::Pause`]: four rounds.
pub fn digested(context: &Context<'_>, view: &View, record: RecordId) -> Step<Vec<Decision>> {
    let tenant = context.tenant;
    let mut read = Reading::of(view);
    let Some(found) = locate(context, &mut read, record)? else { return Ok(Vec::new()) };
    let records = &found.cluster.records;
    records.iter().for_each(|record| read.want(Key::ledger(tenant, *record)));
    read.settle()?;
    let ledgers = records.iter().filter_map(|record| read.ledger(tenant, *record));
    let waiting = ledgers.flat_map(|row| &row.entries);
    let waiting = waiting.filter(|entry| entry.state == LedgerState::Digest);
    let mut waiting: Vec<_> = waiting.map(|entry| (entry.at, entry.decision)).collect();
    waiting.sort_unstable();
    waiting.iter().for_each(|(_, id)| read.want(Key::decision(tenant, *id)));
    read.settle()?;
    let decisions = waiting.iter().filter_map(|(_, id)| read.decision(tenant, *id));
    Ok(decisions.map(|it| Decision::clone(it)).collect())
}
