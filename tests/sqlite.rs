//! The SQLite store keeps the contract, outlives its process, refuses what it must.
#![cfg(all(feature = "testkit", feature = "sqlite"))]
#![expect(clippy::unwrap_used, reason = "a test says so by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use omnichannel::model::{
    Body, Changeset, Commit, Component, ComponentId, Expect, Index, Key, Kind, Put, Range,
    RecordId, RecordNode, Source, TenantId, Version,
};
use omnichannel::storage::{SqliteStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::testkit::store::rows::{
    at, due, id, pointer, pointer_key, says, timeline, timeline_anchor, touchpoint,
};
use omnichannel::{ErrorKind, Retry};

omnichannel::store_contract!(in_memory, ((), SqliteStore::open_in_memory().unwrap()));
omnichannel::store_contract!(in_a_file, {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    (folder, store)
});
omnichannel::store_contract!(by_two_handles, {
    let folder = Folder::new();
    let store = TwoHandles::open(&folder.file());
    (folder, store)
});

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("omnichannel-sqlite-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("store.db")
    }

    /// The bytes of every file in the folder.
    fn bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(&self.0).unwrap();
        files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Two handles of one file, asked in turn: as two processes would.
#[derive(Debug)]
struct TwoHandles([SqliteStore; 2], AtomicU32);

impl TwoHandles {
    fn open(file: &Path) -> Self {
        let store = || SqliteStore::open(file).unwrap();
        Self([store(), store()], AtomicU32::new(0))
    }

    fn next(&self) -> &SqliteStore {
        &self.0[self.1.fetch_add(1, Ordering::Relaxed) as usize % 2]
    }
}

#[async_trait::async_trait]
impl Store for TwoHandles {
    async fn load(
        &self,
        keys: &[Key],
    ) -> omnichannel::Result<Vec<Option<omnichannel::model::Row>>> {
        self.next().load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> omnichannel::Result<Vec<omnichannel::model::Page>> {
        self.next().scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> omnichannel::Result<Commit> {
        self.next().commit(changeset).await
    }

    fn capabilities(&self) -> omnichannel::storage::StoreCapabilities {
        self.0[0].capabilities()
    }
}

fn tenant() -> TenantId {
    TenantId::named("maison-lune")
}

fn puts(puts: impl IntoIterator<Item = Put>) -> Changeset {
    Changeset { puts: puts.into_iter().collect(), ..Changeset::default() }
}

fn apply(store: &SqliteStore, changeset: Changeset) -> Version {
    match block_on(store.commit(changeset)).unwrap() {
        Commit::Applied(version) => version,
        Commit::Conflict(failed) => panic!("{failed:?}"),
    }
}

#[test]
fn rows_groups_anchors_and_versions_outlive_the_process() {
    let folder = Folder::new();
    let key = touchpoint(tenant(), 1, 7, 60).key;
    let (first, read) = {
        let store = SqliteStore::open(folder.file()).unwrap();
        assert!(store.capabilities().durable);
        apply(&store, puts([touchpoint(tenant(), 1, 7, 60), due(tenant(), 0, 2, 61)]));
        let deleted = Changeset { deletes: vec![pointer_key(tenant(), 9)], ..puts([]) };
        apply(&store, puts([pointer(tenant(), 9, 9)]));
        (apply(&store, deleted), block_on(store.load(&[key])).unwrap())
    };
    let store = SqliteStore::open(folder.file()).unwrap();
    assert_eq!(block_on(store.load(&[key])).unwrap(), read);
    let pages = [timeline(tenant(), 7), Range::all(TenantId::SYSTEM, Index::Due, id(0))];
    let pages = block_on(store.scan(&pages)).unwrap();
    assert_eq!(pages[0].anchor, Some(read[0].as_ref().unwrap().version));
    assert_eq!([pages[0].rows.len(), pages[1].rows.len()], [1, 1]);
    let next = apply(&store, puts([pointer(tenant(), 9, 9)]));
    assert!(next > first, "version {next} was given out after {first}");
}

#[test]
fn what_was_asked_is_done_before_the_store_is_dropped() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    let mut asked = Box::pin(store.commit(puts([pointer(tenant(), 1, 1)])));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let _ = asked.as_mut().poll(&mut context);
    drop(asked);
    drop(store);
    let store = SqliteStore::open(folder.file()).unwrap();
    assert!(block_on(store.load(&[pointer_key(tenant(), 1)])).unwrap()[0].is_some());
}

#[test]
fn two_handles_of_one_file_never_lose_an_update() {
    let folder = Folder::new();
    let handles = [0, 1].map(|_| Arc::new(SqliteStore::open(folder.file()).unwrap()));
    let key = pointer_key(tenant(), 1);
    let read = |store: &SqliteStore| {
        let row = block_on(store.load(&[key])).unwrap().remove(0);
        row.map_or((0, 0), |row| (row.version, says(&row.body).unwrap()))
    };
    std::thread::scope(|scope| {
        for store in handles.iter().chain(&handles) {
            scope.spawn(move || {
                for _ in 0..25 {
                    loop {
                        let (version, count) = read(store);
                        let changeset = Changeset {
                            expects: vec![Expect::Row(key, version)],
                            ..puts([pointer(tenant(), 1, count as u64 + 1)])
                        };
                        if let Commit::Applied(_) = block_on(store.commit(changeset)).unwrap() {
                            break;
                        }
                    }
                }
            });
        }
    });
    assert_eq!(handles.map(|store| read(&store).1), [100, 100]);
}

#[test]
fn many_processes_may_create_one_file_at_once() {
    for _ in 0..5 {
        let folder = Folder::new();
        std::thread::scope(|scope| {
            for n in 0..6 {
                let file = folder.file();
                scope.spawn(move || {
                    let store = SqliteStore::open(file).unwrap();
                    apply(&store, puts([pointer(tenant(), n, n)]));
                });
            }
        });
        let store = SqliteStore::open(folder.file()).unwrap();
        let keys = [0, 1, 2, 3, 4, 5].map(|n| pointer_key(tenant(), n));
        assert!(block_on(store.load(&keys)).unwrap().iter().all(Option::is_some));
    }
}

#[test]
fn commits_that_wait_together_are_each_all_or_nothing() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    let other = |n: u64| TenantId::named(&format!("tenant {n}"));
    let commits = (0..600).map(|n| {
        let expected = Expect::Row(pointer_key(tenant(), 5_000), n % 2);
        store.commit(Changeset {
            expects: vec![expected],
            ..puts([touchpoint(tenant(), n, n % 3, 60), pointer(other(n % 50), n, n)])
        })
    });
    let outcomes = block_on(join_all(commits));
    for (n, outcome) in (0..).zip(outcomes) {
        let applied = matches!(outcome.unwrap(), Commit::Applied(_));
        assert_eq!(applied, n % 2 == 0, "commit {n}");
        let keys = [touchpoint(tenant(), n, n % 3, 60).key, pointer_key(other(n % 50), n)];
        let found = block_on(store.load(&keys)).unwrap();
        assert_eq!([found[0].is_some(), found[1].is_some()], [applied; 2], "commit {n}");
    }
    let anchored = timeline_anchor(tenant(), 0);
    let page = block_on(store.scan(&[timeline(tenant(), 0)])).unwrap().remove(0);
    let expects = vec![Expect::Anchor(anchored, page.anchor.unwrap())];
    apply(&store, Changeset { expects, ..puts([]) });
}

#[cfg(unix)]
#[test]
fn files_are_private_to_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    apply(&store, puts([pointer(tenant(), 1, 1)]));
    let mut names = Vec::new();
    for file in fs::read_dir(&folder.0).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["store.db", "store.db-shm", "store.db-wal"]);
}

