//! The editions of a feed: one file holds both, so that what differs stands side by side.
//!
//! A line that begins with `|1|` is only in the first edition, one that begins with `|2|` only in the second.

/// Which feeds the host serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// As they were.
    First,
    /// As their publishers changed them since: words mended, an enclosure moved, an episode gone, another come.
    Second,
}

impl Edition {
    fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::First => ("|1|", "|2|"),
            Self::Second => ("|2|", "|1|"),
        }
    }

    /// The lines of this edition, without their marks.
    pub(super) fn of(self, text: &str) -> String {
        let (ours, theirs) = self.marks();
        let lines = text.lines().filter(|line| !line.starts_with(theirs));
        lines.map(|line| line.strip_prefix(ours).unwrap_or(line).to_owned() + "\n").collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_line_is_in_one_edition() {
        let text = "a\n|1|  b\n|2|  c\nd\n";
        assert_eq!(Edition::First.of(text), "a\n  b\nd\n");
        assert_eq!(Edition::Second.of(text), "a\n  c\nd\n");
    }
}
