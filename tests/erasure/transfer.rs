//! What remains of the erased travels with an export, and refuses them there.

use omnichannel::Hub;
use omnichannel::engine::Fate;
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::{crowd, hub, tenant};
use crate::world::{digest, eraser, feed, portraits};

fn export(hub: &Hub) -> Vec<String> {
    let (mut export, mut lines) = (hub.export(tenant()), Vec::new());
    while let Some(page) = block_on(export.next()).expect("exported") {
        lines.extend(page);
    }
    lines
}

fn import(hub: &Hub, lines: &[String]) -> u64 {
    let mut import = hub.import(tenant());
    let progress = block_on(import.take(lines)).expect("imported");
    assert!(progress.is_complete(), "{progress:?}");
    progress.accepted
}

/// A crowd of which one person was erased, and what it told.
fn erased() -> (Hub, Vec<omnichannel::channel::RawInbound>) {
    let (from, told) = (eraser(MemoryStore::new()), crowd(4, 30));
    feed(&from, &told);
    let somebody = portraits(&from)[3].customer.records[0].id;
    block_on(from.erase(tenant(), somebody, "request 7")).expect("erased");
    (from, told)
}

#[test]
fn whoever_was_erased_is_refused_where_an_export_arrives() {
    let (from, told) = erased();
    let to = eraser(MemoryStore::new());
    let lines = export(&from);
    import(&to, &lines);
    assert_eq!(digest(&to), digest(&from));
    assert_eq!(import(&to, &lines), 0, "again, nothing is new");
    let refused = |hub: &Hub| {
        let fates = feed(hub, &told);
        fates.iter().filter(|(_, fate)| *fate == Fate::Erased).count()
    };
    let (here, there) = (refused(&from), refused(&to));
    assert!(here > 0 && here == there, "{here} are refused here and {there} there");
    assert_eq!(digest(&to), digest(&from));
}

#[test]
fn remains_arrive_in_any_order_and_need_their_key() {
    let (from, told) = erased();
    let mut lines = export(&from);
    lines[1..].reverse();
    let to = eraser(MemoryStore::new());
    import(&to, &lines);
    assert_eq!(export(&to).len(), export(&from).len());
    assert_eq!(digest(&to), digest(&from));
    let keyless = hub(MemoryStore::new());
    let mut import = keyless.import(tenant());
    let error = block_on(import.take(&lines)).err();
    let later = block_on(keyless.receive(told[0].clone())).err();
    let error = error.or(later).expect("the erasure key is missing");
    assert!(error.to_string().contains("erasure key"), "{error}");
}
