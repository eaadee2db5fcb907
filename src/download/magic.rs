//! What follows the letters that a file begins with: an error message may begin with the same.

/// An ID3v2 tag: a version that there is, flags that there are, a length in sevens of bits (id3.org/id3v2.4.0-structure, 3.1).
pub(super) fn id3(head: &[u8]) -> bool {
    let [b'I', b'D', b'3', major, revision, flags, length @ ..] = head else { return false };
    let length = length.get(..4).is_some_and(|bytes| bytes.iter().all(|byte| *byte < 0x80));
    (2..=4).contains(major) && *revision < 0xff && flags.trailing_zeros() >= 4 && length
}

/// STREAMINFO, whose length is fixed, comes first (RFC 9639, 8.2).
pub(super) fn flac(head: &[u8]) -> bool {
    matches!(head, [b'f', b'L', b'a', b'C', 0 | 0x80, 0, 0, 34, ..])
}

/// Monkey's Audio, by its version (3.00 to 5.00).
pub(super) fn monkey(head: &[u8]) -> bool {
    let [b'M', b'A', b'C', b' ', low, high, ..] = head else { return false };
    (3000..=5000).contains(&u16::from_le_bytes([*low, *high]))
}

/// A RIFF file tells its length, or that it was written to the end of a stream. Wrong lengths are met, by a little.
pub(super) fn riff(head: &[u8], size: u64) -> bool {
    let Some(length) = head.get(4..8).and_then(|bytes| bytes.try_into().ok()) else { return false };
    let length = u32::from_le_bytes(length);
    length == 0 || length >= 0xffff_ff00 || u64::from(length) <= size.saturating_mul(2)
}

/// The first box of an ISO base media file is in the file, reaches to its end, or has its length elsewhere (ISO 14496-12, 4.2).
pub(super) fn box_fits(head: &[u8], size: u64) -> bool {
    let Some(length) = head.get(..4).and_then(|bytes| bytes.try_into().ok()) else { return false };
    let length = u32::from_be_bytes(length);
    length <= 1 || length >= 8 && u64::from(length) <= size
}
