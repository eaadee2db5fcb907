//! Between files: what neighbours tell of one another, two files for one episode, and files that may have been cut off.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::Judged;
use super::compare::Span;
use super::judge::{Match, Verdict};
use super::known::Known;
use super::walk::Found;

/// So many files of one show make it at home in their folder ...
const LEAST: usize = 3;
/// ... which is its own if they are so large a share of what is in it.
const SHARE: f64 = 0.8;
/// What a file's likeliest episode needs to count: a title and a date, say.
const GOOD: i32 = 75;
/// By how much one of two files must be the better, for the other to be left alone.
const FAR: i32 = 40;

/// How a show is at home in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// All files are its.
    Own,
    /// Nearly all are, and its titles as a rule are such as "Episode 7".
    Numbered,
    /// Nearly all are.
    Mostly,
    /// Several are for sure.
    Among,
}

impl Home {
    /// Whether a file that fits an episode of the show is taken for its.
    pub(super) fn takes(self, best: &Match) -> bool {
        match self {
            Self::Own => true,
            Self::Numbered => !best.ties.is_common() || best.ties.hold_by_length(),
            Self::Mostly => !best.ties.is_common(),
            Self::Among => best.ties.hold_among(),
        }
    }
}

/// The files of a folder that speak for a show.
#[derive(Default)]
struct Votes {
    good: usize,
    /// Those that would speak for it alone, or nearly.
    firm: usize,
    /// Those whose titles any show may have.
    common: usize,
}

/// The shows that are at home in a folder, going by the files in it.
pub(super) type Homes = HashMap<PathBuf, HashMap<usize, Home>>;

/// The homes of all shows.
pub(super) fn homes(known: &Known, judged: &[Judged]) -> Homes {
    let mut folders: HashMap<&Path, (usize, HashMap<usize, Votes>)> = HashMap::new();
    for file in judged.iter().filter(|file| !file.found.is_unsure) {
        let Some(folder) = file.found.path.parent() else { continue };
        let (count, shows) = folders.entry(folder).or_default();
        *count += 1;
        if let Some((show, best)) = vote(known, &file.verdict) {
            let votes = shows.entry(show).or_default();
            votes.good += 1;
            votes.common += usize::from(best.ties.is_common());
            votes.firm += usize::from(!best.is_lost || best.ties.hold_among());
        }
    }
    let of_folder = |(folder, (count, shows)): (&Path, (usize, HashMap<usize, Votes>))| {
        let homes = shows.into_iter().filter_map(|(show, votes)| Some((show, home(count, &votes)?)));
        (folder.to_owned(), homes.collect())
    };
    folders.into_iter().map(of_folder).collect()
}

/// The show that a file speaks for: one that may as well be another's episode does not.
fn vote<'a>(known: &Known, verdict: &'a Verdict) -> Option<(usize, &'a Match)> {
    let best = match verdict {
        Verdict::Is(best) => best,
        Verdict::MayBe(best, _) if best.is_lost => best,
        _ => return None,
    };
    let episode = known.episodes.get(best.episode).filter(|_| best.points >= GOOD)?;
    Some((episode.show, best))
}

fn home(count: usize, votes: &Votes) -> Option<Home> {
    let is_most = votes.good >= LEAST && votes.good as f64 >= count as f64 * SHARE;
    match is_most {
        true if votes.good == count => Some(Home::Own),
        true if votes.common * 2 > votes.good => Some(Home::Numbered),
        true => Some(Home::Mostly),
        false => (votes.firm >= LEAST).then_some(Home::Among),
    }
}

/// What only all files together can tell.
pub(super) fn settle(known: &Known, mut judged: Vec<Judged>) -> Vec<Judged> {
    doubt_short(known, &mut judged);
    doubt_far(known, &mut judged);
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

/// What the lengths of a show's files say of those in its feed.
#[derive(Default)]
struct Spans {
    exact: usize,
    other: usize,
    /// Of files that are told by more than their dates.
    witnesses: usize,
    /// Those of them that are far off.
    far: usize,
}

impl Spans {
    /// Whether a length that is not what the feed says speaks against an episode: not where the feed is wrong of most of those
    /// that are told by more than their dates.
    fn speak_against(&self, span: Span) -> bool {
        match span {
            Span::Exact => false,
            Span::Near => self.exact >= LEAST && self.exact > self.other,
            Span::Far => self.witnesses < LEAST || self.far * 2 <= self.witnesses,
        }
    }
}

/// A file that nothing but its date tells from others is not of the episode, if it is not as long as the feed says.
fn doubt_far(known: &Known, judged: &mut [Judged]) {
    let of = |found: &Match| Some((known.episodes.get(found.episode)?.show, found.span?));
    let mut shows: HashMap<usize, Spans> = HashMap::new();
    for file in judged.iter() {
        if let Verdict::Is(best) = &file.verdict
            && let Some((show, span)) = of(best)
        {
            let spans = shows.entry(show).or_default();
            *(if span == Span::Exact { &mut spans.exact } else { &mut spans.other }) += 1;
            spans.witnesses += usize::from(!file.is_by_date);
            spans.far += usize::from(!file.is_by_date && span == Span::Far);
        }
    }
    for file in judged.iter_mut().filter(|file| file.is_by_date && !file.is_attested) {
        if let Verdict::Is(best) = &file.verdict
            && let Some((show, span)) = of(best)
            && shows.get(&show).is_some_and(|spans| spans.speak_against(span))
        {
            let why = "it is not as long as the feed says, and nothing but its date tells it from the others";
            file.verdict = Verdict::MayBe(best.clone(), why.to_owned());
        }
    }
}

/// Of several files for one episode the best is taken, if it is by far; or the first, if they are the same to the byte.
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
        if is_same(&files.iter().map(|at| &judged[*at].found).collect::<Vec<_>>()) {
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
                let why = format!("another file is of the same episode, and is not the same: {other}");
                judged[at].verdict = Verdict::MayBe(found.clone(), why);
            }
        }
    }
}

/// Whether the files have the same bytes. One that can't be read is another.
fn is_same(files: &[&Found]) -> bool {
    let Some((first, others)) = files.split_first() else { return true };
    let others: Vec<_> = others.iter().filter(|other| other.inode != first.inode).collect();
    // Lengths are known, bytes are to be read.
    others.iter().all(|other| other.size == first.size)
        && others.iter().all(|other| is_equal(&first.path, &other.path).unwrap_or(false))
}

fn is_equal(one: &Path, other: &Path) -> std::io::Result<bool> {
    let (mut one, mut other) = (BufReader::new(File::open(one)?), BufReader::new(File::open(other)?));
    loop {
        let (a, b) = (one.fill_buf()?, other.fill_buf()?);
        let length = a.len().min(b.len());
        if length == 0 || a.get(..length) != b.get(..length) {
            return Ok(a.is_empty() && b.is_empty());
        }
        one.consume(length);
        other.consume(length);
    }
}
