//! What castkeep believes of what a document says: for each column, the order in which fields are tried.

use super::bodies::{same, take_fullest};
use super::urls::{Base, kind_of};
use super::warnings::Warnings;
use super::wire::{Address, Body, Channel, Item, Mark, Person, Pointer};
use super::xml::resolve_all;
use super::{date, duration, number};
use crate::model::{Chapter, Credit, Episode, Paging, Resource, ResourceKind, ResourceRole, Role, Show};

/// The show that a channel describes.
pub(super) fn show(mut channel: Channel, base: &Base) -> (Show, Paging) {
    let description = take_fullest(&mut channel.bodies).or_else(|| take_fullest(&mut channel.briefs));
    for left in channel.bodies.drain(..).chain(channel.briefs.drain(..)) {
        if description.as_ref().is_none_or(|held| held.text != left.text) {
            channel.extra.text(left.source, &left.text);
        }
    }
    let images = channel.itunes_image.into_iter().chain(channel.other_images);
    let resources = pointers(base, images.map(picture), ResourceRole::Image, Some(ResourceKind::Image));
    let author = first_of(
        &mut channel.extra,
        [
            ("itunes:author", channel.itunes_author),
            ("author", channel.author),
            ("dc:creator", channel.dc_creator),
        ],
    );
    let title =
        first_of(&mut channel.extra, [("title", channel.title), ("itunes:title", channel.itunes_title)]);
    let explicit = truth_of(&mut channel.extra, "itunes:explicit", channel.explicit);
    let complete = truth_of(&mut channel.extra, "itunes:complete", channel.complete);
    let ttl_minutes = channel.ttl.as_deref().and_then(|ttl| ttl.parse().ok());
    if let (None, Some(junk)) = (ttl_minutes, &channel.ttl) {
        channel.extra.text("ttl", junk);
    }
    let show = Show {
        title: title.as_deref().and_then(line),
        description: description.map(|body| body.text),
        author: author.as_deref().and_then(line),
        owner_name: channel.owner_name.as_deref().and_then(line),
        owner_email: channel.owner_email,
        link: channel.link.map(|link| base.absolute(&link)),
        language: channel.language,
        copyright: channel.copyright.as_deref().and_then(line),
        image_url: resources.first().map(|image| image.url.clone()),
        explicit,
        show_type: channel.show_type.map(|text| text.to_lowercase()),
        podcast_guid: channel.podcast_guid,
        medium: channel.medium,
        complete: complete.unwrap_or(false),
        new_feed_url: channel.new_feed_url.map(|url| base.absolute(&url)),
        ttl_minutes,
        credits: credits(base, channel.people),
        resources,
        extra: channel.extra.finish(),
    };
    let paging = Paging {
        next: channel.next.map(|url| base.absolute(&url)),
        prev_archive: channel.prev_archive.map(|url| base.absolute(&url)),
    };
    (show, paging)
}

/// The episode that an item describes. `at` is where the item stands, for remarks.
pub(super) fn episode(mut item: Item, base: &Base, at: usize, warnings: &mut Warnings) -> Episode {
    let mark = warnings.mark();
    let base = base.within(item.base.as_deref());
    let (published_at, published_raw) = published(&mut item, at, warnings);
    let number = whole(&mut item.extra, "itunes:episode", item.itunes_episode.take());
    let number = number.or(whole(&mut item.extra, "podcast:episode", item.podcast_episode.take()));
    let season = whole(&mut item.extra, "itunes:season", item.itunes_season.take());
    let season = season.or(whole(&mut item.extra, "podcast:season", item.podcast_season.take()));
    let duration_seconds = length_of(&mut item, at, warnings);
    let (notes, summary) = notes_and_summary(&mut item);
    let title = first_of(
        &mut item.extra,
        [("title", item.title), ("itunes:title", item.itunes_title), ("media:title", item.media_title)],
    );
    let title = title.as_deref().and_then(line);
    let author = first_of(
        &mut item.extra,
        [("itunes:author", item.itunes_author), ("dc:creator", item.dc_creator), ("author", item.author)],
    );
    let explicit = truth_of(&mut item.extra, "itunes:explicit", item.explicit);
    let link = item.link.take().map(|link| base.absolute(&link));
    let guid_page = item.guid.as_deref().filter(|guid| item.guid_is_link && guid.starts_with("http"));
    let images = item.itunes_image.take().into_iter().chain(item.other_images.drain(..));
    let images = pointers(&base, images.map(picture), ResourceRole::Image, Some(ResourceKind::Image));
    let page = link.as_deref().or(guid_page);
    let body_base = base.within(notes.as_ref().and_then(|notes| notes.base.as_deref())).on_page(page);
    let episode = Episode {
        number: number.or_else(|| number::in_title(title.as_deref()?)),
        season,
        episode_type: item.episode_type.take().map(|text| text.to_lowercase()),
        published_at,
        published_raw,
        link: link.or_else(|| guid_page.map(str::to_owned)),
        author: author.as_deref().and_then(line),
        duration_seconds,
        explicit,
        image_url: images.first().map(|image| image.url.clone()),
        summary,
        notes_source: notes.as_ref().map(|notes| notes.source.to_owned()),
        notes_html: notes.map(|notes| notes.text),
        base_url: body_base.text(),
        item_sha256: None,
        chapters: chapters(&base, item.marks),
        credits: credits(&base, item.people),
        resources: resources(
            &base,
            item.enclosures,
            item.media,
            item.alternates,
            images,
            item.transcripts,
            item.chapter_files,
        ),
        extra: item.extra.finish(),
        guid: item.guid,
        title,
    };
    warnings.name_since(mark, episode.guid.as_deref().or(episode.title.as_deref()));
    episode
}

