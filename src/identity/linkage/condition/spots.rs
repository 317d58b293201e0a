//! Points on the Earth, and how far apart they are.
//!
//! The haversine formula (Sinnott, "Virtues of the haversine", Sky and Telescope 68, 1984) on a
//! sphere of the Earth's mean radius R1 = (2a + b) / 3 (Moritz, "Geodetic Reference System 1980",
//! Journal of Geodesy 74, 2000): within six in a thousand of the ellipsoid's distances. Angles are
//! in millionths of a degree, 11 centimetres on a meridian.
//!
//! # Law
//!
//! 1. No float and no sine of the machine's: the same two points are within the same distance on
//!    every machine.
//! 2. Which point comes first, and from which side of the 180th meridian, changes nothing.
//!
//! # Why
//!
//! The sine is a polynomial in integers: Taylor's series to the 21st power, which leaves less than
//! 2^-59 up to a right angle. A library's `sin` may differ in its last bit from another's.
//!
//! Cost: five polynomials of eleven terms for each condition.

use super::numbers;
use crate::identity::linkage::meaning::Meaning;

/// The Earth's mean radius, in millimetres.
const RADIUS_MM: i128 = 6_371_008_771;

/// A degree, and the unit of one in fixed point.
const DEGREE: i64 = 1_000_000;
const BITS: u32 = 60;
const ONE: i128 = 1 << BITS;

/// Pi in that unit: the first digits of A000796, times 2^60, rounded.
const PI: i128 = 3_622_009_729_038_561_421;

/// Which coordinate a text states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::identity::linkage) enum Axis {
    /// From -90 in the south to 90 in the north.
    Latitude,
    /// From -180 in the west to 180 in the east.
    Longitude,
}

impl Axis {
    /// The one that a column states; `None` where it means something else.
    pub(in crate::identity::linkage) fn of(meaning: Meaning) -> Option<Self> {
        match meaning {
            Meaning::Latitude => Some(Self::Latitude),
            Meaning::Longitude => Some(Self::Longitude),
            _ => None,
        }
    }

    /// Reads degrees, in millionths; `None` where a text states none, or more than there are.
    ///
    /// Decimal degrees with `.` or `,`, with a sign or a letter of the compass behind them:
    /// `-33.8688`, `33,8688° S`. Degrees with minutes and seconds are not read.
    pub(in crate::identity::linkage) fn read(self, text: &str) -> Option<i64> {
        let (letters, most) = match self {
            Self::Latitude => (['N', 'S'], 90 * DEGREE),
            Self::Longitude => (['E', 'W'], 180 * DEGREE),
        };
        let text = text.trim();
        let letter = text.chars().next_back().map(|c| c.to_ascii_uppercase());
        let letter = letter.filter(|letter| letters.contains(letter));
        let bare = if letter.is_some() { &text[..text.len() - 1] } else { text };
        let bare = bare.trim_end().trim_end_matches(['°', 'º']);
        let number = numbers::read(bare)?;
        let unit = numbers::ONE / i128::from(DEGREE);
        let rounded = (number.abs() + unit / 2) / unit * number.signum();
        let degrees = i64::try_from(rounded).ok().filter(|degrees| degrees.abs() <= most)?;
        match letter {
            // Below zero south is north: nobody writes that on purpose.
            Some(_) if bare.starts_with(['-', '\u{2212}']) => None,
            Some(letter) if letter == letters[1] => Some(-degrees),
            _ => Some(degrees),
        }
    }

    /// A text's degrees in their one form; empty where it states none.
    pub(in crate::identity::linkage) fn cleaned(self, text: &str) -> String {
        let unit = numbers::ONE / i128::from(DEGREE);
        self.read(text).map_or(String::new(), |own| numbers::write(i128::from(own) * unit))
    }
}

/// A point on the Earth, in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::identity::linkage) struct Spot {
    latitude: i64,
    longitude: i64,
}

impl Spot {
    /// The point of two texts; `None` where one of them states no coordinate, and for 0, 0, where
    /// there is only sea and what programs write when they know no place.
    pub(in crate::identity::linkage) fn read(latitude: &str, longitude: &str) -> Option<Self> {
        let latitude = Axis::Latitude.read(latitude)?;
        let longitude = Axis::Longitude.read(longitude)?;
        (latitude != 0 || longitude != 0).then_some(Self { latitude, longitude })
    }

