//! Addresses and texts as they may be logged, stored and shown: without secrets and control characters.
//!
//! A secret is what stands before the `@` of an address, the value of a query parameter whose name says so, and whatever
//! the configuration took from the environment or a file ([`hide`]). All else of a text stays as it is, to the byte.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use url::Url;

/// Values that are secrets wherever they stand in an address. They are known to one process, and to all of it.
static HIDDEN: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// A shorter value is part of too many words.
const SHORTEST: usize = 4;

/// From now on this value is left out of every address.
pub fn hide(value: &str) {
    let is_address = value.contains("://");
    if value.len() < SHORTEST || is_address {
        return;
    }
    let mut hidden = HIDDEN.write().unwrap_or_else(PoisonError::into_inner);
    if !hidden.iter().any(|known| known == value) {
        hidden.push(value.to_owned());
    }
}

/// The address without userinfo, and with secret-looking query values replaced by `***`.
pub fn redact(url: &Url) -> String {
    printable(&without_secrets(url.as_str(), str::len))
}

/// A text of unknown make with the addresses in it redacted; to the byte the same where there is nothing to hide.
pub fn redact_text(text: &str) -> String {
    redacted(text).into_owned()
}

/// As [`redact_text`]; a text without addresses costs one look.
pub fn redacted(text: &str) -> Cow<'_, str> {
    without_secrets(text, length)
}

/// Goes from `://` to `://`, one in the path or query of another included; `length` tells how far an address goes.
fn without_secrets(text: &str, length: fn(&str) -> usize) -> Cow<'_, str> {
    if !text.contains("://") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(at) = text[done..].find("://") {
        let start = done + at + 3;
        let next = text[start..].find("://").map_or(text.len(), |at| start + at);
        let end = start + length(&text[start..next]);
        out.push_str(&text[done..start]);
        out.push_str(&address(&text[start..end]));
        done = end;
    }
    out.push_str(&text[done..]);
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// The parts of the address's query that [`redact`] hides: addresses that differ in them look alike.
pub fn hidden_pairs(url: &Url) -> Vec<&str> {
    let pairs = url.query().unwrap_or_default().split(['&', ';']);
    pairs.filter(|text| matches!(pair(text), Cow::Owned(_))).collect()
}

/// What can't be parsed may hold secrets all the same: all before an `@` and all behind a `?` goes.
pub fn blunt(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or((None, url), |(scheme, rest)| (Some(scheme), rest));
    let (address, query) = rest.split_once('?').map_or((rest, ""), |(address, _)| (address, "?***"));
    let bare = address.rsplit_once('@').map_or(address, |(_, bare)| bare);
    let scheme = scheme.map(|scheme| format!("{scheme}://")).unwrap_or_default();
    printable(&format!("{scheme}{bare}{query}"))
}

/// How much of the text behind a `://` is the address: up to what can't stand in one, or closes a bracket around it.
fn length(text: &str) -> usize {
    let mut open = 0_u32;
    let ends = |c: char| {
        match c {
            '(' => open += 1,
            ')' if open == 0 => return true,
            ')' => open -= 1,
            _ => {}
        }
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '`')
    };
    text.find(ends).unwrap_or(text.len())
}

/// An address without its scheme.
fn address(text: &str) -> String {
    let authority = text.find(['/', '\\', '?', '#']).unwrap_or(text.len());
    let start = text[..authority].rfind('@').map_or(0, |at| at + 1);
    let query = text.find(['?', '#']).map_or(text.len(), |at| at + 1);
    let (path, query) = text.split_at(query.max(start));
    let pairs = query.split_inclusive(['&', '#', ';']).map(pair);
    without_hidden(path[start..].to_owned() + &pairs.collect::<String>())
}

