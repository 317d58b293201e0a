//! `session_window`: some channels let one write only after the party did.
//!
//! By the channel's declared window, counted from the party's last message there. At the instant at
//! which the window closes it is closed. Approved templates pass where the provider takes them.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `none` | pass: the channel has no window, or there is no endpoint | |
//! | `open` | pass | `closes_at` |
//! | `template` | pass: closed, and the form is an approved template | |
//! | `closed` | block | `closes_at` where it was open, `outside`: what the provider takes |

use crate::consistency::change::Lift;
use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{Finding, Form, Outside, Sentence};

/// Some channels let one write freely only for a while. See the rule `session_window`.
#[derive(Debug, Clone, Copy)]
pub struct SessionOpen;

impl Rule for SessionOpen {
    fn name(&self) -> &'static str {
        "session_window"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let Some(window) = case.reach.and_then(|reach| reach.window) else {
            return Judgement::pass("none");
        };
        if let Some(end) = window.closes_at.filter(|end| case.at < *end) {
            return Judgement::pass("open").with("closes_at", end);
        }
        let is_template = matches!(case.intent.form, Form::Template { .. });
        if is_template && window.outside == Outside::Templates {
            return Judgement::pass("template");
        }
        let outside = match window.outside {
            Outside::Nothing => "nothing",
            Outside::Templates => "approved templates",
        };
        let judgement = Judgement::block("closed").with("outside", outside);
        match window.closes_at {
            Some(end) => judgement.with("closes_at", end),
            None => judgement,
        }
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let (outside, end) = (fact(finding, "outside"), finding.fact("closes_at"));
        Sentence::new(match (&*finding.why, end) {
            ("none", _) => "the channel always lets one write".to_owned(),
            ("open", Some(end)) => format!("the customer wrote, so one may until {end}"),
            ("template", _) => "it is a template, which may be sent at any time".to_owned(),
            (_, Some(end)) => {
                format!("one could write freely until {end}, and since then only {outside}")
            }
            (_, None) => format!("the customer never wrote there, so one may send {outside}"),
        })
    }

    fn lift(&self, _: &Finding) -> Option<Lift> {
        Some(Lift::Heard)
    }
}
