//! What people paste where an address is meant.

use std::path::Path;

use crate::http::Url;

/// Words that podcast programs put before an address, or in the place of its `https`.
const SCHEMES: &[&str] = &["feed", "pcast", "itpc", "podcast", "itms-podcasts", "rss"];

/// The address that a text means: `feed:https://...`, `pcast://...` and an address without `https://` are made whole.
pub(super) fn whole(text: &str) -> String {
    let text = text.trim();
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    if SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        let rest = rest.trim_start_matches('/');
        return if has_scheme(rest) { rest.to_owned() } else { format!("https://{rest}") };
    }
    if is_bare(text) { format!("https://{text}") } else { text.to_owned() }
}

/// Whether `https://` is castkeep's own word.
pub(super) fn is_guessed(text: &str) -> bool {
    is_bare(text.trim())
}

/// The address of a file that is here and was named by its path. Nobody's host is called as it is.
pub(super) fn of_file(text: &str) -> Option<Url> {
    let path = Path::new(text.trim());
    let whole = path.canonicalize().ok().filter(|whole| whole.is_file())?;
    Url::from_file_path(whole).ok()
}

fn has_scheme(text: &str) -> bool {
    let start = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    start.starts_with("http://") || start.starts_with("https://")
}

/// A host with a dot, and what may follow one. What has an `@` may be a name and a password: nothing is guessed about it.
fn is_bare(text: &str) -> bool {
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let is_host = name.contains('.') && !name.starts_with('.') && name.chars().all(is_name);
    is_host && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn what_is_pasted_is_made_whole() {
        for (text, want) in [
            ("https://a.example/rss", "https://a.example/rss"),
            ("feed://a.example/rss", "https://a.example/rss"),
            ("feed:http://a.example/rss", "http://a.example/rss"),
            ("FEED:https://a.example/rss", "https://a.example/rss"),
            ("feed://https://a.example/rss", "https://a.example/rss"),
            ("pcast://a.example/rss", "https://a.example/rss"),
            ("itpc://a.example:8080/rss", "https://a.example:8080/rss"),
            ("podcast://a.example/rss", "https://a.example/rss"),
            (" a.example/rss?x=1:2 ", "https://a.example/rss?x=1:2"),
            ("a.example:8080", "https://a.example:8080"),
            ("bücher.example", "https://bücher.example"),
            ("me:word@a.example/rss", "me:word@a.example/rss"),
            ("a.example:word@b.example", "a.example:word@b.example"),
            ("${ADDRESS}", "${ADDRESS}"),
            ("${HOST}.example/rss", "${HOST}.example/rss"),
            ("ftp://a.example/", "ftp://a.example/"),
            ("./feed.xml", "./feed.xml"),
            ("localhost", "localhost"),
            ("", ""),
        ] {
            assert_eq!(whole(text), want, "{text:?}");
        }
    }
}
