//! What bytes are, by the bytes. Servers call error pages `audio/mpeg` and audio `text/plain`; the first 4 KiB decide.

use std::fmt;

use super::frames::{self, Kind};
use super::magic;
use crate::model::ResourceKind;

/// As many bytes as [`sniff`] looks at.
pub const HEAD: usize = 4096;

/// A media type and the ending of a file name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// The media type.
    pub media_type: &'static str,
    /// The ending, without dot.
    pub extension: &'static str,
}

/// The bytes are something else than was wanted; the text names it, such as `an HTML page`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWanted(pub String);

impl fmt::Display for NotWanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Audio,
    Video,
    /// A container of either; what was wanted decides the name.
    Media,
    Image,
    Text,
    Document,
    Never,
}

/// A type of file: its class, media type, ending, and what a person calls it.
type Type = (Class, &'static str, &'static str, &'static str);

/// Tells what a body is by its first bytes and its size, or why it is not of the kind that was wanted.
pub fn sniff(head: &[u8], size: u64, wanted: ResourceKind) -> Result<Sniffed, NotWanted> {
    let article = match wanted {
        ResourceKind::Audio => "audio",
        ResourceKind::Video => "video",
        ResourceKind::Image => "an image",
        ResourceKind::Transcript => "a transcript",
        ResourceKind::Chapters => "chapters",
        ResourceKind::Other => "a document",
    };
    let refuse = |what: &str| Err(NotWanted(format!("not {article} but {what}")));
    match size {
        0 => return refuse("nothing"),
        1..16 => return refuse(&format!("only {size} bytes")),
        _ => {}
    }
    let Some((class, media_type, extension, name)) = known(head, size) else {
        return match wanted {
            ResourceKind::Other => Ok(Sniffed { media_type: "application/octet-stream", extension: "bin" }),
            // Text in an old encoding looks like anything; who reads it tells.
            ResourceKind::Transcript | ResourceKind::Chapters => {
                Ok(Sniffed { media_type: "text/plain", extension: "txt" })
            }
            _ => refuse("unknown bytes"),
        };
    };
    let sniffed = match (class, wanted) {
        (Class::Media, ResourceKind::Audio) => as_audio(media_type, extension),
        // A piece of a page, such as the podcast namespace has transcripts: without `<html>` around it.
        (Class::Text, ResourceKind::Transcript) if extension == "xml" && !contains(head, b"<?xml") => {
            Sniffed { media_type: "text/html", extension: "html" }
        }
        _ => Sniffed { media_type, extension },
    };
    if suits(class, media_type, wanted) { Ok(sniffed) } else { refuse(name) }
}

/// Feeds call video audio and audio video; both are kept. A page in place of a document is a refusal.
fn suits(class: Class, media_type: &str, wanted: ResourceKind) -> bool {
    match wanted {
        ResourceKind::Audio | ResourceKind::Video => {
            matches!(class, Class::Audio | Class::Video | Class::Media)
        }
        ResourceKind::Image => class == Class::Image,
        ResourceKind::Transcript => class == Class::Text,
        ResourceKind::Chapters => class == Class::Text && media_type != "text/html",
        ResourceKind::Other => class != Class::Never && media_type != "text/html",
    }
}

fn as_audio(media_type: &'static str, extension: &'static str) -> Sniffed {
    match media_type {
        "video/mp4" => Sniffed { media_type: "audio/mp4", extension: "m4a" },
        "video/webm" => Sniffed { media_type: "audio/webm", extension: "webm" },
        "video/x-matroska" => Sniffed { media_type: "audio/x-matroska", extension: "mka" },
        "video/x-ms-asf" => Sniffed { media_type: "audio/x-ms-wma", extension: "wma" },
        _ => Sniffed { media_type, extension },
    }
}

fn known(head: &[u8], size: u64) -> Option<Type> {
    by_magic(head, size)
        .or_else(|| by_box(head, size))
        .or_else(|| by_ogg(head))
        .or_else(|| by_frames(head))
        .or_else(|| by_text(head))
}

/// Files that begin with fixed bytes. Where those are letters, what follows them must make sense too: error messages begin
/// with letters.
fn by_magic(head: &[u8], size: u64) -> Option<Type> {
    use Class::{Audio, Document, Image, Media, Never, Video};
    let starts = |magic: &[u8]| head.starts_with(magic);
    let at = |place: usize, magic: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(magic));
    Some(match () {
        () if magic::id3(head) => (Audio, "audio/mpeg", "mp3", "an MP3 file"),
        () if magic::flac(head) => (Audio, "audio/flac", "flac", "a FLAC file"),
        () if (starts(b"RIFF") || starts(b"RF64") || starts(b"BW64"))
            && at(8, b"WAVE")
            && magic::riff(head, size) =>
        {
            (Audio, "audio/wav", "wav", "a WAVE file")
        }
        () if starts(b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) => {
            (Audio, "audio/aiff", "aiff", "an AIFF file")
        }
        () if starts(b"caff\0\x01\0\0") => (Audio, "audio/x-caf", "caf", "a CAF file"),
        () if starts(b"#!AMR\n") || starts(b"#!AMR-WB\n") => (Audio, "audio/amr", "amr", "an AMR file"),
        () if magic::monkey(head) => (Audio, "audio/x-ape", "ape", "a Monkey's Audio file"),
        () if starts(b"\x1a\x45\xdf\xa3") && contains(head, b"webm") => {
            (Media, "video/webm", "webm", "a WebM file")
        }
        () if starts(b"\x1a\x45\xdf\xa3") => (Media, "video/x-matroska", "mkv", "a Matroska file"),
        () if starts(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11") => {
            (Media, "video/x-ms-asf", "asf", "a Windows Media file")
        }
        () if starts(b"RIFF") && at(8, b"AVI ") => (Video, "video/x-msvideo", "avi", "an AVI file"),
        () if starts(b"FLV\x01") => (Video, "video/x-flv", "flv", "a Flash video"),
        () if starts(b"\0\0\x01\xba") => (Video, "video/mpeg", "mpg", "an MPEG file"),
        () if starts(b"\x47") && at(188, b"\x47") && at(376, b"\x47") => {
            (Video, "video/mp2t", "ts", "an MPEG transport stream")
        }
        () if starts(b"\xff\xd8\xff") => (Image, "image/jpeg", "jpg", "a JPEG image"),
        () if starts(b"\x89PNG\r\n\x1a\n") => (Image, "image/png", "png", "a PNG image"),
        () if starts(b"GIF8") => (Image, "image/gif", "gif", "a GIF image"),
        () if starts(b"RIFF") && at(8, b"WEBP") => (Image, "image/webp", "webp", "a WebP image"),
        () if starts(b"%PDF-") => (Document, "application/pdf", "pdf", "a PDF document"),
        () if starts(b"PK\x03\x04") => (Document, "application/zip", "zip", "a ZIP archive"),
        () if starts(b"\x1f\x8b") => (Document, "application/gzip", "gz", "a gzip archive"),
        () if starts(b"\x7fELF") => (Never, "application/x-executable", "bin", "a program (ELF)"),
        () if starts(b"MZ") && at(2, b"\x90\0") => {
            (Never, "application/x-executable", "bin", "a program (PE)")
        }
        () if starts(b"\xcf\xfa\xed\xfe") || starts(b"\xca\xfe\xba\xbe") => {
            (Never, "application/x-executable", "bin", "a program (Mach-O)")
        }
        () if starts(b"#!") => (Never, "text/x-script", "bin", "a script"),
        () if head.iter().all(|byte| *byte == 0) => (Never, "application/octet-stream", "bin", "zeros"),
        () => return None,
    })
}

