//! The spec's event names (e-mail, live chat, e-commerce, mobile) and what they mean here.

use crate::model::{Act, ChannelKind};

/// What a named event means.
#[derive(Debug)]
pub(super) enum Meaning {
    /// An act, and the kind of channel that it happens on where the name tells it.
    Done(Act, Option<ChannelKind>),
    /// The customer said no to e-mails.
    Unsubscribed,
    /// The customer complained about an e-mail.
    MarkedAsSpam,
    /// The customer's first words.
    ChatStarted,
    /// The conversation is over.
    ChatEnded,
    /// The customer's words.
    ChatSent,
    /// The agent's words.
    ChatReceived,
}

impl Meaning {
    /// The act.
    pub(super) fn act(&self) -> Act {
        match self {
            Self::Done(act, _) => act.clone(),
            Self::Unsubscribed | Self::MarkedAsSpam => Act::OptedOut,
            Self::ChatStarted | Self::ChatSent => Act::Said,
            Self::ChatReceived => Act::Replied,
            Self::ChatEnded => Act::Custom("ended conversation".to_owned()),
        }
    }

    /// The kind of channel that it happens on, where its name tells.
    pub(super) fn channel_kind(&self) -> Option<ChannelKind> {
        match self {
            Self::Done(_, kind) => kind.clone(),
            Self::Unsubscribed | Self::MarkedAsSpam => Some(ChannelKind::Email),
            _ => None,
        }
    }
}

const fn email(act: Act) -> Meaning {
    Meaning::Done(act, Some(ChannelKind::Email))
}

const fn push(act: Act) -> Meaning {
    Meaning::Done(act, Some(ChannelKind::Push))
}

const fn app(act: Act) -> Meaning {
    Meaning::Done(act, Some(ChannelKind::App))
}

const fn shop(act: Act) -> Meaning {
    Meaning::Done(act, None)
}

/// The names, lower case; the last few are those of the first e-commerce spec.
static NAMES: &[(&str, Meaning)] = &[
    ("email delivered", email(Act::Delivered)),
    ("email opened", email(Act::Opened)),
    ("email link clicked", email(Act::Clicked)),
    ("email bounced", email(Act::Failed)),
    ("email marked as spam", Meaning::MarkedAsSpam),
    ("unsubscribed", Meaning::Unsubscribed),
    ("email unsubscribed", Meaning::Unsubscribed),
    ("live chat conversation started", Meaning::ChatStarted),
    ("live chat conversation ended", Meaning::ChatEnded),
    ("live chat message sent", Meaning::ChatSent),
    ("live chat message received", Meaning::ChatReceived),
    ("push notification received", push(Act::Delivered)),
    ("push notification tapped", push(Act::Clicked)),
    ("push notification bounced", push(Act::Failed)),
    ("application opened", app(Act::Visited)),
    ("products searched", shop(Act::Searched)),
    ("product list viewed", shop(Act::Viewed)),
    ("product list filtered", shop(Act::Searched)),
    ("promotion viewed", shop(Act::Exposed)),
    ("promotion clicked", shop(Act::Clicked)),
    ("product clicked", shop(Act::Clicked)),
    ("product viewed", shop(Act::Viewed)),
    ("product added", shop(Act::Added)),
    ("product removed", shop(Act::Removed)),
    ("cart viewed", shop(Act::Viewed)),
    ("checkout started", shop(Act::Started)),
    ("payment info entered", shop(Act::Submitted)),
    ("order completed", shop(Act::Purchased)),
    ("order refunded", shop(Act::Refunded)),
    ("coupon entered", shop(Act::Submitted)),
    ("coupon applied", shop(Act::Redeemed)),
    ("product added to wishlist", shop(Act::Added)),
    ("product removed from wishlist", shop(Act::Removed)),
    ("wishlist product added to cart", shop(Act::Added)),
    ("product reviewed", shop(Act::Rated)),
    ("signed up", shop(Act::Identified)),
    ("signed in", shop(Act::Identified)),
    ("viewed product", shop(Act::Viewed)),
    ("added product", shop(Act::Added)),
    ("removed product", shop(Act::Removed)),
    ("completed order", shop(Act::Purchased)),
];

/// What an event's name means; `None` where the spec does not have it.
pub(super) fn meaning(name: &str) -> Option<&'static Meaning> {
    let words = name.split(|c: char| c.is_whitespace() || c == '_' || c == '-');
    let words = words.filter(|word| !word.is_empty()).take(8).collect::<Vec<_>>().join(" ");
    NAMES.iter().find(|(known, _)| words.eq_ignore_ascii_case(known)).map(|(_, meaning)| meaning)
}
