//! `castkeep import`

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use url::Url;

use super::failure::{PARTIAL, Usage, unread};
use super::setting::Setting;
use crate::archive::{Reader, ShowRow};
use crate::config::{self, Config, add_shows, shown};
use crate::export::{Outline, Outlines, opml_reader};
use crate::jobs;
use crate::model::{redact, redact_text, slug};
use crate::report::{counted, table};

/// Follow the shows that another program followed; asks no host
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Import {
    #[command(subcommand)]
    form: Form,
}

#[derive(Subcommand)]
enum Form {
    /// From an OPML file, as podcast programs export them
    Opml(Opml),
}

const HELP: &str = "What can't be followed is named with its line, and the rest is: exit code 3.\n\n\
Examples:\n\
\x20 castkeep import opml podcasts.opml --dry-run\n\
\x20 castkeep import opml podcasts.opml\n\
\x20 curl https://pods.example/list.opml | castkeep import opml -";

#[derive(Args)]
#[command(after_help = HELP)]
struct Opml {
    /// The file, `-` for standard input
    file: PathBuf,
    /// Tell what would be added, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        match self.form {
            Form::Opml(opml) => opml.run(setting),
        }
    }
}

/// A larger file is nobody's list of podcasts, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

impl Opml {
    fn run(&self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let Outlines { feeds, broken } = opml_reader::read(&self.bytes()?)
            .map_err(|error| Usage { message: format!("{}: {error}", self.name()), hint: None })?;
        let mut known = Known::of(&config);
        let (mut added, mut refused) = (Vec::new(), broken.is_some());
        for feed in &feeds {
            let what = feed.feed.as_ref().map_or_else(
                || format!("{:?}", feed.title.as_deref().unwrap_or_default()),
                |feed| shown(feed),
            );
            let line = |message: String| format!("{}: line {}: {what}: {message}", self.name(), feed.line);
            match known.judge(feed) {
                Verdict::Add(show) => added.push(show),
                Verdict::There(why) => setting.talk.note(&line(why)),
                Verdict::Refuse(why) => {
                    refused = true;
                    setting.talk.failure(None, &line(why));
                }
            }
        }
        if let Some(broken) = broken {
            setting.talk.failure(None, &format!("{}: {broken}", self.name()));
        }
        if !self.dry_run && !added.is_empty() {
            let shows: Vec<_> = added.iter().map(|show| (show.slug.clone(), show.feed.clone())).collect();
            add_shows(&setting.config_path(), &shows)?;
        }
        self.tell(setting, &added, feeds.is_empty())?;
        Ok(if refused { PARTIAL.into() } else { ExitCode::SUCCESS })
    }

    fn name(&self) -> String {
        if self.file.as_os_str() == "-" {
            "standard input".to_owned()
        } else {
            self.file.display().to_string()
        }
    }

    fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.file.as_os_str() == "-" {
            let read = stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
            read.context("read standard input")?;
        } else {
            let file = std::fs::File::open(&self.file);
            file.and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
                .map_err(|error| unread(&self.file, error))?;
        }
        if bytes.len() as u64 > LARGEST {
            let message = format!("{}: more than 64 MB: this is no list of podcasts", self.name());
            return Err(Usage { message, hint: None }.into());
        }
        Ok(bytes)
    }

    fn tell(&self, setting: &Setting, added: &[Added], is_empty: bool) -> anyhow::Result<()> {
        if is_empty {
            setting.talk.note(&format!("{}: there is no feed in it", self.name()));
        }
        if added.is_empty() {
            return Ok(());
        }
        if !setting.talk.quiet {
            let row = |show: &Added| {
                vec![show.slug.clone().unwrap_or_default(), show.title.clone(), shown(&show.feed)]
            };
            let rows: Vec<_> = added.iter().map(row).collect();
            write!(stdout().lock(), "{}", table(&["show", "title", "feed"], &rows, &[]))?;
        }
        let shows = counted(added.len() as u64, "show");
        if self.dry_run {
            setting.talk.note(&format!("{shows} would be added; nothing was changed"));
        } else {
            setting.talk.note(&format!("added {shows}; {NEXT}"));
        }
        Ok(())
    }
}

/// Who comes from another program would download all that it has.
const NEXT: &str =
    "next: castkeep sync; who has the files already: castkeep sync --feeds-only, then castkeep adopt DIR";

/// A show that is to be followed.
pub(super) struct Added {
    pub(super) slug: Option<String>,
    title: String,
    /// As it is written into the configuration: secrets included.
    pub(super) feed: String,
}

/// A feed that is followed already.
struct Followed {
    /// Its address as it is.
    feed: String,
    /// The line of the list that named it first; none: the configuration follows it.
    line: Option<usize>,
}

impl Followed {
    fn said(&self) -> String {
        self.line
            .map_or_else(|| "is followed already".to_owned(), |line| format!("is in line {line} already"))
    }
}

