//! Reads rows and pieces of indexes, as bytes; the caller's thread decodes them.

use rusqlite::{Connection, OptionalExtension as _, Result, Row as Columns, params};
use uuid::Uuid;

use super::names::Names;
use super::open::Database;
use crate::model::{Index, Key, Range, Sort, TenantId, Version};

/// A row as it stands in the file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) key: Key,
    pub(super) version: Version,
    pub(super) body: Vec<u8>,
}

/// A page as it stands in the file.
#[derive(Debug, Default)]
pub(super) struct FoundPage {
    pub(super) rows: Vec<(Sort, Found)>,
    pub(super) anchor: Option<Version>,
    pub(super) more: bool,
}

/// Where a row is, and its version.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) row: i64,
    pub(super) version: Version,
}

const BODY: &str =
    "select id, version, body from rows where key = ?1 and kind = ?2 and tenant = ?3";
const PLACE: &str = "select id, version from rows where key = ?1 and kind = ?2 and tenant = ?3";
const GROUP: &str = "select id, version from groups where prefix = ?1 and idx = ?2 and tenant = ?3";

macro_rules! page {
    ($direction:literal) => {
        concat!(
            "select entries.time, entries.id, rows.tenant, rows.kind, rows.key, rows.version, ",
            "rows.body from entries join rows on rows.id = entries.row where entries.grp = ?1 ",
            "and (entries.time, entries.id) > (?2, ?3) and (entries.time, entries.id) <= (?4, ?5) ",
            "order by entries.time ",
            $direction,
            ", entries.id ",
            $direction,
            ", entries.row ",
            $direction,
            " limit ?6"
        )
    };
}

impl Database {
    /// Reads rows by key.
    pub(super) fn load(&mut self, keys: &[Key]) -> Result<Vec<Option<Found>>> {
        let Self { connection, names, seen, .. } = self;
        let mut select = connection.prepare_cached(BODY)?;
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            let found = match names.tenant(connection, key.tenant)? {
                None => None,
                Some(tenant) => select
                    .query_row(params![key.id.as_bytes(), names.kind(key.kind), tenant], |row| {
                        let place = place(row)?;
                        seen.learn(*key, Some(place));
                        Ok(Found { key: *key, version: place.version, body: body(row, 2)? })
                    })
                    .optional()?,
            };
            if found.is_none() {
                seen.learn(*key, None);
            }
            rows.push(found);
        }
        Ok(rows)
    }

    /// Reads pieces of indexes.
    pub(super) fn scan(&mut self, ranges: &[Range]) -> Result<Vec<FoundPage>> {
        ranges.iter().map(|range| self.page(range)).collect()
    }

    fn page(&mut self, range: &Range) -> Result<FoundPage> {
        let anchored = range.index.is_anchored();
        let group = self.group(range.tenant, range.index, range.prefix)?;
        let Some(group) = group else {
            return Ok(FoundPage { anchor: anchored.then_some(0), ..FoundPage::default() });
        };
        let Self { connection, names, .. } = self;
        let sql = if range.descending { page!("desc") } else { page!("asc") };
        let mut select = connection.prepare_cached(sql)?;
        let limit = range.limit.clamp(1, Range::LIMIT_MAX) as usize;
        let until = range.until.unwrap_or(Sort::MAX);
        // An empty id stands before every id: without `after` the page starts with the first entry.
        let (time, id) = match &range.after {
            Some(after) => (after.time, &after.id.as_bytes()[..]),
            None => (i64::MIN, &[][..]),
        };
        // One row more than asked for tells whether there is more.
        let bounds = params![group.row, time, id, until.time, until.id.as_bytes(), limit + 1];
        let mut columns = select.query(bounds)?;
        let mut page =
            FoundPage { anchor: anchored.then_some(group.version), ..FoundPage::default() };
        while let Some(row) = columns.next()? {
            page.more = page.rows.len() == limit;
            if page.more {
                break;
            }
            page.rows.push(listed(connection, names, row)?);
        }
        Ok(page)
    }

    /// Where a row is; `None` where it is absent. Only within a transaction that has refreshed
    /// what was seen.
    pub(super) fn place(&mut self, key: &Key) -> Result<Option<Place>> {
        if let Some(place) = self.seen.row(key) {
            return Ok(place);
        }
        let Some(tenant) = self.names.tenant(&self.connection, key.tenant)? else {
            return Ok(None);
        };
        let mut select = self.connection.prepare_cached(PLACE)?;
        select
            .query_row(params![key.id.as_bytes(), self.names.kind(key.kind), tenant], place)
            .optional()
    }

    /// Where a group is, and its version; `None` where nothing was ever listed in it.
    pub(super) fn group(
        &mut self,
        tenant: TenantId,
        index: Index,
        prefix: Uuid,
    ) -> Result<Option<Place>> {
        let Some(tenant) = self.names.tenant(&self.connection, tenant)? else { return Ok(None) };
        let mut select = self.connection.prepare_cached(GROUP)?;
        select
            .query_row(params![prefix.as_bytes(), self.names.index(index), tenant], place)
            .optional()
    }
}

fn place(row: &Columns<'_>) -> Result<Place> {
    Ok(Place { row: row.get(0)?, version: row.get(1)? })
}

fn listed(on: &Connection, names: &mut Names, row: &Columns<'_>) -> Result<(Sort, Found)> {
    let sort = Sort { time: row.get(0)?, id: uuid(row, 1)? };
    let tenant = names.tenant_of(on, row.get(2)?)?;
    let kind: i64 = row.get(3)?;
    let kind = names.kind_of(kind).ok_or(rusqlite::Error::IntegralValueOutOfRange(3, kind))?;
    let key = Key { tenant, kind, id: uuid(row, 4)? };
    Ok((sort, Found { key, version: row.get(5)?, body: body(row, 6)? }))
}

fn uuid(row: &Columns<'_>, column: usize) -> Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

fn body(row: &Columns<'_>, column: usize) -> Result<Vec<u8>> {
    Ok(row.get_ref(column)?.as_bytes()?.to_vec())
}
