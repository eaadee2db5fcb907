//! Vorbis comments (Ogg, Opus, FLAC) -> chapters: `CHAPTER001=00:01:02.500`, `CHAPTER001NAME=Title`, `CHAPTER001URL=...`
//! (<https://wiki.xiph.org/Chapter_Extension>).

use std::collections::BTreeMap;

use super::chapters::{in_order, mark, told};
use super::clock;
use super::warnings::Warnings;
use crate::model::Chapter;

/// The chapters among a file's comments, of source `vorbis`.
pub fn chapters<'a>(comments: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Chapter> {
    in_order(marks(comments, "vorbis"), &mut Warnings::default())
}

/// The chapters among pairs of a name and a value; those without a time are none.
pub(super) fn marks<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, source: &str) -> Vec<Chapter> {
    let mut by_number: BTreeMap<u32, (Option<f64>, Chapter)> = BTreeMap::new();
    for (key, value) in pairs {
        let Some((number, field)) = parts(key) else { continue };
        let (start, chapter) = by_number.entry(number).or_insert_with(|| (None, mark(source, 0.0)));
        match field.as_str() {
            "" => *start = clock::whole(value),
            "NAME" => chapter.title = told(value),
            "URL" => chapter.url = told(value),
            _ => {}
        }
    }
    let timed = by_number
        .into_values()
        .filter_map(|(start, chapter)| Some(Chapter { start_seconds: start?, ..chapter }));
    timed.collect()
}

/// The number and the field of `CHAPTER001NAME`.
fn parts(key: &str) -> Option<(u32, String)> {
    let upper = key.trim().to_ascii_uppercase();
    let rest = upper.strip_prefix("CHAPTER")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    Some((rest[..digits].parse().ok()?, rest[digits..].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_become_chapters() {
        let comments = [
            ("TITLE", "A show"),
            ("CHAPTER002", "00:01:00.500"),
            ("chapter002name", "Two"),
            ("CHAPTER001", "00:00:00.000"),
            ("CHAPTER001NAME", "One"),
            ("CHAPTER001URL", "https://a.example/"),
            ("CHAPTER003NAME", "No time"),
            ("CHAPTERS", "3"),
            ("CHAPTER99999999999", "00:00"),
        ];
        let found = chapters(comments.into_iter());
        let one = Chapter {
            position: 1,
            title: Some("One".to_owned()),
            url: Some("https://a.example/".to_owned()),
            ..mark("vorbis", 0.0)
        };
        let two = Chapter { position: 2, title: Some("Two".to_owned()), ..mark("vorbis", 60.5) };
        assert_eq!(found, [one, two]);
    }
}
