//! `castkeep add`

mod address;

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::ask::{ask, is_anybody_there, is_yes};
use super::failure::{PARTIAL, Usage};
use super::setting::{Setting, environment};
use super::talk::Talk;
use crate::archive::Reader;
use crate::config::{self, Config, add_show, check_url, shown};
use crate::jobs::{self, Added, Found, Manner, Offer, Tried};
use crate::model::redact_text;
use crate::report::{Run, Trouble, counted, human_bytes};

/// Add a show: look at its feed once, record it, follow it
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Add {
    /// The address of its feed, of a web page that names it, or of the show on Apple Podcasts
    url: String,
    /// Its short name [default: made from its title]
    #[arg(long)]
    slug: Option<String>,
    /// Don't ask whether this is the show
    #[arg(long, short)]
    yes: bool,
}

const HELP: &str = "Examples:\n\
\x20 castkeep add https://example.com/feed.xml\n\
\x20 castkeep add example.com/our-podcast --slug ours\n\
\x20 castkeep add https://podcasts.apple.com/us/podcast/our-podcast/id1234567890";

/// So many feeds of a page are listed.
const MOST_LISTED: usize = 20;

/// What adding came to.
enum End {
    /// The show is in the archive, under this feed.
    Added(Added, String),
    /// It could not be read; the report says why.
    Unread,
    /// The person did not want it, or stopped the run.
    NotWanted,
    /// The configuration has it already.
    Already(Box<config::Show>, String),
    /// The request was wrong.
    Wrong(Usage),
    /// Something on the way to the feed went wrong.
    Failed(String),
}

impl Add {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let typed = address::whole(&self.url);
        let feed = config::fill(&typed, &setting.config_path(), environment())?;
        if let Some(file) = address::of_file(&self.url) {
            let message = format!("{:?}: not an address, but a file that is here", self.url);
            return Err(Usage { message, hint: Some(format!("did you mean {file}?")) }.into());
        }
        check_url(&feed).map_err(|message| {
            let whole = format!("https://{feed}");
            let is_near = !feed.contains("://") && feed.contains('.') && check_url(&whole).is_ok();
            let hint = if is_near {
                format!("did you mean {}?", shown(&whole))
            } else {
                "give the address of its feed, of a web page that names it, or of the show on Apple Podcasts"
                    .to_owned()
            };
            let hint = Some(hint);
            Usage { message: format!("{:?}: {message}", shown(&feed)), hint }
        })?;
        if let Some(show) = follows(&config, &feed) {
            return already(setting, show, &feed);
        }
        if let Some(slug) = self.slug.as_ref().filter(|slug| crate::model::slug(slug) != **slug) {
            let message = format!("{slug:?} can't be a slug: lower-case letters, digits and dashes");
            return Err(Usage { message, hint: None }.into());
        }
        if let Some(slug) = self.slug.as_ref().filter(|slug| is_taken(&config, slug)) {
            let message = format!("another show is called {slug:?}");
            return Err(Usage { message, hint: Some("choose another --slug, or none".to_owned()) }.into());
        }
        let show = config::Show { slug: self.slug, ..config::Show::new(feed) };
        let asks = !self.yes && !setting.talk.quiet && !setting.talk.json && is_anybody_there();
        let wish = Wish { show, talk: setting.talk, asks };
        let feed = wish.show.feed.clone();
        let ((mut run, end), signals) = setting.run(|manner| wish.come_true(config, manner))?;
        if matches!(end, End::Unread) {
            run.failures.iter_mut().for_each(of_no_show);
        }
        let code = setting.end(&run, &signals, Ok(()));
        if matches!(end, End::Unread | End::Failed(_)) && address::is_guessed(&self.url) {
            setting
                .talk
                .hint("the address was taken for one with https://; write http:// if it is one of those");
        }
        match end {
            // As it was typed, with what stands for its secrets.
            End::Added(added, found) => {
                let written = if found == feed { &typed } else { &found };
                add_show(&setting.config_path(), &added.slug, written)?;
                tell(setting.talk, &added)?;
                Ok(code)
            }
            End::Unread if code == ExitCode::SUCCESS => Ok(PARTIAL.into()),
            End::Unread => Ok(code),
            End::NotWanted if signals.came() => Ok(signals.exit_code().into()),
            End::NotWanted => {
                setting.talk.note("nothing was added");
                Ok(code)
            }
            End::Already(show, feed) => already(setting, &show, &feed),
            End::Wrong(usage) => Err(usage.into()),
            End::Failed(message) => {
                setting.talk.failure(None, &message);
                Ok(PARTIAL.into())
            }
        }
    }
}

/// What could not be read is no show, and has no name; nor is it tried again.
fn of_no_show(trouble: &mut Trouble) {
    trouble.show.clear();
    trouble.next_try = None;
    let hint = trouble.hint.take();
    trouble.hint = hint.map(|hint| match hint.get(..4) {
        Some("404:") => {
            "404: nothing is there; look at the show's page for the address of its feed".to_owned()
        }
        Some("no f") => {
            "look at the show's page for a link called RSS, feed or subscribe, and add its address".to_owned()
        }
        _ => hint,
    });
}

/// A show that is to be added.
struct Wish {
    show: config::Show,
    talk: Talk,
    /// Somebody is there to say whether this is it.
    asks: bool,
}

