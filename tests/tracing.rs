//! What the hub tells `tracing`: its operations, and nothing about anybody.
#![cfg(all(feature = "testkit", feature = "tracing"))]

mod common;

use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use common::{crowd, gift, hub, request, tenant};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down everything that it is told.
#[derive(Clone, Default)]
struct Listener {
    heard: Arc<Mutex<String>>,
    spans: Arc<AtomicU64>,
}

struct Writer<'w>(&'w mut String);

impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}={value:?}").expect("a string takes all");
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        attributes.record(&mut Writer(&mut self.heard.lock().expect("whole")));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Writer(&mut self.heard.lock().expect("whole")));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Writer(&mut self.heard.lock().expect("whole")));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_whole_run_tells_its_operations_and_nothing_about_anybody() {
    let listener = Listener::default();
    let heard = Arc::clone(&listener.heard);
    tracing::subscriber::with_default(listener, || {
        let hub = hub(MemoryStore::new());
        let told: Vec<_> = gift().into_iter().chain(crowd(5, 20)).collect();
        block_on(hub.receive_many(told)).expect("received");
        let body = r#"{"id":"p-1","act":"visited","attributes":{"name":"Zoëplanted"},
            "sender":{"namespace":"email","value":"zoeplanted@b.fr"}}"#;
        let zoe = block_on(hub.receive(request("web", body))).expect("received").taken[0].record;
        let zoe = zoe.expect("somebody");
        block_on(hub.customer(tenant(), zoe)).expect("read");
        block_on(hub.dispatch_due(common::now())).expect("dispatched");
    });
    let heard = heard.lock().expect("whole");
    for operation in ["hub.receive", "hub.dispatch", "committed", "accepted"] {
        assert!(heard.contains(operation), "{operation} is missing:\n{heard}");
    }
    for planted in ["planted", "amille", "@", "+33", "LUNE"] {
        assert!(!heard.contains(planted), "{planted} was told:\n{heard}");
    }
}
