//! Whether an identifier is still shared once evidence is taken back.
//!
//! Its bearers are read, page by page, until what they show proves it.
//!
//! # Law
//!
//! 1. A proof rests on the rows that make it: they are expected, as is the identifier's own row. A
//!    bearer that comes meanwhile cannot take a proof back; one that goes conflicts.
//! 2. Without a proof every bearer is read, at most as many as one identifier may have, and the
//!    group of bearers is expected: one that comes meanwhile conflicts (`tests/identity/races.rs`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Context, Reading, Step};
use crate::identity::{Sharing, judged};
use crate::model::{
    Blocked, Component, ComponentId, IdentifierId, IdentifierNode, IdentityRules, Index, Key,
    Range, RecordId,
};

/// Bearers' components of the first page: few prove most sharing. Where they do not, pages of
/// [`Range::LIMIT_MAX`] follow, so that no proof takes many rounds.
const BEARERS_PAGE: u32 = 64;

/// Identifiers that are no longer proven to be shared, and where all of their bearers are.
#[derive(Debug, Default)]
pub(super) struct Doubted {
    pub(super) bearers: BTreeMap<IdentifierId, BTreeSet<ComponentId>>,
}

impl Doubted {
    /// Looks at what was shared on records whose evidence is taken back.
    pub(super) fn find(
        context: &Context<'_>,
        read: &mut Reading<'_>,
        records: &BTreeSet<RecordId>,
    ) -> Step<Self> {
        let mut shared: BTreeMap<IdentifierId, IdentifierNode> = BTreeMap::new();
        for record in records {
            let Some(home) = read.record_home(context.tenant, *record) else { continue };
            let Some(component) = read.component(context.tenant, *home) else { continue };
            let Some(node) = component.records.get(record) else { continue };
            shared.extend(borne(component, node.identifiers.keys()));
        }
        Self::among(context, read, &shared, |record| records.contains(&record))
    }

    /// Those of these identifiers that no bearers prove to be shared, but for those that `skips`
    /// names.
    pub(super) fn among(
        context: &Context<'_>,
        read: &mut Reading<'_>,
        shared: &BTreeMap<IdentifierId, IdentifierNode>,
        skips: impl Fn(RecordId) -> bool,
    ) -> Step<Self> {
        let mut doubted = Self::default();
        let rules = &context.configuration.identity;
        for (id, node) in shared {
            read.want(Key::identifier_at(context.tenant, *id));
            if let Some(homes) = unproven(context, read, rules, (*id, node), &skips) {
                doubted.bearers.insert(*id, homes);
            }
        }
        for home in doubted.bearers.values().flatten() {
            read.want(Key::component(context.tenant, *home));
        }
        read.settle()?;
        Ok(doubted)
    }
}

/// The shared ones among identifiers of a component.
pub(super) fn borne<'a>(
    component: &'a Component,
    among: impl Iterator<Item = &'a IdentifierId> + 'a,
) -> impl Iterator<Item = (IdentifierId, IdentifierNode)> + 'a {
    let known = among.filter_map(|id| Some((*id, component.identifiers.get(id)?)));
    let shared = known.filter(|(_, node)| node.blocked == Some(Blocked::Shared));
    shared.map(|(id, node)| (id, node.as_ref().clone()))
}

/// Where all bearers are, if they do not prove it; the step rests on what was looked at.
fn unproven(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    rules: &IdentityRules,
    (id, node): (IdentifierId, &IdentifierNode),
    skips: &impl Fn(RecordId) -> bool,
) -> Option<BTreeSet<ComponentId>> {
    let all = Range::all(context.tenant, Index::Bearers, id.as_uuid());
    let mut range = Range { limit: BEARERS_PAGE, ..all };
    let mut first = None;
    let mut seen: Vec<Cow<'_, Component>> = Vec::new();
    let mut is_here = true;
    loop {
        let page = read.page(range)?;
        let first = *first.get_or_insert(page);
        for (_, row) in &page.rows {
            let Some(component) = read.listed(row) else {
                is_here = false;
                continue;
            };
            // Rules that are being taken up may judge a row that is not laid out again yet.
            let anew = judged(rules, component).map(Cow::Owned);
            seen.push(anew.unwrap_or(Cow::Borrowed(component.as_ref())));
            read.want(row.key);
        }
        if !is_here {
            return None;
        }
        let mut sharing = Sharing::of(rules, node);
        seen.iter().for_each(|component| sharing.bear_all(component, id, skips));
        if sharing.is_proven() {
            return None;
        }
        match page.rows.last() {
            Some((sort, _)) if page.more => range = Range { after: Some(*sort), ..all },
            _ => {
                // That there is no other bearer is a part of it, since the first page was read.
                read.rest_on_group(all, first);
                return Some(seen.iter().map(|component| component.id).collect());
            }
        }
    }
}
