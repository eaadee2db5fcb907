//! A message on a terminal: its words are not torn at the edge, and its lines hang under the first.

use unicode_width::UnicodeWidthStr;

use super::look::screen_width;

/// What stands before each line but the first, in columns.
const INDENT: usize = 2;
/// On a narrower terminal, wrapping makes things worse.
const NARROWEST: usize = 20;

/// A sentence on standard output: broken at blanks if that is a terminal.
pub(super) fn fitting(sentence: &str) -> String {
    screen_width().map_or_else(|| sentence.to_owned(), |width| hung(sentence, width))
}

/// A message broken at blanks, so that none of its lines is wider than the terminal but for what is one word: an address, a path,
/// what stands in quotes and fits one line. Of a message of several lines, those between the first and a caret are set by who wrote
/// them.
pub(super) fn hung(message: &str, width: usize) -> String {
    let mut is_set = false;
    let lines = message.split('\n').map(|line| {
        let told = if is_set { line.to_owned() } else { hung_line(line, width) };
        is_set = !line.ends_with('^');
        told
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn hung_line(line: &str, width: usize) -> String {
    if line.width() <= width || width < NARROWEST {
        return line.to_owned();
    }
    let text = line.trim_start_matches(' ');
    let before = line.len() - text.len();
    let indent = before + INDENT;
    let (mut out, mut used) = (" ".repeat(before), before);
    for (at, word) in words(text, width.saturating_sub(indent)).into_iter().enumerate() {
        let columns = word.width();
        if used > before && used + 1 + columns > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        } else if at > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += columns;
    }
    out
}

/// What stays together. In quotes that is a command or a path with blanks, which is of no use in pieces.
fn words(line: &str, room: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let quoted =
            quoted_end(rest).filter(|end| rest[..*end].width() <= room || rest[..*end].contains('/'));
        let from = quoted.unwrap_or(0);
        let end = rest[from..].find(' ').map_or(rest.len(), |at| from + at);
        words.push(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    words
}

/// Where the quotes end that a word begins with, if it does; brackets may stand before them.
fn quoted_end(rest: &str) -> Option<usize> {
    let begin = rest.len() - rest.trim_start_matches(['(', '[']).len() + 1;
    let inside = rest.get(begin..).filter(|_| rest[..begin].ends_with('"'))?;
    let mut is_escaped = false;
    let is_end = |c: char| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    };
    inside.find(is_end).map(|at| begin + at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_lines_hang() {
        let message = "castkeep: gamma-garden: fetch https://gamma.example/a-long-path/feed.xml: status 503";
        assert_eq!(
            hung(message, 40),
            "castkeep: gamma-garden: fetch\n  https://gamma.example/a-long-path/feed.xml:\n  status 503"
        );
        assert_eq!(hung(message, 200), message);
        assert_eq!(hung(message, 10), message);
        assert_eq!(hung("a  b c  d e f g h i j", 20), "a  b c  d e f g h i\n  j");
    }

    #[test]
    fn what_stands_in_quotes_is_copied_whole() {
        let message =
            "hint: run \"castkeep verify --repair\" (\"a folder/of mine/that is long/archive.db\") to go on";
        assert_eq!(
            hung(message, 30),
            "hint: run\n  \"castkeep verify --repair\"\n  (\"a folder/of mine/that is long/archive.db\")\n  to go on"
        );
        let title = "castkeep: \"a title of many words that is of no use to a shell\" is not closed: \"a b c";
        assert_eq!(
            hung(title, 30),
            "castkeep: \"a title of many\n  words that is of no use to a\n  shell\" is not closed: \"a b c"
        );
    }

    #[test]
    fn what_is_said_below_a_caret_hangs_too() {
        let message = "castkeep: no template\n{shwo}/{a title of many words}\n ^^^^\nunknown field `shwo`, expected one of `show`, `author`";
        let want = "castkeep: no template\n{shwo}/{a title of many words}\n ^^^^\nunknown field `shwo`,\n  expected one of `show`,\n  `author`";
        assert_eq!(hung(message, 25), want);
    }

    #[test]
    fn what_begins_behind_blanks_stays_there() {
        assert_eq!(hung("  one two three four five six", 20), "  one two three four\n    five six");
    }

    #[test]
    fn the_first_line_hangs_and_what_is_set_below_it_stays() {
        let message =
            "castkeep: config.toml: what is this?\n  |\n1 | x = [ a line of the file, as it is\n  |     ^";
        let want =
            "castkeep: config.toml:\n  what is this?\n  |\n1 | x = [ a line of the file, as it is\n  |     ^";
        assert_eq!(hung(message, 25), want);
    }
}
