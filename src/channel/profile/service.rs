//! Services with their own ids: chats, e-mail, push messages.

use std::borrow::Cow;

use super::{elements, hours, known, mb, media, opt_out, rate, receipts, said, text};
use crate::model::{
    ChannelProfile, DeliveryStatus, Element, IdScheme, InboundDelivery, LengthUnit, Namespace,
    Outside, RateScope, SessionWindow, Stability, Support, TextPlace,
};

const LENGTHS: &str = "chatwoot, message_length_limit.rb at 339ac91d";

fn id(namespace: Namespace, scope: &'static str, stability: Stability) -> IdScheme {
    IdScheme { namespace, scope: Cow::Borrowed(scope), stability }
}

/// Telegram, by a bot.
pub fn telegram() -> ChannelProfile {
    const CONSTANTS: &str = "python-telegram-bot, telegram.constants, after the Bot API";
    let full = [
        Element::Formatting,
        Element::Link,
        Element::Buttons,
        Element::Image,
        Element::Video,
        Element::Audio,
        Element::File,
        Element::Location,
        Element::Reply,
        Element::Edit,
        Element::Delete,
        Element::Typing,
    ];
    ChannelProfile {
        texts: vec![
            known(text(TextPlace::Body, 4_096, LengthUnit::Utf16Unit), CONSTANTS),
            known(text(TextPlace::Caption, 1_024, LengthUnit::Utf16Unit), CONSTANTS),
        ],
        elements: elements(&full, Support::Full, "core.telegram.org, Bot API").collect(),
        media: vec![
            known(media(Element::File, mb(50)), CONSTANTS),
            known(media(Element::Image, mb(10)), CONSTANTS),
        ],
        receipts: Some(known(receipts(&[], &[]), "core.telegram.org, Bot API: none is sent")),
        rates: vec![
            known(rate(RateScope::Channel, 30, 1), CONSTANTS),
            known(rate(RateScope::Address, 1, 1), CONSTANTS),
        ],
        delivery: Some(said(InboundDelivery { repeats: true, ordered: false })),
        ids: vec![known(id(Namespace::MessagingId, "world", Stability::Permanent), CONSTANTS)],
        opt_out: vec![known(opt_out(&[], "the bot is blocked: status 403"), CONSTANTS)],
        ..ChannelProfile::default()
    }
}

/// Slack, in one workspace.
pub fn slack() -> ChannelProfile {
    let rates = "api.slack.com, rate limits";
    let full = [
        Element::Formatting,
        Element::Link,
        Element::Buttons,
        Element::List,
        Element::Image,
        Element::File,
        Element::Reply,
        Element::Reaction,
        Element::Edit,
        Element::Delete,
    ];
    ChannelProfile {
        texts: vec![
            known(
                text(TextPlace::Body, 4_000, LengthUnit::Scalar),
                "Slack's advice, second-hand; beyond ten times that texts are cut",
            )
            .unverified(),
        ],
        elements: elements(&full, Support::Full, "api.slack.com, Block Kit").collect(),
        receipts: Some(known(receipts(&[], &[]), "api.slack.com: none is sent")),
        rates: vec![known(rate(RateScope::Address, 1, 1), rates)],
        delivery: Some(said(InboundDelivery { repeats: true, ordered: false })),
        ids: vec![said(id(Namespace::MessagingId, "workspace", Stability::Permanent))],
        ..ChannelProfile::default()
    }
}

/// LINE, of one provider.
pub fn line() -> ChannelProfile {
    ChannelProfile {
        texts: vec![known(text(TextPlace::Body, 5_000, LengthUnit::Utf16Unit), LENGTHS)],
        ids: vec![said(id(Namespace::MessagingId, "provider", Stability::Permanent))],
        ..ChannelProfile::default()
    }
}

/// Direct messages of TikTok.
pub fn tiktok() -> ChannelProfile {
    let window = SessionWindow {
        lasts: hours(48),
        opened_by: Cow::Borrowed("customer message"),
        outside: Outside::Nothing,
    };
    ChannelProfile {
        texts: vec![known(text(TextPlace::Body, 6_000, LengthUnit::Utf16Unit), LENGTHS)],
        windows: vec![known(window, "chatwoot, message_window_service.rb at 082feb6a")],
        ..ChannelProfile::default()
    }
}

/// E-mail.
pub fn email() -> ChannelProfile {
    let full = [Element::Formatting, Element::Link, Element::Image, Element::File, Element::Reply];
    let one_click = "a link of one click: `List-Unsubscribe-Post`, honoured within 48 hours";
    ChannelProfile {
        elements: elements(&full, Support::Full, "RFC 5322, RFC 2045").collect(),
        media: vec![said(media(Element::File, mb(25)))],
        receipts: Some(known(
            receipts(
                &[DeliveryStatus::Accepted, DeliveryStatus::Delivered, DeliveryStatus::Failed],
                &[DeliveryStatus::Delivered],
            ),
            "RFC 3464: reports may come, or not",
        )),
        delivery: Some(known(
            InboundDelivery { repeats: true, ordered: false },
            "RFC 5321, section 4.5.4: a relay may deliver twice",
        )),
        ids: vec![said(id(Namespace::Email, "world", Stability::Permanent))],
        opt_out: vec![known(
            opt_out(&[], one_click),
            "RFC 8058; support.google.com, sender guidelines, subscriptions",
        )],
        ..ChannelProfile::default()
    }
}

/// Push messages of applications, by Apple's and Google's services.
pub fn push() -> ChannelProfile {
    ChannelProfile {
        texts: vec![said(text(TextPlace::Payload, 4_096, LengthUnit::Utf8Byte))],
        receipts: Some(said(receipts(&[], &[]))),
        ids: vec![known(
            id(Namespace::PushToken, "app on a device", Stability::UntilChanged),
            "firebase.google.com, message lifespan",
        )],
        opt_out: vec![said(opt_out(&[], "the permission is withdrawn in the device's settings"))],
        ..ChannelProfile::default()
    }
}
