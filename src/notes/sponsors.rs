//! Who paid: named in the sponsor segments, and where an intro mentions it.

use std::sync::LazyLock;

use super::blocks::Document;
use super::cut::Part;
use super::lines::Line;
use super::links::Resolver;
use super::phrases::Phrases;
use super::text::trimmed;
use crate::model::{SegmentKind, Sponsor};

/// After these words stands the name of who paid.
const PHRASES: &[&str] = &[
    "sponsored by",
    "brought to you by",
    "sponsored:",
    "sponsor:",
    "sponsors:",
    "sponsor is",
    "our sponsor",
    "sponsors",
    "support comes from",
    "presented by",
    "sponsorisé par",
    "présenté par",
    "patrocinado por",
    "präsentiert von",
    "unterstützt von",
    "gesponsert von",
];
/// What ends a name.
const ENDS: &[&str] = &[
    ": ",
    ":",
    "! ",
    "!",
    ". ",
    " - ",
    " -- ",
    " – ",
    " — ",
    " (",
    " http",
    ", ",
    "; ",
    " at ",
    " | ",
    " www.",
    " for ",
    " and get",
    " they ",
    " who ",
    " use code ",
    " with code ",
];
const LONGEST: usize = 60;
/// A name of more words is a sentence.
const MOST_WORDS: usize = 4;
/// Nobody has more.
const MOST: usize = 100;

/// Every sponsor, each once.
pub(super) fn rows(
    document: &Document<'_>,
    lines: &[Line],
    parts: &[Part],
    resolver: Resolver<'_>,
) -> Vec<Sponsor> {
    let mut sponsors: Vec<Sponsor> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if sponsors.len() >= MOST {
            break;
        }
        if !matches!(part.kind, SegmentKind::Sponsor | SegmentKind::Intro) {
            continue;
        }
        let lines = &lines[part.lines.clone()];
        let listed = part.kind == SegmentKind::Sponsor;
        let mut by_label = false;
        for (place, line) in lines.iter().enumerate() {
            let after = after_phrase(&line.text).or_else(|| after_thanks(&line.text));
            let thanked = after.and_then(named);
            by_label |= place == 0 && thanked.is_some();
            // `Sponsored by us!` names nobody, and a list under `Sponsored by Acme` tells of Acme.
            let silent = after.is_some() || by_label || !listed || place == 0 && part.title.is_some();
            if thanked.is_none() && silent {
                continue;
            }
            let addresses = resolver.of_line(document, line);
            let linked =
                addresses.first().map(|link| link.text.as_str()).filter(|text| !text.contains("://"));
            let Some(name) = thanked.or_else(|| entry(&line.text, linked)) else { continue };
            if sponsors.iter().any(|sponsor| sponsor.name.eq_ignore_ascii_case(&name)) {
                continue;
            }
            let url = addresses.into_iter().next().map(|link| link.url);
            sponsors.push(Sponsor {
                segment: u32::try_from(at + 1).ok(),
                position: u32::try_from(sponsors.len() + 1).unwrap_or(u32::MAX),
                url,
                text: Some(line.text.trim().to_owned()),
                name,
            });
        }
    }
    sponsors
}

static OF_PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PHRASES.iter().copied()));

/// What follows the words that thank.
fn after_phrase(line: &str) -> Option<&str> {
    let (place, at) = OF_PHRASES.first_within(line, |_| true)?;
    line.get(at + OF_PHRASES.get(place).len()..)
}

/// `Thanks to Acme for sponsoring`.
fn after_thanks(line: &str) -> Option<&str> {
    let head = &line[..line.floor_char_boundary(20)];
    let (before, after) = line.split_at_checked(head.find(" to ")? + 4)?;
    let thanks = before.len() < 20 && before.to_lowercase().contains("thank");
    (thanks && after.to_lowercase().contains("sponsor")).then_some(after)
}

fn named(text: &str) -> Option<String> {
    let text = text.trim_start_matches([':', ' ', ',', '-', '–', '—']).trim();
    let end = ENDS.iter().filter_map(|end| text.find(end)).filter(|at| *at > 0).min().unwrap_or(text.len());
    let name = trimmed(&text[..end]).trim_end_matches(['!', ',']).trim();
    let own =
        matches!(name.to_lowercase().as_str(), "us" | "you" | "listeners like you" | "our listeners" | "");
    (!own && name.len() <= LONGEST).then(|| name.to_owned())
}

/// The name in a line of a list of sponsors: the link that begins it, or the few words that do, or any link.
fn entry(line: &str, linked: Option<&str>) -> Option<String> {
    let first = linked.filter(|text| !text.is_empty() && line.starts_with(text));
    let said = first.and_then(named).or_else(|| named(line));
    let short = |name: &String| name.split_whitespace().count() <= MOST_WORDS && !name.starts_with("http");
    said.filter(short)
        .or_else(|| linked.and_then(named))
        .or_else(|| named(line))
        .filter(|name| name != "http")
}
