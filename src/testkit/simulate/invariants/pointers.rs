//! A record and a linking identifier point to the one component that holds them.

use super::{Event, Holds, Truth, ensure};
use crate::model::{Body, Component, ComponentId, IdentifierHome, IdentifierId, Kind, RecordId};
use crate::testkit::simulate::truth::{Change, short};

pub(super) fn holds(_truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Committed(change) = event else { return Ok(()) };
    for put in &change.changeset.puts {
        match &put.body {
            Body::Component(_) => {
                let held = change.component_after(ComponentId::from_uuid(put.key.id));
                let Some(held) = held else {
                    return Err(format!("{} lacks parts", short(&put.key)));
                };
                points_back(change, &held)?;
            }
            Body::RecordAt(home) => {
                let id = RecordId::from_uuid(put.key.id);
                let held = change.component_after(*home);
                ensure(held.is_some_and(|held| held.records.contains_key(&id)), || {
                    format!("{} points to a component without it", short(&put.key))
                })?;
            }
            Body::IdentifierAt(IdentifierHome::In(home)) => {
                let id = IdentifierId::from_uuid(put.key.id);
                let held = change.component_after(*home);
                ensure(held.is_some_and(|held| held.identifiers.contains_key(&id)), || {
                    format!("{} points to a component without it", short(&put.key))
                })?;
            }
            _ => {}
        }
    }
    // What a component held before and holds no longer points elsewhere, or nowhere.
    let components = change.changeset.puts.iter().map(|put| &put.key);
    let components = components.chain(&change.changeset.deletes);
    for key in components.filter(|key| key.kind == Kind::Component) {
        let id = ComponentId::from_uuid(key.id);
        let Some(before) = change.component_before(id) else { continue };
        let holds = |after: &Component| {
            (&after.records, &after.identifiers) == (&before.records, &before.identifiers)
        };
        let after = change.component_after(id);
        if after.as_deref().is_some_and(holds) {
            continue;
        }
        for record in before.records.keys() {
            let held = after.as_ref().is_some_and(|after| after.records.contains_key(record));
            ensure(held || change.home_after(*record) != Some(&id), || {
                format!("a record points to {}, which let it go", short(key))
            })?;
        }
        for identifier in before.linking() {
            let held =
                after.as_ref().is_some_and(|after| after.identifiers.contains_key(&identifier));
            let place = change.place_after(identifier);
            ensure(held || place != Some(&IdentifierHome::In(id)), || {
                format!("an identifier points to {}, which let it go", short(key))
            })?;
        }
    }
    Ok(())
}

fn points_back(change: &Change<'_>, component: &Component) -> Holds {
    let home = IdentifierHome::In(component.id);
    let strays = |id: &RecordId| change.home_after(*id) != Some(&component.id);
    let lost = component.records.keys().filter(|id| strays(id)).count();
    let strays = |id: &IdentifierId| change.place_after(*id) != Some(&home);
    let lost = lost + component.linking().filter(strays).count();
    ensure(lost == 0, || format!("{lost} of what a component holds point elsewhere or nowhere"))?;
    // Whoever bears a shared identifier is found by it.
    let unsaid = |id: &IdentifierId| change.place_after(*id) != Some(&IdentifierHome::Shared);
    let lost = component.shared().filter(unsaid).count();
    ensure(lost == 0, || format!("{lost} shared identifiers of a component do not say so"))
}
