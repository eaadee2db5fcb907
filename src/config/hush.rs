//! Lines of the configuration, quoted in a message, without what may be a secret in them.

/// Keys whose values are addresses, in which no pattern tells every secret.
const ADDRESSES: [&str; 4] = ["on_success", "on_failure", "feed", "history_url"];

/// What separates the keys of a line from all else in it.
const SEPARATORS: [char; 8] = ['=', '{', '}', ',', '.', ' ', '"', '\''];

/// The lines as the parser shows them (`3 | key = value`, and a line of carets below), the values of some keys left out. A key
/// that nobody knows may be a misspelt one of these.
pub(super) fn hushed(quoted: &str, is_unknown: bool) -> String {
    let mut out = String::new();
    let mut cut = None;
    for line in quoted.split_inclusive('\n') {
        match (line.split_once(" | "), cut.take()) {
            // Carets below what is left out.
            (Some((_, carets)), Some(cut)) if carets.find('^').is_some_and(|at| at >= cut) => {}
            (Some((number, text)), None) if is_secret(text, is_unknown) => {
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

fn is_secret(text: &str, is_unknown: bool) -> bool {
    if text.split(SEPARATORS).any(|word| ADDRESSES.contains(&word)) {
        return true;
    }
    // A line without a key goes on with the value of one above.
    let is_alone = !text.contains('=') && !text.trim_start().starts_with('[');
    (is_unknown || is_alone) && text.contains(['/', '@'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(line: &str, carets: &str) -> String {
        format!("at line 3, column 1\n  |\n3 | {line}\n  | {carets}\n")
    }

    #[test]
    fn values_that_may_be_secrets_are_left_out_and_others_are_not() {
        let hushed = |line: &str, carets: &str, is_unknown| hushed(&quoted(line, carets), is_unknown);
        let without_carets = |line: &str| format!("at line 3, column 1\n  |\n3 | {line}\n");
        for (line, carets, is_unknown, want) in [
            ("on_success = hc.example/S3", "             ^^", false, without_carets("on_success = ***")),
            ("{ on_failure = 5 }", "               ^", false, without_carets("{ on_failure = ***")),
            ("feed = feeds.example/?token=S3", "       ^^", false, without_carets("feed = ***")),
            ("on_sucess = \"hc.example/S3\"", "^^^^^^^^^", true, quoted("on_sucess = ***", "^^^^^^^^^")),
            ("https://hc.example/S3", "^^^", false, without_carets("***")),
        ] {
            assert_eq!(hushed(line, carets, is_unknown), want);
        }
        for (line, carets) in [("max_feed_mb = \"x\"", "              ^^^"), ("[[show]]", "  ^^^^")] {
            assert_eq!(hushed(line, carets, false), quoted(line, carets));
        }
        assert_eq!(hushed("colour = \"blue\"", "^^^^^^", true), quoted("colour = \"blue\"", "^^^^^^"));
    }
}
