//! A file to look into, without reading it here.

/// Bytes that can be read at any place: a file that the caller opened, or a slice.
pub trait Bytes {
    /// The bytes at a place, as many as are there of those asked for. Never more memory than the file has bytes.
    fn read(&mut self, at: u64, length: usize) -> Vec<u8>;

    /// How many bytes there are.
    fn length(&self) -> u64;
}

impl Bytes for &[u8] {
    fn read(&mut self, at: u64, length: usize) -> Vec<u8> {
        let from = usize::try_from(at).unwrap_or(usize::MAX).min(self.len());
        let to = from.saturating_add(length).min(self.len());
        self[from..to].to_vec()
    }

    fn length(&self) -> u64 {
        self.len() as u64
    }
}

/// The number of two to eight bytes at a place, the largest first.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}
