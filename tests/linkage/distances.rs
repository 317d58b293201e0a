//! Points on the Earth: as far apart as the haversine formula says, in integers.

use omnichannel::identity::linkage::{Comparison, Meaning};
use proptest::prelude::*;

use crate::conditions::level;

type Point = (f64, f64);

fn within(metres: u32, one: Point, other: Point) -> Option<bool> {
    let comparison = Comparison::geographic(0, 1, [metres]);
    let texts = [one, other].map(|(north, east)| [format!("{north:.6}"), format!("{east:.6}")]);
    let records = [0, 1].map(|at| [texts[at][0].as_str(), texts[at][1].as_str()]);
    level([Meaning::Latitude, Meaning::Longitude], &comparison, records).map(|level| level == 0)
}

const TURN: std::ops::Range<i32> = -360_000_000..360_000_000;

/// Sinnott's formula with the machine's sines.
fn haversine((north, east): Point, (other_north, other_east): Point) -> f64 {
    let half = |a: f64, b: f64| ((a - b).to_radians() / 2.0).sin().powi(2);
    let cosines = north.to_radians().cos() * other_north.to_radians().cos();
    let square = half(north, other_north) + cosines * half(east, other_east);
    2.0 * 6_371_008.771 * square.min(1.0).sqrt().asin()
}

#[test]
fn cities_are_as_far_apart_as_maps_say() {
    const PARIS: Point = (48.856_614, 2.352_222);
    const LONDON: Point = (51.507_351, -0.127_758);
    const SUVA: Point = (-18.124_809, 178.450_079);
    const APIA: Point = (-13.850_696, -171.751_355);
    const QUITO: Point = (-0.180_653, -78.467_838);
    const SINGAPORE: Point = (1.352_083, 103.819_836);
    // Great circles on a sphere, to the kilometre.
    for (one, other, kilometres) in [
        (PARIS, LONDON, 344),
        (PARIS, SINGAPORE, 10_729),
        (QUITO, SINGAPORE, 19_729),
        // Over the 180th meridian.
        (SUVA, APIA, 1_150),
        ((0.0, 179.999_999), (0.0, -179.999_999), 0),
        // Poles: every longitude is the same point.
        ((90.0, 12.0), (90.0, -150.0), 0),
        ((90.0, 0.0), (-90.0, 45.0), 20_015),
        ((89.999_999, 0.0), (89.999_999, 180.0), 0),
        ((90.0, 7.0), (0.0, -100.0), 10_008),
        // Nearly on the other side of the Earth.
        ((48.856_614, 2.352_222), (-48.856_614, -177.647_778), 20_015),
    ] {
        let exact = haversine(one, other);
        assert!(
            (exact / 1_000.0 - f64::from(kilometres)).abs() < 1.0,
            "{exact}: {one:?} {other:?}"
        );
        let (above, below) = ((exact * (1.0 + 1e-7)) as u32 + 1, (exact * (1.0 - 1e-7)) as u32);
        assert_eq!(within(above, one, other), Some(true), "{exact}");
        assert_eq!(within(above, other, one), Some(true), "{exact}");
        if exact > 1.0 {
            assert_eq!(within(below.saturating_sub(1), one, other), Some(false), "{exact}");
        }
    }
    assert_eq!(within(0, PARIS, PARIS), Some(true));
}

#[test]
fn a_point_that_cannot_be_says_nothing() {
    let columns = [Meaning::Latitude, Meaning::Longitude];
    let comparison = Comparison::geographic(0, 1, [100, 1_000, 10_000, 100_000]);
    let paris = ["48.8566", "2.3522"];
    for (other, expected) in [
        (["48,8566° N", "2,3522° E"], Some(0)),
        (["48.8600", "2.3522"], Some(1)),
        (["48.9000", "2.4000"], Some(2)),
        (["49.4431", "1.0993"], Some(4)),
        (["91", "2.3522"], None),
        (["48.8566", "180.01"], None),
        (["48.8566", ""], None),
        (["", "2.3522"], None),
        (["48 51 24", "2.3522"], None),
        (["n/a", "n/a"], None),
        // What programs write when they know no place.
        (["0.0", "0"], None),
    ] {
        assert_eq!(level(columns, &comparison, [paris, other]), expected, "{other:?}");
        assert_eq!(level(columns, &comparison, [other, paris]), expected, "{other:?}");
    }
    assert_eq!(level(columns, &comparison, [["0", "9.5"], ["0,0", "9.5"]]), Some(0), "the equator");
    assert_eq!(level(columns, &comparison, [["0", "9.5"], ["0", "9.6"]]), Some(3), "11 kilometres");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn distances_are_those_of_the_haversine(
        north in -90_000_000..=90_000_000_i32,
        east in -180_000_000..=180_000_000_i32,
        far in prop_oneof![1..1_000_i32, 1..1_000_000_i32, 1..90_000_000_i32],
        aside in prop_oneof![-1_000..1_000_i32, -1_000_000..1_000_000_i32, TURN],
    ) {
        let other_north = if north > 0 { north - far } else { north + far };
        let other_east = (east + aside + 540_000_000).rem_euclid(360_000_000) - 180_000_000;
        let degrees = |micro: i32| f64::from(micro) / 1e6;
        let one = (degrees(north), degrees(east));
        let other = (degrees(other_north), degrees(other_east));
        let exact = haversine(one, other);
        let slack = exact * 1e-7 + 0.01;
        let above = (exact + slack).ceil() as u32;
        prop_assert_eq!(within(above, one, other), Some(true), "{} m", exact);
        prop_assert_eq!(within(above, other, one), Some(true), "{} m", exact);
        let below = (exact - slack).floor();
        if below >= 0.0 && (below as u32) < above && exact > below + slack {
            prop_assert_eq!(within(below as u32, one, other), Some(false), "{} m", exact);
        }
    }
}
