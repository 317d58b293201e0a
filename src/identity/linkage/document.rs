//! The JSON document of a model, checked before anything rests on it.
//!
//! # Law
//!
//! 1. A model that was written is read as it was, in this version of the crate and in later ones
//!    (`tests/linkage/document.rs`: a fixture of each version decodes for ever).
//! 2. What is not understood is refused: a newer version, an unknown field, a wrong number of
//!    levels. Nothing that was read can make weighing fail.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::clean::CLEANING;
use super::compare::{Comparison, Field, LEVELS_MAX};
use super::condition::Condition;
use super::meaning::Meaning;
use super::model::{Millibits, Model, Named, PRIOR_MIN, WEIGHT_MAX, Weighed};
use super::nickname::Nicknames;
use super::rarity::Frequency;
use super::rule::{BlockingRule, Facet};
use super::share::Share;
use super::unsound::{ModelError, unsound};

/// What a document says that it is.
pub(super) const FORMAT: &str = "omnichannel linkage model";

/// The version that is written; older ones are read.
pub(super) const VERSION: u32 = 2;

/// Most columns, and the longest name of one, in bytes.
const COLUMNS_MAX: usize = 4_096;
const NAME_MAX: usize = 1_024;

/// What is looked at before the rest.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u64,
}

/// A model with its columns by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    format: String,
    version: u32,
    records: u64,
    fingerprint: String,
    threshold: Millibits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    review: Option<Millibits>,
    prior: Prior,
    /// How values were cleaned.
    #[serde(default = "first_cleaning")]
    cleaning: u32,
    #[serde(default)]
    nicknames: Nicknames,
    columns: Vec<Named>,
    /// Version 1 has none: it is of the rules that its columns call for.
    #[serde(default)]
    blocking: Option<Vec<Vec<Agreed>>>,
    comparisons: Vec<Compared>,
    frequencies: Vec<Counted>,
}

fn first_cleaning() -> u32 {
    1
}

/// A part of a blocking rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Agreed {
    column: String,
    #[serde(default, skip_serializing_if = "is_whole")]
    facet: Facet,
}

