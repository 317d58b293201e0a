//! Scored links as evidence: below identifiers, under every constraint, undone like any other.

use omnichannel::Hub;
use omnichannel::engine::Fate;
use omnichannel::model::{
    Configuration, Disclosure, IdentityRules, RecordId, Ruling, SourceRule, Timestamp,
};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::{Dice, hub, tenant};
use crate::told::{
    customers, digest, explain, how, portraits, rule, same, seen, tell, tell_all, under, visit, why,
};

const NOON: &str = "2026-03-01T12:00:00Z";
const ONE: &str = "2026-03-02T10:00:00Z";
const TWO: &str = "2026-03-02T11:00:00Z";

type Links<'a> = &'a [(RecordId, RecordId, i64)];

fn link(hub: &Hub, at: &str, links: Links<'_>) -> usize {
    let at: Timestamp = at.parse().expect("a time");
    block_on(hub.link(tenant(), "people-7", at, links.iter().copied())).expect("linked")
}

/// Strangers: of a cookie each, and of an account each.
fn strangers(guests: usize, accounts: usize) -> (Hub, Vec<RecordId>) {
    let hub = under(IdentityRules::default());
    let told = |namespace: &'static str, count| {
        (0..count).map(move |n| {
            visit(&format!("{namespace}{n}"), NOON, &[seen(namespace, &format!("{namespace}-{n}"))])
        })
    };
    let all: Vec<_> = told("cookie", guests).chain(told("account", accounts)).collect();
    let records = tell_all(&hub, &all);
    (hub, records)
}

#[test]
fn a_scored_link_joins_is_explained_and_is_undone_to_the_byte() {
    let (hub, r) = strangers(2, 0);
    let before = portraits(&hub);
    assert_eq!(link(&hub, ONE, &[(r[0], r[1], 7_300)]), 1);
    assert!(same(&hub, r[0], r[1]));
    let said = why(&hub, r[0], r[1]);
    assert!(said.contains("+ scored_link: a match weight of 7.300 bits by [model]"), "{said}");
    let full = explain(&hub, r[1], r[0]).text(Disclosure::Full);
    assert!(full.contains("by people-7"), "{full}");
    let how = how(&hub, r[0]);
    assert!(how.contains("scored_link") && how.contains("1 not verified"), "{how}");
    // The same run again is no news; a later one that finds nothing takes the link back.
    assert_eq!(link(&hub, ONE, &[(r[1], r[0], 7_300)]), 0);
    assert_eq!(link(&hub, TWO, &[(r[0], r[1], -3_000)]), 1);
    assert_eq!(portraits(&hub), before);
    let said = why(&hub, r[0], r[1]);
    assert!(
        said.contains("a match weight of -3.000 bits by [model]: too little to join"),
        "{said}"
    );
}

#[test]
fn no_weight_joins_two_accounts_nor_whom_a_person_parted() {
    let (hub, r) = strangers(1, 2);
    link(&hub, ONE, &[(r[1], r[2], 39_000), (r[0], r[1], 20_000)]);
    assert!(same(&hub, r[0], r[1]) && !same(&hub, r[1], r[2]));
    let said = why(&hub, r[1], r[2]);
    assert!(said.contains("more than 1 different account"), "{said}");
    rule(&hub, (r[0], r[1]), Ruling::Different, ONE);
    assert!(!same(&hub, r[0], r[1]));
    // A model's later word changes nothing of a person's.
    link(&hub, TWO, &[(r[0], r[1], 30_000)]);
    assert!(!same(&hub, r[0], r[1]));
    rule(&hub, (r[0], r[1]), Ruling::Undecided, TWO);
    assert!(same(&hub, r[0], r[1]), "the evidence decides again");
}

#[test]
fn an_identifier_comes_before_any_weight() {
    let rules = IdentityRules::default();
    let mail = seen("email", "ana@example.org");
    let told = [
        visit("guest", NOON, &[seen("cookie", "c"), mail.clone()]),
        visit("one", NOON, &[seen("account", "one"), mail]),
        visit("two", NOON, &[seen("account", "two")]),
    ];
    let hub = under(rules);
    let r = tell_all(&hub, &told);
    link(&hub, ONE, &[(r[0], r[2], 39_000)]);
    assert!(same(&hub, r[0], r[1]) && !same(&hub, r[0], r[2]));
    // Told the other way round it is the same.
    let other = under(IdentityRules::default());
    link(&other, ONE, &[(r[2], r[0], 39_000)]);
    for told in told.iter().rev() {
        tell(&other, told);
    }
    assert_eq!(digest(&other), digest(&hub));
}

