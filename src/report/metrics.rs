//! How the archive and its shows stand, in the text format of Prometheus
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use crate::model::Time;

/// What is measured of a show.
#[derive(Debug, Clone, Default)]
pub struct ShowMetrics {
    /// Its short name.
    pub show: String,
    /// Its episodes.
    pub episodes: u64,
    /// Enclosures that are wanted and not there.
    pub missing: u64,
    /// Bytes of its files.
    pub bytes: u64,
    /// Failed requests for its feed in a row.
    pub failures: u64,
    /// When its feed was last answered well.
    pub last_success: Option<Time>,
    /// The date of its newest episode.
    pub newest: Option<Time>,
}

/// What is measured after a run.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// When it ended.
    pub last_run: Time,
    /// When one last went well; `None` if none did.
    pub last_success: Option<Time>,
    /// What fails at present.
    pub failures: u64,
    /// The shows; `None` where the archive can't be read.
    pub shows: Option<Vec<ShowMetrics>>,
}

/// The name of the line that the next run reads.
const LAST_SUCCESS: &str = "castkeep_last_success_timestamp_seconds";

type Of = fn(&ShowMetrics) -> Option<i64>;

/// What is written of each show.
const OF_SHOW: &[(&str, &str, Of)] = &[
    (
        "castkeep_show_last_success_timestamp_seconds",
        "When the feed of the show was last answered well.",
        |show| show.last_success.map(Time::unix),
    ),
    (
        "castkeep_show_newest_episode_timestamp_seconds",
        "The date of the newest episode of the show.",
        |show| show.newest.map(Time::unix),
    ),
    ("castkeep_show_failures", "Failed requests for the feed of the show, in a row.", |show| {
        Some(show.failures as i64)
    }),
    ("castkeep_show_episodes", "Episodes of the show.", |show| Some(show.episodes as i64)),
    ("castkeep_show_missing", "Audio of the show that is wanted and not there.", |show| {
        Some(show.missing as i64)
    }),
    ("castkeep_show_bytes", "Bytes of the files of the show.", |show| Some(show.bytes as i64)),
];

impl Metrics {
    /// The file.
    pub fn text(&self) -> String {
        let shows = self.shows.as_deref();
        let sum = |of: fn(&ShowMetrics) -> u64| Some(shows?.iter().map(of).sum::<u64>() as i64);
        let mut text = String::new();
        for (name, help, number) in [
            ("castkeep_last_run_timestamp_seconds", "When the last run ended.", Some(self.last_run.unix())),
            (
                LAST_SUCCESS,
                "When a run last ended well, and nothing was failing.",
                self.last_success.map(Time::unix),
            ),
            ("castkeep_failures", "What fails at present.", Some(self.failures as i64)),
            ("castkeep_shows", "Shows in the archive.", shows.map(|shows| shows.len() as i64)),
            ("castkeep_episodes", "Episodes in the archive.", sum(|show| show.episodes)),
            ("castkeep_missing", "Audio that is wanted and not there.", sum(|show| show.missing)),
            ("castkeep_bytes", "Bytes of files in the archive.", sum(|show| show.bytes)),
        ] {
            if let Some(number) = number {
                text += &format!("{}{name} {number}\n", head(name, help));
            }
        }
        for (name, help, of) in OF_SHOW {
            let line = |show: &ShowMetrics| {
                Some(format!("{name}{{show=\"{}\"}} {}\n", label(&show.show), of(show)?))
            };
            let lines: String = shows.unwrap_or_default().iter().filter_map(line).collect();
            if !lines.is_empty() {
                text += &(head(name, help) + &lines);
            }
        }
        text
    }
}

/// When a run last ended well, by the file that an earlier run wrote.
pub fn last_success(text: &str) -> Option<Time> {
    let number = text.lines().find_map(|line| line.strip_prefix(LAST_SUCCESS)?.strip_prefix(' '))?;
    Time::from_unix(number.trim().parse().ok()?)
}

fn head(name: &str, help: &str) -> String {
    format!("# HELP {name} {help}\n# TYPE {name} gauge\n")
}

/// The value of a label, escaped.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_as_the_format_has_it_and_is_read_again() {
        let at = |text: &str| text.parse().ok();
        let show = |name: &str, last_success| ShowMetrics {
            show: name.to_owned(),
            episodes: 3,
            last_success,
            ..ShowMetrics::default()
        };
        let metrics = Metrics {
            last_run: at("2026-01-02T03:04:05Z").unwrap(),
            last_success: at("2026-01-01T00:00:00Z"),
            failures: 1,
            shows: Some(vec![show("a", at("2026-01-01T00:00:00Z")), show("b \"c\" \\", None)]),
        };
        let text = metrics.text();
        assert!(text.starts_with(
            "# HELP castkeep_last_run_timestamp_seconds When the last run ended.\n\
             # TYPE castkeep_last_run_timestamp_seconds gauge\n\
             castkeep_last_run_timestamp_seconds 1767323045\n"
        ));
        assert!(text.contains("\ncastkeep_episodes 6\n"));
        assert!(
            text.contains(
                "gauge\ncastkeep_show_last_success_timestamp_seconds{show=\"a\"} 1767225600\n# HELP"
            )
        );
        assert!(text.contains("castkeep_show_episodes{show=\"b \\\"c\\\" \\\\\"} 3\n"));
        assert_eq!(last_success(&text), metrics.last_success);
        let blind = Metrics { shows: None, ..metrics }.text();
        let names: Vec<_> = blind.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
        assert_eq!(names.len(), 3, "no number that nobody has counted: {blind}");
        assert_eq!(last_success("castkeep_last_success_timestamp_seconds_x 1\nrubbish\n"), None);
    }
}
