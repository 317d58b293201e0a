//! Comments, posts, reactions and mentions.

use omnichannel::model::{Act, Direction, EventKind};

use super::*;

fn comment(verb: &str, from: &str) -> Event {
    let value = format!(
        r#"{{"item":"comment","verb":"{verb}","comment_id":"1_2","post_id":"1","parent_id":"1",
            "message":"lovely","created_time":1795354100,
            "from":{{"id":"{from}","name":"Camille"}}}}"#
    );
    change("feed", &value)
}

#[test]
fn a_comment_is_a_message_on_the_wall() {
    let event = comment("add", PARTY);
    assert_eq!((event.kind, event.act.clone()), (EventKind::Message, Act::Said));
    assert_eq!((event.external_id.as_deref(), text(&event).as_str()), (Some("1_2"), "lovely"));
    assert_eq!(
        (seen(&event), objects(&event)),
        (vec![("social_handle", Some(PAGE), PARTY)], vec![("post", "1")])
    );
    assert_eq!(event.channel_kind, Some(ChannelKind::Social));
    assert_eq!(at(&event).as_deref(), Some("2026-11-22T13:28:20Z"));
    assert_eq!(event.attributes.get("name").unwrap().expose(), "Camille");
}

#[test]
fn a_comment_is_changed_and_taken_back_under_its_id() {
    let edit = comment("edited", PARTY);
    // The first time, and the second in which it was changed.
    assert_eq!((edit.kind, edit.revision), (EventKind::Edit, 1_795_354_200));
    assert_eq!(at(&edit).as_deref(), Some("2026-11-22T13:28:20Z"));
    let gone = comment("remove", PARTY);
    assert_eq!((gone.kind, gone.revision, gone.message), (EventKind::Delete, u32::MAX, None));
    assert_eq!(gone.external_id.as_deref(), Some("1_2"));
}

#[test]
fn what_the_page_writes_is_outbound() {
    let event = comment("add", PAGE);
    assert_eq!(event.message.as_ref().unwrap().direction, Direction::Outbound);
    assert_eq!((event.act.clone(), sender(&event)), (Act::Sent, None));
}

#[test]
fn comments_and_mentions_of_instagram_are_read() {
    let event = change(
        "comments",
        r#"{"id":"c.2","parent_id":"c.1","text":"and in red?","media":{"id":"9"},
            "from":{"id":"100200300","username":"lune"}}"#,
    );
    assert_eq!((event.kind, event.act.clone()), (EventKind::Message, Act::Replied));
    assert_eq!(event.message.as_ref().unwrap().references, ["c.1"]);
    assert_eq!((sender(&event), objects(&event)), (Some(PARTY), vec![("media", "9")]));
    assert_eq!((at(&event).as_deref(), details(&event)), (Some(AT), vec![("media.id", "9")]));
    let mention = change("mentions", r#"{"comment_id":"c.3","media_id":"9"}"#);
    assert_eq!((mention.act.name(), mention.external_id.as_deref()), ("mentioned", Some("c.3")));
    assert_eq!(objects(&mention), [("comment", "c.3"), ("media", "9")]);
}

#[test]
fn reactions_and_posts_are_told_apart() {
    let like = change(
        "feed",
        r#"{"item":"reaction","verb":"add","post_id":"1","reaction_type":"love",
            "from":{"id":"100200300"}}"#,
    );
    assert_eq!((like.kind, objects(&like)), (EventKind::Reaction, vec![("message", "1")]));
    let post = change("feed", r#"{"item":"post","verb":"add","post_id":"1","message":"hm"}"#);
    assert_eq!((post.kind, post.external_id.as_deref()), (EventKind::Message, Some("1")));
    let other = change("feed", r#"{"item":"event","verb":"add","event_id":"1"}"#);
    assert_eq!(other.kind, EventKind::Unknown);
}

#[test]
fn messages_told_as_changes_are_messages() {
    let event = change(
        "messages",
        r#"{"sender":{"id":"100200300"},"recipient":{"id":"700"},"timestamp":"1795354200",
            "message":{"mid":"m.1","text":"hm"}}"#,
    );
    assert_eq!(
        (event.kind, sender(&event), at(&event).as_deref()),
        (EventKind::Message, Some(PARTY), Some(AT))
    );
}
