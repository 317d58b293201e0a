//! From what was written to evidence: an identifier is normalised, judged and named.

use std::sync::Arc;

use super::normalise;
use super::pool::Observed;
use crate::model::{IdKey, Identifier, IdentifierNode, IdentityRules, TenantId};

/// An identifier as an [`Observation`](super::Observation) holds it.
pub fn identify(
    rules: &IdentityRules,
    key: &IdKey,
    tenant: TenantId,
    seen: &Identifier,
) -> Observed {
    let normalised = normalise(rules, seen);
    let (namespace, scope) = (seen.namespace.clone(), seen.scope.clone());
    let id = key.identifier(tenant, &namespace, scope.as_deref(), normalised.value.expose());
    let (value, blocked) = (normalised.value, normalised.blocked);
    (id, Arc::new(IdentifierNode { namespace, scope, value, blocked }), seen.assurance)
}
