//! What a message holds: words, files, a place, a choice.

use crate::channel::json::{Json, Leftovers, Object};
use crate::model::{BlobRef, Part, Pii, Rejection};

/// Fields that hold a file, with the media type where none is stated.
const FILES: [(&str, &str); 6] = [
    ("animation", "video/mp4"),
    ("audio", "audio/mpeg"),
    ("document", "application/octet-stream"),
    ("video", "video/mp4"),
    ("video_note", "video/mp4"),
    ("voice", "audio/ogg"),
];

/// Fields of a file that its part tells, and pictures of it.
const FILE_TOLD: &[&str] =
    &["file_id", "file_name", "mime_type", "file_size", "thumbnail", "thumb"];

/// Fields that are something said, although they give no part.
const WORDLESS: &[&str] =
    &["checklist", "contact", "dice", "game", "giveaway", "invoice", "paid_media", "poll", "story"];

/// Fields that become parts.
pub(super) const READ: &[&str] = &[
    "animation",
    "audio",
    "caption",
    "document",
    "location",
    "photo",
    "sticker",
    "text",
    "video",
    "video_note",
    "voice",
    "web_app_data",
];

/// The parts of a message, files before their caption; `None` where nothing was said.
///
/// # Errors
///
/// [`crate::model::Code::WrongType`] where words are no text.
pub(super) fn parts(message: &Object<'_>) -> Result<Option<Vec<Part>>, Rejection> {
    let mut parts: Vec<Part> = files(message).into_iter().map(Part::Media).collect();
    parts.extend(message.object_leniently(&["location"]).and_then(|place| location(&place)));
    parts.extend(message.object_leniently(&["web_app_data"]).and_then(|sent| choice(&sent)));
    let (text, caption) = (message.text(&["text"])?, message.text(&["caption"])?);
    let words = text.or(caption);
    parts.extend(words.map(|words| Part::Text(Pii::new(words.to_owned()))));
    let is_said = !parts.is_empty() || message.has(READ) || message.has(WORDLESS);
    Ok(is_said.then_some(parts))
}

fn files(message: &Object<'_>) -> Vec<BlobRef> {
    let sizes = message.objects_leniently(&["photo"]);
    let area = |size: &Object<'_>| {
        let side = |name| size.count(&[name]).ok().flatten().map_or(0, u64::from);
        side("width").saturating_mul(side("height"))
    };
    let largest = sizes.iter().max_by_key(|size| area(size));
    let mut files: Vec<BlobRef> =
        largest.and_then(|photo| file(photo, "image/jpeg")).into_iter().collect();
    if let Some(sticker) = message.object_leniently(&["sticker"]) {
        let is = |name| sticker.flag(&[name]).ok().flatten().unwrap_or(false);
        let media_type = match (is("is_video"), is("is_animated")) {
            (true, _) => "video/webm",
            (_, true) => "application/x-tgsticker",
            _ => "image/webp",
        };
        files.extend(file(&sticker, media_type));
    }
    for (name, media_type) in FILES {
        // An animation stands there a second time as a document, for older bots.
        if name == "document" && message.has(&["animation"]) {
            continue;
        }
        let found = message.object_leniently(&[name]);
        files.extend(found.and_then(|found| file(&found, media_type)));
    }
    files
}

fn file(of: &Object<'_>, media_type: &str) -> Option<BlobRef> {
    let media_type = of.id_leniently(&["mime_type"]).unwrap_or(media_type);
    let mut file = BlobRef::new(of.id_leniently(&["file_id"])?, media_type);
    file.file_name = of.id_leniently(&["file_name"]).map(|name| Pii::new(name.to_owned()));
    file.bytes = of.id_leniently(&["file_size"]).and_then(|digits| digits.parse().ok());
    Some(file)
}

fn location(place: &Object<'_>) -> Option<Part> {
    let number = |name: &str| match place.get(&[name])? {
        (_, Json::Number(digits)) if digits.bytes().all(|b| b"-.0123456789".contains(&b)) => {
            Some(*digits)
        }
        _ => None,
    };
    let (latitude, longitude) = (number("latitude")?, number("longitude")?);
    Some(Part::Location(Pii::new(format!("geo:{latitude},{longitude}"))))
}

fn choice(sent: &Object<'_>) -> Option<Part> {
    let id = Pii::new(sent.id_leniently(&["data"])?.to_owned());
    let label = sent.id_leniently(&["button_text"]).map(|label| Pii::new(label.to_owned()));
    Some(Part::Choice { id, label })
}

/// Keeps of files and places what their parts do not tell.
pub(super) fn leftovers(rest: &mut Leftovers, message: &Object<'_>) {
    for name in FILES.iter().map(|(name, _)| *name).chain(["sticker"]) {
        if let Some(file) = message.object_leniently(&[name]) {
            rest.add(name, file.fields(), |name, _| !FILE_TOLD.contains(&name));
        }
    }
    if let Some(place) = message.object_leniently(&["location"]) {
        let is_told = location(&place).is_some();
        rest.add("location", place.fields(), |name, _| {
            !(is_told && ["latitude", "longitude"].contains(&name))
        });
    }
}
