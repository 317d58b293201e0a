//! Who an event is about, where and when.

use std::str::FromStr as _;

use crate::channel::json::Object;
use crate::model::{Code, Event, Identifier, Namespace, ObjectRef, Rejection, Timestamp};

/// Within what an id is unique where no workspace is named.
const SCOPE: &str = "slack";

/// Why something gives no event.
pub(super) enum Unread {
    /// It breaks the format.
    Refused(Rejection),
    /// It is rightly none.
    Aside(Code, &'static str),
}

impl From<Rejection> for Unread {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

/// The id of a user, which Slack itself vouches for, within a workspace.
pub(super) fn identifier(user: &str, team: Option<&str>) -> Identifier {
    Identifier::proven(Namespace::MessagingId, user).scoped(team.unwrap_or(SCOPE))
}

/// Makes the event one of a user.
pub(super) fn about(event: &mut Event, sender: Identifier) {
    event.identifiers = vec![sender.clone()];
    event.sender = Some(sender);
}

/// The external id of a message, and the object that stands for it.
pub(super) fn message_id(channel: Option<&str>, ts: Option<&str>) -> Option<String> {
    Some(format!("{}:{}", channel?, ts?))
}

/// A message as what an event concerns.
pub(super) fn of_message(channel: Option<&str>, ts: Option<&str>) -> Option<ObjectRef> {
    Some(ObjectRef::new("message", message_id(channel, ts)?))
}

/// A time written as seconds, a dot and microseconds, or as whole seconds.
pub(super) fn stamp(of: &Object<'_>, names: &[&str]) -> Result<Option<Timestamp>, Rejection> {
    let Some((name, text)) = of.get(names).map(|(name, _)| name).zip(of.id(names)?) else {
        return Ok(None);
    };
    let what = "should be seconds since 1970, a dot and microseconds";
    exact(text).map(Some).ok_or_else(|| of.refuse(Code::BadTime, name, what))
}

fn exact(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_plain =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain(seconds) || !is_plain(fraction) || fraction.len() > 6 {
        return None;
    }
    let micros = i64::from_str(&format!("{fraction:0<6}")).ok()?;
    let whole = i64::from_str(seconds).ok()?.checked_mul(1_000_000)?;
    Timestamp::from_micros(whole.checked_add(micros)?)
}

/// The second of an instant, as a revision.
pub(super) fn revision(at: Option<Timestamp>) -> u32 {
    at.and_then(|at| u32::try_from(at.micros() / 1_000_000).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_a_time_to_the_microsecond() {
        let read = |text| exact(text).map(|at| at.to_string());
        assert_eq!(read("1596183880.004200").as_deref(), Some("2020-07-31T08:24:40.004200Z"));
        assert_eq!(read("1596183880").as_deref(), Some("2020-07-31T08:24:40Z"));
        assert_eq!(read("111.5").as_deref(), Some("1970-01-01T00:01:51.500Z"));
        for text in ["", ".", "1.", ".1", "-1.0", "1.1234567", "99999999999999999.0", "x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
