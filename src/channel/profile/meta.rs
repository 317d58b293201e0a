//! Meta's platforms: WhatsApp, Messenger, Instagram.

use std::borrow::Cow;

use super::{elements, hours, known, mb, media, rate, receipts, said, text};
use crate::model::{
    ChannelProfile, DeliveryStatus, Element, IdScheme, InboundDelivery, LengthUnit, Namespace,
    Outside, RateScope, SessionWindow, Stability, Support, TextPlace,
};

const AS_CHATWOOT: &str = "chatwoot, message_length_limit.rb at 339ac91d";
const WINDOWS: &str = "chatwoot, message_window_service.rb at 082feb6a";

fn window(lasts_hours: u64, opened_by: &'static str, outside: Outside) -> SessionWindow {
    SessionWindow { lasts: hours(lasts_hours), opened_by: Cow::Borrowed(opened_by), outside }
}

fn id(namespace: Namespace, scope: &'static str, stability: Stability) -> IdScheme {
    IdScheme { namespace, scope: Cow::Borrowed(scope), stability }
}

/// WhatsApp, by its Cloud API.
pub fn whatsapp() -> ChannelProfile {
    const MEDIA: &str = "docs.aws.amazon.com, social messaging, supported media types";
    const LIMITS: &str = "developers.facebook.com, WhatsApp direct send, limits (2026-07-31)";
    const BSUID: &str = "developers.facebook.com, WhatsApp business-scoped user ids (2026-05-28)";
    let full = [
        Element::Buttons,
        Element::List,
        Element::Template,
        Element::Image,
        Element::Video,
        Element::Audio,
        Element::File,
        Element::Location,
        Element::Reply,
        Element::Reaction,
    ];
    let unit = LengthUnit::Utf16Unit;
    let status = "developers.facebook.com, WhatsApp webhooks, status (2026-05-21)";
    ChannelProfile {
        texts: vec![
            known(text(TextPlace::Body, 4_096, unit), "developers.sinch.com, text message"),
            said(text(TextPlace::Caption, 1_024, unit)),
            known(text(TextPlace::Header, 60, unit), LIMITS),
            known(text(TextPlace::Footer, 60, unit), LIMITS),
            known(text(TextPlace::Button, 20, unit), LIMITS),
            known(text(TextPlace::Template, 32_768, unit), "developers.sinch.com, text message"),
        ],
        elements: elements(&full, Support::Full, LIMITS).collect(),
        media: vec![
            known(media(Element::Image, mb(5)), MEDIA),
            known(media(Element::Audio, mb(16)), MEDIA),
            known(media(Element::Video, mb(16)), MEDIA),
            known(media(Element::File, mb(100)), MEDIA),
        ],
        receipts: Some(known(
            receipts(
                &[
                    DeliveryStatus::Sent,
                    DeliveryStatus::Delivered,
                    DeliveryStatus::Read,
                    DeliveryStatus::Played,
                    DeliveryStatus::Failed,
                ],
                &[DeliveryStatus::Delivered],
            ),
            status,
        )),
        windows: vec![known(
            window(24, "customer message", Outside::Templates),
            "docs.360dialog.com, template messaging",
        )],
        rates: vec![
            known(
                rate(RateScope::Channel, 80, 1),
                "developers.facebook.com, WhatsApp throughput (2026-05-21); error 130429",
            ),
            known(rate(RateScope::Address, 1, 6), "error 131056, by a second-hand source")
                .unverified(),
        ],
        delivery: Some(known(
            InboundDelivery { repeats: true, ordered: false },
            "docs.ycloud.com; chatwoot#13359",
        )),
        ids: vec![
            known(id(Namespace::Phone, "world", Stability::UntilChanged), BSUID),
            known(id(Namespace::WhatsApp, "business portfolio", Stability::UntilChanged), BSUID),
        ],
        ..ChannelProfile::default()
    }
}

/// Messenger, of one page.
pub fn messenger() -> ChannelProfile {
    let policy = "developers.facebook.com, Messenger Platform policy (2026-09-28)";
    let of_page = id(Namespace::SocialHandle, "page", Stability::Permanent);
    ChannelProfile {
        texts: vec![known(text(TextPlace::Body, 2_000, LengthUnit::Utf16Unit), AS_CHATWOOT)],
        media: vec![said(media(Element::File, mb(25)))],
        receipts: Some(known(
            receipts(&[DeliveryStatus::Delivered, DeliveryStatus::Read], &[]),
            "developers.facebook.com, Messenger Platform, webhook events",
        )),
        windows: vec![
            known(window(24, "customer message", Outside::Nothing), policy),
            known(window(168, "click on an advertisement", Outside::Nothing), policy),
            known(
                window(168, "answer by a human agent", Outside::Nothing),
                "docs.bird.com, programmable Messenger",
            ),
        ],
        ids: vec![said(of_page)],
        ..ChannelProfile::default()
    }
}

/// Direct messages of Instagram, of one account.
pub fn instagram() -> ChannelProfile {
    let of_account = id(Namespace::SocialHandle, "account", Stability::Permanent);
    ChannelProfile {
        texts: vec![known(text(TextPlace::Body, 1_000, LengthUnit::Utf8Byte), AS_CHATWOOT)],
        receipts: Some(
            known(receipts(&[DeliveryStatus::Read], &[]), "chatwoot/docs#568").unverified(),
        ),
        windows: vec![
            known(window(24, "customer message", Outside::Nothing), WINDOWS),
            known(window(168, "answer by a human agent", Outside::Nothing), WINDOWS),
        ],
        ids: vec![said(of_account)],
        ..ChannelProfile::default()
    }
}
