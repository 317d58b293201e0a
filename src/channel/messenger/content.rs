//! What a message says: text, a choice, files, places.

use crate::channel::json::{Leftovers, Object};
use crate::channel::meta;
use crate::model::{BlobRef, ObjectRef, Part, Pii, Rejection};

/// Most products of one message that are named as objects; all are kept as details.
const PRODUCTS_MAX: usize = 100;

/// Fields of a message that its event tells otherwise.
const TOLD: [&str; 6] = ["attachments", "mid", "quick_reply", "reply_to", "text", "is_echo"];

/// The parts of a message: its text, or the choice that it is the label of, then its attachments.
pub(super) fn parts(message: &Object<'_>) -> Result<Vec<Part>, Rejection> {
    let text = message.text(&["text"])?;
    let chosen = message.object(&["quick_reply"])?;
    let chosen = chosen.map(|reply| reply.text(&["payload"])).transpose()?.flatten();
    let mut parts = Vec::new();
    match chosen {
        Some(id) => parts.push(choice(id, text)),
        None => parts.extend(text.map(|text| Part::Text(Pii::new(text.to_owned())))),
    }
    for attachment in message.objects(&["attachments"])? {
        parts.extend(part(&attachment));
    }
    Ok(parts)
}

/// A choice and what was read on it.
pub(super) fn choice(id: &str, label: Option<&str>) -> Part {
    let own = |text: &str| Pii::new(text.to_owned());
    Part::Choice { id: own(id), label: label.map(own) }
}

/// The part that an attachment is; links and templates are none.
fn part(attachment: &Object<'_>) -> Option<Part> {
    let kind = attachment.id_leniently(&["type"]).unwrap_or_default();
    let payload = attachment.object_leniently(&["payload"])?;
    if kind == "location" {
        let place = payload.object_leniently(&["coordinates"])?;
        return meta::place(&place, &["lat", "latitude"], &["long", "longitude"]);
    }
    let url = payload.id_leniently(&["url"])?;
    Some(Part::Media(BlobRef::new(url, media_range(kind)?)))
}

/// The range of media types of a kind of attachment; `None` where it is no file.
fn media_range(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "image" => "image/*",
        "video" | "ig_reel" | "reel" => "video/*",
        "audio" => "audio/*",
        "fallback" | "template" => return None,
        _ => "application/octet-stream",
    })
}

/// What a message is about: products of its templates, a story, an advertisement.
pub(super) fn objects(message: &Object<'_>) -> Vec<ObjectRef> {
    let mut objects = Vec::new();
    for attachment in message.objects_leniently(&["attachments"]) {
        let payload = attachment.object_leniently(&["payload"]);
        let product = payload.and_then(|payload| payload.object_leniently(&["product"]));
        let elements = product.map(|product| product.objects_leniently(&["elements"]));
        for element in elements.unwrap_or_default() {
            let id = element.id_leniently(&["retailer_id", "id"]);
            objects.extend(id.map(|id| ObjectRef::new("product", id)));
        }
    }
    objects.truncate(PRODUCTS_MAX);
    let story = message.object_leniently(&["reply_to"]);
    let story = story.and_then(|answered| answered.object_leniently(&["story"]));
    let story = story.and_then(|story| story.id_leniently(&["id"]));
    objects.extend(story.map(|id| ObjectRef::new("story", id)));
    objects.extend(ad(message));
    objects
}

/// The advertisement that a party came from, where a referral names one.
pub(super) fn ad(of: &Object<'_>) -> Option<ObjectRef> {
    let referral = of.object_leniently(&["referral"])?;
    Some(ObjectRef::new("ad", referral.id_leniently(&["ad_id"])?))
}

/// Keeps of a message what is not told otherwise.
pub(super) fn leftovers(rest: &mut Leftovers, message: &Object<'_>) {
    rest.add("message", message.fields(), |name, _| !TOLD.contains(&name));
    if let Some(answered) = message.object_leniently(&["reply_to"]) {
        rest.add("message.reply_to", answered.fields(), |name, _| name != "mid");
    }
    for (at, attachment) in message.objects_leniently(&["attachments"]).iter().enumerate() {
        let path = format!("message.attachments[{at}]");
        let part = part(attachment);
        let payload = attachment.object_leniently(&["payload"]);
        let nested = payload.is_some();
        rest.add(&path, attachment.fields(), |name, _| name != "payload" || !nested);
        if let Some(payload) = payload {
            rest.add(&format!("{path}.payload"), payload.fields(), |name, _| match part {
                Some(Part::Media(_)) => name != "url",
                Some(_) => name != "coordinates",
                None => true,
            });
        }
    }
}
