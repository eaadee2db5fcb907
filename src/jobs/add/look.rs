//! What an address that a person gave leads to: a feed, a web page that names feeds, a page of Apple Podcasts. Nothing is written.

use super::apple::{self, Apple};
use crate::archive::Configured;
use crate::config::{self, Config};
use crate::feed::{self, Hints, Link};
use crate::fetch::{self, FeedRequest, Fetched, Outcome};
use crate::http::{Scope, Url, redact};
use crate::jobs::Error;
use crate::jobs::session::{MEGABYTE, Manner, Session, host_of, now};
use crate::model::{Parsed, ResourceRole, Time};

/// An answer about a show is a few kilobytes, in bytes.
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// What an address led to.
pub enum Found {
    /// A feed.
    Feed(Box<Offer>),
    /// What may be a feed and could not be read as one; [`super::add`] says why.
    Unread(Box<Tried>),
    /// A feed that is not looked at first: the archive knows the show, or the host wants to be left alone.
    Unasked(Url),
    /// A web page that names several feeds.
    Several {
        /// The page, without secrets.
        page: String,
        /// The feeds.
        feeds: Vec<Link>,
    },
    /// A place without a feed: what it is, and what to do.
    Nothing {
        /// What was found instead.
        message: String,
        /// What may help.
        hint: &'static str,
    },
    /// The way there failed.
    Failed(String),
    /// The run was stopped.
    Stopped,
}

/// A feed, and what came of asking for it.
pub struct Tried {
    /// The address, whole.
    pub feed: Url,
    pub(in crate::jobs) answer: Result<Fetched, fetch::Error>,
}

/// A feed that could be followed: what it says of itself.
pub struct Offer {
    /// The feed as it was asked for.
    pub tried: Tried,
    /// The title of the show.
    pub title: Option<String>,
    /// Who makes it.
    pub author: Option<String>,
    /// How many episodes it lists.
    pub episodes: u64,
    /// The date of the newest.
    pub newest: Option<Time>,
    /// Bytes of audio, as the feed says; 0 where it does not say.
    pub bytes: u64,
    /// The short name it will have.
    pub slug: String,
}

/// Looks at an address; the archive is held meanwhile, and let go.
pub async fn look(config: Config, show: &config::Show, manner: Manner) -> Result<Found, Error> {
    let mut session = Session::open(config, "add", manner)?;
    let cancel = session.manner.cancel.clone();
    let found = tokio::select! {
        found = find(&mut session, show) => found,
        () = cancel.cancelled() => Ok(Found::Stopped),
    };
    let closed = session.archive.close();
    let found = found?;
    closed?;
    Ok(found)
}

async fn find(session: &mut Session, show: &config::Show) -> Result<Found, Error> {
    let typed = match Url::parse(&show.feed) {
        Ok(typed) => typed,
        Err(error) => return Ok(Found::Failed(format!("not an address: {error}"))),
    };
    let scope = Scope::of_feed(&typed);
    match apple::read(&typed) {
        Some(Apple::Show(number)) => at_apple(session, show, number).await,
        Some(Apple::Other) => Ok(Found::Nothing {
            message: format!("{}: no page of a show", redact(&typed)),
            hint: "the address of a show on Apple Podcasts ends with id and a number",
        }),
        None => anywhere(session, show, typed, scope).await,
    }
}

/// A feed, or a page that names one.
async fn anywhere(session: &Session, show: &config::Show, url: Url, scope: Scope) -> Result<Found, Error> {
    let tried = match step(session, show, url, &scope).await? {
        Step::End(found) => return Ok(found),
        Step::Page(tried) => tried,
    };
    let Some(page) = Page::of(&tried) else { return Ok(Found::Unread(tried)) };
    let mut feeds = feed::links(page.bytes, page.hints());
    // What answers with a page is not asked again for a feed.
    feeds.retain(|link| link.url != tried.feed && link.url != *page.url);
    let link = match (feeds.pop(), feeds.len()) {
        (Some(link), 0) => link,
        (Some(link), _) => {
            feeds.push(link);
            return Ok(Found::Several { page: redact(page.url), feeds });
        }
        (None, _) => {
            return Ok(Found::Nothing {
                message: format!("{}: an HTML page that names no feed", redact(page.url)),
                hint: "look on it for a link called RSS, feed or subscribe, and add its address",
            });
        }
    };
    Ok(match step(session, show, link.url, &scope).await? {
        Step::End(found) => found,
        Step::Page(tried) => Found::Unread(tried),
    })
}

/// Where one request leads.
enum Step {
    End(Found),
    Page(Box<Tried>),
}

