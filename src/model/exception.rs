//! Declared exceptions: where a channel may differ, since when, why, and who answers.
//!
//! # Law
//!
//! 1. A difference between channels is an exception of this list or a mistake.
//! 2. An exception without owner or reason cannot be made (`tests/offer`,
//!    `every_fault_of_an_exception_names_its_path`).
//!
//! # Why
//!
//! It is applied to the finished quote (`Exceptions::apply`) and is no input of it: what the price
//! would be without it is always known.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::book::AMOUNT_MAX;
use super::book_check::{BadBook, Faults, Problem};
use super::channel::ChannelId;
use super::money::Money;
use super::offer::{ExceptionId, Subject};
use super::price::{Percent, Window};

/// What an exception changes.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionChange {
    /// Each piece of the product, or the goods of the basket once, cost so much more, or less where
    /// it is negative; never less than nothing.
    Amount(Money),
    /// The price reached is so much higher, or lower where it is negative.
    Percent(Percent),
    /// Another sentence holds among the terms.
    Terms(String),
}

/// A declared difference of some channels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Its name; unique in the list.
    pub id: ExceptionId,
    /// On which channels it holds; at least one.
    pub channels: BTreeSet<ChannelId>,
    /// What it concerns: a product, or everything.
    pub scope: Subject,
    /// When it holds.
    #[serde(default)]
    pub window: Window,
    /// Why it is needed; not empty.
    pub reason: String,
    /// Who answers for it: a role or a team, since explanations show it; not empty.
    pub owner: String,
    /// What it changes.
    pub change: ExceptionChange,
}

/// The declared exceptions, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Exception>", into = "Vec<Exception>")]
pub struct Exceptions(Vec<Exception>);

impl Exceptions {
    /// Checks a list of exceptions.
    ///
    /// # Errors
    ///
    /// [`BadBook`] names every fault with its path, from `exceptions[0]` on: mend the list.
    pub fn try_new(mut exceptions: Vec<Exception>) -> Result<Self, BadBook> {
        let mut faults = Faults::default();
        let mut names = BTreeMap::new();
        for (at, exception) in exceptions.iter().enumerate() {
            let path = format!("exceptions[{at}]");
            if let Some(first) = names.insert(&exception.id, at) {
                let both = format!("exceptions[{first}].id and {path}.id");
                faults.push(both, Problem::SameName(exception.id.to_string()));
            }
            check(exception, &path, &mut faults);
        }
        faults.into_result()?;
        exceptions.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self(exceptions))
    }

    /// The exceptions, by name.
    pub fn iter(&self) -> std::slice::Iter<'_, Exception> {
        self.0.iter()
    }
}

fn check(exception: &Exception, path: &str, faults: &mut Faults) {
    let blank = |text: &str| text.trim().is_empty();
    let none = exception.channels.is_empty();
    faults.refuse_if(none, format_args!("{path}.channels"), Problem::Empty);
    faults.window(format_args!("{path}.window"), exception.window);
    faults.refuse_if(blank(&exception.reason), format_args!("{path}.reason"), Problem::Empty);
    faults.refuse_if(blank(&exception.owner), format_args!("{path}.owner"), Problem::Empty);
    let change = format!("{path}.change");
    match &exception.change {
        ExceptionChange::Amount(amount) => {
            let too_large = !(-AMOUNT_MAX..=AMOUNT_MAX).contains(&amount.minor());
            faults.refuse_if(too_large, &change, Problem::TooLarge);
            faults.refuse_if(amount.minor() == 0, &change, Problem::Nothing);
        }
        ExceptionChange::Percent(percent) => {
            let outside = !(-10_000..=10_000).contains(&percent.basis_points());
            let problem = Problem::PercentRange { found: *percent, least: -100 };
            faults.refuse_if(outside, &change, problem);
            faults.refuse_if(percent.basis_points() == 0, &change, Problem::Nothing);
        }
        ExceptionChange::Terms(text) => faults.refuse_if(blank(text), &change, Problem::Empty),
    }
}

impl<'a> IntoIterator for &'a Exceptions {
    type Item = &'a Exception;
    type IntoIter = std::slice::Iter<'a, Exception>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl TryFrom<Vec<Exception>> for Exceptions {
    type Error = BadBook;

    fn try_from(exceptions: Vec<Exception>) -> Result<Self, BadBook> {
        Self::try_new(exceptions)
    }
}

impl From<Exceptions> for Vec<Exception> {
    fn from(exceptions: Exceptions) -> Self {
        exceptions.0
    }
}