fn refused(file: &Path) -> omnichannel::Error {
    SqliteStore::open_waiting(file, Duration::from_millis(50)).unwrap_err()
}

#[test]
fn what_is_no_file_of_ours_is_refused_and_left_as_it_was() {
    let folder = Folder::new();
    assert_eq!(refused(&folder.0).kind(), ErrorKind::Invalid);
    assert_eq!(refused(&folder.0.join("absent").join("store.db")).kind(), ErrorKind::NotFound);

    let text = folder.0.join("letter.txt");
    fs::write(&text, "Dear Camille, ".repeat(500)).unwrap();
    assert_eq!(refused(&text).kind(), ErrorKind::Corrupt);

    let others = folder.0.join("others.db");
    let connection = rusqlite::Connection::open(&others).unwrap();
    connection.execute_batch("create table photographs (id integer primary key)").unwrap();
    drop(connection);
    let before = fs::read(&others).unwrap();
    assert_eq!(refused(&others).kind(), ErrorKind::Invalid);
    assert_eq!(fs::read(&others).unwrap(), before, "a refused file was written");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2, "a refused file left others behind");
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = Folder::new();
    drop(SqliteStore::open(folder.file()).unwrap());
    let connection = rusqlite::Connection::open(folder.file()).unwrap();
    connection.pragma_update(None, "user_version", 77).unwrap();
    drop(connection);
    let error = refused(&folder.file());
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("schema: 77"), "{error}");
}