async fn step(session: &Session, show: &config::Show, feed: Url, scope: &Scope) -> Result<Step, Error> {
    if is_known(session, show, &feed)? || session.archive.host_hold(&host_of(&feed), now())?.is_some() {
        return Ok(Step::End(Found::Unasked(feed)));
    }
    let most = session.config.http.max_feed_mb.saturating_mul(MEGABYTE);
    let answer = fetch::fetch(&session.client, &request(&feed, scope, most)).await;
    // A large feed takes a while to read: not on the threads of the network.
    let work = tokio::task::spawn_blocking(move || {
        let tried = Tried { feed, answer };
        let parsed = Page::of(&tried).map(|page| feed::parse(page.bytes, page.hints(), &|_| false));
        (tried, parsed)
    });
    let end = match work.await {
        Ok((tried, Some(Ok(parsed)))) => {
            let slug = match &show.slug {
                Some(slug) => slug.clone(),
                None => session.archive.free_slug(parsed.show.title.as_deref(), tried.feed.as_str())?,
            };
            Found::Feed(Box::new(offer(tried, parsed, slug)))
        }
        Ok((tried, Some(Err(feed::Error::Html)))) => return Ok(Step::Page(Box::new(tried))),
        Ok((tried, _)) => Found::Unread(Box::new(tried)),
        Err(error) => Found::Failed(format!("a task broke: {error}")),
    };
    Ok(Step::End(end))
}

/// The feed that Apple's directory names.
async fn at_apple(session: &mut Session, show: &config::Show, number: u64) -> Result<Found, Error> {
    let base = session.config.http.apple_lookup.clone();
    let Ok(base) = Url::parse(&base) else {
        return Ok(Found::Failed(format!("[http] apple_lookup: {base}")));
    };
    let (question, scope) = (apple::question(&base, number), Scope::of_feed(&base));
    let answer = fetch::fetch(&session.client, &request(&question, &scope, LONGEST_ANSWER)).await;
    let body = match answer {
        Ok(Fetched { outcome: Outcome::New(body), .. }) => body.bytes,
        Ok(_) => Vec::new(),
        Err(error) => return Ok(Found::Failed(error.to_string())),
    };
    match apple::feed(&body) {
        Ok(Some(feed)) => anywhere(session, show, feed, scope).await,
        Ok(None) => Ok(Found::Nothing {
            message: format!("Apple Podcasts names no feed for the show {number}"),
            hint: "some shows are Apple's alone; look for a link to the feed on the show's own web site",
        }),
        Err(error) => {
            Ok(Found::Failed(format!("{}: not the answer of a directory: {error}", redact(&question))))
        }
    }
}

/// The archive has a show of this address, with all that it needs to ask politely.
fn is_known(session: &Session, show: &config::Show, url: &Url) -> Result<bool, Error> {
    let address = config::Show { feed: url.to_string(), ..show.clone() }.address();
    let configured = Configured { slug: None, feed_url: address, shares_address: false };
    Ok(session.archive.known_show(&configured)?.is_some_and(|row| row.title.is_some()))
}

fn request(url: &Url, scope: &Scope, max_bytes: u64) -> FeedRequest {
    FeedRequest {
        url: url.clone(),
        scope: scope.clone(),
        etag: None,
        last_modified: None,
        known_body: None,
        max_bytes,
    }
}

/// A body that came.
struct Page<'a> {
    bytes: &'a [u8],
    content_type: Option<&'a str>,
    url: &'a Url,
}

impl Page<'_> {
    fn of(tried: &Tried) -> Option<Page<'_>> {
        let fetched = tried.answer.as_ref().ok()?;
        let Outcome::New(body) = &fetched.outcome else { return None };
        let content_type = fetched.content_type.as_deref();
        Some(Page { bytes: &body.bytes, content_type, url: &fetched.final_url })
    }

    fn hints(&self) -> Hints<'_> {
        Hints { content_type: self.content_type, url: Some(self.url) }
    }
}

fn offer(tried: Tried, parsed: Parsed, slug: String) -> Offer {
    let enclosures = parsed.episodes.iter().filter_map(|episode| {
        episode.resources.iter().find(|resource| resource.role == ResourceRole::Enclosure)
    });
    let now = now();
    Offer {
        bytes: enclosures.filter_map(|resource| resource.length_bytes).fold(0, u64::saturating_add),
        newest: parsed
            .episodes
            .iter()
            .filter_map(|episode| episode.published_at)
            .filter(|at| *at <= now)
            .max(),
        episodes: parsed.episodes.len() as u64,
        title: parsed.show.title,
        author: parsed.show.author,
        slug,
        tried,
    }
}
