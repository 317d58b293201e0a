//! What is printed: each file's line or object, then customers and their timelines.

use std::collections::BTreeMap;
use std::io::Write;

use omnichannel::engine::{Fact, Fate, Portrait};
use omnichannel::hub::{Reception, Taken};
use omnichannel::model::{Code, Disclosure, Rejection, TenantId};
use omnichannel::{Hub, Result};
use serde::Serialize;

use crate::files::Input;

/// Most customers that are shown.
const CUSTOMERS_MAX: usize = 50;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Decoded,
    Partial,
    Ignored,
    Rejected,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Decoded => "decoded",
            Self::Partial => "partial",
            Self::Ignored => "ignored",
            Self::Rejected => "rejected",
        }
    }
}

#[derive(Debug, Serialize)]
struct RejectedEvent {
    index: Option<usize>,
    code: Code,
    reason: String,
}

impl From<&Rejection> for RejectedEvent {
    fn from(rejection: &Rejection) -> Self {
        let Rejection { index, code, reason } = rejection.clone();
        Self { index, code, reason }
    }
}

#[derive(Debug, Serialize)]
struct TakenEvent {
    kind: &'static str,
    external_id: Option<String>,
    sender: Option<String>,
    text: Option<String>,
    occurred_at: Option<String>,
}

impl From<&Taken> for TakenEvent {
    fn from(taken: &Taken) -> Self {
        let told = taken.told();
        let text = told.message.as_ref().map(|message| message.text().into_exposed());
        Self {
            kind: taken.kind.name(),
            external_id: told.external_id.clone(),
            sender: taken.sender.as_ref().map(|sender| sender.value.expose().clone()),
            text: text.filter(|text| !text.is_empty()),
            occurred_at: told.occurred.at.map(|at| at.to_string()),
        }
    }
}

/// What became of one file.
#[derive(Debug, Serialize)]
pub(crate) struct FileReport {
    file: String,
    channel: String,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    rejected: Vec<RejectedEvent>,
    events: Vec<TakenEvent>,
}

impl FileReport {
    pub(crate) fn new(input: &Input, reception: &Reception) -> Self {
        let duplicates: Vec<Rejection> = reception.taken.iter().filter_map(duplicate).collect();
        let is_new = |taken: &&Taken| taken.fate == Fate::Accepted;
        let events: Vec<TakenEvent> =
            reception.taken.iter().filter(is_new).map(TakenEvent::from).collect();
        let set_aside = reception.ignored.iter().chain(&duplicates);
        let refused = &reception.rejected;
        let (outcome, first) = match (events.is_empty(), refused.is_empty()) {
            (false, true) if duplicates.is_empty() => (Outcome::Decoded, None),
            (false, _) => (Outcome::Partial, None),
            (true, false) => (Outcome::Rejected, refused.first()),
            (true, true) => (Outcome::Ignored, set_aside.clone().next()),
        };
        let nothing = Rejection::whole(Code::NoEvent, "nothing happened in it");
        let told = first.or(events.is_empty().then_some(&nothing));
        let rejected = refused.iter().chain(&duplicates).map(RejectedEvent::from).collect();
        Self {
            file: input.name.clone(),
            channel: input.channel.clone(),
            outcome,
            code: told.map(|told| told.code),
            reason: told.map(|told| told.reason.clone()),
            rejected,
            events,
        }
    }
}

/// An event that was known before, said as a reason for setting it aside.
fn duplicate(taken: &Taken) -> Option<Rejection> {
    let (code, reason) = match taken.fate {
        // What was erased stands among the rejected.
        Fate::Accepted | Fate::Erased => return None,
        Fate::Duplicate => {
            (Code::Duplicate, "an event of this source with this id and content is known")
        }
        Fate::Conflicting => (
            Code::ConflictingDuplicate,
            "an event of this source with this id and other content is known; both are kept, and \
             views take the first by revision, time and content",
        ),
    };
    Some(Rejection::at(taken.index, code, reason))
}

/// Prints a line. Where nobody reads any more (`| head`), what is left is still taken in.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

