//! A process killed at any instant loses nothing that it acknowledged.
//!
//! Method: this binary runs itself as a child that feeds a crowd's requests into a file and tells
//! each commit; the parent kills it (SIGKILL) at twenty different places, then looks and reruns.
//! The guide's SQL is run here too, on a file that holds the gift journey.
#![cfg(all(unix, feature = "testkit", feature = "sqlite"))]
#![expect(clippy::unwrap_used, reason = "a test says so by panicking")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{hub, receive_batches, request, tenant};
use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, Segment, TouchpointJson};
use omnichannel::engine::Fate;
use omnichannel::model::{Channel, ChannelKind, Digest};
use omnichannel::storage::{MemoryStore, SqliteStore};
use omnichannel::testkit::block_on;

/// Names the file that the child fills; without it the child's test returns at once.
const FILE: &str = "OMNICHANNEL_DURABLE_FILE";

/// How often a child is killed.
const KILLS: usize = 20;

/// Requests of the child's commits, in turn: some of one request, some of several.
const SIZES: [usize; 5] = [1, 3, 7, 13, 2];

/// How many people tell about 2,000 requests.
const CROWD: usize = 480;

fn crowd() -> Vec<RawInbound> {
    common::crowd(11, CROWD)
}

/// A file in a folder that goes with the value.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let folder = format!("omnichannel-durable-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder.join("store.db"))
    }

    fn hub(&self) -> Hub {
        hub(SqliteStore::open(&self.0).unwrap())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.0.parent().unwrap_or(Path::new("")));
    }
}

/// What the child does: commit after commit, each told once it is acknowledged.
#[test]
fn child_ingests() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let hub = hub(SqliteStore::open(file).unwrap());
    let told = crowd();
    let mut sizes = SIZES.iter().cycle();
    let (mut rest, mut acknowledged) = (&told[..], 0);
    while !rest.is_empty() {
        let (now, later) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
        rest = later;
        block_on(hub.receive_many(now.to_vec())).unwrap();
        acknowledged += now.len();
        writeln!(std::io::stdout(), "acknowledged {acknowledged}").unwrap();
    }
}

fn spawn(file: &File) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "child_ingests", "--nocapture"]).env(FILE, &file.0);
    child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Lets a child acknowledge `commits` commits, kills it, and says how many requests it had told.
fn kill_after(commits: usize, file: &File) -> usize {
    let mut child = spawn(file);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The harness prints its own words around the child's.
    let mut told = lines.filter_map(|line| {
        let line = line.ok()?;
        line.split("acknowledged ").nth(1)?.parse().ok()
    });
    let mut acknowledged: usize = told.by_ref().nth(commits - 1).unwrap();
    child.kill().unwrap();
    // What it told before it died is acknowledged too.
    acknowledged = told.last().unwrap_or(acknowledged);
    assert!(!child.wait().unwrap().success(), "the child was done before it could be killed");
    acknowledged
}

/// A child whose file takes no write beyond so many bytes, as one on a file system that has become
/// read-only: the system refuses the write, SQLite hears an I/O error either way.
fn stop_at(kilobytes: usize, file: &File) -> (usize, String) {
    let blocks = kilobytes * 2;
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut child = Command::new("sh");
    child.args(["-c", &limited]).arg(std::env::current_exe().unwrap());
    child.args(["--exact", "child_ingests", "--nocapture"]).env(FILE, &file.0);
    let done = child.output().unwrap();
    assert!(!done.status.success(), "the child was never refused a write");
    let told = String::from_utf8(done.stdout).unwrap();
    let mut acknowledged = told.lines().filter_map(|line| line.split("acknowledged ").nth(1));
    let last = acknowledged.next_back().map_or(0, |count| count.trim().parse().unwrap());
    (last, String::from_utf8(done.stderr).unwrap())
}

