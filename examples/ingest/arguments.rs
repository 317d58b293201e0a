//! What the person typed.

use std::path::PathBuf;

use omnichannel::model::Timestamp;

pub(crate) const USAGE: &str = "\
usage: ingest PATH... [--channel NAME] [--db FILE] [--json] [--received-at TIME] [--source NAME]

  PATH                a file, or a folder that is read with its folders; a file's folder names its
                      channel
  --channel NAME      the channel of every file: instagram, messenger, segment, touchpoint,
                      whatsapp_cloud, or email (feature `mail`)
  --db FILE           keep everything in this SQLite file; a second run finds what is known
                      (needs the feature `sqlite`)
  --json              one JSON object a file on standard output, and nothing else
  --received-at TIME  when the requests were received, as RFC 3339, for example 2026-11-22T13:45:00Z
  --source NAME       one feed for every file; else each file is a feed of its own";

const NO_SQLITE: &str =
    "--db needs the feature sqlite: cargo run --release --features sqlite --example ingest -- ...";

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) channel: Option<String>,
    pub(crate) db: Option<PathBuf>,
    pub(crate) json: bool,
    pub(crate) received_at: Option<Timestamp>,
    pub(crate) source: Option<String>,
}

impl Arguments {
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--json" => arguments.json = true,
                "--channel" => arguments.channel = Some(value()?),
                "--db" if cfg!(feature = "sqlite") => arguments.db = Some(value()?.into()),
                "--db" => return Err(NO_SQLITE.to_owned()),
                "--source" => arguments.source = Some(value()?),
                "--received-at" => {
                    let time = value()?.parse().map_err(|bad| format!("--received-at: {bad}"))?;
                    arguments.received_at = Some(time);
                }
                option if option.starts_with("--") => {
                    return Err(format!("unknown option {option}"));
                }
                path => arguments.paths.push(PathBuf::from(path)),
            }
        }
        if arguments.paths.is_empty() {
            Err("name a file or a folder".to_owned())
        } else {
            Ok(arguments)
        }
    }
}
