//! What a large SQLite file costs to open and to page through.
//!
//! ```text
//! cargo bench --features sqlite --bench scale [-- CUSTOMERS]
//! ```
//!
//! A file of so many customers, a touchpoint each, and of one whose timeline has a hundredth of all
//! touchpoints. It is closed and opened 20 times, each with a first read; then pages of 50 are
//! read, every tenth of the long timeline. Says the median and the 99th percentile.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, TouchpointJson};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{Channel, ChannelId, ChannelKind, IdKey, RecordId, TenantId, Timestamp};
use omnichannel::storage::SqliteStore;

type Failure = Box<dyn std::error::Error>;

const OPENINGS: usize = 20;
const PAGES: usize = 5_000;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs a bench without this word, to see that it runs.
    let trial = !words.iter().any(|word| word == "--bench");
    let asked = words.iter().find_map(|word| word.parse().ok());
    let customers = asked.unwrap_or(if trial { 1_000 } else { 1_000_000 });
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let folder = Folder::new()?;
    let began = time();
    let (records, regular) = fill(&folder, customers, &runtime)?;
    println!("{customers} customers, filled in {:.0} s", (time() - began).as_secs_f64());

    let openings = (0..OPENINGS).map(|n| {
        let began = time();
        let hub = hub(&folder)?;
        let known = runtime.block_on(hub.customer(tenant(), records[n * 7 % records.len()]))?;
        known.ok_or("a customer is gone")?;
        Ok(time() - began)
    });
    report("open and read a customer", openings.collect::<Result<_, Failure>>()?);

    report("a page of 50, cold", read_pages(&folder, &records, regular, &runtime)?);
    // As on a machine that serves: the system holds the file's pages, SQLite's own cache is new.
    std::io::copy(&mut std::fs::File::open(folder.file())?, &mut std::io::sink())?;
    report("a page of 50, warm", read_pages(&folder, &records, regular, &runtime)?);
    Ok(())
}

/// Nine pages of customers of one touchpoint, then one of a customer of ten thousand.
fn read_pages(
    folder: &Folder,
    records: &[RecordId],
    regular: RecordId,
    runtime: &tokio::runtime::Runtime,
) -> Result<Vec<Duration>, Failure> {
    let hub = hub(folder)?;
    let (mut pages, mut after) = (Vec::new(), None);
    for n in 0..PAGES {
        let long = n % 10 == 0;
        let whose = if long { regular } else { records[n * 7_919 % records.len()] };
        let place = if long { after } else { None };
        let began = time();
        let page = runtime.block_on(hub.timeline(tenant(), whose, place, 50))?;
        pages.push(time() - began);
        if long {
            after = page.ok_or("a timeline is gone")?.next;
        }
    }
    Ok(pages)
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!("{what}: median {:.2} ms, p99 {:.2} ms", at(50), at(99));
}

fn tenant() -> TenantId {
    TenantId::named("maison-lune")
}

fn hub(folder: &Folder) -> Result<Hub, Failure> {
    let now: Timestamp = "2026-03-14T20:40:00Z".parse()?;
    let keys = Keys { id_key: IdKey::new(&[7; 32])? };
    let store = SqliteStore::open(folder.file())?;
    let codec = TouchpointJson::new(Channel::new("store", ChannelKind::Store)?);
    Ok(Hub::new(store, keys, FixedClock::new(now), SeededEntropy::new(1)).channel(
        tenant(),
        Listening::new(codec),
        KeyRing::default(),
    ))
}

/// Fills the file; some of its customers, and the one with the long timeline.
fn fill(
    folder: &Folder,
    customers: usize,
    runtime: &tokio::runtime::Runtime,
) -> Result<(Vec<RecordId>, RecordId), Failure> {
    let (hub, channel) = (hub(folder)?, ChannelId::new("store")?);
    let request = |n: usize| {
        let who = if n.is_multiple_of(100) { 0 } else { n };
        let at = Timestamp::from_micros((1_700_000_000 + n as i64) * 1_000_000);
        let at = at.map(|at| at.to_string());
        let body = format!(
            r#"{{"id":"{n}","act":"purchased","occurred_at":"{}","sender":{{"namespace":
            "email","value":"buyer-{who}@example.org"}},
            "objects":[{{"kind":"order","id":"{n}"}}]}}"#,
            at.unwrap_or_default()
        );
        RawInbound::new(tenant(), channel.clone(), body).attested("made by the bench")
    };
    let (mut records, mut regular) = (Vec::new(), None);
    let all = hub.receive_all((0..customers).map(request), |_, receptions| {
        let taken = |at: usize| receptions.get(at)?.taken.first()?.record;
        regular = regular.or(taken(0));
        records.extend(taken(1));
    });
    runtime.block_on(all)?;
    Ok((records, regular.ok_or("nobody")?))
}

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let name = format!("omnichannel-scale-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn file(&self) -> PathBuf {
        self.0.join("store.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The time since the first call.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn time() -> Duration {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed()
}
