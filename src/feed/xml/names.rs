//! Namespaces: which vocabulary a prefix stands for, by the addresses and prefixes seen in real feeds.

/// A vocabulary castkeep reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::feed) enum Ns {
    /// RSS itself in any version: no namespace, or one of those tried for it.
    Rss,
    Atom,
    Itunes,
    Content,
    Dc,
    Dcterms,
    /// Enclosures of RSS 1.0.
    Enc,
    Media,
    Podcast,
    Psc,
    /// RFC 5005, feed history.
    History,
    Googleplay,
    Rawvoice,
    Rdf,
    /// `xml:` itself.
    Xml,
    /// A vocabulary that has no table here, by the prefix most feeds write for it.
    Named(&'static str),
    Other,
}

/// By address: lower case, without scheme, `www.`, outer white space and closing `/` or `#`.
fn of_address(address: &str) -> Option<Ns> {
    let address = address.trim().to_ascii_lowercase();
    let address = address.strip_prefix("https://").or(address.strip_prefix("http://")).unwrap_or(&address);
    let address = address.strip_prefix("www.").unwrap_or(address);
    Some(match address.trim_end_matches(['/', '#']) {
        "backend.userland.com/rss2"
        | "backend.userland.com/rss"
        | "backend.userland.com/rss091"
        | "backend.userland.com/rss092"
        | "blogs.law.harvard.edu/tech/rss"
        | "cyber.law.harvard.edu/rss/rss.html"
        | "purl.org/rss/1.0"
        | "purl.org/rss/2.0"
        | "purl.org/net/rss1.1"
        | "my.netscape.com/publish/formats/rss-0.91.dtd"
        | "my.netscape.com/rdf/simple/0.9"
        | "channel.netscape.com/rdf/simple/0.9" => Ns::Rss,
        "w3.org/2005/atom" | "purl.org/atom/ns" => Ns::Atom,
        "itunes.com/dtds/podcast-1.0.dtd" | "itunes.com/dtds/podcast-1.0" => Ns::Itunes,
        "purl.org/rss/1.0/modules/content" => Ns::Content,
        "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" => Ns::Dc,
        "purl.oclc.org/net/rss_2.0/enc" => Ns::Enc,
        "purl.org/dc/terms" => Ns::Dcterms,
        "search.yahoo.com/mrss" | "search.yahoo.com/mrss/1.0" | "rssboard.org/media-rss" => Ns::Media,
        "podcastindex.org/namespace/1.0" | "podcasting2.org/namespace/1.0" => Ns::Podcast,
        // The page that documents the namespace stands in for it, in any version and spelling of the branch.
        other if other.starts_with("github.com/podcastindex-org/podcast-namespace") => Ns::Podcast,
        "podlove.org/simple-chapters" | "podlove.de/simple-chapters" => Ns::Psc,
        "purl.org/syndication/history/1.0" => Ns::History,
        "google.com/schemas/play-podcasts/1.0" | "google.com/schemas/play-podcasts/1.0/play-podcasts.xsd" => {
            Ns::Googleplay
        }
        "rawvoice.com/rawvoicerssmodule" | "blubrry.com/developer/rawvoice-rss" => Ns::Rawvoice,
        "w3.org/1999/02/22-rdf-syntax-ns" => Ns::Rdf,
        "w3.org/xml/1998/namespace" => Ns::Xml,
        other => return named(other),
    })
}

/// Vocabularies of which castkeep knows nothing but the name: what they say is kept under their usual prefix.
fn named(address: &str) -> Option<Ns> {
    Some(Ns::Named(match address {
        "purl.org/rss/1.0/modules/syndication" => "sy",
        "purl.org/rss/1.0/modules/slash" => "slash",
        "wellformedweb.org/commentapi" => "wfw",
        "purl.org/syndication/thread/1.0" => "thr",
        "rssnamespace.org/feedburner/ext/1.0" => "feedburner",
        "backend.userland.com/creativecommonsrssmodule"
        | "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html" => "creativeCommons",
        "web.resource.org/cc" | "creativecommons.org/ns" => "cc",
        "spotify.com/ns/rss" => "spotify",
        "access.acast.com/schema/1.0" => "podaccess",
        "schema.acast.com/1.0" => "acast",
        "omny.fm/rss-extensions" => "omny",
        "georss.org/georss" => "georss",
        "w3.org/2003/01/geo/wgs84_pos" => "geo",
        "webns.net/mvcb" => "admin",
        "feed.press/xmlns" => "feedpress",
        "anchor.fm/xmlns" => "anchor",
        "fyyd.de/fyyd-ns" => "fyyd",
        _ => return None,
    }))
}