/// ISO base media files (MP4 and its kin): a box length, then its name, then the brand.
fn by_box(head: &[u8], size: u64) -> Option<Type> {
    let name = head.get(4..8)?;
    if matches!(name, b"moov" | b"mdat" | b"wide" | b"skip" | b"free") && magic::box_fits(head, size) {
        return Some((Class::Media, "video/mp4", "mp4", "an MP4 file"));
    }
    if name != b"ftyp" {
        return None;
    }
    Some(match head.get(8..12)? {
        b"M4A " | b"M4P " => (Class::Audio, "audio/mp4", "m4a", "an M4A file"),
        b"M4B " => (Class::Audio, "audio/mp4", "m4b", "an M4B file"),
        b"qt  " => (Class::Video, "video/quicktime", "mov", "a QuickTime file"),
        b"avif" | b"avis" => (Class::Image, "image/avif", "avif", "an AVIF image"),
        b"heic" | b"heix" | b"mif1" | b"msf1" => (Class::Image, "image/heic", "heic", "a HEIC image"),
        _ => (Class::Media, "video/mp4", "mp4", "an MP4 file"),
    })
}

/// Ogg, by the codec in its first page (RFC 3533, RFC 7845).
fn by_ogg(head: &[u8]) -> Option<Type> {
    // The version, and three flags (RFC 3533, 6).
    let page = head.strip_prefix(b"OggS\0").filter(|page| page.first().is_some_and(|flags| *flags < 8))?;
    let segments = usize::from(*page.get(21)?);
    let packet = head.get(27 + segments..).unwrap_or_default();
    Some(match packet {
        _ if packet.starts_with(b"OpusHead") => (Class::Audio, "audio/ogg", "opus", "an Opus file"),
        _ if packet.starts_with(b"\x80theora") => (Class::Video, "video/ogg", "ogv", "an Ogg video"),
        _ => (Class::Audio, "audio/ogg", "ogg", "an Ogg file"),
    })
}

