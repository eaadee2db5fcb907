//! White space, found byte by byte: what `str::split_whitespace` does a character at a time.

/// The words of a text, white space between them.
pub(super) fn words(text: &str) -> Words<'_> {
    Words { rest: text }
}

pub(super) struct Words<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let mut rest = self.rest;
        while let length @ 1.. = space_at(rest.as_bytes(), 0) {
            rest = &rest[length..];
        }
        if rest.is_empty() {
            return None;
        }
        let bytes = rest.as_bytes();
        let mut end = 1;
        while let Some(byte) = bytes.get(end) {
            if MAY_BE_SPACE[usize::from(*byte)] && space_at(bytes, end) > 0 {
                break;
            }
            end += 1;
        }
        self.rest = &rest[end..];
        Some(&rest[..end])
    }
}

/// The bytes that white space begins with, some of which letters begin with too.
const MAY_BE_SPACE: [bool; 256] = {
    let mut table = [false; 256];
    let all = b"\t\n\x0b\x0c\r \xc2\xe1\xe2\xe3";
    let mut at = 0;
    while at < all.len() {
        table[all[at] as usize] = true;
        at += 1;
    }
    table
};

/// How long the white space that begins at a byte is; 0 where none does.
fn space_at(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\t'..=b'\r' | b' ') => 1,
        Some(0xc2) => 2 * usize::from(matches!(bytes[at + 1..], [0x85 | 0xa0, ..])),
        Some(0xe1..=0xe3) => {
            3 * usize::from(matches!(
                bytes[at..],
                [0xe1, 0x9a, 0x80, ..]
                    | [0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf, ..]
                    | [0xe2, 0x81, 0x9f, ..]
                    | [0xe3, 0x80, 0x80, ..]
            ))
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_white_space_parts_words() {
        let spaces: String = ('\0'..=char::MAX).filter(|c| c.is_whitespace()).collect();
        for c in '\0'..'\u{ffff}' {
            let text = format!("{c}a{c}{c}é{spaces}ï\u{301}{c}");
            assert!(words(&text).eq(text.split_whitespace()), "{:x}", c as u32);
        }
    }
}
