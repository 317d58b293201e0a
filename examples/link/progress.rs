//! How far a run is, on a terminal.

use std::convert::Infallible;
use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use omnichannel::identity::linkage::{Progress, Stage};

use crate::run::clock;

/// A bar for what is counted, hidden where nobody looks.
pub(crate) fn bar(says: &'static str) -> ProgressBar {
    shown(says, "{msg:<10} {bar:40} {percent:>3} %  {elapsed_precise}, {eta} left")
}

/// A bar for learning and linking.
pub(crate) struct Steps {
    bar: ProgressBar,
    stage: Option<Stage>,
    /// When people began to be put together.
    pub(crate) clustering: Option<Duration>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { bar: bar("learning"), stage: None, clustering: None }
    }

    /// Shows how far it is; never stops it.
    pub(crate) fn show(&mut self, progress: Progress) -> ControlFlow<Infallible> {
        if self.stage.replace(progress.stage) != Some(progress.stage) {
            self.bar.set_message(match progress.stage {
                Stage::Sampling => "sampling",
                Stage::Fitting => "fitting",
                Stage::Weighing => "weighing",
                _ => "clustering",
            });
            if progress.stage == Stage::Clustering {
                self.clustering = Some(clock());
            }
            self.bar.reset();
        }
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
        ControlFlow::Continue(())
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// A sign of life for what is not counted.
pub(crate) fn spinner(says: &'static str) -> ProgressBar {
    let bar = shown(says, "{msg:<10} {spinner} {elapsed_precise}");
    if !bar.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(120));
    }
    bar
}

fn shown(says: &'static str, template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template);
    let bar = ProgressBar::new(0).with_message(says);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
