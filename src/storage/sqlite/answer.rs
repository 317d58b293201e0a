//! A promise that one thread keeps and any async task awaits.
//!
//! On `std` alone, so that the store runs on every async runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What a promise will give; `None` where it was dropped unkept.
#[derive(Debug)]
pub(super) struct Answer<T>(Arc<Mutex<Slot<T>>>);

/// The side that answers, once.
#[derive(Debug)]
pub(super) struct Promise<T>(Arc<Mutex<Slot<T>>>);

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    waker: Option<Waker>,
    over: bool,
}

/// A promise and what it will give.
pub(super) fn promise<T>() -> (Promise<T>, Answer<T>) {
    let slot = Arc::new(Mutex::new(Slot { value: None, waker: None, over: false }));
    (Promise(Arc::clone(&slot)), Answer(slot))
}

impl<T> Promise<T> {
    /// Gives the answer; nobody may be waiting for it any more.
    pub(super) fn keep(self, value: T) {
        lock(&self.0).value = Some(value);
        // Dropping wakes the waiting task.
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        let waker = {
            let mut slot = lock(&self.0);
            slot.over = true;
            slot.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Future for Answer<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = lock(&self.0);
        if slot.over {
            return Poll::Ready(slot.value.take());
        }
        slot.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

/// Nothing under this lock can panic half-way.
fn lock<T>(slot: &Mutex<Slot<T>>) -> MutexGuard<'_, Slot<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
