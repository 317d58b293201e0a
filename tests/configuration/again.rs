//! Customers laid out again are those of a store filled under the new rules.

use std::sync::Arc;

use omnichannel::model::{Configuration, Digest, LinkRule, Namespace};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::{Task, Yielding, interleave_seeded};
use omnichannel::{ErrorKind, Hub};

use crate::VISIT;
use crate::common::failing::Failing;
use crate::common::{Dice, crowd, receive_batches, request, tenant};
use crate::world::{blocking, digest, export, given, import, melting, open, over};

/// Values that join records in a crowd: shared by all, by one person's records, by nobody.
fn values(dice: &mut Dice, persons: usize) -> Configuration {
    let mut values: Vec<String> = Vec::new();
    if dice.below(2) == 0 {
        values.push("tablet of the family".to_owned());
    }
    for _ in 0..dice.below(8) {
        let person = dice.below(persons);
        values.push(match dice.below(4) {
            0 => format!("account-{person}"),
            1 => format!("p{person}@example.org"),
            2 => format!("CARD{person:05}"),
            _ => format!("cookie-{person}"),
        });
    }
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let mut configuration = if dice.below(2) == 0 { melting(&values) } else { blocking(&values) };
    // What tells parties apart, and how many may bear one value, changes too.
    let identity = &mut configuration.identity;
    if dice.below(3) == 0 {
        identity.bearers_max = u32::try_from(2 + dice.below(30)).expect("few");
    }
    if dice.below(3) == 0 {
        let over = u32::try_from(dice.below(20)).expect("few");
        let card = LinkRule::of(&Namespace::LoyaltyCard);
        let card = LinkRule { sharing_over: Some(over), strong: false, ..card };
        *identity = std::mem::take(identity).with(Namespace::LoyaltyCard, card);
    }
    configuration
}

/// What views say of the same facts in a store that was filled under a configuration.
fn expected(lines: &[String], configuration: &Configuration) -> Digest {
    let fresh = given(&Arc::new(MemoryStore::new()), configuration.clone());
    import(&fresh, lines);
    digest(&fresh)
}

#[test]
fn laying_out_again_equals_filling_under_the_new_rules() {
    let (mut changed, mut distinct) = (0, std::collections::BTreeSet::new());
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let persons = 10 + dice.below(40);
        let store = Arc::new(MemoryStore::new());
        let first = values(&mut dice, persons);
        block_on(open(&store).configure(first)).expect("configured");
        let told = crowd(seed, persons);
        let (early, late) = told.split_at(told.len() / 2);
        block_on(receive_batches(&open(&store), early, 40));
        for step in 0..3 {
            let next = values(&mut dice, persons);
            let hub = open(&store);
            let done = block_on(hub.configure(next.clone())).expect("configured");
            changed += done.changed;
            let lines = export(&hub);
            let laid_out = digest(&hub);
            assert_eq!(laid_out, expected(&lines, &next), "seed {seed}, step {step}");
            distinct.insert(laid_out);
            let again = block_on(hub.configure(next)).expect("configured");
            assert_eq!((again.judged, again.changed), (0, 0), "nothing is left to do");
        }
        // What comes later finds everything where it belongs.
        let hub = open(&store);
        block_on(receive_batches(&hub, late, 40));
        let configuration = hub.configuration();
        assert_eq!(digest(&hub), expected(&export(&hub), &configuration), "seed {seed}");
    }
    println!("{changed} components changed, {} different layouts", distinct.len());
    assert!(changed > 200 && distinct.len() > 60, "{changed}, {}", distinct.len());
}

#[test]
fn a_device_that_a_crowd_shared_splits_as_if_it_had_never_joined() {
    let tablet = melting(&["tablet of the family"]);
    let (store, fresh) = (Arc::new(MemoryStore::new()), Arc::new(MemoryStore::new()));
    let told = crowd(3, 60);
    block_on(open(&store).configure(melting(&[]))).expect("configured");
    block_on(receive_batches(&open(&store), &told, 100));
    block_on(receive_batches(&given(&fresh, tablet.clone()), &told, 100));
    let joined = block_on(open(&store).portraits(tenant())).expect("views").len();
    block_on(open(&store).configure(tablet.clone())).expect("configured");
    assert_eq!(digest(&open(&store)), digest(&given(&fresh, tablet)));
    let split = block_on(open(&store).portraits(tenant())).expect("views").len();
    assert!(split > joined + 20, "{joined} became {split}");
    block_on(open(&store).configure(melting(&[]))).expect("configured back");
    let back = block_on(open(&store).portraits(tenant())).expect("views").len();
    assert_eq!(back, joined);
}

/// A store of many components: under its rules the tablet joins nobody.
fn filled(lines: &[String]) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let hub = open(&store);
    block_on(hub.configure(blocking(&["tablet of the family"]))).expect("configured");
    import(&hub, lines);
    store
}

/// What a crowd of some hundred components tells.
fn many() -> Vec<String> {
    let store = Arc::new(MemoryStore::new());
    block_on(receive_batches(&open(&store), &crowd(5, 300), 1_000));
    export(&open(&store))
}

