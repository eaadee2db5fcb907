//! What a template may do to a word: `{title|ascii|lower}`.

use unicode_normalization::UnicodeNormalization as _;

use crate::model;

/// A filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    Lower,
    Upper,
    Slug,
    Ascii,
}

/// Their names.
pub(super) const FILTERS: &[(&str, Filter)] =
    &[("lower", Filter::Lower), ("upper", Filter::Upper), ("slug", Filter::Slug), ("ascii", Filter::Ascii)];

impl Filter {
    pub(super) fn apply(self, text: &str) -> String {
        match self {
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
            Self::Slug => model::slug(text),
            Self::Ascii => ascii(text),
        }
    }
}

/// Accents go, what has an equal in ASCII becomes that, all else goes.
fn ascii(text: &str) -> String {
    text.nfkd().map(plain).collect()
}

fn plain(c: char) -> String {
    let equal = match c {
        c if c.is_ascii() => return c.to_string(),
        'ß' => "ss",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'ı' => "i",
        '‘' | '’' | '‚' | '′' => "'",
        '“' | '”' | '„' | '«' | '»' | '″' => "\"",
        '‐'..='―' | '−' => "-",
        '×' => "x",
        c if c.is_whitespace() => " ",
        _ => "",
    };
    equal.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_all_that_is_left() {
        assert_eq!(ascii("Café – „Straße“ №5 日本"), "Cafe - \"Strasse\" No5 ");
        assert_eq!(Filter::Slug.apply("Übung: macht!"), "ubung-macht");
    }
}
