//! The clocks of benches.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The time that this thread had a core; the clock's where the system does not tell.
pub(crate) fn on_core() -> Duration {
    // Linux adds up a running thread's time at its ticks, and when it gives way.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(by_the_clock, Duration::from_nanos)
}

/// The time since the first call.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn by_the_clock() -> Duration {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed()
}
