//! `validity`: nothing is said before its time, or once it is pointless.
//!
//! Asked again at the instant to which other rules wait: a wait that ends at or after `not_after`
//! blocks. So a pause of two weeks yields "expired", not a flood.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `unbounded` | pass | |
//! | `open` | pass | `not_before`, `not_after`, where stated |
//! | `not_yet` | wait | `not_before` |
//! | `expired` | block: it is over now | `not_after`, `at` |
//! | `expires_waiting` | block: it would be over by the time it can be sent | `not_after`, `at` |

use crate::consistency::change::Lift;
use crate::consistency::rule::{Case, Judgement, Rule, fact, typed};
use crate::model::{Finding, Sentence};

/// Nothing is said before its time, or once it is pointless. See the rule `validity`.
#[derive(Debug, Clone, Copy)]
pub struct Validity;

impl Rule for Validity {
    fn name(&self) -> &'static str {
        "validity"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let (start, end) = (case.intent.not_before, case.intent.not_after);
        // The wait comes first, even where it outlasts the end: the next round blocks, and knows
        // the instant at which it could be sent.
        if let Some(start) = start.filter(|start| case.at < *start) {
            return Judgement::wait("not_yet", start).with("not_before", start);
        }
        if let Some(end) = end.filter(|end| case.at >= *end) {
            let why = if case.now >= end { "expired" } else { "expires_waiting" };
            return Judgement::block(why).with("not_after", end).with("at", case.at);
        }
        let mut judgement =
            Judgement::pass(if start.or(end).is_some() { "open" } else { "unbounded" });
        for (name, bound) in [("not_before", start), ("not_after", end)] {
            if let Some(bound) = bound {
                judgement = judgement.with(name, bound);
            }
        }
        judgement
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let (at, end) = (fact(finding, "at"), fact(finding, "not_after"));
        Sentence::new(match (&*finding.why, finding.fact("not_before")) {
            ("not_yet", Some(start)) => format!("it is not to be said before {start}"),
            ("expired", _) => format!("it is pointless from {end} on, and that is past"),
            ("expires_waiting", _) => {
                format!("it can be sent from {at}, and it is pointless from {end} on")
            }
            ("open", _) => "its time has come and is not over".to_owned(),
            _ => "it may be said at any time".to_owned(),
        })
    }

    fn lift(&self, finding: &Finding) -> Option<Lift> {
        typed(finding, "at").map(Lift::ValidBeyond)
    }
}
