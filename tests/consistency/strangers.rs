//! Rules from outside: as good as ours, and bounded when they are not.

use std::time::Duration;

use omnichannel::consistency::*;
use omnichannel::model::*;

use super::world::*;

/// Waits until an instant.
#[derive(Debug)]
struct After(Timestamp);

impl Rule for After {
    fn name(&self) -> &'static str {
        "after"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        if case.at < self.0 { Judgement::wait("later", self.0) } else { Judgement::pass("past") }
    }
}

/// Always wants a minute more.
#[derive(Debug)]
struct Tomorrow;

impl Rule for Tomorrow {
    fn name(&self) -> &'static str {
        "tomorrow"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        Judgement::wait("tomorrow", case.at.plus(Duration::from_secs(60)))
    }
}

/// Knows that an endpoint bounced.
#[derive(Debug)]
struct Bounced(IdentifierId);

impl Rule for Bounced {
    fn name(&self) -> &'static str {
        "bounced"
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        match case.reach {
            Some(reach) if reach.endpoint == self.0 => Judgement::block("bounced").with("times", 3),
            _ => Judgement::pass("fine"),
        }
    }

    fn lift(&self, _: &Finding) -> Option<Lift> {
        Some(Lift::Other("the address were mended".to_owned()))
    }
}

fn decide_under(world: &World, rule: &dyn Rule) -> Decision {
    let rules: Vec<&dyn Rule> = STANDARD.into_iter().chain([rule]).collect();
    let version = Configuration::default().version();
    let id = decision_id(42);
    decide_with(&rules, &world.policy, version, id, &world.view, &world.intent, world.now)
}

#[test]
fn a_wait_into_the_night_settles_at_its_end_whatever_the_order_of_the_rules() {
    let mut world = World::free();
    world.policy.quiet_hours = Some(hours("22:00", "08:00", QuietAction::Hold, &["+00:00"]));
    let decision = decide_under(&world, &After(at("2026-03-20T23:00:00Z")));
    let Outcome::Send { at: sent, .. } = decision.outcome else { panic!("{decision:?}") };
    assert_eq!(sent, at("2026-03-21T08:00:00Z"));
    let waits = decision.findings.iter().filter(|f| matches!(f.ruled, Ruled::Wait(_)));
    assert_eq!(waits.map(|f| &*f.rule).collect::<Vec<_>>(), ["quiet_hours", "after"]);
}

#[test]
fn a_rule_that_never_settles_is_a_block_and_not_a_loop() {
    let decision = decide_under(&World::free(), &Tomorrow);
    assert_eq!(decision.outcome, Outcome::Suppress);
    let last = decision.findings.last().unwrap();
    assert_eq!((&*last.rule, &*last.why), ("decide", "unsettled"));
    assert_eq!(explain(&decision).would_change.len(), 1);
}

#[test]
fn where_a_rule_blocks_one_endpoint_the_next_on_the_channel_is_tried() {
    let mut world = World::free();
    let rule = Bounced(endpoint(1));
    let decision = decide_under(&world, &rule);
    assert_eq!(decision.outcome, Outcome::Suppress);
    let told = explain_with(&[&rule], &decision);
    assert_eq!(told.reasons.last().unwrap().sentence.to_string(), "bounced (times: 3)");
    let change = "it could be sent by `email` if the address were mended";
    assert_eq!(told.would_change[0].to_string(), change);
    assert_eq!(changes(&decision), []);
    assert_eq!(changes_with(&[&rule], &decision).len(), 1);

    world.view.reach.push(reach("email", 2, Some(ConsentState::Given)));
    let Outcome::Send { endpoint: chosen, .. } = decide_under(&world, &rule).outcome else {
        panic!("suppressed")
    };
    assert_eq!(chosen, endpoint(2));
}
