//! One truth told: facts, what customers were told of them, corrections.

use crate::engine::{self, FactFate, View};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Correction, FactHistory, FactKey, KnownFact, RecordId, Sort, Telling, TenantId,
};

use super::Hub;

/// Most versions of one commit.
const FACTS_MAX: usize = 1_000;

/// Most decisions that one page of corrections looks at.
const CORRECTIONS_MAX: u32 = 100;

impl Hub {
    /// Keeps versions of facts. Telling the same again changes nothing. Answers how many were new.
    ///
    /// A message that names a fact in [`Intent::states`](crate::model::Intent) is sent only while
    /// the version in force says the same. A new version stops what still waits to leave, and
    /// [`Hub::corrections`] proposes to mend what was told.
    ///
    /// One commit for each thousand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where [`KnownFact::check`] refuses one: then none is kept.
    /// [`ErrorKind::Conflict`] where a version says something else already: tell what is so under a
    /// higher one; the others of its thousand are kept. Else what the store says.
    ///
    /// ```
    /// # use omnichannel::{Hub, model::*};
    /// # async fn raise(hub: &Hub, tenant: TenantId) -> Result<(), Box<dyn std::error::Error>> {
    /// let price = FactKey::new(ObjectRef::new("product", "dress-17"), "price");
    /// let value = FactValue::Money("80 EUR".parse()?);
    /// hub.tell_facts(tenant, &[KnownFact::new(price, 2, value, "price book")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn tell_facts(&self, tenant: TenantId, facts: &[KnownFact]) -> Result<usize> {
        for fact in facts {
            let invalid = |why| Error::new(ErrorKind::Invalid, why).during("hub.tell_facts");
            fact.check().map_err(|why| invalid(why).with("fact", &fact.key))?;
        }
        let context = self.ready(tenant).await?;
        let mut new = 0;
        for facts in facts.chunks(FACTS_MAX) {
            let step = |view: &View| engine::tell(&context, view, facts);
            let fates = self.transact("hub.tell_facts", step).await?;
            new += fates.iter().filter(|fate| **fate == FactFate::Accepted).count();
            let differs = fates.iter().position(|fate| *fate == FactFate::Conflicting);
            if let Some(fact) = differs.and_then(|place| facts.get(place)) {
                let message = "this version of the fact says something else: tell a higher one";
                let error = Error::new(ErrorKind::Conflict, message).during("hub.tell_facts");
                return Err(error.with("fact", &fact.key).with("version", fact.version));
            }
        }
        Ok(new)
    }

    /// Every version of a fact; `None` where nothing is known of it.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn fact(&self, tenant: TenantId, fact: &FactKey) -> Result<Option<FactHistory>> {
        let context = self.ready(tenant).await?;
        let facts = std::slice::from_ref(fact);
        let known = self.ask("hub.fact", |view| engine::known(&context, view, facts)).await?;
        Ok(known.into_iter().next().flatten())
    }

    /// What a customer was told of facts, where and when, on any channel and any of its records;
    /// the oldest first. `record` is any record or customer id that the application was given.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn told(&self, tenant: TenantId, record: RecordId) -> Result<Vec<Telling>> {
        let context = self.ready(tenant).await?;
        self.ask("hub.told", |view| engine::told(&context, view, record)).await
    }

    /// Proposes to correct what was told of a fact and is no longer so, page by page: one proposal
    /// for each customer whose last telling says otherwise than what is in force now, where it was
    /// told. Decide on [`Correction::intent`] with your words.
    pub fn corrections(&self, tenant: TenantId, fact: FactKey) -> Corrections<'_> {
        Corrections { hub: self, tenant, fact, after: None, done: false }
    }
}

/// Corrections of a fact, page by page; see [`Hub::corrections`].
#[derive(Debug)]
pub struct Corrections<'h> {
    hub: &'h Hub,
    tenant: TenantId,
    fact: FactKey,
    after: Option<Sort>,
    done: bool,
}

impl Corrections<'_> {
    /// The next proposals, perhaps none; `None` after the last page.
    ///
    /// # Errors
    ///
    /// What the store says. Asking again goes on where it stopped.
    pub async fn next(&mut self) -> Result<Option<Vec<Correction>>> {
        if self.done {
            return Ok(None);
        }
        let context = self.hub.ready(self.tenant).await?;
        let (now, page) = (self.hub.clock.now(), (self.after, CORRECTIONS_MAX));
        let step = |view: &View| engine::corrections(&context, view, &self.fact, page, now);
        let (proposed, next) = self.hub.ask("hub.corrections", step).await?;
        self.done = next.is_none();
        self.after = next;
        Ok(Some(proposed))
    }
}
