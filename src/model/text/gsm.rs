//! What a character costs in the alphabet of text messages, GSM-7.
//!
//! 3GPP TS 23.038, section 6.2.1: the default alphabet and its extension table. A text is written
//! in it as a whole, or as UCS-2 as a whole. National language tables are not used.

/// Septets of each Latin-1 character; 0 where the alphabet has none.
const LATIN: [u8; 256] = latin();

const fn latin() -> [u8; 256] {
    let mut septets = [0; 256];
    // A space to a tilde, without the grave accent: the alphabet has none.
    let mut c = b' ' as usize;
    while c < 0x7F {
        septets[c] = if c == b'`' as usize { 0 } else { 1 };
        c += 1;
    }
    septets = set(septets, b"\n\r\xA1\xA3\xA4\xA5\xA7\xBF", 1);
    septets = set(septets, b"\xC4\xC5\xC6\xC7\xC9\xD1\xD6\xD8\xDC\xDF", 1);
    septets = set(septets, b"\xE0\xE4\xE5\xE6\xE8\xE9\xEC\xF1\xF2\xF6\xF8\xF9\xFC", 1);
    set(septets, b"\x0C^{}\\[~]|", 2)
}

const fn set(mut septets: [u8; 256], characters: &[u8], cost: u8) -> [u8; 256] {
    let mut at = 0;
    while at < characters.len() {
        septets[characters[at] as usize] = cost;
        at += 1;
    }
    septets
}

/// How many septets a character takes; `None` where the alphabet cannot write it.
pub(super) fn septets(c: char) -> Option<usize> {
    match c {
        '\0'..='\u{FF}' => match LATIN[c as usize] {
            0 => None,
            septets => Some(usize::from(septets)),
        },
        'Γ' | 'Δ' | 'Θ' | 'Λ' | 'Ξ' | 'Π' | 'Σ' | 'Φ' | 'Ψ' | 'Ω' => Some(1),
        '€' => Some(2),
        _ => None,
    }
}
