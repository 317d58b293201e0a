//! Reads files of raw channel requests: what each is, and who is who.
//!
//! ```text
//! cargo run --release --example ingest -- PATH... [--channel NAME] [--json]
//!     [--db FILE] [--received-at TIME] [--source NAME]
//! ```
//!
//! A file's folder names its channel (`instagram`, `messenger`, `segment`, `slack`, `telegram`,
//! `touchpoint`, `twilio`, `whatsapp_cloud`, and `email` with the feature `mail`); `--channel`
//! overrides it.
//! Each file is its own source unless `--source` is given.
//! `--db` (feature `sqlite`) keeps everything in a file, so that a second run over the same input
//! takes nothing new. Shows personal data: it is the operator's own tool.

mod arguments;
mod batch;
mod files;
mod report;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use omnichannel::Hub;
use omnichannel::channel::{
    InStore, KeyRing, Listening, Messenger, Segment, Slack, Telegram, TouchpointJson, Twilio,
    WhatsApp,
};
use omnichannel::hub::{Keys, SeededEntropy, SystemClock};
use omnichannel::model::{Channel, ChannelKind, IdKey, TenantId};
use omnichannel::storage::MemoryStore;
#[cfg(feature = "sqlite")]
use omnichannel::storage::SqliteStore;

use arguments::{Arguments, USAGE};
use batch::Batch;
use files::{Input, Skipped};
use report::{FileReport, Totals};

/// The key under which this tool mints ids, the same in every run: it shows files, and keeps no
/// secret. Ids of real customers want 32 random bytes that nobody else knows.
const ID_KEY: &[u8] = b"ingest shows files; nothing is kept secret";

/// Largest file that is read as one batch of calls; longer ones are read by lines.
const FILE_BYTES_MAX: usize = 32 << 20;

/// Most calls of one such file.
const EVENTS_MAX: usize = 100_000;

/// From how many bytes on a bar shows how far it is.
const LONG_BYTES: u64 = 8 << 20;

/// From how many files on a bar shows how far it is.
const LONG_FILES: usize = 1_000;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("ingest: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let run = runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(run(&arguments)));
    match run {
        Ok(code) => code,
        Err(error) => {
            eprintln!("ingest: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let tenant = TenantId::named("ingest");
    let hub = plug_in(tenant, arguments)?;
    let (inputs, mut skipped) = files::collect(&arguments.paths, arguments.channel.as_deref());
    for skip in &skipped {
        eprintln!("{skip}");
    }
    let (bar, mut totals) = (bar(&inputs), Totals::default());
    let mut batch = Batch::new(&hub, tenant, arguments);
    for input in inputs {
        let (path, pieces) = (input.path.clone(), input.pieces());
        let pieces = match pieces {
            Ok(pieces) => pieces,
            Err(error) => {
                skip(&bar, &mut skipped, Skipped::unreadable(&path, &error));
                continue;
            }
        };
        let refused = input.refused();
        batch.begin(input);
        if let Some(refused) = refused {
            batch.refuse(refused);
            continue;
        }
        for piece in pieces {
            match piece {
                Ok(piece) => {
                    bar.inc(piece.body.len() as u64);
                    batch.add(piece)?;
                }
                Err(error) => {
                    skip(&bar, &mut skipped, Skipped::unreadable(&path, &error));
                    break;
                }
            }
            if batch.is_full() {
                print(&bar, arguments, &batch.hand_over(true).await?, &mut totals);
            }
        }
    }
    print(&bar, arguments, &batch.hand_over(false).await?, &mut totals);
    bar.finish_and_clear();
    if !arguments.json {
        totals.print();
        report::print_customers(&hub, tenant).await?;
    }
    let missing = skipped.iter().any(|skip| matches!(skip, Skipped::Unreadable { .. }));
    Ok(if missing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// One channel per codec, named like the folders that it reads.
fn plug_in(tenant: TenantId, arguments: &Arguments) -> Result<Hub, Failure> {
    let segment = Segment::new(Channel::new("segment", ChannelKind::Web)?)
        .with_limits(FILE_BYTES_MAX, EVENTS_MAX);
    let touchpoint = TouchpointJson::new(Channel::new("touchpoint", ChannelKind::Store)?);
    let hub = hub(arguments)?.channel(tenant, Listening::new(segment), KeyRing::default()).channel(
        tenant,
        Listening::new(touchpoint),
        KeyRing::default(),
    );
    let messaging = |name: &str| Channel::new(name, ChannelKind::Messaging);
    let hub = hub
        .channel(
            tenant,
            Listening::new(WhatsApp::new(messaging("whatsapp_cloud")?)),
            KeyRing::default(),
        )
        .channel(
            tenant,
            Listening::new(Messenger::page(messaging("messenger")?)),
            KeyRing::default(),
        )
        .channel(
            tenant,
            Listening::new(Messenger::instagram(messaging("instagram")?)),
            KeyRing::default(),
        )
        .channel(tenant, Listening::new(Slack::new(messaging("slack")?)), KeyRing::default())
        .channel(
            tenant,
            Listening::new(InStore::new(Channel::new("store", ChannelKind::Store)?)),
            KeyRing::default(),
        )
        .channel(tenant, Listening::new(Telegram::new(messaging("telegram")?)), KeyRing::default())
        .channel(tenant, Listening::new(Twilio::new(messaging("twilio")?)), KeyRing::default());
    #[cfg(feature = "mail")]
    let hub = {
        // Nobody said which addresses are the company's own, so every mail is somebody's.
        let mail =
            omnichannel::channel::Mail::new(Channel::new("email", ChannelKind::Email)?, [""; 0]);
        hub.channel(tenant, Listening::new(mail), KeyRing::default())
    };
    Ok(hub)
}

/// A hub over the file that `--db` names, else over memory.
fn hub(arguments: &Arguments) -> Result<Hub, Failure> {
    let keys = Keys { id_key: IdKey::new(ID_KEY)? };
    #[cfg(feature = "sqlite")]
    if let Some(file) = &arguments.db {
        return Ok(Hub::new(SqliteStore::open(file)?, keys, SystemClock, SeededEntropy::new(0)));
    }
    let _ = arguments;
    Ok(Hub::new(MemoryStore::new(), keys, SystemClock, SeededEntropy::new(0)))
}

/// How far a long input is, on a terminal; shows nothing where standard error is none.
fn bar(inputs: &[Input]) -> ProgressBar {
    let bytes = inputs.iter().map(|input| input.bytes).sum();
    if bytes < LONG_BYTES && inputs.len() < LONG_FILES {
        return ProgressBar::hidden();
    }
    let style = "{bar:32} {bytes} of {total_bytes}, {eta} left";
    let style = ProgressStyle::with_template(style);
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn print(bar: &ProgressBar, arguments: &Arguments, reports: &[FileReport], totals: &mut Totals) {
    bar.suspend(|| {
        for report in reports {
            totals.count(report);
            if arguments.json {
                report::print_json(report);
            } else {
                report::print_line(report);
            }
        }
    });
}

fn skip(bar: &ProgressBar, skipped: &mut Vec<Skipped>, skip: Skipped) {
    bar.suspend(|| eprintln!("{skip}"));
    skipped.push(skip);
}