/// By prefix: what feeds that forget to declare one, or misspell its address, mean by it.
fn of_prefix(prefix: &str) -> Option<Ns> {
    Some(match prefix {
        "rss" => Ns::Rss,
        "atom" | "atom10" => Ns::Atom,
        "itunes" => Ns::Itunes,
        "content" => Ns::Content,
        "dc" => Ns::Dc,
        "dcterms" => Ns::Dcterms,
        "enc" => Ns::Enc,
        "media" => Ns::Media,
        "podcast" => Ns::Podcast,
        "psc" => Ns::Psc,
        "fh" => Ns::History,
        "googleplay" => Ns::Googleplay,
        "rawvoice" => Ns::Rawvoice,
        "rdf" => Ns::Rdf,
        "xml" => Ns::Xml,
        _ => return None,
    })
}

impl Ns {
    /// The prefix most feeds write, `""` for the language of the feed itself; `None` for an unknown vocabulary.
    pub(in crate::feed) fn usual_prefix(self) -> Option<&'static str> {
        Some(match self {
            Ns::Rss => "",
            Ns::Atom => "atom",
            Ns::Itunes => "itunes",
            Ns::Content => "content",
            Ns::Dc => "dc",
            Ns::Dcterms => "dcterms",
            Ns::Enc => "enc",
            Ns::Media => "media",
            Ns::Podcast => "podcast",
            Ns::Psc => "psc",
            Ns::History => "fh",
            Ns::Googleplay => "googleplay",
            Ns::Rawvoice => "rawvoice",
            Ns::Rdf => "rdf",
            Ns::Xml => "xml",
            Ns::Named(prefix) => prefix,
            Ns::Other => return None,
        })
    }
}

/// The part of a name before its colon; empty without one.
pub(in crate::feed) fn prefix_of(name: &str) -> &str {
    colon(name).map_or("", |at| &name[..at])
}

/// The part of a name after its colon.
pub(in crate::feed) fn local_of(name: &str) -> &str {
    colon(name).map_or(name, |at| &name[at + 1..])
}

/// Names are short: looking at one byte after the other finds it soonest.
fn colon(name: &str) -> Option<usize> {
    name.bytes().position(|byte| byte == b':')
}

/// More prefixes in force at once than any honest feed has: a cap, so that hostile nesting stays cheap.
const MOST_BINDINGS: usize = 128;

/// The prefixes in force at a place in the document.
#[derive(Debug, Clone)]
pub(in crate::feed) struct Scope<'a> {
    home: Ns,
    bindings: Vec<(&'a str, Ns)>,
}

impl<'a> Scope<'a> {
    /// A scope in which names without a prefix belong to `home`, whatever the root declares: feeds do declare
    /// a default namespace that they do not mean.
    pub(in crate::feed) fn new(home: Ns) -> Self {
        Self { home, bindings: Vec::new() }
    }