/// `name=value` with the separator after it.
fn pair(text: &str) -> Cow<'_, str> {
    let Some((name, value)) = text.split_once('=') else { return Cow::Borrowed(text) };
    let bare = value.trim_end_matches(['&', '#', ';']);
    // A quotation or a sentence may end behind an address.
    let told = bare.trim_end_matches(['.', ',', ':', ')', '\'', '\\']);
    if told.is_empty() || told == "***" || !is_secret(name) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{name}=***{}", &value[told.len()..]))
}

fn without_hidden(mut text: String) -> String {
    for value in HIDDEN.read().unwrap_or_else(PoisonError::into_inner).iter() {
        if text.contains(value.as_str()) {
            text = text.replace(value.as_str(), "***");
        }
    }
    text
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

/// Whether a query parameter of this name usually holds a secret. `author` and `keywords` do not.
fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 8] =
        ["token", "secret", "passw", "signature", "credential", "hmac", "apikey", "authkey"];
    const WORDS: [&str; 22] = [
        "auth",
        "authorization",
        "key",
        "accesskey",
        "feedkey",
        "passkey",
        "privatekey",
        "userkey",
        "keypairid",
        "pass",
        "passphrase",
        "pwd",
        "pw",
        "sig",
        "jwt",
        "session",
        "sessionid",
        "sid",
        "jsessionid",
        "phpsessid",
        "policy",
        "hash",
    ];
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    PARTS.iter().any(|part| name.contains(part)) || words.any(|word| WORDS.contains(&word))
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
        assert_eq!(shown("https://a.example/f#id_token=1&x=2"), "https://a.example/f#id_token=***&x=2");
        assert_eq!(shown("https://a.example?key=me@b/c"), "https://a.example/?key=***");
    }

    #[test]
    fn texts_lose_their_secrets_and_nothing_else() {
        for (text, shown) in [
            (
                "error for url (http://u:p@a.example/?key=1): gone",
                "error for url (http://a.example/?key=***): gone",
            ),
            ("see https://a.example/?token=1, or not.", "see https://a.example/?token=***, or not."),
            ("ftp://u:p@q@a.example", "ftp://a.example"),
            (
                "[a](https://a.example/?sig=1) [b](https://b.example/)",
                "[a](https://a.example/?sig=***) [b](https://b.example/)",
            ),
            (
                "<a href=\"https://a.example/?x=1&amp;token=2\">",
                "<a href=\"https://a.example/?x=1&amp;token=***\">",
            ),
            ("https://a.example/(x)?pass=(1)", "https://a.example/(x)?pass=***)"),
            ("http://a:b@c:d@", "http://"),
            ("<a href='https://a.example/?token=1'>", "<a href='https://a.example/?token=***'>"),
            (
                "https://a.example/r/https://u:p@b.example/it's?key=1",
                "https://a.example/r/https://b.example/it's?key=***",
            ),
        ] {
            assert_eq!(redact_text(text), shown);
            assert_eq!(redact_text(shown), shown, "once is enough");
        }
        for same in [
            "",
            "://",
            "no address at all, me@a.example",
            "https://a.example",
            "https://medium.example/@me/post?author=me&keywords=a,b&design=1",
            "é://é/é",
        ] {
            assert!(matches!(redacted(same), Cow::Borrowed(text) if text == same), "{same}");
        }
        assert_eq!(blunt("me:pw@a.example/f?x=1"), "a.example/f?***");
    }

    #[test]
    fn what_the_configuration_hides_is_hidden_wherever_it_stands_in_an_address() {
        hide("tHe-FeEd-oF-mInE");
        hide("abc");
        assert_eq!(redact_text("at https://a.example/tHe-FeEd-oF-mInE/abc"), "at https://a.example/***/abc");
    }

    #[test]
    fn many_addresses_in_one_text_take_no_longer_each() {
        let text = "https://u:p@a.example/?key=1 ".repeat(50_000);
        assert_eq!(redact_text(&text), "https://a.example/?key=*** ".repeat(50_000));
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[31m\r\n\u{202e}b"), r"a\u{1b}[31m\u{d}\u{a}\u{202e}b");
        assert!(printable(&"x".repeat(9_999)).len() < 2_010);
    }
}
