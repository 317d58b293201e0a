//! A person is erased from facts of nobody and copies on others' records too.

use omnichannel::model::{Anomaly, Keeping};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::tenant;
use crate::world::{digest, portraits, shop};

const TABLET: &str = r#"{"namespace":"device","value":"tablet-of-zoe"}"#;

#[test]
fn what_a_personal_device_did_while_nobody_was_identified_goes_too() {
    let shop = shop(MemoryStore::new());
    let anonymous = format!(
        r#"{{"id":"1","act":"viewed","occurred_at":"2026-03-01T09:00:00Z",
        "identifiers":[{TABLET}]}}"#
    );
    let other = r#"{"id":"2","act":"viewed","occurred_at":"2026-03-01T09:00:00Z",
        "identifiers":[{"namespace":"device","value":"kiosk"}]}"#;
    assert_eq!((shop.tell(&anonymous), shop.tell(other)), (Ok(None), Ok(None)));
    let signed_in = format!(
        r#"{{"id":"3","act":"identified","occurred_at":"2026-03-01T10:00:00Z",
        "sender":{{"namespace":"account","value":"zoe"}},"identifiers":[{TABLET}]}}"#
    );
    let zoe = shop.tell(&signed_in).expect("new").expect("Zoé");
    assert_eq!(block_on(shop.hub.unattributed(tenant())).expect("read").len(), 2);
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    assert_eq!(receipt.erased[&omnichannel::model::Kind::Touchpoint], 2);
    assert_eq!(block_on(shop.hub.unattributed(tenant())).expect("read").len(), 1);
    assert_eq!(shop.tell(&anonymous), Err("erased"));
    assert_eq!(shop.tell(other), Ok(None), "known, and nobody's");
}

#[test]
fn a_copy_that_views_do_not_take_goes_and_the_fact_of_the_other_stays() {
    let world = shop(MemoryStore::new());
    let wrong = world.visit("1", "zoe", "zoe@b.fr", "01T10");
    let right = world.visit("1", "noel", "noel@b.fr", "01T10");
    let right = right.replacen("\"id\"", "\"revision\":1,\"id\"", 1);
    world.tell(&wrong).expect("new");
    world.tell(&right).expect("new");
    let zoe = world.tell(&world.visit("2", "zoe", "zoe@b.fr", "02T10"));
    let zoe = zoe.expect("new").expect("Zoé");
    assert_eq!(portraits(&world.hub).len(), 2);
    assert_eq!(block_on(world.hub.anomalies(tenant())).expect("read").len(), 1);
    block_on(world.hub.erase(tenant(), zoe, "r")).expect("erased");

    let never = shop(MemoryStore::new());
    never.tell(&right).expect("new");
    assert_eq!(digest(&world.hub), digest(&never.hub));
    assert_eq!(block_on(world.hub.anomalies(tenant())).expect("read"), Vec::<Anomaly>::new());
    assert_eq!(world.tell(&wrong), Err("erased"));
    assert!(world.tell(&right).is_ok());
    assert_eq!(digest(&world.hub), digest(&never.hub));
}

#[test]
fn a_later_fact_of_nobody_stays() {
    let shop = shop(MemoryStore::new());
    let later = format!(
        r#"{{"id":"1","act":"viewed","occurred_at":"2026-03-20T09:00:00Z",
        "identifiers":[{TABLET}]}}"#
    );
    shop.tell(&later).expect("new");
    let signed_in = format!(
        r#"{{"id":"3","act":"identified","occurred_at":"2026-03-01T10:00:00Z",
        "sender":{{"namespace":"account","value":"zoe"}},"identifiers":[{TABLET}]}}"#
    );
    let zoe = shop.tell(&signed_in).expect("new").expect("Zoé");
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    assert_eq!(receipt.kept.get(&Keeping::LaterFacts), None, "it is nobody's");
    assert_eq!(block_on(shop.hub.unattributed(tenant())).expect("read").len(), 1);
}
