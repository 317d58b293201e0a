//! Is the step's configuration the one in force? Else it is not taken.
//!
//! Each check rests on one row of the first round: a change that is made meanwhile is a conflict.

use super::intake::Facts;
use super::{Context, Pause, Reading, Step};
use crate::model::{Key, Layout};

/// Whether customers may be laid out under the step's identity rules; the tenant's layout row was
/// read. Of a new tenant, the row that says under which they are.
pub(super) fn layout(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    facts: &Facts,
) -> Step<Option<Layout>> {
    // They may have been prepared just before the hub took other rules up.
    if facts.touchpoints.iter().any(|fact| fact.rules != context.rules) {
        return Err(Pause::Outdated);
    }
    if let Some(layout) = read.layout(context.tenant) {
        let ours = layout.identity == context.rules && layout.towards.is_none();
        return if ours { Ok(None) } else { Err(Pause::Outdated) };
    }
    // Once per tenant: nothing says yet which rules are in force for it.
    read.want(Key::profile());
    read.settle()?;
    match read.profile() {
        Some(profile) if profile.identity != context.rules => Err(Pause::Outdated),
        _ => Ok(Some(Layout { identity: context.rules, towards: None })),
    }
}

/// Whether customers of a tenant that is known may be laid out again from their facts.
pub(super) fn laid_out(context: &Context<'_>, read: &mut Reading<'_>) -> Step<()> {
    read.want(Key::layout(context.tenant));
    read.settle()?;
    layout(context, read, &Facts::default()).map(drop)
}

/// Whether something may be said under the step's configuration; the profile was read.
pub(super) fn configuration(context: &Context<'_>, read: &Reading<'_>) -> Step<()> {
    let in_force = read.profile().and_then(|profile| profile.configuration);
    match in_force {
        Some(version) if version != context.version => Err(Pause::Outdated),
        _ => Ok(()),
    }
}
