//! What castkeep believes of what a document says: for each column, the order in which fields are tried.

use super::bodies::{same, take_fullest};
use super::extra::Extra;
use super::heard::{heard, length_of_media, pictured};
use super::shelf::Shelf;
use super::urls::{Base, kind_of_ending};
use super::warnings::Warnings;
use super::wire::{Body, Channel, Item, Mark, Pages, Person, Pointer, Said};
use super::xml::resolve_all;
use super::{date, duration, number};
use crate::model::{Chapter, Credit, Episode, Paging, ResourceKind, ResourceRole, Role, Show, Time};

/// Of a show, whose makers are who publishes it.
const MAKERS: &[&str] = &[
    "itunes:author",
    "authors",
    "managingEditor",
    "author",
    "dc:creator",
    "dc:author",
    "googleplay:author",
    "dcterms:creator",
];
const TITLES: &[&str] = &["title", "itunes:title", "dc:title", "dcterms:title", "media:title"];
const AUTHORS: &[&str] = &[
    "itunes:author",
    "authors",
    "dc:creator",
    "dc:author",
    "author",
    "googleplay:author",
    "dcterms:creator",
];
/// When it came out, before when it was written, before when it was changed.
const DATES: &[&str] = &[
    "pubDate",
    "published",
    "date_published",
    "issued",
    "dcterms:issued",
    "dc:date",
    "dc:issued",
    "dcterms:date",
    "date",
    "created",
    "dc:created",
    "dcterms:created",
];
const NUMBERS: &[&str] = &["itunes:episode", "podcast:episode"];
const SEASONS: &[&str] = &["itunes:season", "podcast:season"];
const EXPLICIT: &[&str] = &["itunes:explicit", "googleplay:explicit"];

/// The show that a channel describes.
pub(super) fn show(mut channel: Channel<'_>, base: &Base) -> (Show, Paging) {
    let description = take_fullest(&mut channel.bodies).or_else(|| take_fullest(&mut channel.briefs));
    for left in channel.bodies.drain(..).chain(channel.briefs.drain(..)) {
        if description.as_ref().is_none_or(|held| held.text != left.text) {
            channel.extra.text(left.source, left.text);
        }
    }
    let extra = &mut channel.extra;
    let resources = images(base, channel.images, extra).finish();
    let complete = is_said(extra, channel.complete);
    let ttl_minutes = channel.ttl.as_deref().and_then(|ttl| ttl.parse().ok());
    let show = Show {
        title: first_of(extra, channel.titles, TITLES).and_then(line),
        description: description.map(|body| body.text.into_owned()),
        author: first_of(extra, channel.authors, MAKERS).and_then(line),
        owner_name: channel.owner_name.and_then(line),
        owner_email: channel.owner_email,
        link: channel.link.map(|link| base.absolute(&link)),
        language: channel.language,
        copyright: channel.copyright.and_then(line),
        image_url: resources.first().map(|image| image.url.clone()),
        explicit: truth_of(extra, channel.explicit, EXPLICIT),
        show_type: channel.show_type.map(|text| text.to_lowercase()),
        podcast_guid: channel.podcast_guid,
        medium: channel.medium,
        complete,
        new_feed_url: channel.new_feed_url.map(|url| base.absolute(&url)),
        ttl_minutes,
        credits: credits(base, channel.people),
        resources,
        extra: channel.extra.finish(),
    };
    (show, paging(channel.pages, base))
}

fn paging(pages: Pages<'_>, base: &Base) -> Paging {
    let absolute = |url: Option<super::wire::Address>| url.map(|url| base.absolute(&url));
    Paging {
        first: absolute(pages.first),
        last: absolute(pages.last),
        previous: absolute(pages.previous),
        next: absolute(pages.next),
        prev_archive: absolute(pages.prev_archive),
        next_archive: absolute(pages.next_archive),
        current: absolute(pages.current),
        is_complete: pages.is_complete,
        is_archive: pages.is_archive,
    }
}

