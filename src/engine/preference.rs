//! Gathers what speaks for each of an intent's channels.

use std::collections::BTreeMap;
use std::time::Duration;

use super::contact::{before, touchpoint};
use super::{Context, Reading, Resolved};
use crate::model::{
    ChannelEvidence, ChannelId, Direction, Index, Intent, Range, Timestamp, Touchpoint,
};

/// The golden record's field that states the channel that the party prefers, by its id.
pub const PREFERRED_CHANNEL_FIELD: &str = "preferred_channel";

/// How far back answers are counted.
const LOOKS_BACK: Duration = Duration::from_secs(180 * 86_400);

/// What speaks for each of an intent's channels, where it asks for that.
///
/// A message is answered where the party writes back by its channel within the reply window of the
/// conversation rules; a conversation is open for as long after the party's last message. Of each
/// record the last thousand touchpoints within 180 days are read.
pub(super) fn evidence(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    found: &Resolved,
    (intent, stated): (&Intent, Option<&str>),
    now: Timestamp,
) -> Vec<ChannelEvidence> {
    let mut times: BTreeMap<&ChannelId, Times> = BTreeMap::new();
    for record in &found.cluster.records {
        let all = Range::all(context.tenant, Index::Timeline, record.as_uuid());
        let after = Some(before(now.minus(LOOKS_BACK)));
        let Some(page) = read.page(Range { after, descending: true, ..all }) else { continue };
        for (_, row) in &page.rows {
            if let Some((seen, at)) = touchpoint(row).and_then(|it| said(it, now)) {
                let times = times.entry(&seen.channel).or_default();
                let is_ours = seen.message.as_ref().map(|it| it.direction);
                let list = match is_ours {
                    Some(Direction::Outbound) => &mut times.ours,
                    _ => &mut times.theirs,
                };
                list.push(at);
            }
        }
    }
    let window = context.configuration.threads.reply_window();
    let evidence = intent.channels.iter().map(|channel| {
        let times = times.remove(channel).unwrap_or_default();
        let last = times.theirs.iter().max().copied();
        let (sent, answered) = times.answered(window);
        ChannelEvidence {
            open: last.filter(|last| last.plus(window) > now),
            stated: stated == Some(channel.as_str()),
            sent,
            answered,
            ..ChannelEvidence::new(channel.clone())
        }
    });
    evidence.filter(|it| *it != ChannelEvidence::new(it.channel.clone())).collect()
}

/// A message of known time up to now.
fn said(seen: &Touchpoint, now: Timestamp) -> Option<(&Touchpoint, Timestamp)> {
    let at = seen.occurred.at.filter(|at| *at <= now && seen.message.is_some())?;
    Some((seen, at))
}

/// When was written by a channel.
#[derive(Default)]
struct Times {
    ours: Vec<Timestamp>,
    theirs: Vec<Timestamp>,
}

impl Times {
    /// How many messages were sent, and after how many of them the party wrote within the window.
    fn answered(mut self, window: Duration) -> (u32, u32) {
        self.theirs.sort_unstable();
        let is_answered = |sent: &&Timestamp| {
            let next = self.theirs.partition_point(|answer| answer <= sent);
            self.theirs.get(next).is_some_and(|answer| *answer <= sent.plus(window))
        };
        let answered = self.ours.iter().filter(is_answered).count();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (count(self.ours.len()), count(answered))
    }
}
