//! Bytes to text: byte order mark, else XML declaration, else `Content-Type`, else UTF-8, else windows-1252.
//!
//! A declaration is what somebody once typed into a template; the bytes are what the program behind it does. So
//! bytes that are UTF-8 beyond doubt are read as UTF-8 whatever is declared, and bytes declared UTF-8 that are
//! not are read line by line as windows-1252, the encoding that is left out of by mistake most often.

use std::borrow::Cow;

use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

/// How far into the bytes an XML declaration is looked for: feeds are met with a PHP warning in front.
const DECLARATION_WITHIN: usize = 4096;

/// The text of `bytes`, and what had to be assumed to read it.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> (Cow<'a, str>, Vec<String>) {
    let mut notes = Vec::new();
    let text = match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, &mut notes),
        [0xff, 0xfe, rest @ ..] => whole(UTF_16LE, rest, &mut notes),
        [0xfe, 0xff, rest @ ..] => whole(UTF_16BE, rest, &mut notes),
        // No mark, but `<` in UTF-32 or UTF-16.
        [b'<', 0, 0, 0, ..] => utf32(bytes, u32::from_le_bytes),
        [0, 0, 0, b'<', ..] => utf32(bytes, u32::from_be_bytes),
        [b'<', 0, ..] => whole(UTF_16LE, bytes, &mut notes),
        [0, b'<', ..] => whole(UTF_16BE, bytes, &mut notes),
        _ => by_label(bytes, content_type, &mut notes),
    };
    (text, notes)
}

/// Reads bytes in which ASCII is ASCII.
fn by_label<'a>(bytes: &'a [u8], content_type: Option<&str>, notes: &mut Vec<String>) -> Cow<'a, str> {
    let declared = declared(bytes).map(|label| (label, "declares"));
    let labels =
        declared.into_iter().chain(content_type.and_then(charset).map(|label| (label, "was sent as")));
    let mut encodings = Vec::new();
    for (label, how) in labels {
        match Encoding::for_label(label.as_bytes()) {
            // What declares itself in single bytes can't be UTF-16: the declaration was left over from another file.
            Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {}
            Some(encoding) => encodings.push(encoding),
            None => notes
                .push(format!("the document {how} the unknown encoding {label:?}, which was passed over")),
        }
    }
    let first = encodings.first().copied().unwrap_or(UTF_8);
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        if first == UTF_8 || text.is_ascii() && !is_seven_bit(first) {
            return Cow::Borrowed(text);
        }
        let legacy = (!first.is_single_byte()).then(|| convert(first, bytes)).filter(|(_, failed)| !failed);
        let Some((legacy, _)) = legacy else {
            notes.push(format!(
                "the document is not the {} it says, but UTF-8, and was read as such",
                first.name()
            ));
            return Cow::Borrowed(text);
        };
        return Cow::Owned(legacy);
    }
    match encodings.iter().find(|encoding| **encoding != UTF_8) {
        Some(encoding) => {
            if *encoding != first {
                notes.push(format!(
                    "the document is not the UTF-8 it declares and was read as {}",
                    encoding.name()
                ));
            }
            whole(encoding, bytes, notes)
        }
        None => utf8(bytes, notes),
    }
}

/// An encoding in which bytes below 0x80 are not all ASCII.
fn is_seven_bit(encoding: &'static Encoding) -> bool {
    encoding.name() == "ISO-2022-JP"
}

fn whole<'a>(encoding: &'static Encoding, bytes: &'a [u8], notes: &mut Vec<String>) -> Cow<'a, str> {
    let (text, failed) = convert(encoding, bytes);
    if failed {
        notes.push(format!("some bytes are not {}: they stand as U+FFFD", encoding.name()));
    }
    Cow::Owned(text)
}

/// The text, and whether some bytes were none. Room is made for what the bytes are likely to need and not for what
/// they might, which is three times as much.
fn convert(encoding: &'static Encoding, bytes: &[u8]) -> (String, bool) {
    let longer = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let mut text = String::with_capacity(bytes.len() + longer + 64);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut rest, mut failed) = (bytes, false);
    loop {
        let (result, read, replaced) = decoder.decode_to_string(rest, &mut text, true);
        failed |= replaced;
        rest = &rest[read..];
        match result {
            CoderResult::InputEmpty => return (text, failed),
            CoderResult::OutputFull => text.reserve_exact(rest.len() + 64),
        }
    }
}

