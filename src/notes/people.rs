//! Persons whom the notes present: in blocks about people, and as presenters of items.

use std::collections::HashSet;

use super::blocks::Document;
use super::cut::Part;
use super::lines::Line;
use super::links::Resolver;
use super::names;
use super::text::trimmed;
use crate::model::{Person, Role, SegmentKind};

/// Words before a colon that say who follows is a guest.
const GUEST_WORDS: &[&str] = &[
    "guest",
    "gast",
    "gäste",
    "invité",
    "invitad",
    "ospit",
    "гост",
    "эксперт",
    "嘉宾",
    "ゲスト",
    "featuring",
    "starring",
];
/// Words that say who follows runs the show.
const HOST_WORDS: &[&str] = &["host", "moderat", "animateur", "ведущ", "主持", "主播", "presenter"];

/// Nobody presents more; what does is no list of people.
const MOST: usize = 200;

/// Everybody the notes present, each once.
pub(super) fn rows(
    document: &Document<'_>,
    lines: &[Line],
    parts: &[Part],
    resolver: Resolver<'_>,
) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for part in parts {
        if part.kind == SegmentKind::People || hosts_named(part) {
            present(document, &lines[part.lines.clone()], part, resolver, &mut people);
        }
    }
    for line in parts
        .iter()
        .filter(|part| part.kind == SegmentKind::Intro)
        .flat_map(|part| &lines[part.lines.clone()])
    {
        for name in names::introduced(&line.text) {
            if people.len() < MOST && !people.iter().any(|person| is_same(&person.name, &name)) {
                people.push(Person { name, url: None, role: Role::Guest, source: "notes:intro".to_owned() });
            }
        }
    }
    let mut seen = HashSet::new();
    let presenters =
        parts.iter().filter_map(|part| part.presenter.as_deref()).filter(|name| seen.insert(*name));
    for presenter in presenters.take(MOST) {
        for name in names::split(presenter) {
            if !people.iter().any(|person| is_same(&person.name, &name)) {
                people.push(Person {
                    name,
                    url: None,
                    role: Role::Host,
                    source: "notes:presenter".to_owned(),
                });
            }
        }
    }
    people
}

/// A block of another kind that presents hosts by its heading: `Connect with the hosts`.
fn hosts_named(part: &Part) -> bool {
    part.kind == SegmentKind::Boilerplate
        && part.title.as_ref().is_some_and(|title| role_of(&title.to_lowercase()) == Some(Role::Host))
}

/// `Brian` is the Brian Okken presented before.
fn is_same(known: &str, name: &str) -> bool {
    known.eq_ignore_ascii_case(name) || known.split(' ').any(|word| word.eq_ignore_ascii_case(name))
}

fn role_of(words: &str) -> Option<Role> {
    if GUEST_WORDS.iter().any(|word| words.contains(word)) {
        return Some(Role::Guest);
    }
    HOST_WORDS.iter().any(|word| words.contains(word)).then_some(Role::Host)
}

fn present(
    document: &Document<'_>,
    lines: &[Line],
    part: &Part,
    resolver: Resolver<'_>,
    people: &mut Vec<Person>,
) {
    let mut role =
        part.title.as_ref().and_then(|title| role_of(&title.to_lowercase())).unwrap_or(Role::Contributor);
    for (place, line) in lines.iter().enumerate() {
        if place == 0 && part.title.as_deref() == Some(trimmed(&line.text)) {
            continue;
        }
        let mut words = line.text.as_str();
        if let Some(label) = line.before_colon().filter(|label| role_of(&label.to_lowercase()).is_some()) {
            role = role_of(&label.to_lowercase()).unwrap_or(role);
            words = &line.text[label.len()..];
            words = words.trim_start_matches([':', '：']);
        } else if let Some((found, rest)) = names::after_label(&line.text) {
            role = role_of(&found.to_lowercase()).unwrap_or(role);
            words = rest;
        } else if part.kind == SegmentKind::Boilerplate && !line.is_item() {
            continue;
        }
        let only_labelled = part.kind == SegmentKind::Boilerplate;
        let listed = if only_labelled { names::before_label(words) } else { names::listed(words) };
        let found = resolver.of_line(document, line);
        for name in listed {
            if people.len() >= MOST {
                return;
            }
            if people.iter().any(|person| is_same(&person.name, &name)) {
                continue;
            }
            let url = found
                .iter()
                .find(|link| link.text.contains(&name))
                .or_else(|| found.first().filter(|_| found.len() == 1))
                .map(|link| link.url.clone());
            people.push(Person { name, url, role, source: "notes:people".to_owned() });
        }
    }
}
