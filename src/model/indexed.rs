//! A record in the live index of a linkage model.

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::pii::Pii;

/// What a live index keeps of a record. A row; a view of the record's facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indexed {
    /// The digest of the columns and blocking rules on which it rests.
    pub layout: Digest,
    /// A value for each column in the form in which it is compared; empty where it is missing.
    pub values: Vec<Pii<String>>,
}