pub(super) enum Verdict {
    Add(Added),
    There(String),
    Refuse(String),
}

/// What is followed already, and which names are taken.
pub(super) struct Known {
    /// The feeds by their addresses without secrets.
    feeds: HashMap<String, Followed>,
    /// The names in the configuration.
    followed: HashSet<String>,
    /// Those and the names in the archive.
    slugs: HashSet<String>,
    /// The archive's shows by their addresses, followed or not.
    rows: HashMap<String, String>,
}

impl Known {
    /// An archive that can't be read knows nothing.
    pub(super) fn of(config: &Config) -> Self {
        let there = |feed: &String| (key(feed), Followed { feed: feed.clone(), line: None });
        let mut feeds: HashMap<_, _> = config.shows.iter().map(|show| there(&show.feed)).collect();
        let mut followed: HashSet<_> = config.shows.iter().filter_map(|show| show.slug.clone()).collect();
        let mut slugs = followed.clone();
        let reader = Reader::open(&config.archive.directory).ok();
        let all = reader.as_ref().and_then(|reader| reader.rows().ok()).unwrap_or_default();
        slugs.extend(all.iter().map(|row| row.slug.clone()));
        // A feed that has moved is the one that the configuration names.
        let entries = jobs::configured(config);
        for row in entries.iter().filter_map(|configured| reader.as_ref()?.show(configured).ok()?) {
            followed.insert(row.slug);
            let (key, followed) = there(&row.feed_url);
            feeds.entry(key).or_insert(followed);
        }
        let addresses =
            |row: &ShowRow| [&row.configured_url, &row.feed_url].map(|url| (key(url), row.slug.clone()));
        Self { feeds, followed, slugs, rows: all.iter().flat_map(addresses).collect() }
    }

    pub(super) fn judge(&mut self, outline: &Outline) -> Verdict {
        let Some(feed) = &outline.feed else {
            return Verdict::Refuse("says that it is a feed, and has no xmlUrl".to_owned());
        };
        let feed = &by_http(feed);
        if let Err(why) = check(feed) {
            return Verdict::Refuse(why);
        }
        let key = key(feed);
        match self.feeds.get(&key) {
            Some(known) if same(&known.feed, feed) || feed.contains("***") => {
                return Verdict::There(known.said());
            }
            Some(known) => return Verdict::There(known.said() + ", with another secret"),
            None => {}
        }
        if feed.contains("***") {
            return Verdict::Refuse(
                "its secret was left out: \"castkeep add\" takes it with its secret".to_owned(),
            );
        }
        let slug = self.name(&key, outline.title.as_deref().unwrap_or_default());
        self.feeds.insert(key, Followed { feed: feed.clone(), line: Some(outline.line) });
        let title = outline.title.clone().unwrap_or_default();
        Verdict::Add(Added { slug, title, feed: feed.clone() })
    }

    /// The name that the archive has for the feed; else one made from its title that is free; else none, until its feed is read.
    fn name(&mut self, key: &str, title: &str) -> Option<String> {
        if let Some(slug) = self.rows.get(key).filter(|slug| !self.followed.contains(*slug)) {
            self.followed.insert(slug.clone());
            return Some(slug.clone());
        }
        let wish = Some(slug(title)).filter(|slug| !slug.is_empty())?;
        let numbered = (2..100).map(|n| format!("{wish}-{n}"));
        let free = std::iter::once(wish.clone()).chain(numbered).find(|name| !self.slugs.contains(name))?;
        self.slugs.insert(free.clone());
        Some(free)
    }
}

/// An address without its secrets, in the one way of writing it.
fn key(feed: &str) -> String {
    Url::parse(feed).map_or_else(|_| redact_text(feed), |url| redact(&url))
}

fn same(one: &str, other: &str) -> bool {
    one == other || Url::parse(one).is_ok_and(|one| Url::parse(other) == Ok(one))
}

/// An address in somebody's file names no file of this machine, and takes nothing from its environment.
fn check(feed: &str) -> Result<(), String> {
    if feed.contains("${") {
        return Err("a ${...} would be filled in from your environment: \"castkeep add\" takes it".to_owned());
    }
    let scheme = |url: Url| format!("feeds are imported by http or https, not by {}", url.scheme());
    match Url::parse(feed) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => config::check_url(feed).map(drop),
        Ok(url) if feed.contains("://") => Err(scheme(url)),
        _ => config::check_url(feed).map(drop),
    }
}

/// Schemes that tell a computer to ask its podcast program, and mean http.
const ASIDE: &[&str] = &["feed:", "itpc:", "pcast:"];

fn by_http(feed: &str) -> String {
    let Some(rest) = ASIDE.iter().find_map(|scheme| feed.strip_prefix(scheme)) else {
        return feed.to_owned();
    };
    if rest.starts_with("//") { format!("http:{rest}") } else { rest.to_owned() }
}
