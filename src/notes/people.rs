//! Persons whom the notes present: in blocks about people, and as presenters of items.

use std::collections::HashSet;

use super::blocks::{Document, Shape};
use super::lines::Line;
use super::links::Resolver;
use super::part::Part;
use super::text::trimmed;
use super::{Source, names, prose};
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
    "panelist",
    "special co-host",
    "convidad",
    "convidat",
    "gość",
    "gości",
    "gäst",
    "gjest",
    "gæst",
    "vieras",
    "vieraat",
    "konuk",
    "hosté",
    "гість",
    "спикер",
    "来宾",
    "來賓",
    "게스트",
    "interviewee",
    "gesprächspartner",
];
/// Words that say who follows runs the show.
const HOST_WORDS: &[&str] = &[
    "host",
    "moderat",
    "animat",
    "ведущ",
    "主持",
    "主播",
    "presenter",
    "présentat",
    "presentador",
    "presentat",
    "apresenta",
    "conduttor",
    "conductor",
    "prowadząc",
    "programleder",
    "programledare",
    "juontaja",
    "パーソナリティ",
    "진행",
];

/// Words of a standing paragraph; one of more tells of the episode too.
const LONGEST_APPEAL: usize = 60;

/// A label and a few names are no longer.
const LONGEST_LABELLED: usize = 160;

/// Nobody presents more; what does is no list of people.
const MOST: usize = 200;

/// Everybody the notes present, each once.
pub(super) fn rows(
    document: &Document<'_>,
    lines: &[Line],
    parts: &[Part],
    resolver: Resolver<'_>,
    source: Source<'_>,
) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for part in parts {
        if part.kind == SegmentKind::People || hosts_named(part) {
            present(document, &lines[part.lines.clone()], part, resolver, &mut people);
        }
    }
    for host in people.iter_mut().filter(|person| person.role == Role::Host) {
        if let Some(whole) = source.cast.and_then(|cast| cast.whole_name(&host.name)) {
            host.name = whole.to_owned();
        }
    }
    for line in parts.iter().filter(|part| may_hold_guests(part)).flat_map(|part| &lines[part.lines.clone()])
    {
        for name in guests_named(line) {
            add(&mut people, name, Role::Guest, "notes:people");
        }
    }
    let is_host = |name: &str| source.cast.is_some_and(|cast| cast.has_host(name));
    for name in invited(lines, parts, source) {
        let role = if is_host(&name) { Role::Host } else { Role::Guest };
        // Who is named in a list of all who take part, and invited in the prose, is a guest.
        let known = people.iter_mut().find(|person| is_same(&person.name, &name));
        if let Some(person) = known.filter(|person| person.role == Role::Contributor) {
            person.role = role;
        }
        add(&mut people, name, role, "notes:intro");
    }
    for person in people.iter_mut().filter(|person| person.role == Role::Contributor) {
        if is_host(&person.name) {
            person.role = Role::Host;
        }
    }
    let mut seen = HashSet::new();
    for presenter in parts.iter().filter_map(|part| part.presenter.as_deref()).take(MOST) {
        if seen.insert(presenter) {
            for name in names::split(presenter) {
                let meant = source.show.and_then(|show| show.meant(&name)).unwrap_or(&name);
                let whole = source.cast.and_then(|cast| cast.whole_name(meant)).unwrap_or(meant);
                let known = people.iter().any(|person| is_same(&person.name, meant));
                let name = if known { meant } else { whole };
                add(&mut people, name.to_owned(), Role::Host, "notes:presenter");
            }
        }
    }
    people
}

fn add(people: &mut Vec<Person>, name: String, role: Role, source: &str) {
    if people.len() < MOST && !people.iter().any(|person| is_same(&person.name, &name)) {
        people.push(Person { name, url: None, role, source: source.to_owned() });
    }
}

/// Whom the prose introduces, and a line that begins like `Guest-starring Ada Lovelace!`.
fn invited(lines: &[Line], parts: &[Part], source: Source<'_>) -> Vec<String> {
    let of = |kinds: &'static [SegmentKind]| {
        parts.iter().filter(|part| kinds.contains(&part.kind)).flat_map(|part| &lines[part.lines.clone()])
    };
    let contacts_in = |kinds| -> HashSet<String> {
        of(kinds).filter_map(|line| names::contact(&line.text)).map(|name| name.to_lowercase()).collect()
    };
    let contacts = || contacts_in(&[SegmentKind::Links, SegmentKind::Intro, SegmentKind::People]);
    let standing = || contacts_in(&[SegmentKind::Boilerplate]);
    let (title, cast) = (source.title, source.cast);
    let beside = prose::Beside { title, cast, contacts: &contacts, standing: &standing };
    // A summary that ends in an appeal to subscribe is one paragraph with it.
    let long = of(&[SegmentKind::Boilerplate]).filter(|line| line.words() > LONGEST_APPEAL);
    let prose = of(&[SegmentKind::Intro]).chain(long);
    prose::guests(prose.map(|line| &*line.text), &beside)
}

