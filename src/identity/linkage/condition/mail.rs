//! Mailboxes in parts: the user, and the mailbox without dots and tag.
//!
//! # Why
//!
//! `info@` of two companies are two: a mailbox that many read ([`judge_mailbox`]) is alike to none
//! by its user, whatever the column means. That dots and tags do not count is some providers' rule,
//! so it is a level of a comparison and never an identity.

use crate::identity::blocked::judge_mailbox;
use crate::identity::normalise::comparable_mailbox;

/// Whether both have one user before the `@`, and that is a person's.
pub(super) fn same_user(here: &str, there: &str) -> bool {
    let user = |address: &'_ str| address.rfind('@').filter(|_| judge_mailbox(address).is_none());
    match (user(here), user(there)) {
        (Some(one), Some(other)) => here[..one] == there[..other],
        _ => false,
    }
}

/// Whether they are one mailbox but for dots and a tag behind `+`.
pub(super) fn same_mailbox(here: &str, there: &str) -> bool {
    let plain = |address| comparable_mailbox(address).value.into_exposed();
    here.contains('@') && judge_mailbox(here).is_none() && plain(here) == plain(there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_compared_and_role_mailboxes_are_not() {
        assert!(same_user("ann.lee@a.org", "ann.lee@b.org"));
        assert!(!same_user("ann.lee@a.org", "annlee@a.org"));
        assert!(!same_user("info@a.org", "info@b.org"));
        assert!(!same_user("sales+x@a.org", "sales+x@b.org"));
        assert!(!same_user("@a.org", "@b.org") && !same_user("ann", "ann"));
    }

    #[test]
    fn dots_and_tags_do_not_part_a_mailbox() {
        assert!(same_mailbox("ann.lee+shop@a.org", "annlee@a.org"));
        assert!(!same_mailbox("annlee@a.org", "annlee@b.org"));
        assert!(!same_mailbox("info@a.org", "info+x@a.org"));
        assert!(!same_mailbox("ann", "a.nn"));
    }
}
