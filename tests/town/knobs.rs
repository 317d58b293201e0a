//! People and touchpoints are as many, and as odd, as the knobs say.

use std::collections::{BTreeMap, BTreeSet};

use omnichannel::model::{Assurance, ChannelKind, Identifier, Namespace, Timestamp};
use omnichannel::testkit::town::{Knobs, Number, Sighting, Town};

use super::{key, lines, town};

/// Enough for counts to be near what they should be.
const MANY: u32 = 20_000;

/// Five standard deviations around so many per mille of `all`.
#[track_caller]
fn assert_share(count: usize, all: usize, per_mille: f64, what: &str) {
    let (all, share) = (all as f64, per_mille / 1_000.0);
    let (mean, deviation) = (all * share, (all * share * (1.0 - share)).sqrt());
    let off = (count as f64 - mean).abs();
    assert!(off <= 5.0 * deviation + 1.0, "{what}: {count} of {all}, not about {mean:.0}");
}

/// Of each identifier that is not blocked, on whom it was seen.
fn bearers(town: &Town) -> BTreeMap<(Namespace, Option<String>, String), BTreeSet<u32>> {
    let mut bearers: BTreeMap<_, BTreeSet<u32>> = BTreeMap::new();
    for sighting in town.sightings() {
        for key in sighting.identifiers.iter().filter_map(key) {
            bearers.entry(key).or_default().insert(sighting.person);
        }
    }
    bearers
}

#[test]
fn a_wrong_knob_says_what_it_may_be() {
    let said = |knobs: Knobs| Town::new(knobs).expect_err("a wrong knob").to_string();
    let knobs = Knobs::default;
    assert_eq!(said(knobs().people(0)), "the knob `people` is 0: it goes from 1 to 10000000");
    assert_eq!(said(knobs().typos(1_001)), "the knob `typos` is 1001: it goes from 0 to 1000");
    assert_eq!(
        said(knobs().kiosk_every(100)),
        "the knob `kiosk_people` is 300: a kiosk stands for `kiosk_every` (100) people"
    );
    assert_eq!(
        said(knobs().reassigned(451)),
        "the knob `reassigned` is 451: `sharing` (100) leaves at most 450"
    );
    for share in [0, 1_000] {
        let all = knobs().people(300).sharing(share).reassigned(0).junk(share).typos(share);
        let all = all.role_mailboxes(share).marriages(share).moves(share).accounts(share);
        let all = all.loyalty_cards(share).weak_sharers(share).browsing(share).late(share);
        assert!(!lines(&town(all.unordered(share).duplicated(share))).is_empty());
    }
}

