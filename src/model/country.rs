//! Countries: the two letters of ISO 3166-1.
//!
//! # Law
//!
//! 1. Letters outside the table are refused, so that no country is ever guessed
//!    (`letters_that_name_no_country_are_refused`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The officially assigned codes in order, two letters and a space each.
const TABLE: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI \
    BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN \
    CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK \
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK \
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP \
    NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF \
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI \
    VN VU WF WS YE YT ZA ZM ZW ";

/// A country or territory of ISO 3166-1.
///
/// ```
/// use omnichannel::model::Country;
/// assert_eq!("FR".parse::<Country>()?.code(), "FR");
/// assert!("France".parse::<Country>().is_err());
/// # Ok::<(), omnichannel::model::UnknownCountry>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// A text that names no country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is an ISO 3166-1 alpha-2 code in capitals, for example FR")]
pub struct UnknownCountry;

impl Country {
    /// The two letters.
    pub fn code(&self) -> &str {
        // Codes come from the table only, which is ASCII.
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(text: &str) -> Result<Self, UnknownCountry> {
        let code: [u8; 2] = text.as_bytes().try_into().map_err(|_| UnknownCountry)?;
        let known = TABLE.as_bytes().as_chunks::<3>().0;
        let found = known.binary_search_by(|entry| entry[..2].cmp(&code[..]));
        found.map(|_| Self(code)).map_err(|_| UnknownCountry)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_name_no_country_are_refused() {
        let codes = TABLE.as_bytes().as_chunks::<3>().0;
        assert_eq!(codes.len(), 249);
        assert!(codes.is_sorted());
        for code in codes {
            let code = std::str::from_utf8(&code[..2]).expect("ASCII");
            assert_eq!(code.parse::<Country>().expect("known").code(), code);
        }
        for wrong in ["", "F", "fr", "FRA", "XX", "UK", "EU", "é", "F "] {
            assert_eq!(wrong.parse::<Country>(), Err(UnknownCountry), "{wrong}");
        }
        let read: Country = serde_json::from_str("\"CH\"").expect("known");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), "\"CH\"");
        assert!(serde_json::from_str::<Country>("\"XX\"").is_err());
    }
}
