//! Stories: where and when somebody is met, and whether they log in.

use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};

use super::dice::{About, Dice};
use super::people::Number;
use super::{Town, YEAR_MINUTES};
use crate::model::ChannelKind;

/// The channels of a town, one of each kind, and how often of a hundred somebody is met there. The
/// last is of a kind of its own.
const PLACES: [(&str, u32); 21] = [
    ("web", 20),
    ("store", 14),
    ("email", 9),
    ("app", 8),
    ("phone", 6),
    ("sms", 6),
    ("messaging", 6),
    ("social", 5),
    ("chatbot", 4),
    ("push", 4),
    ("ivr", 3),
    ("locker", 3),
    ("post", 2),
    ("catalogue", 2),
    ("voice_assistant", 2),
    ("watch", 1),
    ("billboard", 2),
    ("tv", 1),
    ("radio", 1),
    ("concierge", 1),
    // Only those whom the knobs send there.
    (KIOSK, 0),
];

const KIOSK: &str = "kiosk";

/// Where people log in.
const WEB: &str = "web";

/// The names of the channels, which are also the words of their kinds.
pub(super) fn channels() -> impl Iterator<Item = &'static str> {
    PLACES.iter().map(|(name, _)| *name)
}

/// The kind that a channel's name is the word of.
pub(super) fn kind(channel: &str) -> ChannelKind {
    let word: StrDeserializer<'_, Error> = channel.into_deserializer();
    ChannelKind::deserialize(word).unwrap_or_else(|_| ChannelKind::Other(channel.to_owned()))
}

/// One meeting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    pub(super) channel: &'static str,
    /// When, in minutes from the beginning of the year.
    pub(super) minute: u32,
    /// Whether they log in or show what their account knows.
    pub(super) known: bool,
    /// How often the browser was emptied before.
    pub(super) emptied: u8,
}

impl Scene {
    pub(super) fn day(&self) -> u32 {
        self.minute / (24 * 60)
    }
}

/// Everything that happens to somebody in the year, in order.
pub(super) fn story(town: &Town, person: u32) -> Vec<Scene> {
    let (knobs, is) = (&town.knobs, town.person(person));
    let dice = Dice::new(knobs.seed, About::Story, u64::from(person));
    let count = dice.between(1, knobs.touchpoints_max);
    let mut minutes: Vec<u32> = (0..count).map(|_| dice.below(YEAR_MINUTES)).collect();
    minutes.sort_unstable();
    let mut emptied = 0;
    let mut scenes: Vec<Scene> = minutes
        .into_iter()
        .map(|minute| {
            let (channel, empties) = (place(&dice), dice.per_mille(150));
            emptied += u8::from(empties);
            let known = is.account && (channel != WEB || dice.per_mille(700));
            Scene { channel, minute, known, emptied }
        })
        .collect();
    if is.kiosk.is_some() {
        scenes[dice.below(count) as usize].channel = KIOSK;
    }
    if is.account {
        let change = match is.number {
            Number::Kept => 0,
            Number::GivenUp { day, .. } | Number::Inherited { day, .. } => day,
        };
        let later = scenes.iter().position(|scene| scene.day() >= change).unwrap_or(scenes.len());
        let (before, after) = scenes.split_at_mut(later);
        register(before, is.browses);
        register(after, is.browses);
    }
    scenes
}

/// Lets an account be seen with the mailbox and the number of its time at least once.
///
/// Whoever browses first logs in late: their visits before have only a cookie.
fn register(scenes: &mut [Scene], browses: bool) {
    let on_web = |scene: &Scene| scene.channel == WEB;
    let login = match (scenes.iter().position(on_web), browses) {
        (Some(_), true) => scenes.iter().rposition(on_web),
        (first, _) => first.or_else(|| scenes.iter().position(|it| it.channel != KIOSK)),
    };
    // Whoever comes to the kiosk alone shows the account there.
    let login = login.unwrap_or(0);
    for (at, scene) in scenes.iter_mut().enumerate() {
        if at == login {
            scene.known = true;
            scene.channel = if scene.channel == KIOSK { KIOSK } else { WEB };
        } else if browses && at < login && on_web(scene) {
            scene.known = false;
        }
    }
}

fn place(dice: &Dice) -> &'static str {
    let mut at = dice.below(PLACES.iter().map(|(_, weight)| weight).sum());
    for (name, weight) in PLACES {
        if at < weight {
            return name;
        }
        at -= weight;
    }
    WEB
}
