//! Between files: what neighbours tell of one another, two files for one episode, and files that may have been cut off.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Judged;
use super::judge::{Match, Verdict};
use super::known::Known;

/// So many files of one show make their folder its own ...
const LEAST: usize = 3;
/// ... if they are so large a share of what is in it.
const SHARE: f64 = 0.8;
/// What a file's likeliest episode needs to count: a title and a date, say.
const GOOD: i32 = 75;
/// By how much one of two files must be the better, for the other to be left alone.
const FAR: i32 = 40;

/// The folders that are one show's, going by the files in them.
pub(super) fn homes(known: &Known, judged: &[Judged]) -> HashMap<PathBuf, usize> {
    let mut folders: HashMap<&Path, (usize, HashMap<usize, usize>)> = HashMap::new();
    for file in judged.iter().filter(|file| !file.found.is_unsure) {
        let Some(folder) = file.found.path.parent() else { continue };
        let (count, shows) = folders.entry(folder).or_default();
        *count += 1;
        if let Verdict::Is(best) | Verdict::MayBe(best, _) = &file.verdict
            && best.points >= GOOD
            && let Some(episode) = known.episodes.get(best.episode)
        {
            *shows.entry(episode.show).or_default() += 1;
        }
    }
    let mut homes = HashMap::new();
    for (folder, (count, shows)) in folders {
        let most = shows.into_iter().max_by_key(|(show, files)| (*files, std::cmp::Reverse(*show)));
        if let Some((show, files)) = most
            && files >= LEAST
            && files as f64 >= count as f64 * SHARE
        {
            homes.insert(folder.to_owned(), show);
        }
    }
    homes
}

/// What only all files together can tell.
pub(super) fn settle(known: &Known, mut judged: Vec<Judged>) -> Vec<Judged> {
    doubt_short(known, &mut judged);
    doubt_rivals(&mut judged);
    judged
}

/// A file that is much shorter than the feed says may have been cut off; where most files of a show are, the feed is wrong.
fn doubt_short(known: &Known, judged: &mut [Judged]) {
    let show_of = |found: &Match| known.episodes.get(found.episode).map(|episode| episode.show);
    let mut counts: HashMap<usize, (usize, usize)> = HashMap::new();
    for file in judged.iter() {
        if let Verdict::Is(best) = &file.verdict
            && let (Some(show), Some(is_long_enough)) = (show_of(best), best.is_long_enough)
        {
            let (long, short) = counts.entry(show).or_default();
            *(if is_long_enough { long } else { short }) += 1;
        }
    }
    for file in judged.iter_mut().filter(|file| !file.is_attested) {
        if let Verdict::Is(best) = &file.verdict
            && best.is_long_enough == Some(false)
        {
            let (long, short) = show_of(best).and_then(|show| counts.get(&show)).copied().unwrap_or_default();
            if long >= short || long + short < LEAST {
                let why = "it is shorter than the feed says: it may have been cut off".to_owned();
                file.verdict = Verdict::MayBe(best.clone(), why);
            }
        }
    }
}

/// Of several files for one episode the best is taken, if it is by far; or the first, if they are of one length, and their
/// bytes will tell.
fn doubt_rivals(judged: &mut [Judged]) {
    let mut claims: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, file) in judged.iter().enumerate() {
        if let Verdict::Is(best) = &file.verdict {
            claims.entry(best.episode).or_default().push(at);
        }
    }
    for files in claims.into_values().filter(|files| files.len() > 1) {
        let points = |at: usize| match &judged[at].verdict {
            Verdict::Is(best) => best.points,
            _ => 0,
        };
        let mut by_points = files.clone();
        by_points.sort_by_key(|at| (std::cmp::Reverse(points(*at)), *at));
        let (best, next) = (by_points[0], by_points[1]);
        let is_same_length = files.iter().all(|at| judged[*at].found.size == judged[best].found.size);
        if is_same_length {
            continue;
        }
        let is_clear = points(best) - points(next) >= FAR;
        let name = |at: usize| judged[at].found.path.display().to_string();
        let (best_name, next_name) = (name(best), name(next));
        for at in files {
            if at == best && is_clear {
                continue;
            }
            let other = if at == best { &next_name } else { &best_name };
            if let Verdict::Is(found) = &judged[at].verdict {
                let why = format!("{other} is of the same episode, and of another length");
                judged[at].verdict = Verdict::MayBe(found.clone(), why);
            }
        }
    }
}
