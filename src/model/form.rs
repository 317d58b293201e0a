//! Forms: what a message is beside plain words.

use serde::{Deserialize, Serialize};

use super::message::BlobRef;
use super::pii::Pii;
use super::profile::Element;

/// In what form something is said. Words alone are one; only some channels can do the others, and
/// declare them ([`super::Capabilities::elements`]).
///
/// Messages are named by the id that the provider gave them, as receipts and touchpoints state it.
///
/// ```
/// use omnichannel::model::{Element, Form};
///
/// let form = Form::Reaction { to: "wamid.1".into(), sign: "❤".into() };
/// assert_eq!(form.element(), Some(Element::Reaction));
/// assert_eq!(Form::Words.element(), None);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The text, and nothing else.
    #[default]
    Words,
    /// A template that the provider approved. The text is what it reads as: it is what was said.
    Template {
        /// Its name, or the provider's id of it.
        name: String,
        /// Its language as the provider writes it: `fr`, `en_US`.
        language: String,
        /// What stands in its places, in order.
        values: Vec<Pii<String>>,
    },
    /// A file; the text is its caption, and may be empty.
    File(BlobRef),
    /// The text instead of an earlier one of ours.
    Edit {
        /// The earlier message.
        of: String,
    },
    /// An earlier message of ours taken back; without a text.
    Delete {
        /// The earlier message.
        of: String,
    },
    /// A sign on a message of the party's; without a text.
    Reaction {
        /// The party's message.
        to: String,
        /// The sign: an emoji, or the provider's word for one.
        sign: String,
    },
    /// A sign that somebody writes; without a text.
    Typing {
        /// The party's message that is being answered, which some providers ask for.
        to: Option<String>,
    },
}

impl Form {
    /// What a channel must be able to do; `None` for words, which every sending channel can.
    pub fn element(&self) -> Option<Element> {
        Some(match self {
            Self::Words => return None,
            Self::Template { .. } => Element::Template,
            Self::File(file) => sort_of(&file.media_type),
            Self::Edit { .. } => Element::Edit,
            Self::Delete { .. } => Element::Delete,
            Self::Reaction { .. } => Element::Reaction,
            Self::Typing { .. } => Element::Typing,
        })
    }

    /// Whether it is the text and nothing else.
    pub fn is_words(&self) -> bool {
        *self == Self::Words
    }

    /// Whether it says something by its text, which must then have words.
    pub fn needs_words(&self) -> bool {
        matches!(self, Self::Words | Self::Template { .. } | Self::Edit { .. })
    }

    /// Whether it is about a message of one channel, and means nothing on another.
    pub fn is_of_one_channel(&self) -> bool {
        match self {
            Self::Edit { .. } | Self::Delete { .. } | Self::Reaction { .. } => true,
            Self::Typing { to } => to.is_some(),
            Self::Words | Self::Template { .. } | Self::File(_) => false,
        }
    }
}

/// What sort of file a media type is.
fn sort_of(media_type: &str) -> Element {
    let (kind, _) = media_type.split_once('/').unwrap_or((media_type, ""));
    match kind.to_ascii_lowercase().as_str() {
        "image" => Element::Image,
        "video" => Element::Video,
        "audio" => Element::Audio,
        _ => Element::File,
    }
}
