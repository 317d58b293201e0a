//! Channels of a telephone number: text messages, RCS, calls.

use std::borrow::Cow;

use super::{elements, known, mb, media, opt_out, receipts, said, text};
use crate::model::{
    ChannelProfile, DeliveryStatus, Element, IdScheme, InboundDelivery, LengthUnit, Namespace,
    Stability, Support, TextPlace,
};

/// A telephone number: everybody's, and somebody else's after a while.
fn number() -> IdScheme {
    IdScheme {
        namespace: Namespace::Phone,
        scope: Cow::Borrowed("world"),
        stability: Stability::UntilChanged,
    }
}

/// Text messages (SMS), as Twilio and AWS carry them.
///
/// A text of more than one part is counted by [`crate::model`]'s own rules for parts; here stands
/// the most that a provider takes in one message.
pub fn sms() -> ChannelProfile {
    let words = [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "ARRET",
        "TD",
        "REMOVE",
        "OPT-OUT",
    ];
    let sources = "twilio.com, Advanced Opt-Out; docs.aws.amazon.com, SMS required keywords";
    let plain = [
        Element::Formatting,
        Element::Buttons,
        Element::List,
        Element::Carousel,
        Element::Image,
        Element::Video,
        Element::Audio,
        Element::File,
        Element::Reply,
        Element::Edit,
        Element::Delete,
        Element::Typing,
    ];
    ChannelProfile {
        texts: vec![known(
            text(TextPlace::Body, 1_600, LengthUnit::Utf16Unit),
            "twilio.com, error 21617",
        )],
        elements: elements(&plain, Support::Rejected, "3GPP TS 23.040: a text and nothing else")
            .collect(),
        media: vec![said(media(Element::Image, mb(5)))],
        receipts: Some(known(
            receipts(
                &[DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Failed],
                &[DeliveryStatus::Delivered],
            ),
            "docs.surge.app, track delivery: many carriers never confirm",
        )),
        delivery: Some(said(InboundDelivery { repeats: true, ordered: false })),
        ids: vec![said(number())],
        opt_out: vec![
            known(opt_out(&words, ""), sources),
            known(
                opt_out(&[], "any reasonable manner, honoured within ten business days (US)"),
                "Federal Register 2024-04587 (89 FR 15756)",
            ),
        ],
        ..ChannelProfile::default()
    }
}

/// RCS for business, as AWS documents it.
pub fn rcs() -> ChannelProfile {
    const AWS: &str = "docs.aws.amazon.com, SMS limitations, RCS";
    let rich = [
        Element::Buttons,
        Element::Carousel,
        Element::Image,
        Element::Video,
        Element::Audio,
        Element::File,
    ];
    ChannelProfile {
        texts: [
            (TextPlace::Body, 3_072),
            (TextPlace::Header, 200),
            (TextPlace::Caption, 2_000),
            (TextPlace::Button, 25),
            (TextPlace::Payload, 2_048),
        ]
        .map(|(place, max)| known(text(place, max, LengthUnit::Scalar), AWS))
        .into(),
        elements: elements(&rich, Support::Full, AWS).collect(),
        media: vec![known(media(Element::File, mb(100)), AWS)],
        receipts: Some(known(
            receipts(&[DeliveryStatus::Delivered, DeliveryStatus::Read], &[]),
            AWS,
        )),
        ids: vec![said(number())],
        ..ChannelProfile::default()
    }
}

/// Telephone calls, by a person or a machine.
pub fn voice() -> ChannelProfile {
    ChannelProfile { ids: vec![said(number())], ..ChannelProfile::default() }
}
