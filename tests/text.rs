//! Texts as channels count them: measures against their definitions, splits against their laws.

use omnichannel::model::{
    LengthUnit, Segments, SmsEncoding, SmsReference, TextLimit, sms_segments,
};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

const UNITS: [LengthUnit; 5] = [
    LengthUnit::Utf8Byte,
    LengthUnit::Utf16Unit,
    LengthUnit::Scalar,
    LengthUnit::Grapheme,
    LengthUnit::GsmSeptet,
];

fn limit(max: u32, unit: LengthUnit) -> TextLimit {
    TextLimit { max, unit }
}

fn length(text: &str, unit: LengthUnit) -> usize {
    limit(0, unit).measure(text)
}

fn split(max: u32, text: &str) -> Vec<&str> {
    limit(max, LengthUnit::Scalar).split(text)
}

#[track_caller]
fn travels(text: &str, encoding: SmsEncoding, units: usize, segments: usize) {
    assert_eq!(sms_segments(text), Segments { encoding, units, segments });
}

#[test]
fn text_messages_are_counted_as_networks_do() {
    use SmsEncoding::{Gsm7, Ucs2};
    travels(&"A".repeat(160), Gsm7, 160, 1);
    travels(&"A".repeat(161), Gsm7, 161, 2);
    travels(&"A".repeat(306), Gsm7, 306, 2);
    travels(&"A".repeat(307), Gsm7, 307, 3);
    travels(&"€".repeat(80), Gsm7, 160, 1);
    travels(&"€".repeat(81), Gsm7, 162, 2);
    travels(&"é".repeat(160), Gsm7, 160, 1);
    travels(&"ç".repeat(70), Ucs2, 70, 1);
    travels(&"ç".repeat(71), Ucs2, 71, 2);
    travels(&"😀".repeat(35), Ucs2, 70, 1);
    travels(&"😀".repeat(36), Ucs2, 72, 2);
    travels(&format!("{}😀", "A".repeat(69)), Ucs2, 71, 2);
    travels(&"`".repeat(160), Ucs2, 160, 3);
    travels("", Gsm7, 0, 0);
}

#[test]
fn no_pair_lies_in_two_text_messages() {
    let escaped = format!("{a}€{a}", a = "A".repeat(152));
    travels(&escaped, SmsEncoding::Gsm7, 306, 3);
    travels(&"😀".repeat(67), SmsEncoding::Ucs2, 134, 3);
}

#[test]
fn a_longer_reference_leaves_less_room() {
    let rooms = |encoding: SmsEncoding| {
        [SmsReference::Bits8, SmsReference::Bits16].map(|reference| encoding.together(reference))
    };
    assert_eq!((SmsEncoding::Gsm7.alone(), SmsEncoding::Ucs2.alone()), (160, 70));
    assert_eq!((rooms(SmsEncoding::Gsm7), rooms(SmsEncoding::Ucs2)), ([153, 152], [67, 66]));
    let segments = |text: &str| Segments::of(text, SmsReference::Bits16).segments;
    assert_eq!((segments(&"A".repeat(160)), segments(&"A".repeat(305))), (1, 3));
    assert_eq!((segments(&"ç".repeat(132)), segments(&"ç".repeat(133))), (2, 3));
}

#[test]
fn the_gsm_alphabet_is_the_whole_standard() {
    let basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                 ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    let escaped = "\u{C}^{}\\[~]|€";
    assert_eq!(basic.chars().count(), 127, "128 less the escape itself");
    for c in ('\0'..=char::MAX).step_by(1) {
        let told = sms_segments(c.encode_utf8(&mut [0; 4]));
        let expected = if basic.contains(c) {
            (SmsEncoding::Gsm7, 1)
        } else if escaped.contains(c) {
            (SmsEncoding::Gsm7, 2)
        } else {
            (SmsEncoding::Ucs2, c.len_utf16())
        };
        assert_eq!((told.encoding, told.units), expected, "{c:?}");
    }
}

#[test]
fn a_limit_in_septets_holds_for_both_encodings() {
    let one = limit(160, LengthUnit::GsmSeptet);
    for (unit, most) in [("A", 160), ("€", 80), ("ç", 70), ("😀", 35)] {
        assert!(one.fits(&unit.repeat(most)) && !one.fits(&unit.repeat(most + 1)), "{unit}");
    }
    for (max, most) in [(153, 67), (152, 66)] {
        let segment = limit(max, LengthUnit::GsmSeptet);
        assert!(segment.fits(&"ç".repeat(most)) && !segment.fits(&"ç".repeat(most + 1)));
    }
}