#[test]
fn a_file_that_takes_no_more_writes_loses_nothing_that_was_acknowledged() {
    let told = crowd();
    let in_memory = hub(MemoryStore::new());
    feed(&in_memory, &told);
    for kilobytes in [200, 300, 400, 600] {
        let file = File::new(&format!("stopped-{kilobytes}"));
        let (acknowledged, said) = stop_at(kilobytes, &file);
        assert!(said.contains("Unavailable") && said.contains("read-only"), "{said}");
        assert!(acknowledged < told.len(), "{kilobytes}: the child was done");
        let hub = file.hub();
        let known = feed(&hub, &told[..acknowledged]);
        let lost = known.iter().filter(|fate| **fate != Fate::Duplicate).count();
        assert_eq!(lost, 0, "{kilobytes}: acknowledged touchpoints are lost");
        feed(&hub, &told[acknowledged..]);
        assert_eq!(digest(&hub), digest(&in_memory), "{kilobytes}, after {acknowledged}");
        println!("refused after {acknowledged} requests");
    }
}

fn feed(hub: &Hub, told: &[RawInbound]) -> Vec<Fate> {
    block_on(receive_batches(hub, told, 200))
}

fn digest(hub: &Hub) -> Digest {
    block_on(hub.digest(tenant())).unwrap()
}

#[test]
fn a_killed_process_loses_nothing_acknowledged_and_a_rerun_ends_as_if_undisturbed() {
    let told = crowd();
    let undisturbed = {
        let file = File::new("undisturbed");
        let hub = file.hub();
        feed(&hub, &told);
        digest(&hub)
    };
    let in_memory = hub(MemoryStore::new());
    feed(&in_memory, &told);
    assert_eq!(digest(&in_memory), undisturbed, "two stores, one digest");

    let commits = told.len() / SIZES.iter().sum::<usize>() * SIZES.len();
    for kill in 0..KILLS {
        // Spread from the first commit to two thirds of all.
        let after = 1 + kill * commits * 2 / 3 / KILLS;
        let file = File::new(&format!("kill-{kill}"));
        let acknowledged = kill_after(after, &file);
        assert!((after..told.len()).contains(&acknowledged), "kill {kill}: {acknowledged}");

        let hub = file.hub();
        let known = feed(&hub, &told[..acknowledged]);
        let lost = known.iter().filter(|fate| **fate != Fate::Duplicate).count();
        assert_eq!(lost, 0, "kill {kill}: acknowledged touchpoints are lost");
        let later = feed(&hub, &told[acknowledged..]);
        assert!(later.contains(&Fate::Accepted), "kill {kill}: the child was done");
        assert_eq!(digest(&hub), undisturbed, "kill {kill}, after {acknowledged} requests");
    }
}

/// A file that holds the gift journey.
fn gift(file: &File) {
    let mut hub = file.hub();
    for (id, kind) in [("web", ChannelKind::Web), ("app", ChannelKind::App)] {
        let codec = Segment::new(Channel::new(id, kind).unwrap());
        hub = hub.channel(tenant(), Listening::new(codec), KeyRing::default());
    }
    for (id, kind) in [("post", ChannelKind::Post), ("store-lyon", ChannelKind::Store)] {
        let codec = TouchpointJson::new(Channel::new(id, kind).unwrap());
        hub = hub.channel(tenant(), Listening::new(codec), KeyRing::default());
    }
    let journey = include_str!("../examples/data/gift.json");
    let journey: serde_json::Value = serde_json::from_str(journey).unwrap();
    for told in journey["inputs"].as_array().unwrap() {
        let request = request(told["channel"].as_str().unwrap(), &told["body"].to_string());
        let reception = block_on(hub.receive(request)).unwrap();
        assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
    }
}

#[test]
fn every_query_of_the_cookbook_answers() {
    let file = File::new("cookbook");
    gift(&file);
    let reader =
        rusqlite::Connection::open_with_flags(&file.0, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let reader = reader.unwrap();
    let page = include_str!("../src/guide/sql.md");
    let blocks: Vec<&str> =
        page.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 5, "{} queries", blocks.len());
    for sql in blocks {
        let mut query = reader.prepare(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        let mut rows = query.query([]).unwrap();
        assert!(rows.next().unwrap().is_some(), "no row: {sql}");
    }
}
