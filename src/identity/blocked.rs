//! Values that join nobody: placeholders, role mailboxes, and the application's own lists.
//!
//! What people and programs write when they have no value, as identity products document it: the
//! sources stand beside the values. An application adds exact values, values of one namespace, and
//! patterns (`IdentityRules`). A blocked value is kept and joins no records; nothing is refused.
//!
//! # Law
//!
//! 1. Judging is linear in the value and in the application's patterns, whatever either says.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::{Blocked, Identifier, IdentityRules, Namespace};

/// What people and programs write when they have no value. Compared in lower case. Values of
/// nothing but zeros, dashes and the like (Segment: `^[0-]*$`) are found by [`is_placeholder`].
const PLACEHOLDERS: &[&str] = &[
    // Segment Unify, blocked values by default; `^[0-]*$` and the two below.
    "-1",
    "null",
    // PostHog, ids that `identify` and `alias` refuse.
    "anonymous",
    "guest",
    "distinctid",
    "distinct_id",
    "id",
    "not_authenticated",
    "email",
    "undefined",
    "true",
    "false",
    "[object object]",
    "nan",
    "none",
    // The words for nothing of programming languages, and what their printers leave.
    "nil",
    "nul",
    "void",
    "{}",
    "[]",
    "\"\"",
    "''",
    "#n/a",
    "#ref!",
    "#value!",
    "(null)",
    "<null>",
    "\\n",
    // What people write into a field that they do not want to fill, English and French.
    "?",
    "anonyme",
    "aucun",
    "aucune",
    "e-mail",
    "inconnu",
    "inconnue",
    "invite",
    "invité",
    "n.a.",
    "n/a",
    "na",
    "neant",
    "néant",
    "no",
    "non",
    "not applicable",
    "not available",
    "oui",
    "phone",
    "sans objet",
    "tbd",
    "test",
    "unknown",
    "user",
    "xxx",
    "xxxx",
    "yes",
];

/// Ids that many devices have.
const SHARED_DEVICES: &[&str] = &[
    // Android issue 10603: the ANDROID_ID of every device of some makers.
    "9774d56d682e549c",
    // What Android answers for its hardware address since version 6.
    "02:00:00:00:00:00",
    "ff:ff:ff:ff:ff:ff",
];

/// Mailboxes that are typed to get past a form.
const TYPED_MAILBOXES: &[&str] = &[
    "a@a.com",
    "a@a.fr",
    "a@b.c",
    "a@b.com",
    "aa@aa.com",
    "aa@aa.fr",
    "aaa@aaa.com",
    "abc@abc.com",
    "asdf@asdf.com",
    "azerty@azerty.fr",
    "email@email.com",
    "mail@mail.com",
    "qwerty@qwerty.com",
    "test@test.com",
    "test@test.fr",
    "xxx@xxx.com",
];

/// So many times the same digit at the end of a number, behind any country code, is junk.
const REPEATED_MIN: usize = 8;

/// Runs of digits that are typed to get past a form.
const TYPED_NUMBERS: &[&str] =
    &["123456", "1234567", "12345678", "123456789", "1234567890", "0123456789", "9876543210"];

/// Mailboxes that are read by many: RFC 2142 (`abuse`, `hostmaster`, `info`, `marketing`, `noc`,
/// `postmaster`, `sales`, `security`, `support`, `webmaster`) and common use, English and French.
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
    let by_value = judge_value(rules, namespace, normalised);
    // Last: a placeholder names no record, of whatever kind it is.
    by_value.or_else(|| (!rules.rule(namespace).links).then_some(Blocked::Kind))
}

fn judge_value(rules: &IdentityRules, namespace: &Namespace, normalised: &str) -> Option<Blocked> {
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
    let holds = |values: &BTreeSet<String>| {
        values.contains(normalised) || !is_lower && values.contains(lower.as_ref())
    };
    if holds(&rules.blocked_values)
        || rules.blocked_in.get(namespace.name()).is_some_and(holds)
        || rules.blocked_patterns.iter().any(|pattern| pattern.matches(&lower))
    {
        return Some(Blocked::Listed);
    }
    if is_placeholder(&lower) {
        return Some(Blocked::Placeholder);
    }
    match namespace {
        Namespace::Email => judge_mailbox(&lower),
        Namespace::Phone | Namespace::WhatsApp => judge_number(&lower, namespace),
        Namespace::Device | Namespace::AdvertisingId => {
            SHARED_DEVICES.contains(&lower.as_ref()).then_some(Blocked::Placeholder)
        }
        _ => None,
    }
}

/// Whether a value in lower case stands for none, whatever it is a value of.
pub(super) fn is_placeholder(lower: &str) -> bool {
    let filler = |c: char| matches!(c, '0' | '-' | '.' | '_' | '*' | ' ' | '+');
    lower.chars().all(filler) || PLACEHOLDERS.contains(&lower)
}

/// Whether a mailbox in lower case names nobody.
pub(super) fn judge_mailbox(lower: &str) -> Option<Blocked> {
    let Some((user, domain)) = lower.rsplit_once('@') else {
        return Some(Blocked::Placeholder);
    };
    if user.is_empty() || domain.is_empty() || is_placeholder(user) && user != "test" {
        return Some(Blocked::Placeholder);
    }
    if TYPED_MAILBOXES.contains(&lower) {
        return Some(Blocked::Placeholder);
    }
    let role = user.split('+').next().unwrap_or(user);
    ROLE_MAILBOXES.contains(&role).then_some(Blocked::RoleMailbox)
}

/// A number that ends in eight times the same digit, that counts up, or that has fewer than six
/// digits names nobody. Scoped WhatsApp ids are no numbers and pass.
pub(super) fn judge_number(lower: &str, namespace: &Namespace) -> Option<Blocked> {
    let number = lower.split_once(";ext=").map_or(lower, |(number, _)| number);
    if *namespace == Namespace::WhatsApp && number.chars().any(char::is_alphabetic) {
        return None;
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let last = digits.bytes().next_back();
    let repeated = digits.bytes().rev().take_while(|digit| Some(*digit) == last).count();
    let is_one_digit = repeated >= REPEATED_MIN || repeated == digits.len();
    // A region has put its country in front of the longer ones.
    let typed = |run: &str| digits == run || run.len() >= 9 && digits.ends_with(run);
    let is_typed = TYPED_NUMBERS.iter().any(|run| typed(run));
    (digits.len() < 6 || is_one_digit || is_typed).then_some(Blocked::Placeholder)
}
