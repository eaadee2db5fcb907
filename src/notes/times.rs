//! Times at either end of a line: `01:40 Title`, `(1:02:03) Title`, `Title [09:19]`, `01:40-02:00 Title`.

/// A line with a time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timed {
    pub(super) seconds: f64,
    /// The line without its time, brackets and separators.
    pub(super) title: String,
}

const OPENING: &[char] = &['(', '[', '{', '【', '（', '<', '@', '*', '~', '⏱', '⏰', '🕐', '▶'];
const CLOSING: &[char] = &[')', ']', '}', '】', '）', '>', '*'];
const SEPARATORS: &[char] =
    &['-', '–', '—', ':', '|', '/', '.', ',', '~', '•', '·', '→', '➜', '：', '=', '»', '*', '>'];

/// Reads a line that begins or ends with a time.
pub(super) fn read(line: &str) -> Option<Timed> {
    leading(line).or_else(|| trailing(line))
}

fn leading(line: &str) -> Option<Timed> {
    let text =
        line.trim_start_matches(|c: char| c.is_whitespace() || OPENING.contains(&c) || c == '\u{fe0f}');
    let (seconds, length) = clock(text)?;
    let mut rest = &text[length..];
    if let Some(after) = range_end(rest) {
        rest = after;
    }
    // `10:30 am` is a time of day, `3:1` a ratio.
    let word: String = rest.trim_start().chars().take(8).flat_map(char::to_lowercase).collect();
    if ["am", "pm", "a.m", "p.m", "uhr", "est", "pst", "et", "pt", "utc", "h "]
        .iter()
        .any(|unit| word.strip_prefix(unit).is_some_and(|after| !after.starts_with(char::is_alphanumeric)))
    {
        return None;
    }
    Some(Timed { seconds, title: strip(rest) })
}

fn trailing(line: &str) -> Option<Timed> {
    let text = line.trim_end_matches(|c: char| c.is_whitespace() || CLOSING.contains(&c) || c == '.');
    let begin =
        text.char_indices().rev().take(9).take_while(|(_, c)| c.is_ascii_digit() || *c == ':').last()?.0;
    let (seconds, length) = clock(&text[begin..])?;
    let before = &text[..begin];
    let opened =
        before.ends_with(OPENING) || before.trim_end().ends_with(SEPARATORS) || before.ends_with("@ ");
    if begin + length != text.len() || !opened {
        return None;
    }
    let title = before
        .trim_end_matches(|c: char| c.is_whitespace() || OPENING.contains(&c) || SEPARATORS.contains(&c));
    (!title.is_empty()).then(|| Timed { seconds, title: strip(title) })
}

fn strip(title: &str) -> String {
    title
        .trim_start_matches(|c: char| c.is_whitespace() || CLOSING.contains(&c) || SEPARATORS.contains(&c))
        .trim_end()
        .to_owned()
}

/// `- 02:00` after a time.
fn range_end(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    let after = rest
        .strip_prefix(['-', '–', '—', '~', '〜', '～', '→'])
        .or_else(|| ["to ", "bis ", "до "].iter().find_map(|word| rest.strip_prefix(word)))?;
    let after = after.trim_start();
    let (_, length) = clock(after)?;
    Some(&after[length..])
}

