//! Addresses of Apple Podcasts, and what its look-up service answers about them
//! (<https://performance-partners.apple.com/search-api>).

use serde::Deserialize;

use crate::http::Url;

/// Pages of shows stand on these hosts.
const HOSTS: &[&str] = &["podcasts.apple.com", "itunes.apple.com", "embed.podcasts.apple.com"];

/// What an address says of Apple Podcasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apple {
    /// The show of this number.
    Show(u64),
    /// No show: a chart, a search, a page of a person.
    Other,
}

/// `None`: the address is not Apple's.
pub(super) fn read(url: &Url) -> Option<Apple> {
    let host = url.host_str()?;
    if !HOSTS.contains(&host) || url.path() == "/lookup" {
        return None;
    }
    let number = |part: &str| part.strip_prefix("id")?.parse().ok();
    let found = url.path_segments().and_then(|parts| parts.rev().find_map(number));
    Some(found.map_or(Apple::Other, Apple::Show))
}

/// What to ask the service at `base` about a show.
pub(super) fn question(base: &Url, show: u64) -> Url {
    let mut url = base.clone();
    url.query_pairs_mut().append_pair("id", &show.to_string()).append_pair("entity", "podcast");
    url
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "feedUrl")]
    feed_url: Option<String>,
}

/// The feed that an answer names; `Ok(None)` if it names none. Apple keeps some shows to itself.
pub(super) fn feed(answer: &[u8]) -> Result<Option<Url>, serde_json::Error> {
    let answer: Answer = serde_json::from_slice(answer)?;
    let named = answer.results.into_iter().find_map(|entry| entry.feed_url);
    let url = named.and_then(|url| Url::parse(url.trim()).ok());
    Ok(url.filter(|url| matches!(url.scheme(), "http" | "https")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_are_told_by_their_number() {
        let read = |url: &str| read(&Url::parse(url).unwrap());
        for url in [
            "https://podcasts.apple.com/us/podcast/our-show/id1234567",
            "https://podcasts.apple.com/de/podcast/id1234567?i=1000600",
            "http://itunes.apple.com/us/podcast/our-show/id1234567?mt=2",
            "https://podcasts.apple.com/us/podcast/an-episode/id1234567/",
        ] {
            assert_eq!(read(url), Some(Apple::Show(1_234_567)), "{url}");
        }
        assert_eq!(read("https://podcasts.apple.com/us/charts"), Some(Apple::Other));
        assert_eq!(read("https://podcasts.apple.com/us/podcast/x/id"), Some(Apple::Other));
        assert_eq!(
            read("https://podcasts.apple.com/us/podcast/x/id99999999999999999999"),
            Some(Apple::Other)
        );
        assert_eq!(read("https://podcasts.apple.com.example.net/us/podcast/x/id1"), None);
        assert_eq!(read("https://itunes.apple.com/lookup?id=1"), None);
    }

    #[test]
    fn answers_name_a_feed_or_none() {
        let read = |answer: &str| feed(answer.as_bytes()).ok().map(|url| url.map(String::from));
        let good = r#"{"resultCount":1,"results":[{"kind":"podcast","feedUrl":"https://example.com/rss"}]}"#;
        assert_eq!(read(good), Some(Some("https://example.com/rss".to_owned())));
        for none in
            [r#"{"results":[]}"#, r#"{"results":[{}]}"#, r#"{"results":[{"feedUrl":"file:///etc/passwd"}]}"#]
        {
            assert_eq!(read(none), Some(None), "{none}");
        }
        for broken in ["", "<html>", "{}", "[1]", r#"{"results":3}"#] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }

    #[test]
    fn the_service_is_asked_by_number() {
        let base = Url::parse("https://lookup.example/l").unwrap();
        assert_eq!(question(&base, 7).as_str(), "https://lookup.example/l?id=7&entity=podcast");
    }
}
