//! Pure composition: one file per question.
//!
//! Each is a step from what was read to what is to be done.
//!
//! The canonical loop, which the hub runs and a test can run by hand:
//!
//! 1. call `step(context, view, inputs, now)`;
//! 2. on [`Pause::Need`] read those rows and pages, add them to the view, go to 1;
//! 3. on [`Pause::Stale`] the view is torn: forget it, go to 1;
//! 4. on `Ok` commit the changeset; on a conflict forget the view, go to 1; then act.
//!
//! # Law
//!
//! 1. No clock, no entropy, no I/O, no async: a step is a function.
//! 2. A step names every row that it rests on, absent ones included, as an expectation.
//! 3. At most 3 rounds to receive or decide, 6 for corrections, for a batch of any size
//!    (`tests/rounds.rs`); where a large component is met, one more for its parts.

mod view;

mod intake;

mod opt_out;
mod tombstone;

mod copies;
mod growth;
mod parts;
mod receive;
mod writing;

mod read;

mod quote;

mod claim;
mod contact;
mod decide;
mod decide_all;
mod deciding;
mod delivery;
mod fact;
mod fallback;
mod outgoing;
mod preference;
mod requeue;
mod said;
mod settle;
mod sharing;

mod cancel;
mod erase;
mod forget;
mod moved;
mod person;
mod retain;
mod subject;

mod export;
mod import;
mod remains;

mod indexed;

mod forecast;
mod in_force;
mod reconfigure;

pub use claim::{Claim, Claimed, LEASE, claim};
pub use contact::{PROCESSING_FIELD, UTC_OFFSET_FIELD, digested};
pub use decide::{Decided, decide};
pub use decide_all::decide_all;
pub use delivery::delivery;
pub use erase::{Erasing, erase, erase_more};
pub use export::{Walk, Walked, made};
pub use fact::{FactFate, corrections, known, retell, tell, told};
pub use fallback::ladder;
pub use forecast::{Forecast, Foretold};
pub use import::recall;
pub use indexed::{Indexing, find, find_record, index, indexed, stated, unindex};
pub use intake::{Facts, Prepared, prepare, prepare_event, verdict};
pub use moved::{Moved, moves, what_if};
pub use outgoing::ATTEMPTS_MAX;
pub use preference::PREFERRED_CHANNEL_FIELD;
pub use quote::quote;
pub use read::{
    Fact, Portrait, Resolved, TimelinePage, component, conversation, conversations, customer,
    health, how, portraits, resolve, timeline, why,
};
pub use receive::{Fate, Received, receive};
pub use reconfigure::{Relaid, relay};
pub use remains::take_back;
pub use requeue::{Requeued, requeue};
pub use retain::{RetentionStep, retain_record, retain_unattributed};
pub use settle::{Settlement, settle};
pub use subject::subject;
pub use view::{Need, Pause, Step, View};

pub(crate) use view::Reading;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{
    Capabilities, ChannelId, Configuration, ConfigurationVersion, Digest, ErasureKey, IdKey,
    Profile, TenantId,
};

/// What a step may know besides the view: whose data, under which key and configuration.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// Whose data.
    pub tenant: TenantId,
    /// The key under which ids are minted.
    pub id_key: &'a IdKey,
    /// Everything else that views and decisions depend on.
    pub configuration: Arc<Configuration>,
    /// Its version.
    pub version: ConfigurationVersion,
    /// The keys under which what was erased is known again; the first is for new tombstones.
    pub erasure_keys: &'a [ErasureKey],
    /// The digest of its identity rules.
    pub rules: Digest,
    /// What the tenant's channels declare.
    pub channels: &'a BTreeMap<ChannelId, Capabilities>,
}

impl Context<'_> {
    /// What derived rows rest on; a store that was filled under another profile is refused.
    pub fn profile(&self) -> Profile {
        Profile {
            normaliser: Profile::NORMALISER,
            identity: self.rules,
            phone_region: self.configuration.identity.phone_region,
            id_key: self.id_key.check_value(),
            configuration: None,
        }
    }
}
