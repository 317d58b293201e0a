//! Numbers and foreign text as a picture shows them.

use super::super::model::Millibits;

/// An integer with separators of thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A weight in bits to one digit, with its sign.
pub(super) fn bits(weight: Millibits) -> String {
    // Integers, so that what is shown is what was decided on: halves are rounded away from 0.
    let tenths = (weight.unsigned_abs() + 50) / 100;
    let sign = match weight {
        _ if tenths == 0 => "",
        ..0 => "\u{2212}",
        _ => "+",
    };
    format!("{sign}{}.{}", grouped(tenths / 10), tenths % 10)
}

/// A share of a whole in per cent; small ones keep two digits that count.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        0.0 | 100.0.. => format!("{percent:.0} %"),
        ..0.01 => "under 0.01 %".to_owned(),
        99.995.. => "over 99.99 %".to_owned(),
        ..0.1 | 99.9.. => format!("{percent:.2} %"),
        _ => format!("{percent:.1} %"),
    }
}

/// A text for mark-up: what would end it is escaped, and what cannot stand in XML is replaced.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            // Marks that turn what stands around them; those of `foreign` close what they open.
            '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}' => {}
            '\0'..' ' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            _ => safe.push(symbol),
        }
    }
    safe
}

/// A text of others in a direction of its own, so wide at most; longer ones end in an ellipsis.
///
/// Marks of direction that it holds are left out, so that it cannot turn what stands around it.
pub(super) fn foreign(text: &str, ems_max: f64) -> String {
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let symbols: Vec<char> = text.chars().filter(|c| !turns(c)).collect();
    let (mut width, mut kept) = (0.0, 0);
    for symbol in &symbols {
        width += ems(*symbol);
        if width > ems_max {
            break;
        }
        kept += 1;
    }
    let mut shown = symbols;
    if kept < shown.len() {
        // Never between a letter and its accent, nor within an emoji of several signs.
        while kept > 0 && (is_joined(shown[kept]) || shown[kept - 1] == '\u{200d}') {
            kept -= 1;
        }
        shown.truncate(kept);
        shown.push('\u{2026}');
    }
    format!("\u{2068}{}\u{2069}", shown.into_iter().collect::<String>())
}

/// Whether a sign belongs to the one before it.
fn is_joined(symbol: char) -> bool {
    matches!(
        symbol,
        '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{20d0}'..='\u{20ff}'
        | '\u{64b}'..='\u{65f}' | '\u{5b0}'..='\u{5c7}' | '\u{93a}'..='\u{94d}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{1f1e6}'..='\u{1f1ff}'
    )
}

/// About how wide a sign is: nobody measures, so a little more than it is.
fn ems(symbol: char) -> f64 {
    match symbol {
        'i' | 'l' | 'j' | 't' | 'f' | 'r' | '.' | ',' | ':' | '\'' | ' ' | 'I' => 0.33,
        'm' | 'w' | 'M' | 'W' | '@' => 0.9,
        'A'..='Z' => 0.68,
        '\0'..='\u{10ff}' => 0.58,
        _ => 1.05,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_signed() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(grouped), ["0", "999", "1,000", "12,345,678"]);
        assert_eq!(
            [0, 40, 12_345, -7_050, i64::MIN].map(bits)[..4],
            ["0.0", "0.0", "+12.3", "−7.1"]
        );
        assert_eq!(
            [0.0, 0.00001, 0.0005, 0.25, 0.99999, 1.0].map(percent).join(" / "),
            "0 % / under 0.01 % / 0.05 % / 25.0 % / over 99.99 % / 100 %"
        );
    }

    #[test]
    fn foreign_text_stays_within_its_place() {
        assert_eq!(escaped("<b a=\"1\">\u{0}&'\n"), "&lt;b a=&quot;1&quot;&gt;\u{fffd}&amp;&#39; ");
        assert_eq!(escaped("a\u{202e}b\u{2066}c"), "abc");
        assert_eq!(foreign("\u{202e}abc\u{2069}", 9.0), "\u{2068}abc\u{2069}");
        assert_eq!(foreign("e\u{301}e\u{301}e\u{301}", 1.2), "\u{2068}e\u{301}\u{2026}\u{2069}");
        assert_eq!(foreign("👩\u{200d}👩\u{200d}👧b", 2.5), "\u{2068}\u{2026}\u{2069}");
    }
}
