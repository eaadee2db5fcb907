//! One line of progress, set within the columns of a terminal.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::human_bytes;
use super::table::cut;

/// A bar has so many columns between its brackets, the more the better.
const BARS: [u64; 2] = [20, 10];
/// A bar, or a number, is given up where it would leave less of a name.
const NAME: usize = 16;

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

/// The line of one download. Its name is cut; where too little would be left of it, the bar goes, then the rate, then the time.
pub(super) fn of_file(pace: Pace, name: &str, width: usize) -> String {
    let share = pace.percent().map_or_else(|| human_bytes(pace.done), |percent| format!("{percent:3}%"));
    let (rate, left) = (pace.rate(), pace.left());
    let heads =
        [format!("{share} {rate:>11} {left:>7}  "), format!("{share} {left:>7}  "), format!("{share} ")];
    let name_width = name.width().min(NAME);
    let room = room(width);
    cut(&(fitted(pace, &heads, room.saturating_sub(name_width)) + name), room)
}

/// The line of all downloads: `files` of `of` are through. Bytes, rate and time left stay longest.
pub(super) fn of_all(pace: Pace, files: u64, of: u64, width: usize) -> String {
    let size = match pace.total {
        Some(total) => format!("{} of {}", human_bytes(pace.done), human_bytes(total)),
        None => human_bytes(pace.done),
    };
    let share = pace.percent().map_or_else(|| human_bytes(pace.done), |percent| format!("{percent}%"));
    let (rate, left) = (pace.rate(), format!("{} left", pace.left()));
    let forms = [
        format!("{files} of {of} files  {size}  {rate}  {left}"),
        format!("{size}  {rate}  {left}"),
        format!("{share}  {rate}  {left}"),
        format!("{share}  {left}"),
        share,
    ];
    cut(&fitted(pace, &forms, room(width)), room(width))
}

/// The line of what is counted: feeds, files verified.
pub(super) fn of_count(done: u64, of: u64, name: &str, left: Option<Duration>, width: usize) -> String {
    let pace = Pace { done, total: Some(of), rate: 0, left };
    let count = format!("{done} of {of} {name}");
    let forms = [format!("{count}  {} left", pace.left()), count];
    cut(&fitted(pace, &forms, room(width)), room(width))
}

/// The fullest form that fits, the last if none does; behind a bar where the whole of it leaves room for one.
fn fitted(pace: Pace, forms: &[String], room: usize) -> String {
    let barred = |bar: &u64| forms.first().map(|form| format!("{} {form}", pace.bar(*bar)));
    let bars = BARS.iter().filter_map(barred);
    let mut all = bars.chain(forms.iter().cloned());
    let fits = all.find(|line| line.width() <= room);
    fits.or_else(|| forms.last().cloned()).unwrap_or_default()
}

/// The last column stays free: some terminals break the line there.
fn room(width: usize) -> usize {
    width.saturating_sub(1)
}

impl Pace {
    fn percent(self) -> Option<u64> {
        let total = self.total.filter(|total| *total > 0)?;
        u64::try_from(u128::from(self.done.min(total)) * 100 / u128::from(total)).ok()
    }

    fn bar(self, columns: u64) -> String {
        let full = self.percent().unwrap_or_default() * columns / 100;
        let part = |sign: &str, columns: u64| sign.repeat(usize::try_from(columns).unwrap_or_default());
        format!("[{}{}]", part("#", full), part(".", columns - full))
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
        assert_eq!(line(66), "[##########..........]  53%    1.2 MB/s    1:04  #12 Counting sh…");
        assert_eq!(line(60), "[#####.....]  53%    1.2 MB/s    1:04  #12 Counting sheep …");
        assert_eq!(line(50), " 53%    1.2 MB/s    1:04  #12 Counting sheep in …");
        assert_eq!(line(40), " 53%    1:04  #12 Counting sheep in SQL");
        assert_eq!(line(20), " 53% #12 Counting …");
        assert_eq!((line(2), line(1), line(0)), ("…".to_owned(), String::new(), String::new()));
        let unknown = Pace { total: None, left: None, ..pace() };
        assert_eq!(of_file(unknown, "a", 60), "[....................] 5.3 MB    1.2 MB/s    -:--  a");
        assert_eq!(of_file(pace(), "数えきれない羊", 19), " 53% 数えきれない…");
    }

    #[test]
    fn all_downloads_fit_each_width() {
        let line = |width| of_all(pace(), 3, 12, width);
        let whole = "3 of 12 files  5.3 MB of 10.0 MB  1.2 MB/s  1:04 left";
        assert_eq!(line(120), format!("[##########..........] {whole}"));
        assert_eq!(line(77), format!("[##########..........] {whole}"));
        assert_eq!(line(76), format!("[#####.....] {whole}"));
        assert_eq!((line(66), line(54)), (whole.to_owned(), whole.to_owned()));
        assert_eq!(line(53), "5.3 MB of 10.0 MB  1.2 MB/s  1:04 left");
        assert_eq!(line(39), "5.3 MB of 10.0 MB  1.2 MB/s  1:04 left");
        assert_eq!(line(38), "53%  1.2 MB/s  1:04 left");
        assert_eq!((line(20), line(14)), ("53%  1:04 left".to_owned(), "53%".to_owned()));
        let long = Pace { left: Some(Duration::from_hours(3)), ..pace() };
        assert!(of_all(long, 3, 12, 120).ends_with("  3:00:00 left"));
        let odd = Pace { done: u64::MAX, total: Some(0), left: Some(Duration::MAX), rate: u64::MAX };
        assert!(of_all(odd, 3, 12, 200).ends_with("  -:-- left"));
    }

    #[test]
    fn at_no_width_the_time_left_gives_way_to_a_bar() {
        let slow = Pace { left: None, rate: 0, ..pace() };
        let long = Pace { left: Some(Duration::from_hours(30)), rate: 999_900, ..pace() };
        for (pace, width) in
            [slow, long, pace()].into_iter().flat_map(|pace| (20..=200).map(move |w| (pace, w)))
        {
            let (all, file) = (of_all(pace, 3, 12, width), of_file(pace, "#12 Counting sheep in SQL", width));
            let count = of_count(3, 12, "feeds", pace.left, width);
            for line in [&all, &file, &count] {
                assert!(line.width() < width, "{width}: {line}");
                assert!(!line.starts_with('[') || line.contains(&pace.left()), "{width}: {line}");
            }
            assert!(all.ends_with(" left") && !all.contains('…'), "{width}: {all}");
            assert!(width < 32 || all.contains(&pace.rate()), "{width}: {all}");
            assert!(width < 45 || all.contains("5.3 MB of 10.0 MB"), "{width}: {all}");
        }
    }

    #[test]
    fn what_is_counted_fits_each_width() {
        let left = Some(Duration::from_secs(9));
        assert_eq!(of_count(1, 4, "feeds", left, 80), "[#####...............] 1 of 4 feeds  0:09 left");
        assert_eq!(of_count(1, 4, "feeds", left, 40), "[##........] 1 of 4 feeds  0:09 left");
        assert_eq!(of_count(1, 4, "feeds", left, 30), "1 of 4 feeds  0:09 left");
        assert_eq!(of_count(1, 4, "feeds", left, 20), "1 of 4 feeds");
    }
}
