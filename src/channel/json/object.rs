//! Reads fields of a JSON object, and refuses them by their path.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr as _;

use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::parse::{Field, Json};
use crate::model::{Code, Rejection, Timestamp};

/// Where a value stands in a body, for people; written out only where it is refused.
#[derive(Clone, Default)]
pub(super) struct Place<'a> {
    /// The position of its event.
    index: usize,
    /// The line that holds its event, in JSON lines.
    line: Option<usize>,
    /// The list that holds its event; the list of a body that is one has no name.
    list: Option<&'a str>,
    /// From its event on; empty for the event itself.
    path: Cow<'a, str>,
    /// Its position in the list that the path names.
    item: Option<usize>,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(list) = self.list {
            let dot = if self.path.is_empty() { "" } else { "." };
            write!(f, "{list}[{}]{dot}", self.index)?;
        }
        f.write_str(&self.path)?;
        self.item.map_or(Ok(()), |at| write!(f, "[{at}]"))
    }
}

impl<'a> Place<'a> {
    /// The event on a line.
    pub(super) fn line(index: usize, line: usize) -> Self {
        Self { index, line: Some(line), ..Self::default() }
    }

    /// An event of a list.
    pub(super) fn listed(index: usize, list: &'a str) -> Self {
        Self { index, list: Some(list), ..Self::default() }
    }

    fn field<'n>(&self, name: &'n str) -> Place<'n>
    where
        'a: 'n,
    {
        let path = match (self.path.as_ref(), self.item) {
            ("", _) => Cow::Borrowed(name),
            (path, None) => format!("{path}.{name}").into(),
            (path, Some(at)) => format!("{path}[{at}].{name}").into(),
        };
        Place { path, item: None, ..*self }
    }

    fn item<'n>(&self, list: &'n str, at: usize) -> Place<'n>
    where
        'a: 'n,
    {
        Place { item: Some(at), ..self.field(list) }
    }

    /// Refuses its event: `` `batch[3].timestamp` is not a time``.
    pub(super) fn refuse(&self, code: Code, what: &str) -> Rejection {
        let lead = self.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let reason = match self.to_string().as_str() {
            "" => format!("{lead}the event {what}"),
            path => format!("{lead}`{path}` {what}"),
        };
        Rejection::at(self.index, code, reason)
    }

    fn mismatch(&self, expected: &str, found: &Json<'_>) -> Rejection {
        let what = format!("should be {expected}, and is {}", found.type_name());
        self.refuse(Code::WrongType, &what)
    }
}

/// An object in a body: its fields, the position of its event, and its path.
///
/// Each reader takes the spellings of one field (`&["userId", "user_id"]`), the preferred first,
/// and answers `None` where none of them is there or all are `null`. A refusal names the path and
/// the types, never the value.
#[derive(Clone)]
pub struct Object<'a> {
    place: Place<'a>,
    fields: &'a [Field<'a>],
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({} fields at `{}`)", self.fields.len(), self.place)
    }
}

impl<'a> Object<'a> {
    pub(super) fn new(place: Place<'a>, fields: &'a [Field<'a>]) -> Self {
        Self { place, fields }
    }

    /// Takes a value that should be an object. An empty list counts as one without fields: some
    /// languages cannot tell the two apart.
    pub(super) fn of(place: Place<'a>, value: &'a Json<'a>) -> Result<Self, Rejection> {
        match value {
            Json::Object(fields) => Ok(Self::new(place, fields)),
            Json::List(items) if items.is_empty() => Ok(Self::new(place, &[])),
            other => Err(place.mismatch("an object", other)),
        }
    }

    /// The position of its event in the request, from 0.
    pub fn index(&self) -> usize {
        self.place.index
    }

    /// Its fields in the order of the text.
    pub fn fields(&self) -> &'a [Field<'a>] {
        self.fields
    }

    /// The first spelling that is there and not `null`, with its value.
    pub fn get(&self, names: &[&str]) -> Option<(&'a str, &'a Json<'a>)> {
        names.iter().find_map(|name| {
            let (name, value) = self.fields.iter().rev().find(|(field, _)| field == name)?;
            (*value != Json::Null).then_some((name.as_ref(), value))
        })
    }

    /// Whether any spelling is there and not `null`.
    pub fn has(&self, names: &[&str]) -> bool {
        self.get(names).is_some()
    }

    /// Refuses the event for a field: `` `batch[3].timestamp` is not a time``.
    pub fn refuse(&self, code: Code, name: &str, what: &str) -> Rejection {
        self.place.field(name).refuse(code, what)
    }

    /// Refuses the event for a field that is absent or empty; `why` says what it is needed for.
    pub fn missing(&self, name: &str, why: &str) -> Rejection {
        self.refuse(Code::MissingField, name, &format!("is missing: {why}"))
    }

    /// Refuses the event for a field of another type.
    pub fn mismatch(&self, name: &str, expected: &str, found: &Json<'_>) -> Rejection {
        self.place.field(name).mismatch(expected, found)
    }

