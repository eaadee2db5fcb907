//! Lines of a time and a title -> chapters: `00:01:02.500 Title`, `(1:02) Title`, `CHAPTER01=00:01:02.500`.

use super::chapters::{SOURCE, mark, told};
use super::{clock, vorbis};
use crate::model::Chapter;

/// Reads the lines that begin with a time; Podlove's plain text format adds `<https://...>` to a title.
pub(super) fn read(text: &str) -> Vec<Chapter> {
    let pairs = text.lines().filter_map(|line| line.trim().split_once('='));
    let named = vorbis::marks(pairs, SOURCE);
    if !named.is_empty() {
        return named;
    }
    text.lines().filter_map(chapter).collect()
}

fn chapter(line: &str) -> Option<Chapter> {
    let bare = line.trim().trim_start_matches(['[', '(', '-', '*', '•', ' ']);
    let (start, rest) = clock::leading(bare)?;
    let rest = rest.trim_start_matches([']', ')']);
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_whitespace() || ":-–—|".contains(c)) {
        return None;
    }
    let title = rest.trim_start_matches(|c: char| c.is_whitespace() || ":-–—|".contains(c)).trim();
    let (title, url) = linked(title);
    Some(Chapter { title: told(title), url: url.map(str::to_owned), ..mark(SOURCE, start) })
}

/// `Title <https://a.example/>`
fn linked(title: &str) -> (&str, Option<&str>) {
    let parts = title.strip_suffix('>').and_then(|title| title.rsplit_once('<'));
    match parts.filter(|(_, url)| url.starts_with("http://") || url.starts_with("https://")) {
        Some((title, url)) => (title, Some(url)),
        None => (title, None),
    }
}
