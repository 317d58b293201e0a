//! What a configuration overrides: the meanings of columns, and the threshold.

use std::collections::BTreeMap;
use std::path::Path;

use omnichannel::identity::linkage::Meaning;
use serde::Deserialize;

/// `{"columns": {"tax_ref": "national_id", "notes": null}, "threshold": 3000}`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// What columns mean; `null` for one that enters no comparison.
    #[serde(default)]
    pub(crate) columns: BTreeMap<String, Option<Meaning>>,
    /// Thousandths of a bit from which pairs link.
    #[serde(default)]
    pub(crate) threshold: Option<i64>,
}

impl Config {
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Self::default()) };
        let at = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{at}: {error}"))?;
        serde_json::from_str(&text).map_err(|error| format!("{at}: {error}"))
    }

    /// What a column means; `None` where it enters no comparison.
    pub(crate) fn meaning(&self, column: &str) -> Option<Meaning> {
        self.columns.get(column).copied().unwrap_or_else(|| Some(Meaning::guess(column)))
    }
}
