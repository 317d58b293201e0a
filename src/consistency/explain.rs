//! Explains a decision: its outcome, one reason per finding, what would change it.
//!
//! Sentences are made here, from codes and facts, on request; each rule says its own.

use crate::model::{Decision, Explanation, Finding, Outcome, Sentence, Weight};

use super::change;
use super::rule::{Rule, plain, stands_against};
use super::rules::STANDARD;

/// Says why a decision came out as it did, and what would change it.
///
/// A reason points *for* the outcome on the channel decided on, *against* another outcome where it
/// blocks a channel, and is a note else. `would_change` has a sentence per blocked channel: the
/// change that alone suffices, or all the rules that stand against it; a change that frees several
/// channels is named for the first. See [`decide`](super::decide) for an example.
pub fn explain(decision: &Decision) -> Explanation {
    explain_with(&STANDARD, decision)
}

/// As [`explain`], for a decision of [`super::decide_with`] under the same rules.
///
/// A finding of a rule that is not among `rules` is told by its code and facts.
///
/// ```
/// use omnichannel::consistency::explain_with;
/// use omnichannel::model::*;
/// # let now: Timestamp = "2026-03-20T10:00:00Z".parse()?;
/// # let mut decision = Decision {
/// #     id: "98f13708-2101-84c4-b56e-0e4f6a0e5f8d".parse()?,
/// #     intent: Intent::new(
/// #         "spring-sale",
/// #         "8f14e45f-ceea-867a-9a36-dedd4bea2543".parse()?,
/// #         Purpose::new("marketing"),
/// #         ChannelId::new("email")?,
/// #         "Hello",
/// #     ),
/// #     outcome: Outcome::Suppress,
/// #     findings: vec![],
/// #     view: Digest::of("view"),
/// #     configuration: Configuration::default().version(),
/// #     at: now,
/// # };
/// decision.findings.push(Finding {
///     rule: "weather".into(),
///     channel: Some(ChannelId::new("email")?),
///     ruled: Ruled::Block,
///     why: "too_hot".into(),
///     facts: vec![("degrees".into(), "41".to_owned())],
/// });
/// assert_eq!(
///     explain_with(&[], &decision).to_string(),
///     "`spring-sale` (`marketing`) is not to be sent\n  \
///      - weather: too hot (degrees: 41)\n  \
///      > it could be sent by `email` if `weather` did not stand against it"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain_with(rules: &[&dyn Rule], decision: &Decision) -> Explanation {
    let mut explanation = Explanation::new(outcome(decision));
    let several = decision.findings.windows(2).any(|pair| pair[0].channel != pair[1].channel);
    for finding in &decision.findings {
        let rule = rules.iter().find(|rule| rule.name() == finding.rule);
        let said = rule.map_or_else(|| plain(finding), |rule| rule.say(finding));
        let said = match &finding.channel {
            Some(channel) if several => prefixed(&format!("by `{channel}`: "), &said),
            _ => said,
        };
        explanation.push(&finding.rule, weight(decision, finding), said);
    }
    explanation.would_change = change::sentences(rules, decision);
    explanation
}

fn outcome(decision: &Decision) -> Sentence {
    let Decision { intent, outcome, .. } = decision;
    let what = format!("`{}` (`{}`)", intent.occasion, intent.purpose);
    Sentence::new(match outcome {
        Outcome::Send { channel, at, .. } if *at <= decision.at => {
            format!("{what} is to be sent by `{channel}` now")
        }
        Outcome::Send { channel, at, .. } => {
            format!("{what} is to be sent by `{channel}`, not now: it can be sent from {at}")
        }
        Outcome::Suppress => format!("{what} is not to be sent"),
        Outcome::Superseded { by } => format!("{what} gives way to the decision {by}"),
        Outcome::Digest => format!("{what} waits to be gathered with others"),
        Outcome::NeedsHuman => format!("a person decides whether {what} is to be sent"),
    })
}

fn weight(decision: &Decision, finding: &Finding) -> Weight {
    match &decision.outcome {
        Outcome::Send { channel, .. } if finding.channel.as_ref() == Some(channel) => Weight::For,
        _ if stands_against(&finding.ruled) => Weight::Against,
        _ => Weight::Note,
    }
}

/// The sentence after `words`; its personal parts stay personal.
fn prefixed(words: &str, sentence: &Sentence) -> Sentence {
    use crate::model::Span;
    sentence.spans().iter().fold(Sentence::new(words), |told, span| match span {
        Span::Plain(words) => told.then(words.clone()),
        Span::Personal { label, value } => told.personal(label, value.expose().clone()),
    })
}
