//! Faults at every call of the store: nothing is lost, doubled or wedged.
//!
//! Method: a scenario is prepared on a calm hub and played on one whose store has a fault at call
//! N, for each kind of fault and N = 1, 2, ... until the play has fewer calls; some scenarios under
//! every pair of faults. The caller does what each error advises. The end must be that of the
//! undisturbed play.
//!
//! A new scenario is one function and one line of [`SCENARIOS`].
#![cfg(feature = "testkit")]

#[path = "faults/stage.rs"]
mod stage;

mod common;

use omnichannel::model::{Intent, RecordId, SendOutcome};
use omnichannel::testkit::block_on;
use omnichannel::testkit::fault::Fault;
use omnichannel::testkit::interleave::{Task, interleave_seeded};
use stage::{End, Stage};

/// What is tried of a scenario.
#[derive(Clone, Copy, PartialEq)]
enum Tried {
    /// Every fault at every call.
    Singles,
    /// Those, and every pair of faults at every two calls.
    Pairs,
}

/// A scenario: its name, what is played, what is tried of it.
type Scenario = (&'static str, fn(&Stage), Tried);

const SCENARIOS: &[Scenario] = &[
    ("receive", receive, Tried::Singles),
    ("merge", merge, Tried::Singles),
    ("decide", decide, Tried::Singles),
    ("dispatch", dispatch, Tried::Pairs),
    ("receipt", receipt, Tried::Singles),
    ("erase", erase, Tried::Pairs),
    ("import", import, Tried::Singles),
    ("reconfigure", reconfigure, Tried::Singles),
    ("requeue", requeue, Tried::Singles),
    ("two hubs, schedule 1", |stage| two_hubs(stage, 1), Tried::Singles),
    ("two hubs, schedule 2", |stage| two_hubs(stage, 2), Tried::Singles),
    ("two hubs, schedule 3", |stage| two_hubs(stage, 3), Tried::Singles),
];

const VISIT: &str = r#"{"id":"1","act":"visited","occurred_at":"2026-03-01T10:00:00Z",
    "sender":{"namespace":"cookie","value":"c"},
    "identifiers":[{"namespace":"cookie","value":"c"},{"namespace":"email","value":"z@b.fr"}]}"#;
const CARD: &str = r#"{"id":"2","act":"purchased","occurred_at":"2026-03-01T11:00:00Z",
    "sender":{"namespace":"loyalty_card","value":"L1"},
    "identifiers":[{"namespace":"phone","value":"+33612345678"}],
    "consents":[{"endpoint":{"namespace":"email","value":"z@b.fr"},
        "purpose":"marketing","state":"given"}]}"#;
const BRIDGE: &str = r#"{"id":"3","act":"identified","occurred_at":"2026-03-01T12:00:00Z",
    "sender":{"namespace":"account","value":"a"},"attributes":{"name":"Zoé"},
    "identifiers":[{"namespace":"email","value":"z@b.fr"},
        {"namespace":"phone","value":"+33612345678"}]}"#;
const CORRECTED: &str = r#"{"id":"3","revision":1,"act":"identified",
    "occurred_at":"2026-03-01T12:00:00Z","sender":{"namespace":"account","value":"a"},
    "identifiers":[{"namespace":"email","value":"z@b.fr"}]}"#;
const ANSWER: &str = r#"{"id":"4","act":"replied","occurred_at":"2026-03-01T13:00:00Z",
    "sender":{"namespace":"account","value":"a"},
    "message":{"direction":"outbound","author":"agent","text":"Oui.","references":["3"]}}"#;

const LATER: &str = r#"{"id":"5","act":"viewed","occurred_at":"2026-03-02T10:00:00Z",
    "sender":{"namespace":"cookie","value":"d"},
    "identifiers":[{"namespace":"phone","value":"+33612345678"}]}"#;

/// A first touch, its copy, another person, something of nobody, a copy that differs.
fn receive(stage: &Stage) {
    let nobody = r#"{"id":"9","act":"viewed","objects":[{"kind":"page","id":"/"}]}"#;
    let differs = VISIT.replace("T10", "T09");
    for body in [VISIT, VISIT, CARD, nobody, &differs] {
        stage.tell("web", body);
    }
}

/// What joins two customers, and the correction that parts them again.
fn merge(stage: &Stage) {
    stage.told_before("web", VISIT);
    stage.told_before("web", CARD);
    stage.tell("web", BRIDGE);
    stage.tell("web", LATER);
    stage.tell("web", CORRECTED);
    stage.tell("web", ANSWER);
}

fn camille(stage: &Stage) -> RecordId {
    stage.told_before("web", VISIT);
    stage.told_before("web", CARD);
    stage.told_before("web", BRIDGE)
}

/// Three intents, of which the third is one occasion too many; and the first key again.
fn decide(stage: &Stage) {
    let camille = camille(stage);
    let intents = [
        stage.intent("a", camille, "marketing", "letter"),
        stage.intent("b", camille, "order", "mail"),
        stage.intent("c", camille, "marketing", "mail"),
        stage.intent("a", camille, "marketing", "letter"),
    ];
    for intent in &intents {
        stage.decide(intent);
    }
}

/// Two messages are due: one on a channel that dedupes, one on a channel that does not.
fn dispatch(stage: &Stage) {
    let camille = camille(stage);
    for (key, channel) in [("a", "letter"), ("b", "mail")] {
        stage.decided_before(&stage.intent(key, camille, "order", channel));
    }
    stage.dispatch();
}

