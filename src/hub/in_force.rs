//! Which configuration a hub works under, and which one is in force.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::engine::Context;
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::model::{
    Body, Changeset, Commit, Configuration, ConfigurationVersion, Digest, Expect, Key, Profile,
    Put, TenantId, Version,
};

use super::Hub;
use super::configure::check_rules;

/// When to call again while customers are laid out.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// Why a step was not taken; told apart from what a store says by its words.
const OUTDATED: &str = "the configuration in force changed, or the tenant's customers are being \
                        laid out again under it; call again, and if it lasts, Hub::resolve_again";

/// Whether a step was not taken since another configuration is in force by now.
pub(super) fn is_outdated(error: &Error) -> bool {
    error.message() == OUTDATED
}

/// The configuration that a hub works under.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) configuration: Arc<Configuration>,
    pub(super) version: ConfigurationVersion,
    /// The digest of its identity rules.
    pub(super) rules: Digest,
    /// Whether it was given by hand rather than taken from the store.
    pub(super) is_given: bool,
}

impl Held {
    pub(super) fn new(configuration: Configuration, is_given: bool) -> Self {
        let (version, rules) = (configuration.version(), Digest::of(&configuration.identity));
        Self { configuration: Arc::new(configuration), version, rules, is_given }
    }
}

impl Hub {
    pub(super) fn held(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn hold(&self, held: Held) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }

    /// Takes up the configuration in force, if another one is by now.
    ///
    /// What writes notices by itself that another configuration was put in force, takes it up and
    /// asks to be called again; what only reads answers under the last one that the hub took up.
    /// Call this from time to time in a hub that mostly reads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Denied`] where the hub was given a configuration by hand under which it cannot
    /// work with this store. [`ErrorKind::Unsupported`] where the configuration in force needs a
    /// feature that is not compiled in. Else what the store says.
    pub async fn refresh(&self) -> Result<ConfigurationVersion> {
        self.take_up().await?;
        let _ = self.profile_checked.set(());
        Ok(self.held().version)
    }

    /// The context of a tenant, once the hub has taken up what is in force in the store.
    pub(super) async fn ready(&self, tenant: TenantId) -> Result<Context<'_>> {
        self.check_profile().await?;
        Ok(self.context(tenant))
    }

    /// Refuses a store of another profile, takes up the configuration in force, and keeps ours.
    pub(super) async fn check_profile(&self) -> Result<()> {
        if self.profile_checked.get().is_some() {
            return Ok(());
        }
        self.take_up().await?;
        let _ = self.profile_checked.set(());
        Ok(())
    }

    /// Answers the configuration in force, if there is one.
    async fn take_up(&self) -> Result<Option<ConfigurationVersion>> {
        loop {
            let held = self.held();
            let Some((_, known)) = self.profile().await? else {
                let profile = self.context(TenantId::SYSTEM).profile();
                if self.keep(&held, Some((0, profile))).await? {
                    return Ok(None);
                }
                continue;
            };
            self.check_keys(&known)?;
            match known.configuration {
                Some(version) if version != held.version && !held.is_given => {
                    let configuration = self.stored(version).await?.ok_or_else(|| lost(version))?;
                    check_rules(&configuration, "hub.open")?;
                    self.hold(Held::new(configuration, false));
                    return Ok(Some(version));
                }
                in_force if known.identity == held.rules => {
                    if self.keep(&held, None).await? {
                        return Ok(in_force);
                    }
                }
                _ => {
                    return Err(refused(
                        "other identity rules are in force in the store; use those, or put yours \
                         in force with Hub::configure",
                    ));
                }
            }
        }
    }

    pub(super) async fn profile(&self) -> Result<Option<(Version, Profile)>> {
        let row = self.store.load(&[Key::profile()]).await?.pop().flatten();
        Ok(row.and_then(|row| match row.body {
            Body::Profile(profile) => Some((row.version, Profile::clone(&profile))),
            _ => None,
        }))
    }

    pub(super) fn check_keys(&self, known: &Profile) -> Result<()> {
        let ours = self.context(TenantId::SYSTEM).profile();
        if known.id_key != ours.id_key {
            return Err(refused("the store was filled under another id key; open it with its own"));
        }
        if known.normaliser != ours.normaliser {
            return Err(refused(
                "the store was filled under other normalisers; export it and import it anew",
            ));
        }
        Ok(())
    }

    /// Keeps a configuration for those who explain old decisions, and writes the profile where one
    /// is given with the version that it has; `false` on a conflict.
    pub(super) async fn keep(
        &self,
        held: &Held,
        profile: Option<(Version, Profile)>,
    ) -> Result<bool> {
        let mut changeset = Changeset::default();
        let key = Key::configuration(held.version);
        if self.store.load(&[key]).await?.pop().flatten().is_none() {
            let body = Body::Configuration(Arc::clone(&held.configuration));
            changeset.puts.push(Put::new(key.tenant, key.id, body, Vec::new()));
            changeset.expects.push(Expect::Row(key, 0));
        }
        if let Some((version, profile)) = profile {
            let key = Key::profile();
            let body = Body::Profile(Arc::new(profile));
            changeset.puts.push(Put::new(key.tenant, key.id, body, Vec::new()));
            changeset.expects.push(Expect::Row(key, version));
        }
        if changeset.is_empty() {
            return Ok(true);
        }
        Ok(matches!(self.store.commit(changeset).await?, Commit::Applied(_)))
    }

    pub(super) async fn stored(
        &self,
        version: ConfigurationVersion,
    ) -> Result<Option<Configuration>> {
        let row = self.store.load(&[Key::configuration(version)]).await?.pop().flatten();
        Ok(row.and_then(|row| match row.body {
            Body::Configuration(known) => Some(Configuration::clone(&known)),
            _ => None,
        }))
    }

    /// Takes up what is in force, and says why the step was not taken.
    pub(super) async fn outdated(&self, operation: &'static str) -> Error {
        let in_force = match self.take_up().await {
            Ok(in_force) => in_force,
            Err(error) => return error,
        };
        let held = self.held();
        if held.is_given && in_force.is_some_and(|version| version != held.version) {
            let message = "another configuration is in force than the one given by hand; give \
                           none, or put it in force with Hub::configure";
            return Error::new(ErrorKind::Denied, message).during(operation);
        }
        let error = Error::new(ErrorKind::Unavailable, OUTDATED).during(operation);
        error.retry(Retry::After(COME_AGAIN))
    }
}

pub(super) fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::Denied, message).during("hub.open")
}

fn lost(version: ConfigurationVersion) -> Error {
    let message = "the store lacks the configuration that is in force; restore it";
    Error::new(ErrorKind::Corrupt, message).during("hub.open").with("configuration", version)
}