fn is_whole(facet: &Facet) -> bool {
    *facet == Facet::Whole
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prior {
    same: Share,
    related: Share,
    weight_same: Millibits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight_related: Option<Millibits>,
    weight_strangers: Millibits,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Compared {
    field: Field,
    column: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    beside: Option<String>,
    personal: bool,
    rarity: bool,
    related_by_rarity: bool,
    levels: Vec<Level>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Level {
    /// For people; what a level is follows from the field, or from its condition.
    level: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<Condition>,
    m: Share,
    u: Share,
    m_related: Share,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pairs: Option<u64>,
    weight: Millibits,
    weight_related: Millibits,
}

/// How often values occur: hashes in 16 hexadecimal digits and the number of their records, as
/// `00112233aabbccdd:12`, in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    column: String,
    cells: u64,
    rare: u32,
    values: Vec<String>,
}

impl Document {
    pub(super) fn read(json: &str) -> Result<Self, ModelError> {
        let header: Header = serde_json::from_str(json).map_err(|_| ModelError::Foreign)?;
        if header.format != FORMAT {
            return Err(ModelError::Foreign);
        }
        if header.version > u64::from(VERSION) {
            return Err(ModelError::Newer { found: header.version });
        }
        serde_json::from_str(json)
            .map_err(|error| ModelError::Unreadable { what: error.to_string() })
    }

    pub(super) fn write(&self) -> Result<String, ModelError> {
        self.check_columns()?;
        let unreadable =
            |error: serde_json::Error| ModelError::Unreadable { what: error.to_string() };
        serde_json::to_string_pretty(self).map_err(unreadable)
    }

    fn check_columns(&self) -> Result<(), ModelError> {
        let mut names = BTreeSet::new();
        for column in &self.columns {
            if !names.insert(column.name.as_str()) {
                return Err(unsound(format!("column `{}`", column.name), "there are two of it"));
            }
            if column.name.len() > NAME_MAX {
                return Err(unsound("a column", "its name is longer than 1,024 bytes"));
            }
        }
        let many = self.columns.len() > COLUMNS_MAX;
        if many { Err(unsound("columns", "there are more than 4,096")) } else { Ok(()) }
    }

    fn check(&self) -> Result<(), ModelError> {
        self.check_columns()?;
        if self.format != FORMAT {
            return Err(ModelError::Foreign);
        }
        if !(1..=VERSION).contains(&self.version) {
            return Err(unsound("version", "there is no such version"));
        }
        if self.cleaning != CLEANING {
            return Err(ModelError::Cleaning { found: self.cleaning });
        }
        if self.comparisons.len() > Comparison::MAX {
            return Err(unsound("comparisons", "there are more than 32"));
        }
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if !self.fingerprint.bytes().all(hex) || ![0, 32].contains(&self.fingerprint.len()) {
            return Err(unsound("fingerprint", "it is not 32 hexadecimal digits"));
        }
        let prior = &self.prior;
        for weight in [Some(prior.weight_same), prior.weight_related, Some(prior.weight_strangers)]
        {
            if weight.is_some_and(|weight| !(PRIOR_MIN as Millibits..=0).contains(&weight)) {
                return Err(unsound("prior", "a weight is outside -100000 to 0"));
            }
        }
        self.comparisons.iter().try_for_each(Compared::check)?;
        let mut known = BTreeSet::new();
        for counted in &self.frequencies {
            if !known.insert(&counted.column) {
                return Err(unsound(format!("column `{}`", counted.column), "it is counted twice"));
            }
        }
        Ok(())
    }

    fn place(&self, name: &str) -> Result<usize, ModelError> {
        let found = self.columns.iter().position(|column| column.name == name);
        found.ok_or_else(|| unsound(format!("column `{name}`"), "it is not among the columns"))
    }

    /// Its blocking rules, or those that its columns call for.
    fn rules(&self) -> Result<Vec<BlockingRule>, ModelError> {
        let meanings: Vec<Meaning> = self.columns.iter().map(|column| column.meaning).collect();
        let Some(rules) = &self.blocking else { return Ok(BlockingRule::proposed(&meanings)) };
        let part = |of: &Agreed| Ok((self.place(&of.column)?, of.facet));
        let rules = rules.iter().map(|parts| {
            Ok(BlockingRule { parts: parts.iter().map(part).collect::<Result<_, ModelError>>()? })
        });
        BlockingRule::ordered(rules.collect::<Result<Vec<_>, ModelError>>()?, &meanings)
    }

    /// The comparison of a part of the document.
    fn weighed(&self, of: &Compared) -> Result<Weighed, ModelError> {
        let beside = of.beside.as_deref().map(|name| self.place(name)).transpose()?;
        let (field, column) = (of.field, self.place(&of.column)?);
        let (personal, rarity) = (of.personal, of.rarity);
        let conditions = of.levels.iter().filter_map(|level| level.when).collect();
        Ok(Weighed {
            comparison: Comparison { field, column, beside, personal, conditions, rarity },
            same: of.levels.iter().map(|level| level.weight).collect(),
            related: of.levels.iter().map(|level| level.weight_related).collect(),
            related_by_rarity: of.related_by_rarity,
            m: of.levels.iter().map(|level| level.m.clone()).collect(),
            u: of.levels.iter().map(|level| level.u.clone()).collect(),
            m_related: of.levels.iter().map(|level| level.m_related.clone()).collect(),
            pairs: of.levels.iter().filter_map(|level| level.pairs).collect(),
        })
    }
}

impl Compared {
    fn of(weighed: &Weighed, columns: &[Named]) -> Self {
        let comparison = &weighed.comparison;
        let name = |at: usize| columns.get(at).map_or(String::new(), |column| column.name.clone());
        let at = |weights: &[Millibits], level| weights.get(level).copied().unwrap_or(0);
        let share = |shares: &[Share], level: usize| {
            shares.get(level).cloned().unwrap_or_else(|| Share::of(0.0))
        };
        let levels = comparison.levels().into_iter().enumerate().map(|(level, words)| Level {
            level: words.into_owned(),
            when: comparison.conditions.get(level).copied(),
            m: share(&weighed.m, level),
            u: share(&weighed.u, level),
            m_related: share(&weighed.m_related, level),
            pairs: weighed.pairs.get(level).copied(),
            weight: at(&weighed.same, level),
            weight_related: at(&weighed.related, level),
        });
        Self {
            field: comparison.field,
            column: name(comparison.column),
            beside: comparison.beside.map(name),
            personal: comparison.personal,
            rarity: comparison.rarity,
            related_by_rarity: weighed.related_by_rarity,
            levels: levels.collect(),
        }
    }

    fn check(&self) -> Result<(), ModelError> {
        let at = || format!("comparison of `{}`", self.column);
        let custom = self.field == Field::Custom;
        let found = self.levels.len();
        let expected = if custom { found.clamp(2, LEVELS_MAX) } else { self.field.levels().len() };
        if found != expected {
            return Err(unsound(at(), &format!("{found} levels, but {expected} are expected")));
        }
        if self.levels.iter().any(|level| level.when.is_some() != custom) {
            return Err(unsound(at(), "conditions belong to each level of a custom field, only"));
        }
        let counted = self.levels.iter().filter(|level| level.pairs.is_some()).count();
        if counted != 0 && counted != found {
            return Err(unsound(at(), "pairs are counted for some levels only"));
        }
        let last = self.levels.last().and_then(|level| level.when);
        let ends = self.levels.iter().filter(|level| level.when == Some(Condition::Otherwise));
        if custom && (last != Some(Condition::Otherwise) || ends.count() != 1) {
            return Err(unsound(at(), "its last level, and no other, must be `otherwise`"));
        }
        if self.levels.iter().filter_map(|level| level.when).any(|when| !when.is_sound()) {
            return Err(unsound(at(), "a condition can never be met"));
        }
        let first = self.levels.first().and_then(|level| level.when);
        if custom && self.rarity && first != Some(Condition::Same) {
            return Err(unsound(at(), "rarity counts for equal values only"));
        }
        let bounds = -(WEIGHT_MAX as Millibits)..=WEIGHT_MAX as Millibits;
        let weights = |level: &Level| [level.weight, level.weight_related];
        if self.levels.iter().flat_map(weights).any(|weight| !bounds.contains(&weight)) {
            return Err(unsound(at(), "a weight is outside -40000 to 40000"));
        }
        Ok(())
    }
}

impl Counted {
    fn of(frequency: &Frequency, columns: &[Named]) -> Self {
        let hex = |(hash, count): &(u64, u32)| format!("{hash:016x}:{count}");
        let column = columns.get(frequency.column);
        Self {
            column: column.map_or(String::new(), |column| column.name.clone()),
            cells: frequency.cells,
            rare: frequency.rare,
            values: frequency.values.iter().map(hex).collect(),
        }
    }

    /// The frequency of the column at a place.
    fn frequency(&self, column: usize) -> Result<Frequency, ModelError> {
        let at = || format!("frequencies of `{}`", self.column);
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let value = |text: &String| {
            let (hash, count) = text.split_once(':')?;
            let plain = hash.len() == 16 && hash.bytes().all(hex);
            let plain = plain && count.bytes().all(|byte| byte.is_ascii_digit());
            let (hash, count) = (u64::from_str_radix(hash, 16).ok()?, count.parse().ok()?);
            (plain && count > 0).then_some((hash, count))
        };
        let values: Option<Vec<(u64, u32)>> = self.values.iter().map(value).collect();
        let Some(values) = values else {
            return Err(unsound(at(), "a value is not 16 hexadecimal digits, `:` and a count"));
        };
        if !values.is_sorted_by(|one, other| one.0 < other.0) {
            return Err(unsound(at(), "values are not in order, each once"));
        }
        if self.rare == 0 {
            return Err(unsound(at(), "a count is 0"));
        }
        Ok(Frequency { column, cells: self.cells, rare: self.rare, values })
    }
}

impl From<Model> for Document {
    fn from(model: Model) -> Self {
        let columns = model.columns;
        let compared = |weighed| Compared::of(weighed, &columns);
        let prior = Prior {
            same: model.share_same,
            related: model.share_related,
            weight_same: model.prior_same,
            weight_related: model.prior_related,
            weight_strangers: model.prior_strangers,
        };
        let name = |at: usize| columns.get(at).map_or(String::new(), |column| column.name.clone());
        let rules = model.blocking.iter().map(|rule| {
            let parts = rule.parts().iter();
            parts.map(|(at, facet)| Agreed { column: name(*at), facet: *facet }).collect()
        });
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            records: model.records,
            fingerprint: model.fingerprint,
            threshold: model.threshold,
            review: model.review,
            prior,
            cleaning: CLEANING,
            nicknames: Nicknames::clone(&model.nicknames),
            blocking: Some(rules.collect()),
            comparisons: model.comparisons.iter().map(compared).collect(),
            frequencies: model.frequencies.iter().map(|of| Counted::of(of, &columns)).collect(),
            columns,
        }
    }
}

impl TryFrom<Document> for Model {
    type Error = ModelError;

    fn try_from(document: Document) -> Result<Self, ModelError> {
        document.check()?;
        let weighed = document.comparisons.iter().map(|of| document.weighed(of));
        let comparisons: Vec<Weighed> = weighed.collect::<Result<_, _>>()?;
        for Weighed { comparison, .. } in &comparisons {
            if let Some(why) = comparison.misfit(|at| Some(document.columns.get(at)?.meaning)) {
                let column = &document.columns[comparison.column].name;
                return Err(unsound(format!("comparison of `{column}`"), why));
            }
        }
        let counted = document.frequencies.iter();
        let counted = counted.map(|of| of.frequency(document.place(&of.column)?));
        let frequencies = Arc::new(counted.collect::<Result<_, ModelError>>()?);
        Ok(Self {
            comparisons,
            frequencies,
            blocking: document.rules()?,
            nicknames: Arc::new(document.nicknames),
            prior_same: document.prior.weight_same,
            prior_related: document.prior.weight_related,
            prior_strangers: document.prior.weight_strangers,
            share_same: document.prior.same,
            share_related: document.prior.related,
            threshold: document.threshold,
            review: document.review,
            records: document.records,
            fingerprint: document.fingerprint,
            columns: document.columns,
        })
    }
}