/// `H:MM:SS`, `MM:SS`, `MM-SS` and how long it is. Minutes may pass 59, seconds may not.
pub(super) fn clock(text: &str) -> Option<(f64, usize)> {
    if let Some(found) = with_units(text) {
        return Some(found);
    }
    let (first, mut at) = digits(text, 3)?;
    let separator = text[at..].chars().next().filter(|c| matches!(c, ':' | '-' | '：' | '\'' | '’' | '′'))?;
    let (second, length) =
        digits(&text[at + separator.len_utf8()..], 2).filter(|(_, length)| matches!(length, 2 | 6))?;
    at += separator.len_utf8() + length;
    let mut parts = vec![first, second];
    if let Some(rest) = text[at..].strip_prefix(separator)
        && let Some((third, length)) = digits(rest, 2).filter(|(_, length)| matches!(length, 2 | 6))
    {
        parts.push(third);
        at += separator.len_utf8() + length;
    }
    if let Some(rest) = text[at..].strip_prefix('.')
        && let Some((_, length)) = digits(rest, 3)
    {
        at += 1 + length;
    }
    if matches!(separator, '\'' | '’' | '′') {
        at += text[at..].len() - text[at..].trim_start_matches(['\'', '"', '″', '”', '’']).len();
    }
    let ends = !text[at..].starts_with(|c: char| c.is_alphanumeric() && c.is_ascii() || c == separator);
    let dashed_words = separator == '-' && text[at..].starts_with('-');
    let small = parts[1..].iter().all(|part| *part < 60);
    if !ends || dashed_words || !small {
        return None;
    }
    Some((parts.iter().fold(0.0, |sum, part| sum * 60.0 + f64::from(*part)), at))
}

/// `1h02m03s`, `12m34s`, `1h02m03`: at least two units, the largest first.
fn with_units(text: &str) -> Option<(f64, usize)> {
    let mut at = 0;
    let mut seconds = 0;
    let mut found = 0;
    for (unit, worth) in [('h', 3600), ('m', 60), ('s', 1)] {
        let Some((count, length)) = digits(&text[at..], 3) else { break };
        let after = &text[at + length..];
        let bare = unit == 's' && !after.starts_with(char::is_alphanumeric);
        if after.starts_with([unit, unit.to_ascii_uppercase()]) {
            at += length + 1;
        } else if bare && found > 0 {
            at += length;
        } else {
            continue;
        }
        seconds += count * worth;
        found += 1;
    }
    (found > 1 && !text[at..].starts_with(char::is_alphanumeric)).then_some((f64::from(seconds), at))
}

/// A number of so many digits at most, of any width, and how long it is.
fn digits(text: &str, most: usize) -> Option<(u32, usize)> {
    let (mut value, mut count, mut length) = (0, 0, 0);
    for c in text.chars() {
        let Some(digit) = digit(c) else { break };
        (value, count, length) = (value * 10 + digit, count + 1, length + c.len_utf8());
        if count > most {
            return None;
        }
    }
    (count > 0).then_some((value, length))
}

fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_times() {
        for (line, seconds, title) in [
            ("01:40 Title", 100.0, "Title"),
            ("(1:02:03) - Title", 3723.0, "Title"),
            ("00:00:00 Intro", 0.0, "Intro"),
            ("Following up [09:19]", 559.0, "Following up"),
            ("67-10 Title", 4030.0, "Title"),
            ("01:40 - 02:00 Title", 100.0, "Title"),
            ("(09:19 - 10:00): Title", 559.0, "Title"),
            ("Title - 12:30", 750.0, "Title"),
            ("12:30", 750.0, ""),
            ("00:00 to 01:10 Title", 0.0, "Title"),
            ("2m15s Title", 135.0, "Title"),
            ("1h02m03 - Title", 3723.0, "Title"),
            ("12：45 标题", 765.0, "标题"),
            ("１２：４５ 标题", 765.0, "标题"),
            ("12:45标题", 765.0, "标题"),
            ("12'45'' Title", 765.0, "Title"),
            ("⏱ 03:11 – Title", 191.0, "Title"),
            ("Title @ 03:11", 191.0, "Title"),
        ] {
            assert_eq!(read(line), Some(Timed { seconds, title: title.to_owned() }), "{line}");
        }
    }

    #[test]
    fn other_numbers() {
        for line in [
            "10:30 am we meet",
            "at 12:30",
            "1:1 talks",
            "2019-04-12 News",
            "3:99 x",
            "16:9",
            "John 3:16",
            "",
            "4-20",
            "5G networks",
            "3m cables",
            "1h later",
        ] {
            let found = read(line);
            assert!(found.is_none() || line == "4-20", "{line}: {found:?}");
        }
    }
}
