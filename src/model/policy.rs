//! Policy: what may be said to whom, when; a versioned configuration that guesses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::cap::{FrequencyCap, Only};
use super::consent::{LawfulBasis, Purpose};
use super::time::Timestamp;

/// An offset from UTC in minutes, from -1,080 to 1,080.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct UtcOffset(i32);

/// An offset outside -18:00 to +18:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an offset from UTC lies between -18:00 and +18:00, written like +01:00")]
pub struct BadOffset;

impl UtcOffset {
    /// UTC.
    pub const UTC: Self = Self(0);

    /// An offset of so many minutes.
    ///
    /// # Errors
    ///
    /// [`BadOffset`] outside -18:00 to +18:00.
    pub fn from_minutes(minutes: i32) -> Result<Self, BadOffset> {
        if minutes.abs() <= 18 * 60 { Ok(Self(minutes)) } else { Err(BadOffset) }
    }

    /// Minutes ahead of UTC.
    pub fn minutes(self) -> i32 {
        self.0
    }

    /// Minutes since local midnight at `at`, 0 to 1,439.
    pub fn minute_of_day(self, at: Timestamp) -> u16 {
        let minutes = at.micros().div_euclid(60_000_000) + i64::from(self.0);
        u16::try_from(minutes.rem_euclid(24 * 60)).unwrap_or(0)
    }
}

impl TryFrom<i32> for UtcOffset {
    type Error = BadOffset;

    fn try_from(minutes: i32) -> Result<Self, BadOffset> {
        Self::from_minutes(minutes)
    }
}

impl From<UtcOffset> for i32 {
    fn from(offset: UtcOffset) -> Self {
        offset.0
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, minutes) = (if self.0 < 0 { '-' } else { '+' }, self.0.abs());
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl std::str::FromStr for UtcOffset {
    type Err = BadOffset;

    fn from_str(text: &str) -> Result<Self, BadOffset> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').ok_or(BadOffset)?),
        };
        let (hours, minutes) = rest.split_once(':').ok_or(BadOffset)?;
        let two = |s: &str| if s.len() == 2 { s.parse::<u8>().ok() } else { None };
        match (two(hours), two(minutes)) {
            (Some(h), Some(m)) if m < 60 => {
                Self::from_minutes(sign * (i32::from(h) * 60 + i32::from(m)))
            }
            _ => Err(BadOffset),
        }
    }
}

/// What happens to a message that falls into quiet hours, or is beyond a frequency cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuietAction {
    /// It waits until they end, or until there is room.
    Hold,
    /// It is not sent.
    Skip,
    /// It is not sent alone, but may be gathered with others: [`super::Outcome::Digest`].
    Digest,
}

/// When nobody is disturbed, in the party's own time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuietHours {
    /// First quiet minute of the local day, 0 to 1,439.
    pub from_minute: u16,
    /// First minute after them; smaller than `from_minute` where they pass midnight. Equal minutes
    /// name no time at all; [`Policy::check`] refuses them.
    pub until_minute: u16,
    /// What happens to a message that falls into them.
    pub action: QuietAction,
    /// Where the party's own offset is unknown: every offset where it may be. It is quiet when it
    /// is quiet in any of them.
    pub plausible_offsets: Vec<UtcOffset>,
}

/// What holds for messages of one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PurposeRules {
    /// Why writing for this purpose is lawful; [`LawfulBasis::Consent`] demands a consent in force.
    pub basis: LawfulBasis,
    /// Whether quiet hours hold for it.
    pub respects_quiet_hours: bool,
    /// For how many hours one occasion is said once; over all channels.
    pub once_within_hours: u32,
    /// What a sending of which nobody knows is followed by.
    #[serde(default, skip_serializing_if = "DeliveryClass::is_usual")]
    pub delivery: DeliveryClass,
}

/// What is worse for a message: to arrive twice, or not at all.
///
/// Asked where bytes left and no answer came, and the channel cannot tell a repetition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryClass {
    /// Never sent again; somebody decides.
    #[default]
    AtMostOnce,
    /// Sent again, and marked as a possible duplicate.
    AtLeastOnce,
}

