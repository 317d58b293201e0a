//! `reachability`: the customer must have an endpoint on the channel.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `endpoint` | pass | `endpoint`, `namespace` |
//! | `no_endpoint` | block | `consent`: the purpose that needs it there too, if any |
//! | `no_such_form` | block: the channel cannot send in the intent's form | |
//! | `no_channel` | block: the intent names none | |

use crate::consistency::change::Lift;
use crate::consistency::rule::{Case, Judgement, Rule, endpoint};
use crate::model::{Finding, LawfulBasis, Purpose, Sentence};

/// The customer must have an endpoint on the channel. See the rule `reachability`.
#[derive(Debug, Clone, Copy)]
pub struct Reachability;

impl Rule for Reachability {
    fn name(&self) -> &'static str {
        "reachability"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        if case.channel.is_none() {
            return Judgement::block("no_channel");
        }
        if case.channel.is_some_and(|channel| case.view.formless.contains(channel)) {
            return Judgement::block("no_such_form");
        }
        let Some(reach) = case.reach else {
            let block = Judgement::block("no_endpoint");
            return match case.rules {
                Some(rules) if rules.basis == LawfulBasis::Consent => {
                    block.with("consent", &case.intent.purpose)
                }
                _ => block,
            };
        };
        Judgement::pass("endpoint")
            .with("endpoint", reach.endpoint)
            .with("namespace", reach.namespace.name())
    }

    fn say(&self, finding: &Finding) -> Sentence {
        match &*finding.why {
            "no_channel" => Sentence::new("the intent names no channel"),
            "no_such_form" => Sentence::new("the channel cannot send in that form"),
            "no_endpoint" => Sentence::new("no endpoint of the customer on the channel is known"),
            _ => endpoint(Sentence::new("the customer can be written to at "), finding),
        }
    }

    fn lift(&self, finding: &Finding) -> Option<Lift> {
        let consent = finding.fact("consent").map(Purpose::new);
        (finding.why == "no_endpoint").then_some(Lift::Endpoint { consent })
    }
}
