//! What people rule in circles and against each other.

use omnichannel::Hub;
use omnichannel::model::{IdentityRules, RecordId, Ruling};
use omnichannel::testkit::block_on;

use crate::common::{Dice, tenant};
use crate::told::{
    customers, digest, how, portraits, rule, same, seen, tell_all, under, visit, why,
};

const NOON: &str = "2026-03-01T12:00:00Z";
const ONE: &str = "2026-03-02T10:00:00Z";
const TWO: &str = "2026-03-02T11:00:00Z";

type Ruled = (usize, usize, Ruling, &'static str);

/// Three strangers of an account each.
fn strangers(count: usize) -> (Hub, Vec<RecordId>) {
    let hub = under(IdentityRules::default());
    let account = |n: usize| visit(&format!("v{n}"), NOON, &[seen("account", &format!("a{n}"))]);
    let records = tell_all(&hub, &(0..count).map(account).collect::<Vec<_>>());
    (hub, records)
}

/// The hub that was told these verdicts; every order gives the same views and explanations.
fn ruled(verdicts: &[Ruled], count: usize) -> (Hub, Vec<RecordId>) {
    let (first, records) = strangers(count);
    let tell = |hub: &Hub, (a, b, ruling, at): &Ruled| {
        rule(hub, (records[*a], records[*b]), *ruling, at);
    };
    verdicts.iter().for_each(|verdict| tell(&first, verdict));
    let mut dice = Dice::new(7);
    for _ in 0..6 {
        let (other, _) = strangers(count);
        let mut shuffled = [verdicts, verdicts].concat();
        dice.shuffle(&mut shuffled);
        shuffled.iter().for_each(|verdict| tell(&other, verdict));
        assert_eq!(digest(&other), digest(&first));
        for a in &records {
            assert_eq!(how(&other, *a), how(&first, *a));
            records.iter().for_each(|b| assert_eq!(why(&other, *a, *b), why(&first, *a, *b)));
        }
    }
    (first, records)
}

#[test]
fn a_circle_of_must_links_is_one_customer() {
    let circle = [(0, 1, Ruling::Same, ONE), (1, 2, Ruling::Same, ONE), (2, 0, Ruling::Same, ONE)];
    let (hub, records) = ruled(&circle, 3);
    assert_eq!(customers(&hub).len(), 1);
    let health = block_on(hub.health(tenant(), records[0])).expect("read").expect("known");
    assert_eq!((health.joins, health.bridges, health.conflicts), (3, 0, 0), "{health:?}");
    assert!(how(&hub, records[0]).contains("no single join holds it together"));
    assert!(why(&hub, records[0], records[2]).contains("ruled that they are one party"));
}

#[test]
fn a_cannot_link_breaks_a_circle_and_every_side_says_so() {
    let circle = [
        (0, 1, Ruling::Same, ONE),
        (1, 2, Ruling::Same, ONE),
        (2, 0, Ruling::Same, ONE),
        (0, 2, Ruling::Different, TWO),
    ];
    let (hub, records) = ruled(&circle, 3);
    assert_eq!(customers(&hub).len(), 2);
    assert!(!same(&hub, records[0], records[2]), "a cannot-link is never broken");
    let apart = why(&hub, records[0], records[2]);
    assert!(apart.contains("- verdict: ") && apart.contains("they are two parties"), "{apart}");
    // The middle is with one of them; the other's must-link is kept as refused, with its reason.
    let left = if same(&hub, records[0], records[1]) { records[2] } else { records[0] };
    let refused = why(&hub, records[1], left);
    assert!(refused.contains("refused_join") && refused.contains("two parties"), "{refused}");
    for record in &records {
        assert!(how(&hub, *record).contains("refused_join"), "{}", how(&hub, *record));
    }
    // The cannot-link is taken back: the circle closes, without the side that it had replaced.
    rule(&hub, (records[0], records[2]), Ruling::Undecided, "2026-03-02T12:00:00Z");
    assert_eq!(customers(&hub).len(), 1);
}

#[test]
fn a_long_circle_with_a_cannot_link_across_it_is_cut_on_both_sides_and_nowhere_else() {
    let mut verdicts: Vec<Ruled> = (0..40).map(|n| (n, (n + 1) % 40, Ruling::Same, ONE)).collect();
    verdicts.push((0, 20, Ruling::Different, TWO));
    let (hub, records) = ruled(&verdicts, 40);
    assert_eq!(customers(&hub).len(), 2);
    assert!(!same(&hub, records[0], records[20]));
    let conflicts = block_on(hub.health(tenant(), records[0])).expect("read").expect("known");
    assert_eq!((conflicts.conflicts, conflicts.ruled_conflicts), (2, 2), "{conflicts:?}");
}

#[test]
fn of_two_contrary_decisions_the_later_holds_in_either_order() {
    for (first, second, joined) in
        [(Ruling::Same, Ruling::Different, false), (Ruling::Different, Ruling::Same, true)]
    {
        let (hub, records) = ruled(&[(0, 1, first, ONE), (1, 0, second, TWO)], 2);
        assert_eq!(same(&hub, records[0], records[1]), joined);
        let said = why(&hub, records[0], records[1]);
        assert!(said.contains("2026-03-02T11:00:00") && !said.contains("T10:00:00"), "{said}");
    }
}

#[test]
fn of_two_contrary_decisions_at_one_instant_one_holds_in_either_order_and_is_named() {
    let pairs = [(0, 1, Ruling::Same, ONE), (0, 1, Ruling::Different, ONE)];
    let (hub, records) = ruled(&pairs, 2);
    let joined = same(&hub, records[0], records[1]);
    let said = why(&hub, records[0], records[1]);
    assert_eq!(said.contains("ruled that they are one party"), joined, "{said}");
    assert_eq!(said.contains("ruled that they are two parties"), !joined, "{said}");
    // Whoever looks again settles it.
    rule(&hub, (records[0], records[1]), Ruling::Same, TWO);
    assert!(same(&hub, records[0], records[1]));
    let before = portraits(&hub);
    rule(&hub, (records[0], records[1]), Ruling::Different, ONE);
    assert_eq!(portraits(&hub), before, "what was ruled before changes nothing");
}

#[test]
fn decisions_dated_at_the_ends_of_time_are_compared_like_others() {
    let ends = [
        (0, 1, Ruling::Same, "0001-01-01T00:00:00Z"),
        (0, 1, Ruling::Different, "1900-01-01T00:00:00Z"),
        (0, 1, Ruling::Same, "9999-12-31T23:59:59.999999Z"),
        (0, 1, Ruling::Different, "2200-01-01T00:00:00Z"),
    ];
    let (hub, records) = ruled(&ends, 2);
    assert!(same(&hub, records[0], records[1]));
    assert!(why(&hub, records[0], records[1]).contains("9999-12-31"));
}
