//! What a configuration overrides: meanings of columns, blocking rules, the threshold.

use std::collections::BTreeMap;
use std::path::Path;

use omnichannel::identity::linkage::{BlockingRule, Column, Facet, Linker, Meaning};
use serde::Deserialize;

/// `{"columns": {"tax_ref": "national_id", "notes": null}, "threshold": 3000,`
/// `"blocking": [[{"column": "email"}], [{"column": "surname", "facet": {"first": 3}}]]}`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// What columns mean; `null` for one that enters no comparison.
    #[serde(default)]
    pub(crate) columns: BTreeMap<String, Option<Meaning>>,
    /// Thousandths of a bit from which pairs link.
    #[serde(default)]
    pub(crate) threshold: Option<i64>,
    /// In what two records must agree to be compared, in the place of what their columns call for.
    #[serde(default)]
    blocking: Option<Vec<Vec<Agreed>>>,
}

/// A part of a blocking rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Agreed {
    column: String,
    #[serde(default)]
    facet: Facet,
}

impl Config {
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Self::default()) };
        let at = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{at}: {error}"))?;
        serde_json::from_str(&text).map_err(|error| format!("{at}: {error}"))
    }

    /// The records with the blocking rules that it names, if any.
    pub(crate) fn blocked(&self, linker: Linker) -> Result<Linker, Box<dyn std::error::Error>> {
        let Some(rules) = &self.blocking else { return Ok(linker) };
        let columns = linker.table().columns();
        let part = |of: &Agreed| {
            let place = columns.iter().position(|column: &Column| column.name() == of.column);
            let missing = || {
                format!("the configuration blocks by a column `{}`, but there is none", of.column)
            };
            Ok::<_, String>((place.ok_or_else(missing)?, of.facet))
        };
        let rule = |parts: &Vec<Agreed>| {
            Ok(BlockingRule::of(parts.iter().map(part).collect::<Result<Vec<_>, String>>()?))
        };
        let rules = rules.iter().map(rule).collect::<Result<Vec<_>, String>>()?;
        Ok(linker.blocking(rules)?)
    }

    /// What a column means; `None` where it enters no comparison.
    pub(crate) fn meaning(&self, column: &str) -> Option<Meaning> {
        self.columns.get(column).copied().unwrap_or_else(|| Some(Meaning::guess(column)))
    }
}
