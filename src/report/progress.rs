//! Progress of long work: bars on a terminal, a line a file where somebody wants lines, else nothing.

use std::io::stderr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::line::{self, Pace};
use super::meter::Meter;
use super::{escape, human_bytes};

/// Says a line.
type Say = Box<dyn Fn(&str) + Send + Sync>;

/// What is shown of a run under way.
#[derive(Clone)]
pub struct Progress(Option<Arc<Shown>>);

struct Shown {
    how: How,
    whole: Mutex<Whole>,
}

enum How {
    Bars(MultiProgress),
    Lines(Say),
}

/// All downloads of a run together.
#[derive(Default)]
struct Whole {
    files: Arc<Files>,
    meter: Arc<Meter>,
    bytes: u64,
    bytes_done: u64,
    bar: Option<ProgressBar>,
}

/// Files through, of so many. Apart from the rest: a bar that is drawn reads them, and must wait for nobody.
#[derive(Default)]
struct Files {
    done: AtomicU64,
    all: AtomicU64,
}

impl Files {
    /// Done, and all.
    fn counts(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

impl Progress {
    /// Bars on stderr, which is a terminal.
    pub fn bars() -> Self {
        Self::shown(How::Bars(MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8))))
    }

    /// A line for each file that was downloaded.
    pub fn lines(say: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self::shown(How::Lines(Box::new(say)))
    }

    /// Nothing at all.
    pub fn hidden() -> Self {
        Self(None)
    }

    fn shown(how: How) -> Self {
        Self(Some(Arc::new(Shown { how, whole: Mutex::default() })))
    }

    /// Takes all bars off the screen, before something else is said.
    pub fn clear(&self) {
        if let Some(How::Bars(all)) = self.0.as_deref().map(|shown| &shown.how) {
            if let Some(bar) = self.0.as_deref().and_then(|shown| shown.whole().bar.take()) {
                bar.finish_and_clear();
            }
            // A terminal that is gone needs no clearing.
            let _ = all.clear();
        }
    }

    /// One more file is to be downloaded, of so many bytes as far as that is known.
    pub fn expect(&self, bytes: Option<u64>) {
        let Some(shown) = &self.0 else { return };
        let mut whole = shown.whole();
        let files = whole.files.all.fetch_add(1, Ordering::Relaxed) + 1;
        whole.bytes = whole.bytes.saturating_add(bytes.unwrap_or_default());
        // One file has a bar of its own, which says as much.
        if let (How::Bars(all), 2.., None) = (&shown.how, files, &whole.bar) {
            let (counts, meter) = (Arc::clone(&whole.files), Arc::clone(&whole.meter));
            let style = style(move |state, width| {
                let (done, of) = counts.counts();
                line::of_all(pace(state, &meter), done, of, width)
            });
            whole.bar = Some(begun(all.insert(0, ProgressBar::new(0)), style));
        }
        whole.show();
    }

    /// A bar for one download, of `expected` bytes as [`Progress::expect`] was told.
    pub fn bytes(&self, name: &str, expected: Option<u64>) -> Bar {
        let Some(shown) = &self.0 else { return Bar::default() };
        let name = escape(name, &[]);
        let meter = Arc::new(Meter::default());
        let bar = match &shown.how {
            How::Bars(all) => {
                let bar = all.add(expected.map_or_else(ProgressBar::no_length, ProgressBar::new));
                let (name, meter) = (name.clone(), Arc::clone(&meter));
                let line =
                    move |state: &ProgressState, width| line::of_file(pace(state, &meter), &name, width);
                Some(begun(bar, style(line)))
            }
            How::Lines(_) => None,
        };
        let file = File {
            shown: Arc::clone(shown),
            name,
            meter,
            is_begun: AtomicBool::new(false),
            total: AtomicU64::new(expected.unwrap_or_default()),
            done: AtomicU64::new(0),
        };
        Bar { bar, file: Some(file) }
    }

    /// A bar that counts things.
    pub fn count(&self, name: &str, total: u64) -> Bar {
        let Some(How::Bars(all)) = self.0.as_deref().map(|shown| &shown.how) else { return Bar::default() };
        let name = escape(name, &[]);
        let style = style(move |state, width| {
            let left = (state.per_sec() > 0.0 && state.pos() > 0).then(|| state.eta());
            line::of_count(state.pos(), state.len().unwrap_or_default(), &name, left, width)
        });
        Bar { bar: Some(begun(all.add(ProgressBar::new(total)), style)), file: None }
    }
}

impl Shown {
    fn whole(&self) -> MutexGuard<'_, Whole> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Whole {
    fn show(&self) {
        if let Some(bar) = &self.bar {
            bar.set_length(self.bytes.max(self.bytes_done));
            bar.set_position(self.bytes_done);
        }
    }
}

/// A bar whose line is made anew whenever it is drawn, as wide as the terminal is then.
fn style(line: impl Fn(&ProgressState, usize) -> String + Clone + Send + Sync + 'static) -> ProgressStyle {
    let drawn = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = out.write_str(&line(state, columns()));
    };
    let style = ProgressStyle::with_template("{line}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("line", drawn)
}

