//! Linkage: string distances against the field and against their laws; people found without labels.
//!
//! Oracles: `strsim` (tables of cells) and `rapidfuzz` (words of bits). Texts of few symbols meet
//! often; lengths lie around the 16 and 64 symbols at which the kernels change.

mod alphabets;
mod blocking;
mod conditions;
mod distances;
mod document;
mod duckdb;
mod edits;
mod evaluate;
mod explained;
mod extremes;
mod households;
mod labels;
mod live;
mod people;
mod scale;
mod similarity;
mod splink;
mod texts;
mod tokens;
mod town;
