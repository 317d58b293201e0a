//! Golden records: which value survives, and what becomes of the others.

use omnichannel::Hub;
use omnichannel::model::{Configuration, Customer, SourceRule, Survivorship};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::{hub, request, tenant};

const CITIES: [(&str, &str, &str); 5] = [
    ("web", "2026-01-01T10:00:00Z", "Lyon"),
    ("store", "2026-01-02T10:00:00Z", "Villeurbanne"),
    ("app", "2026-01-03T10:00:00Z", "Lyon"),
    ("web", "2026-01-04T10:00:00Z", "Paris"),
    ("web", "2026-01-04T10:00:00Z", "Lille"),
];

fn customer(survivorship: Option<Survivorship>, backwards: bool) -> Customer {
    let mut configuration = Configuration::default();
    let rules = &mut configuration.identity;
    rules.survivorship.extend(survivorship.map(|rule| ("city".to_owned(), rule)));
    rules.sources.insert("store".to_owned(), SourceRule { trust: 200, ..SourceRule::default() });
    let hub: Hub = hub(MemoryStore::new()).configured(configuration).expect("fine rules");
    let mut cities: Vec<_> = CITIES.iter().enumerate().collect();
    if backwards {
        cities.reverse();
    }
    let mut record = None;
    for (n, (channel, at, city)) in cities {
        let body = format!(
            r#"{{"id":"{n}","act":"visited","occurred_at":"{at}","attributes":{{"city":"{city}"}},
                "sender":{{"namespace":"email","value":"ana@example.org"}}}}"#
        );
        let reception = block_on(hub.receive(request(channel, &body))).expect("received");
        record = reception.taken[0].record;
    }
    let record = record.expect("a record");
    block_on(hub.customer(tenant(), record)).expect("read").expect("known")
}

#[test]
fn each_rule_chooses_its_value_in_any_order() {
    for (rule, expected) in [
        (Some(Survivorship::MostFrequent), "Lyon"),
        (Some(Survivorship::MostTrusted), "Villeurbanne"),
        (Some(Survivorship::Longest), "Villeurbanne"),
        (Some(Survivorship::Earliest), "Lyon"),
    ] {
        for backwards in [false, true] {
            let customer = customer(rule, backwards);
            assert_eq!(customer.field("city").expect("known").expose(), expected, "{rule:?}");
        }
    }
}

#[test]
fn without_a_rule_the_most_recent_survives_and_ties_are_settled_by_id() {
    let (one, other) = (customer(None, false), customer(None, true));
    assert_eq!(one, other);
    let city = one.field("city").expect("known").expose().clone();
    assert!(["Paris", "Lille"].contains(&city.as_str()), "{city}");
    assert_eq!(one.golden, customer(Some(Survivorship::MostRecent), true).golden);
}

#[test]
fn losing_values_are_kept_with_where_they_come_from() {
    let customer = customer(Some(Survivorship::MostTrusted), false);
    let city = &customer.golden["city"];
    let lost: Vec<&str> = city.lost.iter().map(|lost| lost.value.expose().as_str()).collect();
    assert_eq!(lost.len(), 3, "{lost:?}");
    assert!(lost.contains(&"Lyon") && lost.contains(&"Paris") && lost.contains(&"Lille"));
    for lost in &city.lost {
        assert!(customer.holds(lost.record) && lost.stated.at.is_some());
    }
}
