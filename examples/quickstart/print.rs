//! What is printed: five answers, each with its reasons. Bold on a terminal, plain when piped.

use std::collections::BTreeSet;
use std::fmt;
use std::io::IsTerminal as _;

use omnichannel::engine::Portrait;
use omnichannel::model::{
    Author, ChannelId, CustomerId, Decision, Disclosure, OutboxEntry, OutboxState, Outcome, Quote,
    SendOutcome, TenantId, Timestamp, Touchpoint,
};
use omnichannel::{Hub, consistency, offer};

use crate::Failure;

/// The page so far.
pub(crate) struct Page {
    text: String,
    bold: bool,
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Page {
    pub(crate) fn new(story: &str) -> Self {
        let bold = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { text: format!("{story}\n"), bold }
    }

    fn heading(&mut self, words: &str) {
        let (on, off) = if self.bold { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        self.text.push_str(&format!("\n{on}{words}{off}\n"));
    }

    fn line(&mut self, words: impl fmt::Display) {
        self.text.push_str(&format!("  {words}\n"));
    }

    /// The customer, and for every record why it is the same person.
    pub(crate) async fn customer(
        &mut self,
        hub: &Hub,
        tenant: TenantId,
        portraits: &[Portrait],
    ) -> Result<(), Failure> {
        let heading = match portraits.len() {
            1 => "One customer".to_owned(),
            many => format!("{many} customers"),
        };
        self.heading(&heading);
        for Portrait { customer, .. } in portraits {
            let name = customer.field("name").map_or("(no name)", |name| name.expose().as_str());
            self.line(format!("{name}, known as customer {}", customer.id));
            for endpoint in &customer.endpoints {
                let joins = if endpoint.linking { "" } else { " (joins nobody)" };
                let what = endpoint.namespace.to_string();
                self.line(format!("  {what:<14} {}{joins}", endpoint.value.expose()));
            }
            self.line("why it is one person:");
            for record in customer.records.iter().skip(1) {
                let why = hub.why(tenant, customer.id, record.id).await?;
                let steps = why.map(|why| why.reasons).unwrap_or_default();
                let steps: Vec<String> =
                    steps.iter().map(|step| step.sentence.text(Disclosure::Full)).collect();
                self.line(format!("  the record of {}: {}", record.source, steps.join("; ")));
            }
        }
        Ok(())
    }

    pub(crate) async fn timeline(
        &mut self,
        hub: &Hub,
        tenant: TenantId,
        id: CustomerId,
    ) -> Result<(), Failure> {
        let page = hub.timeline(tenant, id, None, 100).await?.unwrap_or_default();
        // What this run itself sends belongs to the end of the page.
        let told: Vec<&Touchpoint> =
            page.touchpoints.iter().filter(|touchpoint| !is_ours(touchpoint)).collect();
        let channels: BTreeSet<&ChannelId> = told.iter().map(|t| &t.channel).collect();
        self.heading(&format!("One timeline, {} channels", channels.len()));
        for touchpoint in told {
            let objects: Vec<String> =
                touchpoint.objects.iter().map(|o| format!("{} {}", o.kind, o.id)).collect();
            let kind = touchpoint.channel_kind.to_string();
            let act = touchpoint.act.to_string();
            let about = objects.join(", ");
            let line = format!("{}  {kind:<7} {act:<11} {about}", when(touchpoint.occurred.at));
            self.line(line.trim_end());
        }
        Ok(())
    }

    pub(crate) async fn conversations(
        &mut self,
        hub: &Hub,
        tenant: TenantId,
        id: CustomerId,
    ) -> Result<(), Failure> {
        let all = hub.conversations(tenant, id).await?;
        let count = match all.len() {
            1 => "One conversation".to_owned(),
            many => format!("{many} conversations"),
        };
        let said = all.iter().flat_map(|conversation| &conversation.messages);
        let said: Vec<_> = said.filter(|said| said.message.author != Author::System).collect();
        let channels: BTreeSet<&ChannelId> = said.iter().map(|said| &said.channel).collect();
        self.heading(&format!("{count}, {} channels", channels.len()));
        for said in said {
            let kind = said.channel_kind.to_string();
            let author = format!("{:?}", said.message.author).to_lowercase();
            let text = said.message.text();
            let at = when(said.occurred.at);
            self.line(format!("{at}  {kind:<7} {author:<9} {}", text.expose()));
        }
        Ok(())
    }

    /// The same quote wherever it is asked; a difference would be a declared exception.
    pub(crate) fn quote(&mut self, hub: &Hub, quote: &Quote, at: Timestamp) -> Result<(), Failure> {
        self.heading("One price");
        for name in ["website", "app", "till"] {
            let channel = ChannelId::new(name)?;
            let (shown, used) = hub.configuration().exceptions.apply(quote, &channel, at);
            let proof = &shown.digest.to_string()[..12];
            let differs = if used.is_empty() { String::new() } else { format!(", by {used:?}") };
            self.line(format!("{name:<8} {}  (proof {proof}{differs})", shown.total));
        }
        for line in offer::explain(quote).text(Disclosure::Full).lines() {
            self.line(line);
        }
        Ok(())
    }

    pub(crate) fn decision(&mut self, now: Timestamp, decision: &Decision) {
        self.heading("One voice");
        let what = match &decision.outcome {
            Outcome::Send { channel, at, .. } => format!("by {channel}, {}", when(Some(*at))),
            _ => "not at all".to_owned(),
        };
        let text = decision.intent.text.expose();
        self.line(format!("may we write \"{text}\" on {}? {what}", when(Some(now))));
        for line in consistency::explain(decision).text(Disclosure::Redacted).lines() {
            self.line(line);
        }
    }

    pub(crate) fn outbox(&mut self, due: Timestamp, entry: Option<&OutboxEntry>) {
        let became = match entry.map(|entry| &entry.state) {
            Some(OutboxState::Done(SendOutcome::Accepted { .. })) => "sent, once".to_owned(),
            Some(OutboxState::Refused(refusal)) => format!("refused: {}", refusal.reason()),
            Some(state) => format!("{state:?}"),
            None => "nothing was to be sent".to_owned(),
        };
        self.line(format!("the outbox, {}: {became}", when(Some(due))));
    }
}

/// Whether the hub itself told it.
fn is_ours(touchpoint: &Touchpoint) -> bool {
    touchpoint.message.as_ref().is_some_and(|message| message.author == Author::System)
}

fn when(at: Option<Timestamp>) -> String {
    at.map_or("some time   ".to_owned(), |at| at.to_chrono().format("%d %b %H:%M").to_string())
}
