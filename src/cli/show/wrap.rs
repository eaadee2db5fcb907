//! Words -> lines that fit, with their letters and links.

use std::ops::Range;

use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthStr;

use super::hyperlink;
use crate::cli::look::Look;
use crate::report::escape;

/// Words set alike, safe to print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Span {
    text: String,
    style: Style,
    /// A [`hyperlink::target`].
    target: Option<String>,
    whole: bool,
}

/// How letters are set, where they can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) dim: bool,
    pub(super) code: bool,
}

impl Span {
    pub(super) fn new(text: &str, style: Style) -> Self {
        Self { text: safe(text), style, ..Self::default() }
    }

    /// No line ends in it, as in an address.
    pub(super) fn whole(self, whole: bool) -> Self {
        Self { whole, ..self }
    }

    /// Its words are a hyperlink to a [`hyperlink::target`].
    pub(super) fn to(self, target: Option<String>) -> Self {
        Self { target, ..self }
    }

    /// Takes in the words after it if they are set alike; gives back those that are not.
    pub(super) fn join(&mut self, next: Self) -> Option<Self> {
        let alike = !self.whole && !next.whole && self.style == next.style && self.target == next.target;
        if alike {
            self.text.push_str(&next.text);
        }
        (!alike && !next.text.is_empty()).then_some(next)
    }
}

