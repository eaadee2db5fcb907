//! A web page -> the feeds that it names, as browsers and podcast programs find them: `<link rel="alternate">` with the media
//! type of a feed (the autodiscovery of RSS and of Atom, and of JSON Feed 1.1).

use std::collections::HashSet;

use url::Url;

use super::Hints;
use crate::text::markup::{Token, Tokens, attribute};
use crate::text::{decode_bytes, decode_references};

/// How much of a page is looked at, in bytes: links stand in its head, and heads are short.
const LOOKED_AT: usize = 2 * 1024 * 1024;
/// A page that names more feeds than this is none of a show.
const MOST: usize = 100;
/// What is longer is no address.
const LONGEST: usize = 8 * 1024;

/// The media types of feeds. XML and JSON of no kind are left to the pages that mean something else by them.
const TYPES: &[&str] =
    &["application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"];

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its address, absolute: http or https.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
}

/// The feeds that a page names, in its order, each once.
pub fn links(page: &[u8], hints: Hints<'_>) -> Vec<Link> {
    let (text, _) = decode_bytes(&page[..page.len().min(LOOKED_AT)], hints.content_type);
    let mut base = hints.url.cloned();
    let mut has_base = false;
    let (mut links, mut seen) = (Vec::new(), HashSet::new());
    for token in Tokens::new(&text) {
        let Token::Start { name, attributes, .. } = token else { continue };
        if name.eq_ignore_ascii_case("base") && !has_base {
            // The first one counts.
            if let Some(url) = attribute(attributes, "href").and_then(|href| absolute(base.as_ref(), href)) {
                (base, has_base) = (Some(url), true);
            }
        } else if name.eq_ignore_ascii_case("link")
            && let Some(link) = link(attributes, base.as_ref())
            && seen.insert(link.url.clone())
        {
            links.push(link);
        }
        if links.len() == MOST {
            break;
        }
    }
    links
}

fn link(attributes: &str, base: Option<&Url>) -> Option<Link> {
    let rel = attribute(attributes, "rel")?;
    let is_alternate = rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("alternate"));
    let media_type = attribute(attributes, "type")?.split(';').next()?.trim();
    let is_feed = TYPES.iter().any(|known| known.eq_ignore_ascii_case(media_type));
    if !is_alternate || !is_feed || is_of_an_api(attributes) {
        return None;
    }
    let title = attribute(attributes, "title").map(|title| decode_references(title).trim().to_owned());
    let url = absolute(base, attribute(attributes, "href")?)?;
    Some(Link { url, title: title.filter(|title| !title.is_empty()) })
}

/// WordPress names the page itself as `application/json`, by the address of its interface for programs.
fn is_of_an_api(attributes: &str) -> bool {
    attribute(attributes, "href").is_some_and(|href| href.contains("/wp-json/"))
}

fn absolute(base: Option<&Url>, href: &str) -> Option<Url> {
    let href = decode_references(href);
    let href = href.trim();
    if href.is_empty() || href.len() > LONGEST {
        return None;
    }
    let url = base.map_or_else(|| Url::parse(href), |base| base.join(href)).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str) -> Vec<(String, Option<String>)> {
        let url = Url::parse("https://example.com/shows/ours").unwrap();
        let hints = Hints { content_type: None, url: Some(&url) };
        links(page.as_bytes(), hints).into_iter().map(|link| (link.url.into(), link.title)).collect()
    }

    fn named(url: &str, title: &str) -> (String, Option<String>) {
        (url.to_owned(), Some(title.to_owned()))
    }

    #[test]
    fn relative_addresses_titles_and_types() {
        let page = "<!doctype html><HTML><head><title>x <link></title><LINK REL='stylesheet alternate' TYPE='Application/RSS+XML; charset=utf-8' \
                    HREF=/feed?a=1&amp;b=2 title=\"Tom &amp; Ann\"><link rel=alternate type=application/atom+xml href=atom.xml>\
                    <link rel=alternate type='application/feed+json' href='//cdn.example.net/feed.json' title=' '>\
                    <link rel=alternate type=text/html hreflang=de href=/de><link rel=icon type=application/rss+xml href=/i>\
                    <link rel=alternate type=application/json href='https://example.com/wp-json/wp/v2/pages/1'>\
                    <!-- <link rel=alternate type=application/rss+xml href=/old> --><link rel=alternate type=application/rss+xml href='javascript:x'>";
        assert_eq!(
            found(page),
            [
                named("https://example.com/feed?a=1&b=2", "Tom & Ann"),
                ("https://example.com/shows/atom.xml".to_owned(), None),
                ("https://cdn.example.net/feed.json".to_owned(), None),
            ]
        );
    }

    #[test]
    fn the_base_of_the_page_counts_and_each_feed_once() {
        let page = "<base href='https://pods.example/a/'><base href='https://no.example/'>\
                    <link rel=alternate type=application/rss+xml href=rss title=Ours>\
                    <link rel=alternate type=application/rss+xml href=/a/rss title=Again>";
        assert_eq!(found(page), [named("https://pods.example/a/rss", "Ours")]);
    }

    #[test]
    fn broken_pages_are_read_as_far_as_they_go() {
        let page = "<link rel=\"alternate type=x><p><link rel=alternate type=application/rss+xml href=\"/feed\" <b></html";
        assert_eq!(found(page), []);
        let page = "</head></p><<link rel=alternate type=application/rss+xml href=/feed></body>";
        assert_eq!(found(page), [("https://example.com/feed".to_owned(), None)]);
        assert_eq!(found(""), []);
        assert_eq!(links(&[0xff, 0xfe, b'<', 0, b'l'], Hints::default()), []);
    }

    #[test]
    fn a_page_of_nothing_but_links_ends() {
        let many: String = (0..100_000)
            .map(|n| format!("<link rel=alternate type=application/rss+xml href=/{n}>"))
            .collect();
        assert_eq!(found(&many).len(), MOST);
        assert_eq!(found(&"<link ".repeat(200_000)), []);
    }
}
