//! Short names: what a title becomes in commands, file names and views.

use unicode_normalization::UnicodeNormalization;

/// The longest slug, in bytes.
const MAX: usize = 60;

/// A lower-case name of letters, digits and single dashes, made from a title. Letters of any script stay; accents go.
/// Empty if the title holds neither letter nor digit.
pub fn slug(title: &str) -> String {
    let mut out = String::new();
    for c in title.nfkd().filter(|c| !is_mark(*c)).nfc().flat_map(char::to_lowercase) {
        if out.len() + c.len_utf8() > MAX {
            break;
        }
        if c.is_alphanumeric() {
            out.push(c);
        } else if !is_apostrophe(c) && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// Accents that a decomposed Latin letter leaves behind. Vowel signs of other scripts are letters' bodies and stay.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn titles_become_slugs() {
        for (title, want) in [
            ("Python Bytes", "python-bytes"),
            ("  Talk Python To Me — with Michael! ", "talk-python-to-me-with-michael"),
            ("L'été à Paris", "lete-a-paris"),
            ("不合时宜", "不合时宜"),
            ("Радио-Т", "радио-т"),
            ("../../etc/passwd", "etc-passwd"),
            ("!!!", ""),
        ] {
            assert_eq!(slug(title), want, "{title}");
        }
        assert_eq!(slug(&"a ".repeat(100)).len(), 59);
    }
}
