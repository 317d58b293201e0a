//! Several values in one cell, compared as sets.
//!
//! A cell is a JSON array (`["a", "b"]`), a list in brackets or braces (`['a', 'b']`, `{a,b}`), or
//! values between `;`, `|`, tabs or line ends; where there is none of these, between commas. It is
//! cleaned to its different elements in order, between semicolons: equal sets are equal texts.

use serde_json::Value;

/// What stands between the elements of a cleaned list.
pub(in crate::identity::linkage) const BETWEEN: char = ';';

const SEPARATORS: [char; 5] = [BETWEEN, '|', '\t', '\n', '\r'];

/// A cell with each element cleaned, each once and in order.
pub(in crate::identity::linkage) fn cleaned(cell: &str, clean: impl Fn(&str) -> String) -> String {
    let elements = elements(cell);
    let elements = elements.iter().map(|element| clean(element.trim()).replace(BETWEEN, " "));
    let mut elements: Vec<String> = elements.filter(|element| !element.is_empty()).collect();
    elements.sort_unstable();
    elements.dedup();
    elements.join(";")
}

fn elements(cell: &str) -> Vec<String> {
    let cell = cell.trim();
    if let Ok(values) = serde_json::from_str::<Vec<Value>>(cell) {
        return values.iter().filter_map(element).collect();
    }
    let inner = [('[', ']'), ('{', '}')].into_iter().find_map(|(open, close)| {
        cell.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
    });
    // What was cleaned is never taken for a list in brackets.
    let inner = inner.filter(|inner| !inner.contains(BETWEEN));
    let separators: &[char] = match inner {
        None if cell.contains(SEPARATORS) => &SEPARATORS,
        _ => &[','],
    };
    let quotes = |c: char| c.is_whitespace() || c == '"' || c == '\'';
    inner
        .unwrap_or(cell)
        .split(separators)
        .map(|part| part.trim_matches(quotes).to_owned())
        .collect()
}

/// A text, a number or a truth of an array; lists within lists are no values.
fn element(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// How many elements two cleaned lists share: both are in order, so one look at each is enough.
pub(super) fn shared(here: &str, there: &str) -> usize {
    let (mut one, mut other) = (here.split(BETWEEN).peekable(), there.split(BETWEEN).peekable());
    let mut count = 0;
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        let order = a.cmp(b);
        count += usize::from(order.is_eq() && !a.is_empty());
        if order.is_le() {
            one.next();
        }
        if order.is_ge() {
            other.next();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn plain(cell: &str) -> String {
        cleaned(cell, str::to_lowercase)
    }

    #[test]
    fn lists_are_read_however_they_are_written() {
        for cell in [
            "a@x.org; B@y.org",
            "b@y.org ,a@x.org",
            "a@x.org|b@y.org|a@x.org",
            "[\"b@y.org\", \"A@x.org\"]",
            "['a@x.org', 'b@y.org']",
            "{a@x.org,\"b@y.org\"}",
            "a@x.org\r\nb@y.org\r\n",
            "; a@x.org ;; b@y.org;",
        ] {
            assert_eq!(plain(cell), "a@x.org;b@y.org", "{cell}");
        }
        assert_eq!(plain("Lee, Ann; Roe, Jo"), "lee, ann;roe, jo");
        assert_eq!(plain("[1, 2.5, null, [3], true]"), "1;2.5;true");
        assert_eq!(plain("[\"a;b\"]"), "a b");
        for empty in ["", "[]", "{}", ";;", "[null]"] {
            assert_eq!(plain(empty), "", "{empty}");
        }
    }

    proptest! {
        #[test]
        fn shared_elements_are_those_of_sets(
            one in prop::collection::btree_set("[a-c]{1,2}", 0..6),
            other in prop::collection::btree_set("[a-c]{1,2}", 0..6),
        ) {
            let cell = |set: &BTreeSet<String>| {
                let elements: Vec<&str> = set.iter().rev().map(String::as_str).collect();
                plain(&elements.join(" | "))
            };
            prop_assert_eq!(shared(&cell(&one), &cell(&other)), one.intersection(&other).count());
        }

        #[test]
        fn a_clean_list_stays_as_it_is(cell in "\\PC{0,20}|[]a-c\"'{};|,\\[ ]{0,20}") {
            let letters = |of: &str| of.chars().filter(|c| c.is_alphanumeric()).collect();
            let once = cleaned(&cell, letters);
            prop_assert_eq!(&cleaned(&once, letters), &once);
            let elements = once.split(BETWEEN).filter(|element| !element.is_empty());
            prop_assert_eq!(shared(&once, &once), elements.count());
        }
    }
}
