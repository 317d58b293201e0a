//! Which files there are, of which channel, handed over in which pieces.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use omnichannel::model::{Code, Rejection};

/// The channels that this tool has a codec for; `plug_in` gives each its codec.
#[cfg(feature = "mail")]
pub(crate) const CHANNELS: [&str; 10] = [
    "email",
    "instagram",
    "messenger",
    "segment",
    "slack",
    "store",
    "telegram",
    "touchpoint",
    "twilio",
    "whatsapp_cloud",
];
/// The channels that this tool has a codec for; `email` needs the feature `mail`.
#[cfg(not(feature = "mail"))]
pub(crate) const CHANNELS: [&str; 9] = [
    "instagram",
    "messenger",
    "segment",
    "slack",
    "store",
    "telegram",
    "touchpoint",
    "twilio",
    "whatsapp_cloud",
];

/// Most bytes of a file that is not a list of lines.
const WHOLE_BYTES_MAX: u64 = 64 << 20;

/// About how many bytes of a list of lines go into one request.
const PIECE_BYTES: usize = 512 << 10;

/// A file to be read.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    /// How the file is called in reports, and its source.
    pub(crate) name: String,
    pub(crate) channel: String,
    pub(crate) bytes: u64,
}

/// What is not read.
#[derive(Debug)]
pub(crate) enum Skipped {
    NoCodec { folder: String },
    Unreadable { path: PathBuf, why: String },
}

impl Skipped {
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), why: error.to_string() }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCodec { folder } => write!(
                f,
                "skipped {folder}: no codec of that name; name one with --channel ({})",
                CHANNELS.join(", ")
            ),
            Self::Unreadable { path, why } => write!(f, "cannot read {}: {why}", path.display()),
        }
    }
}

/// Every file below the paths, in order, and what is skipped.
pub(crate) fn collect(paths: &[PathBuf], channel: Option<&str>) -> (Vec<Input>, Vec<Skipped>) {
    let mut found =
        Found { channel, inputs: Vec::new(), skipped: Vec::new(), told: BTreeSet::new() };
    for path in paths {
        found.visit(path);
    }
    (found.inputs, found.skipped)
}

struct Found<'a> {
    channel: Option<&'a str>,
    inputs: Vec<Input>,
    skipped: Vec<Skipped>,
    told: BTreeSet<String>,
}

impl Found<'_> {
    fn visit(&mut self, path: &Path) {
        let listed = fs::metadata(path)
            .and_then(|is| if is.is_dir() { list(path).map(Ok) } else { Ok(Err(is.len())) });
        match listed {
            Ok(Ok(entries)) => entries.iter().for_each(|entry| self.visit(entry)),
            Ok(Err(bytes)) => self.take(path, bytes),
            Err(error) => self.skipped.push(Skipped::unreadable(path, &error)),
        }
    }

    fn take(&mut self, path: &Path, bytes: u64) {
        let name = |part: Option<&std::ffi::OsStr>| {
            part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let (file, folder) = (name(path.file_name()), folder_of(path));
        // What a payload should become is told beside it; it is no payload.
        if file.starts_with('.') || file.ends_with(".expected.json") {
            return;
        }
        let named = self.channel.unwrap_or(&folder);
        let Some(channel) = channel_of(named).map(str::to_owned) else {
            if self.told.insert(named.to_owned()) {
                self.skipped.push(Skipped::NoCodec { folder: named.to_owned() });
            }
            return;
        };
        let name = if folder.is_empty() { file } else { format!("{folder}/{file}") };
        self.inputs.push(Input { path: path.to_owned(), name, channel, bytes });
    }
}

/// The channel that a folder is named after: `email`, `email_bounce`.
fn channel_of(folder: &str) -> Option<&'static str> {
    let goes_on = |channel: &str| {
        let rest = folder.strip_prefix(channel);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-']))
    };
    CHANNELS.into_iter().filter(|channel| goes_on(channel)).max_by_key(|channel| channel.len())
}

/// The name of the folder that a file is in, also where the path does not say it.
fn folder_of(path: &Path) -> String {
    let absolute = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute.parent().and_then(Path::file_name);
    folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default()
}

fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries: io::Result<Vec<PathBuf>> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut entries = entries?;
    entries.sort();
    Ok(entries)
}

/// A part of a file that is one request.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The index of its first event in the file.
    pub(crate) first: usize,
    pub(crate) body: Vec<u8>,
}

type Pieces = Box<dyn Iterator<Item = io::Result<Piece>>>;

impl Input {
    /// Why the file is not even read: it is too long, and no list of lines.
    pub(crate) fn refused(&self) -> Option<Rejection> {
        let refused = self.bytes > WHOLE_BYTES_MAX && !self.is_lines();
        let reason = || {
            let bytes = self.bytes;
            format!(
                "the file has {bytes} bytes: at most {WHOLE_BYTES_MAX} are read at once; write \
                     it as lines, a request each, in a file that ends in .jsonl"
            )
        };
        refused.then(|| Rejection::whole(Code::TooLarge, reason()))
    }

    fn is_lines(&self) -> bool {
        let ending = self.path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        matches!(ending, "jsonl" | "ndjson")
    }

    /// The file in pieces: `.jsonl` and `.ndjson` by lines, others whole.
    pub(crate) fn pieces(&self) -> io::Result<Pieces> {
        let file = File::open(&self.path)?;
        if self.is_lines() {
            let lines = Lines { reader: BufReader::new(file), next: 0 };
            return Ok(Box::new(lines));
        }
        let mut body = Vec::new();
        file.take(WHOLE_BYTES_MAX).read_to_end(&mut body)?;
        Ok(Box::new(std::iter::once(Ok(Piece { first: 0, body }))))
    }
}

struct Lines {
    reader: BufReader<File>,
    next: usize,
}

impl Iterator for Lines {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<io::Result<Piece>> {
        let (first, mut body) = (self.next, Vec::new());
        while body.len() < PIECE_BYTES {
            let before = body.len();
            // One line without end must not fill the memory.
            let mut line = self.reader.by_ref().take(WHOLE_BYTES_MAX);
            match line.read_until(b'\n', &mut body) {
                Ok(0) => break,
                Ok(_) if body[before..].iter().all(u8::is_ascii_whitespace) => {
                    body.truncate(before);
                }
                Ok(_) => self.next += 1,
                Err(error) => return Some(Err(error)),
            }
        }
        if body.is_empty() { None } else { Some(Ok(Piece { first, body })) }
    }
}
