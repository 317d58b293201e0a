//! Published updates that nobody here wrote, each as a person reads it.

use std::path::PathBuf;

use super::{decode_at, row};

/// File, kind, sender, external id, seconds since 1970, characters of the text; read without a time
/// of receipt.
const TABLE: &str = "\
callback_query_deserialize_1 message 12345 update:1 - 0
maybe_inaccessible_message_test_inaccessible_message_1 unknown 42 4 - -
maybe_inaccessible_message_test_regular_message_2 unknown 42 4 1 -
message_chat_boost_added_24 track - -1002236736395:28 1721162702 -
message_de_image_6 message 250918540 199791 1568290622 0
message_de_media_forwarded_1 message 250918540 198283 1567927221 0
message_de_media_group_forwarded_3 message 250918540 198283 1567927221 0
message_de_shared_chat_2 track 250918540 198283 1567927221 -
message_de_sticker_5 message 250918540 199787 1568290188 0
message_de_text_4 message 250918540 199785 1568289890 9
message_effect_id_25 message 1459074222 139 1739038521 14
message_empty_message_15 unknown 1234567890 875400 - -
message_gift_info_22 track - -1002236736395:27 1721162577 -
message_giveaway_17 message - -1002236736395:27 1721162577 0
message_giveaway_completed_19 track - -1002236736395:27 1721162577 -
message_giveaway_created_18 track - -1002236736395:27 1721162577 -
message_giveaway_winners_20 track - -1002236736395:28 1721162702 -
message_issue_419_7 message - -1001160242915:1 1640359576 4
message_issue_427_8 identity_change -1001555296434 16 1629404938 -
message_issue_427_9 identity_change -1001555296434 -1001555296434:1 1629404938 -
message_issue_475_11 track - -1001331354980:198295 1638236631 -
message_issue_481_10 message 0 0 - 0
message_issue_874_16 track 112455916 -1001840751935:62 1682191229 -
message_paid_message_price_changed_21 track - -1002236736395:27 1721162577 -
message_parse_caption_entities_12 message 27433968 3460 1655671349 15
message_show_caption_above_media_26 message 1459074222 140 1739041615 14
message_topic_created_13 track 1253681278 -1001847508954:4 1675229139 -
message_topic_message_14 message 1253681278 -1001847508954:5 1675229140 4
message_unique_gift_info_23 track - -1002236736395:27 1721162577 -
poll_answer_poll_answer_with_both_user_and_voter_chat_de_3 track - update:1 - -
poll_answer_poll_answer_with_user_de_1 track 42 update:1 - -
poll_answer_poll_answer_with_voter_chat_de_2 track - update:1 - -
update_chat_boost_removed_10 track 1459074222 update:71651297 1721999621 -
update_chat_boost_updated_9 track 1459074222 update:71651297 1721399621 -
update_dice_works_3 message 408258968 -1001276785818:35410 1596014550 0
update_issue_523_5 consent 0 update:0 1644677726 -
update_message_1 message 218485655 6557 1569518342 11
update_message_reaction_count_updated_8 reaction - update:71651251 1721306391 -
update_message_reaction_updated_6 reaction 1459074222 update:71651249 1721306082 -
update_message_reaction_updated_7 reaction - update:767844136 1723798597 -
update_new_update_kind_error_4 unknown - update:1 - -
update_paid_media_purchased_de_11 track 408258968 update:573255267 - -
update_pinned_message_works_2 track 408258968 -1001276785818:20225 1582134655 -";

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
    let table: Vec<_> = TABLE.lines().map(|row| row.split_once(' ').unwrap()).collect();
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
    let mut files: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
    files.sort();
    let named: Vec<String> = table.iter().map(|row| format!("teloxide_{}.json", row.0)).collect();
    assert_eq!(files, named, "each file of the folder has a row");

    for (name, expected) in table {
        let body = std::fs::read_to_string(folder.join(format!("teloxide_{name}.json"))).unwrap();
        let decoded = decode_at(wrapped(name, &body), None);
        assert_eq!((&decoded.rejected, &decoded.ignored), (&vec![], &vec![]), "{name}");
        assert_eq!(decoded.events.len(), 1, "{name}");
        assert_eq!(row(&decoded.events[0]), expected, "{name}");
    }
}

#[test]
fn of_what_is_no_update_messages_are_read_and_the_others_refused() {
    let Some(folder) = folder() else { return };
    for told in TABLE.lines().filter(|told| !told.starts_with("update_")) {
        let (name, expected) = told.split_once(' ').unwrap();
        let body = std::fs::read_to_string(folder.join(format!("teloxide_{name}.json"))).unwrap();
        let decoded = decode_at(body.clone(), None);
        if wrapped(name, &body).contains(r#""message": {"#) {
            assert_eq!(row(&decoded.events[0]), expected, "{name}");
            continue;
        }
        assert_eq!(decoded.events, [], "{name}");
        assert_eq!(decoded.rejected[0].code.name(), "missing_field", "{name}");
    }
}
