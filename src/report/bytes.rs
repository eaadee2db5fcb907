//! Numbers and texts made fit for a person's eye.

use std::borrow::Cow;

/// A size in powers of 1000: `12.3 MB`.
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1000.0;
    let mut unit = 0;
    while size >= 999.95 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

/// So many of something whose name takes an `s`: `1 show`, `2 shows`.
pub fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A text from outside, no longer than so many characters.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some(_) => Cow::Owned(text.chars().take(most.saturating_sub(1)).chain(['…']).collect()),
        None => Cow::Borrowed(text),
    }
}

/// The longest line that is said, in characters.
const LONGEST: usize = 2000;
/// So many lines of one message are said.
const MOST_LINES: usize = 60;

/// A message that quotes from outside, of a length that somebody reads: its lines are shortened, and of too many the rest goes.
pub fn brief(message: &str) -> Cow<'_, str> {
    if message.len() <= LONGEST {
        return Cow::Borrowed(message);
    }
    let mut lines: Vec<_> =
        message.split('\n').take(MOST_LINES + 1).map(|line| shortened(line, LONGEST)).collect();
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push(Cow::Borrowed("…"));
    }
    Cow::Owned(lines.join("\n"))
}

/// A text from outside, safe to print: control, ANSI and bidirectional characters are shown escaped; `keep` may pass.
pub fn escape(text: &str, keep: &[char]) -> String {
    let is_safe = |c: char| {
        let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        keep.contains(&c) || !(c.is_control() || hidden)
    };
    text.chars().map(|c| if is_safe(c) { c.to_string() } else { c.escape_unicode().to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        for (bytes, want) in
            [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345_678, "12.3 MB"), (999_960_000, "1.0 GB")]
        {
            assert_eq!(human_bytes(bytes), want);
        }
    }

    #[test]
    fn what_is_long_is_cut() {
        assert_eq!(shortened("Äpfel", 5), "Äpfel");
        assert_eq!(shortened("Äpfelchen", 5), "Äpfe…");
        assert_eq!((shortened("a", 0), shortened("", 0)), ("…".into(), "".into()));
        let long = format!("{}\nwhy", "ü".repeat(5000));
        assert_eq!(brief(&long), format!("{}…\nwhy", "ü".repeat(1999)));
        let high = "a line\n".repeat(400);
        assert_eq!((brief(&high).lines().count(), brief(&high).ends_with("line\n…")), (61, true));
        assert_eq!(brief("as it is\n"), "as it is\n");
    }

    #[test]
    fn one_is_not_several() {
        assert_eq!([0, 1, 2].map(|n| counted(n, "row")), ["0 rows", "1 row", "2 rows"]);
    }

    #[test]
    fn what_would_steer_a_terminal_is_shown_instead() {
        assert_eq!(escape("a\u{1b}[31mb\u{202e}c\nd", &['\n']), "a\\u{1b}[31mb\\u{202e}c\nd");
        assert_eq!(escape("Ünïcode — 不合时宜", &[]), "Ünïcode — 不合时宜");
    }
}
