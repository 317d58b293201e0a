//! What must hold in every run: one file each, listed once.

mod acknowledged;
mod authority;
mod decisions;
mod expectations;
mod facts;
mod fates;
mod fences;
mod guarded;
mod occasions;
mod once;
mod pointers;
mod reads;
mod reservations;
mod sendings;
mod turns;
mod views;
mod wedges;

use super::truth::{Event, Truth};

pub(super) use sendings::is_ours;

/// Whether it holds, else how it broke.
pub(super) type Holds = Result<(), String>;

/// Judges an event by what was so before it.
pub(super) type Invariant = fn(&Truth, &Event<'_>) -> Holds;

/// Every invariant, by its name; each is asked of every event.
pub(super) const INVARIANTS: &[(&str, Invariant)] = &[
    ("expectations", expectations::holds),
    ("guarded", guarded::holds),
    ("facts", facts::holds),
    ("acknowledged", acknowledged::holds),
    ("fates", fates::holds),
    ("pointers", pointers::holds),
    ("decisions", decisions::holds),
    ("reservations", reservations::holds),
    ("occasions", occasions::holds),
    ("fences", fences::holds),
    ("authority", authority::holds),
    ("once", once::holds),
    ("turns", turns::holds),
    ("sendings", sendings::holds),
    ("wedges", wedges::holds),
    ("reads", reads::holds),
    ("views", views::holds),
];

/// Breaks an invariant with a sentence, unless `so`.
fn ensure(so: bool, else_what: impl FnOnce() -> String) -> Holds {
    if so { Ok(()) } else { Err(else_what()) }
}
