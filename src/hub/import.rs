//! Taking everything back: lines become facts again, and views are derived anew.

use crate::engine::{self, Fate, Prepared, View};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    BadLine, Configuration, FactHistory, Header, Line, MadeDecision, Profile, Remains, TenantId,
    Verdict,
};

use super::Hub;
use super::in_force::Held;

/// Most lines of one commit.
const BATCH_MAX: usize = 1_000;

/// Most refused lines that are told one by one; more are only counted.
const REFUSED_MAX: usize = 1_000;

/// An import under way; see [`Hub::import`].
#[derive(Debug)]
pub struct Import<'h> {
    hub: &'h Hub,
    tenant: TenantId,
    progress: Imported,
    has_header: bool,
}

/// How far an import got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Lines that were read, of every kind.
    pub lines: u64,
    /// Facts that are new here.
    pub accepted: u64,
    /// Facts that were known here.
    pub duplicate: u64,
    /// Facts that belong to people who were erased here, and were not taken.
    pub erased: u64,
    /// Lines that were not taken.
    pub refused: u64,
    /// The first thousand of them, each with its reason.
    pub reasons: Vec<RefusedLine>,
    /// Facts that the export said it holds; `None` until its last line was read.
    pub announced: Option<u64>,
}

/// A line that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedLine {
    /// Its number, from 1.
    pub line: u64,
    /// Why; no word of the line.
    pub reason: BadLine,
}

impl Imported {
    /// Whether the export's last line was read, and every fact that it announced.
    pub fn is_complete(&self) -> bool {
        let read = self.accepted + self.duplicate + self.erased;
        self.announced.is_some_and(|announced| read >= announced)
    }
}

impl Hub {
    /// Takes in the lines of an export of the same tenant, made under the same id key.
    ///
    /// The export's first line comes first; the others in any order, in batches of any size.
    /// Importing again, after a crash in the middle or all over, changes nothing more. Views are
    /// derived under the configuration of this hub; where its identity rules are those of the
    /// exporting one, [`Hub::digest`] is the same. Configurations are kept, to explain decisions;
    /// none is put in force.
    pub fn import(&self, tenant: TenantId) -> Import<'_> {
        Import { hub: self, tenant, progress: Imported::default(), has_header: false }
    }
}

/// Facts of one batch of lines.
#[derive(Default)]
struct Batch {
    touchpoints: Vec<Prepared>,
    verdicts: Vec<Verdict>,
    decisions: Vec<MadeDecision>,
    remains: Vec<(uuid::Uuid, Remains)>,
    facts: Vec<FactHistory>,
    configurations: Vec<Configuration>,
}