/// Reads UTF-8. A line that is none is windows-1252 where it holds no valid UTF-8 beside ASCII, and keeps its
/// sound characters where it does.
fn utf8<'a>(bytes: &'a [u8], notes: &mut Vec<String>) -> Cow<'a, str> {
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut guessed, mut broken) = (String::with_capacity(bytes.len()), 0_usize, 0_usize);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match std::str::from_utf8(line) {
            Ok(text) => out.push_str(text),
            Err(_) if line.utf8_chunks().all(|chunk| chunk.valid().is_ascii()) => {
                guessed += 1;
                out.push_str(&WINDOWS_1252.decode_without_bom_handling(line).0);
            }
            Err(_) => {
                broken += 1;
                out.push_str(&String::from_utf8_lossy(line));
            }
        }
    }
    if guessed > 0 {
        notes.push(format!("{guessed} lines are not UTF-8: they were read as windows-1252"));
    }
    if broken > 0 {
        notes.push(format!("{broken} lines hold bytes that are not UTF-8: they stand as U+FFFD"));
    }
    Cow::Owned(out)
}

fn utf32<'a>(bytes: &[u8], read: fn([u8; 4]) -> u32) -> Cow<'a, str> {
    let units = bytes.as_chunks::<4>().0.iter();
    let text: String = units.map(|unit| char::from_u32(read(*unit)).unwrap_or('\u{fffd}')).collect();
    Cow::Owned(text.trim_start_matches('\u{feff}').to_owned())
}

/// The encoding that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(DECLARATION_WITHIN)];
    let after = &head[memmem::find(head, b"<?xml")? + 5..];
    let declaration = String::from_utf8_lossy(&after[..memmem::find(after, b"?>")?]);
    let (_, value) = declaration.split_once("encoding")?;
    unquoted(value.trim_start().strip_prefix('=')?)
}

/// The `charset` of a `Content-Type`.
fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("charset") { unquoted(value) } else { None }
    })
}

fn unquoted(value: &str) -> Option<String> {
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let value = value.split(['"', '\'', ' ', '\t', '?']).next().unwrap_or("").trim();
    if value.is_empty() { None } else { Some(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes, None).0.into_owned()
    }

    #[test]
    fn marks_win() {
        assert_eq!(text(b"\xef\xbb\xbf<a>\xc3\xa9"), "<a>é");
        assert_eq!(text(b"\xff\xfe<\0\xe9\0"), "<é");
        assert_eq!(text(b"\xfe\xff\0<\0\xe9"), "<é");
        assert_eq!(text(b"\xff\xfe\0\0<\0\0\0\xe9\0\0\0"), "<é");
        assert_eq!(text(b"<\0\xe9\0"), "<é");
    }

    #[test]
    fn the_declaration_comes_before_the_header() {
        let bytes = b"<?xml version='1.0' encoding='windows-1251'?><a>\xef\xf0\xe8</a>";
        assert!(decode(bytes, Some("text/xml; charset=iso-8859-1")).0.ends_with("<a>при</a>"));
        assert!(decode(b"<a>\xef\xf0\xe8</a>", Some("text/xml; charset=\"windows-1251\"")).0.contains("при"));
        assert!(matches!(decode("<a>é</a>".as_bytes(), None).0, Cow::Borrowed(_)));
    }

    #[test]
    fn a_lying_declaration_is_told() {
        let (got, notes) = decode("<?xml encoding='iso-8859-1'?>café".as_bytes(), None);
        assert!(got.ends_with("café"));
        assert_eq!(notes.len(), 1);
        let (got, notes) = decode(b"<?xml encoding='utf-8'?>caf\xe9\ncaf\xc3\xa9 \xff\n", None);
        assert!(got.ends_with("café\ncafé \u{fffd}\n"));
        assert_eq!(notes.len(), 2);
        assert_eq!(decode(b"<?xml encoding='banana'?>x", None).1.len(), 1);
        assert!(
            decode(b"<?xml encoding='utf-8'?>\xef\xf0\xe8", Some("a/b;charset=windows-1251"))
                .0
                .ends_with("при")
        );
    }
}
