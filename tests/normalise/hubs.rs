//! Hubs and telephone regions: refused where unreadable, fixed once a store is opened.

use std::sync::Arc;

use omnichannel::model::{Configuration, Profile};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::{ErrorKind, Hub};

use crate::common::{hub, tenant};
use crate::rules_of;

fn region(code: &str) -> Configuration {
    Configuration { identity: rules_of(code), ..Configuration::default() }
}

fn open(store: &Arc<MemoryStore>) -> Hub {
    hub(Arc::clone(store))
}

#[test]
fn the_version_of_the_normalisers_is_in_the_profile() {
    let store = Arc::new(MemoryStore::new());
    let hub = open(&store);
    assert_eq!(hub.context(tenant()).profile().normaliser, Profile::NORMALISER);
    assert_eq!(hub.context(tenant()).profile().phone_region, None);
}

#[cfg(not(feature = "phone"))]
mod without_the_feature {
    use omnichannel::model::{Body, Changeset, Commit, Expect, Key, Put};
    use omnichannel::storage::Store;

    use super::*;

    #[test]
    fn a_region_is_refused_and_the_feature_named() {
        let store = Arc::new(MemoryStore::new());
        let hub = open(&store);
        for error in [
            open(&store).configured(region("FR")).map(drop).expect_err("no feature"),
            block_on(hub.configure(region("FR"))).map(drop).expect_err("no feature"),
            block_on(hub.preview(&region("FR"))).map(drop).expect_err("no feature"),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.to_string().contains("`phone`"), "{error}");
        }
    }

    #[test]
    fn a_store_that_another_build_configured_with_a_region_is_not_opened() {
        let store = Arc::new(MemoryStore::new());
        block_on(configure_elsewhere(&store));
        let hub = open(&store);
        let error = block_on(hub.digest(tenant())).expect_err("no feature");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("`phone`"), "{error}");
        assert_eq!(block_on(hub.refresh()).expect_err("no feature").kind(), ErrorKind::Unsupported);
    }

    /// What a hub with the feature writes.
    async fn configure_elsewhere(store: &MemoryStore) {
        let configuration = region("FR");
        let known = hub(MemoryStore::new()).context(tenant()).profile();
        let version = configuration.version();
        let profile = Profile {
            identity: omnichannel::model::Digest::of(&configuration.identity),
            phone_region: configuration.identity.phone_region,
            configuration: Some(version),
            ..known
        };
        let rows = [
            (Key::profile(), Body::Profile(Arc::new(profile))),
            (Key::configuration(version), Body::Configuration(Arc::new(configuration))),
        ];
        let mut changeset = Changeset::default();
        for (key, body) in rows {
            changeset.puts.push(Put::new(key.tenant, key.id, body, Vec::new()));
            changeset.expects.push(Expect::Row(key, 0));
        }
        assert!(matches!(store.commit(changeset).await, Ok(Commit::Applied(_))));
    }
}

#[cfg(feature = "phone")]
mod with_the_feature {
    use super::*;
    use crate::common::request;

    const NATIONAL: &str = r#"{"id":"1","act":"asked",
        "sender":{"namespace":"phone","value":"06 12 34 56 78"},
        "identifiers":[{"namespace":"phone","value":"06 12 34 56 78"}]}"#;
    const ABROAD: &str = r#"{"id":"2","act":"asked",
        "sender":{"namespace":"account","value":"A-17"},
        "identifiers":[{"namespace":"account","value":"A-17"},
                       {"namespace":"phone","value":"+33 (0)6 12 34 56 78"}]}"#;

    fn customers(hub: &Hub) -> usize {
        for body in [NATIONAL, ABROAD] {
            block_on(hub.receive(request("web", body))).expect("received");
        }
        block_on(hub.portraits(tenant())).expect("views").len()
    }

    #[test]
    fn with_a_region_a_national_number_and_the_same_from_abroad_are_one_customer() {
        let store = Arc::new(MemoryStore::new());
        block_on(open(&store).configure(region("FR"))).expect("configured");
        assert_eq!(customers(&open(&store)), 1);
        assert_eq!(customers(&open(&Arc::new(MemoryStore::new()))), 2, "the feature alone: two");
        let moroccan = open(&Arc::new(MemoryStore::new())).configured(region("MA"));
        assert_eq!(customers(&moroccan.expect("known")), 2, "dialled in Morocco it is another");
    }

    #[test]
    fn another_region_than_the_stores_is_refused_and_other_rules_are_not() {
        let store = Arc::new(MemoryStore::new());
        block_on(open(&store).configure(region("FR"))).expect("configured");
        let hub = open(&store);
        assert_eq!(customers(&hub), 1);
        for other in [region("MA"), Configuration::default()] {
            for error in [
                block_on(hub.configure(other.clone())).map(drop).expect_err("another region"),
                block_on(hub.preview(&other)).map(drop).expect_err("another region"),
            ] {
                assert_eq!(error.kind(), ErrorKind::Unsupported);
                assert!(error.to_string().contains("telephone region"), "{error}");
            }
        }
        let mut stricter = region("FR");
        stricter.identity.blocked_patterns = ["+336*".parse().expect("a pattern")].into();
        assert_eq!(block_on(hub.preview(&stricter)).expect("foreseen").splits, 1);
        block_on(hub.configure(stricter)).expect("configured");
        assert_eq!(block_on(hub.portraits(tenant())).expect("views").len(), 2);
    }

    #[test]
    fn a_store_that_was_opened_without_a_region_takes_none_later() {
        let store = Arc::new(MemoryStore::new());
        assert_eq!(customers(&open(&store)), 2);
        let error = block_on(open(&store).configure(region("FR"))).expect_err("too late");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}
