//! Personal data that does not show: `Debug` and `Display` never print the value.
//!
//! # Law
//!
//! 1. Only [`Pii::expose`] reads the value; search the code for it to know who does.
//! 2. Serde is transparent: the value is stored and exported as it is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that belongs to a person.
///
/// ```
/// use omnichannel::model::Pii;
/// let name = Pii::new("Camille");
/// assert_eq!(format!("{name} {name:?}"), "[personal] [personal]");
/// assert_eq!(*name.expose(), "Camille");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Takes a personal value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Reads the value; the caller answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value out; the caller answers for where it goes.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}
