//! `frequency_cap`: nobody is written to more often than the policy says.
//!
//! What is reserved, sent or perhaps sent to any record of the customer counts, at the instant for
//! which it is planned or at which it left; what was released does not, nor what this very
//! decision reserved. The steps of a fallback ladder count once in a window. A message is within a
//! cap if every window that it would be in is.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `none` | pass: no cap holds the purpose on the channel | |
//! | `within` | pass | `caps`: how many were asked |
//! | `held` | wait until there is room | `cap`, `max`, `window`, `free_from` |
//! | `gathered` | digest, or alone once there is room | `cap`, `max`, `window`, `free_from` |
//! | `skipped` | block until there is room | `cap`, `max`, `window`, `free_from` |
//! | `no_offset` | block: the place is unknown and the cap names no offset | `cap` |
//!
//! # Why
//!
//! Only what was said makes room as it grows old: so the first instant with room is one at which an
//! entry leaves a window, and those alone are tried.

use std::collections::BTreeSet;
use std::slice;

use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{
    CapWindow, ChannelId, Decision, DecisionId, Finding, FrequencyCap, LedgerEntry, Policy,
    QuietAction, Sentence, Timestamp, UtcOffset,
};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
const MINUTE: i64 = 60_000_000;

/// Nobody is written to more often than the policy says. See the rule `frequency_cap`.
#[derive(Debug, Clone, Copy)]
pub struct Frequency;

impl Rule for Frequency {
    fn name(&self) -> &'static str {
        "frequency_cap"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let Some(channel) = case.channel else { return Judgement::pass("none") };
        let (step_of, offset) = (case.intent.step_of, case.view.utc_offset);
        let message = Message { decision: case.decision, step_of, offset };
        let (caps, purpose) = (case.policy.caps.iter(), &case.intent.purpose);
        let caps: Vec<&FrequencyCap> = caps.filter(|cap| cap.concerns(purpose, channel)).collect();
        if caps.is_empty() {
            return Judgement::pass("none");
        }
        let held = caps.iter().filter_map(|cap| {
            let room = message.room(cap, case.ledger(), case.at);
            Some((cap, room)).filter(|(_, room)| *room != Room::From(case.at))
        });
        // What is skipped binds before what is held, and the longest before the others.
        let binding = held.max_by_key(|(cap, room)| (strength(cap.action), *room));
        match binding {
            None => Judgement::pass("within").with("caps", caps.len()),
            Some((cap, Room::Untold)) => Judgement::block("no_offset").with("cap", &cap.name),
            Some((cap, Room::From(free))) => {
                let judgement = match cap.action {
                    QuietAction::Hold => Judgement::wait("held", free),
                    QuietAction::Skip => Judgement::block_until("skipped", free),
                    QuietAction::Digest => Judgement::digest("gathered", free),
                };
                judgement
                    .with("cap", &cap.name)
                    .with("max", cap.max)
                    .with("window", told(&cap.within))
                    .with("free_from", free)
            }
        }
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let (cap, max) = (fact(finding, "cap"), fact(finding, "max"));
        let (window, free) = (fact(finding, "window"), fact(finding, "free_from"));
        let full = format!("the cap `{cap}` allows {max} within {window}");
        Sentence::new(match &*finding.why {
            "none" => "no cap holds the purpose on the channel".to_owned(),
            "within" => "there is room within every cap".to_owned(),
            "held" => format!("{full}: there is room again from {free}"),
            "skipped" => format!("{full}, and that many are said; there is room from {free}"),
            "gathered" => format!("{full}: it is kept for a digest, or alone from {free}"),
            _ => format!("the cap `{cap}` needs the party's offset from UTC or plausible ones"),
        })
    }
}

/// Until when caps hold back a decided message on a channel; `None` where there is room at `at`.
///
/// For the standing at dispatch: what was planned for two days may leave on one. The ledger is that
/// of every record of the customer. [`Timestamp::MAX`] where the end cannot be told.
pub fn capped_until(
    policy: &Policy,
    channel: &ChannelId,
    decision: &Decision,
    offset: Option<UtcOffset>,
    ledger: &[LedgerEntry],
    at: Timestamp,
) -> Option<Timestamp> {
    let purpose = &decision.intent.purpose;
    let message = Message { decision: decision.id, step_of: decision.intent.step_of, offset };
    let mut then = at;
    // Each pass moves on to where one cap has room; a day's message meets few.
    for _ in 0..=policy.caps.len() {
        let caps = policy.caps.iter().filter(|cap| cap.concerns(purpose, channel));
        let free = caps.map(|cap| match message.room(cap, ledger.iter(), then) {
            Room::From(free) => free,
            Room::Untold => Timestamp::MAX,
        });
        let free = free.max().unwrap_or(then);
        if free == then {
            break;
        }
        then = free;
    }
    (then > at).then_some(then)
}

/// What is to be said.
struct Message {
    decision: DecisionId,
    /// The first message of the ladder that it is a step of.
    step_of: Option<DecisionId>,
    offset: Option<UtcOffset>,
}

/// When there is room within a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    From(Timestamp),
    /// The cap counts days of an unknown calendar.
    Untold,
}

impl Message {
    /// Whether it is this very message, or another step of it.
    fn is_of_ladder(&self, entry: &LedgerEntry) -> bool {
        entry.decision == self.decision || entry.ladder() == self.step_of.unwrap_or(self.decision)
    }

