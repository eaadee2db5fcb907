//! From a feed body to what the archive records of it. Takes a while for a large one, and is done apart from the writer.

use std::collections::HashSet;

use super::habits::Reader;
use crate::archive::{self, Listing, NotesReader, ReadNotes, Reading, ShowFacts};
use crate::http::{Scope, Url, redact_text};
use crate::model::{self, Digest, Episode, KnownEpisode, Parsed, Resolution};
use crate::{feed, notes};

/// A body on its way to be read, with what the archive knows of its show.
pub(super) struct Unread {
    pub(super) bytes: Vec<u8>,
    pub(super) digest: Digest,
    pub(super) content_type: Option<String>,
    pub(super) url: Url,
    pub(super) scope: Scope,
    pub(super) listing: Listing,
    pub(super) known_items: HashSet<Digest>,
    pub(super) known_episodes: Vec<KnownEpisode>,
    /// What the notes of each episode tell of the show's habits.
    pub(super) known_traits: Vec<(i64, Vec<u8>)>,
}

/// A body as it is kept, and what was read in it.
pub(super) struct Read {
    pub(super) body: archive::Body,
    pub(super) reading: Result<Reading, feed::Error>,
}

pub(super) fn read(unread: Unread) -> std::io::Result<Read> {
    let Unread {
        bytes,
        digest,
        content_type,
        url,
        scope,
        listing,
        known_items,
        known_episodes,
        known_traits,
    } = unread;
    let hints = feed::Hints { content_type: content_type.as_deref(), url: Some(&url) };
    let parsed = feed::parse(&bytes, hints, &|digest| known_items.contains(digest));
    let body = archive::pack(&bytes, digest)?;
    // A large body is not held while its notes are read: they take as much again.
    drop(bytes);
    let reading = parsed.map(|mut parsed| {
        credit_authors(&mut parsed);
        without_secrets(&mut parsed, &scope);
        let resolutions = feed::resolve(&known_episodes, &parsed);
        let notes = read_notes(&parsed, &resolutions, &known_traits);
        Reading { listing, resolutions, notes, parsed, address_key: feed::address_key }
    });
    Ok(Read { body, reading })
}

/// Reads the notes of every item by the habits that its show will have with them.
fn read_notes(
    parsed: &Parsed,
    resolutions: &[Resolution],
    known_traits: &[(i64, Vec<u8>)],
) -> Vec<Option<ReadNotes>> {
    let mut reader = Reader::default();
    let mut unread: Vec<archive::Unread> = parsed.episodes.iter().filter_map(unread).collect();
    let traits = reader.traits(&unread);
    let replaced: HashSet<i64> = resolutions.iter().filter_map(replaces).collect();
    let others = known_traits.iter().filter(|(id, _)| !replaced.contains(id)).map(|(_, traits)| traits);
    reader.learn(&facts(&parsed.show), &mut others.chain(&traits).map(Vec::as_slice));
    for (unread, traits) in unread.iter_mut().zip(traits) {
        unread.traits = traits;
    }
    let mut read = reader.read(&unread).into_iter();
    let has_notes = |episode: &Episode| episode.notes_html.is_some();
    parsed.episodes.iter().map(|episode| if has_notes(episode) { read.next() } else { None }).collect()
}

/// The secrets of the feed's own address are not written down with each episode.
fn without_secrets(parsed: &mut Parsed, scope: &Scope) {
    for episode in &mut parsed.episodes {
        let base = episode.base_url.as_deref().map(redact_text);
        episode.base_url = base;
    }
    let of_episodes = parsed.episodes.iter_mut().flat_map(|episode| &mut episode.resources);
    for resource in
        of_episodes.chain(&mut parsed.show.resources).filter(|resource| resource.url.contains('@'))
    {
        if let Some(bare) = scope.without_own_credentials(&resource.url) {
            resource.url = bare;
        }
    }
}

/// The author that an item names is a person of the episode, also where the show has the same: that may change.
fn credit_authors(parsed: &mut Parsed) {
    for episode in &mut parsed.episodes {
        episode.credits.extend(episode.author.iter().flat_map(|author| notes::authors(author)));
    }
}

fn unread(episode: &Episode) -> Option<archive::Unread> {
    Some(archive::Unread {
        html: episode.notes_html.clone()?,
        title: episode.title.clone(),
        base_url: episode.base_url.clone(),
        traits: Vec::new(),
    })
}

fn replaces(item: &Resolution) -> Option<i64> {
    if let Resolution::Known(id, _) = item { Some(*id) } else { None }
}

fn facts(show: &model::Show) -> ShowFacts {
    ShowFacts {
        title: show.title.clone(),
        description: show.description.clone(),
        author: show.author.clone(),
        link: show.link.clone(),
        persons: show.credits.clone(),
    }
}
