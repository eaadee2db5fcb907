//! Content codings, undone here rather than in the HTTP library: that one reads the first gzip member only and calls
//! it the whole, and it has no cap.

use std::io::{self, Read};

use crate::http::header::HeaderMap;

use super::Kind;

/// The codings that are undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    /// The zlib form that the name means (RFC 9110 section 8.4.1.2).
    Deflate,
    Brotli,
    Zstd,
}

/// A decoded body.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) warning: Option<String>,
}

/// The one coding that the header names; more than one, or an unknown one, is an error.
pub(super) fn named(headers: &HeaderMap) -> Result<Option<Coding>, Kind> {
    let all = super::content_encoding(headers).to_ascii_lowercase();
    let mut names = all.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "identity");
    let coding = match names.next() {
        None => return Ok(None),
        Some("gzip" | "x-gzip") => Coding::Gzip,
        Some("deflate") => Coding::Deflate,
        Some("br") => Coding::Brotli,
        Some("zstd") => Coding::Zstd,
        Some(_) => return Err(Kind::Coding(format!("unknown: {all}"))),
    };
    match names.next() {
        None => Ok(Some(coding)),
        Some(_) => Err(Kind::Coding(format!("more than one: {all}"))),
    }
}

/// Undoes the coding; neither time nor memory goes far beyond `cap` decoded bytes.
pub(super) fn decode(wire: Vec<u8>, coding: Option<Coding>, cap: u64) -> Result<Decoded, Kind> {
    let bytes = match coding {
        None => wire,
        Some(Coding::Gzip) => return gunzip(&wire, cap),
        Some(Coding::Deflate) => {
            read_capped(flate2::bufread::ZlibDecoder::new(wire.as_slice()), cap, Vec::new())?
        }
        Some(Coding::Brotli) => {
            read_capped(brotli::Decompressor::new(wire.as_slice(), 16 * 1024), cap, Vec::new())?
        }
        Some(Coding::Zstd) => read_capped(unzstd(&wire).map_err(broken)?, cap, Vec::new())?,
    };
    Ok(Decoded { bytes, warning: None })
}

/// All members of a gzip file (RFC 1952 section 2.2). What follows them and is no member is left, with a warning
/// unless it is padding.
fn gunzip(wire: &[u8], cap: u64) -> Result<Decoded, Kind> {
    const MAGIC: [u8; 2] = [0x1f, 0x8b];
    let (mut rest, mut bytes) = (wire, Vec::new());
    loop {
        let mut member = flate2::bufread::GzDecoder::new(rest);
        bytes = read_capped(&mut member, cap, bytes)?;
        rest = member.into_inner();
        if !rest.starts_with(&MAGIC) {
            break;
        }
    }
    let garbage = rest.iter().any(|byte| *byte != 0);
    let warning = garbage.then(|| format!("{} bytes after the end of the gzip data", rest.len()));
    Ok(Decoded { bytes, warning })
}

fn unzstd(wire: &[u8]) -> io::Result<impl Read + '_> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(wire)?;
    // 8 MiB is all that RFC 9659 allows on the web; it bounds what a header can make us allocate.
    decoder.window_log_max(23)?;
    Ok(decoder)
}

fn read_capped(reader: impl Read, cap: u64, mut into: Vec<u8>) -> Result<Vec<u8>, Kind> {
    let room = cap.saturating_sub(into.len() as u64) + 1;
    reader.take(room).read_to_end(&mut into).map_err(broken)?;
    if into.len() as u64 > cap { Err(Kind::TooLarge(cap)) } else { Ok(into) }
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn broken(error: io::Error) -> Kind {
    Kind::Coding(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::http::header::{CONTENT_ENCODING, HeaderValue};

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn shown(wire: Vec<u8>, coding: Coding, cap: u64) -> String {
        match decode(wire, Some(coding), cap) {
            Ok(Decoded { bytes, warning: None }) => String::from_utf8(bytes).unwrap(),
            Ok(Decoded { bytes, warning: Some(w) }) => format!("{} ({w})", String::from_utf8(bytes).unwrap()),
            Err(Kind::Coding(_)) => "broken".to_owned(),
            Err(Kind::TooLarge(_)) => "too large".to_owned(),
            Err(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn gzip_is_read_to_its_last_member() {
        let one = gzip(b"one");
        let both = [one.clone(), gzip(b" two")].concat();
        assert_eq!(shown(both.clone(), Coding::Gzip, 7), "one two");
        assert_eq!(shown(both.clone(), Coding::Gzip, 6), "too large");
        assert_eq!(shown(both[..both.len() - 3].to_vec(), Coding::Gzip, 99), "broken");
        assert_eq!(shown([&one[..], b"\0\0\0"].concat(), Coding::Gzip, 99), "one");
        assert_eq!(
            shown([&one[..], b"junk"].concat(), Coding::Gzip, 99),
            "one (4 bytes after the end of the gzip data)"
        );
        assert_eq!(shown(b"<rss/>".to_vec(), Coding::Gzip, 99), "broken");
        let mut bad_sum = one;
        let last = bad_sum.len() - 8;
        bad_sum[last] ^= 1;
        assert_eq!(shown(bad_sum, Coding::Gzip, 99), "broken");
    }

    #[test]
    fn the_other_codings_are_capped_and_must_be_whole() {
        let text = "feed ".repeat(1000);
        let zlib = {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        let zstd = zstd::encode_all(text.as_bytes(), 3).unwrap();
        let mut br = Vec::new();
        brotli::BrotliCompress(&mut text.as_bytes(), &mut br, &brotli::enc::BrotliEncoderParams::default())
            .unwrap();
        for (coding, wire) in [(Coding::Deflate, zlib), (Coding::Zstd, zstd), (Coding::Brotli, br)] {
            assert_eq!(shown(wire.clone(), coding, 5000), text, "{coding:?}");
            assert_eq!(shown(wire.clone(), coding, 4999), "too large", "{coding:?}");
            assert_eq!(shown(wire[..wire.len() / 2].to_vec(), coding, 5000), "broken", "{coding:?}");
        }
    }

    #[test]
    fn one_known_coding_or_none() {
        let of = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            named(&headers).map_err(|_| ())
        };
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&["identity"]), Ok(None));
        assert_eq!(of(&["X-GZIP"]), Ok(Some(Coding::Gzip)));
        assert_eq!(of(&["gzip, gzip"]), Err(()));
        assert_eq!(of(&["gzip", "br"]), Err(()));
        assert_eq!(of(&["x-evil"]), Err(()));
    }
}
