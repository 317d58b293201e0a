//! Writing: a town as JSON lines for hubs, and as CSV.

use std::io::{self, Write};

use serde::Serialize;

use super::Town;
use super::sightings::{Sighting, sighting};
use super::touchpoints::story;
use crate::identity::normalise;
use crate::model::{Assurance, Attributes, Identifier, IdentityRules, Namespace, Timestamp};

/// A touchpoint in the crate's own format; see [`crate::channel::TouchpointJson`].
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    occurred_at: Timestamp,
    act: &'a str,
    channel_kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<Shown<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identifiers: Vec<Shown<'a>>,
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    attributes: &'a Attributes,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    namespace: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
    value: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    verified: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    text: &'a str,
}

fn shown(identifier: &Identifier) -> Shown<'_> {
    Shown {
        namespace: identifier.namespace.name(),
        scope: identifier.scope.as_deref(),
        value: identifier.value.expose(),
        verified: identifier.assurance == Assurance::Verified,
    }
}

impl Sighting {
    /// The touchpoint as one line of the crate's own JSON, without the truth.
    pub fn json(&self) -> String {
        let line = Line {
            id: &self.id,
            occurred_at: self.occurred,
            act: self.act,
            channel_kind: self.channel,
            sender: self.sender().map(shown),
            // The codec counts the sender among what was seen.
            identifiers: self.identifiers[usize::from(self.sender().is_some())..]
                .iter()
                .map(shown)
                .collect(),
            attributes: &self.attributes,
            message: self.text.map(|text| Message { text }),
        };
        serde_json::to_string(&line).expect("names and texts are JSON")
    }
}

/// The columns of the CSV.
const COLUMNS: [&str; 13] = [
    "id",
    "person",
    "source",
    "given_name",
    "family_name",
    "date_of_birth",
    "email",
    "phone",
    "address",
    "postcode",
    "city",
    "account",
    "loyalty_card",
];

impl Town {
    /// Writes every arrival as one line of JSON, in order, without the truth.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn write_json_lines(&self, out: &mut impl Write) -> io::Result<()> {
        for sighting in self.sightings() {
            writeln!(out, "{}", sighting.json())?;
        }
        Ok(())
    }

    /// Writes one row for each record of each person, after a row of column names: where the first
    /// of the record's touchpoints arrives, by the time of its happening.
    ///
    /// A record is what one channel knows under one sender; a row has the first value of each
    /// column that its touchpoints show, slips and junk included. `person` is the truth, `id` the
    /// record's first touchpoint. What has no sender has no row.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn write_csv(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", COLUMNS.join(","))?;
        for first in self.sightings().filter(|sighting| !sighting.repeated) {
            let Some(key) = record_key(&first) else { continue };
            let scenes = (0..).zip(story(self, first.person));
            let all = scenes.map(|(nth, scene)| sighting(self, first.person, nth, scene));
            let record: Vec<Sighting> =
                all.filter(|other| record_key(other).as_ref() == Some(&key)).collect();
            if record.first().is_some_and(|begins| begins.id == first.id) {
                let row = COLUMNS.map(|column| escaped(&cell(&record, column)));
                writeln!(out, "{}", row.join(","))?;
            }
        }
        Ok(())
    }
}

/// Under what a channel files a touchpoint.
fn record_key(sighting: &Sighting) -> Option<(&'static str, Namespace, String)> {
    let sender = sighting.sender()?;
    let value = normalise(&IdentityRules::default(), sender).value.into_exposed();
    Some((sighting.channel, sender.namespace.clone(), value))
}

fn cell(record: &[Sighting], column: &str) -> String {
    let Some(first) = record.first() else { return String::new() };
    let seen = |namespace: Namespace| {
        let mut all = record.iter().flat_map(|sighting| &sighting.identifiers);
        let found = all.find(|seen| seen.namespace == namespace);
        found.map(|seen| seen.value.expose().clone())
    };
    let told = |field: &str| {
        let told = record.iter().find_map(|sighting| sighting.attributes.get(field));
        told.map(|value| value.expose().clone())
    };
    let found = match column {
        "id" => Some(first.id.clone()),
        "person" => Some(first.person.to_string()),
        "source" => Some(first.channel.to_owned()),
        "email" => seen(Namespace::Email),
        "phone" => seen(Namespace::Phone),
        "account" => seen(Namespace::Account),
        "loyalty_card" => seen(Namespace::LoyaltyCard),
        field => told(field),
    };
    found.unwrap_or_default()
}

/// A field of CSV (RFC 4180): quoted where it holds a comma, a quote or a line's end.
fn escaped(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
