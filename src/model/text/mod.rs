//! Texts as channels count them: measured in their units, split into parts.
//!
//! | question | file |
//! |---|---|
//! | how long is it, in a channel's unit | `measure` |
//! | what does a character cost in GSM-7 | `gsm` |
//! | in how many text messages does it travel | `sms` |
//! | where does a grapheme cluster begin | `cluster`, with the table in `class` |
//! | where may it be broken, and how well | `breaks` |
//! | what stays whole | `spans` |
//! | in which parts does it leave | `split` |

mod breaks;
mod class;
mod cluster;
mod gsm;
mod measure;
mod sms;
mod spans;
mod split;

pub(super) use measure::measure;
pub use sms::{Segments, SmsEncoding, SmsReference, sms_segments};