#[test]
fn knobs_are_kept_as_json() {
    let knobs = Knobs::default().people(3).seed(9);
    let text = serde_json::to_string(&knobs).expect("JSON");
    assert_eq!(serde_json::from_str::<Knobs>(&text).expect("JSON"), knobs);
    assert_eq!(serde_json::from_str::<Knobs>("{}").expect("JSON"), Knobs::default());
    assert!(serde_json::from_str::<Knobs>(r#"{"peeple":3}"#).is_err());
}

#[test]
fn people_are_as_the_knobs_say() {
    let town = town(Knobs::default().people(MANY));
    let count = |holds: &dyn Fn(u32) -> bool| (0..MANY).filter(|person| holds(*person)).count();
    let all = MANY as usize;
    let is = |person| town.person(person);
    let shares = |person| is(person).shares_phone || is(person).shares_mailbox;
    // Households share as a whole, so that people come in lumps of 8/3.
    let households: BTreeSet<u32> =
        (0..MANY).filter(|p| shares(*p)).map(|p| is(p).household).collect();
    assert_share(households.len(), all * 3 / 8, 100.0, "households that share");
    assert_share(count(&|p| is(p).role_mailbox), count(&|p| !is(p).shares_mailbox), 10.0, "roles");
    assert_share(count(&|p| is(p).marries_on.is_some()), all, 10.0, "marriages");
    assert_share(count(&|p| is(p).moves_on.is_some()), all, 80.0, "moves");
    let alone = count(&|p| !is(p).shares_or_passes_on());
    let accounts = count(&|p| is(p).account && !is(p).shares_or_passes_on());
    assert_share(accounts, alone, 850.0, "accounts");
    assert_share(count(&|p| is(p).loyalty_card), all, 400.0, "cards");
    assert!((0..MANY).all(|p| is(p).account || !is(p).shares_or_passes_on()));

    let inherited = count(&|p| matches!(is(p).number, Number::Inherited { .. }));
    assert_eq!(inherited, all * 20 / 1_000);
    for person in 0..MANY {
        if let Number::Inherited { from, day } = is(person).number {
            let given_up = Number::GivenUp { to: person, day: day - 90 };
            assert_eq!(is(from).number, given_up);
        }
    }
    let kiosks: BTreeSet<u32> = (0..MANY).filter_map(|p| is(p).kiosk).collect();
    assert_eq!(kiosks.len(), 20);
}

#[test]
fn touchpoints_are_as_the_knobs_say() {
    let town = town(Knobs::default().people(MANY));
    let all: Vec<Sighting> = town.sightings().collect();
    let first: Vec<&Sighting> = all.iter().filter(|sighting| !sighting.repeated).collect();
    assert_share(all.len() - first.len(), first.len(), 30.0, "copies");
    let delay = |sighting: &Sighting| sighting.arrived.since(sighting.occurred).as_secs();
    let late = first.iter().filter(|sighting| delay(sighting) >= 86_400).count();
    assert_share(late, first.len(), 50.0, "late");
    let soon = first.iter().filter(|sighting| (61..86_400).contains(&delay(sighting))).count();
    assert_share(soon, first.len() - late, 100.0, "unordered");
    assert!(all.is_sorted_by_key(|sighting| sighting.arrived));
    assert!(!first.is_sorted_by_key(|sighting| sighting.occurred));

    let mut counts = vec![0_usize; MANY as usize];
    first.iter().for_each(|sighting| counts[sighting.person as usize] += 1);
    for touchpoints in 1..=8 {
        let people = counts.iter().filter(|count| **count == touchpoints).count();
        assert_share(people, counts.len(), 125.0, "people of so many touchpoints");
    }
    let mut kinds: BTreeSet<ChannelKind> = BTreeSet::new();
    kinds.extend(town.channels().map(|channel| channel.kind));
    let seen: BTreeSet<&str> = first.iter().map(|sighting| sighting.channel).collect();
    assert_eq!((kinds.len(), seen.len()), (21, 21), "each of the twenty, and one of its own");
    assert!(kinds.contains(&ChannelKind::Other("concierge".to_owned())));

    for kiosk in 0..20 {
        let device = format!("kiosk-{kiosk:04}");
        let at_it = |s: &&&Sighting| s.identifiers.iter().any(|i| *i.value.expose() == device);
        let people: BTreeSet<u32> = first.iter().filter(at_it).map(|s| s.person).collect();
        assert_share(people.len(), 1_000, 300.0, "people at a kiosk");
    }
}

#[test]
fn junk_and_slips_are_as_many_as_the_knobs_say() {
    let knobs = Knobs::default().people(MANY).duplicated(0);
    let values = |knobs: Knobs| -> Vec<Identifier> {
        town(knobs).sightings().flat_map(|sighting| sighting.identifiers).collect()
    };
    let clean = values(knobs.clone().junk(0).typos(0));
    let junk = values(knobs.clone().typos(0));
    let slips = values(knobs.junk(0));
    assert!(clean.len() == junk.len() && clean.len() == slips.len());
    let differ = |other: &[Identifier], of: &dyn Fn(&Identifier) -> bool| {
        let all = clean.iter().zip(other).filter(|(clean, _)| of(clean));
        let (count, differ) = all.fold((0, 0), |(n, d), (a, b)| (n + 1, d + usize::from(a != b)));
        (differ, count)
    };
    let written = |it: &Identifier| it.assurance == Assurance::Asserted;
    let (count, all) = differ(&junk, &|it| written(it) && it.namespace != Namespace::Device);
    assert_share(count, all, 10.0, "junk");
    assert_eq!(differ(&junk, &|it| !written(it)).0, 0, "nobody proves junk");
    let (count, _) =
        differ(&slips, &|it| !matches!(it.namespace, Namespace::Email | Namespace::Phone));
    assert_eq!(count, 0, "only what somebody typed has slips");
    let (count, all) = differ(&slips, &|it| it.namespace == Namespace::Email);
    assert!(count > 0 && count * 50 < all, "{count} of {all}, not all of them typed");
}

#[test]
fn nobody_has_what_is_anothers_alone() {
    let town = town(Knobs::default().people(MANY));
    let mut shared: BTreeMap<&str, usize> = BTreeMap::new();
    let bearers = bearers(&town);
    for ((namespace, _, value), people) in &bearers {
        let kiosk = value.starts_with("kiosk-");
        if people.len() > 1 && !kiosk {
            *shared.entry(namespace.name()).or_default() += 1;
        }
    }
    let namespaces: Vec<&str> = shared.keys().copied().collect();
    assert_eq!(namespaces, ["email", "phone", "whats_app"], "{shared:?}");
    let sizes = bearers.iter().filter(|((namespace, ..), _)| *namespace == Namespace::Account);
    assert!(sizes.count() > 15_000, "accounts are seen");
}

#[test]
fn a_number_passes_from_one_to_another_after_a_gap() {
    let town = town(Knobs::default().people(MANY).junk(0).typos(0));
    let mut uses: BTreeMap<String, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for sighting in town.sightings() {
        let day = sighting.occurred.since("2025-01-01T00:00:00Z".parse().expect("a time"));
        let day = u32::try_from(day.as_secs() / 86_400).expect("a year");
        let phones = sighting.identifiers.iter().filter(|it| it.namespace == Namespace::Phone);
        for phone in phones.filter_map(key).filter(|(.., value)| value.starts_with('+')) {
            uses.entry(phone.2).or_default().insert((day, sighting.person));
        }
    }
    let mut passed = 0;
    for days in uses.values() {
        let people: BTreeSet<u32> = days.iter().map(|(_, person)| *person).collect();
        if people.len() != 2 || people.iter().any(|p| town.person(*p).shares_phone) {
            assert!(people.len() == 1 || people.iter().all(|p| town.person(*p).shares_phone));
            continue;
        }
        passed += 1;
        let of = |wanted: u32| days.iter().filter(move |(_, p)| *p == wanted).map(|(day, _)| *day);
        let heir =
            people.iter().find(|p| matches!(town.person(**p).number, Number::Inherited { .. }));
        let heir = *heir.expect("one of them inherited it");
        let Number::Inherited { from, day } = town.person(heir).number else { unreachable!() };
        assert!(of(from).all(|used| used < day - 90) && of(heir).all(|used| used >= day));
    }
    assert!(passed > 50, "only {passed} numbers were seen with both");
}

#[test]
fn whoever_browses_first_is_known_by_the_cookie_later() {
    let town = town(Knobs::default().people(2_000).browsing(1_000).junk(0));
    let mut sessions: BTreeMap<String, Vec<(bool, Timestamp)>> = BTreeMap::new();
    for sighting in town.sightings().filter(|sighting| sighting.channel == "web") {
        let cookie = sighting.identifiers.iter().find(|it| it.namespace == Namespace::Cookie);
        let known = sighting.identifiers.iter().any(|it| it.namespace == Namespace::Account);
        let cookie = cookie.expect("every browser has one").value.expose().clone();
        sessions.entry(cookie).or_default().push((known, sighting.occurred));
    }
    let joined = sessions.values_mut().filter_map(|session| {
        session.sort_by_key(|(_, at)| *at);
        (!session.first()?.0 && session.iter().any(|(known, _)| *known)).then_some(())
    });
    assert!(joined.count() > 100);
}
