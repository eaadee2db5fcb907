//! Words that are links themselves, on terminals that show them (OSC 8):
//! <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>.

use std::fmt::Write as _;

use url::Url;

/// Terminals take no longer addresses (VTE: 2083 bytes).
const LONGEST: usize = 2000;

/// An address that may stand in the sequence: of the web or of mail, in printable ASCII.
pub(super) fn target(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"))?;
    let is_plain = |c: u8| c.is_ascii_graphic();
    // As published where that can be; else as a browser would write it.
    let published = if url.bytes().all(is_plain) { url } else { parsed.as_str() };
    let mut target = String::with_capacity(published.len());
    for byte in published.bytes() {
        if is_plain(byte) {
            target.push(char::from(byte));
        } else {
            let _ = write!(target, "%{byte:02X}");
        }
    }
    (target.len() <= LONGEST).then_some(target)
}

/// Writes words that lead to a [`target`].
pub(super) fn push(out: &mut String, target: &str, words: &str) {
    out.extend(["\u{1b}]8;;", target, "\u{1b}\\", words, "\u{1b}]8;;\u{1b}\\"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_printable_addresses_of_web_and_mail_are_targets() {
        for (url, want) in [
            ("https://a.example", Some("https://a.example")),
            ("HTTP://a.example/x;y?b=1&c=[2]#d", Some("HTTP://a.example/x;y?b=1&c=[2]#d")),
            ("mailto:ada@a.example?subject=a b", Some("mailto:ada@a.example?subject=a%20b")),
            ("https://bücher.example/ä b", Some("https://xn--bcher-kva.example/%C3%A4%20b")),
            ("https://a.example/\u{1b}]8;;\u{1b}\\\u{7}x", Some("https://a.example/%1B]8;;%1B/%07x")),
            ("https://a.example/\u{202e}gpj.exe", Some("https://a.example/%E2%80%AEgpj.exe")),
            ("mailto:a\u{9b}b@a.example", Some("mailto:a%C2%9Bb@a.example")),
            ("javascript:alert(1)", None),
            ("file:///etc/passwd", None),
            ("https://not a host/", None),
            ("no address", None),
        ] {
            assert_eq!(target(url).as_deref(), want, "{url:?}");
        }
        assert_eq!(target(&format!("https://a.example/{}", "x".repeat(2000))), None);
    }
}
