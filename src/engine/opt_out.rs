//! What was chosen at an endpoint: by facts, and by opt-outs that outlived theirs.

use super::tombstone::Tombstones;
use super::{Context, Reading, Step};
use crate::model::{ConsentLedger, IdentifierId, Key};

/// Asks for every choice at an endpoint.
///
/// Whether there are opt-outs is asked first; a step that asked for it before pays no round.
pub(super) fn want_choices(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    endpoint: IdentifierId,
) -> Step<()> {
    read.want(Key::consent(context.tenant, endpoint));
    Tombstones::want_gate(context, read);
    Tombstones::of(context, read)?.want_opt_outs(read, endpoint);
    Ok(())
}

/// Every choice at an endpoint; none where nobody chose. A newer consent counts against an opt-out.
pub(super) fn choices(
    context: &Context<'_>,
    read: &Reading<'_>,
    endpoint: IdentifierId,
) -> Step<ConsentLedger> {
    let known = read.consent(context.tenant, endpoint);
    let mut choices = known.map(|row| row.as_ref().clone()).unwrap_or_default();
    for (row, left) in Tombstones::of(context, read)?.opt_outs(read, endpoint) {
        left.join(row, &mut choices);
    }
    Ok(choices)
}
