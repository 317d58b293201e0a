//! `sequence`: what must come before has come, and nothing has made the message needless.
//!
//! What is awaited holds a message in the outbox and not here: when it comes, nobody can say.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `free` | pass: it rests on no other message | |
//! | `reached` | pass: every message before it got far enough, and none too far | |
//! | `awaited` | pass: it leaves once they have | `message`, `milestone` |
//! | `needless` | block: an earlier message got so far | `message`, `milestone` |
//! | `never` | block: a message that it follows gets there no more | `message`, `milestone` |
//! | `unknown` | block: nobody decided on a message that it follows | `message`, `milestone` |

use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{ContactView, Finding, Milestone, Progress, Reached, Sentence};

/// What must come before has come. See the rule `sequence`.
#[derive(Debug, Clone, Copy)]
pub struct Sequence;

impl Rule for Sequence {
    fn name(&self) -> &'static str {
        "sequence"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let (after, unless) = (&case.intent.after, &case.intent.unless);
        if after.is_empty() && unless.is_empty() {
            return Judgement::pass("free");
        }
        let got = |it: &&Reached| progress(case.view, it).is_some_and(|known| has(known, it));
        let told = |judgement: Judgement, of: &Reached| {
            judgement.with("message", of.message).with("milestone", name(of.milestone))
        };
        if let Some(needless) = unless.iter().filter(got).min() {
            return told(Judgement::block("needless"), needless);
        }
        let left = after.iter().filter(|it| !got(it));
        let in_vain = |it: &&Reached| progress(case.view, it).is_none_or(|known| known.over);
        if let Some(never) = left.clone().filter(in_vain).min() {
            let is_known = progress(case.view, never).is_some();
            return told(Judgement::block(if is_known { "never" } else { "unknown" }), never);
        }
        match left.min() {
            Some(awaited) => told(Judgement::pass("awaited"), awaited),
            None => Judgement::pass("reached"),
        }
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let (message, milestone) = (fact(finding, "message"), fact(finding, "milestone"));
        Sentence::new(match &*finding.why {
            "free" => "it follows no other message".to_owned(),
            "reached" => "what must come before it has come".to_owned(),
            "awaited" => format!("it leaves once the message {message} is {milestone}"),
            "needless" => format!("the message {message} is {milestone}, so it is needless"),
            "never" => format!("it follows the message {message}, never to be {milestone}"),
            _ => format!("it follows the message {message}, which nobody decided on"),
        })
    }
}

fn progress<'a>(view: &'a ContactView, of: &Reached) -> Option<&'a Progress> {
    view.progress.iter().filter(|known| known.message == of.message).max()
}

fn has(known: &Progress, of: &Reached) -> bool {
    known.reached.is_some_and(|reached| reached >= of.milestone)
}

fn name(milestone: Milestone) -> &'static str {
    match milestone {
        Milestone::Accepted => "accepted",
        Milestone::Delivered => "delivered",
        Milestone::Read => "read",
        Milestone::Engaged => "followed up",
    }
}
