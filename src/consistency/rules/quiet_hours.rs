//! `quiet_hours`: nobody is disturbed at night, wherever they may be.
//!
//! By the party's own offset where known, else by all plausible ones: it is quiet when it is quiet
//! in any. Hours are whole minutes and so are offsets, so the first instant that is quiet nowhere
//! is found exactly, by going from end to end of quiet stretches; the pattern repeats daily, so if
//! two days hold no such instant, there is none. Equal minutes name no time: it is never quiet.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `none` | pass: the policy has none | |
//! | `not_respected` | pass: they do not hold for the purpose | |
//! | `outside` | pass | |
//! | `held` | wait | `hours`, `place`, `ends` |
//! | `skipped` | block until they end | `hours`, `place`, `ends` |
//! | `never_ends` | block: it is always quiet somewhere plausible | `hours`, `place` |
//! | `no_offset` | block: the place is unknown and the policy names no offset | `hours` |
//! | `bad_minutes` | block: no minutes of a day | |
//! | `undeclared` | pass: nothing to judge | |

use std::slice;

use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{
    Finding, Policy, Purpose, QuietAction, QuietHours, Sentence, Timestamp, UtcOffset,
};

use super::{UNDECLARED, UNDECLARED_WORDS};

const DAY: i64 = 24 * 60;
const MICROS: i64 = 60_000_000;

/// How far the end of quiet hours is searched, in minutes.
const HORIZON_MAX: i64 = 2 * DAY;

/// Nobody is disturbed at night. See the rule `quiet_hours`.
#[derive(Debug, Clone, Copy)]
pub struct QuietTime;

impl Rule for QuietTime {
    fn name(&self) -> &'static str {
        "quiet_hours"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let Some(rules) = case.rules else { return Judgement::pass(UNDECLARED) };
        if !rules.respects_quiet_hours {
            return Judgement::pass("not_respected");
        }
        let Some(hours) = &case.policy.quiet_hours else { return Judgement::pass("none") };
        let offset = case.view.utc_offset;
        let judgement = match (quiet(hours, offset, case.at), hours.action) {
            (Quiet::Outside, _) => return Judgement::pass("outside"),
            (Quiet::BadMinutes, _) => return Judgement::block("bad_minutes"),
            (Quiet::NoOffset, _) => {
                return Judgement::block("no_offset").with("hours", told(hours));
            }
            (Quiet::Until(end), QuietAction::Hold) => {
                Judgement::wait("held", end).with("ends", end)
            }
            (Quiet::Until(end), QuietAction::Skip) => {
                Judgement::block_until("skipped", end).with("ends", end)
            }
            (Quiet::Until(end), QuietAction::Digest) => {
                Judgement::digest("gathered", end).with("ends", end)
            }
            (Quiet::Always, _) => Judgement::block("never_ends"),
        };
        let place = match offset {
            Some(offset) => format!("at UTC{offset}"),
            None => format!("at any of {} plausible places", hours.plausible_offsets.len()),
        };
        judgement.with("hours", told(hours)).with("place", place)
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let (hours, place) = (fact(finding, "hours"), fact(finding, "place"));
        let ends = fact(finding, "ends");
        Sentence::new(match &*finding.why {
            "none" => "the policy has no quiet hours".to_owned(),
            "not_respected" => "quiet hours do not hold for the purpose".to_owned(),
            "outside" => "it is not quiet at the party's place".to_owned(),
            "held" => format!("quiet hours ({hours}, {place}) hold it until {ends}"),
            "skipped" => format!("it falls into quiet hours ({hours}, {place}) until {ends}"),
            "gathered" => {
                format!("quiet hours ({hours}, {place}) keep it for a digest until {ends}")
            }
            "never_ends" => format!("quiet hours ({hours}) never end {place} at once"),
            "no_offset" => {
                format!("quiet hours ({hours}) need the party's offset from UTC or plausible ones")
            }
            "bad_minutes" => "the policy's quiet hours are no minutes of a day".to_owned(),
            _ => UNDECLARED_WORDS.to_owned(),
        })
    }
}

/// Until when it is quiet at the party's place for a purpose; `None` where it is not quiet at `at`.
///
/// For the standing at dispatch: a message that was held up since its decision must not go out at
/// night. [`Timestamp::MAX`] where the end cannot be told.
pub fn quiet_until(
    policy: &Policy,
    purpose: &Purpose,
    utc_offset: Option<UtcOffset>,
    at: Timestamp,
) -> Option<Timestamp> {
    policy.purposes.get(purpose).filter(|rules| rules.respects_quiet_hours)?;
    match quiet(policy.quiet_hours.as_ref()?, utc_offset, at) {
        Quiet::Outside => None,
        Quiet::Until(end) => Some(end),
        Quiet::Always | Quiet::NoOffset | Quiet::BadMinutes => Some(Timestamp::MAX),
    }
}

enum Quiet {
    Outside,
    Until(Timestamp),
    Always,
    NoOffset,
    BadMinutes,
}

fn quiet(hours: &QuietHours, offset: Option<UtcOffset>, at: Timestamp) -> Quiet {
    if hours.from_minute.max(hours.until_minute) > QuietHours::MINUTE_MAX {
        return Quiet::BadMinutes;
    }
    let offsets = offset.as_ref().map_or(hours.plausible_offsets.as_slice(), slice::from_ref);
    if offsets.is_empty() {
        return Quiet::NoOffset;
    }
    let now = at.micros().div_euclid(MICROS);
    let mut minute = now;
    while minute <= now + HORIZON_MAX {
        match offsets.iter().filter_map(|offset| left(hours, *offset, minute)).max() {
            Some(left) => minute += left,
            None if minute == now => return Quiet::Outside,
            None => {
                return Timestamp::from_micros(minute * MICROS).map_or(Quiet::Always, Quiet::Until);
            }
        }
    }
    Quiet::Always
}

/// How many minutes of quiet are left at an offset, the present one included; `None` outside.
fn left(hours: &QuietHours, offset: UtcOffset, minute: i64) -> Option<i64> {
    let (from, until) = (i64::from(hours.from_minute), i64::from(hours.until_minute));
    let local = (minute + i64::from(offset.minutes())).rem_euclid(DAY);
    let length = (until - from).rem_euclid(DAY);
    let passed = (local - from).rem_euclid(DAY);
    (passed < length).then_some(length - passed)
}

fn told(hours: &QuietHours) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{} to {}", clock(hours.from_minute), clock(hours.until_minute))
}
