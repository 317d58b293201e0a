//! `consent`: the basis of the purpose must bear the party's choice at the endpoint.
//!
//! The law itself is the table in `permission.rs`, which `confirm` applies again at dispatch.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `given` | pass | `purpose`, `endpoint`, `namespace`, `proof`: the touchpoint |
//! | `not_needed` | pass: the basis bears it without | `basis` |
//! | `not_open` | pass: withdrawn, and the basis is not open to that | `basis` and as above |
//! | `missing`, `withdrawn`, `objected` | block | `endpoints` of the channel, `basis` and as above
//! |
//! | `no_endpoint`, `undeclared` | pass: nothing to judge | |

use crate::consistency::change::Lift;
use crate::consistency::permission::{Permission, basis_name};
use crate::consistency::rule::{Case, Judgement, Rule, endpoint, fact};
use crate::model::{Finding, Purpose, Sentence};

use super::{UNDECLARED, UNDECLARED_WORDS};

/// The basis must bear the party's choice at the endpoint. See the rule `consent`.
#[derive(Debug, Clone, Copy)]
pub struct Consent;

impl Rule for Consent {
    fn name(&self) -> &'static str {
        "consent"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let Some(rules) = case.rules else { return Judgement::pass(UNDECLARED) };
        let Some(reach) = case.reach else { return Judgement::pass("no_endpoint") };
        let permission = Permission::of(rules.basis, reach.consent.map(|(state, _)| state));
        let code = permission.code();
        let judgement =
            if permission.holds() { Judgement::pass(code) } else { Judgement::block(code) };
        let judgement = judgement.with("basis", basis_name(rules.basis));
        if permission == Permission::NotNeeded {
            return judgement;
        }
        let judgement = judgement
            .with("purpose", &case.intent.purpose)
            .with("endpoint", reach.endpoint)
            .with("namespace", reach.namespace.name());
        let judgement = match reach.consent {
            Some((_, proof)) => judgement.with("proof", proof),
            None => judgement,
        };
        if permission.holds() { judgement } else { judgement.liftable_at_any(reach) }
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let (purpose, basis) = (fact(finding, "purpose"), fact(finding, "basis"));
        let at = |words: String| endpoint(Sentence::new(words), finding);
        match &*finding.why {
            "given" => at(format!("consent for `{purpose}` is in force at ")),
            "missing" => at(format!("no consent for `{purpose}` is known at ")),
            "withdrawn" => at(format!("consent for `{purpose}` was withdrawn at ")),
            "objected" => at(format!("the party objected to `{purpose}` at "))
                .then(format!(", which the basis of {basis} is open to")),
            "not_open" => at(format!("the party said no to `{purpose}` at "))
                .then(format!(", which does not bind on the basis of {basis}")),
            "not_needed" => Sentence::new(format!("the basis of {basis} needs no consent")),
            "no_endpoint" => Sentence::new("not judged, for want of an endpoint"),
            _ => Sentence::new(UNDECLARED_WORDS),
        }
    }

    fn lift(&self, finding: &Finding) -> Option<Lift> {
        let endpoints = finding.fact("endpoints")?.split(' ');
        Some(Lift::Consent {
            purpose: Purpose::new(finding.fact("purpose")?),
            endpoints: endpoints.filter_map(|id| id.parse().ok()).collect(),
            namespace: finding.fact("namespace")?.to_owned(),
        })
    }
}
