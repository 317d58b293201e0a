//! `restriction`: what is restricted is only kept, unless law or life demands.
//!
//! GDPR article 18, paragraph 2: restricted data are, storage apart, processed with the party's
//! consent, for legal claims, or to protect others. A consent from before the restriction is no
//! consent to lift it, so that only the bases of law and of life remain.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `none` | pass: nothing is restricted | |
//! | `demanded` | pass: restricted, and the basis bears it | `basis` |
//! | `restricted` | block | |

use crate::consistency::permission::basis_name;
use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{Finding, LawfulBasis, Sentence};

/// What is restricted is only kept. See the rule `restriction`.
#[derive(Debug, Clone, Copy)]
pub struct Restriction;

impl Rule for Restriction {
    fn name(&self) -> &'static str {
        "restriction"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        if !case.view.restricted {
            return Judgement::pass("none");
        }
        match case.rules.map(|rules| rules.basis) {
            Some(basis @ (LawfulBasis::LegalObligation | LawfulBasis::VitalInterests)) => {
                Judgement::pass("demanded").with("basis", basis_name(basis))
            }
            _ => Judgement::block("restricted"),
        }
    }

    fn say(&self, finding: &Finding) -> Sentence {
        Sentence::new(match &*finding.why {
            "none" => "processing is not restricted".to_owned(),
            "demanded" => {
                let basis = fact(finding, "basis");
                format!("processing is restricted, which does not bind on the basis of {basis}")
            }
            _ => "processing is restricted at the party's demand".to_owned(),
        })
    }
}