#[test]
fn units_count_as_they_say() {
    let family = "👨‍👩‍👧🇫🇷e\u{301}\r\n";
    let lengths = UNITS.map(|unit| length(family, unit));
    assert_eq!(lengths, [18 + 8 + 3 + 2, 8 + 4 + 2 + 2, 5 + 2 + 2 + 2, 4, 16 * 16 / 7]);
}

#[test]
fn every_scalar_value_clusters_as_the_standard_says() {
    // After each of these stands each scalar value, and then each of these again.
    let around = ["a", "\r", "क", "क\u{94D}", "👩", "👩\u{200D}", "🇫", "각", "가", "ᄀ", "\u{600}"];
    let after = ["a", "\u{301}", "क", "👩", "🇷", "ᆨ", "\n", "\u{903}"];
    let mut text = String::new();
    for c in '\0'..=char::MAX {
        for (n, before) in around.iter().enumerate() {
            text.clear();
            text.push_str(before);
            text.push(c);
            text.push_str(after[(n + c as usize) % after.len()]);
            let ours = length(&text, LengthUnit::Grapheme);
            assert_eq!(ours, text.graphemes(true).count(), "{}", text.escape_unicode());
        }
    }
}

#[test]
fn what_fits_is_one_part_and_nothing_is_none() {
    assert_eq!(split(5, "hello"), ["hello"]);
    assert!(split(5, "").is_empty() && split(0, "").is_empty());
}

#[test]
fn paragraphs_lines_sentences_and_words_are_preferred_in_this_order() {
    assert_eq!(split(20, "One two.\n\nThree.\nFour. Five"), ["One two.\n\n", "Three.\nFour. Five"]);
    assert_eq!(split(20, "One two three\nfour. Five six"), ["One two three\n", "four. Five six"]);
    assert_eq!(split(20, "One two three. Four five"), ["One two three. ", "Four five"]);
    assert_eq!(split(20, "One two three four five"), ["One two three four ", "five"]);
    assert_eq!(split(6, "One two"), ["One ", "two"]);
    assert_eq!(split(20, "One. Two three four five six"), ["One. Two three four ", "five six"]);
}

#[test]
fn a_long_word_is_cut_and_a_short_one_is_not() {
    assert_eq!(split(10, "abcdefghijklmnop"), ["abcdefghij", "klmnop"]);
    assert_eq!(split(10, "a bcdefghijk l"), ["a ", "bcdefghijk", " l"]);
    assert_eq!(split(10, "a bcdefghijklmn"), ["a bcdefghi", "jklmn"]);
    assert_eq!(split(10, "abcdefghij klm"), ["abcdefghij", " klm"]);
}

#[test]
fn a_no_break_space_holds_and_an_indentation_stays() {
    assert_eq!(split(10, "prix : 12\u{A0}€ net"), ["prix : ", "12\u{A0}€ net"]);
    assert_eq!(split(12, "list:\n  - one\n  - two"), ["list:\n", "  - one\n", "  - two"]);
    assert_eq!(split(6, "a\n    word"), ["a\n    ", "word"], "unless the word were cut");
}

#[test]
fn scripts_without_spaces_break_between_characters_and_behind_sentences() {
    assert_eq!(split(8, "今日は晴れ。明日は雨です"), ["今日は晴れ。", "明日は雨です"]);
    assert_eq!(split(6, "東京都港区「麻布台」"), ["東京都港区", "「麻布台」"]);
    assert_eq!(split(4, "กขค\u{200B}งจ"), ["กขค\u{200B}", "งจ"]);
}

#[test]
fn an_address_stays_whole_where_it_fits() {
    let url = "https://x.org/a?b=(c)";
    let text = format!("See it here ({url}).");
    assert_eq!(split(24, &text), ["See it here ", "(https://x.org/a?b=(c))."]);
    assert_eq!(split(21, &format!("今日は晴れ{url}今日は晴れ")), ["今日は晴れ", url, "今日は晴れ"]);
    let (stressed, before) = ("www.x.org\u{301}\u{302}", "\u{600}www.x.org");
    assert_eq!(split(11, &format!("see {stressed} b")), ["see ", stressed, " b"]);
    assert_eq!(split(10, &format!("see{before} b")), ["see", before, " b"]);
    assert_eq!(split(10, "at www.x.org/abcdef"), ["at www.x.o", "rg/abcdef"], "as a long word");
}