impl Wish {
    async fn come_true(self, config: Config, manner: Manner) -> Result<(Run, End), jobs::Error> {
        let found = jobs::look(config.clone(), &self.show, manner.clone()).await?;
        let (feed, tried) = match found {
            Found::Feed(offer) => {
                if let Some(show) = follows(&config, offer.tried.feed.as_str()) {
                    return Ok(ended(End::Already(Box::new(show.clone()), offer.tried.feed.into())));
                }
                self.present(&offer);
                if self.asks && !is_wanted(&manner).await {
                    return Ok(ended(End::NotWanted));
                }
                (self.address(&offer.tried), Some(offer.tried))
            }
            Found::Unread(tried) => (self.address(&tried), Some(*tried)),
            Found::Unasked(feed) => match follows(&config, feed.as_str()) {
                Some(show) => return Ok(ended(End::Already(Box::new(show.clone()), feed.into()))),
                None => (self.spelled(feed), None),
            },
            Found::Several { page, feeds } => return Ok(ended(End::Wrong(several(&page, &feeds)))),
            Found::Nothing { message, hint } => {
                return Ok(ended(End::Wrong(Usage { message, hint: Some(hint.to_owned()) })));
            }
            Found::Failed(message) => return Ok(ended(End::Failed(message))),
            Found::Stopped => return Ok(ended(End::NotWanted)),
        };
        let show = config::Show { feed: feed.clone(), ..self.show };
        let (run, added) = jobs::add(config, show, tried, manner).await?;
        Ok((run, added.map_or(End::Unread, |added| End::Added(added, feed))))
    }

    fn address(&self, tried: &Tried) -> String {
        self.spelled(tried.feed.clone())
    }

    /// The address as it was typed, if it is the same.
    fn spelled(&self, feed: crate::http::Url) -> String {
        let is_typed = check_url(&self.show.feed).is_ok_and(|typed| typed == feed);
        if is_typed { self.show.feed.clone() } else { feed.into() }
    }

    /// Says what was found, before anything is written.
    fn present(&self, offer: &Offer) {
        let title = offer.title.as_deref().unwrap_or("a show without a title");
        let by = offer.author.as_ref().map(|author| format!(" by {author}")).unwrap_or_default();
        self.talk.note(&format!("found {title}{by}, which will be called {}", offer.slug));
        if check_url(&self.show.feed).is_ok_and(|typed| typed != offer.tried.feed) {
            self.talk.note(&format!("its feed is {}", shown(offer.tried.feed.as_str())));
        }
        let newest = offer.newest.map(|at| format!(", the newest of {}", at.format("%Y-%m-%d")));
        let bytes =
            (offer.bytes > 0).then(|| format!(", {} of audio (as it says)", human_bytes(offer.bytes)));
        let episodes = counted(offer.episodes, "episode");
        self.talk.note(&format!(
            "the feed lists {episodes}{}{}",
            newest.unwrap_or_default(),
            bytes.unwrap_or_default()
        ));
    }
}

/// A run that came to nothing that is recorded.
fn ended(end: End) -> (Run, End) {
    (Run::default(), end)
}

async fn is_wanted(manner: &Manner) -> bool {
    manner.progress.clear();
    ask("Add it? [Y/n]", &manner.cancel).await.is_some_and(|answer| is_yes(&answer))
}

fn several(page: &str, feeds: &[crate::feed::Link]) -> Usage {
    let line = |link: &crate::feed::Link| {
        let title = link.title.as_ref().map(|title| format!("  {}", title.replace('\n', " ")));
        format!("\n  {}{}", shown(link.url.as_str()), title.unwrap_or_default())
    };
    let more = feeds.len().saturating_sub(MOST_LISTED);
    let rest = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    let list: String = feeds.iter().take(MOST_LISTED).map(line).collect();
    Usage {
        message: format!("{page} names {} feeds:{list}{rest}", feeds.len()),
        hint: Some("choose one: castkeep add ADDRESS".to_owned()),
    }
}

fn tell(talk: Talk, added: &Added) -> std::io::Result<()> {
    if talk.quiet {
        return Ok(());
    }
    let mut out = stdout().lock();
    writeln!(out, "added {}: {}", added.slug, counted(added.episodes, "episode"))?;
    if let Some(twin) = &added.twin {
        talk.note(&format!("its podcast:guid says that it is the show {twin} under another address"));
        talk.hint(&format!(
            "to go on with {twin}, \"castkeep remove {}\" and give {twin} this feed in config.toml",
            added.slug
        ));
    }
    if added.wants_audio {
        writeln!(out, "next: castkeep sync {} downloads their audio", added.slug)?;
    }
    Ok(())
}

/// The show of the configuration that has this feed.
fn follows<'a>(config: &'a Config, feed: &str) -> Option<&'a config::Show> {
    config.shows.iter().find(|show| show.address() == redact_text(feed))
}

/// The feed is there; maybe with another secret, which castkeep does not write over.
fn already(setting: &Setting, show: &config::Show, feed: &str) -> anyhow::Result<ExitCode> {
    let message = format!("{} is in the configuration already", show.address());
    if show.feed == feed {
        setting.talk.note(&message);
        return Ok(ExitCode::SUCCESS);
    }
    let hint = "write the new secret into config.toml; two feeds of one address need a slug each".to_owned();
    Err(Usage { message: format!("{message}, with another secret"), hint: Some(hint) }.into())
}

/// Whether a show of the configuration has this name, written there or made from its title.
fn is_taken(config: &Config, slug: &str) -> bool {
    let archived = Reader::open(&config.archive.directory).ok();
    let row = archived.and_then(|reader| reader.find_show(slug).ok().flatten());
    config.shows.iter().any(|show| {
        let named = show.slug.as_deref() == Some(slug);
        named || row.as_ref().is_some_and(|row| row.configured_url == show.address())
    })
}
