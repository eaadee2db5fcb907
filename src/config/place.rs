//! Where in the file a value stands, for a message that must not show the value: it may be a secret.

/// `at line 3: [notify] on_success`; with an index, the key of one table of a list: `at line 9: [[shows]] feed`.
pub(super) fn place(text: &str, section: &str, index: Option<usize>, key: &str) -> String {
    let name = if index.is_some() { format!("[[{section}]] {key}") } else { format!("[{section}] {key}") };
    match line(text, section, index, key) {
        Some(line) => format!("at line {line}: {name}"),
        None => name,
    }
}

fn line(text: &str, section: &str, index: Option<usize>, key: &str) -> Option<usize> {
    let document = toml_edit::Document::parse(text).ok()?;
    let section = document.get(section)?;
    let table = index.map_or(Some(section), |index| section.get(index))?;
    let before = text.get(..table.get(key)?.span()?.start)?;
    Some(before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_told_with_its_line_however_it_is_written() {
        let notify = "# mine\n[notify]\n\non_success = \"x\"\n";
        assert_eq!(place(notify, "notify", None, "on_success"), "at line 4: [notify] on_success");
        assert_eq!(
            place("notify.on_failure = 1", "notify", None, "on_failure"),
            "at line 1: [notify] on_failure"
        );
        let shows = "[[shows]]\nfeed = \"a\"\n[[shows]]\nfeed = \"b\"\n";
        assert_eq!(place(shows, "shows", Some(1), "feed"), "at line 4: [[shows]] feed");
        let inline = "shows = [\n  {feed = \"a\"},\n  {feed = \"b\"},\n]\n";
        assert_eq!(place(inline, "shows", Some(1), "feed"), "at line 3: [[shows]] feed");
        assert_eq!(place("", "shows", Some(1), "feed"), "[[shows]] feed");
    }
}