#[test]
fn a_row_of_a_newer_build_is_refused_and_the_others_are_read() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    apply(&store, puts([pointer(tenant(), 1, 1), pointer(tenant(), 2, 2)]));
    let connection = rusqlite::Connection::open(folder.file()).unwrap();
    let newer = "update rows set body = json_set(body, '$.schema', 99) where id = 2";
    assert_eq!(connection.execute(newer, []).unwrap(), 1);
    let load = |n| block_on(store.load(&[pointer_key(tenant(), n)]));
    assert!(load(1).unwrap()[0].is_some());
    assert_eq!(load(2).unwrap_err().kind(), ErrorKind::Unsupported);
    connection.execute("update rows set body = 'x' where id = 2", []).unwrap();
    assert_eq!(load(2).unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn a_damaged_file_is_told_and_never_panics() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    apply(&store, puts((0..2_000).map(|n| touchpoint(tenant(), n, n % 9, 60))));
    drop(store);
    let mut bytes = fs::read(folder.file()).unwrap();
    let len = bytes.len();
    bytes[len / 4..].fill(0xa5);
    fs::write(folder.file(), &bytes).unwrap();
    let keys: Vec<_> = (0..2_000).map(|n| touchpoint(tenant(), n, 0, 60).key).collect();
    let told = match SqliteStore::open(folder.file()) {
        Ok(store) => block_on(store.load(&keys)).unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(told.kind(), ErrorKind::Corrupt, "{told}");
    fs::write(folder.file(), &bytes[..len / 3]).unwrap();
    let told = match SqliteStore::open(folder.file()) {
        Ok(store) => block_on(store.load(&keys)).unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(told.kind(), ErrorKind::Corrupt, "{told}");
}

#[test]
fn a_read_only_file_is_refused() {
    let folder = Folder::new();
    drop(SqliteStore::open(folder.file()).unwrap());
    let mut rights = fs::metadata(folder.file()).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(folder.file(), rights).unwrap();
    assert_eq!(refused(&folder.file()).kind(), ErrorKind::Denied);
}

#[test]
fn a_locked_file_is_unavailable_until_it_is_free() {
    let folder = Folder::new();
    let store = SqliteStore::open_waiting(folder.file(), Duration::from_millis(50)).unwrap();
    let other = rusqlite::Connection::open(folder.file()).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let error = block_on(store.commit(puts([pointer(tenant(), 1, 1)]))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(matches!(error.retry_advice(), Retry::After(_)), "{error:?}");
    assert_eq!(block_on(store.load(&[pointer_key(tenant(), 1)])).unwrap(), [None]);
    drop(SqliteStore::open(folder.file()).unwrap());
    other.execute_batch("rollback").unwrap();
    apply(&store, puts([pointer(tenant(), 1, 1)]));
    drop((store, other));

    let other = rusqlite::Connection::open(folder.file()).unwrap();
    other.execute_batch("pragma locking_mode = exclusive; begin exclusive").unwrap();
    let error = refused(&folder.file());
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
}

#[test]
fn the_clauses_of_a_place_that_lasts_hold() {
    let folder = Folder::new();
    let open = async || SqliteStore::open(folder.file()).unwrap();
    block_on(omnichannel::testkit::store::rows_outlive_their_handle(open));
    let store = SqliteStore::open(folder.file()).unwrap();
    let bytes = || folder.bytes();
    block_on(omnichannel::testkit::store::purged_rows_leave_no_byte(&store, bytes));
}

#[test]
fn purged_rows_leave_no_byte_behind() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    let find = |marker: &str| {
        let bytes = folder.bytes();
        bytes.windows(marker.len()).filter(|window| *window == marker.as_bytes()).count()
    };
    // Grown and shrunk in between, among others, so that pages are divided and reused.
    let person = |n: u64, times: usize| {
        let mut put = touchpoint(tenant(), n, n % 50, 60);
        if let Body::Touchpoint(copies) = &put.body {
            let mut copy = copies.all()[0].clone();
            let name = format!("<{}>", "Camille".repeat(times));
            copy.touchpoint.attributes.insert("name".to_owned(), name.into());
            put.body = Body::Touchpoint(Arc::new(omnichannel::model::Copies::new(copy)));
        }
        put
    };
    for times in [1, 40, 3, 900, 2] {
        for batch in 0..10 {
            let own = (0..60).map(|n| person(n * 10 + batch, times));
            let others = (0..60).map(|n| touchpoint(tenant(), 10_000 + n * 10 + batch, 3, 60));
            apply(&store, puts(own.chain(others)));
        }
    }
    assert!(find("Camille") > 0, "the marker is written");
    let purges = (0..600).map(|n| touchpoint(tenant(), n, 0, 60).key).collect();
    apply(&store, Changeset { purges, ..Changeset::default() });
    assert_eq!(find("Camille"), 0, "purged bytes are still there");
    let page = block_on(store.scan(&[timeline(tenant(), 3)])).unwrap().remove(0);
    assert_eq!(page.rows.len(), 600, "the others stay");
}

#[test]
fn people_can_query_customers_and_timelines() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).unwrap();
    let component_id = ComponentId::from_uuid(id(50));
    let mut component = Component::new(component_id);
    let mut rows = Vec::new();
    for record in [7, 8] {
        let mut node = RecordNode::unseen();
        node.source = Some(Source::new("web"));
        node.first_seen = Some(at(60));
        component.records.insert(RecordId::from_uuid(id(record)), Arc::new(node));
        let key = Key { tenant: tenant(), kind: Kind::RecordAt, id: id(record) };
        rows.push(Put::new(tenant(), key.id, Body::RecordAt(component_id), Vec::new()));
    }
    rows.push(Put::new(tenant(), id(50), Body::Component(component.into()), Vec::new()));
    rows.extend((1..=3).map(|n| touchpoint(tenant(), n, 7 + n % 2, 60 * n as i64)));
    apply(&store, puts(rows));

    let shell = rusqlite::Connection::open(folder.file()).unwrap();
    let line = "select name || ' ' || records || ' ' || touchpoints || ' ' || channels || ' ' || \
        first_seen || ' ' || last_seen || ' ' || tenant from customer_360";
    let customer: String = shell.query_row(line, [], |row| row.get(0)).unwrap();
    let right = "Person 3 2 3 web 1970-01-01T00:01:00Z 1970-01-01T00:03:00Z";
    assert_eq!(customer, format!("{right} {}", tenant()));
    let lines = "select at || ' ' || channel || ' ' || act || ' ' || touchpoint from timeline \
        where customer = ?1 order by at desc";
    let mut lines = shell.prepare(lines).unwrap();
    let lines = lines.query_map([component_id.to_string()], |row| row.get::<_, String>(0)).unwrap();
    let lines: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], format!("1970-01-01T00:03:00Z web viewed {}", id(3)));
}