    /// Whether another point is so many metres away, or less, along the ground.
    pub(in crate::identity::linkage) fn is_within(self, other: Self, metres: u32) -> bool {
        // Half of the angle at the Earth's centre.
        let half = i128::from(metres) * 1_000 * ONE / (2 * RADIUS_MM);
        if half >= PI / 2 {
            return true;
        }
        self.haversine(other) <= square(sine(half))
    }

    /// The square of the sine of half the angle between two points.
    fn haversine(self, other: Self) -> i128 {
        let turn = 360 * DEGREE;
        let along = self.latitude.abs_diff(other.latitude).cast_signed();
        let around = self.longitude.abs_diff(other.longitude).cast_signed();
        let around = around.min(turn - around);
        let cosines = (self.cosine() * other.cosine()) >> BITS;
        let across = square(sine(half_of(around)));
        let (high, low) = (across >> BITS, across & (ONE - 1));
        square(sine(half_of(along))) + cosines * high + ((cosines * low) >> BITS)
    }

    fn cosine(self) -> i128 {
        // Of what is left to the pole, which is exactly 0 there.
        sine(2 * half_of(90 * DEGREE - self.latitude.abs()))
    }
}

/// Half of an angle in millionths of a degree, as an arc in fixed point.
fn half_of(angle: i64) -> i128 {
    i128::from(angle) * PI / i128::from(360 * DEGREE)
}

/// A square, of twice as many bits: the smallest distances and the largest need them all.
fn square(sine: i128) -> i128 {
    sine * sine
}

/// How many terms of the series are summed.
const TERMS: usize = 11;

/// 1, -1/3!, 1/5! ... in fixed point.
const SERIES: [i128; TERMS] = {
    let (mut series, mut term, mut at) = ([0; TERMS], ONE, 0);
    while at < TERMS {
        series[at] = term;
        let next = 2 * (at as i128 + 1);
        term = -term / (next * (next + 1));
        at += 1;
    }
    series
};

/// The sine of an arc from 0 to a right angle.
fn sine(arc: i128) -> i128 {
    let square = (arc * arc) >> BITS;
    let sum = SERIES.iter().rev().fold(0, |sum, term| term + ((sum * square) >> BITS));
    (sum * arc) >> BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_are_those_of_the_tables() {
        for (degrees, expected) in [
            (0, 0.0),
            (15, 0.258_819_045_102_520_76),
            (30, 0.5),
            (45, std::f64::consts::FRAC_1_SQRT_2),
            (60, 0.866_025_403_784_438_6),
            (90, 1.0),
        ] {
            let found = sine(half_of(2 * degrees * DEGREE)) as f64 / ONE as f64;
            assert!((found - expected).abs() < 1e-15, "{degrees}: {found}");
        }
        assert_eq!(sine(0), 0);
    }

    #[test]
    fn it_does_not_matter_where_longitudes_begin() {
        let spot = |latitude, longitude| Spot { latitude, longitude };
        for apart in [1, 2_000, 100_000_000] {
            let plain = spot(10_000_000, 0).haversine(spot(-20_000_000, apart));
            let east = spot(10_000_000, 180 * DEGREE - 1);
            let beyond = spot(-20_000_000, -180 * DEGREE - 1 + apart);
            assert_eq!(east.haversine(beyond), plain);
            assert_eq!(beyond.haversine(east), plain);
        }
    }

    #[test]
    fn degrees_are_read_as_people_write_them() {
        for (text, degrees) in [
            ("48.856613", 48_856_613),
            ("48,8566", 48_856_600),
            ("-33.8688", -33_868_800),
            ("33.8688 S", -33_868_800),
            ("33.8688°s", -33_868_800),
            ("48.8566° N", 48_856_600),
            ("0.0000005", 1),
            ("-0.0000005", -1),
            ("90", 90_000_000),
            ("0", 0),
        ] {
            assert_eq!(Axis::Latitude.read(text), Some(degrees), "{text}");
        }
        assert_eq!(Axis::Longitude.read("2.35w"), Some(-2_350_000));
        assert_eq!(Axis::Longitude.read("-180"), Some(-180_000_000));
        for text in ["", "N", "90.0000005", "-91", "48 51 24 N", "48.85 E", "-48.85 N", "x", "1e1"]
        {
            assert_eq!(Axis::Latitude.read(text), None, "{text}");
        }
        assert_eq!(Axis::Longitude.read("180.1"), None);
        assert_eq!(Axis::Latitude.cleaned("+048,85660 N"), "48.8566");
        assert_eq!(Axis::Latitude.cleaned("91"), "");
    }
}
