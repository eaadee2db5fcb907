//! Tags within the text of a cue -> words and who says them.

use super::clock;
use crate::text::decode_references;

/// The tags that subtitles are written with. Others, as in `Vec<String>`, are words that were said.
const TAGS: [&str; 20] = [
    "c", "i", "b", "u", "s", "v", "lang", "ruby", "rt", "font", "span", "p", "br", "div", "em", "strong",
    "cite", "small", "q", "a",
];

/// No tag is longer (bytes): a `<` without its `>` is a character.
const LONGEST_TAG: usize = 400;

/// A run of words of one speaker.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Voice {
    pub(super) speaker: Option<String>,
    pub(super) text: String,
}

/// The words of a cue without tags, one run a speaker (`<v Anna>`). Runs without words are left out.
pub(super) fn voices(text: &str) -> Vec<Voice> {
    let mut voices = vec![Voice::default()];
    let mut raw = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        raw.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some((tag, after)) = tag(rest) else {
            raw.push_str(&rest[..1]);
            rest = &rest[1..];
            continue;
        };
        match tag {
            Tag::Voice(name) => {
                close(&mut voices, &mut raw);
                voices.push(Voice { speaker: name, text: String::new() });
            }
            Tag::Break => raw.push('\n'),
            Tag::Style => {}
        }
        rest = after;
    }
    raw.push_str(rest);
    close(&mut voices, &mut raw);
    voices.retain(|voice| !voice.text.is_empty());
    voices
}

fn close(voices: &mut [Voice], raw: &mut String) {
    if let Some(voice) = voices.last_mut() {
        voice.text = joined(&decode_references(raw));
    }
    raw.clear();
}

enum Tag {
    Voice(Option<String>),
    Break,
    Style,
}

/// The tag at the beginning of a text, and what follows it.
fn tag(text: &str) -> Option<(Tag, &str)> {
    if text.starts_with('{') {
        // `{\an8}`: where on the screen (SubStation Alpha).
        let end = text.starts_with("{\\").then(|| end(text, b'}')).flatten()?;
        return Some((Tag::Style, &text[end + 1..]));
    }
    let end = end(text, b'>')?;
    let (inner, after) = (&text[1..end], &text[end + 1..]);
    if clock::leading(inner).is_some_and(|(_, rest)| rest.is_empty()) {
        return Some((Tag::Style, after));
    }
    let closing = inner.strip_prefix('/');
    let body = closing.unwrap_or(inner);
    let name_ends = body.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(body.len());
    let name = body[..name_ends].to_ascii_lowercase();
    if !TAGS.contains(&name.as_str()) {
        return None;
    }
    let tag = match (name.as_str(), closing) {
        ("v", None) => Tag::Voice(voice(body)),
        ("v", Some(_)) => Tag::Voice(None),
        ("br" | "p" | "div", _) => Tag::Break,
        _ => Tag::Style,
    };
    Some((tag, after))
}

fn end(text: &str, sign: u8) -> Option<usize> {
    memchr::memchr(sign, &text.as_bytes()[..text.len().min(LONGEST_TAG)])
}

/// The name in `v.loud Anna Bell`.
fn voice(body: &str) -> Option<String> {
    let (_, name) = body.split_once(char::is_whitespace)?;
    let name = joined(&decode_references(name));
    (!name.is_empty()).then_some(name)
}

/// One line of what was laid out in several: joined by spaces; a dash that opens a speaker's line keeps its line.
pub(super) fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.split_whitespace().peekable();
        let Some(first) = words.peek() else { continue };
        if !out.is_empty() {
            let dialogue = first.starts_with(['-', '–', '—']);
            match (dialogue, wide(out.chars().next_back()) && wide(first.chars().next())) {
                (true, _) => out.push('\n'),
                (false, true) => {}
                (false, false) => out.push(' '),
            }
        }
        for (at, word) in words.enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// A character of a script that sets no spaces between words.
fn wide(c: Option<char>) -> bool {
    c.is_some_and(
        |c| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ff65}'),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Option<String>, String)> {
        voices(text).into_iter().map(|voice| (voice.speaker, voice.text)).collect()
    }

    #[test]
    fn tags_go_and_words_stay() {
        for (text, words) in [
            ("<i>Well</i>, <c.yellow>yes</c>", "Well, yes"),
            ("One <00:00:01.500>two", "One two"),
            ("{\\an8}Above", "Above"),
            ("a {b} c", "a {b} c"),
            ("Vec<String> and 1 < 2 > 0", "Vec<String> and 1 < 2 > 0"),
            ("Salt &amp; pepper &lt;3", "Salt & pepper <3"),
            ("one\ntwo", "one two"),
            ("- Hi.\n- Hello.", "- Hi.\n- Hello."),
            ("今日は\n良い天気", "今日は良い天気"),
            ("a<br/>b", "a b"),
            ("<b", "<b"),
        ] {
            assert_eq!(said(text), [(None, words.to_owned())], "{text}");
        }
        assert_eq!(said("<i></i> "), []);
    }

    #[test]
    fn voices_are_parted() {
        let named = |name: &str, text: &str| (Some(name.to_owned()), text.to_owned());
        assert_eq!(said("<v.loud Anna Bell>Hi!"), [named("Anna Bell", "Hi!")]);
        assert_eq!(said("<v Anna>Hi</v> <v Ben>Hello</v>"), [named("Anna", "Hi"), named("Ben", "Hello")]);
    }
}
