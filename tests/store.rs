//! The memory store keeps the contract; so does a decorator; broken stores fail.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test says so by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::task::Poll;

use async_trait::async_trait;
use omnichannel::Result;
use omnichannel::model::{
    Changeset, Commit, Expect, Index, Key, Page, Put, Range, Row, TenantId, Version,
};
use omnichannel::storage::{MemoryStore, Store, StoreCapabilities};
use omnichannel::testkit::{block_on, store};

omnichannel::store_contract!(memory, ((), MemoryStore::new()));
omnichannel::store_contract!(pass_through, ((), Flawed::with(Flaw::None)));

/// What a hurried integrator gets wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Flaw {
    None,
    /// Present rows are not compared with the expected version.
    LosesVersionCheck,
    /// What should be absent is not looked for.
    IgnoresAbsence,
    IgnoresAnchors,
    /// Rows are written before the expectations are judged.
    WritesAsItGoes,
    /// A commit for each tenant.
    SplitsTenants,
    /// Each row counts for itself, from 1 again after a delete.
    CountsPerRow,
    /// Keys and ranges are asked without their tenant.
    LeaksTenants,
    /// A tenant that asks a system index sees what the system sees.
    LeaksSystemIndex,
    NamesOneFailure,
    SkipsEmptyChangesets,
    AnswersInKeyOrder,
    IgnoresDescending,
    TakesContradictions,
    ForgetsEntriesOnDelete,
    KeepsOldEntries,
    ServesStaleReads,
    SpoilsBodies,
    LimitsRows,
    OnePerPlace,
    /// The rows of one load are read one after the other, and others write in between.
    TearsReads,
    /// Pages are counted off from the start instead of taken up after a place.
    PagesByCount,
    /// What was just asked for is not judged again.
    TakesRepeats,
    CutsBodies,
}

/// A store that passes every call on to memory, with one flaw.
#[derive(Debug)]
struct Flawed {
    inner: MemoryStore,
    flaw: Flaw,
    counts: Mutex<BTreeMap<Key, Version>>,
    seen: Mutex<BTreeMap<Key, Option<Row>>>,
    last: Mutex<Option<Changeset>>,
    listed: Mutex<usize>,
}

impl Flawed {
    fn with(flaw: Flaw) -> Self {
        let (counts, seen) = (Mutex::default(), Mutex::default());
        let (last, listed) = (Mutex::default(), Mutex::default());
        Self { inner: MemoryStore::new(), flaw, counts, seen, last, listed }
    }

    fn count(&self, changeset: &Changeset) -> Version {
        let mut counts = self.counts.lock().unwrap();
        for key in changeset.deletes.iter().chain(&changeset.purges) {
            counts.remove(key);
        }
        let mut bump = |put: &Put| {
            let count = counts.entry(put.key).or_default();
            *count += 1;
            *count
        };
        changeset.puts.iter().map(&mut bump).max().unwrap_or(1)
    }

    fn spoil_changeset(&self, changeset: &mut Changeset) {
        let before = self.last.lock().unwrap().replace(changeset.clone());
        if self.flaw == Flaw::TakesRepeats && before.as_ref() == Some(changeset) {
            changeset.expects.clear();
        }
        let expects = &mut changeset.expects;
        match self.flaw {
            Flaw::LosesVersionCheck => expects.retain(|e| !matches!(e, Expect::Row(_, 1..))),
            Flaw::IgnoresAbsence => expects.retain(|e| !matches!(e, Expect::Row(_, 0))),
            Flaw::IgnoresAnchors => expects.retain(|e| !matches!(e, Expect::Anchor(..))),
            Flaw::LeaksTenants => {
                let keys = changeset.deletes.iter_mut().chain(&mut changeset.purges);
                let keys = keys.chain(changeset.puts.iter_mut().map(|put| &mut put.key));
                keys.for_each(|key| key.tenant = TenantId::SYSTEM);
                expects.clear();
            }
            Flaw::TakesContradictions => {
                let mut seen = BTreeSet::new();
                changeset
                    .puts
                    .retain(|put| put.key.kind == put.body.kind() && seen.insert(put.key));
                changeset.deletes.retain(|key| seen.insert(*key));
                changeset.purges.retain(|key| seen.insert(*key));
                expects.retain(|e| !matches!(e, Expect::Anchor(a, _) if !a.index.is_anchored()));
            }
            Flaw::CutsBodies => changeset.puts.retain(|put| put.body.encode().len() < 1 << 20),
            Flaw::LimitsRows => changeset.puts.truncate(1_000),
            Flaw::OnePerPlace => {
                let mut taken = BTreeSet::new();
                for put in &mut changeset.puts {
                    put.entries.retain(|entry| taken.insert(*entry));
                }
            }
            _ => {}
        }
    }

