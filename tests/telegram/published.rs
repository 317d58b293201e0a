//! Published updates that nobody here wrote, each as a person reads it.

use std::path::PathBuf;

use omnichannel::model::EventKind::{self as K, Consent, IdentityChange, Message, Reaction};

use super::{at, decode_at, sender, text};

/// File, kind, sender, external id, time, characters of the text; read without a time of receipt.
type Expected =
    (&'static str, K, Option<&'static str>, &'static str, Option<&'static str>, Option<usize>);

const T: K = K::Track;
const U: K = K::Unknown;
const JULY: Option<&str> = Some("2024-07-16T20:42:57Z");
const LATER: Option<&str> = Some("2024-07-16T20:45:02Z");
const POST: &str = "-1002236736395:27";
const FORWARDED: Option<&str> = Some("2019-09-08T07:20:21Z");
const ANDREY: Option<&str> = Some("250918540");
const SHADOW: Option<&str> = Some("1459074222");
const FOREVER: Option<&str> = Some("408258968");

/// The files that hold a message or a part of an update, which the test wraps into one.
fn bare() -> Vec<Expected> {
    let (none, wafer) = (None, Some("1253681278"));
    let new_chat = Some("-1001555296434");
    vec![
        ("callback_query_deserialize_1", Message, Some("12345"), "update:1", none, Some(0)),
        ("maybe_inaccessible_message_test_inaccessible_message_1", U, Some("42"), "4", none, None),
        (
            "maybe_inaccessible_message_test_regular_message_2",
            U,
            Some("42"),
            "4",
            Some("1970-01-01T00:00:01Z"),
            None,
        ),
        ("message_chat_boost_added_24", T, none, "-1002236736395:28", LATER, None),
        ("message_de_image_6", Message, ANDREY, "199791", Some("2019-09-12T12:17:02Z"), Some(0)),
        ("message_de_media_forwarded_1", Message, ANDREY, "198283", FORWARDED, Some(0)),
        ("message_de_media_group_forwarded_3", Message, ANDREY, "198283", FORWARDED, Some(0)),
        ("message_de_shared_chat_2", T, ANDREY, "198283", FORWARDED, None),
        ("message_de_sticker_5", Message, ANDREY, "199787", Some("2019-09-12T12:09:48Z"), Some(0)),
        ("message_de_text_4", Message, ANDREY, "199785", Some("2019-09-12T12:04:50Z"), Some(9)),
        ("message_effect_id_25", Message, SHADOW, "139", Some("2025-02-08T18:15:21Z"), Some(14)),
        ("message_empty_message_15", U, Some("1234567890"), "875400", none, None),
        ("message_gift_info_22", T, none, POST, JULY, None),
        ("message_giveaway_17", Message, none, POST, JULY, Some(0)),
        ("message_giveaway_completed_19", T, none, POST, JULY, None),
        ("message_giveaway_created_18", T, none, POST, JULY, None),
        ("message_giveaway_winners_20", T, none, "-1002236736395:28", LATER, None),
        (
            "message_issue_419_7",
            Message,
            none,
            "-1001160242915:1",
            Some("2021-12-24T15:26:16Z"),
            Some(4),
        ),
        ("message_issue_427_8", IdentityChange, new_chat, "16", Some("2021-08-19T20:28:58Z"), None),
        (
            "message_issue_427_9",
            IdentityChange,
            new_chat,
            "-1001555296434:1",
            Some("2021-08-19T20:28:58Z"),
            None,
        ),
        (
            "message_issue_475_11",
            T,
            none,
            "-1001331354980:198295",
            Some("2021-11-30T01:43:51Z"),
            None,
        ),
        ("message_issue_481_10", Message, Some("0"), "0", none, Some(0)),
        (
            "message_issue_874_16",
            T,
            Some("112455916"),
            "-1001840751935:62",
            Some("2023-04-22T19:20:29Z"),
            None,
        ),
        ("message_paid_message_price_changed_21", T, none, POST, JULY, None),
        (
            "message_parse_caption_entities_12",
            Message,
            Some("27433968"),
            "3460",
            Some("2022-06-19T20:42:29Z"),
            Some(15),
        ),
        (
            "message_show_caption_above_media_26",
            Message,
            SHADOW,
            "140",
            Some("2025-02-08T19:06:55Z"),
            Some(14),
        ),
        (
            "message_topic_created_13",
            T,
            wafer,
            "-1001847508954:4",
            Some("2023-02-01T05:25:39Z"),
            None,
        ),
        (
            "message_topic_message_14",
            Message,
            wafer,
            "-1001847508954:5",
            Some("2023-02-01T05:25:40Z"),
            Some(4),
        ),
        ("message_unique_gift_info_23", T, none, POST, JULY, None),
        (
            "poll_answer_poll_answer_with_both_user_and_voter_chat_de_3",
            T,
            none,
            "update:1",
            none,
            None,
        ),
        ("poll_answer_poll_answer_with_user_de_1", T, Some("42"), "update:1", none, None),
        ("poll_answer_poll_answer_with_voter_chat_de_2", T, none, "update:1", none, None),
    ]
}

