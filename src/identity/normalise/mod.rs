//! Normalisation: the form in which equal identifiers are equal. Total, versioned, never fails.
//!
//! Two kinds of functions. [`normalise`] gives an identifier's value, on which its id rests: it is
//! conservative, and what two providers may treat differently (dots and tags in a mailbox, national
//! numbers without a region) is not folded. The others ([`comparable_mailbox`],
//! [`comparable_name`], [`postal_code`], [`read_date`]) give a form for comparing; nothing that
//! they fold joins records by itself. Each says in its notes what it did.
//!
//! The version is [`Profile::NORMALISER`](crate::model::Profile::NORMALISER); it rises with any
//! change of a result.
//!
//! # Law
//!
//! 1. Any text has a result: none fails, none panics, none is much longer than what was written.
//! 2. A normalised value is its own normal form.
//! 3. Case, invisible marks and the Unicode form in which a letter was typed change no result.
//!
//! All are tested on arbitrary Unicode in `tests/normalise`.
//!
//! # Why
//!
//! Notes are a set of bits and a value is one allocation: this runs for every identifier of every
//! touchpoint. Values beyond [`Identifier::BYTES_MAX`] are kept as they are: folding them would
//! cost what an attacker chooses.

mod date;
mod email;
mod name;
mod note;
mod phone;
#[cfg(feature = "phone")]
mod phone_plan;
mod postal;
mod punycode;
mod text;

pub use date::{DateOrder, read_date};
pub use email::comparable_mailbox;
pub use name::comparable_name;
pub use note::{Note, Noted, Notes};
pub use postal::postal_code;

use crate::model::{Blocked, Identifier, IdentityRules, Namespace, Pii};

/// An identifier in the form in which equal ones are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    /// The value. Personal data.
    pub value: Pii<String>,
    /// Why it joins nobody, if so.
    pub blocked: Option<Blocked>,
    /// What was done to it.
    pub notes: Notes,
}

/// Identity rules that this build cannot follow: they ask for a feature that is not compiled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the identity rules name a telephone region, which this build cannot read: enable the \
         feature `phone`"
)]
pub struct MissingFeature;

/// Whether this build can normalise as the rules say.
///
/// # Errors
///
/// [`MissingFeature`] where `phone_region` is set without the feature `phone`. [`normalise`] would
/// keep the digits as they were written, and another build would give other customers.
pub fn check_rules(rules: &IdentityRules) -> Result<(), MissingFeature> {
    if rules.phone_region.is_some() && !phone::CAN_READ { Err(MissingFeature) } else { Ok(()) }
}

/// Normalises an identifier and judges whether it can join records.
///
/// ```
/// use omnichannel::identity::{Note, normalise};
/// use omnichannel::model::{Blocked, Identifier, IdentityRules, Namespace};
///
/// let rules = IdentityRules::default();
/// let mail = normalise(&rules, &Identifier::asserted(Namespace::Email, " Zoé@Café.ORG "));
/// assert_eq!(mail.value.expose(), "zoé@xn--caf-dma.org");
/// assert!(mail.notes.has(Note::DomainEncoded));
/// assert_eq!(mail.blocked, None);
///
/// let role = normalise(&rules, &Identifier::asserted(Namespace::Email, "info@example.org"));
/// assert_eq!(role.blocked, Some(Blocked::RoleMailbox));
/// ```
pub fn normalise(rules: &IdentityRules, identifier: &Identifier) -> Normalised {
    let mut notes = Notes::NONE;
    let seen = identifier.value.expose();
    if text::is_too_long(seen) {
        notes.add(Note::TooLong);
        let value = identifier.value.clone();
        return Normalised { value, blocked: Some(Blocked::TooLong), notes };
    }
    let value = fold(rules, &identifier.namespace, seen, &mut notes);
    let blocked = super::blocked::judge(rules, &identifier.namespace, &value);
    Normalised { value: value.into(), blocked, notes }
}

fn fold(rules: &IdentityRules, namespace: &Namespace, seen: &str, notes: &mut Notes) -> String {
    let region = rules.phone_region;
    if *namespace == Namespace::PostalAddress {
        return text::lower(&text::words(seen, notes), notes);
    }
    let visible = text::visible(seen, notes);
    match namespace {
        Namespace::Email => email::fold(&visible, notes),
        Namespace::Phone => phone::fold(region, &visible, notes),
        Namespace::WhatsApp if !visible.chars().any(char::is_alphabetic) => {
            phone::fold_whats_app(region, &visible, notes)
        }
        Namespace::SocialHandle => text::lower(text::without_prefix(&visible, "@", notes), notes),
        Namespace::LoyaltyCard => {
            let upper = text::upper(&visible, notes);
            let card = text::without_gaps(&upper);
            notes.add_if(card != upper, Note::PunctuationFolded);
            card
        }
        _ => text::composed(visible, notes),
    }
}
