//! Who may this be? A live index of records, kept as rows.
//!
//! The index is by a linkage model. A row holds what a record's facts state, in the forms in which
//! the model compares it, and is listed under a keyed hash of what each blocking rule wants to
//! agree. It is a view: made again from the facts at any time, and gone with them.
//!
//! # Law
//!
//! 1. An answer is what a batch by the same model finds among the same records
//!    (`tests/record_index.rs`).
//! 2. Indexing rests on all facts of a record: of two hubs that index it, the later counts.
//!
//! Cost: indexing reads a record's facts and writes one row; asking reads a page of at most 301
//! rows for each blocking rule, in one round.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::erase::{copies, timeline};
use super::writing::{Writing, listed};
use super::{Context, Reading, Step, View};
use crate::identity;
use crate::identity::linkage::{Answer, Asked, BlockingKey, Matcher, Meaning, Millibits, Named};
use crate::model::{
    Body, Changeset, Digest, Index, IndexEntry, Indexed, Key, Namespace, Page, Pii, Range,
    RecordId, TenantId, Touchpoint,
};

/// A linkage model whose index lies in the store.
#[derive(Debug)]
pub struct Indexing {
    matcher: Matcher,
    /// On what rows of the index rest: models that share it share the rows.
    layout: Digest,
}

impl Indexing {
    /// By a model made ready.
    pub fn new(matcher: Matcher) -> Self {
        Self { layout: matcher.layout(), matcher }
    }

    /// The model made ready.
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    fn prefix(&self, context: &Context<'_>, key: BlockingKey) -> Uuid {
        context.id_key.blocking(context.tenant, self.layout, key.rule, key.key)
    }

    fn entries(&self, context: &Context<'_>, record: RecordId, asked: &Asked) -> Vec<IndexEntry> {
        let entry = |key| IndexEntry {
            prefix: self.prefix(context, key),
            ..listed(Index::Blocking, record.as_uuid())
        };
        self.matcher.keys(asked).into_iter().map(entry).collect()
    }
}

/// What records state, a value for each column, empty where nothing is stated; `None` of a record
/// that was never seen.
///
/// An attribute fills the column of its name, by the rules of survivorship. What none fills is
/// filled by the identifier that was seen last: an address or a number by the column's meaning, any
/// other by its namespace's name.
///
/// # Errors
///
/// [`super::Pause`]: one round, more where a record has more than a thousand facts.
pub fn stated(
    context: &Context<'_>,
    view: &View,
    columns: &[Named],
    records: &[RecordId],
) -> Step<Vec<Option<Vec<String>>>> {
    state(context, &mut Reading::of(view), columns, records)
}

fn state(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    columns: &[Named],
    records: &[RecordId],
) -> Step<Vec<Option<Vec<String>>>> {
    let mut facts = Vec::with_capacity(records.len());
    for record in records {
        read.want(Key::record_at(context.tenant, *record));
        facts.push(read.group(timeline(context, *record), true).unwrap_or_default());
    }
    read.settle()?;
    let all = records.iter().zip(facts).map(|(record, rows)| {
        read.record_home(context.tenant, *record)?;
        let facts = rows.into_iter().filter_map(copies).map(|copies| copies.chosen());
        Some(values(context, columns, &facts.collect::<Vec<_>>()))
    });
    Ok(all.collect())
}

fn values(context: &Context<'_>, columns: &[Named], facts: &[&Touchpoint]) -> Vec<String> {
    let golden = identity::golden(&context.configuration.identity, facts.iter().copied());
    let last = |column: &Named| {
        let names = |namespace: &Namespace| match column.meaning {
            Meaning::Email => *namespace == Namespace::Email,
            Meaning::Phone => *namespace == Namespace::Phone,
            _ => namespace.name() == column.name,
        };
        let seen = facts.iter().flat_map(|fact| {
            let time = fact.occurred.at.map_or(i64::MIN, |at| at.micros());
            let own = fact.identifiers.iter().filter(|own| names(&own.namespace));
            own.map(move |own| (time, own.value.expose()))
        });
        seen.max().map(|(_, value)| value.clone())
    };
    let value = |column: &Named| match golden.get(&column.name) {
        Some(known) => known.value.expose().clone(),
        None => last(column).unwrap_or_default(),
    };
    columns.iter().map(value).collect()
}

