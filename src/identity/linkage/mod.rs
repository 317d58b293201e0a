//! Record linkage: the same person under several spellings and no common key.
//!
//! A model of three classes, after Fellegi and Sunter (1969): two records of one person, of related
//! people (a household), of strangers. It is learnt without labels from the records themselves and
//! gives each pair a weight in which every comparison has its part.
//!
//! # Law
//!
//! 1. The same records in any order give the same model, the same links and the same clusters.
//! 2. Weights are integers; floating point is used in training only, and quantised once.
//! 3. The number of threads (feature `parallel`) changes nothing (`tests/linkage/scale.rs`).
//!
//! # Beyond one machine
//!
//! A pair weighs the same wherever it is weighed: a model holds its own term frequencies. So an
//! engine that is there already can link what no machine holds. Learn a [`Model`] from a sample of
//! the records; send every record to one part for each of its blocking keys; in each part make a
//! [`Linker::with`] the model and [`Linker::link`]; keep the union of all links, each once, and put
//! people together from these (union-find, or [`Hub::link`](crate::Hub::link), under whose
//! constraints they are evidence).
//!
//! ```
//! use std::collections::BTreeSet;
//!
//! use omnichannel::identity::linkage::{Linker, Meaning, Table};
//!
//! let rows = [["ann@example.org", "1"], ["ann@example.org", "2"], ["bob@example.org", "2"]];
//! let table = |rows: &[&[&str; 2]]| {
//!     let mut table = Table::new([("email", Meaning::Email), ("phone", Meaning::Phone)]);
//!     rows.iter().try_for_each(|row| table.push(row.iter().copied())).map(|()| table)
//! };
//! let model = Linker::of(table(&rows.iter().collect::<Vec<_>>())?).learn();
//! let mut links = BTreeSet::new();
//! for part in [[0, 1], [1, 2]] {
//!     let linker = Linker::with(table(&part.map(|at| &rows[at]))?, &model)?;
//!     for link in linker.link(&model, i64::MIN).links {
//!         links.insert((part[link.a as usize], part[link.b as usize], link.weight));
//!     }
//! }
//! assert_eq!(links.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block;
mod clean;
mod compare;
mod condition;
mod content;
mod curve;
mod diagnosis;
pub mod distance;
mod document;
mod evaluate;
mod household;
mod joins;
mod keys;
mod labels;
mod link;
mod linker;
mod live;
mod matcher;
mod meaning;
mod model;
mod nickname;
mod parts;
mod placed;
mod progress;
mod proposed;
mod rarity;
mod reading;
mod report;
mod rule;
mod run;
mod sample;
mod share;
mod sketch;
mod splink;
mod survey;
mod table;
mod texts;
mod train;
mod unsound;
mod waterfall;

pub use compare::{Comparison, Field};
pub use condition::Condition;
pub use curve::{Curve, Point};
pub use diagnosis::{Diagnosis, Weakness};
pub use evaluate::{BCubed, Errors, Pairs, Truth, b_cubed, errors, pairwise};
pub use labels::{Label, LabelError};
pub use link::{Link, Linked, RulePairs, link};
pub use linker::Linker;
pub use live::LiveIndex;
pub use matcher::{Answer, Asked, BlockingKey, Match, Matcher};
pub use meaning::Meaning;
pub use model::{Millibits, Model, Named, Weighed};
pub use nickname::Nicknames;
pub use progress::{Progress, Stage};
pub use rarity::Frequency;
pub use report::Report;
pub use rule::{BlockingRule, Facet};
pub use share::Share;
pub use splink::{Exported, Imported, SplinkError};
pub use survey::{Added, Survey};
pub use table::{Column, Table, TableError};
pub use unsound::ModelError;
pub use waterfall::{Cause, Term, Waterfall};
