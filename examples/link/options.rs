//! What is asked on the command line.

use std::path::{Path, PathBuf};

pub(crate) const USAGE: &str = "\
usage: link people.csv [more.csv] --id COLUMN
    [--truth COLUMN | --truth-pattern REGEX]   whose each record is, or how its id tells
    [--config FILE]                            what columns mean, blocking rules, threshold: JSON
    [--model FILE | --save-model FILE]         a model learnt before, or where to keep this one
    [--threshold WEIGHT]                       thousandths of a bit from which pairs link: 0
    [--out clusters.csv] [--pairs pairs.csv]
    [--report report.html] [--expose]          a page of pictures; with what records say";

/// What is asked.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) id: String,
    pub(crate) truth: Option<String>,
    pub(crate) truth_pattern: Option<String>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) model: Option<PathBuf>,
    pub(crate) save_model: Option<PathBuf>,
    pub(crate) threshold: Option<i64>,
    pub(crate) out: Option<PathBuf>,
    pub(crate) pairs: Option<PathBuf>,
    pub(crate) report: Option<PathBuf>,
    pub(crate) expose: bool,
}

/// A path from the root, as far as there is something to follow.
fn whole(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let within = || {
        let parent = parent.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(parent.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(within).unwrap_or_else(|| path.to_owned())
}

impl Options {
    pub(crate) fn from_words(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words;
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix("--") else {
                options.files.push(word.into());
                continue;
            };
            // `--id=x` is `--id x`.
            let (option, joined) = match option.split_once('=') {
                Some((option, value)) => (option, Some(value.to_owned())),
                None => (option, None),
            };
            if option == "expose" {
                options.expose = true;
                continue;
            }
            let value = joined.or_else(|| words.next());
            options.take(option, value.ok_or_else(|| format!("--{option} needs a value")))?;
        }
        options.checked()
    }

    fn take(&mut self, option: &str, value: Result<String, String>) -> Result<(), String> {
        match option {
            "id" => self.id = value?,
            "truth" => self.truth = Some(value?),
            "truth-pattern" => self.truth_pattern = Some(value?),
            "config" => self.config = Some(value?.into()),
            "model" => self.model = Some(value?.into()),
            "save-model" => self.save_model = Some(value?.into()),
            "out" => self.out = Some(value?.into()),
            "pairs" => self.pairs = Some(value?.into()),
            "report" => self.report = Some(value?.into()),
            "threshold" => {
                let told = value?;
                self.threshold = Some(told.parse().map_err(|_| {
                    format!("--threshold is a whole number of thousandths of a bit, not `{told}`")
                })?);
            }
            _ => return Err(format!("there is no option --{option}")),
        }
        Ok(())
    }

    fn checked(self) -> Result<Self, String> {
        let both = |one: bool, other: bool, says: &str| {
            if one && other { Err(says.to_owned()) } else { Ok(()) }
        };
        match self.files.len() {
            0 => return Err("name a CSV file, and the column of its ids".to_owned()),
            1 | 2 => {}
            _ => return Err("name one CSV file, or two to link between them".to_owned()),
        }
        if self.id.is_empty() {
            return Err("--id names the column of ids".to_owned());
        }
        both(
            self.truth.is_some(),
            self.truth_pattern.is_some(),
            "the truth is in a column or in the id: choose --truth or --truth-pattern",
        )?;
        both(
            self.model.is_some(),
            self.save_model.is_some(),
            "--model takes a model as it is, so there is none to save",
        )?;
        both(
            self.expose,
            self.report.is_none(),
            "--expose is for --report: it shows there what records say",
        )?;
        self.check_paths()?;
        Ok(self)
    }

    /// Nothing is written over what is read, nor over something else that is written.
    fn check_paths(&self) -> Result<(), String> {
        let read = self.files.iter().map(|path| ("input", path));
        let read = read.chain(self.config.iter().map(|path| ("--config", path)));
        let read = read.chain(self.model.iter().map(|path| ("--model", path)));
        let written = [
            ("--save-model", &self.save_model),
            ("--out", &self.out),
            ("--pairs", &self.pairs),
            ("--report", &self.report),
        ];
        let mut taken: Vec<(&str, PathBuf)> =
            read.map(|(what, path)| (what, whole(path))).collect();
        for (option, path) in written {
            let Some(path) = path.as_deref().map(whole) else { continue };
            if let Some((other, _)) = taken.iter().find(|(_, known)| *known == path) {
                let path = path.display();
                return Err(format!("{option} would overwrite what {other} names: {path}"));
            }
            taken.push((option, path));
        }
        Ok(())
    }
}