/// `pubDate` or Atom's `published`, `dc:date`, then `updated`: the first that can be read.
fn published(
    item: &mut Item,
    at: usize,
    warnings: &mut Warnings,
) -> (Option<crate::model::Time>, Option<String>) {
    let fields = [
        ("pubDate", item.pub_date.take()),
        ("dc:date", item.dc_date.take()),
        ("updated", item.updated.take()),
    ];
    let mut fields: Vec<_> = fields.into_iter().filter_map(|(name, raw)| Some((name, raw?))).collect();
    let readable = fields.iter().position(|(_, raw)| date::read(raw).is_some());
    let Some(at_field) = readable.or((!fields.is_empty()).then_some(0)) else { return (None, None) };
    let (_, raw) = fields.remove(at_field);
    for (name, left) in fields {
        item.extra.text(name, &left);
    }
    let read = date::read(&raw);
    match &read {
        None => warnings.at(at, format!("no date can be told from {:?}", shortened(&raw))),
        Some(date) => {
            if let Some(assumed) = &date.assumed {
                warnings.at(at, format!("date {:?}: {assumed}", shortened(&raw)));
            }
        }
    }
    (read.map(|date| date.at), Some(raw))
}

fn length_of(item: &mut Item, at: usize, warnings: &mut Warnings) -> Option<f64> {
    let raw = item.duration.take()?;
    let seconds = duration::read(&raw);
    if seconds.is_none() {
        item.extra.text("itunes:duration", &raw);
        if !raw.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.')) {
            warnings.at(at, format!("no duration can be told from {:?}", shortened(&raw)));
        }
    }
    seconds
}

/// The notes, and a short text beside them if one says something else. What remains goes to extra.
fn notes_and_summary(item: &mut Item) -> (Option<Body>, Option<String>) {
    let notes = take_fullest(&mut item.bodies).or_else(|| take_fullest(&mut item.briefs));
    let mut left: Vec<Body> = item.bodies.drain(..).chain(item.briefs.drain(..)).collect();
    let held = notes.as_ref().map_or("", |notes| notes.text.as_str());
    let order = [
        "itunes:summary",
        "summary",
        "description",
        "itunes:subtitle",
        "media:description",
        "content:encoded",
    ];
    left.sort_by_key(|body| order.iter().position(|source| *source == body.source).unwrap_or(order.len()));
    let summary = left.iter().find(|body| !same(&body.text, held)).map(|body| body.text.clone());
    for body in left {
        if body.text != held && summary.as_ref() != Some(&body.text) {
            item.extra.text(body.source, &body.text);
        }
    }
    (notes, summary)
}

/// A whole number; what is none stays in extra.
fn whole(extra: &mut super::extra::Extra, name: &str, raw: Option<String>) -> Option<i64> {
    let raw = raw?;
    let number = raw.trim().parse().ok().filter(|number| (0..=1_000_000).contains(number));
    if number.is_none() {
        extra.text(name, &raw);
    }
    number
}

/// The first text there is; others that say something else stay in extra.
fn first_of<const N: usize>(
    extra: &mut super::extra::Extra,
    fields: [(&str, Option<String>); N],
) -> Option<String> {
    let mut first: Option<String> = None;
    for (name, text) in fields {
        match (&first, text) {
            (None, text) => first = text,
            (Some(held), Some(text)) if *held != text => extra.text(name, &text),
            _ => {}
        }
    }
    first
}

