//! `castkeep adopt`

mod doubts;

use std::io::{self, Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::failure::{PARTIAL, Usage};
use super::find::find;
use super::hang::fitting;
use super::setting::Setting;
use super::talk::Talk;
use crate::archive::Program;
use crate::download::Take;
use crate::jobs::{self, AdoptRequest, Adopted};
use crate::report::{Outcome, counted, human_bytes, table};
use doubts::{by_folder, doubtful};

const HELP: &str = "The shows come first: castkeep add URL (or import opml FILE), then castkeep sync --feeds-only. Files are told by \
what their program wrote down, by name, date, length and tags. What may be something else is listed and stays where it is: exit code 3.\n\n\
Examples:\n\
\x20 castkeep adopt ~/gPodder --dry-run\n\
\x20 castkeep adopt ~/podcasts/old-show --show old-show\n\
\x20 castkeep adopt ~/podcasts/x.mp3 --as old-show 12";

/// Take in audio that another program downloaded; nothing is fetched
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Adopt {
    /// The folder, with all below it; or one file
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// All of it is of this show
    #[arg(long, value_name = "SLUG")]
    show: Option<String>,
    /// Whose they are: podcast-dl, podcast-archiver, gpodder; folder: nobody's
    #[arg(long = "from", value_name = "PROGRAM", hide_possible_values = true)]
    from_program: Option<Whose>,
    /// Its database, or podcast-dl's archive.json
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// Tell what would come in, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Remove from DIR what came in
    #[arg(long = "move", conflicts_with = "link")]
    moves: bool,
    /// Copy, though a second name would do
    #[arg(long, conflicts_with_all = ["link", "moves"])]
    copy: bool,
    /// Give files a second name, else copy: the default
    #[arg(long)]
    link: bool,
    /// The one file is this episode: number, guid or words of its title
    #[arg(long = "as", num_args = 2, value_names = ["SHOW", "EPISODE"], conflicts_with_all = ["show", "from_program", "database"])]
    as_episode: Option<Vec<String>>,
    /// As JSON, with what told each file
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Whose {
    PodcastDl,
    PodcastArchiver,
    Gpodder,
    Folder,
}

impl From<Whose> for Program {
    fn from(whose: Whose) -> Self {
        match whose {
            Whose::PodcastDl => Self::PodcastDl,
            Whose::PodcastArchiver => Self::PodcastArchiver,
            Whose::Gpodder => Self::GPodder,
            Whose::Folder => Self::Folder,
        }
    }
}

impl Adopt {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let as_episode = self.as_episode.as_deref().map(|named| episode(setting, named)).transpose()?;
        let request = AdoptRequest {
            from: self.from,
            show: self.show,
            program: self.from_program.map(Program::from),
            database: self.database,
            dry_run: self.dry_run,
            moves: self.moves,
            take: if self.copy { Take::Copy } else { Take::Link },
            as_episode,
        };
        let ((run, adopted), signals) = setting.run(|manner| jobs::adopt(config, request, manner))?;
        let printed = if self.json { json(&adopted) } else { print(&adopted, setting.talk) };
        let code = setting.end(&run, &signals, printed);
        if setting.talk.verbose {
            for left in &adopted.left {
                setting.talk.note(left);
            }
        } else if !adopted.left.is_empty() {
            let left = counted(adopted.left.len() as u64, "thing");
            setting.talk.note(&format!(
                "{left} left alone (links, downloads that did not end or just did); --verbose names them"
            ));
        }
        Ok(if run.outcome == Outcome::Ok && adopted.has_open() { PARTIAL.into() } else { code })
    }
}

/// The one episode of these words.
fn episode(setting: &Setting, named: &[String]) -> anyhow::Result<i64> {
    let [show, which] = named else {
        return Err(Usage { message: "--as takes SHOW and EPISODE".to_owned(), hint: None }.into());
    };
    let reader = setting.reader()?;
    let row = find(&reader, show)?;
    match reader.episode(row.id, which)?.as_slice() {
        [episode] => Ok(episode.id),
        found => {
            let count = if found.is_empty() { "no episode" } else { "several episodes" };
            let hint = Some("use its number, its guid, or more words of its title".to_owned());
            Err(Usage { message: format!("{show} has {count} {which:?}"), hint }.into())
        }
    }
}

fn json(adopted: &Adopted) -> io::Result<()> {
    writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(adopted)?)
}

fn print(adopted: &Adopted, talk: Talk) -> io::Result<()> {
    let mut out = stdout().lock();
    if !talk.quiet && !adopted.shows.is_empty() {
        let mut shows = adopted.shows.clone();
        shows.sort_by(|a, b| a.show.cmp(&b.show));
        let row = |show: &jobs::AdoptCount| {
            let numbers = [show.adopted, show.here, show.doubtful].map(|n| n.to_string());
            std::iter::once(show.show.clone()).chain(numbers).collect()
        };
        let rows: Vec<Vec<String>> = shows.iter().map(row).collect();
        let came = if adopted.dry_run { "would come" } else { "adopted" };
        write!(out, "{}", table(&["show", came, "already here", "doubtful"], &rows, &[1, 2, 3]))?;
    }
    for doubt in doubtful(adopted, talk.verbose) {
        writeln!(out, "{}", fitting(&doubt))?;
    }
    for (word, list) in [("unmatched", &adopted.unmatched), ("rejected", &adopted.rejected)] {
        for line in by_folder(list) {
            writeln!(out, "{}", fitting(&format!("{word}: {line}")))?;
        }
    }
    if !talk.quiet {
        writeln!(out, "{}", fitting(&summary(adopted)))?;
        if let Some(still) = still(adopted) {
            writeln!(out, "{}", fitting(&still))?;
        }
    }
    out.flush()
}

/// What the next `sync` would download that may lie here.
fn still(adopted: &Adopted) -> Option<String> {
    let still = adopted.still_to_download;
    let count = match still.episodes {
        0 => return None,
        1 => "the episode of a doubtful file".to_owned(),
        count => format!("{count} episodes of doubtful files"),
    };
    let bytes = human_bytes(still.bytes);
    Some(format!("castkeep sync would download {count}, {bytes} as the feed says; settle them first"))
}

fn summary(adopted: &Adopted) -> String {
    let came = if adopted.dry_run { "would come in" } else { "adopted" };
    let mut parts =
        vec![format!("{} {came}, {}", counted(adopted.adopted, "file"), human_bytes(adopted.bytes))];
    if adopted.dry_run {
        parts = vec![format!("{} {came}", counted(adopted.adopted, "file"))];
    }
    for (count, what) in [
        (adopted.here, "already here"),
        (adopted.doubtful.len() as u64, "doubtful"),
        (adopted.unmatched.len() as u64, "unmatched"),
        (adopted.rejected.len() as u64, "no audio"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join("; ")
}
