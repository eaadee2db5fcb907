//! The report of a run: which shows brought what, what went wrong.

use serde::Serialize;

use super::trouble::hints;
use super::{Columns, Trouble, escape, human_bytes};
use crate::model::Time;

/// How a run ended, as its exit code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// All that was asked for was done, be it nothing.
    #[default]
    Ok,
    /// Some of it failed: exit 3.
    Partial,
    /// It had to stop: exit 1.
    Failed,
    /// A signal stopped it: exit 130 or 143.
    Interrupted,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Ok, Self::Partial, Self::Failed, Self::Interrupted];

    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Whether this is the first line of a report that was written as text.
pub fn is_report(line: &str) -> bool {
    let Some((command, outcome)) = line.split_once(": ") else { return false };
    command.chars().all(|c| c.is_ascii_lowercase()) && Outcome::ALL.iter().any(|one| one.as_str() == outcome)
}

/// What a run did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Run {
    /// What was run: `sync`, `backfill`.
    pub command: String,
    /// When it began; `None` if it could not.
    pub started_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// How it ended.
    pub outcome: Outcome,
    /// The shows that brought something.
    pub shows: Vec<ShowRun>,
    /// What went wrong, and where.
    pub failures: Vec<Trouble>,
    /// What was odd and did no harm.
    pub warnings: Vec<Trouble>,
    /// What was told in the last day need not be told again: nobody is at the terminal, and nobody asked.
    #[serde(skip)]
    pub tells_once: bool,
}

/// What a run did for one show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShowRun {
    /// Its short name.
    pub show: String,
    /// Titles of episodes not seen before.
    pub new_episodes: Vec<String>,
    /// Episodes of which a field changed.
    pub changed: u64,
    /// Episodes that left the feed.
    pub gone: u64,
    /// Files captured.
    pub downloads: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// What was wrong with its feed, and what was assumed instead.
    pub warnings: u64,
    /// Where its feed has moved to for good, without secrets.
    pub moved_to: Option<String>,
}

/// What is told of each show.
const COLUMNS: Columns<'_> = Columns {
    names: &["show", "new", "changed", "gone", "downloads", "size", "warnings"],
    right: &["new", "changed", "gone", "downloads", "size", "warnings"],
    counts: &["gone", "changed", "warnings", "size", "new", "downloads"],
    lesser: &["warnings", "size"],
    ..Columns::PLAIN
};

impl ShowRun {
    fn words(&self) -> String {
        let counts = [
            (self.new_episodes.len() as u64, "new"),
            (self.changed, "changed"),
            (self.gone, "gone"),
            (self.downloads, "downloaded"),
        ];
        let said =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        let size = (self.bytes > 0).then(|| human_bytes(self.bytes));
        let moved = self.moved_to.as_ref().map(|url| format!("moved to {}", escape(url, &[])));
        let all: Vec<String> = said.chain(size).chain(moved).collect();
        format!("{}: {}", self.show, all.join(", "))
    }

    fn is_empty(&self) -> bool {
        self.moved_to.is_none()
            && self.new_episodes.is_empty()
            && self.changed == 0
            && self.gone == 0
            && self.downloads == 0
    }
}

impl Run {
    /// The entry of a show, made if need be.
    pub fn show(&mut self, slug: &str) -> &mut ShowRun {
        let index = self.shows.iter().position(|show| show.show == slug).unwrap_or_else(|| {
            self.shows.push(ShowRun { show: slug.to_owned(), ..ShowRun::default() });
            self.shows.len() - 1
        });
        &mut self.shows[index]
    }

    /// A failure of a show.
    pub fn fail(&mut self, show: &str, message: impl Into<String>) {
        self.failures.push(Trouble::new(show, message));
    }

    /// A remark on a show.
    pub fn warn(&mut self, show: &str, message: impl Into<String>) {
        self.warnings.push(Trouble::new(show, message));
    }

    /// What there is to tell of shows: a table no wider than the screen, or nothing on a quiet night.
    pub fn text(&self, screen: Option<usize>) -> String {
        let mut shows: Vec<_> = self.shows.iter().filter(|show| !show.is_empty()).collect();
        shows.sort_by(|a, b| a.show.cmp(&b.show));
        if shows.is_empty() {
            return String::new();
        }
        let rows: Vec<_> = shows
            .iter()
            .map(|show| {
                vec![
                    show.show.clone(),
                    show.new_episodes.len().to_string(),
                    show.changed.to_string(),
                    show.gone.to_string(),
                    show.downloads.to_string(),
                    human_bytes(show.bytes),
                    show.warnings.to_string(),
                ]
            })
            .collect();
        let moved = |show: &&ShowRun| {
            let url = show.moved_to.as_ref()?;
            Some(format!("{}: its feed has moved to {}\n", show.show, escape(url, &[])))
        };
        let moves: String = shows.iter().filter_map(moved).collect();
        COLUMNS.laid_out(&rows, screen) + &moves
    }

    /// What there is to tell of shows in one line; nothing on a quiet night.
    pub fn line(&self) -> String {
        let shows = self.shows.iter().filter(|show| !show.is_empty());
        shows.map(ShowRun::words).collect::<Vec<_>>().join("; ")
    }

    /// What there is to say of failures, a line each, and what can be done.
    pub fn talk(&self) -> String {
        let lines: String = self.failures.iter().map(Trouble::line).collect();
        lines + &hints(&self.failures).into_iter().map(|hint| format!("hint: {hint}\n")).collect::<String>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_night_has_nothing_to_tell() {
        let mut run = Run::default();
        run.show("quiet");
        assert_eq!((run.text(None), run.talk()), (String::new(), String::new()));
    }

    #[test]
    fn a_busy_night_is_a_table_and_a_line_a_failure() {
        let mut run = Run::default();
        *run.show("b") = ShowRun {
            show: "b".to_owned(),
            new_episodes: vec!["One".to_owned()],
            downloads: 1,
            bytes: 1500,
            ..ShowRun::default()
        };
        run.fail("a", "fetch https://a.example/rss: status 503");
        let want = "show  new  changed  gone  downloads    size  warnings\nb       1        0     0          1  1.5 kB         0\n";
        assert_eq!(run.text(None), want);
        assert_eq!(run.text(Some(58)), want);
        // What counts nothing goes first.
        let narrow = "show  new  downloads    size\nb       1          1  1.5 kB\n";
        assert_eq!(run.text(Some(36)), narrow);
        assert_eq!(run.text(Some(20)), "show  new  downloads\nb       1          1\n");
        assert_eq!(run.talk(), "a: fetch https://a.example/rss: status 503\n");
    }
}
