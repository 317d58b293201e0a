//! `duplicate`: one occasion is said once within the purpose's hours, over all channels.
//!
//! What is reserved, sent or perhaps sent counts; what was released does not, nor what this very
//! decision or another step of its ladder reserved, nor what waits where the intent replaces it. A
//! reservation for a later time counts like one for now. Counted from the earliest instant that the
//! rules asked before allow, so that quiet hours never outwait a repetition.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `first` | pass | `hours`, `occasion` |
//! | `not_limited` | pass: the purpose's hours are zero | |
//! | `reserved`, `said`, `perhaps_said` | block until the hours are over | `occasion`, `channel`,
//! `at`, `decision`, `again_from` |
//! | `undeclared` | pass: nothing to judge | |

use std::time::Duration;

use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{Finding, LedgerEntry, LedgerState, Sentence};

use super::{UNDECLARED, UNDECLARED_WORDS};

/// One occasion is said once within the purpose's hours. See the rule `duplicate`.
#[derive(Debug, Clone, Copy)]
pub struct Duplicate;

impl Rule for Duplicate {
    fn name(&self) -> &'static str {
        "duplicate"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let Some(rules) = case.rules else { return Judgement::pass(UNDECLARED) };
        if rules.once_within_hours == 0 {
            return Judgement::pass("not_limited");
        }
        let window = Duration::from_secs(u64::from(rules.once_within_hours) * 3_600);
        let ladder = case.intent.step_of.unwrap_or(case.decision);
        let counts = |entry: &&LedgerEntry| {
            entry.at.plus(window) > case.at
                && entry.state.counts()
                && entry.decision != case.decision
                && entry.ladder() != ladder
                && entry.purpose == case.intent.purpose
                && entry.occasion == case.intent.occasion
        };
        let entries = case.ledger().filter(counts);
        let last =
            entries.max_by_key(|&entry| (entry.at, entry.decision, &entry.channel, entry.state));
        let Some(last) = last else {
            return Judgement::pass("first")
                .with("hours", rules.once_within_hours)
                .with("occasion", &case.intent.occasion);
        };
        let code = match last.state {
            LedgerState::Reserved => "reserved",
            LedgerState::Ambiguous => "perhaps_said",
            _ => "said",
        };
        let again_from = last.at.plus(window);
        Judgement::block_until(code, again_from)
            .with("occasion", &last.occasion)
            .with("channel", &last.channel)
            .with("at", last.at)
            .with("decision", last.decision)
            .with("again_from", again_from)
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let occasion = fact(finding, "occasion");
        let (channel, at) = (fact(finding, "channel"), fact(finding, "at"));
        let again = fact(finding, "again_from");
        let said = match &*finding.why {
            "first" => {
                let hours = fact(finding, "hours");
                return Sentence::new(format!("`{occasion}` was not said within {hours} hours"));
            }
            "not_limited" => return Sentence::new("the purpose may be repeated at any time"),
            "reserved" => "is already to be said",
            "perhaps_said" => "was perhaps said",
            "said" => "was already said",
            _ => return Sentence::new(UNDECLARED_WORDS),
        };
        Sentence::new(format!(
            "`{occasion}` {said} by `{channel}` at {at}; it could be said again from {again}"
        ))
    }
}