/// MPEG audio and ADTS have no header: two frames in a row, each where the one before it ends, are the sign. Junk
/// before the first is common enough.
fn by_frames(head: &[u8]) -> Option<Type> {
    const FURTHEST: usize = 2048;
    let starts = 0..head.len().min(FURTHEST);
    let first = starts.into_iter().find_map(|start| frames::pair(&head[start..]))?;
    Some(match first.kind {
        Kind::Mpeg(_) => (Class::Audio, "audio/mpeg", "mp3", "an MP3 file"),
        Kind::Adts => (Class::Audio, "audio/aac", "aac", "an AAC file"),
    })
}

/// Text, by what it begins with.
fn by_text(head: &[u8]) -> Option<Type> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let lower = text[..text.len().min(512)].to_ascii_lowercase();
    let html = [
        &b"<!doctype html"[..],
        b"<html",
        b"<head",
        b"<body",
        b"<script",
        b"<title",
        b"<meta",
        b"<style",
        b"<h1",
        b"<p",
        b"<div",
    ];
    let root = after_prolog(&lower);
    Some(match () {
        () if html.iter().any(|start| root.starts_with(start)) => {
            (Class::Text, "text/html", "html", "an HTML page")
        }
        () if lower.starts_with(b"<?xml") && contains(&lower, b"<html") => {
            (Class::Text, "text/html", "html", "an HTML page")
        }
        () if root.starts_with(b"<svg") => (Class::Image, "image/svg+xml", "svg", "an SVG image"),
        () if lower.starts_with(b"<") => (Class::Text, "application/xml", "xml", "an XML document"),
        () if lower.starts_with(b"{") || lower.starts_with(b"[") => {
            (Class::Text, "application/json", "json", "a JSON document")
        }
        () if lower.starts_with(b"webvtt") => (Class::Text, "text/vtt", "vtt", "a WebVTT transcript"),
        () if is_plain_text(head) && contains(head, b" --> ") => {
            (Class::Text, "application/x-subrip", "srt", "an SRT transcript")
        }
        () if is_plain_text(head) => (Class::Text, "text/plain", "txt", "plain text"),
        () => return None,
    })
}

/// What follows comments, processing instructions and the document type of an image.
fn after_prolog(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        let (start, end): (&[u8], &[u8]) = match () {
            () if rest.starts_with(b"<!--") => (b"<!--", b"-->"),
            () if rest.starts_with(b"<?") => (b"<?", b"?>"),
            () if rest.starts_with(b"<!doctype svg") => (b"<!", b">"),
            () => return rest,
        };
        let Some(at) = memchr::memmem::find(&rest[start.len()..], end) else { return rest };
        rest = rest[start.len() + at + end.len()..].trim_ascii_start();
    }
}

