//! What happens on the wall: comments, posts, reactions, mentions.

use super::{Reading, keep, second};
use crate::channel::json::{Events, Object};
use crate::model::{
    Act, Author, ChannelKind, Code, Event, EventKind, Message, ObjectRef, Pii, Rejection,
};

/// Fields of a change whose news are figures, and concern no customer.
const FIGURES: [&str; 1] = ["story_insights"];

/// Items of a wall that people write.
const WRITTEN: [&str; 7] = ["album", "comment", "photo", "post", "share", "status", "video"];

impl Reading<'_> {
    /// Reads one change of a page or account.
    pub(super) fn change(&self, change: &Object<'_>, events: &mut Events) {
        let read =
            change.text(&["field"]).and_then(|field| Ok((field, change.object(&["value"])?)));
        let (field, value) = match read {
            Ok((field, Some(value))) => (field.unwrap_or_default(), value),
            Ok((_, None)) => {
                let reason = "a setting of the page has changed, which concerns no customer";
                return events.set_aside(Code::NoEvent, reason);
            }
            Err(refused) => return events.take(Err(refused)),
        };
        match field {
            // Instagram tells messages of some applications so.
            _ if value.has(&["sender"]) && value.has(&["recipient"]) => {
                self.messaging(&value, events);
            }
            _ if FIGURES.contains(&field) => {
                events.set_aside(Code::NoEvent, "figures, which concern no customer");
            }
            "comments" | "live_comments" => events.take(self.comment(&value)),
            "mentions" => events.take(self.mention(&value)),
            "feed" => events.take(self.feed(change, &value)),
            _ => events.take(self.unknown(change)),
        }
    }

    fn unknown(&self, change: &Object<'_>) -> Result<Event, Rejection> {
        let act = Act::Custom("unknown".to_owned());
        let mut event = self.event(EventKind::Unknown, act, change, "time")?;
        keep(&mut event, change, &[]);
        Ok(event)
    }

    /// A comment on Instagram.
    fn comment(&self, value: &Object<'_>) -> Result<Event, Rejection> {
        let id = value.id(&["id", "comment_id"])?;
        let id = id.ok_or_else(|| value.missing("id", "it names the comment"))?;
        let mut event = self.event(EventKind::Message, Act::Said, value, "timestamp")?;
        event.external_id = Some(id.to_owned());
        let media = value.object_leniently(&["media"]);
        let media = media.and_then(|media| media.id_leniently(&["id"]));
        event.objects.extend(media.map(|id| ObjectRef::new("media", id)));
        let above = value.id(&["parent_id"])?;
        self.written(&mut event, value, value.text(&["text"])?, above);
        keep(&mut event, value, &["id", "text", "from", "parent_id", "timestamp"]);
        Ok(event)
    }

    /// Somebody named the account in a comment or a caption, whose words are not told.
    fn mention(&self, value: &Object<'_>) -> Result<Event, Rejection> {
        let act = Act::Custom("mentioned".to_owned());
        let mut event = self.event(EventKind::Track, act, value, "timestamp")?;
        event.channel_kind = Some(ChannelKind::Social);
        for (kind, name) in [("comment", "comment_id"), ("media", "media_id")] {
            let id = value.id(&[name])?;
            event.objects.extend(id.map(|id| ObjectRef::new(kind, id)));
            // The comment is what happened; without one it is the caption.
            event.external_id = event.external_id.or(id.map(str::to_owned));
        }
        Ok(event)
    }

    /// Something on the wall of a page.
    fn feed(&self, change: &Object<'_>, value: &Object<'_>) -> Result<Event, Rejection> {
        let item = value.id(&["item"])?.unwrap_or_default();
        let verb = value.id(&["verb"])?.unwrap_or_default();
        let told =
            ["comment_id", "created_time", "from", "message", "parent_id", "post_id", "sender_id"];
        if item == "reaction" || item == "like" {
            let act = if verb == "remove" { "unreacted" } else { "reacted" };
            let act = Act::Custom(act.to_owned());
            let mut event = self.event(EventKind::Reaction, act, value, "created_time")?;
            let of = value.id(&["comment_id", "post_id"])?;
            event.objects.extend(of.map(|id| ObjectRef::new("message", id)));
            self.by(&mut event, value);
            keep(&mut event, value, &told);
            return Ok(event);
        }
        let kind = match verb {
            "add" => EventKind::Message,
            "edit" | "edited" => EventKind::Edit,
            "remove" | "delete" => EventKind::Delete,
            _ => EventKind::Unknown,
        };
        if !WRITTEN.contains(&item) || kind == EventKind::Unknown {
            return self.unknown(change);
        }
        let mut event = self.event(kind, Act::Said, value, "created_time")?;
        let post = value.id(&["post_id"])?;
        let id = if item == "comment" { value.id(&["comment_id"])? } else { post };
        let id = id.ok_or_else(|| value.missing("comment_id", "it names what was written"))?;
        event.external_id = Some(id.to_owned());
        let above = value.id(&["parent_id"])?.filter(|above| Some(*above) != post);
        match kind {
            EventKind::Delete => {
                event.act = Act::Custom("deleted".to_owned());
                event.revision = u32::MAX;
                self.by(&mut event, value);
            }
            _ => {
                event.revision = if kind == EventKind::Edit { second(self.entry_at) } else { 0 };
                self.written(&mut event, value, value.text(&["message"])?, above);
            }
        }
        let post = post.filter(|_| item == "comment");
        event.objects.extend(post.map(|id| ObjectRef::new("post", id)));
        keep(&mut event, value, &told);
        Ok(event)
    }

    /// Says who wrote what. What the page wrote itself is outbound, and to nobody.
    fn written(
        &self,
        event: &mut Event,
        value: &Object<'_>,
        text: Option<&str>,
        above: Option<&str>,
    ) {
        let is_own = self.by(event, value);
        event.act = match above {
            Some(_) => Act::Replied,
            None if is_own => Act::Sent,
            None => Act::Said,
        };
        let text = text.unwrap_or_default();
        let mut message = match is_own {
            true => Message::outbound(Author::Agent, text),
            false => Message::inbound(text),
        };
        if text.is_empty() {
            message.parts.clear();
        }
        message.references = above.map(str::to_owned).into_iter().collect();
        event.message = Some(message);
    }

    /// Says who did it; `true` where it was the page itself.
    fn by(&self, event: &mut Event, value: &Object<'_>) -> bool {
        event.channel_kind = Some(ChannelKind::Social);
        let from = value.object_leniently(&["from"]);
        let told = |name: &str| from.as_ref().and_then(|from| from.id_leniently(&[name]));
        let id = told("id").or_else(|| value.id_leniently(&["sender_id"]));
        if self.is_page(id) {
            return true;
        }
        self.about(event, id);
        let name = told("name").or_else(|| value.id_leniently(&["sender_name"]));
        for (field, value) in [("name", name), ("username", told("username"))] {
            if let Some(value) = value {
                event.attributes.insert(field.to_owned(), Pii::new(value.to_owned()));
            }
        }
        false
    }
}
