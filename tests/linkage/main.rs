//! String distances against the field's own implementations and against their laws.
//!
//! Oracles: `strsim` (tables of cells) and `rapidfuzz` (words of bits). Texts of few symbols meet
//! often; lengths lie around the 16 and 64 symbols at which the kernels change.

mod edits;
mod similarity;
mod texts;
mod tokens;
