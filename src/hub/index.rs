//! Asking who a record may be: the live index of a linkage model.

use crate::engine::{self, Indexing};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::linkage::{
    Answer, Asked, Matcher, Meaning, Millibits, Model, Named, Table, TableError, Waterfall,
};
use crate::model::{Component, RecordId, TenantId};

use super::Hub;

/// Most records of one round or commit.
const RECORDS_MAX: usize = 100;

/// A live index of a tenant's records by a linkage model, kept in the hub's store.
///
/// It holds what a record's facts state, so that a person at the till is found under another
/// spelling at once. Records are put in after what changes them: [`RecordIndex::insert`] the record
/// of each touchpoint that was received. Erasure takes a person's records out by itself; so does
/// retention, with the facts whose time is over: insert such a record again where others stay.
///
/// A model that was learnt anew with the same columns and blocking rules finds what is there; with
/// others, begin with [`RecordIndex::insert_all`].
///
/// ```
/// # use omnichannel::{Hub, Result, model::*};
/// use omnichannel::identity::linkage::{Linker, Meaning};
///
/// # async fn who(hub: &Hub, shop: TenantId, till: RecordId, now: Timestamp) -> Result<()> {
/// // Once: learn from the records that are there, and put all of them in.
/// let columns = ["first_name", "surname", "dob", "email"];
/// let columns = columns.map(|name| (name, Meaning::guess(name)));
/// let (_, table) = hub.record_table(shop, columns).await?;
/// let model = Linker::of(table).learn();
/// let index = hub.record_index(shop, &model);
/// index.insert_all().await?;
///
/// // For each touchpoint: the record that it changed, and who else it may be.
/// index.insert(&[till]).await?;
/// if let Some(found) = index.find_record(till, model.threshold).await? {
///     let links = found.matches.iter().map(|other| (till, other.id, other.weight));
///     hub.link(shop, &model.fingerprint, now, links.collect::<Vec<_>>()).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RecordIndex<'h> {
    hub: &'h Hub,
    tenant: TenantId,
    indexing: Indexing,
}

impl Hub {
    /// The live index of a tenant's records by a model. Makes the model ready and reads nothing.
    pub fn record_index(&self, tenant: TenantId, model: &Model) -> RecordIndex<'_> {
        RecordIndex { hub: self, tenant, indexing: Indexing::new(Matcher::new(model)) }
    }

    /// What a tenant's records state, as a table to learn a linkage model from and to link: the
    /// record of each row, by id, and a value for each column.
    ///
    /// An attribute fills the column of its name, by the rules of survivorship; an e-mail address
    /// or a telephone number that was seen as an identifier fills the column of that meaning.
    ///
    /// Reads every fact of the tenant, and holds what they state.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn record_table<'n>(
        &self,
        tenant: TenantId,
        columns: impl IntoIterator<Item = (&'n str, Meaning)> + Send,
    ) -> Result<(Vec<RecordId>, Table)> {
        let columns = columns.into_iter();
        let columns: Vec<Named> =
            columns.map(|(name, meaning)| Named { name: name.to_owned(), meaning }).collect();
        let context = self.ready(tenant).await?;
        let mut table = Table::new(columns.iter().map(|own| (own.name.as_str(), own.meaning)));
        let mut seen = Vec::new();
        for records in self.all_records(tenant).await?.chunks(RECORDS_MAX) {
            let step = |view: &_| engine::stated(&context, view, &columns, records);
            let stated = self.ask("hub.record_table", step).await?;
            for (record, values) in records.iter().zip(stated) {
                let Some(values) = values else { continue };
                table.push(values.iter().map(String::as_str)).map_err(|error| invalid(&error))?;
                seen.push(*record);
            }
        }
        Ok((seen, table))
    }

    /// Every record that was seen, by id.
    async fn all_records(&self, tenant: TenantId) -> Result<Vec<RecordId>> {
        let mut records = Vec::new();
        let take = |whole: &Component| {
            let seen = whole.records.iter().filter(|(_, node)| node.source.is_some());
            records.extend(seen.map(|(record, _)| *record));
            std::ops::ControlFlow::Continue(())
        };
        self.each_component("hub.record_table", tenant, take).await?;
        records.sort_unstable();
        records.dedup();
        Ok(records)
    }
}

impl RecordIndex<'_> {
    /// The model by which it weighs.
    pub fn model(&self) -> &Model {
        self.indexing.matcher().model()
    }

    /// Brings records up to their facts: what is new is put in, what states nothing leaves. Answers
    /// how many of them are in the index afterwards.
    ///
    /// Cost: reads a record's facts, and writes one row where what they state has changed.
    ///
    /// # Errors
    ///
    /// What the store says; inserting again is safe.
    pub async fn insert(&self, records: &[RecordId]) -> Result<usize> {
        let context = self.hub.ready(self.tenant).await?;
        let mut count = 0;
        for records in records.chunks(RECORDS_MAX) {
            let step = |view: &_| engine::index(&context, view, &self.indexing, records);
            count += self.hub.transact("hub.record_index", step).await?;
        }
        Ok(count)
    }

    /// Brings every record of the tenant up to its facts. Answers how many are in the index
    /// afterwards.
    ///
    /// # Errors
    ///
    /// What the store says; going through all again is safe.
    pub async fn insert_all(&self) -> Result<usize> {
        self.insert(&self.hub.all_records(self.tenant).await?).await
    }

    /// Takes records out. Answers how many were there.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn remove(&self, records: &[RecordId]) -> Result<usize> {
        let context = self.hub.ready(self.tenant).await?;
        let mut count = 0;
        for records in records.chunks(RECORDS_MAX) {
            let step = |view: &_| engine::unindex(&context, view, records);
            count += self.hub.transact("hub.record_index", step).await?;
        }
        Ok(count)
    }

    /// The records that weigh at least so much with what somebody says: a value for each of the
    /// model's columns, empty where it is not known. Reads once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where there are more or fewer values than the model has columns. Else
    /// what the store says.
    pub async fn find(&self, values: &[&str], least: Millibits) -> Result<Answer<RecordId>> {
        let asked = self.read(values)?;
        let context = self.hub.ready(self.tenant).await?;
        let step = |view: &_| engine::find(&context, view, &self.indexing, &asked, least);
        self.hub.ask("hub.record_index", step).await
    }

    /// The other records that weigh at least so much with one of the index; `None` where it is not
    /// there. Reads twice.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn find_record(
        &self,
        record: RecordId,
        least: Millibits,
    ) -> Result<Option<Answer<RecordId>>> {
        let context = self.hub.ready(self.tenant).await?;
        let step = |view: &_| engine::find_record(&context, view, &self.indexing, record, least);
        self.hub.ask("hub.record_index", step).await
    }

    /// Why what somebody says weighs what it does with a record; `None` where the record is not in
    /// the index.
    ///
    /// # Errors
    ///
    /// As for [`RecordIndex::find`].
    pub async fn explain(&self, values: &[&str], record: RecordId) -> Result<Option<Waterfall>> {
        let asked = self.read(values)?;
        let context = self.hub.ready(self.tenant).await?;
        let step = |view: &_| engine::indexed(&context, view, &self.indexing, record);
        let known = self.hub.ask("hub.record_index", step).await?;
        Ok(known.map(|known| self.indexing.matcher().explain(&asked, known.values())))
    }

    fn read(&self, values: &[&str]) -> Result<Asked> {
        self.indexing.matcher().read(values).map_err(|error| invalid(&error))
    }
}

fn invalid(error: &TableError) -> Error {
    Error::new(ErrorKind::Invalid, error.to_string()).during("hub.record_index")
}
