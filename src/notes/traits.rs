//! What the notes of one episode tell of the habits of their show: a digest of each line and of each address, and who
//! brings numbered items. It depends on these notes alone, so that habits depend on no order.

use super::blocks::{Document, Shape};
use super::habits::Habits;
use super::lines::Line;
use super::numbered::Style;
use super::{bare, names};
use crate::model::Digest;

/// Fewer bytes of letters are a label, which shows repeat over what they do not.
const LEAST_LETTERS: usize = 20;

/// What one episode tells of its show. Lists are sorted and name everything once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traits {
    /// Keys of the lines that a show may repeat; see [`line_keys`].
    pub(super) lines: Vec<u64>,
    /// Keys of the addresses that links lead to.
    pub(super) links: Vec<u64>,
    /// Who certainly brings an item.
    pub(super) presenters: Vec<String>,
    /// Words that may be names of such.
    pub(super) candidates: Vec<String>,
}

impl Traits {
    /// `keys` are those of [`line_keys`], `habits` what the lines tell by themselves.
    pub(super) fn of(document: &Document<'_>, lines: &[Line], keys: &[Option<u64>], habits: &Habits) -> Self {
        let named = habits.presenters.iter().chain(&habits.bringers);
        let presenters =
            named.flat_map(|name| names::split(name).into_iter().chain([name.clone()])).collect();
        let styled = |wanted: &[Style]| {
            let numbered = lines.iter().filter_map(|line| line.numbered.as_ref());
            let named = numbered.filter(|found| wanted.contains(&found.style));
            sorted(named.filter_map(|found| found.presenter.clone()).collect())
        };
        Self {
            lines: sorted(keys.iter().flatten().copied().collect()),
            links: links(document, lines),
            presenters: sorted(presenters),
            candidates: styled(&[Style::MaybeNamed]),
        }
    }

    /// As kept in the archive: counts and keys as little-endian integers, then the names, a line each.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + 8 * (self.lines.len() + self.links.len()));
        for count in [self.lines.len(), self.links.len(), self.presenters.len()] {
            bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        }
        bytes.extend(self.lines.iter().chain(&self.links).flat_map(|key| key.to_le_bytes()));
        let names: Vec<&str> = self.presenters.iter().chain(&self.candidates).map(String::as_str).collect();
        bytes.extend(names.join("\n").as_bytes());
        bytes
    }

    /// What [`Traits::to_bytes`] made; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (counts, rest) = bytes.split_first_chunk::<12>()?;
        let count = |at: usize| {
            let bytes = counts.get(at..at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_le_bytes(bytes)).ok()
        };
        let (lines, rest) = keys(rest, count(0)?)?;
        let (links, rest) = keys(rest, count(4)?)?;
        let names = std::str::from_utf8(rest).ok()?;
        let mut names: Vec<String> = names.lines().map(str::to_owned).collect();
        let candidates = names.split_off(count(8)?.min(names.len()));
        Some(Self { lines, links, presenters: names, candidates })
    }
}

fn keys(bytes: &[u8], count: usize) -> Option<(Vec<u64>, &[u8])> {
    let (keys, rest) = bytes.split_at_checked(count.checked_mul(8)?)?;
    let keys = keys.chunks_exact(8).filter_map(|key| key.try_into().ok()).map(u64::from_le_bytes);
    Some((keys.collect(), rest))
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}

fn links(document: &Document<'_>, lines: &[Line]) -> Vec<u64> {
    let unlinked = lines.iter().flat_map(|line| line.runs).filter(|run| run.link.is_none());
    let bare = unlinked.flat_map(|run| bare::addresses(document.of_run(run))).map(link_key);
    sorted(document.anchors.iter().map(|anchor| link_key(&anchor.href)).chain(bare).collect())
}

/// A key for each line that a show may repeat, taken before anything is settled about the lines.
pub(super) fn line_keys(document: &Document<'_>, lines: &[Line]) -> Vec<Option<u64>> {
    lines.iter().map(|line| may_repeat(line).then(|| line_key(document, line))).collect()
}

/// Whether a line, found in many episodes, would be of those that every episode repeats: no label, no time, no code.
fn may_repeat(line: &Line) -> bool {
    let letters = || line.text.chars().filter(|c| c.is_alphanumeric()).map(char::len_utf8).sum::<usize>();
    let leads = line.is_lead() || line.ends_with_colon();
    line.block.shape != Shape::Code && line.timed.is_none() && !leads && letters() >= LEAST_LETTERS
}

/// Two lines of one key say the same: letter case, punctuation and numbers aside. Lines that are nothing but links lead to
/// the same places, too.
fn line_key(document: &Document<'_>, line: &Line) -> u64 {
    let mut said = String::with_capacity(line.text.len());
    for word in line.text.split_whitespace() {
        push_word(&mut said, word);
    }
    if line.is_links() {
        let anchors = line.runs.iter().filter_map(|run| document.anchors.get(run.link? as usize));
        for anchor in anchors {
            said.extend([" ", address(&anchor.href)]);
        }
    }
    key(&said)
}

/// Letters in lower case, every number as `0`, one space between words.
fn push_word(said: &mut String, word: &str) {
    let mut parted = true;
    for c in word.chars() {
        if !c.is_alphanumeric() {
            parted = true;
            continue;
        }
        let c = if c.is_numeric() { '0' } else { c };
        let more_digits = c == '0' && !parted && said.ends_with('0');
        if parted && !said.is_empty() {
            said.push(' ');
        }
        parted = false;
        if c.is_ascii() {
            said.push(c.to_ascii_lowercase());
        } else {
            said.extend(c.to_lowercase());
        }
        if more_digits {
            said.pop();
        }
    }
}

/// Two addresses of one key are one: scheme, `www.`, what counts campaigns and a last slash aside.
pub(super) fn link_key(href: &str) -> u64 {
    key(address(href))
}

fn address(href: &str) -> &str {
    let href = href.trim();
    let href = href.split_once("://").map_or(href, |(_, rest)| rest);
    let href = href.strip_prefix("www.").unwrap_or(href);
    let campaign = href.find("?utm_").or_else(|| href.find("&utm_"));
    href[..campaign.unwrap_or(href.len())].trim_end_matches('/')
}

/// SHA-256, cut to 64 bits: stable for as long as the archive is.
fn key(text: &str) -> u64 {
    Digest::of(text.as_bytes()).prefix()
}
