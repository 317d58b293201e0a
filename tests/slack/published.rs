//! Published bodies that nobody here wrote, each as a person reads it.

use std::path::PathBuf;

use omnichannel::model::Code;

use super::{decode_at, row};

/// File, kind, sender and workspace, external id, seconds since 1970 (`=` where the id ends with
/// them), characters of the text; read without a time of receipt.
const TABLE: &str = "\
block_actions__body message W111/T111 111.222.valid 1596530385.194939 6
events__app_uninstalled_body track - Ev111 1599616881 -
events__body track W111/T111 Ev111 1610493715 -
events__join_event_body track W23456789/T111 Ev111 1599616881 -
events__join_event_body_2 track U999/T111 Ev111 1599616881 -
events__left_event_body track W23456789/T111 Ev111 1599616881 -
events__left_event_body_2 track U999/T111 Ev111 1599616881 -
events__message_file_share_body message U111/T111 G111:1610493715.001000 = 18
events__tokens_revoked_body track - Ev111 1599616881 -
events__valid_event_body message W222/T111 C111:1595926230.009600 = 17
events__valid_reaction_added_body reaction W111/T111 Ev111 1599616881.000800 -
events_org_apps__event_payload track - Ev111 111.222000 -
events_org_apps__event_payload_2 track - Ev111 1606805732.987656 -
events_org_apps__event_payload_3 track W111/T111 Ev111 1606810927.510671 -
events_org_apps__event_payload_4 message W111/T111 C111:1606810819.000800 = 7
events_shared_channels__app_uninstalled_body track - Ev111 1599616881 -
events_shared_channels__event_body reaction W23456789/T_SOURCE Ev111 1599616881.000800 -
events_shared_channels__join_event_body track W23456789/T_INSTALLED Ev111 1599616881 -
events_shared_channels__join_event_body_2 track U999/T_INSTALLED Ev111 1599616881 -
events_shared_channels__left_event_body track W23456789/T_INSTALLED Ev111 1599616881 -
events_shared_channels__left_event_body_2 track U999/T_INSTALLED Ev111 1599616881 -
events_shared_channels__tokens_revoked_body track - Ev111 1599616881 -
events_shared_channels__valid_event_body message W222/T_INSTALLED C111:1595926230.009600 = 17
events_shared_channels__valid_reaction_added_body reaction W111/T_SOURCE Ev111 1599616881.000800 -
events_token_revocations__event_payload track - Ev111 1606805974 -
events_token_revocations__event_payload_2 track - Ev111 1606805974 -
message__message_body message W111/T111 C111:1596183880.004200 = 12
message__message_body2 message W111/T111 C111:1596183880.004200 = 37
message__message_body3 message W111/T111 C111:1596183880.004200 = 61
message_bot__classic_bot_message_event_payload message - C111:1610262363.001600 = 38
message_bot__user_message_event_payload message W111/T111 C111:1610261659.001400 = 38
message_changed__event_payload edit U111/T111 C111:1665102338.901939 = 15
message_deleted__event_payload delete U111/T111 C111:1665368619.804829 = -
message_file_share__event_payload message U111/T111 C111:1652227646.593159 = 9
message_thread_broadcast__event_payload message U111/T111 C111:1633670813.007500 = 9
shortcut__global_shortcut_body track W111/T111 111.111.xxxxxx 111.111000 -
shortcut__message_shortcut_body track W111/T111 111.222.xxx 1583637157.207593 -
slash_command__slash_command_body.form message W111/T111 111.111.xxx - 2
view_submission__body track W111/T111 111.222.valid - -
view_submission__connect_channel_payload track W111/T-other-side 111.222.xxx - -
view_submission__response_url_payload_body track U111/T111 111.222.xxx - -
javasdk_MessageChannelJoinPayload track - - 123 -
javasdk_MessageEkmAccessDeniedPayload track - - 123 -
javasdk_MessageMePayload message - - 123 0
javasdk_ReactionRemovedPayload reaction - - 0 -";

/// Files that are rightly no event.
const ASIDE: [(&str, Code); 3] = [
    ("bolt_events_url_verification__event_body.json", Code::NoEvent),
    ("bolt_message_bot__bot_message_event_payload.json", Code::Echo),
    ("javasdk_MessageRepliedPayload.json", Code::NoEvent),
];

/// Where the published payloads are; `None`, said aloud, where they are not.
fn folder() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test is told where the payloads are")]
    let told = std::env::var("OMNICHANNEL_PAYLOADS").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let folder = told.unwrap_or_else(|_| default()).join("slack");
    if folder.is_dir() {
        return Some(folder);
    }
    let line =
        format!("skipped: payloads not found at {} (set OMNICHANNEL_PAYLOADS)\n", folder.display());
    // Straight to standard error: the harness hides what a passing test prints.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    None
}

#[test]
fn every_published_body_reads_as_the_table_says() {
    let Some(folder) = folder() else { return };
    let file = |name: &str| {
        let bolt = if name.starts_with("javasdk") { "" } else { "bolt_" };
        let ending = if name.ends_with(".form") { "" } else { ".json" };
        format!("{bolt}{name}{ending}")
    };
    let table = TABLE.lines().map(|row| row.split_once(' ').unwrap());
    let table: Vec<_> = table.map(|(name, expected)| (file(name), expected)).collect();
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
    let mut files: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
    files.sort();
    let aside = ASIDE.iter().map(|(name, _)| *name);
    let mut named: Vec<&str> = table.iter().map(|row| row.0.as_str()).chain(aside).collect();
    named.sort_unstable();
    assert_eq!(files, named, "each file of the folder has a row");

    for (name, code) in ASIDE {
        let decoded = decode_at(std::fs::read(folder.join(name)).unwrap(), None);
        assert_eq!((decoded.events.len(), decoded.rejected.len()), (0, 0), "{name}");
        assert_eq!(decoded.ignored[0].code, code, "{name}");
    }
    for (name, expected) in table {
        let decoded = decode_at(std::fs::read(folder.join(&name)).unwrap(), None);
        assert_eq!((&decoded.rejected, &decoded.ignored), (&vec![], &vec![]), "{name}");
        assert_eq!(decoded.events.len(), 1, "{name}");
        assert_eq!(row(&decoded.events[0]), expected, "{name}");
    }
}