    /// The first instant from `at` on at which there is room.
    fn room<'a>(
        &self,
        cap: &FrequencyCap,
        ledger: impl Iterator<Item = &'a LedgerEntry> + Clone,
        at: Timestamp,
    ) -> Room {
        // What left every window before `at` is never in one again.
        let since = at.micros().saturating_sub(longest(&cap.within));
        let counts = |entry: &&LedgerEntry| {
            entry.at.micros() > since
                && entry.state.counts()
                && !self.is_of_ladder(entry)
                && cap.counts.has(&entry.purpose)
                && cap.channels.has(&entry.channel)
        };
        let said = ledger.filter(counts).map(|entry| (entry.at.micros(), entry.ladder()));
        if said.clone().take(cap.max as usize).count() < cap.max as usize {
            return Room::From(at);
        }
        let mut said: Vec<_> = said.collect();
        // A list of copies is the same ledger.
        said.sort_unstable();
        said.dedup();
        let scales: Vec<Scale> = match &cap.within {
            CapWindow::RollingHours(hours) => vec![Scale::rolling(i64::from(*hours), &said)],
            CapWindow::CalendarDays { days, plausible_offsets } => {
                let own = self.offset.as_ref().map(slice::from_ref);
                let offsets = own.unwrap_or(plausible_offsets.as_slice());
                if offsets.is_empty() {
                    return Room::Untold;
                }
                let scale = |offset: &UtcOffset| Scale::days(i64::from(*days), *offset, &said);
                offsets.iter().map(scale).collect()
            }
        };
        let fits = |at: i64| scales.iter().all(|scale| scale.fits(at, cap.max));
        let now = at.micros();
        if fits(now) {
            return Room::From(at);
        }
        let mut ends: Vec<i64> = scales.iter().flat_map(Scale::ends).filter(|e| *e > now).collect();
        ends.sort_unstable();
        ends.dedup();
        let free = ends.into_iter().find(|end| fits(*end));
        Room::From(free.and_then(Timestamp::from_micros).unwrap_or(Timestamp::MAX))
    }
}

/// What was said, in units in which a window is a whole number long: microseconds, or days of one
/// calendar.
struct Scale {
    /// When, and of which ladder.
    said: Vec<(i64, DecisionId)>,
    window: i64,
    unit: i64,
    offset: i64,
}

impl Scale {
    fn rolling(hours: i64, said: &[(i64, DecisionId)]) -> Self {
        Self { said: said.to_vec(), window: hours * HOUR, unit: 1, offset: 0 }
    }

    fn days(days: i64, offset: UtcOffset, said: &[(i64, DecisionId)]) -> Self {
        let offset = i64::from(offset.minutes()) * MINUTE;
        let day = |at: i64| at.saturating_add(offset).div_euclid(DAY);
        let said = said.iter().map(|(at, ladder)| (day(*at), *ladder)).collect();
        Self { said, window: days, unit: DAY, offset }
    }

    /// Whether one more at that instant keeps every window that it is in within the cap.
    fn fits(&self, at: i64, max: u32) -> bool {
        let at = at.saturating_add(self.offset).div_euclid(self.unit);
        let last = at.saturating_add(self.window);
        // A window counts most where it ends with something that was said, or with this.
        let later = self.said.iter().map(|(said, _)| *said);
        let later = later.filter(|said| (at..last).contains(said));
        let mut ends = std::iter::once(at).chain(later);
        ends.all(|end| self.within(end) < max as usize)
    }

    /// How many were said in the window that ends with `end`; a ladder counts once.
    fn within(&self, end: i64) -> usize {
        let until = self.said.partition_point(|(said, _)| *said <= end);
        let start = end.saturating_sub(self.window);
        let from = self.said.partition_point(|(said, _)| *said <= start);
        let ladders = self.said[from..until].iter().map(|(_, ladder)| ladder);
        ladders.collect::<BTreeSet<_>>().len()
    }

    /// The instants at which something leaves a window.
    fn ends(&self) -> impl Iterator<Item = i64> {
        let end = |(said, _): &(i64, DecisionId)| {
            let end = said.saturating_add(self.window).saturating_mul(self.unit);
            end.saturating_sub(self.offset)
        };
        self.said.iter().map(end)
    }
}

/// Longer than any window of a cap reaches back, in microseconds: days begin up to 18 hours apart
/// from those of UTC.
fn longest(window: &CapWindow) -> i64 {
    match window {
        CapWindow::RollingHours(hours) => i64::from(*hours) * HOUR,
        CapWindow::CalendarDays { days, .. } => (i64::from(*days) + 2) * DAY,
    }
}

/// What is skipped binds before what is gathered, and that before what is held.
fn strength(action: QuietAction) -> u8 {
    match action {
        QuietAction::Hold => 0,
        QuietAction::Digest => 1,
        QuietAction::Skip => 2,
    }
}

fn told(window: &CapWindow) -> String {
    match window {
        CapWindow::RollingHours(hours) => format!("{hours} hours"),
        CapWindow::CalendarDays { days: 1, .. } => "a day of the party's calendar".to_owned(),
        CapWindow::CalendarDays { days, .. } => format!("{days} days of the party's calendar"),
    }
}
