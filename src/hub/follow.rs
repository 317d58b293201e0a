//! Following: an application hears which records another customer holds from now on.

use std::fmt;

use super::Hub;
use crate::engine::{self, Facts, Moved};
use crate::error::Result;
use crate::model::TenantId;

/// What is told of moves, after the commit that made them.
pub(super) struct Follower(Box<Hears>);

type Hears = dyn Fn(&[Moved]) + Send + Sync;

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Follower")
    }
}

impl Hub {
    /// The same hub, which tells `follower` after each commit which records moved to another
    /// customer: by a merge, an unmerge, new evidence, an erasure or new rules.
    ///
    /// Views need no follower: they are derived from who holds what now. It is for customer ids
    /// that an application keeps elsewhere. It runs within the call that commits: let it be quick,
    /// and put what takes long into a queue. Whoever was away compares with [`Hub::customer`]: any
    /// id that was ever given resolves.
    ///
    /// ```
    /// # use omnichannel::Hub;
    /// # fn follow(hub: Hub) -> Hub {
    /// let (tell, told) = std::sync::mpsc::channel();
    /// # drop(told);
    /// hub.following(move |moved| {
    ///     for record in moved {
    ///         tell.send(*record).ok();
    ///     }
    /// })
    /// # }
    /// ```
    #[must_use]
    pub fn following(mut self, follower: impl Fn(&[Moved]) + Send + Sync + 'static) -> Self {
        self.follower = Some(Follower(Box::new(follower)));
        self
    }

    pub(super) fn tell_follower(&self, moved: &[Moved]) {
        if let (Some(Follower(tell)), false) = (&self.follower, moved.is_empty()) {
            tell(moved);
        }
    }

    /// What facts would do to customers if they were taken in; nothing is written.
    ///
    /// Make verdicts with [`engine::verdict`] and touchpoints with [`engine::prepare`]. A change of
    /// rules is previewed by [`Hub::preview`].
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn what_if(&self, tenant: TenantId, facts: &Facts) -> Result<Vec<Moved>> {
        let context = self.ready(tenant).await?;
        self.ask("hub.what_if", |view| engine::what_if(&context, view, facts)).await
    }
}