/// The episode that an item describes. `at` is where the item stands, for remarks.
pub(super) fn episode(mut item: Item<'_>, base: &Base, at: usize, warnings: &mut Warnings) -> Episode {
    let mark = warnings.mark();
    let base = base.within(item.base.as_deref());
    let (notes, summary) = notes_and_summary(&mut item);
    let extra = &mut item.extra;
    let (published_at, published_raw) = published(extra, item.dates, at, warnings);
    let number = whole(extra, item.numbers, NUMBERS, &mut |what| warnings.at(at, what));
    let season = whole(extra, item.seasons, SEASONS, &mut |what| warnings.at(at, what));
    let duration_seconds = length_of(extra, item.durations, at, warnings)
        .or_else(|| length_of_media(&item.media, item.enclosures.first()));
    let title = first_of(extra, item.titles, TITLES).and_then(line);
    let author = first_of(extra, item.authors, AUTHORS).and_then(line);
    let explicit = truth_of(extra, item.explicit, EXPLICIT);
    let link = item.link.take().map(|link| base.absolute(&link));
    let guid_page = item.guid_page.take().map(|page| base.absolute(&page));
    // Many take the address of the audio for a guid: that is no page.
    let guid_page =
        guid_page.filter(|page| page.starts_with("http") && kind_of_ending(page) == ResourceKind::Other);
    let page = link.as_deref().or(guid_page.as_deref());
    let body_base = base.within(notes.as_ref().and_then(|notes| notes.base.as_deref())).on_page(page);
    let mut shelf = Shelf::new(&base, extra);
    heard(&mut shelf, item.enclosures, item.media, item.alternates, &mut item.images);
    pictured(&mut shelf, item.images);
    shelf.all(item.transcripts, ResourceRole::Transcript, Some(ResourceKind::Transcript));
    shelf.all(item.chapter_files, ResourceRole::Chapters, Some(ResourceKind::Chapters));
    let resources = shelf.finish();
    let image = resources.iter().find(|resource| resource.role == ResourceRole::Image);
    let episode = Episode {
        number: number.or_else(|| number::in_title(title.as_deref()?)),
        season,
        episode_type: item.episode_type.take().map(|text| text.to_lowercase()),
        published_at,
        published_raw,
        link: link.or(guid_page),
        author,
        duration_seconds,
        explicit,
        image_url: image.map(|image| image.url.clone()),
        summary,
        notes_source: notes.as_ref().map(|notes| notes.source.to_owned()),
        notes_html: notes.map(|notes| notes.text.into_owned()),
        base_url: body_base.text(),
        item_sha256: None,
        chapters: chapters(&base, item.marks),
        credits: credits(&base, item.people),
        resources,
        extra: item.extra.finish(),
        guid: item.guid,
        title,
    };
    warnings.name_since(mark, episode.guid.as_deref().or(episode.title.as_deref()));
    episode
}

/// The first date that can be read, else the first; the others stay in extra.
fn published(
    extra: &mut Extra,
    mut dates: Vec<Said<'_>>,
    at: usize,
    warnings: &mut Warnings,
) -> (Option<Time>, Option<String>) {
    in_order(&mut dates, DATES);
    let mut found = None;
    let mut chosen = 0;
    for (place, said) in dates.iter().enumerate() {
        found = date::read(&said.text);
        if found.is_some() {
            chosen = place;
            break;
        }
    }
    if dates.is_empty() {
        return (None, None);
    }
    let raw = dates.remove(chosen).text;
    for left in dates.into_iter().filter(|left| left.text != raw) {
        extra.text(left.source, left.text);
    }
    match &found {
        None => warnings.at(at, format!("no date can be told from {:?}", shortened(&raw))),
        Some(date) => {
            if let Some(assumed) = &date.assumed {
                warnings.at(at, format!("date {:?}: {assumed}", shortened(&raw)));
            }
        }
    }
    (found.map(|date| date.at), Some(raw.into_owned()))
}

/// The first length; others, and what is none, stay in extra.
fn length_of(extra: &mut Extra, durations: Vec<Said<'_>>, at: usize, warnings: &mut Warnings) -> Option<f64> {
    let mut durations = durations.into_iter();
    let first = durations.next()?;
    for left in durations.filter(|left| left.text != first.text) {
        extra.text(left.source, left.text);
    }
    let raw = first.text.as_ref();
    let seconds = duration::read(raw);
    let clock = raw.contains(':') && raw.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'.'));
    let usual = clock || raw.parse::<f64>().is_ok();
    if seconds.is_none() || !usual {
        extra.text(first.source, raw);
    }
    if seconds.is_none() && !raw.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.')) {
        warnings.at(at, format!("no duration can be told from {:?}", shortened(raw)));
    }
    seconds
}

/// The notes, and a short text beside them if one says something else. What remains goes to extra.
fn notes_and_summary<'a>(item: &mut Item<'a>) -> (Option<Body<'a>>, Option<String>) {
    let notes = take_fullest(&mut item.bodies).or_else(|| take_fullest(&mut item.briefs));
    let mut left: Vec<Body> = item.bodies.drain(..).chain(item.briefs.drain(..)).collect();
    let held = notes.as_ref().map_or("", |notes| notes.text.as_ref());
    let order = [
        "itunes:summary",
        "summary",
        "description",
        "itunes:subtitle",
        "media:description",
        "content:encoded",
    ];
    left.sort_by_key(|body| order.iter().position(|source| *source == body.source).unwrap_or(order.len()));
    let mut alike = held;
    let other = left.iter().position(|body| {
        let says_more = body.text != alike && !same(&body.text, held);
        alike = if says_more { alike } else { &body.text };
        says_more
    });
    let summary = other.map(|other| left.remove(other).text.into_owned());
    for body in left {
        if body.text != held && summary.as_deref() != Some(body.text.as_ref()) {
            item.extra.text(body.source, body.text);
        }
    }
    (notes, summary)
}

