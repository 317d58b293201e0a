//! One run from files to files.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use omnichannel::identity::linkage::{Linked, Linker, Model, Report, Table};
use omnichannel::model::Identifier;
use serde_json::{Value, json};

use crate::config::Config;
use crate::options::Options;
use crate::read::Records;
use crate::{outcome, progress, read};

type Failure = Box<dyn std::error::Error>;

/// Links the files; the model, and what the last line says.
pub(crate) fn run(options: &Options) -> Result<(Model, Value), Failure> {
    let began = clock();
    let config = Config::read(options.config.as_deref())?;
    let bar = progress::bar("loading");
    let mut records = read::read(options, &config, &bar)?;
    bar.finish_and_clear();
    let table = std::mem::replace(&mut records.table, Table::new([]));
    warn(&table);
    let loaded = clock();
    let mut steps = progress::Steps::new();
    let (linker, model) = match &options.model {
        Some(path) => with_model(table, path)?,
        None => {
            let linker = config.blocked(Linker::of(table))?;
            let ControlFlow::Continue(model) = linker.learn_watched(&mut |at| steps.show(at));
            (linker, model)
        }
    };
    let trained = clock();
    let threshold = options.threshold.or(config.threshold).unwrap_or(model.threshold);
    let watch = &mut |at| steps.show(at);
    let ControlFlow::Continue(linked) = linker.link_watched(&model, threshold, watch);
    steps.clear();
    let clustered = clock();
    let scored = steps.clustering.unwrap_or(clustered);
    write(options, &records, &model, &linked)?;
    let seconds = |from: Duration, to: Duration| (to - from).as_secs_f64();
    let total = seconds(began, clock());
    let truth = records.truth();
    let mut people = linked.people.clone();
    people.sort_unstable();
    people.dedup();
    let mut report = json!({
        "records": records.ids.len(),
        "candidate_pairs": linked.candidates,
        "lost_pairs": linked.lost,
        "links": linked.links.len(),
        "clusters": people.len(),
        "seconds": {
            "load": seconds(began, loaded),
            "train": seconds(loaded, trained),
            "score": seconds(trained, scored),
            "cluster": seconds(scored, clustered),
            "total": total,
        },
        "peak_rss_mib": outcome::peak_rss_mib(),
        "threshold": threshold,
    });
    if let Some(truth) = &truth {
        outcome::measure(&mut report, &linked, threshold, truth);
    }
    if let Some(path) = &options.report {
        let bar = progress::spinner("drawing");
        let title = records.sources.join(" and ");
        let page = Report::of(&linker, &model, &linked, threshold).titled(&title);
        let page = if let Some(truth) = &truth { page.against(truth) } else { page };
        let names = |place| records.name(place);
        let page = if options.expose { page.exposing(&names) } else { page };
        outcome::write_text(&page.html(), path).map_err(|error| named(path, &error))?;
        bar.finish_and_clear();
    }
    Ok((model, report))
}

/// Says what of the records is not compared.
fn warn(table: &Table) {
    for column in table.columns().iter().filter(|column| column.too_long() > 0) {
        let (name, count) = (column.name(), column.too_long());
        let most = Identifier::BYTES_MAX;
        eprintln!("link: column `{name}`: {count} longer than {most} bytes, taken as missing");
    }
}

/// Writes the files that were asked for, but for the report.
fn write(
    options: &Options,
    records: &Records,
    model: &Model,
    linked: &Linked,
) -> Result<(), Failure> {
    if let Some(path) = &options.out {
        records.write_clusters(&linked.people, path).map_err(|error| named(path, &error))?;
    }
    if let Some(path) = &options.pairs {
        records.write_pairs(linked, path).map_err(|error| named(path, &error))?;
    }
    if let Some(path) = &options.save_model {
        let text = model.to_json()?;
        outcome::write_text(&text, path).map_err(|error| named(path, &error))?;
    }
    Ok(())
}

fn named(path: &Path, error: &dyn std::error::Error) -> String {
    format!("{}: {error}", path.display())
}

/// The records ready for a model that was learnt before.
fn with_model(table: Table, path: &Path) -> Result<(Linker, Model), Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| named(path, &error))?;
    let model = Model::from_json(&text).map_err(|error| named(path, &error))?;
    let linker = Linker::with(table, &model).map_err(|error| named(path, &error))?;
    Ok((linker, model))
}

/// The time since the program began.
#[expect(clippy::disallowed_methods, reason = "an example shows how long it took")]
pub(crate) fn clock() -> Duration {
    static BEGAN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(std::time::Instant::now).elapsed()
}
