//! Changing the configuration: what would change, putting it in force, laying out customers again.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use uuid::Uuid;

use crate::engine::{self, Claimed, Context, Forecast, View};
use crate::error::{Error, ErrorKind, Result};
use crate::identity;
use crate::model::{
    Body, Component, Configuration, ConfigurationVersion, CustomerId, DecisionId, Index, Profile,
    Range, Refusal, TenantId, Timestamp, Verdict,
};

use super::Hub;
use super::in_force::{Held, is_outdated};
use super::pages::Pages;

/// Most ids that a preview names of each kind; more are only counted.
const NAMED_MAX: usize = 1_000;

/// Most messages in the outbox that a preview looks at.
const MESSAGES_MAX: usize = 10_000;

/// What a configuration would change; nothing was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// How many customers would split: their records would be several customers'.
    pub splits: u64,
    /// The first thousand of them.
    pub split: Vec<(TenantId, CustomerId)>,
    /// How many customers would be joined with others.
    pub joins: u64,
    /// The first thousand of them.
    pub joined: Vec<(TenantId, CustomerId)>,
    /// How many messages in the outbox would be refused that are not today.
    pub refusals: u64,
    /// The first thousand of them, and why.
    pub refused: Vec<(TenantId, DecisionId, Refusal)>,
    /// Whether there was too much to look at: the counts are then at least as many.
    pub is_partial: bool,
}

/// A configuration that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Configured {
    /// Its version.
    pub version: ConfigurationVersion,
    /// The tenants that the store knows.
    pub tenants: u64,
    /// Components of customers that were judged again.
    pub judged: u64,
    /// Components that are laid out otherwise than before.
    pub changed: u64,
}

impl Hub {
    /// Says what a configuration would change, of all tenants: for "312 customers would split".
    ///
    /// Reads every component, if the identity rules differ, and the first ten thousand messages in
    /// the outbox, as each would be claimed when it is due. Writes nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where the policy cannot be meant so. [`ErrorKind::Unsupported`] where
    /// the identity rules need a feature that is not compiled in, or name another telephone region
    /// than the store's. Else what the store says.
    pub async fn preview(&self, configuration: &Configuration) -> Result<Preview> {
        check(configuration, "hub.preview")?;
        self.check_profile().await?;
        if let Some((_, known)) = self.profile().await? {
            check_region(&known, configuration, "hub.preview")?;
        }
        let mut preview = Preview::default();
        let held = Held::new(configuration.clone(), true);
        if held.rules != self.held().rules {
            let tenants = Range::all(TenantId::SYSTEM, Index::Tenants, Uuid::nil());
            let mut tenants = Pages::of(self, tenants);
            while let Some(rows) = tenants.next().await? {
                for row in rows {
                    self.foretell(row.key.tenant, configuration, &mut preview).await?;
                }
            }
        }
        self.foresee_refusals(&held, &mut preview).await?;
        Ok(preview)
    }

    async fn foretell(
        &self,
        tenant: TenantId,
        configuration: &Configuration,
        preview: &mut Preview,
    ) -> Result<()> {
        let now = self.held();
        let mut forecast = Forecast::new(&now.configuration.identity, &configuration.identity);
        let look = |whole: &Component| {
            forecast.look(whole);
            ControlFlow::Continue(())
        };
        self.each_component("hub.preview", tenant, look).await?;
        let told = forecast.tell(&self.keys.id_key, tenant);
        preview.splits += told.split.len() as u64;
        preview.joins += told.joined.len() as u64;
        name(&mut preview.split, tenant, told.split);
        name(&mut preview.joined, tenant, told.joined);
        preview.is_partial |= told.is_partial;
        Ok(())
    }

    /// Claims each message as it would be claimed, under both configurations, and commits nothing.
    async fn foresee_refusals(&self, held: &Held, preview: &mut Preview) -> Result<()> {
        let mut due = Pages::of(self, Range::all(TenantId::SYSTEM, Index::Due, Uuid::nil()));
        let (mut seen, now) = (0, self.clock.now());
        while let Some(rows) = due.next().await? {
            for row in rows {
                let Body::Outbox(entry) = &row.body else { continue };
                seen += 1;
                if seen > MESSAGES_MAX {
                    preview.is_partial = true;
                    return Ok(());
                }
                let today = self.context(row.key.tenant);
                // The version stays: the step is told that what it tries on is in force.
                let configuration = Arc::clone(&held.configuration);
                let then = Context { configuration, ..today.clone() };
                let (id, at) = (entry.decision, entry.due.max(now));
                if let Some(refusal) = self.would_refuse(&then, id, at).await?
                    && self.would_refuse(&today, id, at).await?.is_none()
                {
                    preview.refusals += 1;
                    if preview.refused.len() < NAMED_MAX {
                        preview.refused.push((row.key.tenant, id, refusal));
                    }
                }
            }
        }
        Ok(())
    }

    async fn would_refuse(
        &self,
        context: &Context<'_>,
        id: DecisionId,
        at: Timestamp,
    ) -> Result<Option<Refusal>> {
        let step = |view: &View| engine::claim(context, view, id, at);
        match self.ask("hub.preview", step).await? {
            (Claimed::Refused(refusal), _) => Ok(Some(refusal)),
            _ => Ok(None),
        }
    }

