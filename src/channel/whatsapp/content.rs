//! What a message says, by its type.

use crate::channel::json::{Json, Leftovers, Object};
use crate::channel::meta;
use crate::model::{Act, BlobRef, ObjectRef, Part, Pii, Rejection};

/// Most products of one order that are named as objects; all are kept as details.
const PRODUCTS_MAX: usize = 100;

/// What a message says.
#[derive(Default)]
pub(super) struct Content<'a> {
    pub(super) parts: Vec<Part>,
    pub(super) objects: Vec<ObjectRef>,
    /// What was done, where it is more than saying something.
    pub(super) act: Option<Act>,
    /// Objects that were read: path, fields, and the names of what the parts tell already.
    read: Vec<(String, Object<'a>, &'static [&'static str])>,
}

impl<'a> Content<'a> {
    /// Keeps of a message what is not told otherwise; `told` names the fields that are.
    pub(super) fn leftovers(&self, rest: &mut Leftovers, message: &Object<'a>, told: &[&str]) {
        let read = |name: &str| self.read.iter().any(|(path, ..)| path == name);
        rest.add("", message.fields(), |name, _| !told.contains(&name) && !read(name));
        for (path, object, told) in &self.read {
            let nested = |name: &str| {
                let inner = format!("{path}.{name}");
                self.read.iter().any(|(path, ..)| *path == inner)
            };
            rest.add(path, object.fields(), |name, _| !told.contains(&name) && !nested(name));
        }
    }

    fn reading(mut self, path: String, of: Object<'a>, told: &'static [&'static str]) -> Self {
        self.read.push((path, of, told));
        self
    }
}

/// Reads the content of a message; `None` where its type is not known, or its content not there.
pub(super) fn read<'a>(message: &Object<'a>, kind: &str) -> Result<Option<Content<'a>>, Rejection> {
    let mut content = Content::default();
    if kind == "contacts" {
        // Cards of other people: no identifier of the sender's, and no words.
        return Ok(message.has(&["contacts"]).then_some(content));
    }
    if kind == "request_welcome" {
        content.act = Some(Act::Started);
        return Ok(Some(content));
    }
    let known = ["text", "location", "button", "interactive", "order"];
    if !known.contains(&kind) && media_range(kind).is_none() {
        return Ok(None);
    }
    let Some(own) = message.object(&[kind])? else { return Ok(None) };
    let told: &'static [&'static str] = match kind {
        "text" => {
            content.parts.extend(own.text(&["body"])?.map(text));
            &["body"]
        }
        "location" => {
            content.parts.extend(meta::place(&own, &["latitude"], &["longitude"]));
            if content.parts.is_empty() { &[] } else { &["latitude", "longitude"] }
        }
        "button" => {
            let label = own.text(&["text"])?;
            content.parts.extend(own.text(&["payload"])?.or(label).map(|id| choice(id, label)));
            &["payload", "text"]
        }
        "interactive" => return interactive(content, own).map(Some),
        "order" => {
            content.act = Some(Act::Submitted);
            content.parts.extend(own.text(&["text"])?.map(text));
            for item in own.objects_leniently(&["product_items"]).iter().take(PRODUCTS_MAX) {
                let id = item.id_leniently(&["product_retailer_id"]);
                content.objects.extend(id.map(|id| ObjectRef::new("product", id)));
            }
            &["text"]
        }
        _ => {
            content.parts.extend(media(&own, kind)?);
            content.parts.extend(own.text(&["caption"])?.map(text));
            &["id", "mime_type", "filename", "caption"]
        }
    };
    Ok(Some(content.reading(kind.to_owned(), own, told)))
}

/// A button, a line of a list, a form that was filled in.
fn interactive<'a>(mut content: Content<'a>, own: Object<'a>) -> Result<Content<'a>, Rejection> {
    let kind = own.text(&["type"])?.unwrap_or_default();
    let reply = own.object(&[kind])?;
    if let Some(reply) = reply {
        let told: &'static [&'static str] = match kind {
            "nfm_reply" => {
                content.act = Some(Act::Submitted);
                content.parts.extend(reply.text(&["body"])?.map(text));
                &["body"]
            }
            _ => {
                let label = reply.text(&["title"])?;
                let id = reply.id(&["id"])?.or(label);
                content.parts.extend(id.map(|id| choice(id, label)));
                &["id", "title"]
            }
        };
        content = content.reading(format!("interactive.{kind}"), reply, told);
    }
    Ok(content.reading("interactive".to_owned(), own, &[]))
}

fn text(words: &str) -> Part {
    Part::Text(Pii::new(words.to_owned()))
}

fn choice(id: &str, label: Option<&str>) -> Part {
    let own = |text: &str| Pii::new(text.to_owned());
    Part::Choice { id: own(id), label: label.map(own) }
}

/// A file: its id, by which the place of its bytes can be asked for, else the place itself.
fn media(own: &Object<'_>, kind: &str) -> Result<Option<Part>, Rejection> {
    let Some(location) = own.id(&["id"])?.or(own.text(&["link", "url"])?) else { return Ok(None) };
    let stated = own.text(&["mime_type"])?;
    let mut file = BlobRef::new(location, stated.or(media_range(kind)).unwrap_or_default());
    file.file_name = own.text(&["filename"])?.map(|name| Pii::new(name.to_owned()));
    file.bytes = match own.get(&["file_size"]) {
        Some((_, Json::Number(digits))) => digits.parse().ok(),
        _ => None,
    };
    Ok(Some(Part::Media(file)))
}

/// The range of media types of a kind of file, where none is stated.
fn media_range(kind: &str) -> Option<&'static str> {
    match kind {
        "image" | "sticker" => Some("image/*"),
        "video" => Some("video/*"),
        "audio" | "voice" => Some("audio/*"),
        "document" => Some("application/octet-stream"),
        _ => None,
    }
}
