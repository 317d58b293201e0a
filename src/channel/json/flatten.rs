//! Flattens what a codec does not read itself into dotted paths, within bounds.

use super::parse::{Field, Json};
use crate::model::{Details, Pii};

/// Most entries that one event keeps.
pub const DETAILS_MAX: usize = 256;

/// Longest value that is kept, in bytes of UTF-8; a longer one is cut at a character.
pub const VALUE_BYTES_MAX: usize = 4_096;

/// The entry that says how much was cut or left out.
pub const DETAILS_CUT: &str = "details_cut";

/// Longest path that is kept, in bytes of UTF-8; a longer one is left out.
const PATH_BYTES_MAX: usize = 512;

/// What a codec does not read itself, collected.
///
/// Paths are written like those of refusals: `properties.products[0].sku`. Numbers keep their
/// digits, `null` and what holds nothing are dropped, and where anything was cut or left out the
/// entry [`DETAILS_CUT`] says how much. Of equal paths the last counts.
///
/// Cost: O(values).
#[derive(Debug, Default)]
pub struct Leftovers {
    details: Details,
    left_out: usize,
    shortened: usize,
}

impl Leftovers {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the fields for which `keep` answers `true`, their paths under `prefix`.
    pub fn add<F>(&mut self, prefix: &str, fields: &[Field<'_>], keep: F)
    where
        F: Fn(&str, &Json<'_>) -> bool,
    {
        let mut walk = Walk { path: prefix.to_owned(), to: self };
        for (name, value) in fields.iter().filter(|(name, value)| keep(name, value)) {
            walk.field(name, value);
        }
    }

    /// What was collected, and whether anything was cut.
    pub fn into_details(self) -> Details {
        let Self { mut details, left_out, shortened } = self;
        if left_out + shortened > 0 {
            let note = format!("{left_out} values left out, {shortened} shortened");
            details.insert(DETAILS_CUT.to_owned(), Pii::new(note));
        }
        details
    }
}

struct Walk<'l> {
    path: String,
    to: &'l mut Leftovers,
}

impl Walk<'_> {
    fn field(&mut self, name: &str, value: &Json<'_>) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        self.value(value);
        self.path.truncate(length);
    }

    fn value(&mut self, value: &Json<'_>) {
        match value {
            Json::Null => {}
            Json::Bool(flag) => self.keep(if *flag { "true" } else { "false" }),
            Json::Number(digits) => self.keep(digits),
            Json::Text(text) => self.keep(text),
            Json::TooDeep => self.to.left_out += 1,
            Json::Object(fields) => fields.iter().for_each(|(name, value)| self.field(name, value)),
            Json::List(items) => {
                let length = self.path.len();
                for (at, item) in items.iter().enumerate() {
                    self.path.push_str(&format!("[{at}]"));
                    self.value(item);
                    self.path.truncate(length);
                }
            }
        }
    }

    fn keep(&mut self, text: &str) {
        let known = self.to.details.contains_key(&self.path);
        if self.path.len() > PATH_BYTES_MAX || (!known && self.to.details.len() >= DETAILS_MAX) {
            self.to.left_out += 1;
            return;
        }
        let short = shorten(text, VALUE_BYTES_MAX);
        self.to.shortened += usize::from(short.len() < text.len());
        self.to.details.insert(self.path.clone(), Pii::new(short.to_owned()));
    }
}

/// The longest start of `text` of at most `bytes_max` bytes that ends with a whole character.
pub(in crate::channel) fn shorten(text: &str, bytes_max: usize) -> &str {
    let fits = |at: &usize| text.is_char_boundary(*at);
    let end = (0..=bytes_max.min(text.len())).rev().find(fits).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn flat(json: &str) -> Details {
        let Ok(Json::Object(fields)) = parse(json) else { panic!("an object") };
        let mut leftovers = Leftovers::new();
        leftovers.add("p", &fields, |_, _| true);
        leftovers.into_details()
    }

    fn of<'d>(details: &'d Details, path: &str) -> Option<&'d str> {
        details.get(path).map(|value| value.expose().as_str())
    }

    #[test]
    fn paths_are_dotted_and_numbers_keep_their_digits() {
        let details = flat(r#"{"a":{"b":[1,{"c":12.10}]},"n":null,"big":18446744073709551617}"#);
        assert_eq!(of(&details, "p.a.b[0]"), Some("1"));
        assert_eq!(of(&details, "p.a.b[1].c"), Some("12.10"));
        assert_eq!(of(&details, "p.big"), Some("18446744073709551617"));
        assert_eq!(details.len(), 3);
    }

    #[test]
    fn what_is_cut_is_said() {
        let many: Vec<String> = (0..300).map(|n| format!("\"k{n:03}\":{n}")).collect();
        let details = flat(&format!("{{{}}}", many.join(",")));
        assert_eq!(details.len(), DETAILS_MAX + 1);
        assert_eq!(of(&details, "details_cut"), Some("44 values left out, 0 shortened"));

        let details = flat(&format!("{{\"a\":\"{}\"}}", "é".repeat(3_000)));
        assert_eq!(of(&details, "p.a").map(str::len), Some(4_096));
        assert_eq!(of(&details, "details_cut"), Some("0 values left out, 1 shortened"));
    }
}