#[test]
fn of_two_links_that_exclude_each_other_the_weightier_holds_in_any_order() {
    let mut rules = IdentityRules::default();
    let once = SourceRule { one_record_per_customer: true, ..SourceRule::default() };
    rules.sources.insert("web".to_owned(), once);
    let told: Vec<_> = (0..3)
        .map(|n| {
            let (_, body) = visit(&format!("v{n}"), NOON, &[seen("cookie", &format!("c{n}"))]);
            (if n == 0 { "app" } else { "web" }, body)
        })
        .collect();
    let mut ends = Vec::new();
    for order in 0..6 {
        let hub = under(rules.clone());
        let r = tell_all(&hub, &told);
        let mut links = vec![(r[0], r[1], 5_000), (r[0], r[2], 5_001), (r[1], r[2], 9_000)];
        Dice::new(order).shuffle(&mut links);
        for of in links {
            link(&hub, ONE, &[of]);
        }
        assert!(same(&hub, r[0], r[2]) && !same(&hub, r[0], r[1]));
        ends.push(digest(&hub));
    }
    ends.dedup();
    assert_eq!(ends.len(), 1);
}

#[test]
fn what_weighs_too_little_to_join_is_reviewed_and_decided_by_a_person() {
    let (hub, r) = strangers(4, 2);
    let links = [
        (r[0], r[1], -2_000), // for review
        (r[1], r[2], -8_000), // no link
        (r[4], r[5], 12_000), // a constraint refuses it
        (r[2], r[3], 12_000), // a link
    ];
    link(&hub, ONE, &links);
    let open = || block_on(hub.reviews(tenant(), 10)).expect("read");
    let pairs = |refused: bool| -> Vec<_> {
        let of = open().into_iter().filter(|review| review.refused == refused);
        of.map(|review| (review.scored.a, review.scored.b)).collect()
    };
    let ordered = |a: RecordId, b: RecordId| (a.min(b), a.max(b));
    assert_eq!(pairs(false), [ordered(r[0], r[1])]);
    assert_eq!(pairs(true), [ordered(r[4], r[5])]);
    assert_eq!(block_on(hub.reviews(tenant(), 1)).expect("read").len(), 1);
    rule(&hub, (r[0], r[1]), Ruling::Same, TWO);
    rule(&hub, (r[4], r[5]), Ruling::Different, TWO);
    assert_eq!(open(), []);
    assert!(same(&hub, r[0], r[1]) && !same(&hub, r[4], r[5]));
}

#[test]
fn where_links_begin_to_join_is_a_rule_that_is_previewed_and_put_in_force() {
    let hub = hub(MemoryStore::new());
    let told: Vec<_> = (0..2)
        .map(|n| visit(&format!("v{n}"), NOON, &[seen("cookie", &format!("c{n}"))]))
        .collect();
    let r = tell_all(&hub, &told);
    link(&hub, ONE, &[(r[0], r[1], 5_000)]);
    assert_eq!(customers(&hub).len(), 1);
    let identity = IdentityRules { link_weight_min: 6_644, ..IdentityRules::default() };
    let strict = Configuration { identity, ..Configuration::default() };
    let preview = block_on(hub.preview(&strict)).expect("previewed");
    assert_eq!((preview.splits, preview.joins), (1, 0));
    block_on(hub.configure(strict)).expect("configured");
    assert_eq!(customers(&hub).len(), 2);
    assert_eq!(block_on(hub.reviews(tenant(), 9)).expect("read").len(), 1);
}

#[test]
fn links_are_recorded_by_thousands_and_a_link_to_itself_is_refused() {
    let (hub, r) = strangers(2_400, 0);
    let chain: Vec<_> = r.chunks(2).map(|pair| (pair[0], pair[1], 6_000)).collect();
    assert_eq!(link(&hub, ONE, &chain), 1_200);
    assert_eq!(customers(&hub).len(), 1_200);
    let at = ONE.parse().expect("a time");
    let wrong = block_on(hub.link(tenant(), "people-7", at, [(r[0], r[0], 1)]));
    let wrong = wrong.expect_err("one record").to_string();
    assert!(wrong.contains("a link is of two records; these are one"), "{wrong}");
    // Links may come before their records, and an import of the same verdicts is no news.
    let other = under(IdentityRules::default());
    link(&other, ONE, &chain[..3]);
    assert_eq!(customers(&other).len(), 0);
    let review = block_on(hub.reviews(tenant(), 9)).expect("read");
    assert_eq!(review, []);
    let verdict = {
        let context = hub.context(tenant());
        let (a, b, weight) = chain[0];
        let at = ONE.parse().expect("a time");
        omnichannel::engine::verdict(&context, (a, b), Ruling::Scored(weight), at, "people-7", "")
    };
    let fate = block_on(hub.record_verdict(tenant(), verdict)).expect("recorded");
    assert_eq!(fate, Fate::Duplicate);
}
