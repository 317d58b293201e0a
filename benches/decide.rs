//! What deciding costs: one candidate, and a hundred of one customer.
//!
//! ```text
//! cargo bench --bench decide
//! ```
//!
//! One candidate on five channels, under the standard rules and a stranger's, fifteen in all,
//! beside 50 things said before. On the last channel it can be sent, so that every channel is
//! judged; and, as most messages do, on the first. Without the digest of the view, told apart.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

#[path = "clock/mod.rs"]
mod clock;

use clock::on_core;
use omnichannel::consistency::{
    Candidate, Case, Judgement, Rule, STANDARD, arbitrate_with, conclude_with, digest,
};
use omnichannel::model::*;
use uuid::Uuid;

const ROUNDS: usize = 15;

/// A rule of somebody else's.
#[derive(Debug)]
struct Stranger(&'static str);

impl Rule for Stranger {
    fn name(&self) -> &'static str {
        self.0
    }

    fn judge(&self, case: &Case<'_>) -> Judgement {
        if case.view.restricted { Judgement::block("no") } else { Judgement::pass("yes") }
    }
}

const STRANGERS: [&dyn Rule; 1] = [&Stranger("weather")];

fn main() {
    let trial = !std::env::args().any(|word| word == "--bench");
    let (rounds, times) = if trial { (1, 2) } else { (ROUNDS, 20_000) };
    let rules: Vec<&dyn Rule> = STANDARD.into_iter().chain(STRANGERS).collect();
    let policy = policy();
    println!("{} rules, 50 entries, 5 channels", rules.len());
    for (name, free) in [("sent by the first channel", 0), ("sent by the fifth", 4)] {
        let (view, intent) = (view(50, free), intent(0));
        let took = median(rounds, || {
            for n in 0..times {
                let id = DecisionId::from_uuid(Uuid::from_u128(n));
                let candidate = Candidate { id, intent: &intent, view: &view };
                black_box(conclude_with(&rules, &policy, &candidate, &[], now()));
            }
        });
        let each = took.as_secs_f64() / times as f64;
        println!("  {name}: {:.2} us, {:.0} a second", each * 1e6, 1.0 / each);
    }
    let of = view(50, 0);
    let times = times / 10 + 1;
    let took = median(rounds, || {
        (0..times).for_each(|_| {
            black_box(digest(&of));
        });
    });
    println!("  digest of the view: {:.2} us", took.as_secs_f64() / times as f64 * 1e6);
    for (candidates, entries) in [(100, 50), (200, 50), (100, 100)] {
        let took = arbitration(&rules, &policy, candidates, entries, rounds);
        println!("{candidates} candidates, {entries} entries: {:.0} us", took.as_secs_f64() * 1e6);
    }
}

fn arbitration(
    rules: &[&dyn Rule],
    policy: &Policy,
    candidates: usize,
    entries: usize,
    rounds: usize,
) -> Duration {
    let view = view(entries, 0);
    let intents: Vec<Intent> = (0..candidates).map(intent).collect();
    let candidates: Vec<Candidate<'_>> = intents
        .iter()
        .zip(0..)
        .map(|(intent, n)| Candidate {
            id: DecisionId::from_uuid(Uuid::from_u128(n)),
            intent,
            view: &view,
        })
        .collect();
    median(rounds, || {
        black_box(arbitrate_with(rules, policy, &candidates, now()));
    })
}

fn median(rounds: usize, work: impl Fn()) -> Duration {
    let once = || {
        let before = on_core();
        work();
        on_core().saturating_sub(before)
    };
    let mut took: Vec<Duration> = (0..rounds).map(|_| once()).collect();
    took.sort_unstable();
    took[took.len() / 2]
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_774_000_000).unwrap_or(Timestamp::MIN)
}

fn channel(n: usize) -> ChannelId {
    ChannelId::new(["email", "sms", "whatsapp", "push", "letter"][n]).expect("a name")
}

fn policy() -> Policy {
    let rules = PurposeRules {
        basis: LawfulBasis::Consent,
        respects_quiet_hours: true,
        once_within_hours: 24,
        delivery: DeliveryClass::default(),
    };
    let quiet = QuietHours {
        from_minute: 22 * 60,
        until_minute: 6 * 60,
        action: QuietAction::Hold,
        plausible_offsets: vec![UtcOffset::UTC],
    };
    let cap = |name: &str, max, hours| FrequencyCap {
        name: name.to_owned(),
        max,
        within: CapWindow::RollingHours(hours),
        holds: Only::All,
        counts: Only::All,
        channels: Only::All,
        action: QuietAction::Skip,
    };
    Policy {
        purposes: BTreeMap::from([(Purpose::new("marketing"), rules)]),
        quiet_hours: Some(quiet),
        caps: vec![cap("three a day", 3, 24), cap("sixty in two months", 60, 60 * 24)],
        ..Policy::default()
    }
}

/// A customer on five channels, free from one of them on, to whom so much was said.
fn view(entries: usize, free: usize) -> ContactView {
    let proof = TouchpointId::from_uuid(Uuid::from_u128(9));
    let reach = (0..5).map(|n| Reach {
        consent: (n >= free).then_some((ConsentState::Given, proof)),
        ..Reach::new(
            channel(n),
            IdentifierId::from_uuid(Uuid::from_u128(100 + n as u128)),
            Namespace::Email,
        )
    });
    let said = (0..entries).map(|n| LedgerEntry {
        decision: DecisionId::from_uuid(Uuid::from_u128(1_000_000 + n as u128)),
        purpose: Purpose::new("marketing"),
        occasion: format!("campaign {n}"),
        channel: channel(n % 5),
        at: now().shifted_micros(-(n as i64 + 2) * 27 * 3_600_000_000),
        state: LedgerState::Sent,
        step_of: None,
        told: Vec::new(),
    });
    let subject = RecordId::from_uuid(Uuid::from_u128(7));
    ContactView {
        reach: reach.collect(),
        ledger: said.collect(),
        utc_offset: Some(UtcOffset::UTC),
        ..ContactView::new(subject.into())
    }
}

fn intent(n: usize) -> Intent {
    let subject = RecordId::from_uuid(Uuid::from_u128(7));
    let purpose = Purpose::new("marketing");
    Intent {
        channels: (0..5).map(channel).collect(),
        priority: n as i32 % 7,
        ..Intent::new(format!("offer {n}"), subject, purpose, channel(0), "The new dresses.")
    }
}
