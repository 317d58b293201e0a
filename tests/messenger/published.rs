//! Published bodies: what each must become.
//!
//! `published.txt` has a line for each event: file, kind, sender, the id of the event or
//! of the message that it is about, time, characters of the text; or the code of a refusal.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::*;

fn root() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "a test is told where the payloads are")]
    let told = std::env::var("OMNICHANNEL_PAYLOADS").map(PathBuf::from);
    told.unwrap_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads"))
}

/// Every file of both folders.
fn bodies(root: &Path) -> Option<Vec<(String, Vec<u8>)>> {
    let mut bodies = Vec::new();
    for folder in ["instagram", "messenger"] {
        for file in std::fs::read_dir(root.join(folder)).ok()? {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap().replace(".json", "");
            bodies.push((format!("{folder} {name}"), std::fs::read(file.path()).unwrap()));
        }
    }
    bodies.sort();
    Some(bodies)
}

fn told(event: &Event) -> String {
    let of = event.receipt.as_ref().map(|it| it.of.as_str()).filter(|of| !of.is_empty());
    let id = event.external_id.as_deref().or(of);
    let words = event.message.as_ref().map(|it| it.text().expose().chars().count().to_string());
    let told = [
        event.kind.name().to_owned(),
        sender(event).unwrap_or("-").to_owned(),
        id.unwrap_or("-").to_owned(),
        at(event).unwrap_or("-".to_owned()),
        words.unwrap_or("-".to_owned()),
    ];
    told.join(" | ")
}

#[test]
fn every_published_body_reads_as_the_table_says() {
    let root = root();
    let Some(bodies) = bodies(&root) else {
        let path = root.display();
        // Not `println!`, which the test harness swallows when a test passes.
        let mut shown = std::io::stderr();
        writeln!(shown, "skipped: payloads not found at {path} (set OMNICHANNEL_PAYLOADS)")
            .unwrap();
        return;
    };
    let mut rows = include_str!("published.txt").lines();
    for (name, body) in &bodies {
        let decoded = decode_by(&codec(), body.as_slice(), None);
        let events = decoded.events.iter().map(told);
        let others = decoded.rejected.iter().chain(&decoded.ignored);
        for line in events.chain(others.map(|it| it.code.to_string())) {
            assert_eq!(rows.next(), Some(format!("{name} | {line}").as_str()));
        }
    }
    assert_eq!(rows.next(), None, "each row has its body");
}
