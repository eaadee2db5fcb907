//! What a file tells of itself: by its name and its folders, its tags, and what its program wrote down.

use std::path::Path;

use super::clock::{Clock, Clocks};
use super::fold::{Day, date, fold, number, uncounted};
use super::foreign::beside;
use super::judged::Against;
use super::known::Known;
use super::walk::Found;
use crate::archive::{Program, Remembered};
use crate::download::{Probed, Tags, probe, tags};

/// So many folders above a file may be named after its show.
const FOLDERS: usize = 2;

/// The title of a show has so many words and signs at the most, to be found at the beginning of a name.
const WORDS: usize = 24;

/// The show that a file is of, before it was looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// Its place.
    pub(super) show: usize,
    /// Who says so.
    pub(super) how: &'static str,
}

/// All that is known of a file before it is held against the episodes.
pub(super) struct Clues {
    pub(super) program: Program,
    /// What its program wrote down of this very file.
    pub(super) told: Option<Remembered>,
    /// That stands in a file beside it, of the same name: which says the right thing only if no other has the same name.
    pub(super) is_told_beside: bool,
    /// What its program wrote down of an episode of this title.
    pub(super) titled: Option<Remembered>,
    /// Its name without ending.
    pub(super) stem: String,
    /// What its name may be when all but the title is taken away, folded; the fullest first.
    pub(super) names: Vec<String>,
    /// Its name says no more than a date, a number and the show.
    pub(super) is_bare: bool,
    /// The date in its name.
    pub(super) day: Option<Day>,
    /// It may be that of local time.
    pub(super) is_local_day: bool,
    /// The clock that it goes by.
    pub(super) clock: Clock,
    /// The number that opens its name.
    pub(super) number: Option<i64>,
    /// What of its name may be a guid.
    pub(super) words: Vec<String>,
    pub(super) tags: Tags,
    pub(super) probed: Probed,
    pub(super) size: u64,
    /// The shows that it says it is of, and how; `None` if it does not say.
    pub(super) shows: Option<(Vec<usize>, String)>,
    /// The feed that it says it is of is none of ours.
    pub(super) is_strange: bool,
}

impl Clues {
    pub(super) fn of(
        found: &Found,
        against: Against,
        asked: Option<Asked>,
        unread: &mut Vec<String>,
    ) -> Self {
        let Against { known, memory, from: root, clocks } = against;
        let stem = found.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let tags = tags(&found.path);
        let probed = probe(&found.path).unwrap_or_default();
        let written = memory.of_file(&found.path).map(|(program, told)| (program, told.clone(), false));
        let written =
            written.or_else(|| beside(&found.path, unread).map(|(program, told)| (program, told, true)));
        let mut clues = Self {
            program: written
                .as_ref()
                .map(|(program, ..)| *program)
                .or_else(|| memory.program(&found.path))
                .unwrap_or(Program::Folder),
            is_told_beside: written.as_ref().is_some_and(|(.., beside)| *beside),
            told: written.map(|(_, told, _)| told),
            titled: None,
            names: Vec::new(),
            is_bare: false,
            day: None,
            is_local_day: false,
            clock: clocks.of(false),
            number: None,
            words: Vec::new(),
            tags,
            probed,
            size: found.size,
            shows: None,
            is_strange: false,
            stem,
        };
        clues.find_show(found, root, known, asked);
        clues.read_name(known);
        clues.clock = match clues.program {
            Program::PodcastArchiver => Clocks::UTC,
            _ => clocks,
        }
        .of(clues.is_local_day);
        clues.words = clues.words();
        clues.titled = memory.of_title(&found.path, &clues.names, clues.day).map(|(_, told)| told.clone());
        clues
    }