impl Import<'_> {
    /// Takes the next lines. A bad line costs only itself and is told in the progress.
    ///
    /// # Errors
    ///
    /// Nothing of these lines is taken where the first is no header or is of another tenant
    /// ([`ErrorKind::Invalid`]), where the export was made under another id key
    /// ([`ErrorKind::Denied`]), and where its format or a line's kind is newer than this build
    /// ([`ErrorKind::Unsupported`]: use a newer one). Else what the store says; then some may be
    /// taken, and taking the same lines again is safe.
    pub async fn take<L: AsRef<[u8]> + Sync>(&mut self, lines: &[L]) -> Result<&Imported> {
        self.hub.check_profile().await?;
        let mut progress = self.progress.clone();
        let mut has_header = self.has_header;
        for lines in lines.chunks(BATCH_MAX) {
            let mut batch = Batch::default();
            for line in lines {
                self.read(line.as_ref(), &mut progress, &mut has_header, &mut batch)?;
            }
            for fate in self.hub.take_back(self.tenant, batch).await? {
                match fate {
                    Fate::Duplicate => progress.duplicate += 1,
                    Fate::Accepted | Fate::Conflicting => progress.accepted += 1,
                    Fate::Erased => progress.erased += 1,
                }
            }
        }
        self.progress = progress;
        self.has_header = has_header;
        Ok(&self.progress)
    }

    /// How far the import got.
    pub fn progress(&self) -> &Imported {
        &self.progress
    }

    fn read(
        &self,
        line: &[u8],
        progress: &mut Imported,
        has_header: &mut bool,
        batch: &mut Batch,
    ) -> Result<()> {
        progress.lines += 1;
        let number = progress.lines;
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let line = match Line::decode(line) {
            Ok(line) => line,
            Err(BadLine::Newer) => return Err(newer(number)),
            Err(_) if !*has_header => return Err(headless(number)),
            Err(reason) => {
                progress.refused += 1;
                if progress.reasons.len() < REFUSED_MAX {
                    progress.reasons.push(RefusedLine { line: number, reason });
                }
                return Ok(());
            }
        };
        if !*has_header && !matches!(line, Line::Header(_)) {
            return Err(headless(number));
        }
        let context = self.hub.context(self.tenant);
        match line {
            Line::Header(header) => {
                self.check(&header, number)?;
                *has_header = true;
            }
            Line::Touchpoint(told) => {
                let told = *told;
                let prepared = engine::prepare(&context, told.touchpoint, told.arrival);
                batch.touchpoints.push(prepared);
            }
            Line::Configuration(known) => batch.configurations.push(*known),
            Line::Verdict(verdict) => batch.verdicts.push(*verdict),
            Line::Decision(made) => batch.decisions.push(*made),
            Line::Fact(told) => batch.facts.push(*told),
            Line::Remains(what) => batch.remains.push(*what),
            Line::End(end) => {
                progress.announced = Some(progress.announced.unwrap_or(0) + end.lines);
            }
        }
        Ok(())
    }

    fn check(&self, header: &Header, number: u64) -> Result<()> {
        let ours = self.hub.context(self.tenant).profile();
        let (kind, message) = if header.format > Header::FORMAT {
            (
                ErrorKind::Unsupported,
                "the export's format is newer than this build: use a newer one",
            )
        } else if header.profile.normaliser > Profile::NORMALISER {
            (ErrorKind::Unsupported, "the export's normalisers are newer than this build's")
        } else if header.tenant != self.tenant {
            (ErrorKind::Invalid, "the export is of another tenant; import it into that one")
        } else if header.profile.id_key != ours.id_key {
            (ErrorKind::Denied, "the export was made under another id key; open the hub with that")
        } else {
            return Ok(());
        };
        Err(Error::new(kind, message).during("hub.import").with("line", number))
    }
}

impl Hub {
    async fn take_back(&self, tenant: TenantId, batch: Batch) -> Result<Vec<Fate>> {
        let mut fates = self.take(tenant, batch.touchpoints).await?;
        for configuration in batch.configurations {
            let new = Held::new(configuration, false);
            let known = self.stored(new.version).await?.is_some();
            while !self.keep(&new, None).await? {}
            fates.push(if known { Fate::Duplicate } else { Fate::Accepted });
        }
        let context = self.ready(tenant).await?;
        if !batch.verdicts.is_empty() {
            fates.extend(self.take_verdicts("hub.import", tenant, batch.verdicts).await?);
        }
        if !batch.decisions.is_empty() {
            let step = |view: &View| engine::recall(&context, view, &batch.decisions);
            fates.extend(self.transact("hub.import", step).await?);
        }
        if !batch.facts.is_empty() {
            let step = |view: &View| engine::retell(&context, view, &batch.facts);
            fates.extend(self.transact("hub.import", step).await?);
        }
        if !batch.remains.is_empty() {
            let step = |view: &View| engine::take_back(&context, view, &batch.remains);
            fates.extend(self.transact("hub.import", step).await?);
        }
        Ok(fates)
    }
}

fn headless(line: u64) -> Error {
    let message = "the lines do not begin with the header of an export";
    Error::new(ErrorKind::Invalid, message).during("hub.import").with("line", line)
}

fn newer(line: u64) -> Error {
    let message = "a line is of a kind that this build does not know: use a newer build";
    Error::new(ErrorKind::Unsupported, message).during("hub.import").with("line", line)
}
