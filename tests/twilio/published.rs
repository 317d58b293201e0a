//! Published forms that nobody here wrote, each as a person reads it.

use std::path::PathBuf;

use omnichannel::model::{Code, Part};

use super::*;

/// File, kind, sender, external id, what is said or how far a message got.
const TABLE: [(&str, &str, &str, &str, &str); 7] = [
    (
        "bbcommunity_wa_1_text.form",
        "message",
        "31612345678",
        "SM892512e202b34d4109b10a3893fa9640",
        "test",
    ),
    (
        "bbcommunity_wa_2_media.form",
        "message",
        "31612345678",
        "MM21151abfaadc1fb79b782f8460862a52",
        "image/jpeg",
    ),
    (
        "bbcommunity_wa_3_loc.form",
        "message",
        "31612345678",
        "SM9c871cd9649aa3829298e153ae6a8123",
        "geo:52.303897857666016,4.750025749206543",
    ),
    (
        "bbcommunity_wa_4_status_delivered.form",
        "receipt",
        "31612345678",
        "SMdf55df64a2ff4920bb0748193cfbb640:delivered",
        "delivered",
    ),
    (
        "bbcommunity_wa_5_status_sent.form",
        "receipt",
        "31612345678",
        "SM0cec4ed334e74bcbb64eb8b6684e9654:sent",
        "sent",
    ),
    ("botbuilder_MediaPayload.txt", "message", "+2222", "3333", "Hello json"),
    ("botbuilder_NoMediaPayload.txt", "message", "+2222", "3333", "Hello"),
];

/// Files that are no form of Twilio's.
const REFUSED: [&str; 3] = [
    "botbuilder_Activities.json",
    "botbuilder_DictionaryMediaPayload.json",
    "botbuilder_DictionaryPayload.json",
];

/// Where the published payloads are; `None`, said aloud, where they are not.
fn folder() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test is told where the payloads are")]
    let told = std::env::var("OMNICHANNEL_PAYLOADS").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let folder = told.unwrap_or_else(|_| default()).join("twilio");
    if folder.is_dir() {
        return Some(folder);
    }
    let line =
        format!("skipped: payloads not found at {} (set OMNICHANNEL_PAYLOADS)\n", folder.display());
    // Straight to standard error: the harness hides what a passing test prints.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    None
}

/// What a person reads in an event.
fn gist(event: &Event) -> String {
    if let Some(receipt) = &event.receipt {
        return receipt.status.to_string();
    }
    let parts = event.message.iter().flat_map(|message| &message.parts);
    let gist = parts.map(|part| match part {
        Part::Text(text) | Part::Location(text) => text.expose().clone(),
        Part::Media(file) => file.media_type.clone(),
        _ => String::new(),
    });
    gist.collect::<Vec<_>>().join(" ")
}

#[test]
fn published_forms_are_read_as_people_read_them() {
    let Some(folder) = folder() else { return };
    for (name, kind, sender, id, said) in TABLE {
        let decoded = decode(std::fs::read(folder.join(name)).unwrap());
        assert_eq!((decoded.events.len(), &*decoded.rejected), (1, &[][..]), "{name}");
        let event = &decoded.events[0];
        let read = (
            event.kind.name(),
            event.sender.as_ref().map(|sender| sender.value.expose().as_str()),
            event.external_id.as_deref(),
            gist(event),
        );
        assert_eq!(read, (kind, Some(sender), Some(id), said.to_owned()), "{name}");
    }
    for name in REFUSED {
        let decoded = decode(std::fs::read(folder.join(name)).unwrap());
        assert_eq!((decoded.events.len(), decoded.rejected[0].code), (0, Code::Syntax), "{name}");
    }
}

#[test]
fn every_published_form_is_told_of() {
    let Some(folder) = folder() else { return };
    let files = std::fs::read_dir(folder).unwrap();
    for file in files.map(|file| file.unwrap().file_name().into_string().unwrap()) {
        let known = TABLE.iter().any(|(name, ..)| *name == file) || REFUSED.contains(&&*file);
        assert!(known, "{file}");
    }
}
