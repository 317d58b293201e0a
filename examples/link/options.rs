//! What is asked on the command line.

/// What is asked.
pub(crate) struct Options {
    pub(crate) file: String,
    pub(crate) id: String,
    pub(crate) truth: Option<String>,
    pub(crate) truth_pattern: Option<String>,
    pub(crate) threshold: i64,
    pub(crate) out: Option<String>,
}

impl Options {
    pub(crate) fn from_words(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut file, mut id, mut threshold) = (None, None, 0);
        let (mut truth, mut truth_pattern, mut out) = (None, None, None);
        let mut words = words;
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix("--") else {
                if file.replace(word).is_some() {
                    return Err("name one CSV file".to_owned());
                }
                continue;
            };
            let mut value = || words.next().ok_or_else(|| format!("--{option} needs a value"));
            match option {
                "id" => id = Some(value()?),
                "truth" => truth = Some(value()?),
                "truth-pattern" => truth_pattern = Some(value()?),
                "out" => out = Some(value()?),
                "threshold" => {
                    let told = value()?;
                    threshold = told.parse().map_err(|_| {
                        format!(
                            "--threshold is a whole number of thousandths of a bit, not `{told}`"
                        )
                    })?;
                }
                _ => return Err(format!("there is no option --{option}")),
            }
        }
        let file = file.ok_or("name a CSV file, and the column of its ids: people.csv --id id")?;
        let id = id.ok_or("--id names the column of ids")?;
        Ok(Self { file, id, truth, truth_pattern, threshold, out })
    }
}
