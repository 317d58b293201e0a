//! The laws of quotes, books and exceptions, on hand-made prices and generated books.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod books;
mod exceptions;
mod generated;
mod laws;
mod prices;
mod shop;