    /// The feed that its program names, the folders above it, the album of its tags, the part of its name before ` - `.
    fn find_show(&mut self, found: &Found, root: &Path, known: &Known, asked: Option<Asked>) {
        if let Some(asked) = asked {
            self.shows = Some((vec![asked.show], asked.how.to_owned()));
            return;
        }
        if let Some(feed) = self.told.as_ref().and_then(|told| told.feed_url.as_deref()) {
            let is_of = |at: &usize| {
                known.shows.get(*at).is_some_and(|show| show.feeds.iter().any(|own| same_feed(own, feed)))
            };
            let of: Vec<usize> = (0..known.shows.len()).filter(is_of).collect();
            if !of.is_empty() {
                self.shows = Some((of, feed.to_owned()));
                return;
            }
            self.is_strange = true;
        }
        let folders = found.path.ancestors().skip(1).take(FOLDERS);
        // What stands above the folder that was asked for names no show, but itself may.
        let folders = folders.take_while(|folder| folder.starts_with(root));
        let names =
            folders.filter_map(|folder| folder.file_name().map(|name| name.to_string_lossy().into_owned()));
        let album = self.tags.album.clone();
        let before =
            self.stem.split(" - ").next().filter(|before| before.len() < self.stem.len()).map(str::to_owned);
        for name in names.chain(album).chain(before) {
            let of = known.shows_named(&name);
            if !of.is_empty() {
                self.shows = Some((of.to_vec(), name));
                return;
            }
        }
        self.shows = self.opening_show(known);
    }

    /// The show whose title opens the name, with nothing but a space or a sign before that of one of its episodes.
    fn opening_show(&self, known: &Known) -> Option<(Vec<usize>, String)> {
        let bare = date(&self.stem).map_or_else(|| self.stem.clone(), |dated| dated.rest);
        let bare = bare.trim_matches(|c: char| !c.is_alphanumeric());
        let ends = bare.match_indices(|c: char| !c.is_alphanumeric()).map(|(at, _)| at).take(WORDS);
        let parted = ends.map(|at| bare.split_at(at)).collect::<Vec<_>>();
        parted.into_iter().rev().find_map(|(name, rest)| {
            let rest = fold(rest);
            let has = |show: &&usize| known.has_titled(&rest, **show);
            let of: Vec<usize> = known.shows_named(name).iter().filter(has).copied().collect();
            (!of.is_empty()).then(|| (of, name.to_owned()))
        })
    }

    fn read_name(&mut self, known: &Known) {
        let dated = date(&self.stem);
        self.day = dated.as_ref().map(|dated| dated.day);
        self.is_local_day = dated.as_ref().is_some_and(|dated| dated.is_compact);
        let bare = dated.map_or_else(|| self.stem.clone(), |dated| dated.rest);
        let mut names = vec![fold(&self.stem), fold(&bare)];
        if let Some(shows) = &self.shows {
            let titles = shows.0.iter().filter_map(|at| known.shows.get(*at)).flat_map(|show| {
                let mut titles = super::fold::forms(&show.title);
                titles.push(fold(&show.slug));
                titles
            });
            for title in titles {
                let cut = |name: &String| {
                    name.strip_prefix(&title).or(name.strip_suffix(&title)).map(str::to_owned)
                };
                let shorter: Vec<String> = names.iter().filter_map(cut).collect();
                names.extend(shorter);
            }
        }
        // The number stands before the title, or before and after the show: `Show - 012 - Title`.
        let opened = number(&bare).or_else(|| bare.split_once(" - ").and_then(|(_, rest)| number(rest)));
        if let Some((number, rest)) = opened {
            self.number = Some(number);
            names.push(fold(rest));
        }
        if let Some(rest) = uncounted(&bare) {
            names.push(fold(rest));
        }
        self.is_bare = names.iter().any(|name| name.chars().all(|c| c.is_ascii_digit()));
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| !name.is_empty() && seen.insert(name.clone()));
        self.names = names;
    }

    /// What of its name may be a guid: words, and all before or after a sign between words.
    fn words(&self) -> Vec<String> {
        const SHORTEST: usize = 8;
        const MOST: usize = 40;
        let is_sign = |c: char| !c.is_alphanumeric();
        let signs: Vec<usize> = self.stem.match_indices(is_sign).map(|(at, _)| at).take(MOST).collect();
        let ends = signs.iter().flat_map(|at| [&self.stem[..*at], &self.stem[*at..]]).map(fold);
        let parted = self.stem.split([' ', '_', ',', '(', ')', '[', ']']).take(MOST).map(fold);
        let mut seen = std::collections::HashSet::new();
        let all = self.names.iter().cloned().chain(parted).chain(ends);
        all.filter(|word| word.len() >= SHORTEST && seen.insert(word.clone())).collect()
    }
}

/// Addresses are the same whatever scheme and final slash they have; those of the archive are without secrets.
pub(super) fn same_feed(own: &str, other: &str) -> bool {
    let plain = |url: &str| {
        let bare = crate::model::redact_text(url);
        bare.split_once("://").map_or(bare.as_ref(), |(_, rest)| rest).trim_end_matches('/').to_owned()
    };
    plain(own) == plain(other)
}
