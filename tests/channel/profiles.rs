//! What is known of providers: sourced, dated, and held to by the codecs.

use std::collections::BTreeSet;

use omnichannel::channel::{ChannelCodec, Messenger, Telegram, WhatsApp, profile};
use omnichannel::model::{
    Capabilities, Channel, ChannelKind, ChannelProfile, Confidence, DeliveryStatus, Element,
    LengthUnit, Support, TextLimit, TextPlace, Timestamp,
};

fn day(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().unwrap()
}

#[test]
fn every_value_says_who_says_so_and_when() {
    for (name, known) in profile::table() {
        assert!(known.sources().count() > 0, "{name} says nothing");
        for (source, as_of, _) in known.sources() {
            assert!(source.len() > 8, "{name}: {source}");
            assert!((day("2026-01-01")..=day("2026-11-22")).contains(&as_of), "{name}: {as_of}");
        }
    }
}

#[test]
fn nothing_is_said_twice() {
    let names: BTreeSet<_> = profile::table().iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), profile::table().len());
    for (name, known) in profile::table() {
        let places: BTreeSet<_> = known.texts.iter().map(|one| one.value.place).collect();
        assert_eq!(places.len(), known.texts.len(), "{name}: a text's place");
        let elements: BTreeSet<_> = known.elements.iter().map(|one| one.value.0).collect();
        assert_eq!(elements.len(), known.elements.len(), "{name}: an element");
    }
}

#[test]
fn a_profile_is_the_same_after_json() {
    for (name, known) in profile::table() {
        let json = serde_json::to_string(&known).unwrap();
        assert_eq!(serde_json::from_str::<ChannelProfile>(&json).unwrap(), known, "{name}");
    }
}

#[test]
fn what_nobody_says_is_not_known() {
    let unknown = ChannelProfile::UNKNOWN;
    assert_eq!(unknown, ChannelProfile::default());
    assert_eq!(unknown.support(Element::Image), None);
    assert_eq!(unknown.longest(TextPlace::Body), None);
    assert_eq!(unknown.reports(DeliveryStatus::Read), None);
    assert_eq!(profile::telegram().reports(DeliveryStatus::Read), Some(false));
    assert_eq!(profile::sms().support(Element::Image), Some(Support::Rejected));
    let doubtful = |(_, _, confidence): (_, _, Confidence)| confidence == Confidence::Unverified;
    assert!(profile::slack().sources().any(doubtful));
}

#[test]
fn codecs_keep_the_longest_text_of_their_provider() {
    let channel = || Channel::new("one", ChannelKind::Messaging).unwrap();
    let codecs: [(Box<dyn ChannelCodec>, u32); 4] = [
        (Box::new(WhatsApp::new(channel())), 4_096),
        (Box::new(Messenger::page(channel())), 2_000),
        (Box::new(Messenger::instagram(channel())), 1_000),
        (Box::new(Telegram::new(channel())), 4_096),
    ];
    for (codec, max) in codecs {
        let text = codec.capabilities().text;
        assert_eq!(text.map(|limit| limit.max), Some(max), "{codec:?}");
        assert_eq!(codec.profile().longest(TextPlace::Body), text, "{codec:?}");
    }
}

#[test]
fn an_application_that_knows_better_is_believed() {
    let unit = LengthUnit::Scalar;
    let can = Capabilities::INBOUND.with_text(70, unit).within(&profile::sms());
    assert_eq!(can.text, Some(TextLimit { max: 70, unit }));
}
