//! Values that join nobody: placeholders, role mailboxes, and the application's own list.
//!
//! The lists follow what identity products document as illegal ids (null, undefined, all zeros ...)
//! and RFC 2142's role mailboxes with their French counterparts.

use std::borrow::Cow;

use crate::model::{Blocked, Identifier, IdentityRules, Namespace};

/// What people and programs write when they have no value. Compared in lower case.
const PLACEHOLDERS: &[&str] = &[
    "-1",
    "anonymous",
    "anonyme",
    "aucun",
    "aucune",
    "false",
    "guest",
    "inconnu",
    "invite",
    "invité",
    "nan",
    "na",
    "n/a",
    "n.a.",
    "nil",
    "no",
    "none",
    "non",
    "not_authenticated",
    "null",
    "nul",
    "[object object]",
    "oui",
    "test",
    "true",
    "undefined",
    "unknown",
    "user",
    "void",
    "xxx",
    "yes",
    "{}",
    "[]",
    "\"\"",
    "''",
    "?",
    "email",
    "e-mail",
    "phone",
    "id",
    "distinct_id",
    "00000000-0000-0000-0000-000000000000",
];

/// Mailboxes that are read by many (RFC 2142 and common use, English and French).
const ROLE_MAILBOXES: &[&str] = &[
    "abuse",
    "accueil",
    "admin",
    "administration",
    "administrator",
    "billing",
    "bonjour",
    "bureau",
    "commande",
    "commandes",
    "commercial",
    "compta",
    "comptabilite",
    "contact",
    "customerservice",
    "devnull",
    "direction",
    "do-not-reply",
    "donotreply",
    "facturation",
    "hello",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "infos",
    "jobs",
    "mail",
    "mailer-daemon",
    "marketing",
    "ne-pas-repondre",
    "nepasrepondre",
    "no-reply",
    "noc",
    "noreply",
    "nospam",
    "office",
    "orders",
    "postmaster",
    "recrutement",
    "root",
    "sales",
    "sav",
    "secretariat",
    "security",
    "service",
    "serviceclient",
    "shop",
    "support",
    "team",
    "vente",
    "ventes",
    "webmaster",
];

/// Whether a normalised value joins nobody, and why.
pub(super) fn judge(
    rules: &IdentityRules,
    namespace: &Namespace,
    normalised: &str,
) -> Option<Blocked> {
    if !rules.rule(namespace).links {
        return Some(Blocked::Kind);
    }
    if normalised.is_empty() {
        return Some(Blocked::Empty);
    }
    if normalised.len() > Identifier::BYTES_MAX {
        return Some(Blocked::TooLong);
    }
    // Most values are lower case as they are.
    let is_lower = normalised.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    let lower = match is_lower {
        true => Cow::Borrowed(normalised),
        false => Cow::Owned(normalised.to_lowercase()),
    };
    let listed = &rules.blocked_values;
    if listed.contains(normalised) || !is_lower && listed.contains(lower.as_ref()) {
        return Some(Blocked::Listed);
    }
    if is_placeholder(&lower) {
        return Some(Blocked::Placeholder);
    }
    match namespace {
        Namespace::Email => judge_mailbox(&lower),
        Namespace::Phone | Namespace::WhatsApp => judge_number(&lower, namespace),
        _ => None,
    }
}

fn is_placeholder(lower: &str) -> bool {
    let filler = |c: char| matches!(c, '0' | '-' | '.' | '_' | '*' | ' ' | '+');
    lower.chars().all(filler) || PLACEHOLDERS.contains(&lower)
}

fn judge_mailbox(lower: &str) -> Option<Blocked> {
    let Some((user, domain)) = lower.rsplit_once('@') else {
        return Some(Blocked::Placeholder);
    };
    if user.is_empty() || domain.is_empty() || is_placeholder(user) && user != "test" {
        return Some(Blocked::Placeholder);
    }
    let role = user.split('+').next().unwrap_or(user);
    ROLE_MAILBOXES.contains(&role).then_some(Blocked::RoleMailbox)
}

/// A number of one repeated digit, or of fewer than six digits, names nobody. Scoped WhatsApp ids
/// are no numbers and pass.
fn judge_number(lower: &str, namespace: &Namespace) -> Option<Blocked> {
    let digits: Vec<char> = lower.chars().filter(char::is_ascii_digit).collect();
    if *namespace == Namespace::WhatsApp && lower.chars().any(char::is_alphabetic) {
        return None;
    }
    let repeated = digits.windows(2).all(|pair| pair[0] == pair[1]);
    (digits.len() < 6 || repeated).then_some(Blocked::Placeholder)
}
