//! One key gives one decision, whoever asks and however often.

use super::{Event, Holds, Truth, ensure};
use crate::model::{Body, Key};
use crate::testkit::simulate::truth::brief;

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    let stored = |id| match truth.rows.get(&Key::decision(truth.tenant, id)).map(|row| &row.body) {
        Some(Body::Decision(decision)) => Some(decision.as_ref()),
        _ => None,
    };
    match event {
        Event::Decided(decision) => {
            let id = brief(&decision.id.as_uuid());
            ensure(stored(decision.id) == Some(decision), || {
                format!("decision {id} was answered otherwise than it is stored")
            })?;
            let before = truth.decisions.get(&decision.id);
            ensure(before.is_none_or(|before| before == *decision), || {
                format!("decision {id} was answered otherwise before")
            })
        }
        Event::Ended(..) => truth.decisions.values().try_for_each(|told| {
            ensure(stored(told.id) == Some(told), || "a told decision is gone".to_owned())
        }),
        _ => Ok(()),
    }
}
