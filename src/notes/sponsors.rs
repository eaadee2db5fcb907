//! Who paid: named in the sponsor segments, and where an intro mentions it.

mod names;

use std::sync::LazyLock;

use super::blocks::Document;
use super::lines::Line;
use super::links::{Found, Resolver};
use super::part::Part;
use super::phrases::Phrases;
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
    "gesponsert vom",
    "gesponsert durch",
    "werbung:",
    "anzeige:",
    "werbepartner ist",
    "sponsor ist",
    "supported by",
    "made possible by",
    "in partnership with",
    "en partenariat avec",
    "avec le soutien de",
    "patrocinada por",
    "patrocinado por",
    "patrocínio:",
    "oferecimento:",
    "oferecimento de",
    "presentado por",
    "apresentado por",
    "sponsorizzato da",
    "sponsorizzata da",
    "in collaborazione con",
    "offerto da",
    "mogelijk gemaakt door",
    "gesponsord door",
    "partnerem odcinka jest",
    "sponsorem odcinka jest",
    "we współpracy z",
    "sponsrat av",
    "presenteras av",
    "i samarbete med",
    "при поддержке",
    "спонсор выпуска",
    "спонсор эпизода",
    "спонсор подкаста",
    "партнёр выпуска",
    "партнер выпуска",
    "реклама:",
    "赞助商：",
    "提供：",
    "提供:",
    "广告：",
    "협찬:",
    "광고:",
    "برعاية",
];
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
            if sponsors.len() >= MOST {
                break;
            }
            let after = after_phrase(&line.text).or_else(|| after_thanks(&line.text));
            let mut addresses: Vec<Found> = Vec::new();
            let mut names = after.map(names::listed).unwrap_or_default();
            if names.is_empty() {
                names.extend(names::framed(&line.text));
            }
            if names.is_empty() && !listed {
                names.extend(names::recommended(&line.text));
            }
            by_label |= place == 0 && !names.is_empty();
            // `Sponsored by us!` names nobody, and a list under `Sponsored by Acme` tells of Acme.
            let silent = after.is_some() || by_label || !listed || place == 0 && part.title.is_some();
            if names.is_empty() && silent {
                continue;
            }
            addresses.extend(resolver.of_line(document, line));
            let words: Vec<&str> =
                addresses.iter().map(|link| link.text.trim()).filter(|text| !text.contains("://")).collect();
            if let Some(after) = after.filter(|_| !names.is_empty()) {
                names = names::linked(after, &words).unwrap_or(names);
            } else if names.is_empty() && words.len() > 1 && names::thanks_links(&line.text, &words) {
                names.extend(words.iter().map(|word| (*word).to_owned()));
            } else if names.is_empty() {
                names.extend(names::entry(&line.text, words.first().copied()));
            }
            for (count, name) in names.into_iter().enumerate() {
                let known = |name: &str| {
                    sponsors.iter().any(|sponsor| sponsor.name.eq_ignore_ascii_case(name.trim()))
                };
                if known(&name) || name.split('&').all(known) {
                    continue;
                }
                let named = addresses.iter().find(|link| link.text.trim() == name);
                let url = named.or_else(|| addresses.get(count)).map(|link| link.url.clone());
                sponsors.push(Sponsor {
                    segment: u32::try_from(at + 1).ok(),
                    position: u32::try_from(sponsors.len() + 1).unwrap_or(u32::MAX),
                    url,
                    text: Some(line.text.trim().to_owned()),
                    name,
                });
            }
        }
    }
    sponsors
}

/// Who is thanked in a line.
pub(super) fn thanked(line: &str) -> Option<String> {
    after_phrase(line).or_else(|| after_thanks(line)).and_then(names::named).filter(|name| name.len() > 2)
}

static OF_PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PHRASES.iter().copied()));

/// What follows the words that thank.
fn after_phrase(line: &str) -> Option<&str> {
    // Letters that only Unicode makes small begin with these bytes; quotes and dashes do not.
    let other_case = line.bytes().any(|byte| (0xc3..0xe0).contains(&byte));
    let small = other_case.then(|| line.to_lowercase());
    let small = small.as_deref().filter(|small| small.len() == line.len()).unwrap_or(line);
    let (place, at) = OF_PHRASES.first_within(small, |_| true)?;
    // `our sponsors` is no `our sponsor`.
    line.get(at + OF_PHRASES.get(place).len()..)
        .filter(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// `Thanks to Acme for sponsoring`.
fn after_thanks(line: &str) -> Option<&str> {
    let head = &line[..line.floor_char_boundary(20)];
    let (before, after) = line.split_at_checked(head.find(" to ")? + 4)?;
    let thanks = before.len() < 20 && before.to_lowercase().contains("thank");
    (thanks && after.to_lowercase().contains("sponsor")).then_some(after)
}
