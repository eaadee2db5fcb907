//! Lists of checksums as `sha256sum -c` reads them (GNU coreutils).

use crate::model::Digest;

/// A line: the digest, two spaces, the path. Where a path holds what would break the line it is escaped, which a `\` in front
/// of the line tells.
pub fn line(sha256: &Digest, path: &str) -> String {
    if !path.contains(['\\', '\n', '\r']) {
        return format!("{sha256}  {path}\n");
    }
    let path = path.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    format!("\\{sha256}  {path}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_a_line_is_escaped() {
        let sum = Digest::of(b"");
        assert_eq!(line(&sum, "audio/100% a b.mp3"), format!("{sum}  audio/100% a b.mp3\n"));
        assert_eq!(line(&sum, "a\\b\nc\rd"), format!("\\{sum}  a\\\\b\\nc\\rd\n"));
    }
}