#[test]
fn fenced_code_stays_whole_where_it_fits() {
    let code = "```rust\nlet a = 1;\n\nlet b = 2;\n```\n";
    let text = format!("Look at this:\n{code}That is all.");
    assert_eq!(split(40, &text), ["Look at this:\n", code, "That is all."]);
    let quoted = "> ~~~\n> a b c d e f g\n> ~~~\n";
    assert_eq!(split(30, &format!("Before all that.\n{quoted}")), ["Before all that.\n", quoted]);
}

#[test]
fn fenced_code_that_is_too_long_falls_into_its_lines() {
    let text = "Code:\n```\nfirst line. Of it\nsecond line here\n```\n";
    let parts = ["Code:\n```\n", "first line. Of it\n", "second line here\n", "```\n"];
    assert_eq!(split(20, text), parts);
    let unclosed = "```\nfirst line\nsecond one";
    assert_eq!(split(16, unclosed), ["```\nfirst line\n", "second one"]);
}

#[test]
fn what_is_no_fence_breaks_as_any_text() {
    assert_eq!(split(12, "``a b`` c d e\nf g"), ["``a b`` c d ", "e\nf g"]);
    assert_eq!(split(14, "```a b``` c d e\nf g"), ["```a b``` c d ", "e\nf g"]);
}

#[test]
fn a_cluster_that_fits_no_part_is_cut_between_scalar_values() {
    let family = "👨‍👩‍👧";
    assert_eq!(limit(20, LengthUnit::Utf8Byte).split(&family.repeat(2)), [family, family]);
    assert_eq!(limit(8, LengthUnit::Utf8Byte).split(family), ["👨‍", "👩‍", "👧"]);
    // The second flag is one although the first was cut.
    let flags = limit(4, LengthUnit::Utf16Unit).split("\u{600}🇫🇷🇫🇷");
    assert_eq!(flags, ["\u{600}🇫", "🇷", "🇫🇷"]);
    let parts = limit(1, LengthUnit::Utf8Byte).split("é😀a");
    assert_eq!(parts, ["é", "😀", "a"], "nothing is smaller than a scalar value");
    assert_eq!(limit(0, LengthUnit::Scalar).split("ab"), ["a", "b"]);
}

#[test]
fn hostile_texts_take_linear_time() {
    let texts = [
        "a\u{301}".to_owned() + &"\u{301}".repeat(500_000),
        "\n".repeat(500_000),
        "http://".repeat(80_000),
        "```\n".repeat(120_000),
        "\n   ".repeat(120_000),
        "🇫".repeat(120_000),
        "a. b\n\n".repeat(80_000),
        "h ".to_owned() + &"x".repeat(500_000),
        "w ww.w.(https://".repeat(30_000),
    ];
    for text in &texts {
        for unit in UNITS {
            for max in [1, 7, 160, 4_096] {
                let parts = limit(max, unit).split(text);
                assert_eq!(parts.iter().map(|part| part.len()).sum::<usize>(), text.len());
            }
        }
    }
}

