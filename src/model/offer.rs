//! Offers: prices, terms, promotions and the book that holds them.

use serde::{Deserialize, Serialize};

/// What things cost and on what terms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {}

/// Where a channel may differ, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exceptions {}
