//! The small integers by which one file names tenants, kinds and indexes.
//!
//! # Why
//!
//! Names are 16 bytes of tenant or a word; each row and each index would repeat them. The integers
//! mean something only within their file, whose tables say what: a new kind needs no migration.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Result};
use uuid::Uuid;

use crate::model::{Index, Kind, TenantId};

/// What this process knows of a file's names.
#[derive(Debug, Default)]
pub(super) struct Names {
    kinds: BTreeMap<Kind, i64>,
    kind_of: BTreeMap<i64, Kind>,
    indexes: BTreeMap<Index, i64>,
    tenants: BTreeMap<TenantId, i64>,
    tenant_of: BTreeMap<i64, TenantId>,
}

impl Names {
    /// Reads the names of a file; `None` where it lacks one of this build's.
    pub(super) fn read(connection: &Connection) -> Result<Option<Self>> {
        let mut names = Self::default();
        for kind in Kind::ALL {
            let Some(id) = named(connection, "kinds", kind.name())? else { return Ok(None) };
            names.kinds.insert(kind, id);
            names.kind_of.insert(id, kind);
        }
        for index in Index::ALL {
            let Some(id) = named(connection, "indexes", index.name())? else { return Ok(None) };
            names.indexes.insert(index, id);
        }
        Ok(Some(names))
    }

    /// Writes those names of this build that a file lacks.
    pub(super) fn complete(connection: &Connection) -> Result<()> {
        let mut insert = connection.prepare("insert or ignore into kinds (name) values (?1)")?;
        for kind in Kind::ALL {
            insert.execute([kind.name()])?;
        }
        let mut insert = connection.prepare("insert or ignore into indexes (name) values (?1)")?;
        for index in Index::ALL {
            insert.execute([index.name()])?;
        }
        Ok(())
    }

    /// The number of a kind. Every kind has one; 0 is nobody's.
    pub(super) fn kind(&self, kind: Kind) -> i64 {
        self.kinds.get(&kind).copied().unwrap_or(0)
    }

    /// The kind of a number; `None` for a kind of a newer build.
    pub(super) fn kind_of(&self, id: i64) -> Option<Kind> {
        self.kind_of.get(&id).copied()
    }

    /// The number of an index. Every index has one; 0 is nobody's.
    pub(super) fn index(&self, index: Index) -> i64 {
        self.indexes.get(&index).copied().unwrap_or(0)
    }

    /// The number of a tenant that the file knows.
    pub(super) fn tenant(&mut self, on: &Connection, tenant: TenantId) -> Result<Option<i64>> {
        if let Some(id) = self.tenants.get(&tenant) {
            return Ok(Some(*id));
        }
        let mut select = on.prepare_cached("select id from tenants where tenant = ?1")?;
        let id: Option<i64> = select.query_row([tenant.as_bytes()], |row| row.get(0)).optional()?;
        if let Some(id) = id {
            self.learn(tenant, id);
        }
        Ok(id)
    }

    /// The number of a tenant, given on first sight.
    pub(super) fn tenant_or_new(&mut self, on: &Connection, tenant: TenantId) -> Result<i64> {
        if let Some(id) = self.tenant(on, tenant)? {
            return Ok(id);
        }
        let mut insert = on.prepare_cached("insert into tenants (tenant) values (?1)")?;
        let id = insert.insert([tenant.as_bytes()])?;
        self.learn(tenant, id);
        Ok(id)
    }

    /// The tenant of a number that the file gave.
    pub(super) fn tenant_of(&mut self, on: &Connection, id: i64) -> Result<TenantId> {
        if let Some(tenant) = self.tenant_of.get(&id) {
            return Ok(*tenant);
        }
        let mut select = on.prepare_cached("select tenant from tenants where id = ?1")?;
        let bytes: [u8; 16] = select.query_row([id], |row| row.get(0))?;
        let tenant = TenantId::from_uuid(Uuid::from_bytes(bytes));
        self.learn(tenant, id);
        Ok(tenant)
    }

    /// Forgets tenants, whose numbers a rollback may have taken back.
    pub(super) fn forget_tenants(&mut self) {
        self.tenants.clear();
        self.tenant_of.clear();
    }

    fn learn(&mut self, tenant: TenantId, id: i64) {
        self.tenants.insert(tenant, id);
        self.tenant_of.insert(id, tenant);
    }
}

/// The number of `name` in one of the file's two tables of names.
fn named(connection: &Connection, table: &'static str, name: &str) -> Result<Option<i64>> {
    let select = format!("select id from {table} where name = ?1");
    connection.query_row(&select, [name], |row| row.get(0)).optional()
}
