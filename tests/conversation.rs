//! Which messages are one conversation: references, the reply window, and nothing else.
//!
//! Method: one customer's messages are told over two channels; the conversations are read.
#![cfg(feature = "testkit")]

mod common;

use common::{hub, request, tenant};
use omnichannel::model::{Because, Conversation};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

/// A message on a channel at an hour of March (unknown where `None`), perhaps answering others.
fn said(
    id: &str,
    channel: &'static str,
    hour: Option<u32>,
    answers: &str,
) -> (&'static str, String) {
    let time = hour.map(|hour| {
        format!(r#""occurred_at":"2026-03-{:02}T{:02}:00:00Z","#, 1 + hour / 24, hour % 24)
    });
    let sender = r#"{"namespace":"account","value":"camille"}"#;
    let body = format!(
        r#"{{"id":"{id}",{}"act":"said","sender":{sender},"identifiers":[{sender}],
        "message":{{"direction":"inbound","author":"customer","text":"{id}",
        "references":[{answers}]}}}}"#,
        time.unwrap_or_default()
    );
    (channel, body)
}

fn conversations(told: &[(&'static str, String)]) -> Vec<Conversation> {
    let hub = hub(MemoryStore::new());
    let mut camille = None;
    for (channel, body) in told {
        let reception = block_on(hub.receive(request(channel, body))).expect("received");
        camille = reception.taken.first().and_then(|taken| taken.record).or(camille);
    }
    block_on(hub.conversations(tenant(), camille.expect("she came"))).expect("read")
}

/// The texts of each conversation.
fn texts(conversations: &[Conversation]) -> Vec<Vec<String>> {
    let words = |conversation: &Conversation| {
        let messages = conversation.messages.iter();
        messages.map(|said| said.message.text().into_exposed()).collect()
    };
    conversations.iter().map(words).collect()
}

#[test]
fn the_reply_window_holds_to_the_hour_and_over_channels() {
    // The window is three days unless the configuration says otherwise.
    let told = [
        said("a", "social", Some(0), ""),
        said("b", "app", Some(72), ""),
        said("c", "social", Some(145), ""),
    ];
    let found = conversations(&told);
    assert_eq!(texts(&found), [vec!["a", "b"], vec!["c"]]);
    let first = found[0].messages[0].id;
    assert_eq!(found[0].messages[1].because, Because::Followed(first));
    assert_eq!((found[0].id, found[1].messages[0].because), (first.into(), Because::Opened));
    assert_eq!(found[0].channels().len(), 2);
}

#[test]
fn a_reference_outlives_the_window_and_outranks_what_came_between() {
    let told = [
        said("a", "social", Some(0), ""),
        said("b", "social", Some(200), ""),
        said("c", "social", Some(201), r#""a""#),
        said("d", "social", Some(202), r#""unknown""#),
    ];
    let found = conversations(&told);
    assert_eq!(texts(&found), [vec!["a", "c", "d"], vec!["b"]]);
    let first = found[0].messages[0].id;
    assert_eq!(found[0].messages[1].because, Because::Answers(first));
}

#[test]
fn a_reference_to_a_stranger_or_to_another_feed_is_none() {
    let stranger = r#"{"id":"s","occurred_at":"2026-03-20T00:00:00Z","act":"said",
        "sender":{"namespace":"account","value":"noe"},
        "message":{"direction":"inbound","author":"customer","text":"s"}}"#;
    let told = [
        ("social", stranger.to_owned()),
        said("a", "social", Some(0), r#""s""#),
        said("b", "app", Some(200), r#""a""#),
    ];
    assert_eq!(texts(&conversations(&told)), [vec!["a"], vec!["b"]]);
}

#[test]
fn a_message_of_unknown_time_stands_alone_and_last() {
    let told = [said("x", "social", None, ""), said("a", "social", Some(0), "")];
    assert_eq!(texts(&conversations(&told)), [vec!["a"], vec!["x"]]);
}
