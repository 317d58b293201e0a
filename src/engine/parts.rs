//! How a component is written: one row, or a head and what changed.

use std::sync::Arc;

use super::Reading;
use super::writing::{Writing, listed};
use crate::model::{
    Body, Component, ComponentHead, ComponentId, ComponentPart, ComponentRow, Expect, Index,
    IndexEntry, Key, Put,
};

impl Writing {
    /// Writes a component that is not as it was; `known` is how it was.
    ///
    /// Cost where it is large: the head and what changed; all of it where it grew past a power of
    /// two parts, or shrank.
    pub(super) fn put_component(
        &mut self,
        read: &Reading<'_>,
        known: Option<&Component>,
        component: Component,
        entries: Vec<IndexEntry>,
    ) {
        let id = component.id;
        let parts = component.parts();
        if parts == 1 {
            self.delete_parts(read, id, 0);
            self.put(id.as_uuid(), Body::Component(ComponentRow::from(component)), entries);
            return;
        }
        let key = Key::component(self.tenant, id);
        let revision = read.version(key);
        let before = read.head(self.tenant, id).filter(|head| head.parts.len() == parts);
        let kept = |number: usize| {
            let stays = known?.has_same_part(&component, number, parts);
            before.filter(|_| stays).map(|head| head.parts[number])
        };
        let mut revisions = Vec::with_capacity(parts);
        for number in 0..parts {
            let kept = kept(number);
            revisions.push(kept.unwrap_or(revision));
            if kept.is_none() {
                self.put_part(read, number, component.part(number, parts, revision));
            }
        }
        self.delete_parts(read, id, parts);
        let head = ComponentHead { id, parts: revisions };
        self.put(id.as_uuid(), Body::Component(ComponentRow::Head(Arc::new(head))), entries);
    }

    fn put_part(&mut self, read: &Reading<'_>, number: usize, part: ComponentPart) {
        let key = Key::component_part(self.tenant, part.component, number);
        let prefix = part.component.as_uuid();
        let entries = vec![IndexEntry { prefix, ..listed(Index::Parts, key.id) }];
        self.changeset.expects.push(Expect::Row(key, read.version(key)));
        let body = Body::ComponentPart(Arc::new(part));
        self.changeset.puts.push(Put { key, body, entries });
    }

    /// Removes the parts of a component from a number on.
    pub(super) fn delete_parts(&mut self, read: &Reading<'_>, id: ComponentId, from: usize) {
        let known = read.head(self.tenant, id).map_or(0, |head| head.parts.len());
        for number in from..known {
            let key = Key::component_part(self.tenant, id, number);
            self.changeset.expects.push(Expect::Row(key, read.version(key)));
            self.changeset.deletes.push(key);
        }
    }
}