/// A text for one line: references that were escaped twice resolved, runs of white space made one space.
fn line(text: &str) -> Option<String> {
    let text = resolve_all(text).0;
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

/// A truth value; what is none stays in extra.
fn truth_of(extra: &mut super::extra::Extra, name: &str, raw: Option<String>) -> Option<bool> {
    let raw = raw?;
    let value = truth(&raw);
    if value.is_none() {
        extra.text(name, &raw);
    }
    value
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "true" | "explicit" | "1" => Some(true),
        "no" | "false" | "clean" | "0" => Some(false),
        _ => None,
    }
}

fn picture(address: Address) -> Pointer {
    Pointer { address, ..Pointer::default() }
}

/// Everything an item points at. Media RSS repeats the enclosure in most feeds; where there is none, its first
/// sound or film is taken for it.
fn resources(
    base: &Base,
    enclosures: Vec<Pointer>,
    media: Vec<Pointer>,
    alternates: Vec<Pointer>,
    mut images: Vec<Resource>,
    transcripts: Vec<Pointer>,
    chapter_files: Vec<Pointer>,
) -> Vec<Resource> {
    let (pictures, media): (Vec<_>, Vec<_>) =
        media.into_iter().partition(|pointer| kind_of(pointer) == ResourceKind::Image);
    let playable = |pointer: &Pointer| matches!(kind_of(pointer), ResourceKind::Audio | ResourceKind::Video);
    let (mut enclosures, mut alternates) = (enclosures, alternates);
    for pointer in media.into_iter().filter(playable) {
        if enclosures.is_empty() { enclosures.push(pointer) } else { alternates.push(pointer) }
    }
    let mut all = pointers(base, enclosures.into_iter(), ResourceRole::Enclosure, None);
    let held: Vec<String> = all.iter().map(|resource| resource.url.clone()).collect();
    let others = pointers(base, alternates.into_iter(), ResourceRole::Alternate, None);
    all.extend(others.into_iter().filter(|resource| !held.contains(&resource.url)));
    let more = pointers(base, pictures.into_iter(), ResourceRole::Image, Some(ResourceKind::Image));
    images.extend(more);
    all.extend(images);
    all.extend(pointers(
        base,
        transcripts.into_iter(),
        ResourceRole::Transcript,
        Some(ResourceKind::Transcript),
    ));
    all.extend(pointers(
        base,
        chapter_files.into_iter(),
        ResourceRole::Chapters,
        Some(ResourceKind::Chapters),
    ));
    renumber(&mut all);
    all
}

/// Gives each resource its place among those of its role, dropping one told twice.
fn renumber(all: &mut Vec<Resource>) {
    let mut seen = std::collections::HashSet::new();
    all.retain(|resource| seen.insert((resource.role, resource.url.clone())));
    let mut places = std::collections::HashMap::new();
    for resource in all {
        let place = places.entry(resource.role).or_insert(0);
        *place += 1;
        resource.position = *place;
    }
}

fn pointers(
    base: &Base,
    pointers: impl Iterator<Item = Pointer>,
    role: ResourceRole,
    kind: Option<ResourceKind>,
) -> Vec<Resource> {
    let mut all: Vec<Resource> = pointers
        .map(|pointer| Resource {
            kind: kind.unwrap_or_else(|| kind_of(&pointer)),
            role,
            position: 0,
            url: base.absolute(&pointer.address),
            length_bytes: pointer.length.as_deref().and_then(bytes),
            media_type: pointer.media_type,
            language: pointer.language,
            integrity: None,
        })
        .filter(|resource| !resource.url.is_empty())
        .collect();
    renumber(&mut all);
    all
}

/// A length in bytes: `None` for zero, negative and what is no number.
fn bytes(raw: &str) -> Option<u64> {
    raw.trim().parse().ok().filter(|bytes| (1..=i64::MAX as u64).contains(bytes))
}

fn chapters(base: &Base, marks: Vec<Mark>) -> Vec<Chapter> {
    let marks = marks.into_iter().filter_map(|mark| Some((duration::read_offset(&mark.start)?, mark)));
    let chapters = marks.zip(1..).map(|((start_seconds, mark), position)| Chapter {
        source: "psc".to_owned(),
        position,
        start_seconds,
        end_seconds: None,
        title: mark.title,
        url: mark.url.map(|url| base.absolute(&url)),
        image_url: mark.image.map(|url| base.absolute(&url)),
    });
    chapters.collect()
}

fn credits(base: &Base, people: Vec<Person>) -> Vec<Credit> {
    let credit = |person: Person| {
        Some(Credit {
            name: line(&person.name)?,
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
