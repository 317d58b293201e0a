//! What the hub tells `tracing`, where that feature is on.
//!
//! # Law
//!
//! Operations, counts and nothing else: no id, no value, no word of a person
//! (`tests/tracing.rs`).

use std::future::Future;

/// Runs a call within a span of its name.
pub(super) async fn within<T>(operation: &'static str, call: impl Future<Output = T>) -> T {
    #[cfg(feature = "tracing")]
    return tracing::Instrument::instrument(call, tracing::debug_span!("hub", operation)).await;
    #[cfg(not(feature = "tracing"))]
    {
        let _ = operation;
        call.await
    }
}

/// A step was committed, after so many rounds of reading.
pub(super) fn committed(operation: &'static str, rounds: usize, rows: usize) {
    #[cfg(feature = "tracing")]
    tracing::debug!(operation, rounds, rows, "committed");
    #[cfg(not(feature = "tracing"))]
    let _ = (operation, rounds, rows);
}

/// Others changed what a step rests on; it is taken again.
pub(super) fn conflicted(operation: &'static str, expectations: usize) {
    #[cfg(feature = "tracing")]
    tracing::debug!(operation, expectations, "conflict");
    #[cfg(not(feature = "tracing"))]
    let _ = (operation, expectations);
}

/// What was done, as it is counted.
pub(super) fn counted(operation: &'static str, counts: &super::Counts) {
    #[cfg(feature = "tracing")]
    tracing::debug!(operation, ?counts, "done");
    #[cfg(not(feature = "tracing"))]
    let _ = (operation, counts);
}
