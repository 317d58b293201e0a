//! Sample rows: small pointers, touchpoints on a timeline, open outbox entries.

use std::sync::Arc;

use uuid::Uuid;

use crate::model::{
    Act, Anchor, Arrival, ArrivalMode, Attributes, Body, ChannelId, ChannelKind, ComponentId,
    Copies, Copy, DecisionId, Details, Index, IndexEntry, Key, Kind, Occurred, OutboxEntry, Pii,
    Put, Range, RecordId, Sort, Source, TenantId, Timestamp, Touchpoint, TouchpointId,
};

/// The id numbered `n`.
pub fn id(n: u64) -> Uuid {
    Uuid::from_u128(u128::from(n))
}

/// The instant so many seconds after 1970, kept within the calendar.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds).unwrap_or(Timestamp::MAX)
}

/// The key of the pointer numbered `n`.
pub fn pointer_key(tenant: TenantId, n: u64) -> Key {
    Key { tenant, kind: Kind::RecordAt, id: id(n) }
}

/// The smallest row: number `n`, saying `to`, in no index.
pub fn pointer(tenant: TenantId, n: u64, to: u64) -> Put {
    Put::new(tenant, id(n), Body::RecordAt(ComponentId::from_uuid(id(to))), Vec::new())
}

/// A pointer with entries.
pub fn listed(tenant: TenantId, n: u64, to: u64, entries: Vec<IndexEntry>) -> Put {
    Put { entries, ..pointer(tenant, n, to) }
}

/// What a pointer's row says; `None` where the body is another.
pub fn says(body: &Body) -> Option<u128> {
    match body {
        Body::RecordAt(to) => Some(to.as_uuid().as_u128()),
        _ => None,
    }
}

/// An entry of `index` in the group numbered `prefix`, at second `seconds`, told apart by `n`.
pub fn entry(index: Index, prefix: u64, seconds: i64, n: u64) -> IndexEntry {
    let sort = Sort { time: at(seconds).micros(), id: id(n) };
    IndexEntry { index, prefix: id(prefix), sort }
}

/// The group numbered `prefix` of the timeline index, whose version can be expected.
pub fn timeline_anchor(tenant: TenantId, prefix: u64) -> Anchor {
    Anchor { tenant, index: Index::Timeline, prefix: id(prefix) }
}

/// All of the group numbered `prefix` of the timeline index.
pub fn timeline(tenant: TenantId, prefix: u64) -> Range {
    Range::all(tenant, Index::Timeline, id(prefix))
}

/// A small touchpoint, named by number, on the timeline of the record numbered `record`.
pub fn touchpoint(tenant: TenantId, n: u64, record: u64, seconds: i64) -> Put {
    let copy = Copy::new(
        Touchpoint {
            id: TouchpointId::from_uuid(id(n)),
            source: Source::new("contract"),
            external_id: Some(format!("event-{n}")),
            revision: 0,
            record: Some(RecordId::from_uuid(id(record))),
            channel: channel("web"),
            channel_kind: ChannelKind::Web,
            act: Act::Viewed,
            occurred: Occurred::at(at(seconds)),
            objects: Vec::new(),
            identifiers: Vec::new(),
            attributes: Attributes::from([("name".to_owned(), Pii::new(format!("Person {n}")))]),
            message: None,
            answers: Vec::new(),
            receipt: None,
            consents: Vec::new(),
            details: Details::new(),
        },
        Arrival { recorded_at: at(seconds), mode: ArrivalMode::Live, attested: None },
    );
    let body = Body::Touchpoint(Arc::new(Copies::new(copy)));
    Put::new(tenant, id(n), body, vec![entry(Index::Timeline, record, seconds, n)])
}

/// An outbox entry numbered `n`, due at second `seconds`, listed in the system index of the due
/// under the group numbered `prefix`.
pub fn due(tenant: TenantId, prefix: u64, n: u64, seconds: i64) -> Put {
    let (decision, subject) = (DecisionId::from_uuid(id(n)), RecordId::from_uuid(id(n)));
    let entry_body = OutboxEntry::new(decision, subject, at(seconds));
    let entries = vec![entry(Index::Due, prefix, seconds, n)];
    Put::new(tenant, id(n), Body::Outbox(Arc::new(entry_body)), entries)
}

/// A channel's id; the samples' names are valid.
pub(super) fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap_or_else(|bad| panic!("{bad}"))
}
