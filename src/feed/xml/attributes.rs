//! Attributes of a tag, quoted or not.

use std::borrow::Cow;

use memchr::memchr;

use super::resolve_all;

/// More attributes than any honest tag has; what follows them is not read.
const MOST_ATTRIBUTES: usize = 256;

/// The attributes of a tag in their order, references replaced, values as written otherwise.
/// `tag` is what stands between `<` and `>`. Of two with one name, a reader should take the first.
pub(in crate::feed) fn attributes(tag: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let name_end =
        tag.bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'/').unwrap_or(tag.len());
    let mut rest = &tag[name_end..];
    std::iter::from_fn(move || {
        let (name, value, after) = next(rest)?;
        rest = after;
        Some((name, resolve_all(value).0))
    })
    .take(MOST_ATTRIBUTES)
}

/// The first attribute of `rest`: its name, its raw value, and what follows it.
fn next(rest: &str) -> Option<(&str, &str, &str)> {
    let passed = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'=' | b'"' | b'\'');
    let begin = rest.bytes().position(|byte| !passed(&byte))?;
    let rest = &rest[begin..];
    let name_end = rest.bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'=');
    let (name, after) = rest.split_at(name_end.unwrap_or(rest.len()));
    let Some(value) = after.trim_ascii_start().strip_prefix('=') else { return Some((name, "", after)) };
    let value = value.trim_ascii_start();
    if let Some(quote @ (b'"' | b'\'')) = value.bytes().next() {
        let quoted = &value[1..];
        let end = memchr(quote, quoted.as_bytes()).unwrap_or(quoted.len());
        return Some((name, &quoted[..end], quoted.get(end + 1..).unwrap_or("")));
    }
    let end = value.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(value.len());
    let bare = &value[..end];
    let closes = end == value.len() && bare.ends_with('/') && !bare.contains("://");
    Some((name, if closes { &bare[..end - 1] } else { bare }, &value[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_however_they_are_quoted() {
        let read = |tag| attributes(tag).map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>();
        assert_eq!(read(r#"a url="x?a=1&amp;b=2" length='5'"#), ["url=x?a=1&b=2", "length=5"]);
        assert_eq!(read("a url=http://x/ length=12/"), ["url=http://x/", "length=12"]);
        assert_eq!(read("a url=\"x\"length='1' flag"), ["url=x", "length=1", "flag="]);
        assert_eq!(read("a url = \"open"), ["url=open"]);
        assert!(read("a").is_empty());
        assert_eq!(attributes(&format!("a {}", "b='1' ".repeat(100_000))).count(), MOST_ATTRIBUTES);
    }
}
