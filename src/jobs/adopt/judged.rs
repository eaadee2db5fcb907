//! Every file judged, some of them more than once: what the first look at all of them told is known to the second.

use std::path::Path;

use super::clock::{Clocks, Sighting};
use super::clues::{Asked, Clues};
use super::foreign::Memory;
use super::judge::{Match, Verdict, elsewhere, judge};
use super::known::Known;
use super::walk::Found;
use super::{serial, settle};
use crate::archive::Program;
use crate::jobs::session::Session;

/// A file with what is thought of it.
pub(super) struct Judged {
    pub(super) found: Found,
    pub(super) program: Program,
    pub(super) verdict: Verdict,
    /// Its program wrote down that it has all of it.
    pub(super) is_attested: bool,
    /// What it shows of the clock that names go by; of one whose title says which episode it is.
    pub(super) sighting: Option<Sighting>,
    /// Nothing but its date tells it from others of its show.
    pub(super) is_by_date: bool,
}

/// What every file is against against.
#[derive(Clone, Copy)]
pub(super) struct Against<'a> {
    pub(super) known: &'a Known,
    pub(super) memory: &'a Memory,
    pub(super) from: &'a Path,
    pub(super) clocks: Clocks,
}

/// Judges every file; once more those that only the date tells, when the clock is known that it goes by, and those that nothing
/// tells the show of, by their neighbours.
pub(super) fn all(
    session: &Session,
    against: Against,
    media: Vec<Found>,
    earlier: Vec<Sighting>,
    asked: Option<Asked>,
    unread: &mut Vec<String>,
) -> Vec<Judged> {
    let bar = session.manner.progress.count("files", media.len() as u64);
    let mut judged = Vec::with_capacity(media.len());
    for found in media {
        bar.step();
        if session.is_cancelled() {
            break;
        }
        judged.push(one(against, found, asked, unread));
    }
    // What can't be read was told at the first look.
    let unread = &mut Vec::new();
    let clocks = if against.clocks == Clocks::UTC { against.clocks } else { Clocks::seen(&judged, earlier) };
    let against = Against { clocks, ..against };
    for file in judged.iter_mut().filter(|file| file.is_by_date && clocks != Clocks::ANY) {
        *file = one(against, file.found.clone(), asked, unread);
    }
    let homes = settle::homes(against.known, &judged);
    for file in &mut judged {
        if let Some(show) = home_of(against.known, &homes, file) {
            let asked = Some(Asked { show, how: "the files beside it" });
            *file = one(against, file.found.clone(), asked, unread);
        }
    }
    judged
}

/// The show that a file is of that fits its episode, if it is at home in the file's folder.
fn home_of(known: &Known, homes: &settle::Homes, file: &Judged) -> Option<usize> {
    let Verdict::MayBe(best, _) = &file.verdict else { return None };
    let show = known.episodes.get(best.episode).filter(|_| best.is_lost)?.show;
    let home = homes.get(file.found.path.parent()?)?.get(&show)?;
    home.takes(best).then_some(show)
}

fn one(against: Against, found: Found, asked: Option<Asked>, unread: &mut Vec<String>) -> Judged {
    let Against { known, memory, .. } = against;
    let clues = Clues::of(&found, against, asked, unread);
    let mut verdict = judge(&clues, known);
    if let (Some(_), Verdict::Is(best)) = (asked, &verdict)
        && !best.is_told()
        && let Some(why) = elsewhere(&clues, known, best)
    {
        verdict = Verdict::MayBe(best.clone(), why);
    }
    let is_attested = verdict.best().is_some_and(|best| is_attested(known, memory, &found, &clues, best));
    let sighting = match &verdict {
        Verdict::Is(best) => serial::sighting(&clues, known, best),
        _ => None,
    };
    let is_by_date = verdict.best().is_some_and(|best| serial::is_by_date(&clues, known, best));
    Judged { found, program: clues.program, verdict, is_attested, sighting, is_by_date }
}

/// Whether a program wrote down that it has the whole episode: these do so only at the end.
fn is_attested(known: &Known, memory: &Memory, found: &Found, clues: &Clues, best: &Match) -> bool {
    let Some(episode) = known.episodes.get(best.episode) else { return false };
    let feeds = known.shows.get(episode.show).map(|show| show.feeds.as_slice()).unwrap_or_default();
    let guid = episode.row.guid.as_deref().unwrap_or_default();
    best.is_told()
        || best.evidence.iter().any(|evidence| evidence.what == "guid of that title")
        || clues.told.is_none() && !guid.is_empty() && memory.lists(&found.path, feeds, guid)
}
