//! A subject's export as people read it: headings, plain sentences, ISO dates.

use std::fmt::{self, Formatter};

use super::consent::ConsentState;
use super::decision::{Outcome, SendOutcome};
use super::evidence::{Ruling, bits};
use super::identifier::Assurance;
use super::message::{Direction, Part, Receipt};
use super::outbox::OutboxState;
use super::receipt::Watermark;
use super::subject::{KnownDecision, SubjectExport};
use super::time::{Occurred, TimeOrigin};
use super::touchpoint::Touchpoint;

impl fmt::Display for SubjectExport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "EVERYTHING KNOWN OF ONE PERSON")?;
        writeln!(f, "Made on {}. All times are UTC.", self.exported_at)?;
        self.write_identity(f)?;
        heading(f, "What happened", self.touchpoints.len())?;
        for known in &self.touchpoints {
            write_touchpoint(f, &known.taken.touchpoint)?;
            if !known.others.is_empty() {
                writeln!(f, "    told {} more time(s) with other content", known.others.len())?;
            }
        }
        heading(f, "What became of our messages", self.receipts.len())?;
        for report in &self.receipts {
            write_touchpoint(f, report)?;
        }
        heading(f, "Conversations", self.conversations.len())?;
        for conversation in &self.conversations {
            writeln!(f, "  {}: {} message(s)", conversation.id, conversation.messages.len())?;
        }
        self.write_choices(f)?;
        heading(f, "What was to be said to you, and why", self.decisions.len())?;
        for known in &self.decisions {
            write_decision(f, known)?;
        }
        heading(f, "What our staff ruled, and what our programs compared", self.verdicts.len())?;
        for verdict in &self.verdicts {
            let ruled = match verdict.ruling {
                Ruling::Same => "are one person".to_owned(),
                Ruling::Different => "are two people".to_owned(),
                Ruling::Undecided => "may or may not be one person".to_owned(),
                Ruling::Scored(weight) => format!("are alike by {}", bits(weight)),
            };
            writeln!(f, "  {}: records {} and {} {ruled}", verdict.at, verdict.a, verdict.b)?;
            if let Some(model) = &verdict.model {
                field(f, "  compared by", model.expose())?;
            }
            if !verdict.reason.expose().is_empty() {
                field(f, "  because", verdict.reason.expose())?;
            }
        }
        Ok(())
    }
}

impl SubjectExport {
    fn write_identity(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, "Identifiers", self.customer.endpoints.len())?;
        for endpoint in &self.customer.endpoints {
            let proven = match endpoint.assurance {
                Assurance::Verified => "proven",
                Assurance::Asserted => "stated",
            };
            let scope = endpoint.scope.as_ref().map(|scope| format!(" in {scope}"));
            let label = format!("{}{}", endpoint.namespace, scope.unwrap_or_default());
            field(f, &label, &format!("{} ({proven})", endpoint.value.expose()))?;
        }
        heading(f, "Sources that know you", self.customer.records.len())?;
        for record in &self.customer.records {
            let since = record.first_seen.map_or("unknown".to_owned(), |at| at.to_string());
            writeln!(f, "  {}: first seen {since} (record {})", record.source, record.id)?;
        }
        heading(f, "What you told about yourself", self.customer.golden.len())?;
        for (name, known) in &self.customer.golden {
            field(f, name, known.value.expose())?;
            writeln!(f, "    told on {}, {}", known.channel, When(known.stated))?;
            for lost in &known.lost {
                field(f, "  also told", lost.value.expose())?;
            }
        }
        Ok(())
    }

    fn write_choices(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, "What you chose about being written to", self.consents.len())?;
        for known in &self.consents {
            let held = self.customer.endpoints.iter().find(|e| e.id == known.endpoint);
            let at = held.map_or("an identifier", |endpoint| endpoint.value.expose());
            let said = match known.choice.state {
                ConsentState::Given => "yes",
                ConsentState::Withdrawn => "no",
            };
            let purpose = known.choice.purpose.as_ref().map(ToString::to_string);
            let purpose = purpose.unwrap_or_else(|| "every purpose".to_owned());
            field(f, &format!("{} to {purpose}", When(known.choice.occurred)), said)?;
            field(f, "  at", at)?;
            if let Some(evidence) = &known.choice.evidence {
                field(f, "  proof", evidence)?;
            }
        }
        Ok(())
    }
}

