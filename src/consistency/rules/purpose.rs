//! `purpose`: what a message is for must be declared in the policy.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `declared` | pass | `purpose`, `basis` |
//! | `undeclared` | block | `purpose` |

use crate::consistency::change::Lift;
use crate::consistency::permission::basis_name;
use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{Finding, Purpose, Sentence};

use super::UNDECLARED;

/// What a message is for must be declared in the policy. See the rule `purpose`.
#[derive(Debug, Clone, Copy)]
pub struct PurposeDeclared;

impl Rule for PurposeDeclared {
    fn name(&self) -> &'static str {
        "purpose"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let judgement = match case.rules {
            Some(rules) => Judgement::pass("declared").with("basis", basis_name(rules.basis)),
            None => Judgement::block(UNDECLARED),
        };
        judgement.with("purpose", &case.intent.purpose)
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let purpose = fact(finding, "purpose");
        Sentence::new(if finding.why == UNDECLARED {
            format!("the policy does not declare the purpose `{purpose}`")
        } else {
            let basis = fact(finding, "basis");
            format!("the policy declares the purpose `{purpose}` on the basis of {basis}")
        })
    }

    fn lift(&self, finding: &Finding) -> Option<Lift> {
        finding.fact("purpose").map(|name| Lift::DeclaredPurpose(Purpose::new(name)))
    }
}
