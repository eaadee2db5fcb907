//! JSON Feed 1.0 and 1.1: <https://www.jsonfeed.org/version/1.1/>.
//!
//! The document is cut into its members and items by hand (`split`), so that a cut or broken one gives what stands
//! in front of the damage, and an item can be known by its own bytes. serde_json reads each piece; members fill the
//! same slots of `wire` that elements fill, and `meaning` decides as it does for XML.

mod channel;
mod item;
mod members;
mod split;

use std::ops::Range;

use serde::de::IgnoredAny;
use url::Url;

use super::urls::Base;
use super::warnings::Warnings;
use super::wire::Channel;
use super::{Hints, READER_VERSION, digest, meaning};
use crate::model::{Digest, Episode, Hasher, Parsed};
use members::Members;
use split::{Split, split};

/// Reads a JSON Feed. Items that `known` knows are only listed. `None` for what is none.
pub(super) fn read(
    text: &str,
    hints: Hints<'_>,
    known: &dyn Fn(&Digest) -> bool,
    warnings: &mut Warnings,
) -> Option<Parsed> {
    let split = feed(text)?;
    let mut channel = Channel::default();
    for (name, at) in &split.members {
        let raw = &text[at.clone()];
        if let Err(error) = serde_json::from_str::<IgnoredAny>(raw) {
            warnings.at(at.start, format!("`{name}` is no JSON and was kept as text: {}", reason(&error)));
        }
        channel::member(&mut channel, name, raw);
    }
    let own = channel.own_address.as_deref().or(channel.link.as_ref().map(|link| link.url.as_ref()));
    let base = Base::new(hints.url.cloned().or_else(|| Url::parse(own?.trim()).ok()));
    let mut parsed = items(text, split.items, &base, known, warnings);
    if let Some((at, what)) = split.damage {
        warnings.at(at, what);
        parsed.truncated = true;
    }
    (parsed.show, parsed.paging) = meaning::show(channel, &base);
    Some(parsed)
}

/// A text taken apart, if it is a JSON Feed: it says so, or else it has what makes one, a title and items.
fn feed(text: &str) -> Option<Split<'_>> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !start.starts_with('{') {
        return None;
    }
    let split = split(text);
    let named = |name| {
        let found = split.members.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, at)| &text[at.clone()])
    };
    let says_so = named("version").contains("jsonfeed.org/version/");
    let looks_so = split.has_items && named("title").starts_with('"');
    (says_so || looks_so).then_some(split)
}

fn items(
    text: &str,
    items: Vec<Range<usize>>,
    base: &Base,
    known: &dyn Fn(&Digest) -> bool,
    warnings: &mut Warnings,
) -> Parsed {
    let mut context = Hasher::default();
    context.update(format!("{READER_VERSION}json\n{}\0", base.folder().unwrap_or_default()).as_bytes());
    let mut parsed = Parsed::default();
    for at in items {
        let raw = &text[at.clone()];
        let digest = digest(context.clone(), raw);
        if known(&digest) {
            parsed.unchanged.push(digest);
            continue;
        }
        match serde_json::from_str::<Members<'_>>(raw) {
            // Behind damage, an object without an id may be a part of an item.
            Ok(members) if parsed.truncated && !members.has_id() => {}
            Ok(members) => {
                let episode = meaning::episode(item::item(members), base, at.start, warnings);
                parsed.episodes.push(Episode { item_sha256: Some(digest), ..episode });
            }
            Err(error) => {
                parsed.truncated = true;
                warnings.at(
                    at.start + offset(raw, &error),
                    format!("an item was passed over: {}", reason(&error)),
                );
            }
        }
    }
    parsed
}

/// What serde_json says, less the line, which is one of the piece and not of the document.
fn reason(error: &serde_json::Error) -> String {
    let mut said = error.to_string();
    said.truncate(said.rfind(" at line ").unwrap_or(said.len()));
    said
}

/// Where in `raw` serde_json stopped.
fn offset(raw: &str, error: &serde_json::Error) -> usize {
    let line = error.line().saturating_sub(1);
    let before: usize = raw.split_inclusive('\n').take(line).map(str::len).sum();
    let at = (before + error.column().saturating_sub(1)).min(raw.len());
    (0..=at).rev().find(|at| raw.is_char_boundary(*at)).unwrap_or(0)
}
