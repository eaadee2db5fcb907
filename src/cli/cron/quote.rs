//! Words as the shell, cron, systemd and XML want them.

/// A word of a shell command (POSIX, 2.2): as it is where nothing in it is special, else between single quotes.
pub(super) fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+,:=@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A command as crontab(5) wants it: `%` would be the end of the line.
pub(super) fn crontab(command: &str) -> String {
    command.replace('%', "\\%")
}

/// A word of `ExecStart=` (systemd.service(5), command lines; systemd.unit(5), specifiers).
pub(super) fn systemd(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{escaped}\"")
}

/// A text of XML.
pub(super) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_gets_back_the_word() {
        assert_eq!(shell("/usr/bin/castkeep"), "/usr/bin/castkeep");
        assert_eq!(shell("it's 5% $HOME"), "'it'\\''s 5% $HOME'");
        assert_eq!(shell(""), "''");
        assert_eq!(crontab("a '5%'"), "a '5\\%'");
        assert_eq!(systemd(r#"a "b" \ 5% $x"#), r#""a \"b\" \\ 5%% $$x""#);
        assert_eq!(xml("<a & b>"), "&lt;a &amp; b&gt;");
    }
}
