//! Where a pair's weight comes from: integer terms that sum to it exactly.
//!
//! The weight is what speaks for one person, less what speaks for anybody else:
//! `same - log2(2^strangers + 2^related)`. The terms weigh one person against strangers, and the
//! last one, never above 0, corrects for related people.
//!
//! # Law
//!
//! 1. The terms sum to [`Linker::weigh`], to the last thousandth of a bit.
//! 2. What records say is in a waterfall only if asked for ([`Waterfall::exposing`]).

use serde::{Deserialize, Serialize};

use super::compare::Field;
use super::linker::Linker;
use super::model::{Millibits, Model, Weighed};
use super::placed::Placed;
use super::table::Table;

/// What a term is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// How probable one person is against strangers, before anything is compared.
    Prior,
    /// How alike two records are in one fact.
    Level {
        /// What is compared.
        field: Field,
        /// The names of the columns that state it.
        columns: Vec<String>,
        /// The level, 0 for the best; `None` where one of both records lacks the fact.
        level: Option<u8>,
        /// What the level means.
        words: String,
    },
    /// How rare the equal values are.
    Rarity {
        /// What is compared.
        field: Field,
        /// The name of the column of equal values.
        columns: Vec<String>,
    },
    /// That they may be related people.
    Related,
}

/// One step from nothing to the weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// What it is about.
    #[serde(flatten)]
    pub cause: Cause,
    /// By how much it raises or lowers the weight.
    pub weight: Millibits,
    /// What the two records say; `None` unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<[String; 2]>,
}

/// Two records' weight, term by term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waterfall {
    /// The places of the two records.
    pub places: [u32; 2],
    /// The sum of the terms.
    pub weight: Millibits,
    /// In the model's order, from the prior.
    pub terms: Vec<Term>,
}

impl Linker {
    /// Explains the weight of two records by their places; without what they say.
    pub fn waterfall(&self, model: &Model, a: u32, b: u32) -> Waterfall {
        let placed = self.placed(model);
        let (model, weight) = (placed.model.as_ref(), placed.weigh(a, b));
        let term = |cause, weight| Term { cause, weight, values: None };
        let mut terms = vec![term(Cause::Prior, model.prior_same - model.prior_strangers)];
        for weighed in &model.comparisons {
            placed.explain(weighed, (a, b), &mut terms);
        }
        if model.prior_related.is_some() {
            let against_strangers: Millibits = terms.iter().map(|term| term.weight).sum();
            terms.push(term(Cause::Related, weight - against_strangers));
        }
        Waterfall { places: [a, b], weight, terms }
    }
}

impl Placed<'_> {
    /// The terms of one comparison: its level, and the rarity of equal values.
    fn explain(&self, weighed: &Weighed, (a, b): (u32, u32), terms: &mut Vec<Term>) {
        let (linker, comparison) = (self.linker, &weighed.comparison);
        let field = comparison.field;
        let places = std::iter::once(comparison.column).chain(comparison.beside);
        let mut columns: Vec<String> =
            places.map(|at| linker.table.columns()[at].name().to_owned()).collect();
        // Of names the other column only shows whether they are swapped.
        if !matches!(field, Field::Place | Field::Custom) {
            columns.truncate(1);
        }
        let level = self.comparer().level(comparison, a, b);
        let words = match level {
            Some(level) => {
                comparison.levels().into_iter().nth(level.into()).unwrap_or_default().into_owned()
            }
            None => "missing".to_owned(),
        };
        let weight = level.and_then(|level| weighed.same.get(level as usize)).copied().unwrap_or(0);
        let cause = Cause::Level { field, columns: columns.clone(), level, words };
        terms.push(Term { cause, weight, values: None });
        let Some(level) = level.filter(|level| comparison.counts_rarity(*level)) else { return };
        let rarity = self.rarity().of(&linker.table, comparison, level, (a, b));
        // Of a place either the postal codes are equal or the towns.
        let keep = if level == 0 { 0 } else { columns.len() - 1 };
        let cause = Cause::Rarity { field, columns: vec![columns.swap_remove(keep)] };
        terms.push(Term { cause, weight: rarity.into(), values: None });
    }
}

impl Waterfall {
    /// The same with what the two records say: personal data.
    #[must_use]
    pub fn exposing(mut self, table: &Table) -> Self {
        let said = |names: &[String], place: u32| -> String {
            let columns = table
                .columns()
                .iter()
                .filter(|column| names.iter().any(|name| name == column.name()));
            let values: Vec<&str> = columns
                .filter_map(|column| Some(column.texts.get(*column.cells.get(place as usize)?)))
                .filter(|value| !value.is_empty())
                .collect();
            values.join(" ")
        };
        let [a, b] = self.places;
        for term in &mut self.terms {
            if let Cause::Level { columns, .. } = &term.cause {
                term.values = Some([said(columns, a), said(columns, b)]);
            }
        }
        self
    }
}
