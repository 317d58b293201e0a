//! Minting: which parts name what.

use uuid::Uuid;

use super::digest::Digest;
use super::evidence::Ruling;
use super::fact::FactKey;
use super::id::{
    ComponentId, DecisionId, FactId, IdKey, IdentifierId, RecordId, TenantId, TouchpointId,
    VerdictId,
};
use super::identifier::Namespace;
use super::intent::Intent;
use super::time::Timestamp;
use super::touchpoint::Source;

impl IdKey {
    /// The id of a normalised identifier.
    pub fn identifier(
        &self,
        tenant: TenantId,
        namespace: &Namespace,
        scope: Option<&str>,
        normalised: &str,
    ) -> IdentifierId {
        let scope = scope.unwrap_or_default().as_bytes();
        let parts = [b"identifier", namespace.name().as_bytes(), scope, normalised.as_bytes()];
        IdentifierId::from_uuid(self.mint(tenant, &parts))
    }

    /// The id of the source record that an identifier names within a source.
    pub fn record(&self, tenant: TenantId, source: &Source, sender: IdentifierId) -> RecordId {
        let parts: [&[u8]; 3] = [b"record", source.as_str().as_bytes(), sender.as_bytes()];
        RecordId::from_uuid(self.mint(tenant, &parts))
    }

    /// The id of a touchpoint that its source names.
    pub fn touchpoint(&self, tenant: TenantId, source: &Source, external: &str) -> TouchpointId {
        let parts: [&[u8]; 3] = [b"touchpoint", source.as_str().as_bytes(), external.as_bytes()];
        TouchpointId::from_uuid(self.mint(tenant, &parts))
    }

    /// The id of a touchpoint that its source does not name: its content.
    pub fn unnamed_touchpoint(
        &self,
        tenant: TenantId,
        source: &Source,
        content: Digest,
    ) -> TouchpointId {
        let parts: [&[u8]; 3] = [b"content", source.as_str().as_bytes(), content.as_bytes()];
        TouchpointId::from_uuid(self.mint(tenant, &parts))
    }

    /// The id of a known fact.
    pub fn fact(&self, tenant: TenantId, key: &FactKey) -> FactId {
        let FactKey { about, predicate } = key;
        let (kind, id) = (about.kind.as_bytes(), about.id.as_bytes());
        FactId::from_uuid(self.mint(tenant, &[b"fact", kind, id, predicate.as_bytes()]))
    }

    /// The id of a verdict: a person's by its content, so that one id cannot carry two; a model's
    /// by its pair, of which the latest word counts.
    pub(crate) fn verdict(
        &self,
        tenant: TenantId,
        pair: (RecordId, RecordId),
        (ruling, at): (Ruling, Timestamp),
        by: &str,
        reason: &str,
    ) -> VerdictId {
        let Some(ruling) = said(ruling) else {
            let parts: [&[u8]; 3] = [b"scored link", pair.0.as_bytes(), pair.1.as_bytes()];
            return VerdictId::from_uuid(self.mint(tenant, &parts));
        };
        let at = at.micros().to_le_bytes();
        let (a, b) = (pair.0.as_bytes(), pair.1.as_bytes());
        let parts: [&[u8]; 7] = [b"verdict", a, b, &ruling, &at, by.as_bytes(), reason.as_bytes()];
        VerdictId::from_uuid(self.mint(tenant, &parts))
    }

    /// The id of a new component: a newly accepted fact and the smallest record that it holds.
    ///
    /// Never of fact ids: copies of one id would collide.
    pub(crate) fn component(
        &self,
        tenant: TenantId,
        accepted: Digest,
        smallest: RecordId,
    ) -> ComponentId {
        let parts: [&[u8]; 3] = [b"component", accepted.as_bytes(), smallest.as_bytes()];
        ComponentId::from_uuid(self.mint(tenant, &parts))
    }

    /// What a blocking rule of a live index finds: a keyed hash, so that a listing shows nothing.
    pub(crate) fn blocking(&self, tenant: TenantId, layout: Digest, rule: u16, key: u32) -> Uuid {
        let (rule, key) = (rule.to_le_bytes(), key.to_le_bytes());
        self.mint(tenant, &[b"blocking", layout.as_bytes(), &rule, &key])
    }

    /// The id of the decision on an intent.
    pub fn decision(&self, tenant: TenantId, intent: &Intent) -> DecisionId {
        DecisionId::from_uuid(self.mint(tenant, &[b"decision", intent.key.as_bytes()]))
    }
}

/// What a person's verdict says, as a byte; `None` of a model's.
fn said(ruling: Ruling) -> Option<[u8; 1]> {
    match ruling {
        Ruling::Same => Some([0]),
        Ruling::Different => Some([1]),
        Ruling::Undecided => Some([2]),
        Ruling::Scored(_) => None,
    }
}