    /// Puts a configuration in force for the whole data set, and lays out customers again where its
    /// identity rules are others.
    ///
    /// It is kept as an immutable version; the one before stays readable. From then on every hub
    /// that is not given a configuration by hand takes it up: no other may decide, claim or lay out
    /// customers under another one. While a tenant's customers are laid out, taking in for that
    /// tenant answers [`ErrorKind::Unavailable`] and asks to be called again; reading goes on, and
    /// shows each customer under the rules of before or of after. After a crash in the middle,
    /// configuring the same again goes on where it stopped, or [`Hub::resolve_again`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where the policy cannot be meant so. [`ErrorKind::Unsupported`] where
    /// the identity rules need a feature that is not compiled in, or name another telephone region
    /// than the store was opened with. [`ErrorKind::Conflict`] where another configuration was put
    /// in force since this hub last looked: nothing was changed, and the hub has taken that one up.
    /// Else what the store says; then configure again.
    pub async fn configure(&self, configuration: Configuration) -> Result<Configured> {
        check(&configuration, "hub.configure")?;
        let new = Held::new(configuration, false);
        loop {
            let known = self.profile().await?;
            let (version, known) = match known {
                Some((version, known)) => (version, Some(known)),
                None => (0, None),
            };
            if let Some(known) = &known {
                self.check_keys(known)?;
                check_region(known, &new.configuration, "hub.configure")?;
                if known.configuration == Some(new.version) {
                    break;
                }
                self.check_seen(known).await?;
            }
            let ours = self.context(TenantId::SYSTEM).profile();
            let (identity, in_force) = (new.rules, Some(new.version));
            let phone_region = new.configuration.identity.phone_region;
            let profile = Profile { identity, configuration: in_force, phone_region, ..ours };
            if self.keep(&new, Some((version, profile))).await? {
                break;
            }
        }
        let version = new.version;
        self.hold(new);
        let _ = self.profile_checked.set(());
        let mut configured = Configured { version, tenants: 0, judged: 0, changed: 0 };
        let tenants = Range::all(TenantId::SYSTEM, Index::Tenants, Uuid::nil());
        let mut tenants = Pages::of(self, tenants);
        while let Some(rows) = tenants.next().await? {
            for row in rows {
                let relaid = self.resolve_again(row.key.tenant).await?;
                configured.tenants += 1;
                configured.judged += relaid.judged;
                configured.changed += relaid.changed;
            }
        }
        Ok(configured)
    }

    /// Refuses to replace a configuration that this hub never saw.
    async fn check_seen(&self, known: &Profile) -> Result<()> {
        let held = self.held();
        if held.is_given || known.configuration.is_none_or(|version| version == held.version) {
            return Ok(());
        }
        // A hub that was just opened has seen nothing yet.
        let is_new = self.profile_checked.get().is_none();
        if is_new {
            return self.check_profile().await;
        }
        self.refresh().await?;
        let message = "another configuration was put in force meanwhile; look at it, then \
                       configure again";
        Err(Error::new(ErrorKind::Conflict, message).during("hub.configure"))
    }

    /// Goes on laying out a tenant's customers under the identity rules in force, until done.
    ///
    /// Any number of hubs may do so at once. Where nothing is left to do it reads two rows.
    ///
    /// # Errors
    ///
    /// What the store says; what was done is kept, and calling again goes on from there.
    pub async fn resolve_again(&self, tenant: TenantId) -> Result<engine::Relaid> {
        let mut sum = engine::Relaid::default();
        while !sum.is_done {
            let context = self.context(tenant);
            let step = |view: &View| engine::relay(&context, view);
            let relaid = self.transact("hub.resolve_again", step).await?;
            sum.judged += relaid.judged;
            sum.changed += relaid.changed;
            sum.is_done = relaid.is_done;
        }
        Ok(sum)
    }

    /// Helps to lay out a tenant's customers, so that a step that was not taken can be.
    pub(super) async fn catch_up(&self, tenant: TenantId) -> Result<()> {
        match self.resolve_again(tenant).await {
            Err(error) if !is_outdated(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// A version of the configuration, as it was when decisions named it; `None` where this store
    /// never knew it.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn configuration_of(
        &self,
        version: ConfigurationVersion,
    ) -> Result<Option<Configuration>> {
        self.check_profile().await?;
        self.stored(version).await
    }
}

/// Refuses another telephone region than the one on which the store's values rest.
fn check_region(
    known: &Profile,
    configuration: &Configuration,
    during: &'static str,
) -> Result<()> {
    if known.phone_region == configuration.identity.phone_region {
        return Ok(());
    }
    let message = "the store was opened under another telephone region, on which its values \
                   rest; export it and import it into a store that is configured so first";
    Err(Error::new(ErrorKind::Unsupported, message).during(during))
}

/// Refuses a policy that cannot be meant so, and rules that this build cannot follow.
pub(super) fn check(configuration: &Configuration, during: &'static str) -> Result<()> {
    check_rules(configuration, during)?;
    configuration.policy.check().map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Error::new(ErrorKind::Invalid, faults.join("; ")).during(during)
    })
}

/// Refuses identity rules that need a feature which is not compiled in, or that ask for links which
/// connect nobody.
pub(super) fn check_rules(configuration: &Configuration, during: &'static str) -> Result<()> {
    let rules = &configuration.identity;
    if rules.link_weight_min.min(rules.review_weight_min) < Verdict::CONNECTS_FROM {
        let message = "link_weight_min and review_weight_min are at least -6644: links that weigh \
                       less connect nobody";
        return Err(Error::new(ErrorKind::Invalid, message).during(during));
    }
    identity::check_rules(&configuration.identity)
        .map_err(|missing| Error::new(ErrorKind::Unsupported, missing.to_string()).during(during))
}

fn name(
    named: &mut Vec<(TenantId, CustomerId)>,
    tenant: TenantId,
    customers: BTreeSet<CustomerId>,
) {
    let room = NAMED_MAX.saturating_sub(named.len());
    named.extend(customers.into_iter().take(room).map(|customer| (tenant, customer)));
}