/// UTF-8 (but for a character cut at the end) without control characters.
fn is_plain_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => return is_plain_text(&head[..error.valid_up_to()]),
        Err(_) => return false,
    };
    !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(head: &[u8]) -> String {
        let mut padded = head.to_vec();
        padded.resize(head.len().max(64), if head.is_ascii() { b' ' } else { 0 });
        match sniff(&padded, padded.len() as u64, ResourceKind::Audio) {
            Ok(sniffed) => format!("{} {}", sniffed.media_type, sniffed.extension),
            Err(refusal) => refusal.to_string(),
        }
    }

    #[test]
    fn audio_is_known_by_its_bytes() {
        assert_eq!(audio(b"ID3\x04\0\0\0\0\0\0"), "audio/mpeg mp3");
        // 128 kbit/s, 44.1 kHz: frames of 417 bytes.
        let mut frames = vec![0; 3000];
        for place in [7, 7 + 417] {
            frames[place..place + 4].copy_from_slice(b"\xff\xfb\x90\x00");
        }
        assert_eq!(audio(&frames), "audio/mpeg mp3");
        let mut adts = vec![0; 400];
        for place in [0, 100] {
            adts[place..place + 7].copy_from_slice(&[0xff, 0xf1, 0x50, 0x80, 12, 0x80, 0]);
        }
        assert_eq!(audio(&adts), "audio/aac aac");
        assert_eq!(audio(b"\0\0\0\x20ftypM4A \0\0"), "audio/mp4 m4a");
        assert_eq!(audio(b"\0\0\0\x20ftypisom\0\0"), "audio/mp4 m4a");
        assert_eq!(audio(b"fLaC\0\0\0\x22\x10\0"), "audio/flac flac");
        assert_eq!(audio(b"RIFF\x38\0\0\0WAVEfmt "), "audio/wav wav");
        let ogg = |codec: &[u8]| [b"OggS\0\x02".as_slice(), &[0; 20], &[1, 19], codec].concat();
        assert_eq!(audio(&ogg(b"OpusHead")), "audio/ogg opus");
        assert_eq!(audio(&ogg(b"\x01vorbis")), "audio/ogg ogg");
        assert_eq!(audio(b"\x1a\x45\xdf\xa3....webm"), "audio/webm webm");
    }

    #[test]
    fn what_is_no_audio_is_named() {
        for (head, what) in [
            (&b"<!DOCTYPE html><title>Not found</title>"[..], "an HTML page"),
            (b"\xef\xbb\xbf \n<HTML lang=de>", "an HTML page"),
            (b"<?xml version='1.0'?><Error/>", "an XML document"),
            (b"{\"error\": 404}", "a JSON document"),
            (b"\xff\xd8\xff\xe0..JFIF", "a JPEG image"),
            (b"\x7fELF\x02\x01", "a program (ELF)"),
            (b"%PDF-1.7", "a PDF document"),
            (b"Not found", "plain text"),
            // Found by an attacker: the letters of a magic, and words.
            (b"Not free: please subscribe to the premium feed", "plain text"),
            (b"Our free downloads are over", "plain text"),
            (b"MAC address not permitted", "plain text"),
            (b"caffeine is not audio", "plain text"),
            (b"ID3 tag error: file not found", "plain text"),
            (b"OggS service unavailable", "plain text"),
            (b"RIFFabcdWAVE oh no, an error", "plain text"),
            (b"fLaC encoder failed", "plain text"),
            (b"<!--skip--><html><body>log in", "an HTML page"),
            (b"<!-- x --><style>b{}</style><svg/>404", "an HTML page"),
            (&[0; 64], "zeros"),
            (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "unknown bytes"),
        ] {
            assert_eq!(audio(head), format!("not audio but {what}"));
        }
        let one = sniff(b"I", 1, ResourceKind::Audio);
        assert_eq!(one, Err(NotWanted("not audio but only 1 bytes".to_owned())));
    }

    #[test]
    fn each_kind_takes_its_own() {
        let verdict = |head: &[u8], kind| sniff(head, 64, kind).map(|sniffed| sniffed.extension).ok();
        let page = b"<html><body><p>Hello and welcome";
        assert_eq!(verdict(page, ResourceKind::Transcript), Some("html"));
        assert_eq!(verdict(page, ResourceKind::Other), None);
        assert_eq!(verdict(b"WEBVTT\n\n00:01.000 --> 00:02.000", ResourceKind::Transcript), Some("vtt"));
        assert_eq!(verdict(b"1\n00:00:01,000 --> 00:00:02,000\nHi", ResourceKind::Transcript), Some("srt"));
        assert_eq!(verdict(b"{\"version\":\"1.2.0\",\"chapters\":[]}", ResourceKind::Chapters), Some("json"));
        assert_eq!(verdict(b"WEBVTT\n\n00:01.000 --> 00:02.000\nOne", ResourceKind::Chapters), Some("vtt"));
        assert_eq!(verdict(b"\x89PNG\r\n\x1a\n0123456789abcdef", ResourceKind::Image), Some("png"));
        assert_eq!(verdict(b"%PDF-1.7 0123456789abcdef", ResourceKind::Other), Some("pdf"));
        assert_eq!(verdict(b"\x01\x02\x03unknown bytes\xff", ResourceKind::Other), Some("bin"));
        assert_eq!(verdict(b"\x7fELF0123456789abcdef", ResourceKind::Other), None);
    }
}
