//! Frequency caps: how often one party may be written to, with nothing left unsaid.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::consent::Purpose;
use super::ledger::ContactLedger;
use super::policy::{BadPolicy, QuietAction, UtcOffset};

/// All of something, or only some.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only<T: Ord> {
    /// All.
    All,
    /// These.
    Of(BTreeSet<T>),
}

impl<T: Ord> Only<T> {
    /// Whether one is among them.
    pub fn has(&self, one: &T) -> bool {
        match self {
            Self::All => true,
            Self::Of(some) => some.contains(one),
        }
    }

    fn is_of_none(&self) -> bool {
        matches!(self, Self::Of(some) if some.is_empty())
    }
}

/// How long a window of a cap is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapWindow {
    /// Any so many hours in a row: what was said exactly so long ago no longer counts.
    RollingHours(u32),
    /// Any so many days in a row of the party's own calendar: one at 23:00 and one at 00:30 are of
    /// two days.
    CalendarDays {
        /// How many days.
        days: u16,
        /// Where the party's own offset is unknown: every offset where it may be. The cap holds in
        /// each of them.
        plausible_offsets: Vec<UtcOffset>,
    },
}

/// How often one party may be written to, over all of its records and channels.
///
/// No field has a default: products differ in silence on each of them.
///
/// ```
/// use omnichannel::model::{FrequencyCap, Purpose};
///
/// let cap: FrequencyCap = serde_json::from_str(r#"{
///     "name": "three a week", "max": 3, "within": {"rolling_hours": 168},
///     "holds": {"of": ["marketing"]}, "counts": {"of": ["marketing", "news"]},
///     "channels": "all", "action": "hold"
/// }"#)?;
/// assert!(cap.holds.has(&Purpose::new("marketing")) && !cap.holds.has(&Purpose::new("news")));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencyCap {
    /// How it is called in explanations.
    pub name: String,
    /// Most messages in any one window, 1 to 256.
    pub max: u32,
    /// How long a window is.
    pub within: CapWindow,
    /// The purposes whose messages it holds back.
    pub holds: Only<Purpose>,
    /// The purposes whose messages count. One that is held back counts, too.
    pub counts: Only<Purpose>,
    /// The channels on which messages count and are held back.
    pub channels: Only<ChannelId>,
    /// What happens to a message beyond the cap.
    pub action: QuietAction,
}

impl FrequencyCap {
    /// Most hours of a window: ten years.
    pub const HOURS_MAX: u32 = 87_600;

    /// Most days of a window.
    pub const DAYS_MAX: u16 = 3_650;

    /// Whether it may hold back messages for a purpose on a channel.
    pub fn concerns(&self, purpose: &Purpose, channel: &ChannelId) -> bool {
        self.holds.has(purpose) && self.channels.has(channel)
    }

    /// What cannot be meant so, by its path from the cap.
    pub(super) fn faults(&self, path: &str) -> Vec<BadPolicy> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, reason| {
            faults.push(BadPolicy { path: format!("{path}.{field}"), reason });
        };
        if self.name.trim().is_empty() {
            fault("name", "empty: explanations call a cap by its name");
        }
        if self.max == 0 {
            fault("max", "0, which silences: leave the purpose out of the policy instead");
        }
        if self.max as usize > ContactLedger::ENTRIES_MAX {
            fault("max", "more than 256, which is as far back as the ledger of a record goes");
        }
        match &self.within {
            CapWindow::RollingHours(hours) if !(1..=Self::HOURS_MAX).contains(hours) => {
                fault("within.rolling_hours", "a window lasts 1 to 87600 hours");
            }
            CapWindow::CalendarDays { days, .. } if !(1..=Self::DAYS_MAX).contains(days) => {
                fault("within.calendar_days.days", "a window lasts 1 to 3650 days");
            }
            CapWindow::CalendarDays { plausible_offsets, .. } if plausible_offsets.is_empty() => {
                let reason = "empty: name every offset at which a party of unknown place may be";
                fault("within.calendar_days.plausible_offsets", reason);
            }
            _ => {}
        }
        let none = "of nothing: write `all`, or leave the cap out";
        for (field, is_of_none) in [
            ("holds", self.holds.is_of_none()),
            ("counts", self.counts.is_of_none()),
            ("channels", self.channels.is_of_none()),
        ] {
            if is_of_none {
                fault(field, none);
            }
        }
        let uncounted = match (&self.holds, &self.counts) {
            (_, Only::All) => false,
            (Only::All, Only::Of(_)) => true,
            (Only::Of(held), Only::Of(counted)) => !held.is_subset(counted),
        };
        if uncounted {
            fault("counts", "lacks a purpose that the cap holds back: name it here, too");
        }
        faults
    }
}
