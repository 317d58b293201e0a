//! The channel contract, kept by the codec of Telegram.

use omnichannel::channel_contract;
use omnichannel::model::{BlobRef, Form};
use omnichannel::testkit::channel::ChannelFixture;

use super::{GROUP, NOE, PRIVATE, codec};

fn fixture() -> ChannelFixture {
    let said = r#""text": "my words are secret", "contact": {"phone_number": "33612345678",
        "user_id": 5123456789012, "first_name": "Noé"}"#;
    ChannelFixture::new(codec())
        .address("42")
        .form(Form::File(BlobRef::new("https://shop.example/1.png", "image/png")))
        .form(Form::File(BlobRef::new("https://shop.example/1.mp4", "video/mp4")))
        .form(Form::File(BlobRef::new("AwACAgQ", "audio/ogg")))
        .form(Form::File(BlobRef::new("https://shop.example/1.pdf", "application/pdf")))
        .form(Form::Edit { of: "7".to_owned() })
        .form(Form::Delete { of: "7".to_owned() })
        .form(Form::Reaction { to: "7".to_owned(), sign: "❤".to_owned() })
        .form(Form::Typing { to: None })
        .sample(format!(r#"{{"update_id": 71, "message": {{{PRIVATE}, {said}}}}}"#))
        .sample(format!(
            r#"{{"update_id": 72, "edited_message": {{{GROUP}, "edit_date": 1763819160,
                "photo": [{{"file_id": "secret-file", "width": 9, "height": 9}}],
                "caption": "my words are secret", "reply_to_message": {{"message_id": 3}}}}}}"#
        ))
        .sample(format!(
            r#"{{"update_id": 73, "callback_query": {{"id": "c", "from": {NOE},
                "data": "secret-data",
                "message": {{"message_id": 8, "chat": {{"id": 5, "type": "private"}},
                    "reply_markup": {{"inline_keyboard": [[{{"text": "secret-label",
                        "callback_data": "secret-data"}}]]}}}}}}}}"#
        ))
        .sample(format!(
            r#"{{"update_id": 74, "my_chat_member": {{"from": {NOE}, "date": 1763819100,
                "chat": {{"id": 5123456789012, "type": "private"}},
                "new_chat_member": {{"status": "kicked"}}}}}}"#
        ))
        .sample(
            r#"{"update_id": 75, "deleted_business_messages": {"business_connection_id": "b",
                "chat": {"id": 5123456789012, "type": "private"}, "message_ids": [1, 2, 3]}}"#,
        )
        .mixed(
            r#"{"ok": true, "result": [{"update_id": 1, "hologram": {}}, 7,
                {"update_id": 2, "message": {"text": "my words are secret"}},
                {"update_id": 3, "poll": {"id": "1"}}]}"#,
            2,
            &[1, 2],
        )
        .secret("5123456789012")
        .secret("Noé")
        .secret("noe_a")
        .secret("33612345678")
        .secret("my words are secret")
        .secret("secret-file")
        .secret("secret-data")
        .secret("secret-label")
}

channel_contract!(telegram_keeps_the_contract, super::fixture());
