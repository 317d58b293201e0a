//! `preference`: why a channel has its place among the intent's.
//!
//! It stands against nothing. Where the intent asks for the party's preference
//! ([`Intent::by_preference`](crate::model::Intent)), channels come in this order: those of an open
//! conversation, the last written by first; the one that the party named; those by which it
//! answers, the surest first, by the lower end of an interval, so that one lucky answer outranks
//! nobody; then as the application gave them, which also settles ties.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `as_given` | pass: the place that the application gave it | |
//! | `open` | pass: the party wrote by it lately | `at` |
//! | `stated` | pass: the party named it | |
//! | `answers` | pass: the party answers there | `answered`, `sent`, `at_least` in percent |

use std::cmp::Reverse;

use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{ChannelEvidence, ChannelId, ContactView, Finding, Intent, Percent, Sentence};

/// Why a channel has its place. See the rule `preference`.
#[derive(Debug, Clone, Copy)]
pub struct Preference;

impl Rule for Preference {
    fn name(&self) -> &'static str {
        "preference"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let known = case.channel.filter(|_| case.intent.by_preference);
        let Some(known) = known.and_then(|channel| evidence(case.view, channel)) else {
            return Judgement::pass("as_given");
        };
        let at_least = known.answers_at_least();
        match known.open {
            Some(at) => Judgement::pass("open").with("at", at),
            None if known.stated => Judgement::pass("stated"),
            None if at_least > 0 => {
                let at_least = i32::try_from(at_least).unwrap_or(0);
                Judgement::pass("answers")
                    .with("answered", known.answered)
                    .with("sent", known.sent)
                    .with("at_least", Percent::from_basis_points(at_least))
            }
            None => Judgement::pass("as_given"),
        }
    }

    fn say(&self, finding: &Finding) -> Sentence {
        Sentence::new(match &*finding.why {
            "open" => format!("the customer wrote by it at {}", fact(finding, "at")),
            "stated" => "the customer prefers it".to_owned(),
            "answers" => {
                let (answered, sent) = (fact(finding, "answered"), fact(finding, "sent"));
                let at_least = fact(finding, "at_least");
                format!(
                    "the customer answered {answered} of {sent} messages by it: with 95% \
                     confidence at least {at_least}"
                )
            }
            _ => "it has the place that the application gave it".to_owned(),
        })
    }
}

fn evidence<'a>(view: &'a ContactView, channel: &ChannelId) -> Option<&'a ChannelEvidence> {
    view.preference.iter().filter(|it| it.channel == *channel).max()
}

/// The intent's channels in the order in which they are tried, each once.
pub(in crate::consistency) fn in_order<'a>(
    intent: &'a Intent,
    view: &ContactView,
) -> Vec<&'a ChannelId> {
    let mut channels: Vec<&ChannelId> = Vec::with_capacity(intent.channels.len());
    for channel in &intent.channels {
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    if intent.by_preference {
        channels.sort_by_cached_key(|channel| {
            let known = evidence(view, channel);
            let open = known.and_then(|known| known.open);
            let stated = known.is_some_and(|known| known.stated);
            Reverse((open, stated, known.map_or(0, ChannelEvidence::answers_at_least)))
        });
    }
    channels
}
