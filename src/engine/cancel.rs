//! Taking decisions back, with what waits in the outbox to be sent.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fallback;
use super::writing::Writing;
use super::{Context, Reading, Step};
use crate::model::{Body, Decision, DecisionId, Index, Key, OutboxEntry, OutboxState, Range, Row};

/// Decisions that go, and the entries that may be sent once these are out of their way.
pub(super) struct Cancelling<'v> {
    decisions: Vec<&'v Arc<Decision>>,
    woken: Vec<OutboxEntry>,
}

impl<'v> Cancelling<'v> {
    /// Reads what waits in the outbox, and what waits behind it.
    pub(super) fn of(
        context: &Context<'_>,
        read: &mut Reading<'v>,
        decisions: Vec<&'v Arc<Decision>>,
    ) -> Step<Self> {
        let tenant = context.tenant;
        for decision in &decisions {
            read.want(Key::outbox(tenant, decision.id));
            let promised = fallback::next_of(context, decision);
            promised.into_iter().for_each(|id| read.want(Key::outbox(tenant, id)));
        }
        read.settle()?;
        let gone: BTreeSet<DecisionId> = decisions.iter().map(|decision| decision.id).collect();
        let entries = gone.iter().filter_map(|id| read.outbox(tenant, *id));
        let open = entries.filter(|entry| entry.is_open());
        let conversations: BTreeSet<_> = open.filter_map(|entry| entry.turn).collect();
        let conversations: BTreeSet<_> = conversations.iter().map(|t| t.conversation).collect();
        let mut first = Vec::new();
        for conversation in conversations {
            let range = Range::all(tenant, Index::Outgoing, conversation.as_uuid());
            let waiting = read.group(range, false).unwrap_or_default();
            let id = |row: &&Row| DecisionId::from_uuid(row.key.id);
            first.extend(waiting.iter().map(id).find(|id| !gone.contains(id)));
        }
        for id in &first {
            read.want(Key::outbox(tenant, *id));
        }
        read.settle()?;
        let woken = first.iter().filter_map(|id| read.outbox(tenant, *id));
        let woken = woken.filter(|entry| matches!(entry.state, OutboxState::Waiting { .. }));
        let woken = woken.map(|entry| OutboxEntry { state: OutboxState::Due, ..(**entry).clone() });
        Ok(Self { woken: woken.collect(), decisions })
    }

    /// Purges the decisions and their entries; whoever waited behind them may go.
    pub(super) fn write(self, context: &Context<'_>, read: &Reading<'_>, writing: &mut Writing) {
        for decision in &self.decisions {
            writing.purge(Key::decision(context.tenant, decision.id));
            let promised = fallback::next_of(context, decision);
            for id in promised.into_iter().chain([decision.id]) {
                let outbox = Key::outbox(context.tenant, id);
                if read.has(outbox) {
                    writing.purge(outbox);
                }
            }
        }
        self.woken.into_iter().for_each(|entry| writing.put_outbox(entry));
    }
}

/// The decisions among rows.
pub(super) fn decisions<'v>(
    rows: impl IntoIterator<Item = &'v Row>,
) -> impl Iterator<Item = &'v Arc<Decision>> {
    rows.into_iter().filter_map(|row| match &row.body {
        Body::Decision(decision) => Some(decision),
        _ => None,
    })
}
