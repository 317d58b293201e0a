//! Currencies: an ISO 4217 alphabetic code and how many digits follow the point.
//!
//! The table is the list of ISO 4217 as data. Codes without a minor unit (metals, test and bond
//! codes) are no price and are absent, except `XXX`, which says "no currency" and which an empty
//! book has. Codes withdrawn since 2023 stay, because stored prices still name them.
//!
//! # Law
//!
//! 1. A code outside the table is refused, so that no exponent is ever guessed
//!    (`unknown_codes_are_refused_and_exponents_are_those_of_iso_4217`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Codes by exponent; each list is sorted, three letters and a space for every code.
const TABLE: [(u8, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF XXX "),
    (
        2,
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP \
         BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD \
         FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW \
         KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN \
         NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD \
         SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS \
         VED VES WST XAD XCD XCG YER ZAR ZMW ZWG ",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND "),
    (4, "CLF UYW "),
];

/// A currency of ISO 4217.
///
/// ```
/// use omnichannel::model::Currency;
/// assert_eq!("EUR".parse::<Currency>()?.exponent(), 2);
/// assert_eq!("JPY".parse::<Currency>()?.exponent(), 0);
/// assert!("EURO".parse::<Currency>().is_err());
/// # Ok::<(), omnichannel::model::UnknownCurrency>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

/// A text that names no currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a currency is an ISO 4217 alphabetic code in capitals, for example EUR")]
pub struct UnknownCurrency;

impl Currency {
    /// No currency is involved: the code `XXX`, which an empty book has.
    pub const NONE: Self = Self { code: *b"XXX", exponent: 0 };
    /// The euro.
    pub const EUR: Self = Self { code: *b"EUR", exponent: 2 };

    /// The three letters.
    pub fn code(&self) -> &str {
        // Codes come from the table only, which is ASCII.
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// How many digits follow the point: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(&self) -> u8 {
        self.exponent
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let found = TABLE.iter().find(|(_, codes)| {
            codes.as_bytes().as_chunks::<4>().0.binary_search_by(|c| c[..3].cmp(&code)).is_ok()
        });
        found.map(|&(exponent, _)| Self { code, exponent }).ok_or(UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_each_code_once() {
        let mut all = Vec::new();
        for (_, codes) in TABLE {
            let listed: Vec<&str> = codes.split_terminator(' ').collect();
            assert!(listed.iter().all(|c| c.len() == 3), "{codes}");
            assert!(listed.is_sorted(), "{codes}");
            assert_eq!(codes.len(), listed.len() * 4);
            all.extend(listed);
        }
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|code| code.parse::<Currency>().is_ok()));
    }

    #[test]
    fn unknown_codes_are_refused_and_exponents_are_those_of_iso_4217() {
        for (code, exponent) in [
            ("EUR", 2),
            ("USD", 2),
            ("GBP", 2),
            ("MGA", 2),
            ("AED", 2),
            ("ZWG", 2),
            ("JPY", 0),
            ("KRW", 0),
            ("ISK", 0),
            ("XOF", 0),
            ("KWD", 3),
            ("BHD", 3),
            ("TND", 3),
            ("CLF", 4),
        ] {
            assert_eq!(code.parse::<Currency>().map(|c| c.exponent()), Ok(exponent), "{code}");
        }
        for text in ["", "eur", "EU", "EURO", "XAU", "XTS", "ZZZ", "€", "EU ", " EU", "\u{1f4b6}"]
        {
            assert_eq!(text.parse::<Currency>(), Err(UnknownCurrency), "{text:?}");
        }
        assert_eq!("XXX".parse(), Ok(Currency::NONE));
        assert_eq!("EUR".parse(), Ok(Currency::EUR));
    }
}