/// Sorts what fields say by the order of their names; those without a place in it keep theirs at the end.
fn in_order(all: &mut [Said<'_>], order: &[&str]) {
    if all.len() > 1 {
        all.sort_by_key(|said| order.iter().position(|name| *name == said.source).unwrap_or(order.len()));
    }
}

/// The first text there is; others that say something else stay in extra.
fn first_of(extra: &mut Extra, mut all: Vec<Said<'_>>, order: &[&str]) -> Option<String> {
    in_order(&mut all, order);
    let mut all = all.into_iter();
    let first = all.next()?.text;
    for left in all.filter(|left| left.text != first) {
        extra.text(left.source, left.text);
    }
    Some(first.into_owned())
}

/// The first whole number; another one, and what is none, stays in extra.
fn whole(
    extra: &mut Extra,
    mut all: Vec<Said<'_>>,
    order: &[&str],
    remark: &mut dyn FnMut(String),
) -> Option<i64> {
    in_order(&mut all, order);
    let mut first = None;
    for said in all {
        let number = said.text.parse().ok().filter(|number| (0..=1_000_000).contains(number));
        first = first.or(number);
        // 204.5 is a number, which the column has no room for.
        if number.is_none() && said.text.parse::<f64>().is_err() {
            remark(format!("no number can be told from {:?} in {}", shortened(&said.text), said.source));
        }
        if number.is_none() || number != first {
            extra.text(said.source, said.text);
        }
    }
    first
}

/// The first truth value. What is none stays in extra, as do words for it that tell more than yes or no.
fn truth_of(extra: &mut Extra, mut all: Vec<Said<'_>>, order: &[&str]) -> Option<bool> {
    in_order(&mut all, order);
    let mut first = None;
    for said in all {
        let value = truth(&said.text);
        first = first.or(value);
        if value.is_none() || value != first || !is_usual(&said.text) {
            extra.text(said.source, said.text);
        }
    }
    first
}

/// Whether a yes is said. Anything else stays in extra, since the column can't tell a no from silence.
fn is_said(extra: &mut Extra, all: Vec<Said<'_>>) -> bool {
    let mut yes = false;
    for said in all {
        yes |= truth(&said.text) == Some(true);
        if truth(&said.text) != Some(true) || !is_usual(&said.text) {
            extra.text(said.source, said.text);
        }
    }
    yes
}

fn is_usual(truth: &str) -> bool {
    ["yes", "no", "true", "false"].iter().any(|word| word.eq_ignore_ascii_case(truth))
}

/// A text for one line: references that were escaped twice resolved, runs of white space made one space.
fn line(text: String) -> Option<String> {
    if is_line(&text) {
        return Some(text);
    }
    let text = resolve_all(&text).0;
    let mut words = text.split_whitespace();
    let mut line = String::with_capacity(text.len());
    line.push_str(words.next()?);
    words.for_each(|word| line.extend([" ", word]));
    Some(line)
}

/// Whether a text is a line as it stands.
fn is_line(text: &str) -> bool {
    let mut before = ' ';
    let sound = text.chars().all(|found| {
        let follows = if found == ' ' { before != ' ' } else { found != '&' && !found.is_whitespace() };
        before = found;
        follows
    });
    sound && before != ' '
}

fn truth(text: &str) -> Option<bool> {
    let is_one_of = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
    if is_one_of(["yes", "true", "explicit", "1"]) {
        return Some(true);
    }
    is_one_of(["no", "false", "clean", "0"]).then_some(false)
}

/// All pictures: the one for podcasts first.
fn images<'s>(base: &'s Base, images: Vec<Pointer>, extra: &'s mut Extra) -> Shelf<'s> {
    let mut shelf = Shelf::new(base, extra);
    pictured(&mut shelf, images);
    shelf
}

fn chapters(base: &Base, marks: Vec<Mark<'_>>) -> Vec<Chapter> {
    let chapters = marks.into_iter().zip(1..).map(|(mark, position)| Chapter {
        source: "psc".to_owned(),
        position,
        start_seconds: mark.start_seconds,
        end_seconds: None,
        title: mark.title,
        url: mark.url.map(|url| base.absolute(&url)),
        image_url: mark.image.map(|url| base.absolute(&url)),
    });
    chapters.collect()
}

fn credits(base: &Base, people: Vec<Person<'_>>) -> Vec<Credit> {
    let credit = |person: Person| {
        Some(Credit {
            name: line(person.name)?,
            url: person.url.map(|url| base.absolute(&url)),
            image_url: person.image.map(|url| base.absolute(&url)),
            role: role(person.role.as_deref()),
            source: person.source.to_owned(),
        })
    };
    people.into_iter().filter_map(credit).collect()
}

/// The role of a `podcast:person`, of whose taxonomy the archive keeps three.
fn role(name: Option<&str>) -> Role {
    match name.map(|name| name.trim().to_ascii_lowercase()).as_deref() {
        Some("host" | "co-host" | "guest host") => Role::Host,
        Some("guest") => Role::Guest,
        Some("author" | "writer") => Role::Author,
        _ => Role::Contributor,
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}
