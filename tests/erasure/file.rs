//! No byte of the erased is left in a file.
#![cfg(feature = "sqlite")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use omnichannel::model::Ruling;
use omnichannel::storage::{SqliteStore, Store};
use omnichannel::testkit::block_on;

use crate::common::{crowd, request, tenant};
use crate::world::{at, eraser, feed, shop};

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("omnichannel-erasure-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// The bytes of every file: the database, its log and all free pages.
    fn count(&self, word: &str) -> usize {
        let files = fs::read_dir(&self.0).expect("the folder");
        let bytes = files.flat_map(|file| fs::read(file.expect("a file").path()).expect("bytes"));
        let bytes: Vec<u8> = bytes.collect();
        bytes.windows(word.len()).filter(|window| *window == word.as_bytes()).count()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const PLANTED: [&str; 10] = [
    "zoeplanted",
    "0612345678",
    "Zoëname",
    "secret text",
    "rueplanted",
    "the form of may",
    "told in a note",
    "Bonjour Zo",
    "Ana Ruler",
    "they differ",
];

const BODY: &str = r#"[{"id":"1","occurred_at":"2026-03-01T10:00:00Z","act":"asked",
"sender":{"namespace":"email","value":"zoeplanted@example.org"},
"identifiers":[{"namespace":"phone","value":"0612345678"}],
"attributes":{"name":"Zoëname","address.street":"rueplanted"},
"message":{"direction":"inbound","author":"customer","text":"secret text"},
"details":{"note":"told in a note"},
"consents":[{"endpoint":{"namespace":"email","value":"zoeplanted@example.org"},
"purpose":"marketing","state":"given","evidence":"the form of may"}]}]"#;

#[test]
fn no_byte_of_a_person_is_left_in_the_file() {
    let folder = Folder::new("bytes");
    let store = Arc::new(SqliteStore::open(folder.0.join("store.db")).expect("opened"));
    assert!(store.capabilities().purge);
    let crowded = eraser(Arc::clone(&store));
    feed(&crowded, &crowd(1, 40));
    let shop = shop(Arc::clone(&store));
    let reception = block_on(shop.hub.receive(request("mail", BODY))).expect("received");
    let zoe = reception.taken[0].record.expect("Zoé");
    feed(&crowded, &crowd(2, 10));
    let other = shop.tell(&shop.visit("o", "other", "other@b.fr", "02T10"));
    let pair = (zoe, other.expect("new").expect("somebody"));
    block_on(shop.hub.rule(tenant(), pair, Ruling::Different, "Ana Ruler", "they differ"))
        .expect("ruled");
    for (key, purpose) in [("k1", "marketing"), ("k2", "service")] {
        block_on(shop.hub.decide(tenant(), &shop.intent(key, zoe, purpose))).expect("decided");
        block_on(shop.hub.dispatch_due(at("2026-03-14T10:00:01Z"))).expect("dispatched");
    }
    for word in PLANTED {
        assert!(folder.count(word) > 0, "{word} is planted");
    }
    shop.clock.set(at("2026-03-14T12:00:00Z"));
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "request 4711")).expect("erased");
    assert!(receipt.is_complete());
    for word in PLANTED {
        assert_eq!(folder.count(word), 0, "{word} is left");
    }
    let raw = zoe.as_uuid().to_string();
    assert_eq!(folder.count(&raw), 0, "the record's id is left");
    assert!(folder.count("request 4711") > 0, "the receipt stays");
}