    async fn commit_in_parts(&self, changeset: Changeset) -> Result<Option<Commit>> {
        match self.flaw {
            Flaw::WritesAsItGoes => {
                let Some(first) = changeset.puts.first().cloned() else { return Ok(None) };
                let early = Changeset { puts: vec![first], ..Changeset::default() };
                let outcome = self.inner.commit(changeset).await?;
                if matches!(outcome, Commit::Conflict(_)) {
                    self.inner.commit(early).await?;
                }
                Ok(Some(outcome))
            }
            Flaw::SplitsTenants => {
                let mut outcome = Commit::Applied(1);
                let tenants: BTreeSet<_> = changeset.puts.iter().map(|p| p.key.tenant).collect();
                for tenant in tenants {
                    let mut part = changeset.clone();
                    part.puts.retain(|put| put.key.tenant == tenant);
                    part.expects
                        .retain(|e| matches!(e, Expect::Row(key, _) if key.tenant == tenant));
                    let committed = self.inner.commit(part).await?;
                    if !matches!(outcome, Commit::Conflict(_)) {
                        outcome = committed;
                    }
                }
                Ok(Some(outcome))
            }
            _ => Ok(None),
        }
    }

    async fn load_torn(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        let mut rows = Vec::new();
        for key in keys {
            rows.extend(self.inner.load(&[*key]).await?);
            let mut gave_way = false;
            std::future::poll_fn(|context| {
                context.waker().wake_by_ref();
                if std::mem::replace(&mut gave_way, true) { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
        Ok(rows)
    }

    async fn page_by_count(&self, range: Range) -> Result<Page> {
        let all = Range { after: None, limit: Range::LIMIT_MAX, ..range };
        let mut page = self.inner.scan(&[all]).await?.remove(0);
        let mut listed = self.listed.lock().unwrap();
        let from = if range.after.is_some() { *listed } else { 0 };
        page.rows.drain(..from.min(page.rows.len()));
        page.more = page.rows.len() > range.limit as usize;
        page.rows.truncate(range.limit as usize);
        *listed = from + page.rows.len();
        Ok(page)
    }

    async fn merge_old_entries(&self, changeset: &mut Changeset) -> Result<()> {
        for put in &mut changeset.puts {
            for index in [Index::Timeline, Index::Attributes] {
                for prefix in 0..10 {
                    let prefix = store::rows::id(prefix);
                    let range = Range::all(put.key.tenant, index, prefix);
                    for (sort, row) in self.inner.scan(&[range]).await?.remove(0).rows {
                        if row.key == put.key {
                            let entry = omnichannel::model::IndexEntry { index, prefix, sort };
                            put.entries.push(entry);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Store for Flawed {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        let mut keys = keys.to_vec();
        match self.flaw {
            Flaw::LeaksTenants => keys.iter_mut().for_each(|key| key.tenant = TenantId::SYSTEM),
            Flaw::AnswersInKeyOrder => keys.sort(),
            _ => {}
        }
        if self.flaw == Flaw::TearsReads {
            return self.load_torn(&keys).await;
        }
        let mut rows = self.inner.load(&keys).await?;
        match self.flaw {
            Flaw::CountsPerRow => {
                let counts = self.counts.lock().unwrap();
                for row in rows.iter_mut().flatten() {
                    row.version = counts[&row.key];
                }
            }
            Flaw::ServesStaleReads => {
                let mut seen = self.seen.lock().unwrap();
                let cached =
                    keys.iter().zip(rows).map(|(k, r)| seen.entry(*k).or_insert(r).clone());
                return Ok(cached.collect());
            }
            Flaw::SpoilsBodies => {
                for row in rows.iter_mut().flatten() {
                    let json = String::from_utf8(row.body.encode()).unwrap();
                    let json = json.replace("\\u0000", "");
                    row.body = omnichannel::model::Body::decode(json.as_bytes()).unwrap();
                }
            }
            _ => {}
        }
        Ok(rows)
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        let mut ranges = ranges.to_vec();
        match self.flaw {
            Flaw::LeaksTenants => ranges.iter_mut().for_each(|r| r.tenant = TenantId::SYSTEM),
            Flaw::IgnoresDescending => ranges.iter_mut().for_each(|r| r.descending = false),
            Flaw::LeaksSystemIndex => {
                let system = ranges.iter_mut().filter(|range| range.index.is_system());
                system.for_each(|range| range.tenant = TenantId::SYSTEM);
            }
            _ => {}
        }
        if self.flaw == Flaw::PagesByCount {
            return Ok(vec![self.page_by_count(ranges[0]).await?]);
        }
        self.inner.scan(&ranges).await
    }

    async fn commit(&self, mut changeset: Changeset) -> Result<Commit> {
        self.spoil_changeset(&mut changeset);
        if self.flaw == Flaw::SkipsEmptyChangesets && changeset.is_empty() {
            return Ok(Commit::Applied(1));
        }
        if self.flaw == Flaw::ForgetsEntriesOnDelete {
            // Rows stay where they are.
            changeset.deletes.clear();
        }
        if self.flaw == Flaw::KeepsOldEntries {
            self.merge_old_entries(&mut changeset).await?;
        }
        if let Some(outcome) = self.commit_in_parts(changeset.clone()).await? {
            return Ok(outcome);
        }
        let counted = self.count(&changeset);
        match (self.inner.commit(changeset).await?, self.flaw) {
            (Commit::Applied(_), Flaw::CountsPerRow) => Ok(Commit::Applied(counted)),
            (Commit::Conflict(failed), Flaw::NamesOneFailure) => {
                Ok(Commit::Conflict(failed[..1].to_vec()))
            }
            (outcome, _) => Ok(outcome),
        }
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.inner.capabilities()
    }
}

macro_rules! found_out {
    ($($test:ident: $flaw:ident => $clause:ident;)*) => {$(
        #[test]
        fn $test() {
            let broken = Flawed::with(Flaw::$flaw);
            let clause = AssertUnwindSafe(|| block_on(store::$clause(&broken)));
            assert!(catch_unwind(clause).is_err(), "{} passed", stringify!($clause));
        }
    )*};
}

found_out! {
    a_lost_version_check_is_found: LosesVersionCheck => absent_and_present_rows_are_expected;
    an_ignored_absence_is_found: IgnoresAbsence => absent_and_present_rows_are_expected;
    two_creators_are_found: IgnoresAbsence => one_creator_wins;
    ignored_anchors_are_found: IgnoresAnchors => anchors_are_expected;
    partial_commits_are_found: WritesAsItGoes => commit_is_atomic;
    a_commit_for_each_tenant_is_found: SplitsTenants => a_commit_over_two_tenants_is_atomic;
    reused_versions_are_found: CountsPerRow => versions_are_never_reused;
    leaked_rows_are_found: LeaksTenants => tenants_are_apart;
    a_leaked_system_index_is_found: LeaksSystemIndex => system_indexes_list_every_tenant;
    half_named_conflicts_are_found: NamesOneFailure => conflicts_are_named;
    skipped_questions_are_found: SkipsEmptyChangesets => an_empty_changeset_is_judged;
    shuffled_answers_are_found: AnswersInKeyOrder => load_answers_in_order;
    one_way_scans_are_found: IgnoresDescending => scans_page_in_order;
    swallowed_contradictions_are_found: TakesContradictions => contradictions_are_refused;
    undead_rows_are_found: ForgetsEntriesOnDelete => deleted_rows_are_gone;
    leftover_entries_are_found: KeepsOldEntries => a_put_replaces_all_entries;
    stale_reads_are_found: ServesStaleReads => reads_see_the_last_commit;
    spoiled_bodies_are_found: SpoilsBodies => bodies_come_back_equal;
    cut_batches_are_found: LimitsRows => a_thousand_rows_are_one_commit;
    overwritten_places_are_found: OnePerPlace => rows_at_one_place_are_all_listed;
    torn_reads_are_found: TearsReads => readers_see_whole_commits;
    counted_pages_are_found: PagesByCount => pages_hold_while_others_write;
    taken_repeats_are_found: TakesRepeats => a_repeated_commit_is_refused;
    cut_bodies_are_found: CutsBodies => large_bodies_are_kept_or_refused;
}

#[test]
fn a_store_that_forgets_or_remembers_too_much_is_found() {
    let forgets = AssertUnwindSafe(|| {
        block_on(store::rows_outlive_their_handle(async || Lasting(MemoryStore::new())));
    });
    assert!(catch_unwind(forgets).is_err());
    let remembers = Lasting(MemoryStore::new());
    let file = || b"... Marker-of-a-purged-row ...".to_vec();
    let remembers = AssertUnwindSafe(|| {
        block_on(store::purged_rows_leave_no_byte(&remembers, file));
    });
    assert!(catch_unwind(remembers).is_err());
}

/// A store that says it is durable.
#[derive(Debug)]
struct Lasting(MemoryStore);

#[async_trait]
impl Store for Lasting {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        self.0.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        self.0.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        self.0.commit(changeset).await
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.0.capabilities().durable()
    }
}

#[test]
fn every_clause_is_named_in_the_contract_and_run_by_the_macro() {
    let contract = include_str!("../src/storage/mod.rs");
    let kit = include_str!("../src/testkit/store/mod.rs");
    let clauses = [
        include_str!("../src/testkit/store/bodies.rs"),
        include_str!("../src/testkit/store/commits.rs"),
        include_str!("../src/testkit/store/expects.rs"),
        include_str!("../src/testkit/store/scans.rs"),
        include_str!("../src/testkit/store/together.rs"),
    ];
    let lines = clauses.iter().flat_map(|file| file.lines());
    let names: Vec<&str> = lines
        .filter_map(|line| line.strip_prefix("pub async fn ")?.split_once('('))
        .map(|(name, _)| name)
        .collect();
    assert!(names.len() > 15, "the clauses are found: {names:?}");
    for name in names {
        assert!(contract.contains(&format!("`{name}`")), "`Store` does not name {name}");
        assert!(kit.contains(&format!("                {name},\n")), "no test is made of {name}");
        assert!(include_str!("store.rs").contains(&format!("=> {name};")), "{name} never failed");
    }
}
