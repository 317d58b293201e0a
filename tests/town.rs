//! The seeded town: one town of one seed, written in two formats.
#![cfg(feature = "testkit")]

mod common;
#[path = "town/knobs.rs"]
mod knobs;
#[path = "town/truth.rs"]
mod truth;

use std::collections::{BTreeMap, BTreeSet};

use common::{now, tenant};
use omnichannel::channel::{ChannelCodec, KeyRing, RawInbound, TouchpointJson, verify};
use omnichannel::identity::normalise;
use omnichannel::model::{Digest, Identifier, IdentityRules, Namespace};
use omnichannel::testkit::town::{Knobs, Town};

fn town(knobs: Knobs) -> Town {
    Town::new(knobs).expect("fine knobs")
}

fn small(seed: u64) -> Town {
    town(Knobs::default().people(500).seed(seed))
}

fn lines(town: &Town) -> Vec<u8> {
    let mut out = Vec::new();
    town.write_json_lines(&mut out).expect("memory takes everything");
    out
}

fn table(town: &Town) -> Vec<u8> {
    let mut out = Vec::new();
    town.write_csv(&mut out).expect("memory takes everything");
    out
}

/// The same as far as identity is concerned.
fn key(seen: &Identifier) -> Option<(Namespace, Option<String>, String)> {
    let normal = normalise(&IdentityRules::default(), seen);
    let value = normal.value.into_exposed();
    normal.blocked.is_none().then(|| (seen.namespace.clone(), seen.scope.clone(), value))
}

#[test]
fn a_seed_is_one_town_on_every_machine() {
    let (one, again, other) = (small(7), small(7), small(8));
    assert_eq!((lines(&one), table(&one)), (lines(&again), table(&again)));
    assert_ne!(lines(&one), lines(&other));
    assert_ne!(table(&one), table(&other));
    // As the first machine wrote them; a change of the generator changes them on purpose.
    let digests = [lines(&one), table(&one)].map(|bytes| Digest::of_bytes(&bytes).to_string());
    assert_eq!(
        digests.each_ref().map(|digest| &digest[..16]),
        ["9b90abb18043ca33", "1e494f0b05018b18"]
    );
}

#[test]
fn every_line_is_a_touchpoint_of_the_crates_own_format() {
    let town = small(3);
    let codec = TouchpointJson::new(town.channels().next().expect("a channel"));
    let request = |body: Vec<u8>| {
        let request = RawInbound::new(tenant(), codec.channel().id.clone(), body);
        verify(&codec.scheme(), &KeyRing::default(), request.attested("a test"), now())
    };
    let text = String::from_utf8(lines(&town)).expect("text");
    let mut lines = text.lines();
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    for sighting in town.sightings() {
        let line = lines.next().expect("a line each");
        let decoded = codec.decode(&request(line.into()).expect("attested"));
        assert_eq!((&decoded.rejected, &decoded.ignored), (&vec![], &vec![]), "{line}");
        let event = &decoded.events[0];
        assert_eq!(event.external_id.as_deref(), Some(sighting.id.as_str()));
        assert_eq!(event.occurred.at, Some(sighting.occurred));
        assert_eq!(event.act.name(), sighting.act);
        assert_eq!(event.identifiers, sighting.identifiers);
        assert_eq!(event.sender.as_ref(), sighting.sender());
        assert_eq!(event.attributes, sighting.attributes);
        assert_eq!(event.message.is_some(), sighting.text.is_some());
        kinds.extend(event.channel_kind.as_ref().map(|kind| format!("{kind:?}")));
    }
    assert_eq!(lines.next(), None);
    assert!(kinds.len() > 18, "{kinds:?}");
    let whole = codec.decode(&request(text.into_bytes()[..200_000].to_vec()).expect("attested"));
    assert_eq!(whole.rejected.len(), 1, "only the line that was cut");
}

#[test]
fn a_copy_has_the_same_bytes() {
    let town = small(4);
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    let mut copies = 0;
    for sighting in town.sightings() {
        let json = sighting.json();
        match told.insert(sighting.id.clone(), json.clone()) {
            Some(before) => {
                assert!(sighting.repeated && before == json);
                copies += 1;
            }
            None => assert!(!sighting.repeated),
        }
    }
    assert!(copies > 20);
}

#[test]
fn the_table_has_a_row_for_each_record_of_each_person() {
    let town = small(5);
    let text = String::from_utf8(table(&town)).expect("text");
    let rows: Vec<Vec<String>> = text.lines().map(fields).collect();
    assert_eq!(
        rows[0].join(","),
        "id,person,source,given_name,family_name,date_of_birth,email,phone,\
        address,postcode,city,account,loyalty_card"
            .replace(' ', "")
    );
    assert!(rows.iter().all(|row| row.len() == 13));
    let ids: BTreeSet<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids.len(), rows.len() - 1, "each once");
    let mut records = BTreeSet::new();
    for sighting in town.sightings() {
        if let Some(sender) = sighting.sender() {
            let value = normalise(&IdentityRules::default(), sender).value.into_exposed();
            records.insert((sighting.person, sighting.channel, sender.namespace.clone(), value));
        }
    }
    assert_eq!(rows.len() - 1, records.len());
    let person = |row: &[String]| row[1].parse::<u32>().expect("a number");
    assert!(rows[1..].iter().all(|row| row[0].starts_with(&format!("t-{}-", person(row)))));
    let filled = |at: usize| rows[1..].iter().filter(|row| !row[at].is_empty()).count();
    assert!((3..13).all(|at| filled(at) > 50), "every column is in use");
}

/// The fields of a line of CSV.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        let last = fields.last_mut().expect("one at least");
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => last.push(c),
        }
    }
    fields
}
