//! One line of progress, set within the columns of a terminal.

use std::time::Duration;

use unicode_width::UnicodeWidthChar;

use super::human_bytes;

/// From so many columns on, a line has a bar.
const WIDE: usize = 60;
/// Below so many, it has nothing but what matters most.
const NARROW: usize = 40;
/// The columns of a bar.
const BAR: u64 = 20;

/// How far something is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    /// Bytes done.
    pub(super) done: u64,
    /// Of so many, where that is known.
    pub(super) total: Option<u64>,
    /// Bytes a second.
    pub(super) rate: u64,
    /// How long the rest will take, as it seems.
    pub(super) left: Option<Duration>,
}

/// The line of one download.
pub(super) fn of_file(pace: Pace, name: &str, width: usize) -> String {
    let share = pace.percent().map_or_else(|| human_bytes(pace.done), |percent| format!("{percent:3}%"));
    let line = match width {
        WIDE.. => format!("{} {share} {:>11} {:>7}  {name}", pace.bar(), pace.rate(), pace.left()),
        NARROW.. => format!("{share} {:>11}  {name}", pace.rate()),
        _ => format!("{share} {name}"),
    };
    cut(&line, width)
}

/// The line of all downloads: `files` of `of` are through.
pub(super) fn of_all(pace: Pace, files: u64, of: u64, width: usize) -> String {
    let size = match pace.total {
        Some(total) => format!("{} of {}", human_bytes(pace.done), human_bytes(total)),
        None => human_bytes(pace.done),
    };
    let line = match width {
        WIDE.. => {
            format!("{} {files} of {of} files  {size}  {}  {} left", pace.bar(), pace.rate(), pace.left())
        }
        NARROW.. => format!("{files} of {of} files  {size}"),
        _ => format!("{files} of {of} files"),
    };
    cut(&line, width)
}

/// The line of what is counted: feeds, files verified.
pub(super) fn of_count(done: u64, of: u64, name: &str, left: Option<Duration>, width: usize) -> String {
    let pace = Pace { done, total: Some(of), rate: 0, left };
    let line = match width {
        WIDE.. => format!("{} {done} of {of} {name}  {} left", pace.bar(), pace.left()),
        _ => format!("{done} of {of} {name}"),
    };
    cut(&line, width)
}

impl Pace {
    fn percent(self) -> Option<u64> {
        let total = self.total.filter(|total| *total > 0)?;
        u64::try_from(u128::from(self.done.min(total)) * 100 / u128::from(total)).ok()
    }

    fn bar(self) -> String {
        let full = self.percent().unwrap_or_default() * BAR / 100;
        let part = |sign: &str, columns: u64| sign.repeat(usize::try_from(columns).unwrap_or_default());
        format!("[{}{}]", part("#", full), part(".", BAR - full))
    }

    fn rate(self) -> String {
        format!("{}/s", human_bytes(self.rate))
    }

    /// `1:02:03` or `2:03`.
    fn left(self) -> String {
        // A stalled transfer takes for ever: nobody reads that many digits.
        let Some(seconds) = self.left.map(|left| left.as_secs()).filter(|seconds| *seconds < 100 * 3600)
        else {
            return "-:--".to_owned();
        };
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            format!("{hours}:{minutes:02}:{seconds:02}")
        } else {
            format!("{minutes}:{seconds:02}")
        }
    }
}

/// So much of a text as fits; the last column stays free, where some terminals break the line.
fn cut(line: &str, width: usize) -> String {
    let room = width.saturating_sub(1);
    let of = |c: char| c.width().unwrap_or_default();
    if line.chars().map(of).sum::<usize>() <= room {
        return line.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += of(*c);
        used <= room
    };
    let start: String = line.chars().take_while(fits).collect();
    if room > 0 { start + "…" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace {
            done: 5_300_000,
            total: Some(10_000_000),
            rate: 1_200_000,
            left: Some(Duration::from_secs(64)),
        }
    }

    #[test]
    fn a_download_fits_each_width() {
        let line = |width| of_file(pace(), "#12 Counting sheep in SQL", width);
        assert_eq!(line(120), "[##########..........]  53%    1.2 MB/s    1:04  #12 Counting sheep in SQL");
        assert_eq!(line(60), "[##########..........]  53%    1.2 MB/s    1:04  #12 Count…");
        assert_eq!(line(50), " 53%    1.2 MB/s  #12 Counting sheep in SQL");
        assert_eq!(line(20), " 53% #12 Counting …");
        assert_eq!((line(2), line(1), line(0)), ("…".to_owned(), String::new(), String::new()));
        let unknown = Pace { total: None, left: None, ..pace() };
        assert_eq!(of_file(unknown, "a", 60), "[....................] 5.3 MB    1.2 MB/s    -:--  a");
        assert_eq!(of_file(pace(), "数えきれない羊", 19), " 53% 数えきれない…");
    }

    #[test]
    fn all_downloads_fit_each_width() {
        let line = |width| of_all(pace(), 3, 12, width);
        assert_eq!(line(120), "[##########..........] 3 of 12 files  5.3 MB of 10.0 MB  1.2 MB/s  1:04 left");
        assert_eq!(line(50), "3 of 12 files  5.3 MB of 10.0 MB");
        assert_eq!(line(30), "3 of 12 files");
        let long = Pace { left: Some(Duration::from_hours(3)), ..pace() };
        assert!(of_all(long, 3, 12, 120).ends_with("  3:00:00 left"));
        let odd = Pace { done: u64::MAX, total: Some(0), left: Some(Duration::MAX), rate: u64::MAX };
        assert!(of_all(odd, 3, 12, 200).ends_with("  -:-- left"));
    }

    #[test]
    fn what_is_counted_fits_each_width() {
        let left = Some(Duration::from_secs(9));
        assert_eq!(of_count(1, 4, "feeds", left, 80), "[#####...............] 1 of 4 feeds  0:09 left");
        assert_eq!(of_count(1, 4, "feeds", left, 30), "1 of 4 feeds");
    }
}
