//! `conversion`: nothing is said that the customer has made pointless.
//!
//! By what the intent names as its end, on any record and channel of the customer: who bought is
//! not reminded of the cart. Asked again at dispatch, so that a purchase while the message waits
//! counts.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `endless` | pass: the intent names nothing that ends it | |
//! | `open` | pass: nothing of it has happened | |
//! | `ended` | block | `act`, `touchpoint`, `at` where known |

use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{Finding, Happening, Sentence};

/// Nothing is said that the customer has made pointless. See the rule `conversion`.
#[derive(Debug, Clone, Copy)]
pub struct Conversion;

impl Rule for Conversion {
    fn name(&self) -> &'static str {
        "conversion"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        if case.intent.ended_by.is_empty() {
            return Judgement::pass("endless");
        }
        let ends = |happened: &&Happening| {
            let mut ends = case.intent.ended_by.iter();
            ends.any(|end| end.is_met_by(&happened.act, &happened.about, happened.at))
        };
        let first = case.view.past.iter().filter(ends);
        let first = first.min_by_key(|it| (it.at.is_none(), it.at, it.touchpoint));
        let Some(first) = first else { return Judgement::pass("open") };
        let judgement = Judgement::block("ended")
            .with("act", first.act.name())
            .with("touchpoint", first.touchpoint);
        match first.at {
            Some(at) => judgement.with("at", at),
            None => judgement,
        }
    }

    fn say(&self, finding: &Finding) -> Sentence {
        Sentence::new(match &*finding.why {
            "endless" => "nothing that the customer does ends it".to_owned(),
            "open" => "nothing has happened that ends it".to_owned(),
            _ => {
                let act = fact(finding, "act").replace('_', " ");
                let at = finding.fact("at").map(|at| format!(" at {at}")).unwrap_or_default();
                format!("the customer has {act}{at}, which makes it pointless")
            }
        })
    }
}
