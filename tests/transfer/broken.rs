//! Lines that were cut, altered, or do not fit, told without their words.

use std::collections::BTreeSet;

use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{BadLine, Digest, Header, IdKey, Line, TenantId};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::{ErrorKind, Hub};

use crate::common::{Dice, now, tenant};
use crate::world::{digest, export, filled, import, open};

#[test]
fn altered_and_cut_lines_cost_only_themselves_and_are_told_without_a_word_of_them() {
    let from = filled();
    let lines = export(&from);
    for seed in 0..20 {
        let mut dice = Dice::new(seed);
        let mut spoilt: Vec<Vec<u8>> = lines.iter().map(|line| line.clone().into_bytes()).collect();
        let mut broken = BTreeSet::new();
        for _ in 0..25 {
            let at = 1 + dice.below(lines.len() - 2);
            if broken.insert(at as u64 + 1) {
                let byte = dice.below(spoilt[at].len());
                match dice.below(3) {
                    0 => spoilt[at].truncate(byte),
                    1 => spoilt[at][byte] ^= 1 << dice.below(8),
                    _ => spoilt[at].insert(byte, b'7'),
                }
            }
        }
        let to = open(MemoryStore::new());
        let mut import = to.import(tenant());
        let progress = block_on(import.take(&spoilt)).expect("imported").clone();
        // A line that was cut to nothing is an empty line, which says nothing.
        let empty = spoilt.iter().filter(|line| line.is_empty()).count();
        let told: BTreeSet<u64> = progress.reasons.iter().map(|refused| refused.line).collect();
        assert!(told.is_subset(&broken), "seed {seed}");
        assert_eq!(progress.refused as usize, broken.len() - empty, "seed {seed}: {progress:?}");
        assert!(!progress.is_complete());
        for word in ["example.org", "secretword", "Ana", "she said so", "Martin"] {
            assert!(lines.iter().any(|line| line.contains(word)), "{word} is planted");
            let said = format!("{progress:?} {import:?}");
            assert!(!said.contains(word), "{word}");
        }
        assert!(self::import(&to, &lines).is_complete(), "the whole export heals it");
        assert_eq!(digest(&to), digest(&from), "seed {seed}");
    }
}

#[test]
fn an_export_that_was_cut_off_is_not_complete() {
    let lines = export(&filled());
    for cut in [1, 2, lines.len() / 2, lines.len() - 1] {
        let to = open(MemoryStore::new());
        let progress = import(&to, &lines[..cut]);
        assert!(!progress.is_complete(), "{cut}");
        assert_eq!(progress.refused, 0);
    }
}

/// A header with one thing changed.
fn headed(lines: &[String], change: impl Fn(&mut Header)) -> Vec<String> {
    let mut lines = lines.to_vec();
    let Ok(Line::Header(mut header)) = Line::decode(lines[0].as_bytes()) else {
        panic!("the first line is the header")
    };
    change(&mut header);
    lines[0] = Line::Header(header).encode();
    lines
}

#[test]
fn an_export_that_does_not_fit_is_refused_whole_with_advice() {
    let from = filled();
    let lines = export(&from);
    let stranger = TenantId::named("another house");
    let newer = headed(&lines, |header| header.format += 1);
    let normalised = headed(&lines, |header| header.profile.normaliser += 1);
    let other = headed(&lines, |header| header.tenant = stranger);
    let key = headed(&lines, |header| {
        header.profile.id_key = IdKey::new(&[9; 32]).expect("a key").check_value();
    });
    let mut omen = lines.clone();
    let at = omen.len() - 1;
    omen.insert(at, newer_kind());
    let cases = [
        (newer, ErrorKind::Unsupported, "newer"),
        (normalised, ErrorKind::Unsupported, "newer"),
        (other, ErrorKind::Invalid, "another tenant"),
        (key, ErrorKind::Denied, "another id key"),
        (lines[1..].to_vec(), ErrorKind::Invalid, "header"),
        (vec!["{".to_owned()], ErrorKind::Invalid, "header"),
        (omen, ErrorKind::Unsupported, &format!("(line: {})", at + 1)),
    ];
    for (lines, kind, advice) in cases {
        let to = open(MemoryStore::new());
        let error = block_on(to.import(tenant()).take(&lines)).expect_err(advice);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(advice), "{error}");
        assert!(!error.to_string().contains("Zoé"), "{error}");
        assert!(export(&to).len() <= 3, "nothing was taken: {advice}");
    }
    let keys = Keys { id_key: IdKey::new(&[9; 32]).expect("a key") };
    let to = Hub::new(MemoryStore::new(), keys, FixedClock::new(now()), SeededEntropy::new(1));
    let error = block_on(to.import(tenant()).take(&lines)).expect_err("another key");
    assert_eq!(error.kind(), ErrorKind::Denied);
}

/// A whole line of a kind that this build does not know.
fn newer_kind() -> String {
    let fact = r#"{"secret":"Zoé"}"#;
    let mut check = Digest::of_bytes(format!("omen {fact}").as_bytes()).to_string();
    check.truncate(16);
    let line = format!(r#"{{"kind":"omen","check":"{check}","fact":{fact}}}"#);
    assert_eq!(Line::decode(line.as_bytes()), Err(BadLine::Newer));
    line
}