/// A message was sent and another deferred; what their provider reports comes twice.
fn receipt(stage: &Stage) {
    let camille = camille(stage);
    let id = stage.decided_before(&stage.intent("a", camille, "order", "mail"));
    stage.provider("mail").answer_with([SendOutcome::Deferred { retry_at: stage.now() }]);
    stage.dispatch();
    for (number, of) in [(1, format!("mail-{id}")), (2, "never sent".to_owned())] {
        let body = format!(
            r#"{{"id":"r{number}","occurred_at":"2026-04-01T11:00:00Z",
            "receipt":{{"of":"{of}","status":"delivered"}}}}"#
        );
        stage.tell("mail", &body);
        stage.tell("mail", &body);
    }
}

/// One person is erased, another stays.
fn erase(stage: &Stage) {
    stage.told_before("web", VISIT);
    let other = VISIT.replace(r#""1""#, r#""6""#).replace(r#""c""#, r#""e""#);
    let visitor = stage.told_before("web", &other.replace("z@b.fr", "y@b.fr"));
    stage.told_before("web", BRIDGE);
    stage.erase(visitor);
}

/// An e-mail joins two records; then the rules say that it joins nobody.
fn reconfigure(stage: &Stage) {
    stage.told_before("web", VISIT);
    stage.told_before("web", CARD);
    stage.told_before("web", BRIDGE);
    stage.block("z@b.fr");
    stage.tell("web", LATER);
}

/// What another store exported comes in, all over again after each failure.
fn import(stage: &Stage) {
    let elsewhere = Stage::new(&[]);
    camille(&elsewhere);
    elsewhere.told_before("web", CORRECTED);
    let pages = elsewhere.export();
    stage.told_before("web", ANSWER);
    stage.import(&pages);
}

/// Two messages were given up, one perhaps sent and one refused; somebody wants both sent.
fn requeue(stage: &Stage) {
    let camille = camille(stage);
    let no = SendOutcome::Rejected { reason: "closed".to_owned() };
    stage.provider("letter").answer_with([SendOutcome::Unknown]);
    stage.provider("mail").answer_with([no]);
    let ids = [("a", "letter"), ("b", "mail")]
        .map(|(key, channel)| stage.decided_before(&stage.intent(key, camille, "order", channel)));
    stage.dispatched_before();
    for id in ids {
        stage.requeue(id);
    }
    stage.dispatch();
}

/// Two hubs receive what joins customers, decide on one key and dispatch, all at once.
fn two_hubs(stage: &Stage, schedule: u64) {
    stage.told_before("web", VISIT);
    let camille = stage.told_before("web", CARD);
    let tasks = [[BRIDGE, ANSWER], [ANSWER, BRIDGE]].map(|bodies| {
        let hub = stage.another_hub();
        let intents: [Intent; 2] = [
            stage.intent("a", camille, "order", "mail"),
            stage.intent("b", camille, "order", "letter"),
        ];
        let task: Task<()> = Box::pin(async move {
            for body in bodies {
                hub.tell("web", body).await;
            }
            for intent in &intents {
                hub.decide(intent).await;
            }
            hub.dispatch_once().await;
        });
        task
    });
    for key in ["a", "b"] {
        stage.expect_decision(&stage.intent(key, camille, "order", "mail"));
    }
    interleave_seeded(schedule, tasks.into());
    stage.dispatch();
}

/// Plays a scenario under faults; the end, the calls there were, and how many faults fired.
fn play(scenario: &Scenario, faults: &[(u64, Fault)]) -> (End, u64, u64) {
    let stage = Stage::new(faults);
    scenario.1(&stage);
    (block_on(stage.end()), stage.calls(), stage.fired())
}

/// Runs of a scenario in which every planned fault fired.
fn try_all(scenario: &Scenario) -> usize {
    let (undisturbed, ..) = play(scenario, &[]);
    undisturbed.check_alone();
    let (mut runs, mut ambiguous) = (0, 0);
    let mut run = |faults: &[(u64, Fault)]| {
        let (end, calls, fired) = play(scenario, faults);
        if fired == faults.len() as u64 {
            runs += 1;
            ambiguous += usize::from(end.agrees_with(&undisturbed, scenario.0, faults));
        }
        calls
    };
    for fault in Fault::ALL {
        let mut at = 1;
        while run(&[(at, fault)]) >= at {
            at += 1;
        }
    }
    if scenario.2 == Tried::Pairs {
        for (first, second) in
            Fault::ALL.into_iter().flat_map(|one| Fault::ALL.map(|other| (one, other)))
        {
            let mut at = 1;
            while play(scenario, &[(at, first)]).1 > at {
                let mut then = at + 1;
                while run(&[(at, first), (then, second)]) >= then {
                    then += 1;
                }
                at += 1;
            }
        }
    }
    println!("{:>22}: {runs} runs, {ambiguous} of them ended otherwise, and say so", scenario.0);
    runs
}

#[test]
fn every_fault_at_every_call_loses_nothing_and_doubles_nothing() {
    let runs: usize = SCENARIOS.iter().map(try_all).sum();
    println!("{runs} runs in all");
    assert!(runs >= 2_000, "{runs} runs");
}
