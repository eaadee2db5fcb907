//! Parts -> segments as rows: their text, their source, their link.

use super::blocks::{Document, ROOT, Shape};
use super::lines::Line;
use super::links::Resolver;
use super::part::Part;
use super::text;
use crate::model::{Segment, SegmentKind};

/// Deeper nesting is not reopened around a cut.
const DEEPEST: usize = 32;

/// Makes the rows.
pub(super) fn rows(
    document: &Document<'_>,
    lines: &[Line],
    parts: &[Part],
    resolver: Resolver<'_>,
) -> Vec<Segment> {
    parts
        .iter()
        .enumerate()
        .map(|(at, part)| Segment {
            position: u32::try_from(at + 1).unwrap_or(u32::MAX),
            kind: part.kind,
            number: part.number,
            presenter: part.presenter.clone(),
            title: part.title.clone(),
            group_title: part.group.clone(),
            url: url(document, lines, part, resolver),
            start_seconds: part.start_seconds,
            text: text::render(&lines[part.lines.clone()]),
            html: source(document, lines, part, parts.get(at + 1)),
        })
        .collect()
}

/// The first link of a heading.
fn url(document: &Document<'_>, lines: &[Line], part: &Part, resolver: Resolver<'_>) -> Option<String> {
    part.title.as_ref()?;
    if !matches!(part.kind, SegmentKind::Topic | SegmentKind::Sponsor) && lines[part.heading.start].is_item()
    {
        return None;
    }
    lines[part.heading.clone()]
        .iter()
        .find_map(|line| resolver.of_line(document, line).into_iter().next().map(|found| found.url))
}

/// The source from the first line of a part to the first of the next, with the elements it stands in.
fn source(document: &Document<'_>, lines: &[Line], part: &Part, next: Option<&Part>) -> String {
    let first = &lines[part.lines.start].block;
    let end = next.map(|next| &lines[next.lines.start].block);
    let slice = document.source.get(first.start..end.map_or(document.source.len(), |end| end.start));
    let slice = slice.unwrap_or_default().trim();
    let mut out = String::with_capacity(slice.len() + 64);
    for tag in around(document, first.scope).iter().rev() {
        match first.shape {
            Shape::Item(Some(number)) if *tag == "ol" && number > 1 => {
                out.push_str("<ol start=\"");
                out.push_str(&number.to_string());
                out.push_str("\">");
            }
            _ => out.extend(["<", tag, ">"]),
        }
    }
    out.push_str(slice);
    for tag in around(document, end.map_or(ROOT, |end| end.scope)) {
        out.extend(["</", tag, ">"]);
    }
    out
}

/// The elements a place stands in, innermost first.
fn around(document: &Document<'_>, scope: u32) -> Vec<&'static str> {
    let mut tags = Vec::with_capacity(if scope == ROOT { 0 } else { 4 });
    let mut at = scope;
    while let Some(scope) = document.scopes.get(at as usize) {
        tags.push(scope.tag);
        at = scope.parent;
        if tags.len() > DEEPEST {
            return Vec::new();
        }
    }
    tags
}
