//! Nothing waits for ever.
//!
//! What is open stands in the index of due work, and is done at the end.

use super::{Event, Holds, Truth, ensure};
use crate::model::{Index, OutboxState};
use crate::testkit::simulate::truth::{as_outbox, short};

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    match event {
        Event::Committed(change) => change.outbox().try_for_each(|(put, _, entry)| {
            let listed = put.entries.iter().filter(|it| it.index == Index::Due);
            let times: Vec<i64> = listed.map(|it| it.sort.time).collect();
            let wanted = if entry.is_due() { vec![entry.due.micros()] } else { Vec::new() };
            ensure(times == wanted, || {
                format!("{} is {:?} and due at {times:?}", short(&put.key), entry.state)
            })?;
            let until = match entry.state {
                OutboxState::Leased { until } => until,
                _ => entry.due,
            };
            ensure(until == entry.due, || format!("{} outlives its lease", short(&put.key)))
        }),
        Event::Ended(..) => truth.rows.iter().try_for_each(|(key, row)| {
            let open = as_outbox(&row.body).is_some_and(|entry| entry.is_open());
            ensure(!open, || format!("{} waits for ever", short(key)))
        }),
        _ => Ok(()),
    }
}
