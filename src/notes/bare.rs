//! Addresses written out in text: `https://example.org/a`, `www.example.org`.

const STARTS: &[&str] = &["https://", "http://", "www."];

/// The web addresses in a text, first to last.
pub(super) fn addresses(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    // Most text has none: say so at the speed of a search.
    if !may_hold_one(text.as_bytes()) {
        return found;
    }
    let mut from = 0;
    while let Some(start) = next_start(text, from) {
        let length = length(&text[start..]);
        let address = &text[start..start + length];
        if has_host(address) {
            found.push(address);
        }
        from = start + length.max(1);
    }
    found
}

fn may_hold_one(text: &[u8]) -> bool {
    holds_scheme(text)
        || memchr::memchr2_iter(b'w', b'W', text)
            .any(|at| matches!(text[at..], [b'w', b'w', b'w', b'.', ..] | [b'W', b'W', b'W', b'.', ..]))
}

/// Whether `://` stands in a text.
pub(super) fn holds_scheme(text: &[u8]) -> bool {
    memchr::memchr_iter(b':', text).any(|at| text[at + 1..].starts_with(b"//"))
}

/// `www.example.org`: nobody means a file of that name.
pub(super) fn is_without_scheme(address: &str) -> bool {
    address.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) && has_host(address)
}

/// The address with a scheme: `www.` alone means http.
pub(super) fn with_scheme(address: &str) -> String {
    if address.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
        return format!("http://{address}");
    }
    address.to_owned()
}

fn next_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find(|&at| {
        matches!(bytes[at], b'h' | b'H' | b'w' | b'W')
            && STARTS.iter().any(|start| {
                bytes.len() >= at + start.len()
                    && bytes[at..at + start.len()].eq_ignore_ascii_case(start.as_bytes())
            })
            && text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric())
    })
}

/// Up to white space or a quote; without the punctuation of the sentence around it.
fn length(text: &str) -> usize {
    // `[words](address)` that did not become a link, and `address](address)`.
    let ends = |(at, c): &(usize, char)| ends_address(*c) || *c == ']' && text[at + 1..].starts_with('(');
    let end = text.char_indices().find(ends).map_or(text.len(), |(at, _)| at);
    let mut address = &text[..end];
    let spare = |open, close| address.matches(close).count().saturating_sub(address.matches(open).count());
    let (mut round, mut square) = (spare('(', ')'), spare('[', ']'));
    loop {
        let Some(last) = address.chars().next_back() else { return 0 };
        let odd = match last {
            ')' => take_one(&mut round),
            ']' => take_one(&mut square),
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '*' | '}' => true,
            _ => false,
        };
        if !odd {
            return address.len();
        }
        address = &address[..address.len() - last.len_utf8()];
    }
}

/// Whether there was one left.
fn take_one(count: &mut usize) -> bool {
    let some = *count > 0;
    *count = count.saturating_sub(1);
    some
}

fn ends_address(c: char) -> bool {
    let quote = matches!(c, '<' | '>' | '"' | '“' | '”' | '「' | '」' | '|' | '`' | '\\');
    quote || c.is_whitespace() || matches!(c, '，' | '。' | '）' | '（' | '…')
}

fn has_host(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.starts_with(|c: char| c.is_alphanumeric() || c == '[')
        && (address.contains("://") || host.matches('.').count() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_sentences() {
        for (text, want) in [
            ("see https://a.example/x.", vec!["https://a.example/x"]),
            ("(http://a.example/x_(y)), www.b.example!", vec!["http://a.example/x_(y)", "www.b.example"]),
            ("https://a.example](https://a.example)", vec!["https://a.example", "https://a.example"]),
            ("xhttp://a.example www. http://", vec![]),
            ("https://a.example/ä?b=1&c=2#d", vec!["https://a.example/ä?b=1&c=2#d"]),
        ] {
            assert_eq!(addresses(text), want, "{text}");
        }
    }
}
