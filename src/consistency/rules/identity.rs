//! `identity`: it must be certain enough whom a message would reach.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `not_demanded` | pass: the policy demands no more than its identity rules | |
//! | `certain` | pass | |
//! | `in_doubt` | human or block, as the policy says | `doubts`: links that wait for a verdict |
//! | `shared_endpoint` | block: several parties bear the endpoint | `endpoint`, `namespace` |

use crate::consistency::change::Lift;
use crate::consistency::rule::{Case, Judgement, Rule, endpoint, fact};
use crate::model::{Doubt, Finding, Sentence};

/// It must be certain whom a message would reach. See the rule `identity`.
#[derive(Debug, Clone, Copy)]
pub struct Identity;

impl Rule for Identity {
    fn name(&self) -> &'static str {
        "identity"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let demand = case.policy.certainty.as_ref();
        let demand = demand.filter(|demand| demand.purposes.has(&case.intent.purpose));
        let Some(demand) = demand else { return Judgement::pass("not_demanded") };
        if let Some(reach) = case.reach.filter(|it| it.shared && !demand.shared_endpoints) {
            return Judgement::block("shared_endpoint")
                .with("endpoint", reach.endpoint)
                .with("namespace", reach.namespace.name());
        }
        let judgement = match demand.in_doubt {
            _ if case.view.doubts == 0 => return Judgement::pass("certain"),
            Doubt::Send => Judgement::pass("in_doubt"),
            Doubt::Ask => Judgement::human("in_doubt"),
            Doubt::Skip => Judgement::block("in_doubt"),
        };
        judgement.with("doubts", case.view.doubts)
    }

    fn say(&self, finding: &Finding) -> Sentence {
        match &*finding.why {
            "not_demanded" => Sentence::new("the identity rules say who the customer is"),
            "certain" => Sentence::new("it is certain who the customer is"),
            "in_doubt" => {
                let doubts = fact(finding, "doubts");
                Sentence::new(format!("{doubts} links of the customer wait for a verdict"))
            }
            _ => endpoint(Sentence::new("several parties share "), finding),
        }
    }

    fn lift(&self, finding: &Finding) -> Option<Lift> {
        let asks = finding.ruled == crate::model::Ruled::Human;
        asks.then_some(Lift::Approval)
    }
}
