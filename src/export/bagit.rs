//! The tag files of a bag: BagIt 1.0, <https://www.rfc-editor.org/rfc/rfc8493>.

use crate::model::{Digest, Time};

/// `bagit.txt` (section 2.1.1).
pub const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// A line of a manifest (section 2.1.3): of a path, line ends and `%` are written as `%0A`, `%0D`, `%25`, and nothing else.
pub fn manifest_line(sha256: &Digest, path: &str) -> String {
    let path = path.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D");
    format!("{sha256}  {path}\n")
}

/// What is in a bag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payload {
    /// Files in `data/`.
    pub files: u64,
    /// Their length in bytes.
    pub bytes: u64,
    /// Files of the archive that should be in it and are not.
    pub lost: u64,
}

/// `bag-info.txt` (section 2.2.2).
pub fn info(payload: &Payload, what: &str, size: &str, made: Time) -> String {
    let Payload { files, bytes, lost } = payload;
    let mut info = format!(
        "Bag-Software-Agent: castkeep {}\nBagging-Date: {}\nBag-Size: {size}\nPayload-Oxum: {bytes}.{files}\nExternal-Description: {}\n",
        env!("CARGO_PKG_VERSION"),
        made.format("%Y-%m-%d"),
        one_line(what),
    );
    if *lost > 0 {
        info.push_str(&format!("Castkeep-Lost-Files: {lost}\n"));
    }
    info
}

/// A value that ends where its line does.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_values_stay_on_their_lines() {
        let sum = Digest::of(b"");
        assert_eq!(manifest_line(&sum, "data/a\nb\r100%.mp3"), format!("{sum}  data/a%0Ab%0D100%25.mp3\n"));
        let payload = Payload { files: 3, bytes: 1200, lost: 1 };
        let made = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(
            info(&payload, "a\nPayload-Oxum: 0.0", "1.2 kB", made),
            format!(
                "Bag-Software-Agent: castkeep {}\nBagging-Date: 2026-01-02\nBag-Size: 1.2 kB\nPayload-Oxum: 1200.3\n\
                 External-Description: a Payload-Oxum: 0.0\nCastkeep-Lost-Files: 1\n",
                env!("CARGO_PKG_VERSION")
            )
        );
    }
}
