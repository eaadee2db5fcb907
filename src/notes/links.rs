//! Links: every `<a href>` and every bare address of the web, in order, each once.

use url::Url;

use super::blocks::Document;
use super::lines::Line;
use super::part::Part;
use super::show::Applied;
use super::{bare, labels, spaces, target};
use crate::model::{Link, SegmentKind, Sponsor};

/// A shorter name stands in addresses by chance.
const SHORTEST_SPONSOR: usize = 4;

/// Makes addresses absolute. Mail addresses are links without a host, so that no count of hosts takes them for the web.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver<'a> {
    pub(super) base: Option<&'a Url>,
}

/// A link in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// As published; made absolute where relative.
    pub(super) url: String,
    pub(super) text: String,
    /// Which `<a>` it is; none for a bare address.
    anchor: Option<u32>,
}

impl Resolver<'_> {
    /// A web or mail address as published, or resolved where relative. Nothing for other schemes: `javascript:`,
    /// `data:` and the like lead nowhere.
    pub(super) fn address(self, href: &str) -> Option<String> {
        let href = href.trim();
        // Spelled with a scheme of the web it is a link that was published, even where a parser would not take it.
        if has_web_scheme(href) {
            return Some(href.to_owned());
        }
        if bare::is_without_scheme(href) {
            return Some(bare::with_scheme(href));
        }
        if href.starts_with("//") && self.base.is_none() {
            return Url::parse(&format!("https:{href}")).ok().map(String::from);
        }
        match Url::parse(href) {
            Ok(url) => matches!(url.scheme(), "http" | "https" | "mailto").then(|| href.to_owned()),
            Err(url::ParseError::RelativeUrlWithoutBase) if !href.is_empty() && !href.starts_with('#') => {
                let resolved = self.base?.join(href).ok()?;
                matches!(resolved.scheme(), "http" | "https").then(|| resolved.to_string())
            }
            Err(_) => None,
        }
    }

    /// The links of a line, first to last.
    pub(super) fn of_line(self, document: &Document<'_>, line: &Line) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for run in line.runs {
            let Some(anchor) = run.link else {
                found.extend(bare::addresses(line.of_run(run)).into_iter().map(|address| Found {
                    url: bare::with_scheme(address),
                    text: address.to_owned(),
                    anchor: None,
                }));
                continue;
            };
            match found.last_mut() {
                Some(last) if last.anchor == Some(anchor) => last.text.push_str(line.of_run(run)),
                _ => {
                    let Some(url) =
                        document.anchors.get(anchor as usize).and_then(|anchor| self.address(&anchor.href))
                    else {
                        continue;
                    };
                    found.push(Found { url, text: line.of_run(run).to_owned(), anchor: Some(anchor) });
                }
            }
        }
        found
    }
}

fn has_web_scheme(href: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| href.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// What tells the links of an episode from those of the frame that its show puts around each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) show: Option<Applied<'a>>,
    pub(super) sponsors: &'a [Sponsor],
}

impl Frame<'_> {
    /// Persons and sponsors are of the episode, however often they come; so is what a topic is about.
    fn holds(&self, part: &Part, line: &Line, is_heading: bool, found: &Found) -> bool {
        if part.kind == SegmentKind::Boilerplate {
            return true;
        }
        let own = matches!(part.kind, SegmentKind::People | SegmentKind::Sponsor)
            || part.kind == SegmentKind::Topic && is_heading
            || self.sponsors.iter().any(|sponsor| leads_to(&found.url, sponsor));
        let home = || self.show.is_some_and(|show| show.leads_home(published(self.document, found)));
        // `Subscribe at ...` in prose. A list of references was made for the episode.
        let asks = || {
            part.kind != SegmentKind::Links
                && line.is_standing()
                && labels::is_standing(sentence(&line.text, &found.text))
        };
        !own && (line.repeated || home() || asks())
    }
}

/// The address as the notes have it: what a show repeats is what it wrote, wherever that leads from each episode.
fn published<'a>(document: &'a Document<'_>, found: &'a Found) -> &'a str {
    let anchor = found.anchor.and_then(|anchor| document.anchors.get(anchor as usize));
    anchor.map_or(found.text.as_str(), |anchor| anchor.href.as_str())
}

/// The sentence of a line in which these words stand.
fn sentence<'a>(line: &'a str, words: &str) -> &'a str {
    let Some(at) = line.find(words.trim()) else { return "" };
    let ends = |text: &str| [". ", "! ", "? "].map(|end| text.find(end)).into_iter().flatten().min();
    let begin = [". ", "! ", "? "].map(|end| line[..at].rfind(end)).into_iter().flatten().max();
    let rest = &line[begin.map_or(0, |begin| begin + 2)..];
    &rest[..ends(&line[at..]).map_or(rest.len(), |end| at + end - (line.len() - rest.len()))]
}

/// By its address, or by one that bears its name: `https://show.example/acme`.
fn leads_to(url: &str, sponsor: &Sponsor) -> bool {
    let name: String =
        sponsor.name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    sponsor.url.as_deref() == Some(url)
        || name.len() >= SHORTEST_SPONSOR && url.to_ascii_lowercase().contains(&name)
}

/// All links, with the segment each stands in.
pub(super) fn rows(
    document: &Document<'_>,
    lines: &[Line],
    parts: &[Part],
    resolver: Resolver<'_>,
    frame: Frame<'_>,
) -> Vec<Link> {
    let mut rows: Vec<Link> = Vec::new();
    let mut anchor_before = None;
    for (at, part) in parts.iter().enumerate() {
        let segment = u32::try_from(at + 1).ok();
        for place in part.lines.clone() {
            let line = &lines[place];
            for found in resolver.of_line(document, line) {
                // An `<a>` around several blocks is one link.
                if found.anchor.is_some() && found.anchor == anchor_before {
                    if let Some(text) = rows.last_mut().and_then(|link| link.text.as_mut()) {
                        text.push(' ');
                        text.push_str(found.text.trim());
                    }
                    continue;
                }
                anchor_before = found.anchor;
                let in_frame = frame.holds(part, line, part.heading.contains(&place), &found);
                rows.push(row(document, found, segment, rows.len(), in_frame));
            }
        }
    }
    rows
}

fn row(
    document: &Document<'_>,
    found: Found,
    segment: Option<u32>,
    before: usize,
    in_boilerplate: bool,
) -> Link {
    let target = Url::parse(&found.url).ok().map(target::of);
    let mut words = String::with_capacity(found.text.len());
    for word in spaces::words(&found.text) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    let alt = || document.anchors.get(found.anchor? as usize)?.alt.clone();
    Link {
        position: u32::try_from(before + 1).unwrap_or(u32::MAX),
        segment,
        text: if words.is_empty() { alt() } else { Some(words) },
        host: target.as_ref().and_then(|url| url.host_str().map(str::to_owned)),
        domain: target.as_ref().and_then(target::domain),
        target_url: target.map(String::from),
        url: found.url,
        in_boilerplate,
    }
}