    /// Takes in the declarations of the root element or channel, where a default namespace is not believed.
    pub(in crate::feed) fn declare_outer<'v>(
        &mut self,
        attributes: impl Iterator<Item = (&'a str, &'v str)>,
    ) {
        self.bind(attributes.filter(|(name, _)| *name != "xmlns"));
    }

    /// Takes in the declarations of one element; [`Scope::leave`] with the returned mark undoes them.
    pub(in crate::feed) fn bind<'v>(
        &mut self,
        attributes: impl Iterator<Item = (&'a str, &'v str)>,
    ) -> usize {
        let mark = self.bindings.len();
        for (name, address) in attributes {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) if rest.starts_with(':') => &rest[1..],
                _ => continue,
            };
            if self.bindings.len() < MOST_BINDINGS {
                let ns = of_address(address).or_else(|| of_prefix(prefix)).unwrap_or(Ns::Other);
                self.bindings.push((prefix, ns));
            }
        }
        mark
    }

    /// Forgets the declarations taken in since `mark`.
    pub(in crate::feed) fn leave(&mut self, mark: usize) {
        self.bindings.truncate(mark);
    }

    /// The vocabulary of an element's name.
    pub(in crate::feed) fn of(&self, name: &str) -> Ns {
        let prefix = prefix_of(name);
        let declared = self.bindings.iter().rev().find(|(bound, _)| *bound == prefix);
        match declared {
            Some((_, ns)) => *ns,
            None if prefix.is_empty() => self.home,
            None => of_prefix(&prefix.to_ascii_lowercase()).unwrap_or(Ns::Other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_known_in_every_spelling_seen() {
        for address in [
            "http://www.itunes.com/dtds/podcast-1.0.dtd",
            "http://www.itunes.com/DTDs/Podcast-1.0.dtd",
            "https://www.itunes.com/dtds/podcast-1.0.dtd/",
            " http://www.itunes.com/dtds/podcast-1.0.dtd ",
        ] {
            assert_eq!(of_address(address), Some(Ns::Itunes), "{address}");
        }
        for address in [
            "https://podcastindex.org/namespace/1.0",
            "http://PodcastIndex.org/namespace/1.0/",
            "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
            "https://github.com/Podcastindex-org/podcast-namespace/blob/master/docs/1.0.md#funding",
        ] {
            assert_eq!(of_address(address), Some(Ns::Podcast), "{address}");
        }
        for (address, ns) in [
            ("http://www.w3.org/2005/Atom/", Ns::Atom),
            ("http://purl.org/atom/ns#", Ns::Atom),
            ("http://search.yahoo.com/mrss", Ns::Media),
            ("https://www.rssboard.org/media-rss/", Ns::Media),
            ("http://www.google.com/schemas/play-podcasts/1.0", Ns::Googleplay),
            ("https://www.google.com/schemas/play-podcasts/1.0/play-podcasts.xsd", Ns::Googleplay),
            ("http://www.rawvoice.com/rawvoiceRssModule/", Ns::Rawvoice),
            ("https://blubrry.com/developer/rawvoice-rss/", Ns::Rawvoice),
            ("http://podlove.org/simple-chapters", Ns::Psc),
            ("https://podlove.org/simple-chapters/", Ns::Psc),
            ("http://purl.org/syndication/history/1.0", Ns::History),
            ("http://purl.org/dc/terms/", Ns::Dcterms),
            ("http://backend.userland.com/creativeCommonsRssModule", Ns::Named("creativeCommons")),
            ("http://purl.org/rss/1.0/modules/syndication/", Ns::Named("sy")),
        ] {
            assert_eq!(of_address(address), Some(ns), "{address}");
        }
        assert_eq!(of_address("urn:nobody"), None);
    }

    #[test]
    fn a_prefix_means_what_it_declares_and_else_what_it_usually_means() {
        let mut scope = Scope::new(Ns::Rss);
        scope.declare_outer(
            [("xmlns:it", "http://www.itunes.com/dtds/podcast-1.0.dtd"), ("xmlns", "urn:x")].into_iter(),
        );
        assert_eq!(scope.of("it:author"), Ns::Itunes);
        assert_eq!(scope.of("itunes:author"), Ns::Itunes);
        assert_eq!(scope.of("title"), Ns::Rss);
        assert_eq!(scope.of("nobody:title"), Ns::Other);
        let mark = scope.bind([("xmlns", "http://www.w3.org/2005/Atom")].into_iter());
        assert_eq!(scope.of("link"), Ns::Atom);
        scope.leave(mark);
        assert_eq!(scope.of("link"), Ns::Rss);
    }
}
