//! What of a line is its title.

use super::lines::Line;
use super::numbered::is_name;
use super::text::trimmed;

/// The title of an unnamed item that begins at a place of its line: its bold sentence, or all of it without the
/// address it ends with.
pub(super) fn of_item(line: &Line, at: usize) -> String {
    let whole = &line.text[at..];
    let title = bold_from(line, at).unwrap_or_else(|| without_address(whole));
    without_markdown(trimmed(title))
}

/// The bold words that begin at a place, if others follow them.
fn bold_from<'a>(line: &'a Line, at: usize) -> Option<&'a str> {
    let mut end = 0;
    let mut last = None;
    for run in line.runs {
        end += run.text.len();
        if end <= at || line.of_run(run).trim_start().is_empty() {
            continue;
        }
        if !run.bold {
            break;
        }
        last = Some(end);
    }
    let end = last.filter(|end| !line.text[*end..].trim().is_empty())?;
    let bold = line.text.get(at..end)?;
    bold.chars().any(char::is_alphanumeric).then_some(bold)
}

/// `Name: example.org/name` is called Name.
fn without_address(text: &str) -> &str {
    let Some((title, last)) = text.trim_end().rsplit_once(' ') else { return text };
    let address = last.contains('.') && !last.ends_with('.') && (last.contains('/') || last.is_ascii());
    let known = title.ends_with(':') && title.len() > 1;
    if address && known { title } else { text }
}

/// `What is it? – Ada`: the title, and who brings it.
pub(super) fn with_presenter(text: &str) -> Option<(&str, &str)> {
    let (title, name) = [" – ", " — ", " - ", " -", " –"].iter().find_map(|dash| text.rsplit_once(dash))?;
    let name = name.trim();
    (is_name(name) && !name.contains(' ') && title.trim_end().ends_with(['?', '.', '!']))
        .then_some((title, name))
}

/// `Ada: What is it`: the title, and who brings it.
pub(super) fn after_presenter(text: &str) -> Option<(&str, &str)> {
    let (name, title) = text.split_once(':')?;
    Some((title.trim(), name.trim())).filter(|(title, _)| !title.is_empty())
}

/// `[The engine](https://a.example/)` that nobody made a link of is called The engine.
pub(super) fn without_markdown(title: &str) -> String {
    let whole = title.strip_prefix('[').and_then(|inner| inner.strip_suffix(')'));
    let words = whole.and_then(|inner| inner.split_once("](")).map(|(words, _)| words.trim());
    words.filter(|words| !words.contains(['[', ']'])).unwrap_or(title).to_owned()
}