    /// Text that is not blank; blank text counts as absent.
    ///
    /// # Errors
    ///
    /// [`Code::WrongType`] where it is no text.
    pub fn text(&self, names: &[&str]) -> Result<Option<&'a str>, Rejection> {
        match self.get(names) {
            None => Ok(None),
            Some((_, Json::Text(text))) => Ok(Some(text.as_ref()).filter(|t| !t.trim().is_empty())),
            Some((name, other)) => Err(self.mismatch(name, "text", other)),
        }
    }

    /// An id: text, or a whole number as its exact digits; blank text counts as absent.
    ///
    /// # Errors
    ///
    /// [`Code::WrongType`] where it is neither.
    pub fn id(&self, names: &[&str]) -> Result<Option<&'a str>, Rejection> {
        match self.get(names) {
            Some((_, Json::Number(digits))) if is_whole(digits) => Ok(Some(digits)),
            Some((name, Json::Number(_))) => {
                let what = "should be text or a whole number, and is a number with a fraction";
                Err(self.refuse(Code::WrongType, name, what))
            }
            Some((name, other)) if !matches!(other, Json::Text(_)) => {
                Err(self.mismatch(name, "text or a whole number", other))
            }
            _ => self.text(names),
        }
    }

    /// The same as [`Object::id`], where another type counts as absent.
    pub fn id_leniently(&self, names: &[&str]) -> Option<&'a str> {
        self.id(names).ok().flatten()
    }

    /// A whole number from 0 to `u32::MAX`.
    ///
    /// # Errors
    ///
    /// [`Code::WrongType`] where it is none.
    pub fn count(&self, names: &[&str]) -> Result<Option<u32>, Rejection> {
        match self.get(names) {
            None => Ok(None),
            Some((name, value)) => match value {
                Json::Number(digits) => digits.parse().map(Some).map_err(|_| {
                    let what = "should be a whole number from 0 to 4294967295, and is another one";
                    self.refuse(Code::WrongType, name, what)
                }),
                other => Err(self.mismatch(name, "a whole number", other)),
            },
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// [`Code::WrongType`] where it is neither.
    pub fn flag(&self, names: &[&str]) -> Result<Option<bool>, Rejection> {
        match self.get(names) {
            None => Ok(None),
            Some((_, Json::Bool(flag))) => Ok(Some(*flag)),
            Some((name, other)) => Err(self.mismatch(name, "true or false", other)),
        }
    }

    /// An object.
    ///
    /// # Errors
    ///
    /// [`Code::WrongType`] where it is none.
    pub fn object(&self, names: &[&str]) -> Result<Option<Self>, Rejection> {
        let Some((name, value)) = self.get(names) else { return Ok(None) };
        Self::of(self.place.field(name), value).map(Some)
    }

    /// The same as [`Object::object`], where another type counts as absent.
    pub fn object_leniently(&self, names: &[&str]) -> Option<Self> {
        self.object(names).ok().flatten()
    }

    /// A list of objects.
    ///
    /// # Errors
    ///
    /// [`Code::WrongType`] where it is no list, or an item is no object.
    pub fn objects(&self, names: &[&str]) -> Result<Vec<Self>, Rejection> {
        match self.get(names) {
            None => Ok(Vec::new()),
            Some((name, Json::List(items))) => self.items(name, items).collect(),
            Some((name, other)) => Err(self.mismatch(name, "a list", other)),
        }
    }

    /// The items of a list, each an object or why it is none; of what is no list one refusal.
    pub fn each(&self, names: &[&str]) -> impl Iterator<Item = Result<Self, Rejection>> + use<'a> {
        let (name, items, refused) = match self.get(names) {
            None => ("", [].as_slice(), None),
            Some((name, Json::List(items))) => (name, items.as_slice(), None),
            Some((name, other)) => {
                (name, [].as_slice(), Some(self.mismatch(name, "a list", other)))
            }
        };
        let place = self.place.clone();
        let item = move |(at, value)| Self::of(place.item(name, at), value);
        items.iter().enumerate().map(item).chain(refused.map(Err))
    }

    /// The objects of a list, whatever else it holds; another type counts as absent.
    pub fn objects_leniently(&self, names: &[&str]) -> Vec<Self> {
        let Some((name, Json::List(items))) = self.get(names) else { return Vec::new() };
        self.items(name, items).filter_map(Result::ok).collect()
    }

    fn items(
        &self,
        name: &'a str,
        items: &'a [Json<'a>],
    ) -> impl Iterator<Item = Result<Self, Rejection>> {
        let item = move |(at, value)| Self::of(self.place.item(name, at), value);
        items.iter().enumerate().map(item)
    }

    /// A list of ids, each as [`Object::id`] reads it; blank ones are left out.
    ///
    /// # Errors
    ///
    /// [`Code::WrongType`] where it is no list, or an item is no id.
    pub fn ids(&self, names: &[&str]) -> Result<Vec<String>, Rejection> {
        let (name, items) = match self.get(names) {
            None => return Ok(Vec::new()),
            Some((name, Json::List(items))) => (name, items),
            Some((name, other)) => return Err(self.mismatch(name, "a list", other)),
        };
        let id = |(at, item): (usize, &'a Json<'a>)| match item {
            Json::Text(text) => Ok(Some(text.as_ref()).filter(|t| !t.trim().is_empty())),
            Json::Number(digits) if is_whole(digits) => Ok(Some(*digits)),
            other => Err(self.place.item(name, at).mismatch("text or a whole number", other)),
        };
        let ids = items.iter().enumerate().map(|item| Ok(id(item)?.map(str::to_owned)));
        ids.filter_map(Result::transpose).collect()
    }

    /// A time: RFC 3339; also ISO 8601 without a zone (taken as UTC) or with only a date (its first
    /// instant), and the seconds (9 to 11 digits) or milliseconds (12 to 14 digits) since 1970.
    ///
    /// # Errors
    ///
    /// [`Code::WrongType`] where it is neither text nor a number; [`Code::BadTime`] where it cannot
    /// be read or lies outside the years 1 to 9999.
    pub fn time(&self, names: &[&str]) -> Result<Option<Timestamp>, Rejection> {
        let Some((name, value)) = self.get(names) else { return Ok(None) };
        let read = match value {
            Json::Text(text) if text.trim().is_empty() => return Ok(None),
            Json::Text(text) => read_time(text.trim()),
            Json::Number(digits) => read_epoch(digits),
            other => return Err(self.mismatch(name, "a time (text)", other)),
        };
        let what = "is not a time: write it as RFC 3339, for example 2026-11-22T13:45:00Z";
        read.map(Some).ok_or_else(|| self.refuse(Code::BadTime, name, what))
    }

    /// One of the words that `T` is written as; `words` lists them for people.
    ///
    /// # Errors
    ///
    /// [`Code::Unsupported`] where it is another word; [`Code::WrongType`] where it is no text.
    pub fn word<T: Deserialize<'static>>(
        &self,
        names: &[&str],
        words: &str,
    ) -> Result<Option<T>, Rejection> {
        let Some(text) = self.text(names)? else { return Ok(None) };
        named(text).map(Some).ok_or_else(|| {
            let name = self.get(names).map_or("", |(name, _)| name);
            self.refuse(Code::Unsupported, name, &format!("is none of {words}"))
        })
    }
}

