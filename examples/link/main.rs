//! Finds the people among the records of CSV files, without labels.
//!
//! ```text
//! cargo run --release --example link -- people.csv [more.csv] --id COLUMN
//!     [--truth COLUMN | --truth-pattern REGEX] [--config FILE]
//!     [--model FILE | --save-model FILE] [--threshold WEIGHT]
//!     [--out clusters.csv] [--pairs pairs.csv] [--report report.html] [--expose]
//! ```
//!
//! Files have a header and are UTF-8; what separates values (`,` `;` tab or `|`) is found out.
//! Columns are known by their names, or by a configuration:
//! `{"columns": {"tax_ref": "national_id", "notes": null}, "threshold": 3000}`. It may name
//! blocking rules, too: `"blocking": [[{"column": "email"}], [{"column": "surname", "facet":
//! {"first": 3}}]]`. A model that was kept has its own. Of two files only pairs between them count.
//! A weight is a whole number of thousandths of a bit; from 0 on two records are sooner one person
//! than not.
//!
//! The last line of the output is a JSON object. With a truth it says how right the people are:
//! `pairwise.default` of the people found; `pairwise.best` is the best of them and of what links
//! from each threshold up connect, from this run's threshold on (a lower `--threshold` looks
//! lower); `b3` is B-cubed. `--truth-pattern` takes the truth from the id. Where the people and the
//! truth are known, `--report` shows where they part; what records say is in it with `--expose`.

mod config;
mod header;
mod ids;
mod options;
mod outcome;
mod progress;
mod quoted;
mod read;
mod run;
mod sniff;

use std::io::Write as _;
use std::process::ExitCode;

use omnichannel::identity::linkage::Model;

use options::{Options, USAGE};

fn main() -> ExitCode {
    let options = match Options::from_words(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("link: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let run = run::run(&options).and_then(|(model, outcome)| {
        show(&model)?;
        Ok(writeln!(std::io::stdout(), "{outcome}")?)
    });
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("link: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says what was learnt: what each level speaks for one person. Of equal values it is what they
/// speak before their rarity, which adds to it.
fn show(model: &Model) -> Result<(), std::io::Error> {
    let mut out = std::io::stdout().lock();
    for weighed in &model.comparisons {
        writeln!(out, "{:?}", weighed.comparison.field)?;
        for (words, bits) in weighed.comparison.levels().iter().zip(&weighed.same) {
            writeln!(out, "  {words:<34} {:>6.1} bits", *bits as f64 / 1_000.0)?;
        }
    }
    Ok(())
}