fn heading(f: &mut Formatter<'_>, words: &str, count: usize) -> fmt::Result {
    writeln!(f, "\n{words} ({count})")
}

/// A value on a line of its own; the further lines of a long one are indented, so that no value can
/// pass for a heading.
fn field(f: &mut Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    let mut lines = value.lines();
    writeln!(f, "  {name}: {}", lines.next().unwrap_or_default())?;
    lines.try_for_each(|line| writeln!(f, "      {line}"))
}

fn write_receipt(f: &mut Formatter<'_>, receipt: &Receipt) -> fmt::Result {
    if !receipt.of.is_empty() {
        field(f, &format!("  message {}", receipt.status), &receipt.of)?;
    }
    let earlier = match receipt.watermark {
        None => return Ok(()),
        Some(Watermark::Time(at)) => format!("all until {at}"),
        Some(Watermark::Message) => "all before it too".to_owned(),
    };
    field(f, &format!("  messages {}", receipt.status), &earlier)
}

fn write_touchpoint(f: &mut Formatter<'_>, touchpoint: &Touchpoint) -> fmt::Result {
    let (channel, kind) = (&touchpoint.channel, &touchpoint.channel_kind);
    writeln!(f, "  {}: {} on {channel} ({kind})", When(touchpoint.occurred), touchpoint.act)?;
    for object in &touchpoint.objects {
        field(f, &format!("  {}", object.kind.replace('_', " ")), &object.id)?;
    }
    for (name, value) in touchpoint.attributes.iter().chain(&touchpoint.details) {
        field(f, &format!("  {name}"), value.expose())?;
    }
    if let Some(receipt) = &touchpoint.receipt {
        write_receipt(f, receipt)?;
    }
    let Some(message) = &touchpoint.message else { return Ok(()) };
    let who = match message.direction {
        Direction::Inbound => "  you wrote",
        Direction::Outbound => "  we wrote",
    };
    if let Some(subject) = &message.subject {
        field(f, "  subject", subject.expose())?;
    }
    for part in &message.parts {
        match part {
            Part::Text(text) => field(f, who, text.expose())?,
            Part::Media(file) => {
                let name = file.file_name.as_ref().unwrap_or(&file.location);
                field(f, &format!("  file ({})", file.media_type), name.expose())?;
            }
            Part::Location(at) => field(f, "  place", at.expose())?,
            Part::Choice { id, label } => {
                field(f, "  chose", label.as_ref().unwrap_or(id).expose())?;
            }
        }
    }
    Ok(())
}

fn write_decision(f: &mut Formatter<'_>, known: &KnownDecision) -> fmt::Result {
    let (decision, intent) = (&known.decision, &known.decision.intent);
    let fate = match (&decision.outcome, &known.state) {
        (Outcome::Suppress, _) => "not to be said".to_owned(),
        (Outcome::Superseded { .. }, _) => "not said: another took its place".to_owned(),
        (Outcome::Digest, _) => "waits to be gathered with others".to_owned(),
        (Outcome::NeedsHuman, _) => "for a person to decide".to_owned(),
        (Outcome::Send { channel, at, .. }, state) => {
            format!("on {channel} at {at}, {}", state.as_ref().map_or("decided", progress))
        }
    };
    writeln!(f, "  {}: for {}, {fate}", decision.at, intent.purpose)?;
    if let Some(title) = &intent.title {
        field(f, "  about", title.expose())?;
    }
    field(f, "  words", intent.text.expose())?;
    field(f, "  why", known.why.expose())
}

fn progress(state: &OutboxState) -> &'static str {
    match state {
        OutboxState::Due | OutboxState::Waiting { .. } => "not sent yet",
        OutboxState::Leased { .. } => "being sent",
        OutboxState::Done(SendOutcome::Unknown) => "perhaps sent",
        OutboxState::Done(_) => "sent",
        OutboxState::Dead(_) | OutboxState::Refused(_) => "not sent",
    }
}

/// A time as people read it.
struct When(Occurred);

impl fmt::Display for When {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.0.at, self.0.origin) {
            (Some(at), TimeOrigin::Transport) => write!(f, "{at} (received)"),
            (Some(at), _) => at.fmt(f),
            (None, _) => f.write_str("at an unknown time"),
        }
    }
}