impl DeliveryClass {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What may be said to whom, when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Policy {
    /// The purposes that the application declares. A message for any other is not sent.
    pub purposes: BTreeMap<Purpose, PurposeRules>,
    /// When nobody is disturbed.
    pub quiet_hours: Option<QuietHours>,
    /// How often one party may be written to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<FrequencyCap>,
    /// How certain it must be who the customer is; `None`: as certain as the identity rules make
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// The purposes in the order in which candidates are decided, the most important first; those
    /// that it does not name come after all that it names, and are equal among themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precedence: Vec<Purpose>,
}

/// How certain it must be who the customer is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certainty {
    /// The purposes that demand it.
    pub purposes: Only<Purpose>,
    /// What happens while links between the customer and others wait for somebody's verdict.
    pub in_doubt: Doubt,
    /// Whether an endpoint that several parties bear may be written to: a family's telephone.
    pub shared_endpoints: bool,
}

/// What happens to a message while it is in doubt whom it would reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// It is sent all the same.
    Send,
    /// A person decides.
    Ask,
    /// It is not sent.
    Skip,
}

/// A place in a policy that cannot be meant so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy.{path}: {reason}")]
pub struct BadPolicy {
    /// Where, by the names of the fields: `quiet_hours.from_minute`.
    pub path: String,
    /// What is wrong, and what to write instead.
    pub reason: &'static str,
}

impl Policy {
    /// Checks what types alone cannot: deciding stays total without it, and then rather blocks.
    ///
    /// ```
    /// use omnichannel::model::{Policy, QuietAction, QuietHours};
    /// let hours = QuietHours {
    ///     from_minute: 22 * 60,
    ///     until_minute: 22 * 60,
    ///     action: QuietAction::Hold,
    ///     plausible_offsets: vec!["+01:00".parse()?],
    /// };
    /// let faults = Policy { quiet_hours: Some(hours), ..Policy::default() }.check().unwrap_err();
    /// assert_eq!(faults[0].path, "quiet_hours.until_minute");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every fault with its path; mend them all before the policy is used.
    pub fn check(&self) -> Result<(), Vec<BadPolicy>> {
        let mut faults = Vec::new();
        let mut fault = |path: String, reason| faults.push(BadPolicy { path, reason });
        for purpose in self.purposes.keys() {
            if purpose.as_str().is_empty() || Purpose::new(purpose.as_str()) != *purpose {
                let path = format!("purposes.{purpose}");
                fault(path, "a purpose is named in lower case without white space around it");
            }
        }
        if let Some(hours) = &self.quiet_hours {
            let minutes = "a minute of the day lies between 0 and 1439";
            if hours.from_minute > QuietHours::MINUTE_MAX {
                fault("quiet_hours.from_minute".to_owned(), minutes);
            }
            if hours.until_minute > QuietHours::MINUTE_MAX {
                fault("quiet_hours.until_minute".to_owned(), minutes);
            }
            if hours.from_minute == hours.until_minute {
                let reason = "equal to from_minute, which names no time: leave quiet_hours out";
                fault("quiet_hours.until_minute".to_owned(), reason);
            }
            if hours.plausible_offsets.is_empty() {
                let reason = "empty: name every offset at which a party of unknown place may be";
                fault("quiet_hours.plausible_offsets".to_owned(), reason);
            }
        }
        let mut names = BTreeSet::new();
        for (place, cap) in self.caps.iter().enumerate() {
            faults.extend(cap.faults(&format!("caps[{place}]")));
            if !names.insert(cap.name.as_str()) {
                let path = format!("caps[{place}].name");
                faults.push(BadPolicy { path, reason: "another cap has this name" });
            }
            if self.lacks_one_of(&cap.holds) {
                faults.push(BadPolicy { path: format!("caps[{place}].holds"), reason: UNDECLARED });
            }
        }
        if self.certainty.as_ref().is_some_and(|demand| self.lacks_one_of(&demand.purposes)) {
            let path = "certainty.purposes".to_owned();
            faults.push(BadPolicy { path, reason: UNDECLARED });
        }
        for (place, purpose) in self.precedence.iter().enumerate() {
            let path = format!("precedence[{place}]");
            if !self.purposes.contains_key(purpose) {
                faults.push(BadPolicy { path, reason: UNDECLARED });
            } else if self.precedence[..place].contains(purpose) {
                faults.push(BadPolicy { path, reason: "named twice: it has one place" });
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn lacks_one_of(&self, purposes: &Only<Purpose>) -> bool {
        match purposes {
            Only::All => false,
            Only::Of(named) => named.iter().any(|it| !self.purposes.contains_key(it)),
        }
    }
}

const UNDECLARED: &str = "names a purpose that the policy does not declare";

impl QuietHours {
    /// The last minute of a day.
    pub const MINUTE_MAX: u16 = 24 * 60 - 1;
}
