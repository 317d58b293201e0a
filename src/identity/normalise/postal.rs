//! Postal codes: the shape that each country writes.
//!
//! # Why
//!
//! Shapes of the Universal Postal Union's addressing guides for the countries that most European
//! and North American shops deliver to. Which codes exist is no question of shape: they change, and
//! lists of them are not free. A code of any other country is in capitals and without space at its
//! ends.

use super::note::{Note, Noted, Notes};
use super::text;
use crate::model::Country;

/// What a country writes in front of a code that is sent from abroad, and the shapes of a code:
/// `9` a digit, `A` a letter, `*` either, all else itself.
struct Shapes {
    countries: &'static str,
    prefixes: &'static [&'static str],
    shapes: &'static [&'static str],
}

/// Countries are separated by spaces; a shape is tried after the ones before it.
const TABLE: &[Shapes] = &[
    // The overseas departments and territories, Corsica and Monaco are in the French plan.
    Shapes {
        countries: "FR GF GP MQ RE YT PM BL MF WF PF NC MC",
        prefixes: &["F", "FR", "MC"],
        shapes: &["99999"],
    },
    Shapes { countries: "DE", prefixes: &["D", "DE"], shapes: &["99999"] },
    Shapes { countries: "IT SM VA", prefixes: &["I", "IT"], shapes: &["99999"] },
    Shapes { countries: "ES", prefixes: &["E", "ES"], shapes: &["99999"] },
    Shapes { countries: "MA DZ", prefixes: &["MA", "DZ"], shapes: &["99999"] },
    Shapes { countries: "US PR GU VI AS MP", prefixes: &[], shapes: &["99999", "99999-9999"] },
    Shapes {
        countries: "GB IM JE GG",
        prefixes: &["GB", "UK"],
        shapes: &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"],
    },
    Shapes { countries: "CA", prefixes: &[], shapes: &["A9A 9A9"] },
    Shapes { countries: "IE", prefixes: &[], shapes: &["A** ****"] },
    Shapes { countries: "BE", prefixes: &["B", "BE"], shapes: &["9999"] },
    Shapes { countries: "CH LI", prefixes: &["CH", "FL"], shapes: &["9999"] },
    Shapes { countries: "LU", prefixes: &["L", "LU"], shapes: &["9999"] },
    Shapes { countries: "AT", prefixes: &["A", "AT"], shapes: &["9999"] },
    Shapes { countries: "DK", prefixes: &["DK"], shapes: &["9999"] },
    Shapes { countries: "NO", prefixes: &["N", "NO"], shapes: &["9999"] },
    Shapes { countries: "TN AU NZ", prefixes: &[], shapes: &["9999"] },
    Shapes { countries: "NL", prefixes: &["NL"], shapes: &["9999 AA"] },
    Shapes { countries: "PT", prefixes: &["P", "PT"], shapes: &["9999-999", "9999"] },
    Shapes { countries: "SE", prefixes: &["S", "SE"], shapes: &["999 99"] },
    Shapes { countries: "CZ SK GR", prefixes: &["CZ", "SK", "GR"], shapes: &["999 99"] },
    Shapes { countries: "FI AX", prefixes: &["FI", "AX"], shapes: &["99999"] },
    Shapes { countries: "PL", prefixes: &["PL"], shapes: &["99-999"] },
];

/// A postal code as its country writes it, in capitals.
///
/// Without a country, or where the code has no shape of it ([`Note::Unreadable`]), it is only in
/// capitals and without space at its ends.
///
/// ```
/// use omnichannel::identity::postal_code;
/// use omnichannel::model::Country;
/// let britain: Country = "GB".parse()?;
/// assert_eq!(postal_code(Some(britain), "sw1a1aa").value.expose(), "SW1A 1AA");
/// assert_eq!(postal_code(None, " ab-1 ").value.expose(), "AB-1");
/// # Ok::<(), omnichannel::model::UnknownCountry>(())
/// ```
pub fn postal_code(country: Option<Country>, seen: &str) -> Noted<String> {
    let mut notes = Notes::NONE;
    if text::is_too_long(seen) {
        notes.add(Note::TooLong);
        return Noted::new(seen.to_owned(), notes);
    }
    let upper = text::upper(&text::words(seen, &mut notes), &mut notes);
    let upper = text::words(&upper, &mut notes);
    let Some(known) = country.and_then(shapes_of) else { return Noted::new(upper, notes) };
    let code: String = upper.chars().filter(|c| c.is_alphanumeric()).collect();
    let bare = known.prefixes.iter().filter_map(|prefix| code.strip_prefix(prefix));
    for bare in std::iter::once(code.as_str()).chain(bare) {
        if let Some(shaped) = known.shapes.iter().find_map(|shape| shaped(bare, shape)) {
            notes.add_if(bare.len() != code.len(), Note::PrefixRemoved);
            notes.add_if(bare.len() == code.len() && shaped != upper, Note::PunctuationFolded);
            return Noted::new(shaped, notes);
        }
    }
    // A spreadsheet takes 01000 for a number and keeps 1000.
    if known.shapes[0] == "99999"
        && let Some(shaped) = shaped(&format!("0{code}"), "99999")
    {
        notes.add(Note::LeadingZeroRestored);
        return Noted::new(shaped, notes);
    }
    notes.add(Note::Unreadable);
    Noted::new(upper, notes)
}

fn shapes_of(country: Country) -> Option<&'static Shapes> {
    TABLE.iter().find(|shapes| shapes.countries.split(' ').any(|code| code == country.code()))
}

/// The code in a shape, if it has it.
fn shaped(code: &str, shape: &str) -> Option<String> {
    let (mut chars, mut shaped) = (code.chars(), String::with_capacity(shape.len()));
    for place in shape.chars() {
        let fits: fn(char) -> bool = match place {
            '9' => |c| c.is_ascii_digit(),
            'A' => |c| c.is_ascii_uppercase(),
            '*' => |c| c.is_ascii_digit() || c.is_ascii_uppercase(),
            mark => {
                shaped.push(mark);
                continue;
            }
        };
        shaped.push(chars.next().filter(|c| fits(*c))?);
    }
    chars.next().is_none().then_some(shaped)
}