/// The files that are whole updates.
fn whole() -> Vec<Expected> {
    vec![
        (
            "update_chat_boost_removed_10",
            T,
            SHADOW,
            "update:71651297",
            Some("2024-07-26T13:13:41Z"),
            None,
        ),
        (
            "update_chat_boost_updated_9",
            T,
            SHADOW,
            "update:71651297",
            Some("2024-07-19T14:33:41Z"),
            None,
        ),
        (
            "update_dice_works_3",
            Message,
            FOREVER,
            "-1001276785818:35410",
            Some("2020-07-29T09:22:30Z"),
            Some(0),
        ),
        ("update_issue_523_5", Consent, Some("0"), "update:0", Some("2022-02-12T14:55:26Z"), None),
        (
            "update_message_1",
            Message,
            Some("218485655"),
            "6557",
            Some("2019-09-26T17:19:02Z"),
            Some(11),
        ),
        (
            "update_message_reaction_count_updated_8",
            Reaction,
            None,
            "update:71651251",
            Some("2024-07-18T12:39:51Z"),
            None,
        ),
        (
            "update_message_reaction_updated_6",
            Reaction,
            SHADOW,
            "update:71651249",
            Some("2024-07-18T12:34:42Z"),
            None,
        ),
        (
            "update_message_reaction_updated_7",
            Reaction,
            None,
            "update:767844136",
            Some("2024-08-16T08:56:37Z"),
            None,
        ),
        ("update_new_update_kind_error_4", U, None, "update:1", None, None),
        ("update_paid_media_purchased_de_11", T, FOREVER, "update:573255267", None, None),
        (
            "update_pinned_message_works_2",
            T,
            FOREVER,
            "-1001276785818:20225",
            Some("2020-02-19T17:50:55Z"),
            None,
        ),
    ]
}

/// Where the published payloads are; `None`, said aloud, where they are not.
fn folder() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test is told where the payloads are")]
    let told = std::env::var("OMNICHANNEL_PAYLOADS").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let folder = told.unwrap_or_else(|_| default()).join("telegram");
    if folder.is_dir() {
        return Some(folder);
    }
    let line =
        format!("skipped: payloads not found at {} (set OMNICHANNEL_PAYLOADS)\n", folder.display());
    // Straight to standard error: the harness hides what a passing test prints.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    None
}

/// An update around what the file holds of one.
fn wrapped(name: &str, body: &str) -> String {
    let kind = match name {
        _ if name.starts_with("update_") => return body.to_owned(),
        _ if name.starts_with("callback_query") => "callback_query",
        _ if name.starts_with("poll_answer") => "poll_answer",
        _ => "message",
    };
    format!(r#"{{"update_id": 1, "{kind}": {body}}}"#)
}

#[test]
fn every_published_update_reads_as_the_table_says() {
    let Some(folder) = folder() else { return };
    let table: Vec<Expected> = bare().into_iter().chain(whole()).collect();
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
    let mut files: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
    files.sort();
    let named: Vec<String> = table.iter().map(|row| format!("teloxide_{}.json", row.0)).collect();
    assert_eq!(files, named, "each file of the folder has a row");

    for (name, kind, from, id, when, words) in table {
        let body = std::fs::read_to_string(folder.join(format!("teloxide_{name}.json"))).unwrap();
        let decoded = decode_at(wrapped(name, &body), None);
        assert_eq!((&decoded.rejected, &decoded.ignored), (&vec![], &vec![]), "{name}");
        assert_eq!(decoded.events.len(), 1, "{name}");
        let event = &decoded.events[0];
        assert_eq!(event.kind, kind, "{name}");
        assert_eq!(sender(event), from, "{name}");
        assert_eq!(event.external_id.as_deref(), Some(id), "{name}");
        assert_eq!(at(event).as_deref(), when, "{name}");
        assert_eq!(text(event).map(|text| text.chars().count()), words, "{name}");
    }
}

#[test]
fn what_is_no_update_is_refused() {
    let Some(folder) = folder() else { return };
    for (name, ..) in bare() {
        let decoded =
            decode_at(std::fs::read(folder.join(format!("teloxide_{name}.json"))).unwrap(), None);
        assert_eq!(decoded.events, [], "{name}");
        assert_eq!(decoded.rejected[0].code.name(), "missing_field", "{name}");
    }
}
