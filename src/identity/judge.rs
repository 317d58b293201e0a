//! Which identifiers of a component link under other rules.

use std::sync::Arc;

use super::blocked;
use crate::model::{Blocked, Component, IdentifierNode, IdentityRules};

/// A component whose identifiers are judged anew; `None` where the rules change nothing.
///
/// Its records may no longer all be connected, and other components may hold an identifier that
/// links now: [`super::Pool`] says what follows. An identifier keeps its normalised value, so that
/// no fact has to be read.
pub fn judged(rules: &IdentityRules, component: &Component) -> Option<Component> {
    let mut judged: Option<Component> = None;
    for (id, node) in component.identifiers.iter() {
        let by_value = blocked::judge(rules, &node.namespace, node.value.expose());
        // Whether it is shared follows from its bearers.
        let shared = node.blocked.filter(|blocked| *blocked == Blocked::Shared);
        let blocked = by_value.or(shared);
        if blocked != node.blocked {
            let all = judged.get_or_insert_with(|| component.clone());
            let node = IdentifierNode { blocked, ..node.as_ref().clone() };
            all.identifiers.insert(*id, Arc::new(node));
        }
    }
    judged
}
