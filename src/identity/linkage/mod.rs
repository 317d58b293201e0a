//! Finds the records of one person that nothing names equally.

pub mod distance;
