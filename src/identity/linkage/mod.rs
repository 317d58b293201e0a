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
mod labels;
mod link;
mod linker;
mod live;
mod meaning;
mod model;
mod nickname;
mod parts;
mod placed;
mod progress;
mod rarity;
mod report;
mod run;
mod sample;
mod share;
mod sketch;
mod splink;
mod survey;
mod table;
mod texts;
mod train;
mod waterfall;

pub use compare::{Comparison, Field};
pub use condition::Condition;
pub use curve::{Curve, Point};
pub use diagnosis::{Diagnosis, Weakness};
pub use document::ModelError;
pub use evaluate::{BCubed, Errors, Pairs, Truth, b_cubed, errors, pairwise};
pub use labels::{Label, LabelError};
pub use link::{Link, Linked, RulePairs, link};
pub use linker::Linker;
pub use live::{Answer, LiveIndex, Match};
pub use meaning::Meaning;
pub use model::{Millibits, Model, Named, Weighed};
pub use progress::{Progress, Stage};
pub use rarity::Frequency;
pub use report::Report;
pub use share::Share;
pub use splink::{Exported, Imported, SplinkError};
pub use survey::{Added, Survey};
pub use table::{Column, Table, TableError};
pub use waterfall::{Cause, Term, Waterfall};