/// Pieces of texts as people write them, and as they break programs.
fn pieces() -> impl Strategy<Value = String> {
    let written = proptest::sample::select(vec![
        "Hello, Camille. ",
        "n'est-ce pas ? ",
        "€",
        "{a}",
        "\r\n",
        "\n\n",
        "\n",
        "  ",
        "\u{A0}",
        "👨‍👩‍👧‍👦",
        "👍🏽",
        "🇫🇷",
        "🇫",
        "e\u{301}",
        "क्षि",
        "각",
        "ᄀ",
        "\u{200D}",
        "\u{FE0F}",
        "\u{600}",
        "السلام عليكم ",
        "שלום ",
        "\u{202B}",
        "東京。",
        "「",
        "https://x.org/a-b?c=d",
        "www.x.org",
        "```\n",
        "~~~\n",
        "> ",
        "let a = 1;\n",
        "wordwithoutanyend",
        ".",
        ")",
        "\u{85}",
        "\u{2028}",
    ]);
    let piece = prop_oneof![4 => written.prop_map(str::to_owned), 1 => any::<String>()];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn limits() -> impl Strategy<Value = TextLimit> {
    let unit = proptest::sample::select(UNITS.to_vec());
    (prop_oneof![0_u32..8, 8_u32..200], unit).prop_map(|(max, unit)| limit(max, unit))
}

/// The places where parts meet.
fn cuts(parts: &[&str]) -> Vec<usize> {
    let ends = parts.iter().scan(0, |at, part| {
        *at += part.len();
        Some(*at)
    });
    ends.take(parts.len().saturating_sub(1)).collect()
}

/// Whether a cut lies inside a stretch that fits one part.
fn breaks(limit: TextLimit, text: &str, at: usize, from: usize, to: usize) -> bool {
    from < at && at < to && limit.fits(&text[from..to])
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(4_000)
    })]

    #[test]
    fn clusters_are_those_of_the_standard(text in pieces()) {
        prop_assert_eq!(length(&text, LengthUnit::Grapheme), text.graphemes(true).count());
        prop_assert_eq!(length(&text, LengthUnit::Utf16Unit), text.encode_utf16().count());
    }

    #[test]
    fn no_measure_sinks_when_a_text_grows(text in pieces()) {
        for unit in UNITS {
            let mut least = 0;
            for (at, c) in text.char_indices() {
                let longer = length(&text[..at + c.len_utf8()], unit);
                prop_assert!(longer >= least);
                least = longer;
            }
        }
    }

    #[test]
    fn parts_are_the_text_and_fit(text in pieces(), limit in limits()) {
        let parts = limit.split(&text);
        prop_assert_eq!(parts.concat(), &*text);
        for part in parts {
            prop_assert!(!part.is_empty());
            prop_assert!(limit.fits(part) || part.chars().count() == 1, "{:?}", part);
        }
    }

    #[test]
    fn each_part_of_160_septets_travels_as_one_text_message(text in pieces()) {
        for part in limit(160, LengthUnit::GsmSeptet).split(&text) {
            prop_assert_eq!(sms_segments(part).segments, 1, "{:?}", part);
        }
    }

    #[test]
    fn two_parts_next_to_each_other_fit_no_single_one(text in pieces(), limit in limits()) {
        let (parts, mut at) = (limit.split(&text), 0);
        for pair in parts.windows(2) {
            let (cut, end) = (at + pair[0].len(), at + pair[0].len() + pair[1].len());
            let is_half = pair.iter().any(|part| 2 * limit.measure(part) >= limit.max as usize);
            // Behind the cut, or across it.
            let behind = text.grapheme_indices(true).find(|(at, it)| at + it.len() > cut);
            let is_too_long = behind.is_some_and(|(_, cluster)| !limit.fits(cluster));
            prop_assert!(is_half || is_too_long || !limit.fits(&text[at..end]), "{:?}", pair);
            at = cut;
        }
    }

    #[test]
    fn no_cluster_that_fits_is_cut(text in pieces(), limit in limits()) {
        for at in cuts(&limit.split(&text)) {
            for (from, cluster) in text.grapheme_indices(true) {
                let to = from + cluster.len();
                prop_assert!(!breaks(limit, &text, at, from, to), "{:?}", cluster);
            }
        }
    }

    #[test]
    fn no_address_and_no_word_that_fits_is_cut(
        words in proptest::collection::vec(
            ("[a-z]{1,9}|[<(]?https://x\\.org/[a-z/?=-]{0,12}[a-z]", "[ \n]|[.,:>)] |\n   "), 0..16,
        ),
        limit in limits(),
    ) {
        let (mut text, mut stretches) = (String::new(), Vec::new());
        for (word, between) in words {
            let opening = word.len() - word.trim_start_matches(['<', '(']).len();
            // The punctuation behind it belongs to a word, and to no address.
            let is_address = word.contains(':');
            let behind = if is_address { 0 } else { between.trim_end().len() };
            stretches.push((text.len() + opening, text.len() + word.len() + behind));
            text.extend([word, between]);
        }
        for at in cuts(&limit.split(&text)) {
            for (from, to) in &stretches {
                prop_assert!(!breaks(limit, &text, at, *from, *to), "{:?}", &text[*from..*to]);
            }
        }
    }

    #[test]
    fn no_fenced_code_that_fits_is_cut_and_no_line_of_it(
        before in "[a-z .\n]{0,60}", lines in proptest::collection::vec("[a-z .]{0,30}", 0..8),
        after in "[a-z .\n]{0,60}", limit in limits(),
    ) {
        let code: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let text = format!("{before}\n```\n{code}```\n{after}");
        let begin = before.len() + 1;
        let end = text.len() - after.len();
        for at in cuts(&limit.split(&text)) {
            prop_assert!(!breaks(limit, &text, at, begin, end));
            let mut from = begin;
            for line in text[begin..end].split_inclusive('\n') {
                prop_assert!(!breaks(limit, &text, at, from, from + line.len()), "{:?}", line);
                from += line.len();
            }
        }
    }
}