fn begun(bar: ProgressBar, style: ProgressStyle) -> ProgressBar {
    bar.set_style(style);
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

fn columns() -> usize {
    terminal_size::terminal_size_of(stderr()).map_or(80, |(width, _)| usize::from(width.0))
}

/// The speed is that of what this run received: bytes that an earlier one left say nothing of it.
fn pace(state: &ProgressState, meter: &Meter) -> Pace {
    let (done, total, rate) = (state.pos(), state.len(), meter.rate());
    let left = total.and_then(|total| total.saturating_sub(done).checked_div(rate)).map(Duration::from_secs);
    Pace { done, total, rate, left }
}

/// One thing under way; gone from the screen when dropped.
#[derive(Default)]
pub struct Bar {
    bar: Option<ProgressBar>,
    file: Option<File>,
}

/// A file under way, as part of all.
struct File {
    shown: Arc<Shown>,
    name: String,
    meter: Arc<Meter>,
    /// It was told where it begins.
    is_begun: AtomicBool,
    /// What it counts for in the total.
    total: AtomicU64,
    done: AtomicU64,
}

impl Bar {
    /// So much is done, of so much. What is told first is where it begins: an earlier run may have left a part.
    pub fn set(&self, done: u64, total: Option<u64>) {
        if let Some(bar) = &self.bar {
            if let Some(total) = total.filter(|total| bar.length() != Some(*total)) {
                bar.set_length(total);
            }
            bar.set_position(done);
        }
        if let Some(file) = &self.file {
            file.set(done, total);
        }
    }

    /// One more is done.
    pub fn step(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// The file is downloaded; of one that is not, its failure is said elsewhere.
    pub fn stored(&self) {
        let Some(file) = &self.file else { return };
        let How::Lines(say) = &file.shown.how else { return };
        let (before, all) = file.shown.whole().files.counts();
        let (number, of) = (before + 1, all.max(before + 1));
        let size = human_bytes(file.done.load(Ordering::Relaxed));
        say(&format!("downloaded {number} of {of}: {} ({size})", file.name));
    }
}

impl File {
    fn set(&self, done: u64, total: Option<u64>) {
        let mut whole = self.shown.whole();
        let before = self.done.swap(done, Ordering::Relaxed);
        self.measure(&whole.meter, before, done);
        whole.bytes_done = whole.bytes_done.saturating_sub(before).saturating_add(done);
        if let Some(total) = total {
            let counted = self.total.swap(total, Ordering::Relaxed);
            whole.bytes = whole.bytes.saturating_sub(counted).saturating_add(total);
        }
        whole.show();
    }

    /// Only what comes in after its beginning counts as speed.
    fn measure(&self, whole: &Meter, before: u64, done: u64) {
        if self.is_begun.swap(true, Ordering::Relaxed) {
            let received = done.saturating_sub(before);
            self.meter.add(received);
            whole.add(received);
        } else {
            self.meter.begin();
            whole.begin();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if let Some(file) = &self.file {
            // What is through counts with what came of it, so that the end is reached at the end.
            let done = file.done.load(Ordering::Relaxed);
            file.set(done, Some(done));
            let whole = file.shown.whole();
            whole.files.done.fetch_add(1, Ordering::Relaxed);
            whole.show();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_the_line_and_count_for_what_they_were() {
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = Arc::clone(&said);
        let progress = Progress::lines(move |line| lines.lock().unwrap().push(line.to_owned()));
        for bytes in [Some(1000), None, Some(500)] {
            progress.expect(bytes);
        }
        let whole = |progress: &Progress| {
            let whole = progress.0.as_ref().unwrap().whole();
            let (done, all) = whole.files.counts();
            (done, all, whole.bytes_done, whole.bytes)
        };
        assert_eq!(whole(&progress), (0, 3, 0, 1500));
        let (first, second) = (progress.bytes("One\u{1b}[1m", Some(1000)), progress.bytes("Two", None));
        first.set(600, Some(1200));
        second.set(100, Some(300));
        assert_eq!(whole(&progress), (0, 3, 700, 2000));
        first.set(1200, Some(1200));
        first.stored();
        drop(first);
        // The second breaks off.
        drop(second);
        assert_eq!(whole(&progress), (2, 3, 1300, 1800));
        let third = progress.bytes("Three", Some(500));
        third.set(500, Some(500));
        third.stored();
        drop(third);
        assert_eq!(whole(&progress), (3, 3, 1800, 1800));
        let want = ["downloaded 1 of 3: One\\u{1b}[1m (1.2 kB)", "downloaded 3 of 3: Three (500 B)"];
        assert_eq!(*said.lock().unwrap(), want);
    }

    #[test]
    fn what_an_earlier_run_left_is_done_but_was_not_received() {
        let progress = Progress::lines(|_| {});
        let received = |progress: &Progress| progress.0.as_ref().unwrap().whole().meter.received();
        progress.expect(Some(5_000_000));
        let file = progress.bytes("One", Some(5_000_000));
        file.set(2_700_000, Some(5_000_000));
        assert_eq!(received(&progress), 0);
        file.set(2_800_000, Some(5_000_000));
        assert_eq!((received(&progress), file.file.as_ref().unwrap().meter.received()), (100_000, 100_000));
        // The host wants to begin anew.
        file.set(0, Some(5_000_000));
        file.set(300_000, Some(5_000_000));
        assert_eq!(received(&progress), 400_000);
        drop(file);
        assert_eq!(received(&progress), 400_000);
    }
}
