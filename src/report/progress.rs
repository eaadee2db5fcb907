//! Progress of long work on a terminal; nothing anywhere else.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bars of a run.
#[derive(Clone)]
pub struct Progress(Option<MultiProgress>);

impl Progress {
    /// Bars on stderr if that is a terminal and `wanted`.
    pub fn new(wanted: bool) -> Self {
        let shown = wanted && std::io::stderr().is_terminal();
        Self(shown.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8))))
    }

    /// No bars at all.
    pub fn hidden() -> Self {
        Self(None)
    }

    /// Takes all bars off the screen, before something else is said.
    pub fn clear(&self) {
        if let Some(all) = &self.0 {
            // A terminal that is gone needs no clearing.
            let _ = all.clear();
        }
    }

    /// A bar for one download.
    pub fn bytes(&self, name: &str, total: Option<u64>) -> Bar {
        let style = "{decimal_bytes:>9} {bar:20} {decimal_bytes_per_sec:>11} {wide_msg}";
        self.bar(name, total, style)
    }

    /// A bar that counts things.
    pub fn count(&self, name: &str, total: u64) -> Bar {
        self.bar(name, Some(total), "{pos:>6}/{len} {bar:24} {elapsed:>5} {wide_msg}")
    }

    fn bar(&self, name: &str, total: Option<u64>, style: &str) -> Bar {
        let Some(all) = &self.0 else { return Bar(None) };
        let bar = all.add(total.map_or_else(ProgressBar::new_spinner, ProgressBar::new));
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(super::escape(name, &[]));
        bar.enable_steady_tick(Duration::from_millis(250));
        Bar(Some(bar))
    }
}

/// One bar; gone when dropped.
pub struct Bar(Option<ProgressBar>);

impl Bar {
    /// So much is done, of so much.
    pub fn set(&self, done: u64, total: Option<u64>) {
        let Some(bar) = &self.0 else { return };
        if let Some(total) = total.filter(|total| bar.length() != Some(*total)) {
            bar.set_length(total);
        }
        bar.set_position(done);
    }

    /// One more is done.
    pub fn step(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