pub(crate) fn print_json(report: &FileReport) {
    if let Ok(line) = serde_json::to_string(report) {
        say(&line);
    }
}

pub(crate) fn print_line(report: &FileReport) {
    let said = match (&report.code, &report.reason) {
        (Some(code), Some(reason)) => format!("{code}: {reason}"),
        _ => describe(&report.events),
    };
    say(&format!("{:<9} {}  {said}", report.outcome.name(), report.file));
    if report.outcome == Outcome::Partial {
        for rejected in &report.rejected {
            let at = rejected.index.map(|index| format!("event {index}, ")).unwrap_or_default();
            say(&format!("          {at}{}: {}", rejected.code, rejected.reason));
        }
    }
}

fn describe(events: &[TakenEvent]) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        *kinds.entry(event.kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let sender = events.first().and_then(|event| event.sender.as_deref()).unwrap_or("nobody known");
    let time =
        events.first().and_then(|event| event.occurred_at.as_deref()).unwrap_or("time unknown");
    format!("{} by {sender}, {time}", kinds.join(", "))
}

/// How many files became what.
#[derive(Debug, Default)]
pub(crate) struct Totals(BTreeMap<Outcome, usize>);

impl Totals {
    pub(crate) fn count(&mut self, report: &FileReport) {
        *self.0.entry(report.outcome).or_default() += 1;
    }

    pub(crate) fn print(&self) {
        let files: usize = self.0.values().sum();
        let each = self.0.iter().map(|(outcome, count)| format!("{count} {}", outcome.name()));
        say(&format!("\n{files} files: {}", each.collect::<Vec<_>>().join(", ")));
    }
}

pub(crate) async fn print_customers(hub: &Hub, tenant: TenantId) -> Result<()> {
    let portraits = hub.portraits(tenant).await?;
    say(&format!("\n{} customers", portraits.len()));
    for portrait in portraits.iter().take(CUSTOMERS_MAX) {
        print_customer(hub, tenant, portrait).await?;
    }
    if portraits.len() > CUSTOMERS_MAX {
        say(&format!("\nand {} more", portraits.len() - CUSTOMERS_MAX));
    }
    let unattributed = hub.unattributed(tenant).await?;
    if !unattributed.is_empty() {
        say(&format!("\n{} touchpoints of nobody known", unattributed.len()));
    }
    for fact in unattributed.iter().take(CUSTOMERS_MAX) {
        print_fact(fact);
    }
    Ok(())
}

async fn print_customer(hub: &Hub, tenant: TenantId, portrait: &Portrait) -> Result<()> {
    let customer = &portrait.customer;
    let name = customer.field("name").map_or("(no name)", |name| name.expose().as_str());
    say(&format!("\n{name}  {}", customer.id));
    for endpoint in &customer.endpoints {
        let joins = if endpoint.linking { "" } else { "  (joins nobody)" };
        say(&format!("  {}: {}{joins}", endpoint.namespace, endpoint.value.expose()));
    }
    for record in customer.records.iter().skip(1) {
        let Some(why) = hub.why(tenant, customer.id, record.id).await? else { continue };
        say(&format!("  with the record of {}:", record.source));
        for reason in &why.reasons {
            say(&format!("    {}", reason.sentence.text(Disclosure::Full)));
        }
    }
    portrait.timeline.iter().for_each(print_fact);
    Ok(())
}

fn print_fact(fact: &Fact) {
    let touchpoint = &fact.touchpoint;
    let at = touchpoint.occurred.at.map_or("time unknown".to_owned(), |at| at.to_string());
    let objects: Vec<String> =
        touchpoint.objects.iter().map(|of| format!("{} {}", of.kind, of.id)).collect();
    let text = touchpoint.message.as_ref().map(|message| message.text().into_exposed());
    let text = text.as_deref().and_then(|text| text.lines().find(|line| !line.trim().is_empty()));
    let about = [objects.join(", "), text.unwrap_or_default().chars().take(60).collect()];
    let line = format!("  {at:<27} {:<6} {} ", touchpoint.channel_kind, touchpoint.act);
    say(format!("{line} {}", about.join("  ")).trim_end());
}
