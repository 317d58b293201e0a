//! A process that sends, killed at any instant: nothing lost, nothing twice.
//!
//! Method: this binary runs itself as a child that takes visits in, decides and dispatches through
//! an SQLite file, over a provider that writes every message into a file before it answers. The
//! parent kills it (SIGKILL) after a random number of its words, then looks at what is there.
//! `OMNICHANNEL_KILLS` says how often; 20 without it.
#![cfg(all(unix, feature = "testkit", feature = "sqlite"))]
#![expect(clippy::unwrap_used, reason = "a test says so by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use common::{keys, now, request, tenant};
use omnichannel::Hub;
use omnichannel::channel::{ChannelAdapter, ChannelCodec, KeyRing, TouchpointJson};
use omnichannel::engine::{Fate, LEASE};
use omnichannel::hub::{FixedClock, SeededEntropy};
use omnichannel::model::{
    Authorized, Capabilities, Channel, ChannelId, ChannelKind, Configuration, DecisionId,
    DeliveryClass, Intent, LawfulBasis, Namespace, Outbound, OutboxState, Policy, Purpose,
    PurposeRules, RecordId, SendOutcome, Timestamp,
};
use omnichannel::storage::{MemoryStore, SqliteStore, Store};
use omnichannel::testkit::block_on;

/// Names the child's folder; without it the child's test returns at once.
const FOLDER: &str = "OMNICHANNEL_KILLED_FOLDER";

/// How many people the child would greet if nobody killed it.
const PEOPLE: usize = 200;

/// A provider that writes down what it is given before it answers.
#[derive(Debug)]
struct Provider {
    codec: TouchpointJson,
    log: PathBuf,
}

#[async_trait]
impl ChannelAdapter for Provider {
    fn codec(&self) -> &dyn ChannelCodec {
        &self.codec
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        let id = message.content().decision;
        let number: usize = message.content().text.expose().parse().unwrap();
        if number % 7 == 3 && message.content().attempt == 1 {
            return SendOutcome::Deferred { retry_at: now.plus(Duration::from_secs(1)) };
        }
        let mut log = OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        log.write_all(format!("{id}\n").as_bytes()).unwrap();
        match number % 11 {
            5 => SendOutcome::Unknown,
            _ => SendOutcome::Accepted { provider_id: format!("m-{number}") },
        }
    }
}

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("omnichannel-killed-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// The ids that the provider was given, with how often.
    fn given(&self) -> BTreeMap<DecisionId, usize> {
        let mut given = BTreeMap::new();
        if let Ok(log) = File::open(log(&self.0)) {
            for line in BufReader::new(log).lines() {
                *given.entry(line.unwrap().parse().unwrap()).or_default() += 1;
            }
        }
        given
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("provider.log")
}

fn hub(store: impl Store, folder: &Path) -> (Hub, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::new(now()));
    let channel = Channel::new("mail", ChannelKind::Email).unwrap();
    let mail = Capabilities::INBOUND.sending_to(Namespace::Email);
    let codec = TouchpointJson::new(channel).with_capabilities(mail);
    let rules = PurposeRules {
        basis: LawfulBasis::Contract,
        respects_quiet_hours: false,
        once_within_hours: 24,
        delivery: DeliveryClass::AtMostOnce,
    };
    let policy = Policy {
        purposes: [(Purpose::new("order"), rules)].into(),
        quiet_hours: None,
        ..Policy::default()
    };
    let hub = Hub::new(store, keys(), Arc::clone(&clock), SeededEntropy::new(1))
        .configured(Configuration { policy, ..Configuration::default() })
        .unwrap()
        .channel(tenant(), Provider { codec, log: log(folder) }, KeyRing::default());
    (hub, clock)
}

fn visit(number: usize) -> String {
    // Every third person comes again under the same address, and is one person.
    let who = number - number % 3 / 2;
    format!(
        r#"{{"id":"v-{number}","occurred_at":"2026-03-01T10:00:00Z","act":"purchased",
        "sender":{{"namespace":"customer_id","value":"c-{number}"}},
        "identifiers":[{{"namespace":"email","value":"p-{who}@b.fr"}}]}}"#
    )
}

fn intent(number: usize, subject: RecordId) -> Intent {
    let (key, mail) = (format!("k-{number}"), ChannelId::new("mail").unwrap());
    Intent {
        occasion: format!("o-{number}"),
        ..Intent::new(key, subject, Purpose::new("order"), mail, number.to_string())
    }
}

/// Tells the parent what is acknowledged.
fn say(word: &str, number: usize) {
    println!("said {word} {number}");
}

#[test]
fn child_takes_in_and_sends() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let (hub, clock) = hub(SqliteStore::open(folder.join("store.db")).unwrap(), &folder);
    for number in 0..PEOPLE {
        let taken = block_on(hub.receive(request("mail", &visit(number)))).unwrap().taken;
        say("received", number);
        block_on(hub.decide(tenant(), &intent(number, taken[0].record.unwrap()))).unwrap();
        say("decided", number);
        if number % 4 == 3 {
            let at = now().plus(Duration::from_secs(number as u64));
            clock.set(at);
            block_on(hub.dispatch_due(at)).unwrap();
            say("dispatched", number);
        }
    }
}

