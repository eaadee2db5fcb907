//! Who belongs to a show, as its feed has it: so that notes which name them need not guess.

use std::collections::BTreeSet;

use super::text::trimmed;
use super::{blocks, names, prose};
use crate::model::{Credit, Digest, Role};

/// The persons of a show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cast {
    /// The show's title, in lower case.
    title: String,
    /// The show's authors (`itunes:author`) and those its description presents as hosts (`notes:show`).
    pub credits: Vec<Credit>,
    /// Whoever runs the show: wherever notes name them, they are no guests.
    hosts: Vec<String>,
    /// Others whom the description names: a subject, perhaps a host, rarely a guest.
    named: Vec<String>,
}

impl Cast {
    /// From the show's title, author field and description, and the persons that its feed names outright.
    pub fn of(
        title: Option<&str>,
        author: Option<&str>,
        description: Option<&str>,
        persons: &[Credit],
    ) -> Self {
        let title = title.unwrap_or_default().to_lowercase();
        let mut cast = Self { title, ..Self::default() };
        let hosts: BTreeSet<&str> = persons
            .iter()
            .filter(|person| person.role == Role::Host)
            .map(|host| host.name.as_str())
            .collect();
        cast.hosts.extend(hosts.into_iter().map(str::to_owned));
        let authors = author.map(split).unwrap_or_default();
        for name in authors.iter().filter(|name| prose::is_whole_name(name)) {
            cast.credit(name.clone(), Role::Author, "itunes:author");
        }
        // A first name is nobody in particular, but no guest of this show.
        cast.hosts.extend(authors.into_iter().filter(|name| !name.contains(' ')));
        let text = description.map(plain).unwrap_or_default();
        let named = prose::hosts(&text);
        for name in named.hosts {
            cast.credit(name, Role::Host, "notes:show");
        }
        cast.named = named.others;
        cast
    }

    fn credit(&mut self, name: String, role: Role, source: &str) {
        if !self.hosts.contains(&name) {
            self.hosts.push(name.clone());
        }
        self.credits.push(credit(name, role, source));
    }

    /// Runs the show, by the whole name, or by the first where that is all there is.
    pub(super) fn has_host(&self, name: &str) -> bool {
        self.hosts.iter().any(|host| is_named(host, name))
    }

    /// The one host whose first name this is.
    pub(super) fn whole_name(&self, first: &str) -> Option<&str> {
        let is =
            |host: &&String| host.split_once(' ').is_some_and(|(name, _)| name.eq_ignore_ascii_case(first));
        let mut hosts = self.hosts.iter().filter(is);
        hosts.next().filter(|_| hosts.next().is_none()).map(String::as_str)
    }

    /// A key of all that a cast says of notes.
    pub fn key(&self) -> u64 {
        Digest::of(format!("{:?}", (&self.title, &self.hosts, &self.named)).as_bytes()).prefix()
    }

    /// The show bears this name, or one of these words and more: whoever is called so is no guest of it.
    pub(super) fn is_show(&self, name: &str) -> bool {
        self.title.contains(&name.to_lowercase()) && !self.has_host(name)
    }

    /// It is known who runs the show.
    pub(super) fn tells_hosts(&self) -> bool {
        !self.hosts.is_empty()
    }

    /// The show tells of this person, whether or not they are heard.
    pub(super) fn has_named(&self, name: &str) -> bool {
        self.named.iter().any(|other| is_named(other, name))
    }
}

/// The author field of one item: a credit for each of the persons it names.
pub fn authors(field: &str) -> impl Iterator<Item = Credit> {
    let names = split(field).into_iter().filter(|name| prose::is_whole_name(name));
    names.map(|name| credit(name, Role::Author, "itunes:author"))
}

/// The names of an author field: `Ada Lovelace and Grace Hopper (@grace)`.
fn split(field: &str) -> Vec<String> {
    let end = field.find(['(', '<', '[', '@']).unwrap_or(field.len());
    names::split(trimmed(&field[..end]))
}

fn credit(name: String, role: Role, source: &str) -> Credit {
    Credit { name, url: None, image_url: None, role, source: source.to_owned() }
}

/// `Ada` is Ada Lovelace; capitals do not matter.
fn is_named(whole: &str, name: &str) -> bool {
    let (whole, name) = (whole.to_lowercase(), name.to_lowercase());
    whole == name || !name.contains(' ') && whole.split(' ').next() == Some(name.as_str())
}

/// A description without its tags.
fn plain(description: &str) -> String {
    let document = blocks::read(description);
    let lines: Vec<String> = document
        .blocks
        .iter()
        .map(|block| document.of_runs(document.runs_of(block)).replace('\n', " "))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(author: Option<&str>, description: &str) -> Vec<(String, Role, String)> {
        let cast = Cast::of(Some("The Engine Room"), author, Some(description), &[]);
        cast.credits.into_iter().map(|credit| (credit.name, credit.role, credit.source)).collect()
    }

    #[test]
    fn authors_are_persons() {
        for (field, want) in [
            ("Ada Lovelace", vec!["Ada Lovelace"]),
            ("Ada Lovelace (@ada)", vec!["Ada Lovelace"]),
            ("Ada Lovelace and Grace Hopper", vec!["Ada Lovelace", "Grace Hopper"]),
            (
                "Ada Lovelace, Grace Hopper & Emmy Noether",
                vec!["Ada Lovelace", "Grace Hopper", "Emmy Noether"],
            ),
            ("Ada Lovelace, Meet the Press", vec!["Ada Lovelace"]),
            ("Engine Media", vec![]),
            ("ENGINE FM", vec![]),
            ("8th Kind", vec![]),
            ("Ada", vec![]),
        ] {
            let names: Vec<String> = authors(field).map(|credit| credit.name).collect();
            assert_eq!(names, want, "{field}");
        }
    }

    #[test]
    fn descriptions_name_hosts() {
        for (description, want) in [
            (
                "Engines explained. Hosted by Ada Lovelace and Grace Hopper.",
                vec!["Ada Lovelace", "Grace Hopper"],
            ),
            ("<p>Join your host, <b>Ada Lovelace</b>, every week.</p>", vec!["Ada Lovelace"]),
            ("Ada Lovelace and Grace Hopper used to build engines.", vec!["Ada Lovelace", "Grace Hopper"]),
            ("Ada Lovelace spricht mit Gästen.", vec!["Ada Lovelace"]),
            ("The story of Mary Somerville, with guests such as Emmy Noether.", vec![]),
            ("Engine Room is a show about engines.", vec![]),
        ] {
            let names: Vec<String> = shown(None, description).into_iter().map(|(name, ..)| name).collect();
            assert_eq!(names, want, "{description}");
        }
    }

    #[test]
    fn who_runs_the_show_is_no_guest_of_it() {
        let cast = Cast::of(Some("The Engine Room"), Some("Ada Lovelace"), None, &[]);
        assert!(cast.has_host("Ada Lovelace") && cast.has_host("Ada") && !cast.has_host("Grace"));
        assert!(cast.is_show("Engine Room"));
    }
}