/// Brings records of the index up to their facts: one that states nothing leaves. Answers how many
/// of them are in the index afterwards.
///
/// # Errors
///
/// [`super::Pause`]: one round, as for [`stated`].
pub fn index(
    context: &Context<'_>,
    view: &View,
    indexing: &Indexing,
    records: &[RecordId],
) -> Step<(usize, Changeset)> {
    let mut read = Reading::of(view);
    for record in records {
        read.want(Key::indexed(context.tenant, *record));
    }
    let stated = state(context, &mut read, &indexing.matcher.model().columns, records)?;
    let (mut writing, mut count) = (Writing::new(context.tenant), 0);
    let stated: BTreeMap<RecordId, _> = records.iter().copied().zip(stated).collect();
    for (record, values) in stated {
        let texts: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
        let asked = indexing.matcher.read(&texts).ok();
        let asked = asked.filter(|asked| asked.values().any(|value| !value.is_empty()));
        let Some(asked) = asked else {
            leave(context, &read, record, &mut writing);
            continue;
        };
        count += 1;
        let values = asked.values().map(|value| Pii::new(value.to_owned())).collect();
        let row = Indexed { layout: indexing.layout, values };
        if read.indexed(context.tenant, record).is_none_or(|known| **known != row) {
            let entries = indexing.entries(context, record, &asked);
            writing.put(record.as_uuid(), Body::Indexed(Arc::new(row)), entries);
        }
    }
    Ok((count, writing.finish(&read)))
}

/// Takes records out of the index. Answers how many were there.
///
/// # Errors
///
/// [`super::Pause`]: one round.
pub fn unindex(
    context: &Context<'_>,
    view: &View,
    records: &[RecordId],
) -> Step<(usize, Changeset)> {
    let mut read = Reading::of(view);
    let mut writing = Writing::new(context.tenant);
    for record in records {
        read.want(Key::indexed(context.tenant, *record));
    }
    read.settle()?;
    records.iter().for_each(|record| leave(context, &read, *record, &mut writing));
    let changeset = writing.finish_purging(&read);
    Ok((changeset.purges.len(), changeset))
}

/// Purges a record's row of the index, where it was read and is there.
pub(super) fn leave(
    context: &Context<'_>,
    read: &Reading<'_>,
    record: RecordId,
    writing: &mut Writing,
) {
    let key = Key::indexed(context.tenant, record);
    if read.has(key) {
        writing.purge(key);
    }
}

/// The values of a record of the index; `None` where it is not there.
///
/// # Errors
///
/// [`super::Pause`]: one round.
pub fn indexed(
    context: &Context<'_>,
    view: &View,
    indexing: &Indexing,
    record: RecordId,
) -> Step<Option<Asked>> {
    let mut read = Reading::of(view);
    known(context, &mut read, indexing, record)
}

fn known(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    indexing: &Indexing,
    record: RecordId,
) -> Step<Option<Asked>> {
    read.want(Key::indexed(context.tenant, record));
    read.settle()?;
    let known = read.indexed(context.tenant, record);
    let known = known.filter(|known| known.layout == indexing.layout);
    Ok(known.map(|known| indexing.matcher.known(texts(known))))
}

fn texts(known: &Indexed) -> impl ExactSizeIterator<Item = &str> {
    known.values.iter().map(|value| value.expose().as_str())
}

/// The records of the index that weigh at least so much with what is asked for.
///
/// # Errors
///
/// [`super::Pause`]: one round.
pub fn find(
    context: &Context<'_>,
    view: &View,
    indexing: &Indexing,
    asked: &Asked,
    least: Millibits,
) -> Step<Answer<RecordId>> {
    answer(context, &mut Reading::of(view), indexing, (asked, None), least)
}

/// The other records that weigh at least so much with one of the index; `None` where it is not
/// there.
///
/// # Errors
///
/// [`super::Pause`]: two rounds.
pub fn find_record(
    context: &Context<'_>,
    view: &View,
    indexing: &Indexing,
    record: RecordId,
    least: Millibits,
) -> Step<Option<Answer<RecordId>>> {
    let mut read = Reading::of(view);
    let Some(asked) = known(context, &mut read, indexing, record)? else { return Ok(None) };
    answer(context, &mut read, indexing, (&asked, Some(record)), least).map(Some)
}

fn answer(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    indexing: &Indexing,
    (asked, own): (&Asked, Option<RecordId>),
    least: Millibits,
) -> Step<Answer<RecordId>> {
    let room = Matcher::BLOCK_MAX - usize::from(own.is_none());
    let prefixes =
        indexing.matcher.keys(asked).into_iter().map(|key| indexing.prefix(context, key));
    let pages: Vec<Option<&Page>> =
        prefixes.map(|prefix| read.page(block(context.tenant, prefix))).collect();
    read.settle()?;
    let (mut found, mut crowded) = (BTreeMap::new(), 0);
    for page in pages.into_iter().flatten() {
        if page.rows.len() > room {
            crowded += 1;
            continue;
        }
        for (sort, row) in &page.rows {
            if let Body::Indexed(known) = &row.body {
                found.insert(RecordId::from_uuid(sort.id), known);
            }
        }
    }
    let known = found.into_iter().filter(|(record, _)| Some(*record) != own);
    let known = known.map(|(record, known)| (record, texts(known)));
    Ok(Answer { crowded, ..indexing.matcher.answer(asked, known, least) })
}

/// A block, as far as one that can be compared goes, and a record more.
fn block(tenant: TenantId, prefix: Uuid) -> Range {
    let limit = u32::try_from(Matcher::BLOCK_MAX + 1).unwrap_or(Range::LIMIT_MAX);
    Range { limit, ..Range::all(tenant, Index::Blocking, prefix) }
}
