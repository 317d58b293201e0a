//! Normalisation: what each kind of value becomes, and what holds for any text.
//!
//! Method: `tables` and `phones` give inputs with the value and the notes that are expected, by
//! hand; `properties` tries arbitrary Unicode; `hubs` has a hub meet regions. All of it holds with
//! the feature `phone` and without it, each in its own way.

#[cfg(feature = "testkit")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(feature = "testkit")]
mod hubs;
mod phones;
mod properties;
mod tables;

use omnichannel::model::{Country, IdentityRules};

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

/// Rules that read telephone numbers as dialled in a region.
fn rules_of(region: &str) -> IdentityRules {
    IdentityRules { phone_region: Some(country(region)), ..IdentityRules::default() }
}
