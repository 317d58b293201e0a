//! Why a model cannot be used.

use super::clean::CLEANING;
use super::document::{FORMAT, VERSION};

/// Why a model cannot be used.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It is no document of a model.
    #[error("this is no linkage model: a model's JSON has \"format\": \"{FORMAT}\"")]
    Foreign,
    /// A later version of the crate wrote it.
    #[error("the model has version {found}, this crate reads up to {VERSION}: update the crate")]
    Newer {
        /// The version that it has.
        found: u64,
    },
    /// A part of it is missing, unknown or of another kind.
    #[error("the model does not read: {what}; write it again from the records that taught it")]
    Unreadable {
        /// What is wrong, and at which line and column.
        what: String,
    },
    /// Its parts do not fit together.
    #[error(
        "the model is not sound: {at}: {what}; take a copy that was not edited, or learn again"
    )]
    Unsound {
        /// Which part.
        at: String,
        /// What is wrong.
        what: String,
    },
    /// Another version of the crate cleaned values in another way.
    #[error(
        "the model is of values cleaned by way {found}, this crate knows {CLEANING}: learn again"
    )]
    Cleaning {
        /// The way that it has.
        found: u32,
    },
    /// The table to be linked lacks columns of the model.
    #[error(
        "the table lacks {}: name its columns as the model does, or learn a model from it",
        columns.join(", ")
    )]
    MissingColumns {
        /// The names of the columns.
        columns: Vec<String>,
    },
    /// The table to be linked has two columns of one name.
    #[error("the table has two columns `{column}`: name them differently")]
    AmbiguousColumn {
        /// The name.
        column: String,
    },
}

/// A part that does not fit, and why.
pub(super) fn unsound(at: impl Into<String>, what: &str) -> ModelError {
    ModelError::Unsound { at: at.into(), what: what.to_owned() }
}
