//! Text that was encoded twice: UTF-8 taken for a single-byte encoding and encoded as UTF-8 once more (`cafÃ©`, `itâ€™s`).

use encoding_rs::WINDOWS_1252;
use memchr::memchr_iter;

/// The UTF-8 form of every character from U+00C0 to U+00FF begins so, and so does all text of this kind.
const LEAD: u8 = 0xc3;

/// Where characters stand that were encoded twice: the byte offset of the first and how many there are. Text in which they
/// are written on purpose can't be told from them, so that they are for a remark, and not to be mended.
pub fn encoded_twice(text: &str) -> Option<(usize, usize)> {
    let mut places = memchr_iter(LEAD, text.as_bytes()).filter(|at| is_encoded_twice(&text[*at..]));
    let first = places.next()?;
    Some((first, 1 + places.count()))
}

/// Whether the text begins with the bytes of one character beyond ASCII, each of them written as a character.
fn is_encoded_twice(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(lead) = chars.next().and_then(as_byte) else { return false };
    let length = match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return false,
    };
    let mut bytes = [lead, 0, 0, 0];
    for slot in &mut bytes[1..length] {
        let Some(byte) = chars.next().and_then(as_byte) else { return false };
        *slot = byte;
    }
    std::str::from_utf8(&bytes[..length]).is_ok()
}

/// The byte that stands for the character in ISO-8859-1 or windows-1252, from 0x80 on.
fn as_byte(c: char) -> Option<u8> {
    if let '\u{80}'..='\u{ff}' = c {
        return u8::try_from(u32::from(c)).ok();
    }
    let mut buffer = [0; 4];
    let (bytes, _, failed) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    bytes.first().copied().filter(|byte| !failed && !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_twice_is_found_and_what_only_looks_foreign_is_not() {
        for (text, found) in [
            ("cafÃ©", Some((3, 1))),
            ("itâ€™s â\u{80}\u{9c}soâ\u{80}\u{9d}", Some((2, 3))),
            ("ðŸ˜€", Some((0, 1))),
            ("café “soit” – NÃO, MAÇÃ, Ârea, über", None),
            ("日本語 Привет", None),
            ("Ã", None),
        ] {
            assert_eq!(encoded_twice(text), found, "{text}");
        }
    }
}
