//! `fact_consistency`: what a message states is so when it leaves.
//!
//! Each stated version is held against the one in force at the instant of sending, by value: a
//! higher version that says the same contradicts nothing. What begins later holds the message until
//! then. Asked again at dispatch, so that a correction stops what waits. The first statement that
//! stands against the message is named, in the order of the facts.
//!
//! | code | rules | facts |
//! |---|---|---|
//! | `none_stated` | pass: the intent names no fact | |
//! | `consistent` | pass: all that it states is so | `statements` |
//! | `not_yet` | wait until it is so | `fact`, `version`, `from` |
//! | `unknown` | block: nobody told the fact in that version | `fact`, `version` |
//! | `lapsed` | block: no version of the fact is in force | `fact`, `version` |
//! | `outdated` | block: it is otherwise | `fact`, `version`, `in_force` |
//! | `stale` | block: it is otherwise, and the customer was told so already | as `outdated`, and
//! `channel`, `at`, `decision` |

use crate::consistency::rule::{Case, Judgement, Rule, fact};
use crate::model::{
    FactHistory, FactId, Finding, LedgerEntry, LedgerState, Sentence, Statement, Timestamp,
};

/// What a message states is so when it leaves. See the rule `fact_consistency`.
#[derive(Debug, Clone, Copy)]
pub struct FactConsistency;

impl Rule for FactConsistency {
    fn name(&self) -> &'static str {
        "fact_consistency"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        let states = &case.intent.states;
        if states.is_empty() {
            return Judgement::pass("none_stated");
        }
        let mut ordered: Vec<&Statement> = states.iter().collect();
        ordered.sort_unstable();
        let (mut blocked, mut waits) = (None, None::<(Timestamp, &Statement)>);
        for stated in ordered {
            match held_against(case, stated) {
                Held::So => {}
                Held::From(from) => waits = waits.max(Some((from, stated))),
                Held::Against(judgement) => {
                    blocked.get_or_insert(judgement);
                }
            }
        }
        match (blocked, waits) {
            (Some(blocked), _) => blocked,
            (None, Some((from, stated))) => {
                of(Judgement::wait("not_yet", from), stated).with("from", from)
            }
            (None, None) => Judgement::pass("consistent").with("statements", states.len()),
        }
    }

    fn say(&self, finding: &Finding) -> Sentence {
        let (of, version) = (fact(finding, "fact"), fact(finding, "version"));
        let stated = format!("it states the {of} in version {version}");
        let in_force = fact(finding, "in_force");
        Sentence::new(match &*finding.why {
            "none_stated" => "it states no fact".to_owned(),
            "consistent" => {
                let statements = fact(finding, "statements");
                format!("all that it states is so (facts: {statements})")
            }
            "not_yet" => format!("{stated}, which is so from {}", fact(finding, "from")),
            "unknown" => format!("{stated}, which nobody told"),
            "lapsed" => format!("{stated}, which is no longer so"),
            "outdated" => format!("{stated}, and version {in_force} says otherwise"),
            _ => {
                let (channel, at) = (fact(finding, "channel"), fact(finding, "at"));
                format!(
                    "{stated}, and version {in_force} says otherwise: the customer was told so \
                     by `{channel}` at {at}"
                )
            }
        })
    }
}

/// A judgement that tells first of which statement it is.
fn of(judgement: Judgement, stated: &Statement) -> Judgement {
    judgement.with("fact", &stated.fact).with("version", stated.version)
}

/// What a statement is, held against what is known.
enum Held {
    /// It is so at the instant of sending.
    So,
    /// It will be.
    From(Timestamp),
    /// It is not.
    Against(Judgement),
}

fn held_against(case: &Case<'_>, stated: &Statement) -> Held {
    let known = case.view.facts.iter().find(|(_, known)| known.key == stated.fact);
    let against = |code| of(Judgement::block(code), stated);
    let Some((id, known)) = known else { return Held::Against(against("unknown")) };
    let Some(version) = known.versions.get(&stated.version) else {
        return Held::Against(against("unknown"));
    };
    let in_force = known.at(case.at);
    if in_force.is_some_and(|in_force| in_force.value == version.value) {
        return Held::So;
    }
    // What will be in force when it begins, unless something higher hides it there.
    let begins = version.from.filter(|from| *from > case.at);
    let begins = begins.filter(|from| known.at(*from).is_some_and(|it| it.value == version.value));
    if let Some(from) = begins {
        return Held::From(from);
    }
    let Some(in_force) = in_force else { return Held::Against(against("lapsed")) };
    Held::Against(match told_otherwise(case, *id, known, stated) {
        Some(told) => against("stale")
            .with("in_force", in_force.version)
            .with("channel", &told.channel)
            .with("at", told.at)
            .with("decision", told.decision),
        None => against("outdated").with("in_force", in_force.version),
    })
}

/// The last message that told the customer a later version, if it says otherwise.
fn told_otherwise<'a>(
    case: &Case<'a>,
    id: FactId,
    known: &FactHistory,
    stated: &Statement,
) -> Option<&'a LedgerEntry> {
    let later = |entry: &&LedgerEntry| {
        matches!(entry.state, LedgerState::Sent | LedgerState::Ambiguous)
            && entry.told.iter().any(|told| {
                told.fact == id
                    && told.version > stated.version
                    && known.value(told.version) != known.value(stated.version)
            })
    };
    case.ledger().filter(later).max_by_key(|entry| (entry.at, entry.decision))
}