/// The variant of `T` that is written as `text`, whatever its case, spaces and hyphens.
pub(in crate::channel) fn named<T: Deserialize<'static>>(text: &str) -> Option<T> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let word = match is_plain {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.trim().to_lowercase().replace([' ', '-'], "_")),
    };
    let deserializer: StrDeserializer<'_, ValueError> = word.as_ref().into_deserializer();
    T::deserialize(deserializer).ok()
}

fn is_whole(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// Reads a written time; a space may stand for the `T`, and an offset needs no colon.
fn read_time(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return read_epoch(text);
    }
    if let Ok(time) = Timestamp::parse_lenient(text) {
        return Some(time);
    }
    let (date, rest) = text.split_at_checked(10)?;
    let clock = if rest.is_empty() { "00:00:00" } else { rest.strip_prefix(['T', 't', ' '])? };
    let zone_at = clock.len().checked_sub(5).filter(|at| clock.is_char_boundary(*at));
    let clock = match zone_at.map(|at| clock.split_at(at)) {
        Some((time, zone)) if zone.starts_with(['+', '-']) && !zone.contains(':') => {
            format!("{time}{}:{}", zone.get(..3)?, zone.get(3..)?)
        }
        _ => clock.to_owned(),
    };
    Timestamp::parse_lenient(&format!("{date}T{clock}")).ok()
}

/// Reads seconds or milliseconds since 1970, told apart by their digits.
fn read_epoch(digits: &str) -> Option<Timestamp> {
    let number = i64::from_str(digits).ok()?;
    match digits.len() {
        9..=11 => Timestamp::from_seconds(number),
        12..=14 => Timestamp::from_millis(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_and_programs_write_them() {
        let noon = "2026-11-22T12:00:00Z";
        for text in [
            noon,
            "2026-11-22T12:00:00",
            "2026-11-22 12:00:00",
            "2026-11-22 12:00:00Z",
            "2026-11-22T13:00:00+01:00",
            "2026-11-22T13:00:00.000+0100",
            "1795348800",
            "1795348800000",
        ] {
            assert_eq!(read_time(text).map(|t| t.to_string()).as_deref(), Some(noon), "{text}");
        }
        let day = read_time("2026-11-22").map(|t| t.to_string());
        assert_eq!(day.as_deref(), Some("2026-11-22T00:00:00Z"));
        for text in
            ["asdf", "2026", "2026-13-01", "éééééééééé", "2026-11-22é", "12345678901234567890"]
        {
            assert_eq!(read_time(text), None, "{text}");
        }
    }
}
