//! What every store refuses before it looks at its rows: changesets that contradict themselves.
//!
//! Free functions, so that a stranger's store refuses the same with one call.

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Changeset, Expect, Index, Key, TenantId};

/// The tenant under which an entry is listed: the row's own, or [`TenantId::SYSTEM`] for a system
/// index, which lists the rows of all tenants.
pub fn listed_under(index: Index, tenant: TenantId) -> TenantId {
    if index.is_system() { TenantId::SYSTEM } else { tenant }
}

/// Refuses a changeset that no caller can have meant.
///
/// Cost: O(n log n) in its rows.
///
/// # Errors
///
/// [`ErrorKind::Invalid`], a bug of the caller: a key is written twice, a row's kind is not its
/// body's, or an index that keeps no anchors is expected to have one.
pub fn check(changeset: &Changeset) -> Result<()> {
    if changeset.puts.iter().any(|put| put.key.kind != put.body.kind()) {
        return Err(invalid("a row's kind is not its body's; build puts with `Put::new`"));
    }
    if has_duplicates(changeset) {
        return Err(invalid("a changeset writes one row twice; keep the last write of each row"));
    }
    let no_anchor =
        |e: &Expect| matches!(e, Expect::Anchor(anchor, _) if !anchor.index.is_anchored());
    if changeset.expects.iter().any(no_anchor) {
        return Err(invalid("this index keeps no anchors; expect the versions of its rows"));
    }
    Ok(())
}

fn has_duplicates(changeset: &Changeset) -> bool {
    if changeset.rows() < 2 {
        return false;
    }
    let puts = changeset.puts.iter().map(|put| &put.key);
    let mut keys: Vec<&Key> = puts.chain(&changeset.deletes).chain(&changeset.purges).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, message).during("store.commit")
}
