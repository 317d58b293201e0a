//! How far a run is, on a terminal.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for what is counted, hidden where nobody looks.
pub(crate) fn bar(says: &'static str) -> ProgressBar {
    shown(says, "{msg:<10} {bar:40} {percent:>3} %  {elapsed_precise}, {eta} left")
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