/// A text from outside as it may be printed. What joins letters stays (emoji and many scripts need it), what only hints at
/// them and can't be seen goes, what would steer the terminal is shown escaped.
fn safe(text: &str) -> String {
    let is_hint =
        |c: char| matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{ad}');
    let text: String = text
        .chars()
        .filter(|c| !is_hint(*c))
        .map(|c| if matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    escape(&text, &['\u{200c}', '\u{200d}'])
}

/// Writes words as lines: the first after `first`, the others under its end.
pub(super) fn push(out: &mut String, look: Look, first: &str, spans: &[Span]) {
    let words = Words::new(spans);
    let indent = first.width();
    let lines = match look.width {
        Some(width) => wrapped(&words.text, &words.fixed(), width.saturating_sub(indent).max(1)),
        None => std::iter::once(0..words.text.len()).collect(),
    };
    for (at, line) in lines.into_iter().enumerate() {
        match at {
            0 => out.push_str(first),
            _ => out.extend(std::iter::repeat_n(' ', indent)),
        }
        words.push(out, look, &line);
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
}

/// Spans, and where each begins in their text.
struct Words<'a> {
    text: String,
    spans: Vec<(usize, &'a Span)>,
}

impl<'a> Words<'a> {
    fn new(spans: &'a [Span]) -> Self {
        let mut words = Self { text: String::new(), spans: Vec::with_capacity(spans.len()) };
        for span in spans {
            words.spans.push((words.text.len(), span));
            words.text.push_str(&span.text);
        }
        words
    }

    /// The ranges in which no line may end.
    fn fixed(&self) -> Vec<Range<usize>> {
        let whole = self.spans.iter().filter(|(_, span)| span.whole);
        whole.map(|(at, span)| *at..at + span.text.len()).collect()
    }

    fn push(&self, out: &mut String, look: Look, line: &Range<usize>) {
        let first = self.spans.partition_point(|(at, span)| at + span.text.len() <= line.start);
        for (at, span) in self.spans[first..].iter().take_while(|(at, _)| *at < line.end) {
            let range = line.start.max(*at)..line.end.min(at + span.text.len());
            if !range.is_empty() {
                push_words(out, look, span, &self.text[range]);
            }
        }
    }
}

/// Lines of at most so many columns, but for words that are wider. Where a line may end says UAX #14, also in scripts without
/// spaces.
fn wrapped(text: &str, fixed: &[Range<usize>], width: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut line = 0..0;
    let mut columns = 0;
    let mut fixed = fixed.iter().peekable();
    let mut piece = 0;
    for (end, _) in linebreaks(text) {
        while fixed.next_if(|range| range.end <= end).is_some() {}
        if fixed.peek().is_some_and(|range| range.start < end && end < range.end) {
            continue;
        }
        let words = &text[piece..end];
        if columns + words.trim_end().width() > width && columns > 0 {
            lines.push(line.start..piece);
            (line.start, columns) = (piece, 0);
        }
        columns += words.width();
        line.end = end;
        piece = end;
    }
    lines.push(line.start..text.len());
    lines.into_iter().map(|line| line.start..line.start + text[line].trim_end().len()).collect()
}

fn push_words(out: &mut String, look: Look, span: &Span, words: &str) {
    let codes = if look.styled { codes(span) } else { String::new() };
    if !codes.is_empty() {
        out.extend(["\u{1b}[", &codes, "m"]);
    }
    match &span.target {
        Some(target) => hyperlink::push(out, target, words),
        None => out.push_str(words),
    }
    if !codes.is_empty() {
        out.push_str("\u{1b}[0m");
    }
}

/// Parameters of "select graphic rendition" (ECMA-48): bold, dim, underlined, cyan.
fn codes(span: &Span) -> String {
    let Style { bold, dim, code } = span.style;
    let codes = [(bold, "1"), (dim, "2"), (span.target.is_some(), "4"), (code, "36")];
    codes.iter().filter(|(set, _)| *set).map(|(_, code)| *code).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(width: usize, first: &str, spans: &[Span]) -> String {
        let mut out = String::new();
        push(&mut out, Look { width: Some(width), hyperlinks: true, styled: false }, first, spans);
        out
    }

    fn plain(text: &str) -> Span {
        Span::new(text, Style::default())
    }

    #[test]
    fn lines_fit_and_hang_under_their_first_word() {
        let text = "Counts four minutes and rings the bell.";
        assert_eq!(
            lines(20, "  - ", &[plain(text)]),
            "  - Counts four\n    minutes and\n    rings the bell.\n"
        );
        assert_eq!(lines(4, "- ", &[plain("a longword b")]), "- a\n  longword\n  b\n");
        assert_eq!(lines(20, "- ", &[]), "-\n");
    }

    #[test]
    fn widths_are_those_of_the_screen() {
        // Two columns each; no line begins with a full stop.
        assert_eq!(lines(10, "", &[plain("捕蛇者说的故事。")]), "捕蛇者说的\n故事。\n");
        assert_eq!(lines(8, "", &[plain("捕蛇者说。")]), "捕蛇者\n说。\n");
        assert_eq!(lines(9, "", &[plain("👍🏽👍🏽 👍🏽👍🏽 👍🏽")]), "👍🏽👍🏽 👍🏽👍🏽\n👍🏽\n");
        assert_eq!(lines(5, "", &[plain("👩‍👩‍👧 👩‍👩‍👧 e\u{301}e\u{301}")]), "👩‍👩‍👧 👩‍👩‍👧\ne\u{301}e\u{301}\n");
    }

    #[test]
    fn addresses_are_not_broken_and_links_go_on_in_the_next_line() {
        let address = plain("https://a.example/b-c/d-e").whole(true);
        assert_eq!(lines(12, "", &[plain("See "), address]), "See\nhttps://a.example/b-c/d-e\n");
        let link = plain("two words").to(Some("https://a.example".to_owned()));
        let (start, end) = ("\u{1b}]8;;https://a.example\u{1b}\\", "\u{1b}]8;;\u{1b}\\");
        assert_eq!(lines(6, "", &[link, plain(".")]), format!("{start}two{end}\n{start}words{end}.\n"));
    }

    #[test]
    fn what_would_steer_the_terminal_is_shown() {
        let text = "a\u{1b}[2Jb\u{9b}c\u{202e}d\u{7}e\u{200b}f\u{200d}g\u{2028}h\u{61c}i";
        assert_eq!(lines(99, "", &[plain(text)]), "a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\\u{7}ef\u{200d}g hi\n");
    }
}
