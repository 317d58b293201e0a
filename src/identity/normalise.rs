//! Normalisation: the form in which equal identifiers are equal. Total, versioned, never fails.
//!
//! Conservative on purpose: what two providers may treat differently (dots and tags in a mailbox,
//! national numbers without a region) is not folded here.
//! The version is [`Profile::NORMALISER`](crate::model::Profile::NORMALISER); it rises with any
//! change of a result.

use std::borrow::Cow;

use crate::model::{Blocked, Identifier, IdentityRules, Namespace};

/// An identifier in the form in which equal ones are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    /// The value. Personal data.
    pub value: crate::model::Pii<String>,
    /// Why it joins nobody, if so.
    pub blocked: Option<Blocked>,
}

/// Normalises an identifier and judges whether it can join records.
///
/// ```
/// use omnichannel::identity::normalise;
/// use omnichannel::model::{Blocked, Identifier, IdentityRules, Namespace};
///
/// let rules = IdentityRules::default();
/// let mail = normalise(&rules, &Identifier::asserted(Namespace::Email, " Zoé@Example.ORG "));
/// assert_eq!(mail.value.expose(), "zoé@example.org");
/// assert_eq!(mail.blocked, None);
///
/// let role = normalise(&rules, &Identifier::asserted(Namespace::Email, "info@example.org"));
/// assert_eq!(role.blocked, Some(Blocked::RoleMailbox));
/// ```
pub fn normalise(rules: &IdentityRules, identifier: &Identifier) -> Normalised {
    let seen = identifier.value.expose();
    // A value beyond the limit is kept as it is: folding it would cost what an attacker chooses.
    if seen.len() > Identifier::BYTES_MAX {
        let value = identifier.value.clone();
        return Normalised { value, blocked: Some(Blocked::TooLong) };
    }
    let value = fold(&identifier.namespace, seen);
    let blocked = super::blocked::judge(rules, &identifier.namespace, &value);
    Normalised { value: value.into(), blocked }
}

fn fold(namespace: &Namespace, seen: &str) -> String {
    let visible = match seen.contains(is_invisible) {
        false => Cow::Borrowed(seen),
        true => Cow::Owned(seen.chars().filter(|c| !is_invisible(*c)).collect()),
    };
    let trimmed = visible.trim();
    match namespace {
        Namespace::Email => trimmed.trim_start_matches("mailto:").to_lowercase(),
        Namespace::Phone => fold_phone(trimmed.trim_start_matches("tel:")),
        Namespace::WhatsApp if !trimmed.chars().any(char::is_alphabetic) => fold_phone(trimmed),
        Namespace::SocialHandle => trimmed.trim_start_matches('@').to_lowercase(),
        Namespace::LoyaltyCard => trimmed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect::<String>()
            .to_uppercase(),
        Namespace::PostalAddress => {
            trimmed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
        }
        _ => trimmed.to_owned(),
    }
}

/// Digits with a leading plus where one was written, as `+` or as the international prefix `00`.
fn fold_phone(written: &str) -> String {
    let international = written.starts_with('+') || written.starts_with("00");
    let digits: String = written.chars().filter_map(|c| c.to_digit(10)).filter_map(digit).collect();
    if !international {
        return digits;
    }
    let rest = if written.starts_with('+') { &digits[..] } else { digits.get(2..).unwrap_or("") };
    // "+33 (0)6 ..." is how French numbers are printed; the zero is not dialled.
    let national =
        if written.contains("(0)") { strip_trunk_zero(rest, written) } else { rest.to_owned() };
    format!("+{national}")
}

fn digit(value: u32) -> Option<char> {
    char::from_digit(value, 10)
}

fn strip_trunk_zero(digits: &str, written: &str) -> String {
    let before = written.split("(0)").next().unwrap_or("");
    let code = before.chars().filter(char::is_ascii_digit).count();
    let code = if before.starts_with("00") { code.saturating_sub(2) } else { code };
    match (digits.get(..code), digits.get(code + 1..)) {
        (Some(country), Some(national)) => format!("{country}{national}"),
        _ => digits.to_owned(),
    }
}

/// Control characters, zero-width characters and bidi marks: they change nothing that is read.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || !c.is_ascii()
            && (matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
                || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(namespace: Namespace, seen: &str) -> String {
        let identifier = Identifier::asserted(namespace, seen);
        normalise(&IdentityRules::default(), &identifier).value.into_exposed()
    }

    fn blocked(namespace: Namespace, seen: &str) -> Option<Blocked> {
        normalise(&IdentityRules::default(), &Identifier::asserted(namespace, seen)).blocked
    }

    #[test]
    fn numbers_written_in_several_ways_are_one() {
        for written in
            ["+33 6 12 34 56 78", "0033612345678", "+33 (0)6.12.34.56.78", "tel:+33-612-345-678"]
        {
            assert_eq!(value(Namespace::Phone, written), "+33612345678", "{written}");
        }
        assert_eq!(value(Namespace::Phone, "06 12 34 56 78"), "0612345678");
    }

    #[test]
    fn marks_that_nobody_sees_change_nothing() {
        assert_eq!(value(Namespace::Email, "\u{202a}Ana@b.fr\u{202c}\0"), "ana@b.fr");
        assert_eq!(value(Namespace::SocialHandle, "@Camille"), "camille");
        assert_eq!(value(Namespace::LoyaltyCard, "ab 12-34"), "AB1234");
    }

    #[test]
    fn values_that_stand_for_none_are_blocked() {
        for junk in ["null", "N/A", "0000", "-", "undefined", "[object Object]"] {
            assert_eq!(blocked(Namespace::Account, junk), Some(Blocked::Placeholder), "{junk}");
        }
        assert_eq!(blocked(Namespace::Account, "  "), Some(Blocked::Empty));
        assert_eq!(blocked(Namespace::Email, "no at sign"), Some(Blocked::Placeholder));
        assert_eq!(blocked(Namespace::Email, "null@example.org"), Some(Blocked::Placeholder));
        assert_eq!(blocked(Namespace::Email, "Contact@example.fr"), Some(Blocked::RoleMailbox));
        assert_eq!(blocked(Namespace::Phone, "1111111111"), Some(Blocked::Placeholder));
        assert_eq!(
            blocked(Namespace::Email, &format!("{}@b.fr", "a".repeat(2000))),
            Some(Blocked::TooLong)
        );
        assert_eq!(blocked(Namespace::Account, "42"), None);
    }
}
