//! Punycode: how a label of a domain name is written in ASCII (RFC 3492).
//!
//! # Why
//!
//! Only the encoder, so that one form of a domain needs no decoder: what is written as `xn--` stays
//! as it is. The crate `idna` does all of UTS 46 and costs thirty packages with ICU4X; version 0.5,
//! which costs two, joins labels that it should refuse (RUSTSEC-2024-0421).

/// Most octets of a label (RFC 1035, section 2.3.4).
const LABEL_MAX: usize = 63;

// RFC 3492, section 5.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const BIAS: u32 = 72;
const FIRST: u32 = 0x80;

/// A label in ASCII, `xn--` included; `None` where it would be longer than a label can be.
///
/// At most 63 characters are looked at, so the cost is bounded whatever the input.
pub(super) fn encoded(label: &str) -> Option<String> {
    let chars: Vec<u32> = label.chars().take(LABEL_MAX + 1).map(u32::from).collect();
    if chars.len() > LABEL_MAX {
        return None;
    }
    let mut ascii: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(ascii.len()).ok()?;
    if basic > 0 {
        ascii.push('-');
    }
    let (mut delta, mut bias, mut done, mut from) = (0u32, BIAS, basic, FIRST);
    while let Some(next) = chars.iter().copied().filter(|c| *c >= from).min() {
        delta = delta.checked_add((next - from).checked_mul(done + 1)?)?;
        for &c in &chars {
            if c < next {
                delta = delta.checked_add(1)?;
            }
            if c == next {
                write_number(&mut ascii, delta, bias);
                bias = adapted(delta, done + 1, done == basic);
                (delta, done) = (0, done + 1);
            }
        }
        delta = delta.checked_add(1)?;
        from = next + 1;
    }
    let ascii = format!("xn--{ascii}");
    (ascii.len() <= LABEL_MAX).then_some(ascii)
}

/// A number of variable length, least significant digit first (section 3.3).
fn write_number(ascii: &mut String, delta: u32, bias: u32) {
    let (mut rest, mut k) = (delta, BASE);
    loop {
        let t = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if rest < t {
            break;
        }
        ascii.push(digit(t + (rest - t) % (BASE - t)));
        rest = (rest - t) / (BASE - t);
        k += BASE;
    }
    ascii.push(digit(rest));
}

/// `a` to `z` for 0 to 25, then `0` to `9`.
fn digit(value: u32) -> char {
    let value = u8::try_from(value % BASE).unwrap_or_default();
    char::from(if value < 26 { b'a' + value } else { b'0' + value - 26 })
}

/// How large the next number is expected to be (section 6.1).
fn adapted(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_encoded_as_the_registries_do() {
        for (label, ascii) in [
            ("café", "xn--caf-dma"),
            ("münchen", "xn--mnchen-3ya"),
            ("bücher", "xn--bcher-kva"),
            ("faß", "xn--fa-hia"),
            ("日本語", "xn--wgv71a119e"),
            ("ελλάδα", "xn--hxakic4aa"),
            ("рф", "xn--p1ai"),
            ("网络", "xn--io0a7i"),
            ("الجزائر", "xn--lgbbat1ad8j"),
        ] {
            assert_eq!(encoded(label).as_deref(), Some(ascii), "{label}");
        }
        assert_eq!(encoded(&"é".repeat(64)), None);
        assert_eq!(encoded(&format!("{}é", "a".repeat(60))), None);
    }
}
