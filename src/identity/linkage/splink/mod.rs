//! Splink's model as JSON: written for its users, read from what they have trained.
//!
//! What Splink knows and this crate does not, or the other way round, is said: a part that changes
//! weights and cannot be taken over refuses the whole with a list; one that does not is a note.
//!
//! # Why
//!
//! Its conditions are SQL. A few forms are known by their words (equal, missing, else, and a
//! similarity or a distance of one column with a threshold); guessing at others would link people
//! by what nobody has written. The class of related people has no place in its format.

mod read;
mod rules;
mod sides;
mod sql;
mod write;

pub use read::Imported;
pub use write::Exported;

use super::unsound::ModelError;

/// Why a model of Splink is not taken over.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplinkError {
    /// It is no JSON of Splink's settings.
    #[error("these are no settings of Splink: {what}; save them with `save_model_to_json`")]
    Unreadable {
        /// What is wrong.
        what: String,
    },
    /// Parts of it have no equal here.
    #[error("this model of Splink cannot be taken over: {}", parts.join("; "))]
    NotMapped {
        /// Each part, and why.
        parts: Vec<String>,
    },
    /// The table does not have its columns.
    #[error(transparent)]
    Model(#[from] ModelError),
}
