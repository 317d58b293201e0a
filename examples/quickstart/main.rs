//! The gift: one customer over five channels, told as raw channel input.
//!
//! ```text
//! cargo run --release --example quickstart [-- --shuffle SEED] [--db FILE]
//! ```
//!
//! A dress kept in a web wish list, another seen in the app, a question on a social network, the
//! order on the web, delivery by post, the exchange in a store. Prints one customer with why, one
//! timeline, one conversation, one quote for website, app and till, and a decision on a promotional
//! message with what would change it. `--shuffle` feeds the same input in another order, with
//! random duplicates: the same bytes come out. `--db` (feature `sqlite`) keeps everything in a
//! file; a second run on it changes nothing.

mod journey;
mod print;

use std::process::ExitCode;
use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, MemoryChannel};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{Channel, ChannelKind, CustomerId, IdKey, Namespace, Outcome, TenantId};
use omnichannel::storage::{MemoryStore, Store};

use journey::{Journey, shuffled};
use print::Page;

type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "usage: quickstart [--shuffle SEED] [--db FILE]";

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let told = Options::parse(std::env::args().skip(1))
        .map_err(|message| Failure::from(format!("{message}\n{USAGE}")))
        .and_then(|options| runtime?.block_on(play(&options)));
    match told {
        Ok(page) => {
            print!("{page}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Options {
    shuffle: Option<u64>,
    db: Option<String>,
}

impl Options {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(word) = words.next() {
            let value = words.next().ok_or(format!("{word}: unknown, or it needs a value"))?;
            match word.as_str() {
                "--shuffle" => {
                    let seed =
                        value.parse().map_err(|_| format!("--shuffle: {value} is no number"));
                    options.shuffle = Some(seed?);
                }
                "--db" => options.db = Some(value),
                _ => return Err(format!("unknown option {word}")),
            }
        }
        Ok(options)
    }
}

async fn play(options: &Options) -> Result<Page, Failure> {
    let journey = Journey::read()?;
    let tenant = TenantId::named(&journey.tenant);
    let mail =
        Arc::new(MemoryChannel::new(Channel::new("email", ChannelKind::Email)?, Namespace::Email));
    let hub = plug_in(&journey, tenant, open(options)?, &mail)?;

    let mut requests = journey.requests(tenant)?;
    if let Some(seed) = options.shuffle {
        requests = shuffled(&requests, seed);
    }
    for request in requests {
        let reception = hub.receive(request).await?;
        if let Some(rejected) = reception.rejected.first() {
            return Err(format!("the journey's own data: {rejected}").into());
        }
    }

    let mut page = Page::new(&journey.story);
    let portraits = hub.portraits(tenant).await?;
    let camille = portraits.first().ok_or("nobody came")?.customer.id;
    page.customer(&hub, tenant, &portraits).await?;
    page.timeline(&hub, tenant, camille).await?;
    page.conversations(&hub, tenant, camille).await?;
    quote(&mut page, &hub, &journey, tenant, camille).await?;
    speak(&mut page, &hub, &journey, tenant, camille).await?;
    Ok(page)
}

fn open(options: &Options) -> Result<Arc<dyn Store>, Failure> {
    match &options.db {
        None => Ok(Arc::new(MemoryStore::new())),
        #[cfg(feature = "sqlite")]
        Some(file) => Ok(Arc::new(omnichannel::storage::SqliteStore::open(file)?)),
        #[cfg(not(feature = "sqlite"))]
        Some(_) => Err("--db needs the feature sqlite: cargo run --release --features sqlite \
                        --example quickstart -- --db FILE"
            .into()),
    }
}

fn plug_in(
    journey: &Journey,
    tenant: TenantId,
    store: Arc<dyn Store>,
    mail: &Arc<MemoryChannel>,
) -> Result<Hub, Failure> {
    // A real application keeps 32 random bytes in its secret store.
    let keys = Keys { id_key: IdKey::new(b"quickstart's key, known to anyone")? };
    let sms = MemoryChannel::new(Channel::new("sms", ChannelKind::Sms)?, Namespace::Phone);
    let mut hub = Hub::new(store, keys, FixedClock::new(journey.now), SeededEntropy::new(1))
        .configured(journey.configuration.clone())?
        .channel(tenant, sms, KeyRing::default())
        .channel(tenant, Arc::clone(mail), KeyRing::default());
    for channel in &journey.channels {
        hub = channel.plug_into(hub, tenant)?;
    }
    Ok(hub)
}

/// One question, asked on three channels.
async fn quote(
    page: &mut Page,
    hub: &Hub,
    journey: &Journey,
    tenant: TenantId,
    camille: CustomerId,
) -> Result<(), Failure> {
    let quote = hub.quote(tenant, Some(camille.into()), &journey.question()).await?;
    page.quote(hub, &quote, journey.now)
}

/// A promotional message: decided in the evening, sent in the morning.
async fn speak(
    page: &mut Page,
    hub: &Hub,
    journey: &Journey,
    tenant: TenantId,
    camille: CustomerId,
) -> Result<(), Failure> {
    let intent = journey.intent(camille.into());
    let decision = hub.decide(tenant, &intent).await?;
    page.decision(journey.now, &decision);
    hub.dispatch_due(journey.now).await?;
    let due = match decision.outcome {
        Outcome::Send { at, .. } => at,
        _ => journey.now,
    };
    hub.dispatch_due(due).await?;
    let entry = hub.outbox(tenant, decision.id).await?;
    page.outbox(due, entry.as_ref());
    Ok(())
}
