//! Segment Spec: the published examples, the spec's rules, and input that breaks them.

#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::io::Write as _;
use std::path::PathBuf;

mod broken;
mod told;
mod when;

use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, Segment, verify};
use omnichannel::model::{
    Act, Author, Channel, ChannelKind, Code, ConsentState, Decoded, Direction, Event, EventKind,
    Namespace, ObjectRef, TenantId, TimeOrigin, Timestamp,
};

const RECEIVED: &str = "2026-11-22T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn decode_at(body: impl Into<Vec<u8>>, received_at: Option<&str>) -> Decoded {
    let channel = Channel::new("web", ChannelKind::Web).unwrap();
    let codec = Segment::new(channel.clone());
    let mut request = RawInbound::new(TenantId::named("maison-lune"), channel.id, body);
    request.received_at = received_at.map(time);
    let request = request.attested("a test");
    let request = verify(&codec.scheme(), &KeyRing::default(), request, time(RECEIVED)).unwrap();
    codec.decode(&request)
}

fn decode(body: impl Into<Vec<u8>>) -> Decoded {
    decode_at(body, Some(RECEIVED))
}

/// The one event of a body.
fn event(body: impl Into<Vec<u8>>) -> Event {
    let mut decoded = decode(body);
    assert_eq!(decoded.rejected, []);
    assert_eq!(decoded.events.len(), 1);
    decoded.events.remove(0)
}

fn sender(event: &Event) -> Option<(Namespace, &str)> {
    let sender = event.sender.as_ref()?;
    Some((sender.namespace.clone(), sender.value.expose().as_str()))
}

fn seen(event: &Event) -> Vec<(&str, &str)> {
    let seen = event.identifiers.iter();
    seen.map(|seen| (seen.namespace.name(), seen.value.expose().as_str())).collect()
}

fn at(event: &Event) -> Option<String> {
    event.occurred.at.map(|at| at.to_string())
}

// --- the published examples ---

/// File, kind, sender, external id, time, characters of the text; read without a time of receipt.
type Expected = (
    &'static str,
    EventKind,
    Option<(Namespace, &'static str)>,
    Option<&'static str>,
    Option<&'static str>,
    Option<usize>,
);

const ID: Option<&str> = Some("022bb90c-bbac-11e4-8dfc-aa07a5b093db");
const AT: Option<&str> = Some("2015-02-23T22:28:55.111Z");
const PETER: Option<(Namespace, &str)> = Some((Namespace::Account, "97980cfea0067"));
const MILTON: Option<(Namespace, &str)> = Some((Namespace::Account, "019mr8mf4r"));
const ALIASED: Option<(Namespace, &str)> = Some((Namespace::Account, "507f191e81"));

fn table() -> Vec<Expected> {
    use EventKind as K;
    let (started, sent) = (Some(17), Some(64));
    let clicked = Some((Namespace::Account, "AiUGstSDIg"));
    let click = Some("ajs-f8ca1e4de5024d9430b3928bd8ac6b96");
    vec![
        ("segmentdocs_alias_1.json", K::Alias, ALIASED, None, None, None),
        ("segmentdocs_alias_2.json", K::Alias, ALIASED, ID, AT, None),
        ("segmentdocs_common_1.json", K::Track, PETER, ID, Some("2015-12-10T04:08:31.905Z"), None),
        ("segmentdocs_email_1.json", K::Track, MILTON, None, None, None),
        ("segmentdocs_email_2.json", K::Track, MILTON, None, None, None),
        ("segmentdocs_email_3.json", K::Track, MILTON, None, None, None),
        ("segmentdocs_group_1.json", K::Group, None, None, None, None),
        ("segmentdocs_group_2.json", K::Group, PETER, ID, AT, None),
        ("segmentdocs_identify_1.json", K::Identify, PETER, None, None, None),
        ("segmentdocs_identify_2.json", K::Identify, PETER, ID, AT, None),
        ("segmentdocs_live-chat_1.json", K::Track, MILTON, None, None, started),
        ("segmentdocs_live-chat_2.json", K::Track, MILTON, None, None, None),
        ("segmentdocs_live-chat_3.json", K::Track, MILTON, None, None, sent),
        ("segmentdocs_page_1.json", K::Page, None, None, None, None),
        ("segmentdocs_page_2.json", K::Page, PETER, ID, AT, None),
        ("segmentdocs_screen_1.json", K::Screen, None, None, None, None),
        ("segmentdocs_screen_2.json", K::Screen, PETER, ID, AT, None),
        ("segmentdocs_track_1.json", K::Track, None, None, None, None),
        (
            "segmentdocs_track_2.json",
            K::Track,
            clicked,
            click,
            Some("2015-12-12T19:11:01.249Z"),
            None,
        ),
    ]
}

#[test]
fn every_published_example_reads_as_the_table_says() {
    #[expect(clippy::disallowed_methods, reason = "a test is told where the payloads are")]
    let told = std::env::var("OMNICHANNEL_PAYLOADS").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let root = told.unwrap_or_else(|_| default());
    let folder = root.join("segment");
    let Ok(files) = std::fs::read_dir(&folder) else {
        let path = root.display();
        // Not `println!`, which the test harness swallows when a test passes.
        let mut shown = std::io::stderr();
        writeln!(shown, "skipped: payloads not found at {path} (set OMNICHANNEL_PAYLOADS)")
            .unwrap();
        return;
    };
    let mut files: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    let expected: Vec<&str> = table().iter().map(|row| row.0).collect();
    assert_eq!(files, expected, "each file of the folder has a row");

    for (file, kind, from, id, when, text) in table() {
        let decoded = decode_at(std::fs::read(folder.join(file)).unwrap(), None);
        assert_eq!(decoded.rejected, [], "{file}");
        assert_eq!(decoded.events.len(), 1, "{file}");
        let event = &decoded.events[0];
        assert_eq!(event.kind, kind, "{file}");
        assert_eq!(sender(event), from, "{file}");
        assert_eq!(event.external_id.as_deref(), id, "{file}");
        assert_eq!(at(event).as_deref(), when, "{file}");
        let words = event.message.as_ref().map(|message| message.text().expose().chars().count());
        assert_eq!(words, text, "{file}");
    }
}
