//! Forms beside words, and questions, as each channel puts them to its provider.
#![cfg(feature = "mail")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod asked;
#[cfg(feature = "testkit")]
mod hub;
mod sent;

use omnichannel::channel::{ChannelCodec, Messenger, Slack, Telegram, Twilio, WhatsApp};
use omnichannel::model::{Channel, ChannelKind};

fn channel() -> Channel {
    Channel::new("one", ChannelKind::Messaging).unwrap()
}

fn whatsapp() -> Box<dyn ChannelCodec> {
    Box::new(WhatsApp::new(channel()).sending_from("1065"))
}

fn messenger() -> Box<dyn ChannelCodec> {
    Box::new(Messenger::page(channel()))
}

fn telegram() -> Box<dyn ChannelCodec> {
    Box::new(Telegram::new(channel()))
}

fn slack() -> Box<dyn ChannelCodec> {
    Box::new(Slack::new(channel()))
}

fn twilio() -> Box<dyn ChannelCodec> {
    Box::new(Twilio::new(channel()).sending_sms("AC1", "+33700000000"))
}
