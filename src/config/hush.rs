//! Lines of the configuration, quoted in a message, without what may be a secret in them.

/// Keys whose values are addresses, or arguments of programs, in which no pattern tells every secret.
const SECRET: [&str; 5] = ["on_success", "on_failure", "feed", "history_url", "on_episode"];

/// What stands around the keys of a line.
const AROUND: &[char] = &['{', '}', ',', '.', '"', '\''];

/// The lines as the parser shows them (`3 | key = value`, and a line of carets below), the values of some keys left out. A key
/// that nobody knows, `unknown`, may be a misspelt one of these.
pub(super) fn hushed(quoted: &str, unknown: Option<&str>) -> String {
    let mut out = String::new();
    let mut cut = None;
    for line in quoted.split_inclusive('\n') {
        match (line.split_once(" | "), cut.take()) {
            // Carets below what is left out.
            (Some((_, carets)), Some(cut)) if carets.find('^').is_some_and(|at| at >= cut) => {}
            (Some((number, text)), None) if is_secret(text, unknown) => {
                let end = text.find('=').map_or(0, |at| at + 1);
                cut = Some(end);
                let space = if end > 0 { " " } else { "" };
                out.push_str(&format!("{number} | {}{space}***\n", &text[..end]));
            }
            _ => out.push_str(line),
        }
    }
    out
}

fn is_secret(text: &str, unknown: Option<&str>) -> bool {
    let keys: Vec<&str> = keys(text).collect();
    if keys.is_empty() {
        // A line without a key goes on with the value of one above.
        return !text.trim_start().starts_with('[') && text.contains(char::is_alphanumeric);
    }
    keys.iter().any(|key| SECRET.contains(key) || unknown == Some(key))
}

/// What stands before each `=`, be it in an inline table.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.match_indices('=').map(|(end, _)| end);
    let separators = |c: char| c.is_whitespace() || AROUND.contains(&c);
    ends.filter_map(move |end| text.get(..end)?.trim_end_matches(separators).rsplit(separators).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(line: &str, carets: &str) -> String {
        format!("at line 3, column 1\n  |\n3 | {line}\n  | {carets}\n")
    }

    #[test]
    fn values_that_may_be_secrets_are_left_out_and_others_are_not() {
        let hushed = |line: &str, carets: &str, unknown| hushed(&quoted(line, carets), unknown);
        let without_carets = |line: &str| format!("at line 3, column 1\n  |\n3 | {line}\n");
        for (line, carets, unknown, want) in [
            ("on_success = hc.example/S3", "             ^^", None, without_carets("on_success = ***")),
            ("{ on_failure = 5 }", "               ^", None, without_carets("{ on_failure = ***")),
            ("feed = feeds.example/?token=S3", "       ^^", None, without_carets("feed = ***")),
            ("\tfeed\t=\tS3", "       ^^", None, without_carets("\tfeed\t= ***")),
            ("on_fail = \"S3\"", "^^^^^^^", Some("on_fail"), quoted("on_fail = ***", "^^^^^^^")),
            ("\"token\" = \"S3\"", "^^^^^^^", Some("token"), quoted("\"token\" = ***", "^^^^^^^")),
            (
                "on_episode = [\"x\", \"S3\", 5]",
                "                       ^",
                None,
                without_carets("on_episode = ***"),
            ),
            ("https://hc.example/S3", "^^^", None, without_carets("***")),
            ("S3 of two lines\"\"\"", "^^^", None, without_carets("***")),
        ] {
            assert_eq!(hushed(line, carets, unknown), want);
        }
        for (line, carets, unknown) in [
            ("max_feed_mb = \"x\"", "              ^^^", None),
            ("[[show]]", "  ^^^^", None),
            ("]", "^", None),
            ("interval = \"hourly\"  # how often a feed is asked", "           ^^^^^^^^", None),
            ("template = \"{show}/{shwo}\"", "                   ^^^^", Some("shwo")),
        ] {
            assert_eq!(hushed(line, carets, unknown), quoted(line, carets));
        }
    }
}
