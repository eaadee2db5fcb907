//! Addresses and texts as they may be logged, stored and shown: without secrets and control characters.

use url::Url;

/// The address without userinfo, and with secret-looking query values replaced by `***`.
pub fn redact(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for addresses that can't hold userinfo.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    if let Some(query) = url.query() {
        shown.set_query(Some(&redact_query(query)));
    }
    printable(shown.as_str())
}

/// A text of unknown make with the addresses in it redacted.
pub fn redact_text(text: &str) -> String {
    let hide = |word: &str| {
        let start = word.find("http://").or_else(|| word.find("https://"))?;
        let (before, rest) = word.split_at(start);
        let end = rest.find([')', '"', '\'', '>', ',']).unwrap_or(rest.len());
        let shown = Url::parse(&rest[..end]).map_or_else(|_| blunt(&rest[..end]), |url| redact(&url));
        Some(format!("{before}{shown}{}", &rest[end..]))
    };
    text.split(' ').map(|word| hide(word).unwrap_or_else(|| word.to_owned())).collect::<Vec<_>>().join(" ")
}

/// What can't be parsed may hold secrets all the same: all before an `@` and all behind a `?` goes.
fn blunt(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (address, query) = rest.split_once('?').map_or((rest, ""), |(address, _)| (address, "?***"));
    let bare = address.rsplit_once('@').map_or(address, |(_, bare)| bare);
    printable(&format!("{scheme}://{bare}{query}"))
}

/// The text with control characters, and those that turn the direction of writing, as escapes; cut at 2,000 bytes.
pub fn printable(text: &str) -> String {
    const LONGEST: usize = 2_000;
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for c in text.chars() {
        if out.len() >= LONGEST {
            out.push('…');
            break;
        }
        if c.is_control() || is_directional(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn redact_query(query: &str) -> String {
    let hide = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_secret(name) => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    query.split('&').map(hide).collect::<Vec<_>>().join("&")
}

/// Whether a query parameter of this name usually holds a secret.
fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 12] = [
        "auth",
        "token",
        "key",
        "passw",
        "pwd",
        "secret",
        "sig",
        "credential",
        "session",
        "hmac",
        "hash",
        "policy",
    ];
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "pass" | "pw" | "user" | "sid" | "uid")
        || PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_leave_the_process() {
        let shown = |url: &str| redact(&url.parse().unwrap());
        assert_eq!(shown("https://me:pw@a.example/rss"), "https://a.example/rss");
        assert_eq!(
            shown("https://a.example/f?auth=abc&page=2&X-Amz-Signature=99&access_token="),
            "https://a.example/f?auth=***&page=2&X-Amz-Signature=***&access_token="
        );
        assert_eq!(
            redact_text("error for url (http://u:p@a.example/?key=1): gone"),
            "error for url (http://a.example/?key=***): gone"
        );
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[31m\r\n\u{202e}b"), r"a\u{1b}[31m\u{d}\u{a}\u{202e}b");
        assert!(printable(&"x".repeat(9_999)).len() < 2_010);
    }
}