#[test]
fn a_plug_that_is_pulled_at_any_call_of_laying_out_again_costs_a_second_call() {
    let lines = many();
    // The tablet joins again; a person and a card are torn apart.
    let next = blocking(&["account-7", "p9@example.org"]);
    let wanted = expected(&lines, &next);
    let mut runs = 0;
    for applies in [false, true] {
        for at in 1.. {
            let store = filled(&lines);
            let failing = Arc::new(Failing::over(&store, at, applies));
            let stopped = block_on(over(Arc::clone(&failing)).configure(next.clone()));
            if failing.is_armed() {
                break;
            }
            assert_eq!(stopped.expect_err("told").kind(), ErrorKind::Unavailable);
            let hub = open(&store);
            if at % 2 == 0 {
                // Whoever comes along goes on, if it was put in force at all.
                block_on(hub.refresh()).expect("refreshed");
                block_on(hub.resolve_again(tenant())).expect("laid out");
            }
            block_on(hub.configure(next.clone())).expect("configured");
            assert_eq!(digest(&hub), wanted, "call {at}");
            block_on(hub.receive(request("web", VISIT))).expect("taking in goes on");
            runs += 1;
        }
    }
    println!("{runs} plugs pulled");
    assert!(runs >= 30, "{runs}");
}

#[test]
fn while_customers_are_laid_out_reading_goes_on_and_taking_in_waits() {
    let store = filled(&many());
    let next = Configuration::default();
    let mut waited = 0;
    for at in 1.. {
        let failing = Arc::new(Failing::over(&store, at, false));
        let hub = over(Arc::clone(&failing));
        let stopped = block_on(hub.configure(next.clone()));
        if stopped.is_ok() {
            break;
        }
        let other = open(&store);
        block_on(other.portraits(tenant())).expect("reading goes on");
        match block_on(other.receive(request("web", VISIT))) {
            Ok(_) => assert_eq!(waited, 0, "once the door is closed it stays so"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
                assert!(error.to_string().contains("Hub::resolve_again"), "{error}");
                waited += 1;
            }
        }
    }
    assert!(waited > 3, "{waited}");
    block_on(open(&store).receive(request("web", VISIT))).expect("received");
}

#[test]
fn rules_that_change_again_in_the_middle_are_followed_to_the_last() {
    let store = filled(&many());
    let (one, other) = (blocking(&["tablet of the family"]), blocking(&["account-3"]));
    let back = Configuration::default();
    for (at, last) in [(8, &other), (9, &back), (11, &other), (12, &back), (14, &one)] {
        let failing = Arc::new(Failing::over(&store, at, false));
        let _stopped = block_on(over(failing).configure(one.clone()));
        let hub = open(&store);
        block_on(hub.configure((*last).clone())).expect("configured");
        assert_eq!(digest(&hub), expected(&export(&hub), last), "stopped at {at}");
    }
}

/// Takes in until it is taken, as a caller does who heeds the error's advice.
async fn receive_all(hub: &Hub, seed: u64) {
    for request in crowd(seed, 6) {
        while let Err(error) = hub.receive(request.clone()).await {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
            // Whoever is told so may as well go on with the work.
            if let Err(error) = hub.resolve_again(tenant()).await {
                assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
            }
        }
    }
}

#[test]
fn hubs_that_take_in_while_another_configures_leave_what_the_last_rules_say() {
    let (one, other) = (blocking(&["tablet of the family", "account-1"]), blocking(&["account-2"]));
    for seed in 0..60 {
        let store = Arc::new(MemoryStore::new());
        block_on(receive_batches(&open(&store), &crowd(9, 10), 100));
        let yielding = Arc::new(Yielding(Arc::clone(&store)));
        let hubs: Vec<Arc<Hub>> = (0..4).map(|_| Arc::new(over(Arc::clone(&yielding)))).collect();
        let mut tasks: Vec<Task<()>> = Vec::new();
        for (at, hub) in hubs.iter().take(2).enumerate() {
            let hub = Arc::clone(hub);
            tasks.push(Box::pin(async move { receive_all(&hub, 20 + at as u64).await }));
        }
        for (hub, configuration) in hubs[2..].iter().zip([&one, &other]) {
            let (hub, configuration) = (Arc::clone(hub), configuration.clone());
            tasks.push(Box::pin(async move {
                while let Err(error) = hub.configure(configuration.clone()).await {
                    let kinds = [ErrorKind::Conflict, ErrorKind::Unavailable];
                    assert!(kinds.contains(&error.kind()), "{error}");
                }
            }));
        }
        interleave_seeded(seed, tasks);
        let hub = open(&store);
        block_on(hub.refresh()).expect("refreshed");
        block_on(hub.resolve_again(tenant())).expect("laid out");
        let last = hub.configuration();
        assert!(*last == one || *last == other);
        assert_eq!(digest(&hub), expected(&export(&hub), &last), "seed {seed}");
    }
}