/// Parts without a title of their own may hold a line about guests among others.
fn may_hold_guests(part: &Part) -> bool {
    matches!(
        part.kind,
        SegmentKind::Intro
            | SegmentKind::Links
            | SegmentKind::Extras
            | SegmentKind::Boilerplate
            | SegmentKind::Sponsor
    )
}

/// A line alone that names guests: `Guest-starring Ada Lovelace!`, `Special guest: Ada Lovelace`.
fn guests_named(line: &Line) -> Vec<String> {
    if line.text.len() > LONGEST_LABELLED {
        return Vec::new();
    }
    if let Some(label) = line.before_colon() {
        let rest = line.text[label.len()..].trim_start_matches([':', '：']);
        return if is_guest_label(label) { names::listed(rest) } else { Vec::new() };
    }
    names::after_label(&line.text).map(|(_, rest)| prose::names_at_start(rest)).unwrap_or_default()
}

/// `Guest`, `Our special guests`, and not `Guest's book`.
fn is_guest_label(label: &str) -> bool {
    let label = label.to_lowercase();
    let count = label.split_whitespace().count();
    let last = label.split_whitespace().next_back().unwrap_or_default();
    let plain = last.chars().all(char::is_alphabetic);
    plain
        && count < 4
        && GUEST_WORDS.iter().any(|word| last.starts_with(word) || !word.is_ascii() && last.ends_with(word))
}

/// A block of another kind that presents hosts by its heading: `Connect with the hosts`.
fn hosts_named(part: &Part) -> bool {
    part.kind == SegmentKind::Boilerplate
        && part.title.as_ref().is_some_and(|title| role_of(&title.to_lowercase()) == Some(Role::Host))
}

/// `Brian` is the Brian Okken presented before, and after.
fn is_same(known: &str, name: &str) -> bool {
    let (known, name) = (known.to_lowercase(), name.to_lowercase());
    known == name
        || known.split(' ').any(|word| word == name)
        || name.split(' ').next() == Some(known.as_str())
}

fn role_of(words: &str) -> Option<Role> {
    if matches!(
        words.trim(),
        "with" | "mit" | "avec" | "con" | "featuring" | "guest-starring" | "guest starring"
    ) {
        return Some(Role::Guest);
    }
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
    let label = part.title.as_deref().map(str::to_lowercase).unwrap_or_default();
    let mut role = role_of(&label).unwrap_or(Role::Contributor);
    let mut block = Presented::default();
    for (place, line) in lines.iter().enumerate() {
        if place == 0 && part.title.as_deref() == Some(trimmed(&line.text)) {
            continue;
        }
        let labelled = label_of(line, part.title.as_deref().filter(|_| place == 0));
        if let Some((found, _)) = labelled {
            role = role_of(&found.to_lowercase()).unwrap_or(role);
        } else if !block.holds(line) || part.kind == SegmentKind::Boilerplate && !line.is_item() {
            continue;
        }
        let names = match labelled {
            // `Special guest Ada Lovelace joins us` is a sentence.
            Some((_, rest)) if rest.starts_with(' ') && !line.text.contains(':') => {
                prose::names_at_start(rest)
            }
            Some((_, rest)) => names::listed(rest),
            None if part.kind == SegmentKind::Boilerplate => names::before_label(&line.text),
            None => names::listed(&line.text),
        };
        let spelled = names::handle(&line.text).filter(|_| names.is_empty() && line.is_item());
        let found = resolver.of_line(document, line);
        for name in names.into_iter().chain(spelled.filter(|_| part.kind == SegmentKind::People)) {
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

/// The label that a line begins with, and the rest: `Hosts: ...`, `Special guest ...`.
fn label_of<'a>(line: &'a Line, title: Option<&str>) -> Option<(&'a str, &'a str)> {
    if let Some(label) = line.before_colon() {
        let rest = line.text[label.len()..].trim_start_matches([':', '：']);
        if role_of(&label.to_lowercase()).is_some() || title == Some(trimmed(label)) {
            return Some((label, rest));
        }
    }
    names::after_label(&line.text)
}

/// How far the persons of a block go: a list, or the lines of one paragraph; a label ends them.
#[derive(Default)]
struct Presented {
    items: bool,
    joined: bool,
    begun: bool,
    over: bool,
}

impl Presented {
    fn holds(&mut self, line: &Line) -> bool {
        let item = line.is_item() || line.block.shape == Shape::Row;
        let leaves = self.begun && (self.items && !item || self.joined && !line.block.joined && !item);
        let label = line.ends_with_colon() || line.is_heading();
        self.over |= leaves || self.begun && label;
        self.items |= item && !self.begun;
        self.joined |= line.block.joined;
        self.begun |= !label;
        !self.over && line.block.depth <= 1
    }
}
