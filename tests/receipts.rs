//! Receipts: facts that join in any order, and what a state of them says.

use omnichannel::model::{DeliveryState, DeliveryStatus, Occurred, Receipt, TimeOrigin, Timestamp};
use proptest::prelude::*;

use DeliveryStatus::{Accepted, Clicked, Delivered, Failed, Played, Read, Sent};

const ALL: [DeliveryStatus; 7] = [Accepted, Sent, Delivered, Read, Played, Clicked, Failed];

fn second(at: i64) -> Timestamp {
    Timestamp::from_seconds(at).expect("within range")
}

type Report = (DeliveryStatus, Option<&'static str>, Occurred);

fn state(reports: &[Report]) -> DeliveryState {
    let mut state = DeliveryState::new();
    for (status, code, occurred) in reports {
        state.report(*status, *code, *occurred);
    }
    state
}

fn of(statuses: &[DeliveryStatus]) -> DeliveryState {
    let reports: Vec<Report> = statuses.iter().map(|s| (*s, None, Occurred::UNKNOWN)).collect();
    state(&reports)
}

fn joined(a: &DeliveryState, b: &DeliveryState) -> DeliveryState {
    let mut both = a.clone();
    both.join(b);
    both
}

#[test]
fn what_is_further_implies_what_is_nearer() {
    for (status, implied) in [
        (Accepted, &ALL[..1]),
        (Sent, &ALL[..2]),
        (Delivered, &ALL[..3]),
        (Read, &ALL[..4]),
        (Played, &ALL[..5]),
        (Clicked, &[Accepted, Sent, Delivered, Read, Clicked]),
        (Failed, &[Failed]),
    ] {
        let state = of(&[status]);
        let held: Vec<DeliveryStatus> = ALL.into_iter().filter(|s| state.has(*s)).collect();
        assert_eq!(held, implied, "{status}");
        assert_eq!(state.status(), Some(status));
    }
    assert_eq!(DeliveryState::new().status(), None);
}

#[test]
fn a_failure_beside_a_delivery_is_an_anomaly_and_takes_nothing_back() {
    for arrived in [Delivered, Read, Played, Clicked] {
        for order in [[arrived, Failed], [Failed, arrived]] {
            let state = of(&order);
            assert_eq!(state.status(), Some(arrived));
            assert!(state.is_contradictory());
        }
    }
    for order in [[Sent, Failed], [Failed, Accepted]] {
        let state = of(&order);
        assert_eq!(state.status(), Some(Failed));
        assert!(!state.is_contradictory());
    }
}

#[test]
fn each_fact_has_its_least_time_and_an_implied_one_that_of_what_implies_it() {
    let at = |seconds| Occurred::at(second(seconds));
    let told = state(&[
        (Read, None, at(30)),
        (Delivered, None, at(50)),
        (Delivered, None, at(40)),
        (Failed, Some("7"), at(9)),
        (Failed, Some("7"), at(8)),
        (Failed, None, Occurred::UNKNOWN),
    ]);
    assert_eq!(told.at(Delivered), Some(at(30)), "it was read by then");
    assert_eq!(told.at(Read), Some(at(30)));
    assert_eq!(told.at(Played), None);
    assert_eq!(told.at(Failed), Some(at(8)));
    let failures: Vec<_> = told.failures().collect();
    assert_eq!(failures, [("", Occurred::UNKNOWN), ("7", at(8))]);
}

#[test]
fn a_watermark_covers_what_left_up_to_it() {
    let at = |seconds| Occurred::at(second(seconds));
    let until = Receipt::up_to(second(10), Read);
    assert!(until.covers(at(10), None) && until.covers(at(3), None));
    assert!(!until.covers(at(11), None) && !until.covers(Occurred::UNKNOWN, None));
    let named = Receipt::new("m-1", Read).and_earlier();
    assert!(named.covers(at(10), Some(at(10))) && !named.covers(at(11), Some(at(10))));
    assert!(!named.covers(at(3), None), "nobody knows the message that it names");
    assert!(!Receipt::new("m-1", Read).covers(at(3), Some(at(10))), "it speaks of one");
}

#[test]
fn a_receipt_as_it_was_stored_is_read_and_written_again_alike() {
    let stored = r#"{"of":"m-1","status":"failed","code":"30003"}"#;
    let receipt: Receipt = serde_json::from_str(stored).expect("as it was stored");
    assert_eq!(receipt, Receipt::new("m-1", Failed).with_code(Some("30003".to_owned())));
    assert_eq!(serde_json::to_string(&receipt).expect("written"), stored);
}

fn reports() -> impl Strategy<Value = Vec<Report>> {
    let origin = prop_oneof![Just(TimeOrigin::Event), Just(TimeOrigin::Transport)];
    let occurred = prop_oneof![
        3 => (0..5_i64, origin).prop_map(|(at, origin)| Occurred { at: Some(second(at)), origin }),
        1 => Just(Occurred::UNKNOWN),
    ];
    let code = proptest::sample::select(vec![None, Some(""), Some("1"), Some("2")]);
    let report = (proptest::sample::select(ALL.to_vec()), code, occurred);
    proptest::collection::vec(report, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2_000)
    })]

    #[test]
    fn any_order_and_number_of_reports_give_one_state(
        (told, heard) in reports().prop_flat_map(|told| {
            let twice: Vec<Report> = told.iter().chain(&told).copied().collect();
            (Just(told), Just(twice).prop_shuffle())
        }),
        cut in 0..12_usize,
    ) {
        let once = state(&told);
        prop_assert_eq!(&state(&heard), &once);
        let cut = cut.min(told.len());
        prop_assert_eq!(&joined(&state(&told[..cut]), &state(&told[cut..])), &once);
    }

    #[test]
    fn states_join_as_a_semilattice(a in reports(), b in reports(), c in reports()) {
        let (a, b, c) = (state(&a), state(&b), state(&c));
        prop_assert_eq!(joined(&a, &b), joined(&b, &a));
        prop_assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
        prop_assert_eq!(&joined(&a, &a), &a);
        prop_assert_eq!(&joined(&DeliveryState::new(), &a), &a);
    }

    #[test]
    fn no_report_takes_anything_back(told in reports(), more in reports()) {
        let (before, after) = (state(&told), joined(&state(&told), &state(&more)));
        for status in ALL {
            if let Some(at) = before.at(status) {
                prop_assert!(after.at(status).is_some_and(|now| now.order() <= at.order()));
            }
        }
        prop_assert!(after.is_contradictory() || !before.is_contradictory());
        prop_assert!(before.status().is_none() || after.status().is_some());
        let arrived = before.status().filter(|status| status.implies(Delivered));
        prop_assert!(arrived.is_none_or(|_| after.status().is_some_and(|s| s.implies(Delivered))));
    }
}
