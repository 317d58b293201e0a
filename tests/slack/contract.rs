//! The channel contract, kept by the codec of Slack.

use omnichannel::channel_contract;
use omnichannel::model::{BlobRef, Form};
use omnichannel::testkit::channel::ChannelFixture;

use super::{codec, delivered, message};

/// A press of three buttons, the second and the third broken.
const ACTIONS: &str = r#"{"type": "block_actions", "trigger_id": "13.37.abc",
    "token": "secret-token", "response_url": "https://secret-url",
    "user": {"id": "U1", "username": "secret-name", "team_id": "T1"},
    "container": {"channel_id": "C1", "message_ts": "1763819100.500000"}, "actions": [
        {"type": "button", "value": "secret-value", "action_ts": "1763819101.000100"}, 7,
        {"type": "button", "action_ts": "secret-value"}]}"#;

fn fixture() -> ChannelFixture {
    let said = r#""text": "my words are secret", "thread_ts": "1763819000.000100",
        "files": [{"url_private": "https://secret-url", "name": "secret-name"}]"#;
    let changed = r#""type": "message", "subtype": "message_changed", "channel": "C1",
        "message": {"user": "U1", "ts": "1763819100.500000", "text": "my words are secret",
            "edited": {"ts": "1763819160.000000"}}"#;
    let person = r#""type": "user_change", "user": {"id": "U1", "profile":
        {"email": "secret@example.org", "real_name": "secret-name"}}"#;
    ChannelFixture::new(codec())
        .address("U1")
        .form(Form::File(BlobRef::new("https://shop.example/1.png", "image/png")))
        .form(Form::Edit { of: "U1:1763819100.000200".to_owned() })
        .form(Form::Delete { of: "U1:1763819100.000200".to_owned() })
        .form(Form::Reaction { to: "U1:1763819100.000200".to_owned(), sign: ":heart:".to_owned() })
        .sample(message(said))
        .sample(delivered(changed))
        .sample(delivered(person))
        .sample(
            "payload=%7B%22type%22%3A%22shortcut%22%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%7D",
        )
        .sample("command=%2Fsize&text=my+words+are+secret&user_id=U1&team_id=T1&token=secret-token")
        .mixed(ACTIONS, 1, &[1, 2])
        .secret("my words are secret")
        .secret("secret-token")
        .secret("secret-url")
        .secret("secret-name")
        .secret("secret-value")
        .secret("secret@example.org")
}

channel_contract!(slack_keeps_the_contract, super::fixture());