/// What the child acknowledged before it died.
#[derive(Default)]
struct Said(BTreeMap<String, BTreeSet<usize>>);

impl Said {
    fn all(&self, word: &str) -> impl Iterator<Item = usize> + '_ {
        self.0.get(word).into_iter().flatten().copied()
    }
}

/// Lets a child say so many words, and kills it.
fn kill_after(words_max: usize, folder: &Folder) -> Said {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_takes_in_and_sends", "--nocapture"])
        .env(FOLDER, &folder.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Said::default();
    let mut heard = 0;
    for line in lines {
        let line = line.unwrap();
        // The harness prints its own words around the child's.
        let Some(words) = line.split("said ").nth(1) else { continue };
        let (word, number) = words.split_once(' ').unwrap();
        said.0.entry(word.to_owned()).or_default().insert(number.parse().unwrap());
        heard += 1;
        if heard == words_max {
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success(), "the child was done before it could be killed");
    said
}

/// The next number of a sequence (Steele, Lea and Flood, `SplitMix64`, OOPSLA 2014).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn a_killed_process_loses_nothing_and_says_nothing_twice() {
    let kills = std::env::var_os("OMNICHANNEL_KILLS")
        .map_or(20, |kills| kills.to_str().unwrap().parse().unwrap());
    let (mut state, mut acknowledged, mut in_doubt) = (7, 0, 0);
    for kill in 0..kills {
        let words = 1 + (random(&mut state) % (PEOPLE as u64 * 3 / 2)) as usize;
        let folder = Folder::new(&kill.to_string());
        let said = kill_after(words, &folder);
        let store = SqliteStore::open(folder.0.join("store.db")).unwrap();
        let (hub, clock) = hub(store, &folder.0);
        acknowledged += all_acknowledged_is_there_once(&hub, &said, kill);
        views_equal_their_recomputation(&hub, kill);
        in_doubt += every_entry_comes_to_its_end(&hub, &clock, &folder, kill);
    }
    println!("{kills} kills, {acknowledged} acknowledged, {in_doubt} messages in doubt");
}

fn all_acknowledged_is_there_once(hub: &Hub, said: &Said, kill: usize) -> usize {
    let mut count = 0;
    for number in said.all("received") {
        let taken = block_on(hub.receive(request("mail", &visit(number)))).unwrap().taken;
        assert_eq!(taken[0].fate, Fate::Duplicate, "kill {kill}: visit {number} is lost");
        count += 1;
    }
    for number in said.all("decided") {
        let record =
            block_on(hub.receive(request("mail", &visit(number)))).unwrap().taken[0].record;
        let decision = block_on(hub.decide(tenant(), &intent(number, record.unwrap()))).unwrap();
        let entry = block_on(hub.outbox(tenant(), decision.id)).unwrap();
        assert!(entry.is_some(), "kill {kill}: decision {number} is lost");
        count += 1;
    }
    count
}

fn views_equal_their_recomputation(hub: &Hub, kill: usize) {
    let folder = Folder::new("recomputed");
    let (again, _) = self::hub(MemoryStore::new(), &folder.0);
    let mut export = hub.export(tenant());
    let mut import = again.import(tenant());
    while let Some(lines) = block_on(export.next()).unwrap() {
        block_on(import.take(&lines)).unwrap();
    }
    assert!(import.progress().is_complete(), "kill {kill}: {:?}", import.progress());
    let digest = |hub: &Hub| block_on(hub.digest(tenant())).unwrap();
    assert_eq!(digest(hub), digest(&again), "kill {kill}");
}

/// Dispatches until nothing is left; how many messages are in doubt.
fn every_entry_comes_to_its_end(
    hub: &Hub,
    clock: &FixedClock,
    folder: &Folder,
    kill: usize,
) -> usize {
    let mut at = now().plus(Duration::from_secs(PEOPLE as u64));
    let mut rounds = 0;
    loop {
        clock.set(at);
        let Some(due) = block_on(hub.dispatch_due(at)).unwrap().next_due else { break };
        assert!(due <= at.plus(LEASE), "kill {kill}: an entry is held longer than a lease");
        at = due.max(at);
        rounds += 1;
        assert!(rounds < 100, "kill {kill}: the outbox does not come to an end");
    }
    let given = folder.given();
    for (id, times) in &given {
        assert_eq!(*times, 1, "kill {kill}: {id} was sent {times} times");
    }
    let mut in_doubt = 0;
    for number in 0..PEOPLE {
        let mut taken = block_on(hub.receive(request("mail", &visit(number)))).unwrap().taken;
        let record = taken.remove(0).record.unwrap();
        let decision = block_on(hub.decide(tenant(), &intent(number, record))).unwrap();
        let entry = block_on(hub.outbox(tenant(), decision.id)).unwrap().unwrap();
        match entry.state {
            OutboxState::Done(SendOutcome::Accepted { .. }) => {
                assert!(given.contains_key(&decision.id), "kill {kill}: {number} was never sent");
            }
            OutboxState::Done(SendOutcome::Unknown) => in_doubt += 1,
            OutboxState::Due => assert!(!given.contains_key(&decision.id)),
            state => panic!("kill {kill}: {number} is {state:?}"),
        }
    }
    in_doubt
}
