//! `${NAME}` and `${file:PATH}` in the address of a feed: values that are kept out of the configuration file.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A larger file is not one secret.
const LARGEST: u64 = 16 * 1024;

/// What needs no escape in a name or password before the `@` (RFC 3986 section 2.3).
const USERINFO: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an address can't hold as it is, anywhere behind the `@`: the URL Standard's query set and path set together. All else may
/// be meant, such as the `/` of a path.
const ADDRESS: &AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'\'')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\')
    .add(b'^');

/// Where values come from.
pub(super) struct Sources<'a> {
    /// `${NAME}`.
    pub(super) environment: &'a HashMap<String, String>,
    /// What the path in `${file:PATH}` is relative to.
    pub(super) folder: &'a Path,
}

/// A placeholder, and why it has no value. The value is in neither.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) placeholder: String,
    pub(super) why: String,
}

enum Part<'a> {
    Text(&'a str),
    Value(String),
}

/// The address with its placeholders filled in. Their values are hidden from all that is shown from now on.
pub(super) fn fill(template: &str, sources: &Sources<'_>) -> Result<String, Missing> {
    if !template.contains("${") {
        return Ok(template.to_owned());
    }
    let parts = parts(template, sources)?;
    let mut filled = String::new();
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Value(value) if is_userinfo(&filled, &parts[index + 1..]) => {
                filled.extend(utf8_percent_encode(value, USERINFO));
            }
            Part::Value(value) => filled.extend(utf8_percent_encode(value, ADDRESS)),
        }
    }
    Ok(filled)
}

fn parts<'a>(template: &'a str, sources: &Sources<'_>) -> Result<Vec<Part<'a>>, Missing> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let missing = |placeholder: &str, why: &str| Missing {
            placeholder: placeholder.to_owned(),
            why: why.to_owned(),
        };
        let (name, behind) = after.split_once('}').ok_or_else(|| missing("${", "there is no } to it"))?;
        let value = sources.value(name).map_err(|why| missing(&format!("${{{name}}}"), &why))?;
        crate::model::hide(&value);
        for set in [USERINFO, ADDRESS] {
            crate::model::hide(&utf8_percent_encode(&value, set).to_string());
        }
        parts.extend([Part::Text(before), Part::Value(value)]);
        rest = behind;
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

impl Sources<'_> {
    fn value(&self, name: &str) -> Result<String, String> {
        let value = match name.strip_prefix("file:") {
            Some(path) => self.file(path)?,
            None if is_name(name) => {
                let value =
                    self.environment.get(name).ok_or("there is no such variable in the environment (cron and systemd have their own); ${file:PATH} reads a file")?;
                value.trim().to_owned()
            }
            None => return Err("neither the name of a variable nor file:PATH".to_owned()),
        };
        if value.is_empty() {
            return Err("it is empty".to_owned());
        }
        if value.contains(char::is_control) {
            return Err("it holds more than one line, or control characters".to_owned());
        }
        Ok(value)
    }

    fn file(&self, path: &str) -> Result<String, String> {
        let mut text = String::new();
        let read =
            File::open(self.folder.join(path)).and_then(|file| file.take(LARGEST).read_to_string(&mut text));
        read.map_err(|error| format!("it can't be read: {error}"))?;
        Ok(text.trim().to_owned())
    }
}

fn is_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

/// Whether what stands between is in the userinfo: behind `://`, and with an `@` to come before the path begins.
fn is_userinfo(before: &str, after: &[Part<'_>]) -> bool {
    const ENDS: [char; 4] = ['/', '\\', '?', '#'];
    let begun = before.split_once("://").is_some_and(|(_, authority)| !authority.contains(ENDS));
    let texts = after.iter().filter_map(|part| if let Part::Text(text) = part { Some(*text) } else { None });
    let end = texts.flat_map(str::chars).find(|c| *c == '@' || ENDS.contains(c));
    begun && end == Some('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_and_escaped_before_an_at() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pass word"), "  p@ss/w%rd \n").unwrap();
        std::fs::write(folder.path().join("lines"), "a\nb\n").unwrap();
        let values =
            [("USER_1", "me"), ("TOKEN", "a+b/c"), ("ADDRESS", "https://a.example/f?x=1"), ("NONE", " ")];
        let environment = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let sources = Sources { environment: &environment, folder: folder.path() };
        let filled = |template: &str| {
            fill(template, &sources).map_err(|missing| format!("{}: {}", missing.placeholder, missing.why))
        };
        for (template, address) in [
            ("https://a.example/$5", "https://a.example/$5"),
            ("${ADDRESS}", "https://a.example/f?x=1"),
            ("https://${USER_1}:${file:pass word}@a.example/f", "https://me:p%40ss%2Fw%25rd@a.example/f"),
            ("https://a.example/${TOKEN}/f?auth=${TOKEN}@", "https://a.example/a+b/c/f?auth=a+b/c@"),
        ] {
            assert_eq!(filled(template).as_deref(), Ok(address));
        }
        for (template, why) in [
            (
                "https://${PW}@a.example/",
                "${PW}: there is no such variable in the environment (cron and systemd have their own); ${file:PATH} reads a file",
            ),
            (
                "https://${file:none}@a.example/",
                "${file:none}: it can't be read: No such file or directory (os error 2)",
            ),
            (
                "https://${file:lines}@a.example/",
                "${file:lines}: it holds more than one line, or control characters",
            ),
            ("https://${NONE}@a.example/", "${NONE}: it is empty"),
            ("https://${a b}@a.example/", "${a b}: neither the name of a variable nor file:PATH"),
            ("https://${TOKEN", "${: there is no } to it"),
        ] {
            assert_eq!(filled(template), Err(why.to_owned()));
        }
    }
}
